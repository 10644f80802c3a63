"""Give out a challenge for a passkey: to register one, or to sign in with one."""

import json
import secrets
from typing import TYPE_CHECKING, Any

from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from zhizhao.staff.account import Account
from zhizhao.staff.passkey import CHALLENGE_BYTES, Ceremony, RelyingPartySite
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.store import StaffStore


async def begin_passkey(
    connection: Transaction, account: Account | None, *, site: RelyingPartySite, store: "StaffStore"
) -> dict[str, Any]:
    """Return the options for the browser as JSON types; with an account to register one, without to sign in.

    Signing in names no account, so nobody learns from it which accounts have passkeys (discoverable credentials,
    WebAuthn level 2 §5.1.3). User verification is required: the key and the finger are two factors.
    """
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    if account is None:
        await store.add_challenge(connection, challenge, ceremony=Ceremony.SIGN_IN, account_id=None)
        return json_of(
            generate_authentication_options(
                rp_id=site.rp_id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
            )
        )
    await store.add_challenge(connection, challenge, ceremony=Ceremony.REGISTER, account_id=account.account_id)
    known = await store.passkeys(connection, account.account_id)
    return json_of(
        generate_registration_options(
            rp_id=site.rp_id,
            rp_name=site.name,
            user_id=account.account_id.encode(),
            user_name=account.username,
            user_display_name=account.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )


def json_of(options: Any) -> dict[str, Any]:
    """Return the library's options as JSON types with base64url texts, as the browser's parser takes them."""
    decoded: dict[str, Any] = json.loads(options_to_json(options))
    return decoded
