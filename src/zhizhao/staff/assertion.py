"""What a browser sends back from a passkey, taken apart and checked by the library; pure, without a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException

from zhizhao.staff.errors import PasskeyRefused
from zhizhao.staff.passkey import Passkey, RelyingPartySite

LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key whose registration verified."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def challenge_of(answer: Mapping[str, Any]) -> bytes:
    """Return the challenge that is said to be answered; the store knows whether it is ours. Raises PasskeyRefused."""
    try:
        return parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
    except (WebAuthnException, KeyError, TypeError, ValueError) as cause:
        raise PasskeyRefused(reason="malformed") from cause


def credential_of(answer: Mapping[str, Any]) -> bytes:
    """Return the id of the key that the answer names. Raises PasskeyRefused."""
    try:
        return base64url_to_bytes(answer["rawId"])
    except (KeyError, TypeError, ValueError) as cause:
        raise PasskeyRefused(reason="malformed") from cause


def check_registration(
    answer: Mapping[str, Any], *, expected_challenge: bytes, expected_site: RelyingPartySite
) -> NewKey:
    """Verify a new key (WebAuthn level 2 §7.1), user verification required. Raises PasskeyRefused."""
    try:
        verified = verify_registration_response(
            credential=parse_registration_credential_json(dict(answer)),
            expected_challenge=expected_challenge,
            expected_rp_id=expected_site.rp_id,
            expected_origin=expected_site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError) as cause:
        raise PasskeyRefused(reason="registration") from cause
    return NewKey(verified.credential_id, verified.credential_public_key, verified.sign_count)


def check_assertion(
    answer: Mapping[str, Any], *, passkey: Passkey, expected_challenge: bytes, expected_site: RelyingPartySite
) -> int:
    """Verify an answer of a known key (§7.2), return its new counter. Raises PasskeyRefused, also for a clone."""
    try:
        verified = verify_authentication_response(
            credential=parse_authentication_credential_json(dict(answer)),
            expected_challenge=expected_challenge,
            expected_rp_id=expected_site.rp_id,
            expected_origin=expected_site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError) as cause:
        raise PasskeyRefused(account_id=passkey.account_id, reason="assertion") from cause
    return verified.new_sign_count
