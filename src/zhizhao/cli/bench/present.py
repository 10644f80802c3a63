"""`bench present`: redeem with every check, on PostgreSQL (P1) and on SQLite (P4), batched and not (P14)."""

import asyncio
import json
import os
import statistics
from collections import Counter
from functools import partial

from zhizhao.cli.bench.case import Outcome, Plan, Round, quiet_rounds
from zhizhao.cli.bench.cpu import machine_micros, resident_mib, tree_micros
from zhizhao.cli.bench.floor import measure_floor
from zhizhao.cli.bench.generator import Tally, drive
from zhizhao.cli.bench.server import free_port, running_server
from zhizhao.cli.bench.world import World, mint
from zhizhao.cli.demo.installation import SETTINGS

CONNECTIONS = 64
BAD_EVERY = 100
"""One request in so many repeats a used code: it must be refused."""
CREATED, CONFLICT = 201, 409
BUDGET = {"postgresql": 4.0}
"""P1 as it is set now; P1 and P4 both have 3.0 as their goal, and a store without a budget is told as a fact."""
GOAL = 3.0
CHECKS = (
    "client token",
    "peak",
    "matter and field grant",
    "yearly quota",
    "single use",
    "licence status",
    "device and authority",
    "ledger",
    "receipt signature",
    "synchronous commit",
)


QUICK = Plan(rounds=3, requests=6_000)
FULL = Plan(rounds=5, requests=12_000)
ALONE = 10
"""The unbatched rounds send so many times fewer requests."""
LEAST_GAIN = 1.8


async def bench_present(world: World, *, store: str, plan: Plan, database_pid: int | None) -> list[Outcome]:
    """Measure redemptions over HTTP, batched and one at a time; the first round warms up and is discarded."""
    port = free_port()
    with running_server(world.folder / SETTINGS, port=port) as pid:
        idle = resident_mib(pid)
        bench = _Bench(world, port=port, pid=pid, database_pid=database_pid)
        floor = partial(measure_floor, world.parts.keys)
        await bench.round(min(2_000, plan.requests))
        kept = await bench.kept()
        batched = await quiet_rounds(plan, measure=bench.round, floor=floor)
        wrong = bench.wrong + await bench.disagreement(kept)
        notes = {
            "rss_idle_mib": round(idle, 1),
            "rss_end_mib": round(resident_mib(pid), 1),
            "connections": CONNECTIONS,
            "checks": list(CHECKS),
            "missing": ["TLS", "network", "replication"],
        }
        redeem = Outcome(
            name="redeem", store=store, suite="ES256", budget=BUDGET.get(store), goal=GOAL, rounds=batched, wrong=wrong
        )
        redeem.notes = notes
        bench.connections = 1  # every batch holds one member
        single = await quiet_rounds(Plan(plan.rounds, plan.requests // ALONE), measure=bench.round, floor=floor)
    unbatched = Outcome(name="redeem-unbatched", store=store, suite="ES256", budget=None, rounds=single)
    gain = statistics.median(unbatched.ratios) / statistics.median(redeem.ratios)
    unbatched.notes = {"connections": 1, "batching_gain": round(gain, 2), "least_gain": LEAST_GAIN}
    if gain < LEAST_GAIN and not redeem.noisy:
        unbatched.missed = f"batching saves {gain:.2f} times, at least {LEAST_GAIN} is expected (P14)"
    return [redeem, unbatched]


class _Bench:
    """One server under measurement."""

    def __init__(self, world: World, *, port: int, pid: int, database_pid: int | None) -> None:
        self._world = world
        self._port = port
        self._pid = pid
        self._database_pid = database_pid
        self.connections = CONNECTIONS
        self.wrong: list[str] = []
        self.good = 0

    async def round(self, requests: int) -> Round:
        """Show fresh codes, redeem each once and some twice, and account for the CPU of all sides."""
        bad = requests // BAD_EVERY
        codes = await self._codes(requests - bad)
        token = mint(self._world)
        sent = [self._request(code, token) for code in (*codes, *codes[:bad])]
        before = self._accounts()
        tally = await drive(self._port, sent, connections=self.connections)
        app, database, own, machine = (b - a for a, b in zip(before, self._accounts(), strict=True))
        self._check(tally.answers, good=len(codes), bad=bad)
        foreign = max(0.0, machine - app - database - own) / 1_000_000 / tally.seconds
        return _round(tally, len(sent), app=app, database=database, own=own, foreign=foreign)

    def _accounts(self) -> tuple[float, float, float, float]:
        database = tree_micros(self._database_pid) if self._database_pid else 0.0
        times = os.times()
        return tree_micros(self._pid), database, (times.user + times.system) * 1_000_000, machine_micros()

    async def _codes(self, count: int) -> list[str]:
        world = self._world
        wanted = [world.showings[n % len(world.showings)] for n in range(count)]
        tickets = []
        for start in range(0, count, 1000):
            chunk = wanted[start : start + 1000]
            tickets += await asyncio.gather(*(world.parts.show_line.show(one) for one in chunk))
        return [ticket.code for ticket in tickets]

    def _request(self, code: str, token: str) -> bytes:
        world = self._world
        body = json.dumps(
            {"code": code, "matter": world.matter, "purpose": "测量", "operator": "窗口03"}, ensure_ascii=False
        ).encode()
        head = (
            f"POST /api/v1/presentations HTTP/1.1\r\nHost: localhost:{self._port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _check(self, answers: Counter[int], *, good: int, bad: int) -> None:
        self.good += good
        if answers != Counter({CREATED: good, CONFLICT: bad}):
            self.wrong.append(f"answers {dict(answers)}, expected {good} created and {bad} refused as used")

    async def kept(self) -> int:
        """Return how many presentations the store holds beyond those that were answered."""
        async with self._world.parts.database.read() as connection:
            found = await self._world.parts.presentations.count(connection, client_id=self._world.client_id)
        return found - self.good

    async def disagreement(self, before: int) -> list[str]:
        """Return what is wrong when the kept presentations are not the accepted answers."""
        surplus = await self.kept() - before
        return [f"kept {surplus:+d} presentations beyond the answers"] if surplus else []


def _round(tally: Tally, count: int, *, app: float, database: float, own: float, foreign: float) -> Round:
    return Round(
        requests=count,
        seconds=tally.seconds,
        app_micros=app / count,
        db_micros=database / count,
        generator_micros=own / count,
        foreign_cores=foreign,
        latencies=tally.latencies,
    )
