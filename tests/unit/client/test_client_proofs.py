"""The client's own checks: codes, trees, receipts and credentials, each with what it must refuse."""

import base64
import hashlib
import json
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.kernel.code24 import new_code
from zhizhao.ledger.tree import plan_inclusion, resolve
from zhizhao_client import jose
from zhizhao_client.code24 import is_code
from zhizhao_client.credential import bound_to, status_of, verify_credential
from zhizhao_client.errors import NotGenuine
from zhizhao_client.receipt import root_from_path, verify_receipt

KEY = ec.generate_private_key(ec.SECP256R1())
JWKS = {"keys": [{**jose.public_jwk(KEY), "kid": "k1"}]}
ISSUER, CLIENT = "https://zz.example", "cli_1"


def signed(claims: dict[str, object], *, typ: str, **header: object) -> str:
    """Sign as the installation would."""
    return jose.sign(KEY, {"alg": "ES256", "typ": typ, "kid": "k1", **header}, claims)


def receipt(**changes: object) -> dict[str, object]:
    """Return the claims of a good receipt."""
    names = ("iat", "jti", "verifier", "matter", "purpose", "verdict", "fields", "licence", "ledger")
    return {"iss": ISSUER, "aud": CLIENT, **dict.fromkeys(names, "x"), **changes}


class TestCode:
    """The two implementations agree."""

    def test_the_servers_codes_are_codes(self) -> None:
        """Whatever the server makes, the client takes; one digit more or changed, it does not."""
        for _ in range(200):
            code = new_code()
            assert is_code(code)
            assert is_code(f" {code[:4]} {code[4:]}\r\n")
            assert not is_code(code + "0")
            assert not is_code(code[:-1] + str((int(code[-1]) + 1) % 10))


class TestTree:
    """Audit paths, against the server's own tree."""

    @given(st.integers(1, 200), st.data())
    def test_every_path_leads_to_the_root(self, size: int, data: st.DataObject) -> None:
        """A path of the server's plan gives the root of a naive tree; a changed one does not."""
        leaves = [hashlib.sha256(b"\x00" + bytes([n])).digest() for n in range(size)]
        number = data.draw(st.integers(0, size - 1))
        path = resolve(
            plan_inclusion(number, size), lambda node: naive(leaves, node[1] << node[0], (node[1] + 1) << node[0])
        )
        assert root_from_path(leaves[number], number, size, path) == naive(leaves, 0, size)
        if path:
            broken = [hashlib.sha256(path[0]).digest(), *path[1:]]
            assert root_from_path(leaves[number], number, size, broken) != naive(leaves, 0, size)
            with pytest.raises(NotGenuine):
                root_from_path(leaves[number], number, size, [*path, path[0]])


def naive(leaves: list[bytes], start: int, end: int) -> bytes:
    """Return a subtree's root by the definition of RFC 6962 §2.1."""
    if end - start == 1:
        return leaves[start]
    split = 1
    while split * 2 < end - start:
        split *= 2
    return hashlib.sha256(b"\x01" + naive(leaves, start, start + split) + naive(leaves, start + split, end)).digest()


class TestReceipt:
    """Receipts: good ones pass, forged ones are named."""

    def test_a_good_receipt(self) -> None:
        """The claims come back."""
        token = signed(receipt(), typ="receipt+jwt")
        assert verify_receipt(token, jwks=JWKS, expected_issuer=ISSUER, expected_client=CLIENT)["aud"] == CLIENT

    @pytest.mark.parametrize(
        ("token", "reason"),
        [
            (signed(receipt(), typ="JWT"), "typ"),
            (signed(receipt(), typ="receipt+jwt", alg="none"), "alg"),
            (signed(receipt(), typ="receipt+jwt", crit=["x"]), "crit"),
            (signed(receipt(), typ="receipt+jwt", kid="k2"), "kid"),
            (signed(receipt(iss="https://evil.example"), typ="receipt+jwt"), "iss"),
            (signed(receipt(aud="cli_2"), typ="receipt+jwt"), "aud"),
            (signed({k: v for k, v in receipt().items() if k != "ledger"}, typ="receipt+jwt"), "ledger"),
            (signed(receipt(), typ="receipt+jwt")[:-3] + "AAA", "signature"),
            (signed(receipt(), typ="receipt+jwt") + ".x", "form"),
        ],
    )
    def test_a_forged_one_is_named(self, token: str, reason: str) -> None:
        """Each forgery falls at the check that is there for it."""
        with pytest.raises(NotGenuine) as caught:
            verify_receipt(token, jwks=JWKS, expected_issuer=ISSUER, expected_client=CLIENT)
        assert caught.value.reason in {reason, "base64url"}


def disclosure(name: str, value: object) -> tuple[str, str]:
    """Return a disclosure and its digest."""
    text = jose.b64url(json.dumps(["salt", name, value]).encode())
    return text, jose.b64url(hashlib.sha256(text.encode()).digest())


class TestCredential:
    """Credentials: disclosures must belong, the status list must be about them."""

    def test_disclosed_claims_and_holder(self) -> None:
        """A disclosed claim is there, a hidden one is not, and the key is the bound one."""
        (shown, shown_digest), (_hidden, hidden_digest) = disclosure("name", "示例"), disclosure("scope", "x")
        holder = jose.public_jwk(ec.generate_private_key(ec.SECP256R1()))
        claims = {"iss": ISSUER, "_sd": [shown_digest, hidden_digest], "_sd_alg": "sha-256", "cnf": {"jwk": holder}}
        found = verify_credential(f"{signed(claims, typ='dc+sd-jwt')}~{shown}~", jwks=JWKS, expected_issuer=ISSUER)
        assert found["name"] == "示例"
        assert "scope" not in found
        assert bound_to(found, holder)
        assert not bound_to(found, jose.public_jwk(KEY))

    def test_a_foreign_disclosure_is_refused(self) -> None:
        """What the issuer did not sign a digest of is not a claim."""
        claims = {"iss": ISSUER, "_sd": [], "_sd_alg": "sha-256"}
        with pytest.raises(NotGenuine, match="disclosure"):
            verify_credential(
                f"{signed(claims, typ='dc+sd-jwt')}~{disclosure('name', 'x')[0]}~", jwks=JWKS, expected_issuer=ISSUER
            )

    def test_the_status_list(self) -> None:
        """Index 5 is suspended; a list of another address or out of time is refused."""
        packed = base64.urlsafe_b64encode(zlib.compress(bytes([0, 0b1000]))).rstrip(b"=").decode()
        claims = {"status": {"status_list": {"idx": 5, "uri": "u"}}}

        def told(sub: str, exp: int) -> str:
            return signed({"sub": sub, "exp": exp, "status_list": {"bits": 2, "lst": packed}}, typ="statuslist+jwt")

        assert status_of(claims, told("u", 100), jwks=JWKS, now=50) == "suspended"
        for token in (told("other", 100), told("u", 50)):
            with pytest.raises(NotGenuine):
                status_of(claims, token, jwks=JWKS, now=50)
