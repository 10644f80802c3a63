"""Open and unlock officials' accounts (`zhizhao staff`), for installations without the pages of the security desk."""

import sys
from typing import Any

import click

from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.text import clean_name
from zhizhao.staff.account import Account, Role, check_username
from zhizhao.staff.add_account import AccountDraft, add_account
from zhizhao.staff.password import check_new_password, generate_password
from zhizhao.staff.unlock import unlock
from zhizhao.trust.secret import hash_secret
from zhizhao.trust.totp import new_totp_secret, provisioning_uri

LONGEST_NAME = 64
LONGEST_UNIT = 64


@click.group()
def staff() -> None:
    """Accounts of officials: roles, passwords, one-time numbers."""


@staff.command()
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option("--unit", default="", help="Department or service centre; a counter redeems under its unit's client.")
@click.option("--name", default="", help="What colleagues call the person; the user name if not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin instead of making one.")
@pass_installation
def add(
    installation: Installation, username: str, *, roles: tuple[str, ...], unit: str, name: str, password_stdin: bool
) -> None:
    """Open an account. The password and the secret of the one-time numbers are printed once and kept nowhere."""
    own = check_username(username)
    password = check_new_password(sys.stdin.readline().rstrip("\r\n"), own) if password_stdin else generate_password()
    secret = new_totp_secret()

    async def work(parts: Parts) -> Account:
        draft = AccountDraft(
            username=username,
            name=clean_name(name or username, longest=LONGEST_NAME),
            roles=frozenset(Role(role) for role in roles),
            unit=clean_name(unit, longest=LONGEST_UNIT) if unit else "",
            password_hash=await hash_secret(password),
            totp_secret=secret,
        )
        async with parts.database.write() as tx:
            return await add_account(
                tx,
                draft,
                actor=parts.actor,
                store=parts.staff,
                sealer=parts.sealer,
                ledger=parts.ledger,
                clock=parts.clock,
            )

    account = installation.run(work)
    _print_once(installation, account, password=password, secret=secret)


def _print_once(installation: Installation, account: Account, *, password: str, secret: str) -> None:
    uri = provisioning_uri(secret, issuer="zhizhao", account=account.username)
    facts: dict[str, Any] = {
        "account_id": account.account_id,
        "username": account.username,
        "roles": sorted(account.roles),
        "unit": account.unit,
        "password": password,
        "totp_secret": secret,
        "totp_uri": uri,
    }
    lines = [
        f"account      {account.username} ({', '.join(sorted(account.roles))}) {account.unit}",
        f"password     {password}",
        f"totp secret  {secret}",
        f"totp uri     {uri}",
        "These are shown once. Hand them over in person; the password can be changed after the first sign-in.",
    ]
    installation.answer(facts, text="\n".join(lines))


@staff.command("list")
@pass_installation
def list_accounts(installation: Installation) -> None:
    """List the accounts with their roles and units."""

    async def work(parts: Parts) -> list[Account]:
        async with parts.database.read() as reader:
            return await parts.staff.all(reader)

    accounts = installation.run(work)
    rows = [
        {"username": a.username, "name": a.name, "roles": sorted(a.roles), "unit": a.unit, "state": a.state.value}
        for a in accounts
    ]
    text = "\n".join(f"{a.username}\t{', '.join(sorted(a.roles))}\t{a.unit}\t{a.state}" for a in accounts)
    installation.answer({"accounts": rows}, text=text)


@staff.command("unlock")
@click.argument("username")
@pass_installation
def unlock_account(installation: Installation, username: str) -> None:
    """Forget an account's failed sign-ins, so that its password works again at once."""

    async def work(parts: Parts) -> bool:
        async with parts.database.write() as tx:
            return await unlock(
                tx,
                username,
                actor=parts.actor,
                store=parts.staff,
                sealer=parts.sealer,
                ledger=parts.ledger,
                clock=parts.clock,
            )

    had = installation.run(work)
    installation.answer({"username": username, "had_failures": had}, text="unlocked" if had else "nothing to unlock")
