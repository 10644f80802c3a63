"""`zhizhao licence`: issue licences from the register, show one with its history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from zhizhao.app.keeping import keeping
from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import rfc3339
from zhizhao.kernel.uscc import check_registry_uscc
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.licence.chain import check_chain
from zhizhao.licence.errors import IssuingIncomplete, LicenceUnknown
from zhizhao.licence.follow_or_wait import Followed, follow_or_wait
from zhizhao.licence.issue_pending import IssueTally, issue_pending
from zhizhao.licence.licence import Licence, LifeEntry
from zhizhao.licence.life import Cause
from zhizhao.licence.note_all import note_all


@click.group()
def licence() -> None:
    """Issue licences and look at them."""


@licence.command()
@click.argument("usccs", metavar="[USCC]...", nargs=-1)
@click.option(
    "--all", "everything", is_flag=True, help="Every entity of the register whose licence is missing or behind."
)
@pass_installation
def issue(installation: Installation, usccs: tuple[str, ...], *, everything: bool) -> None:
    """Bring the licences of USCC... to what the register says; running it twice changes nothing.

    Nothing new is issued while the outside witness of the ledger is out of reach for too long: that is told with
    status 1, and what waits is issued by the serving installation when the witness is back. A withdrawal never waits.
    """
    if everything == bool(usccs):
        raise click.UsageError("name entities by their USCC, or give --all")  # noqa: TRY003, EM101 Click's own form
    if everything:
        tally = installation.run(_issue_all)
        facts = _facts(tally)
        installation.answer(facts, text=_told(facts))
        _require_all(tally.waits_for, waiting=len(tally.waiting), failed=tally.failed)
        return
    codes = [_typed(text) for text in usccs]
    done = installation.run(lambda parts: _issue_some(parts, codes))
    acts = [{"uscc": uscc, "acts": [act.value for act in one.acts]} for uscc, one in done.items()]
    facts = {"licences": acts}
    installation.answer(facts, text=_told(facts))
    waits = [one.waits for one in done.values() if one.waits]
    _require_all(waits[0] if waits else None, waiting=len(waits), failed={})


def _typed(text: str) -> str:
    """Return a code that a person typed; the register may hold one whose checks fail. Raises UsccMalformed."""
    return check_registry_uscc(text)[0]


def _require_all(waits: LedgerUnwitnessed | None, *, waiting: int, failed: dict[str, str]) -> None:
    """Return if nothing was left undone. Raises LedgerUnwitnessed, IssuingIncomplete."""
    if waits:
        raise LedgerUnwitnessed(**waits.facts, waiting=waiting)
    if failed:
        raise IssuingIncomplete(failed=len(failed))


async def _issue_all(parts: Parts) -> IssueTally:
    with _progress("register") as advance:
        await note_all(parts.database, office=parts.office, registry=parts.registry, progress=advance)
    with _progress("licences") as advance:
        async with keeping(parts):
            return await issue_pending(
                parts.database,
                cause=Cause(actor=parts.actor),
                office=parts.office,
                registry=parts.registry,
                progress=advance,
            )


async def _issue_some(parts: Parts, usccs: list[str]) -> dict[str, Followed]:
    cause, done = Cause(actor=parts.actor), {}
    async with keeping(parts), parts.database.write() as connection:
        for uscc in dict.fromkeys(usccs):
            one = await follow_or_wait(connection, uscc, cause=cause, office=parts.office, registry=parts.registry)
            if one.waits:
                await parts.licences.note_due(connection, [uscc])
            done[uscc] = one
    return done


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr when it is a terminal; give what moves it."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.advance(task, count)


def _facts(tally: IssueTally) -> dict[str, Any]:
    acts = {act.value: count for act, count in sorted(tally.acts.items())}
    rest = {"unchanged": tally.unchanged, "not_issuable": tally.not_issuable, "waiting": len(tally.waiting)}
    return {**acts, **rest, "failed": tally.failed}


def _told(facts: dict[str, Any]) -> str:
    if "licences" in facts:
        return "\n".join(f"{one['uscc']}  {', '.join(one['acts']) or 'unchanged'}" for one in facts["licences"])
    counts = [f"{name.replace('_', ' ')}: {count}" for name, count in facts.items() if name != "failed"]
    return "\n".join(["  ".join(counts), *(f"failed  {uscc}: {code}" for uscc, code in facts["failed"].items())])


@licence.command()
@click.argument("uscc")
@pass_installation
def show(installation: Installation, uscc: str) -> None:
    """Show the licence of USCC: face, status, proofs and history; its chain of versions is checked."""
    versions, acts = installation.run(lambda parts: _read(parts, _typed(uscc)))
    base_url = installation.settings().base_url
    facts = {
        **_licence_facts(versions[-1]),
        "display_url": f"{base_url}/d/{versions[-1].display_id}",
        "versions": [_version_facts(one) for one in versions],
        "history": [_act_facts(one) for one in acts],
        "chain": check_chain(versions).hex(),
    }
    installation.answer(facts, text=_shown(facts))


async def _read(parts: Parts, uscc: str) -> tuple[list[Licence], list[LifeEntry]]:
    async with parts.database.read() as connection:
        versions = await parts.licences.versions(connection, uscc)
        if not versions:
            raise LicenceUnknown(uscc=uscc)
        return versions, await parts.licences.acts(connection, uscc)


def _licence_facts(one: Licence) -> dict[str, Any]:
    face = one.face
    return {
        "uscc": one.uscc,
        "name": face.name,
        "kind": face.kind,
        "identifier": one.identifier,
        "version": one.version,
        "status": one.status.value,
        "holds": sorted(hold.value for hold in one.holds),
        "template": face.template,
        "template_version": face.version,
        "face": [{"field": item.field, "label": item.label, "text": item.text} for item in face.items],
        "registry": face.registrar,
        "issued_on": face.made_on.isoformat(),
        "issued_at": rfc3339(one.issued_at),
        "registry_version": one.registry_version,
    }


def _version_facts(one: Licence) -> dict[str, Any]:
    return {
        "version": one.version,
        "identifier": one.identifier,
        "status": one.status.value,
        "issued_at": rfc3339(one.issued_at),
        "status_list": {"number": one.list_number, "index": one.list_index},
        "row_hash": one.row_hash.hex(),
    }


def _act_facts(one: LifeEntry) -> dict[str, Any]:
    return {
        "number": one.number,
        "act": one.act.value,
        "version": one.version,
        "status": one.status.value,
        "because": one.because,
        "actor": f"{one.actor.kind}:{one.actor.id}",
        "at": rfc3339(one.happened_at),
    }


def _shown(facts: dict[str, Any]) -> str:
    lines = [
        f"{facts['uscc']}  {facts['name']}",
        f"{facts['identifier']}  version {facts['version']}  {facts['status']}"
        + (f" ({', '.join(facts['holds'])})" if facts["holds"] else ""),
        *(f"  {item['label']}: {item['text']}" for item in facts["face"]),
        f"  {facts['registry']}  {facts['issued_on']}",
        f"  {facts['display_url']}",
        *(
            f"{one['number']:>4}  {one['at']}  {one['act']}  version {one['version']}  {one['status']}"
            for one in facts["history"]
        ),
    ]
    return "\n".join(lines)
