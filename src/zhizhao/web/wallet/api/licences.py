"""Licences of the phone: list, look, download, show, freeze."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from zhizhao.kernel.clock import rfc3339
from zhizhao.wallet.access import Caller, require_unlocked
from zhizhao.web.wallet.api.answers import card_body, licence_body, when
from zhizhao.web.wallet.api.bodies import (
    CardsBody,
    DownloadBody,
    DownloadedBody,
    FieldBody,
    LicenceBody,
    PresenterBody,
    ShowBody,
    ShownBody,
    UnfreezeBody,
)
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.handle import make_handle
from zhizhao.web.wallet.verbs import WalletVerbs, Wanted

UsccInPath = Annotated[str, PathParameter(min_length=18, max_length=18, pattern="^[0-9A-Z]{18}$")]


@get("/licences", tags=["licences"], **WALLET)
async def licences(caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]) -> CardsBody:
    """List every licence the person may hold now, downloaded or not."""
    cards = await wallet_verbs.cards(caller)
    return CardsBody(licences=tuple(card_body(c) for c in cards), as_of=when(await wallet_verbs.as_of()))


@get("/licences/{uscc:str}", tags=["licences"], **WALLET)
async def licence(
    uscc: UsccInPath, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> LicenceBody:
    """Look at the copy on this device."""
    held = await wallet_verbs.held(caller, uscc)
    return licence_body(held.licence, held.copy, current=held.card.version)


@post("/licences/{uscc:str}/download", tags=["licences"], **WALLET)
async def download(
    uscc: UsccInPath,
    data: JSONBody[DownloadBody],
    unlocked: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> DownloadedBody:
    """Download the current version and bind it to this device; after a change of registration, again."""
    done = await wallet_verbs.download(unlocked, uscc, data.declaration)
    body = licence_body(done.licence, done.copy, current=done.copy.version)
    return DownloadedBody(licence=body, credential=done.credential)


@post("/licences/{uscc:str}/show", tags=["licences"], **WALLET)
async def show(
    uscc: UsccInPath,
    data: JSONBody[ShowBody],
    unlocked: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> ShownBody:
    """Get one presentation code. Ask for the next shortly before this one ends; the old one lives on until its end."""
    shown = await wallet_verbs.show(unlocked, Wanted(uscc=uscc, matter=data.matter, role=data.role))
    ticket = shown.ticket
    return ShownBody(
        code=ticket.code,
        ticket=make_handle(ticket.code_mac),
        expires_at=rfc3339(ticket.expires_at),
        expires_in=int((ticket.expires_at - ticket.issued_at).total_seconds()),
        presenter=PresenterBody(role=shown.role, name=shown.presenter),
        fields=tuple(FieldBody(field=field, label=label) for field, label in shown.fields),
    )


@post("/licences/{uscc:str}/freeze", status_code=204, tags=["loss"], **WALLET)
async def freeze(
    uscc: UsccInPath, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> Response[None]:
    """Freeze a licence at once, without the PIN; twice is no error."""
    await wallet_verbs.freeze_licence(caller, uscc)
    return Response(None, status_code=204)


@post("/licences/{uscc:str}/unfreeze", status_code=204, tags=["loss"], **WALLET)
async def unfreeze(
    uscc: UsccInPath,
    data: JSONBody[UnfreezeBody],
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> Response[None]:
    """Lift the freeze of a licence, as its legal representative.

    By a new proof of the person; or, if the same person froze it from this wallet (`…/freeze`), by an unlocked token
    alone. What was reported from elsewhere, at a window, or as 不是我操作 always needs the proof.
    """
    if data.proof is None:
        require_unlocked(caller)
    await wallet_verbs.unfreeze_licence(caller, uscc, data.proof)
    return Response(None, status_code=204)
