"""Devices, tokens and the PIN."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from zhizhao.kernel.text import mask_name
from zhizhao.wallet.access import Caller
from zhizhao.wallet.admit import Admitted
from zhizhao.wallet.enrol import Application
from zhizhao.web.wallet.api.answers import device_body, token_body
from zhizhao.web.wallet.api.bodies import (
    ChangePinBody,
    DeviceBody,
    DevicesBody,
    EnrolBody,
    EnrolledBody,
    PinBody,
    ResetPinBody,
    TokenBody,
    UseProofBody,
)
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.verbs import WalletVerbs

DeviceId = Annotated[str, PathParameter(max_length=40)]


@post("/devices", tags=["begin"], **WALLET)
async def enrol(
    data: JSONBody[EnrolBody], holder: NamedDependency[Admitted], wallet_verbs: NamedDependency[WalletVerbs]
) -> EnrolledBody:
    """Register the key of the DPoP proof as the device of the person proved; older devices give way to it."""
    application = Application(
        proof_id=data.proof,
        pin=data.pin,
        label=data.label,
        thumbprint=holder.proof.thumbprint,
        public_jwk=holder.proof.jwk,
    )
    enrolled, token = await wallet_verbs.enrol(application)
    return EnrolledBody(
        device=device_body(enrolled.device, this=enrolled.device.device_id),
        name=mask_name(enrolled.name),
        retired=enrolled.retired,
        token=token_body(token),
    )


@post("/token", status_code=200, tags=["access"], **WALLET)
async def token(holder: NamedDependency[Admitted], wallet_verbs: NamedDependency[WalletVerbs]) -> TokenBody:
    """Get a token for lists; the key alone is enough."""
    return token_body((await wallet_verbs.token(holder))[1])


@post("/unlock", status_code=200, tags=["access"], **WALLET)
async def unlock(
    data: JSONBody[PinBody], holder: NamedDependency[Admitted], wallet_verbs: NamedDependency[WalletVerbs]
) -> TokenBody:
    """Get a token for downloading and showing, by the PIN. Wrong PINs are counted, then delayed, then locked."""
    return token_body((await wallet_verbs.unlock(holder, data.pin))[1])


@get("/devices", tags=["devices"], **WALLET)
async def devices(caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]) -> DevicesBody:
    """List the person's devices, the newest first."""
    found = await wallet_verbs.devices(caller)
    return DevicesBody(devices=tuple(device_body(d, this=caller.device.device_id) for d in found))


@post("/devices/{device_id:str}/revoke", status_code=204, tags=["devices"], **WALLET)
async def revoke(
    device_id: DeviceId,
    data: JSONBody[PinBody],
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> Response[None]:
    """Sign a device off for good; asks for the PIN again."""
    await wallet_verbs.require_pin(caller, data.pin)
    await wallet_verbs.revoke_device(caller, device_id)
    return Response(None, status_code=204)


@post("/pin", status_code=204, tags=["devices"], **WALLET)
async def change_pin(
    data: JSONBody[ChangePinBody], caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> Response[None]:
    """Change the PIN by the old one."""
    await wallet_verbs.change_pin(caller, data.old, data.pin)
    return Response(None, status_code=204)


@post("/pin/reset", status_code=200, tags=["devices"], **WALLET)
async def reset_pin(
    data: JSONBody[ResetPinBody], holder: NamedDependency[Admitted], wallet_verbs: NamedDependency[WalletVerbs]
) -> DeviceBody:
    """Set a new PIN by a new proof of the person; a freeze of this device is lifted with it."""
    device = await wallet_verbs.reset_pin(holder, data.proof, data.pin)
    return device_body(device, this=device.device_id)


@post("/devices/revive", status_code=200, tags=["devices"], **WALLET)
async def revive(
    data: JSONBody[UseProofBody], holder: NamedDependency[Admitted], wallet_verbs: NamedDependency[WalletVerbs]
) -> DeviceBody:
    """Make this frozen device active again by a new proof of the person; the PIN stays."""
    device = await wallet_verbs.revive(holder, data.proof)
    return device_body(device, this=device.device_id)
