"""Check a credential against our own keys: is it one that this installation issued, and what does it say."""

from typing import Any

from zhizhao.licence.credential import TYP, Opened, open_credential
from zhizhao.licence.errors import CredentialUntrusted
from zhizhao.licence.names import IssuerNames
from zhizhao.trust.errors import TokenMalformed, TokenUntrusted
from zhizhao.trust.jws import LONGEST_CREDENTIAL, verify_compact
from zhizhao.trust.keys import KeyProvider, Purpose


def check_credential(text: str, *, keys: KeyProvider, names: IssuerNames) -> Opened:
    """Return the credential's claims once its issuer is proven; the status is asked apart, online.

    In order: (1) form and digests; (2) signature by one of our live issuer keys, `typ` exact; (3) issuer and type are
    ours. Raises CredentialMalformed (1), CredentialUntrusted (2, 3).
    """
    opened = open_credential(text)  # (1)
    try:
        verify_compact(
            opened.issuer_jwt,
            keys=keys,
            expected_purpose=Purpose.ISSUER,
            expected_typ=TYP,
            longest=LONGEST_CREDENTIAL,
        )  # (2)
    except (TokenMalformed, TokenUntrusted) as cause:
        raise CredentialUntrusted(reason="signature") from cause
    expected: dict[str, Any] = {"iss": names.base_url, "vct": names.vct}  # (3)
    for claim, value in expected.items():
        if opened.visible.get(claim) != value:
            raise CredentialUntrusted(reason=claim, found=opened.visible.get(claim))
    return opened
