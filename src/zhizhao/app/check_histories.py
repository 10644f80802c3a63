"""Check the histories of register and licences against themselves and against the ledger (SECURITY.md §2 T10).

`zhizhao audit check` says whether the ledger is whole; this says whether register and licences still are what the
ledger saw. Versions that vanished together with every trace in their own tables are found by the ledger, which names
the chain value of each changed entity and the hash of each licence version.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from zhizhao.app.parts import Parts
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.licence.check_history import check_history as check_licence
from zhizhao.licence.errors import ChainBroken
from zhizhao.registry.check_history import check_history as check_entity
from zhizhao.registry.errors import EntityUnknown, HistoryBroken

PAGE: Final = 500
MOST_FINDINGS: Final = 100
"""So many are told; more say nothing new."""
FIRST: Final = bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFinding:
    """One history that is not what was written."""

    part: str
    """`registry`, `licence`, or `ledger`: the ledger saw a version that is not there."""
    uscc: str
    version: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Histories:
    """What a run looked at and found."""

    entities: int = 0
    licences: int = 0
    entries: int = 0
    findings: list[HistoryFinding] = field(default_factory=list)


class HistoriesBroken(ZhizhaoError):
    """Register or licences are not what was written; the findings stand above."""

    code = "histories-broken"


async def check_histories(
    parts: Parts, *, pause_seconds: float = 0.0, progress: Callable[[int], None] = lambda _count: None
) -> Histories:
    """Return what was found; `pause_seconds` between pages lets on-line work through."""
    done = Histories()
    async for codes in _codes(parts):
        for uscc in codes:
            await _one(parts, uscc, done=done)
        progress(len(codes))
        if len(done.findings) >= MOST_FINDINGS:
            return done
        await asyncio.sleep(pause_seconds)
    async for bodies in _entries(parts):
        await _seen(parts, bodies, done=done)
        progress(0)
        if len(done.findings) >= MOST_FINDINGS:
            return done
        await asyncio.sleep(pause_seconds)
    return done


async def _codes(parts: Parts) -> AsyncIterator[list[str]]:
    after = ""
    while True:
        async with parts.database.read() as connection:
            codes = await parts.registry.codes(connection, after=after, limit=PAGE)
        if not codes:
            return
        yield codes
        after = codes[-1]


async def _one(parts: Parts, uscc: str, *, done: Histories) -> None:
    """Check one entity and its licence, each in one view of the store."""
    try:
        async with parts.database.read() as connection:
            await check_entity(connection, uscc, store=parts.registry)
        done.entities += 1
        async with parts.database.read() as connection:
            done.licences += await check_licence(connection, uscc, store=parts.licences) > 0
    except HistoryBroken as broken:
        done.findings.append(_finding("registry", broken))
    except ChainBroken as broken:
        done.findings.append(_finding("licence", broken))
    except EntityUnknown:
        done.findings.append(HistoryFinding(part="registry", uscc=uscc, version=0, reason="the entity is gone"))


def _finding(part: str, broken: ZhizhaoError) -> HistoryFinding:
    facts: dict[str, Any] = broken.facts
    return HistoryFinding(part=part, uscc=facts["uscc"], version=facts["version"], reason=facts["reason"])


async def _entries(parts: Parts) -> AsyncIterator[list[bytes]]:
    after = FIRST
    while True:
        async with parts.database.read() as connection:
            rows = await parts.ledger.entries_after(connection, after, limit=PAGE)
        if not rows:
            return
        yield [body for _, body in rows]
        after = rows[-1][0]


Places = dict[tuple[str, int], bytes]
"""Code and version, and what the ledger says that stands there."""


def _said(bodies: Sequence[bytes], name: str) -> Places:
    """Return what entries of acts that succeeded say under a name: `chain` of entities, `row_hash` of licences."""
    entries = [json.loads(body) for body in bodies]
    acts = [(entry["object"], entry["facts"]) for entry in entries if entry["result"] == "ok"]
    return {
        (uscc, said["version"]): bytes.fromhex(said[name]) for uscc, said in acts if name in said and "version" in said
    }


async def _seen(parts: Parts, bodies: Sequence[bytes], *, done: Histories) -> None:
    """Compare what the ledger saw with what is there."""
    entities, licences = _said(bodies, "chain"), _said(bodies, "row_hash")
    done.entries += len(bodies)
    async with parts.database.read() as connection:
        chains = await parts.registry.chains(connection, list(entities))
        hashes = await parts.licences.row_hashes(connection, list(licences))
        known = await parts.registry.heads(connection, sorted({uscc for uscc, _ in licences}), lock=False)
    _compare(entities, chains, done=done)
    _compare(licences, hashes, done=done)
    for uscc, version in licences:
        if uscc not in known:
            _missing(done, uscc, version, reason="the entity of this licence is gone")


def _compare(said: Places, there: Places, *, done: Histories) -> None:
    for (uscc, version), expected in said.items():
        if there.get((uscc, version)) != expected:
            _missing(done, uscc, version, reason="the version that the ledger saw is not there, or another one is")


def _missing(done: Histories, uscc: str, version: int, *, reason: str) -> None:
    done.findings.append(HistoryFinding(part="ledger", uscc=uscc, version=version, reason=reason))
