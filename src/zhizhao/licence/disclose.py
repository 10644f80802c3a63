"""Show a part of a credential: leave out the disclosures of what did not go out (RFC 9901 §4.3)."""

from collections.abc import Collection
from typing import Final

import msgspec

from zhizhao.licence.errors import CredentialMalformed
from zhizhao.licence.mask import goes_out
from zhizhao.trust.base64url import unb64url

ALWAYS: Final = frozenset({"identifier", "version", "uscc", "kind", "template"})
"""Claims that name the licence itself; without them a part would say nothing of anything."""
_disclosure = msgspec.json.Decoder(tuple[str, str, object]).decode


def disclose(credential: str, fields: Collection[str]) -> str:
    """Return the credential with only the granted face fields disclosed. Raises CredentialMalformed."""
    if not credential.endswith("~"):
        raise CredentialMalformed(reason="form")
    issuer_jwt, *disclosures = credential[:-1].split("~")
    shown = ALWAYS | set(fields)
    return "~".join([issuer_jwt, *(d for d in disclosures if goes_out(_name(d), shown)), ""])


def _name(disclosure: str) -> str:
    try:
        return _disclosure(unb64url(disclosure.encode("ascii")))[1]
    except (ValueError, msgspec.DecodeError) as cause:
        raise CredentialMalformed(reason="disclosure") from cause
