"""Parts of the pages about the holder: licences, one licence, devices, the person."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from zhizhao.kernel.clock import Clock
from zhizhao.kernel.text import mask_name
from zhizhao.licence.status import status_of_copy
from zhizhao.wallet.access import Caller
from zhizhao.wallet.device import DeviceState
from zhizhao.wallet.holding import DECLARATION_VERSION
from zhizhao.web.pages import page
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.part.card_face import card_face
from zhizhao.web.wallet.part.near import near
from zhizhao.web.wallet.verbs import RecordQuery, WalletVerbs

UsccQuery = Annotated[str, QueryParameter(max_length=18)]
RECENT = 3


@get("/home", include_in_schema=False, **WALLET)
async def home(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    clock: NamedDependency[Clock],
    uscc: UsccQuery = "",
) -> Response[bytes]:
    """Show the card of one licence, the others below, and what was used last."""
    cards = list(await wallet_verbs.cards(caller))
    chosen = next((c for c in cards if c.entity.uscc == uscc), None)
    chosen = chosen or next((c for c in cards if c.can_show), cards[0] if cards else None)
    others = [c for c in cards if c is not chosen]
    recent = await wallet_verbs.records(caller, RecordQuery(limit=RECENT))
    return page(
        request,
        "wallet/home.html",
        block="part",
        person=mask_name(caller.person.name),
        face=card_face(chosen) if chosen else None,
        card=chosen,
        others=others,
        records=recent.rows,
        near=near(clock.now()),
    )


@get("/choose", include_in_schema=False, **WALLET)
async def choose(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    uscc: UsccQuery = "",
) -> Response[bytes]:
    """List what may be downloaded and what was."""
    cards = await wallet_verbs.cards(caller)
    return page(request, "wallet/choose.html", block="part", cards=cards, chosen=uscc, declaration=DECLARATION_VERSION)


@get("/licence", include_in_schema=False, **WALLET)
async def licence(
    request: Request[Any, Any, Any],
    uscc: UsccQuery,
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> Response[bytes]:
    """Show the face of the copy on this device, and what can be done with it."""
    held = await wallet_verbs.held(caller, uscc)
    current = held.card.version or held.copy.version
    status = status_of_copy(held.licence.status, copy_version=held.copy.version, current_version=current)
    return page(
        request, "wallet/licence.html", block="part", held=held, standing=status, as_of=await wallet_verbs.as_of()
    )


@get("/devices", include_in_schema=False, **WALLET)
async def devices(
    request: Request[Any, Any, Any], caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> Response[bytes]:
    """List the person's devices."""
    found = await wallet_verbs.devices(caller)
    living = [d for d in found if d.state in {DeviceState.ACTIVE, DeviceState.FROZEN}]
    ended = [d for d in found if d not in living]
    this = caller.device.device_id
    return page(request, "wallet/devices.html", block="part", living=living, ended=ended, this=this)


@get("/me", include_in_schema=False, **WALLET)
async def me(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> Response[bytes]:
    """Show who uses this phone."""
    name = mask_name(caller.person.name)
    return page(request, "wallet/me.html", block="part", person=name, device=caller.device)
