"""Check a receipt (回执) and where its entry stands in the ledger, without trusting who handed it over (RFC 6962)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from zhizhao_client.errors import NotGenuine
from zhizhao_client.jose import b64url, verify

RECEIPT = "receipt+jwt"
HEAD = "ledger-head+jwt"
REQUIRED = ("iss", "iat", "jti", "aud", "verifier", "matter", "purpose", "verdict", "fields", "licence", "ledger")


def verify_receipt(receipt: str, *, jwks: dict[str, Any], expected_issuer: str, expected_client: str) -> dict[str, Any]:
    """Return the claims of a receipt for this client from this installation. Raises NotGenuine."""
    claims = verify(receipt, jwks=jwks, expected_typ=RECEIPT)
    if claims.get("iss") != expected_issuer:
        raise NotGenuine(reason="iss")
    if claims.get("aud") != expected_client:
        raise NotGenuine(reason="aud")
    for name in REQUIRED:
        if name not in claims:
            raise NotGenuine(name)
    return claims


def verify_inclusion(proof: dict[str, Any], *, jwks: dict[str, Any], expected_entry: str) -> dict[str, Any]:
    """Return the claims of the signed head under which the receipt's entry stands. Raises NotGenuine.

    (1) the proof is about this entry; (2) the head is signed by the ledger key; (3) the path leads from the entry to
    the root of the head (RFC 6962 §2.1.1).
    """
    if proof.get("entry") != expected_entry or proof.get("leaf") is None:
        raise NotGenuine(reason="entry")  # (1)
    try:
        head = verify(str(proof["head"]["token"]), jwks=jwks, expected_typ=HEAD)  # (2)
        path = [bytes.fromhex(node) for node in proof["path"]]
        root = root_from_path(bytes.fromhex(expected_entry), int(proof["leaf"]), int(head["size"]), path)
        told = head["root"]
    except (KeyError, TypeError, ValueError) as cause:
        raise NotGenuine(reason="form") from cause
    if b64url(root) != told:
        raise NotGenuine(reason="root")  # (3)
    return head


def root_from_path(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that an audit path leads to (RFC 9162 §2.1.3.2). Raises NotGenuine."""
    if not 0 <= number < size:
        raise NotGenuine(reason="leaf")
    at, last, found = number, size - 1, leaf
    for node in path:
        if last == 0:
            raise NotGenuine(reason="path")
        if at & 1 or at == last:
            found = _node(node, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, node)
        at, last = at >> 1, last >> 1
    if last:
        raise NotGenuine(reason="path")
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
