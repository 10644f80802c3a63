"""`zhizhao licence`: issue licences from the register, show one with its history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import rfc3339
from zhizhao.kernel.uscc import normalise_uscc
from zhizhao.licence.chain import check_chain
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.follow import follow
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
    """Bring the licences of USCC... to what the register says; running it twice changes nothing."""
    if everything == bool(usccs):
        raise click.UsageError("name entities by their USCC, or give --all")  # noqa: TRY003, EM101 Click's own form
    if everything:
        tally = installation.run(_issue_all)
        facts = _facts(tally)
    else:
        acts = installation.run(lambda parts: _issue_some(parts, [normalise_uscc(text) for text in usccs]))
        facts = {"licences": [{"uscc": uscc, "acts": done} for uscc, done in acts.items()]}
    installation.answer(facts, text=_told(facts))


async def _issue_all(parts: Parts) -> IssueTally:
    with _progress("register") as advance:
        await note_all(parts.database, office=parts.office, registry=parts.registry, progress=advance)
    with _progress("licences") as advance:
        return await issue_pending(
            parts.database,
            cause=Cause(actor=parts.actor),
            office=parts.office,
            registry=parts.registry,
            progress=advance,
        )


async def _issue_some(parts: Parts, usccs: list[str]) -> dict[str, list[str]]:
    done = {}
    cause = Cause(actor=parts.actor)
    async with parts.database.write() as connection:
        for uscc in dict.fromkeys(usccs):
            acts = await follow(connection, uscc, cause=cause, office=parts.office, registry=parts.registry)
            done[uscc] = [act.value for act in acts]
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
    return {**acts, "unchanged": tally.unchanged, "not_issuable": tally.not_issuable, "failed": tally.failed}


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
    versions, acts = installation.run(lambda parts: _read(parts, normalise_uscc(uscc)))
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
