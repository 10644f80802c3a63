"""Accounts and clients of the demonstration; their secrets are kept in the folder, for this demonstration only."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhizhao.app.parts import Parts
from zhizhao.catalogue.matter import Function
from zhizhao.cli.demo.installation import write_private
from zhizhao.kernel.actor import SYSTEM
from zhizhao.onboarding.add_client import add_client
from zhizhao.staff.account import Role
from zhizhao.staff.add_account import AccountDraft, add_account
from zhizhao.staff.password import generate_password
from zhizhao.trust.secret import hash_secret
from zhizhao.trust.totp import new_totp_secret

FILE = "accounts.json"
CENTRE = "任城区政务服务中心（演示）"
STAFF = (
    ("clerk01", Role.REGISTRAR_CLERK, "登记人员 甲示", "任城区登记窗口（演示）"),
    ("review01", Role.REGISTRAR_REVIEWER, "复核人员 乙示", "任城区登记窗口（演示）"),
    ("counter03", Role.COUNTER_CLERK, "王示宁", CENTRE),
    ("counter07", Role.COUNTER_CLERK, "李示平", "济宁示例银行营业部（演示）"),
    ("officer07", Role.OFFICER, "执法人员 丙示", CENTRE),
    ("overseer", Role.OVERSEER, "督导 丁示", "济宁市（演示）"),
    ("sysadmin", Role.SYSTEM_ADMIN, "系统管理员 戊示", "运行维护（演示）"),
    ("secadmin", Role.SECURITY_ADMIN, "安全管理员 己示", "运行维护（演示）"),
    ("audadmin", Role.AUDIT_ADMIN, "审计管理员 庚示", "运行维护（演示）"),
)
CALLBACK = "http://127.0.0.1:8421/callback"
FIRST_MATTER = "EG-SCJG-SPXK"
ALL = (Function.PRESENT, Function.LOGIN, Function.SIGN)


@dataclass(frozen=True, slots=True)
class DemoClient:
    """One client of the demonstration."""

    name: str
    unit: str | None
    functions: tuple[Function, ...]
    peak: int
    matters: int
    """How many of the matters that allow all its functions; 0: all of these."""


CLIENTS = (
    DemoClient("任城区政务服务系统（演示）", CENTRE, ALL, 2000, 0),
    DemoClient("济宁示例银行开户系统（演示）", "济宁示例银行营业部（演示）", (Function.PRESENT,), 200, 0),
    DemoClient("小峰值示例系统（演示）", None, (Function.PRESENT,), 5, 2),
)


def read_accounts(folder: Path) -> dict[str, Any] | None:
    """Return what was kept at the first start; None before it."""
    path = folder / FILE
    return json.loads(path.read_text("utf-8")) if path.exists() else None


async def plant_accounts(parts: Parts, folder: Path) -> dict[str, Any]:
    """Open every account and client, keep their secrets beside the data, return them."""
    kept = {"staff": [await _staff(parts, *one) for one in STAFF], "clients": await _clients(parts)}
    write_private(folder / FILE, json.dumps(kept, ensure_ascii=False, indent=1))
    return kept


async def _staff(parts: Parts, username: str, role: Role, name: str, unit: str) -> dict[str, Any]:
    password, secret = generate_password(), new_totp_secret()
    draft = AccountDraft(
        username=username,
        name=name,
        roles=frozenset({role}),
        unit=unit,
        password_hash=await hash_secret(password),
        totp_secret=secret,
    )
    async with parts.database.write() as connection:
        await add_account(
            connection,
            draft,
            actor=SYSTEM,
            store=parts.staff,
            sealer=parts.sealer,
            ledger=parts.ledger,
            clock=parts.clock,
        )
    return {"role": role.value, "username": username, "password": password, "totp_secret": secret, "unit": unit}


async def _clients(parts: Parts) -> list[dict[str, Any]]:
    async with parts.database.read() as connection:
        tree = sorted(await parts.catalogue.all(connection), key=lambda m: (m.code != FIRST_MATTER, m.code))
    made = []
    for wanted in CLIENTS:
        codes = [m.code for m in tree if m.functions.issuperset(wanted.functions)]
        async with parts.database.write() as connection:
            new = await add_client(
                connection,
                wanted.name,
                matters=codes[: wanted.matters] if wanted.matters else codes,
                functions=wanted.functions,
                unit=wanted.unit,
                redirect_uris=[CALLBACK] if Function.LOGIN in wanted.functions else [],
                peak_per_second=wanted.peak,
                yearly_quota=10_000_000,
                store=parts.clients,
                catalogue=parts.catalogue,
                ledger=parts.ledger,
                clock=parts.clock,
                actor=SYSTEM,
            )
        client = new.client
        made.append(
            {
                "name": client.name,
                "client_id": client.client_id,
                "client_secret": new.secret,
                "redirect_uris": list(client.redirect_uris),
                "matters": list(client.matters),
                "functions": [f.value for f in wanted.functions],
                "profile": client.profile.value,
                "unit": client.unit,
                "peak_per_second": client.peak_per_second,
            }
        )
    return made
