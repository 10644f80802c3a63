"""Forged tokens of every sort we know, for any kind of compact JWS (SECURITY.md §6, F2).

`forgeries` yields (name, token). None may be accepted. `trusts_the_header` is the control: the verifier that RFC 8725
warns of, which takes the algorithm from the token.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from zhizhao.trust.es256 import P256Public, load_p256_public, new_p256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALGORITHMS: tuple[Any, ...] = (
    *("none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS512", "PS256", "ES384", "ES512"),
    *("ES256K", "EdDSA", "Ed25519", "SM2", "es256", "ES256 ", " ES256", "ES256\u0000", "A128KW", "dir"),
    *(None, 256, True, ["ES256"], {"alg": "ES256"}),
)
TYPES: tuple[Any, ...] = (
    *("JWT", "jwt", "at+jwt", "receipt+jwt", "dpop+jwt", "kb+jwt", "statuslist+jwt", "dc+sd-jwt", "vc+sd-jwt"),
    *("ledger-head+jwt", "logout+jwt", "client-authentication+jwt", "oauth-authz-req+jwt", "JOSE", "", " ", None),
    *(1, ["JWT"], {"typ": "JWT"}, True),
)
KIDS: tuple[Any, ...] = (
    *("", " ", "0", "unknown", "../../../etc/passwd", "/dev/null", "' OR '1'='1", "kid\u0000", "*", "a" * 4000),
    *(0, 1, True, [], ["kid"], {"kid": "kid"}, "\u202e", "http://127.0.0.1/key"),
)
PAYLOADS = (
    *(b"", b"[]", b"null", b"1", b'"text"', b"true", b"{", b"{}{}", b'{"a":NaN}', b'{"a":1,}', b"\xff\xfe", b"{'a':1}"),
    *(b"[" * 3000, b'{"a":' * 1500, b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b"{}\x00", b'{"a":"\\ud800"}', b'{"a":1e999}'),
)
HEADERS = (
    *(b"", b"[]", b"null", b"1", b'"ES256"', b"{", b"{}", b"{}{}", b"\xff", b"[" * 3000, b'{"a":' * 1500),
    *(b"\xef\xbb\xbf{}", b'{"alg":NaN}', b'{"alg":Infinity}', b"{}\x00"),
)


def b64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Genuine:
    """A good token to start from."""

    header: dict[str, Any]
    claims: dict[str, Any]
    sign: Callable[[bytes], bytes]
    """Signs with the genuine key, so that only what the form changes is wrong."""
    public: P256Public
    types: frozenset[Any]
    """Kinds that the verifier accepts; they are no forgery."""
    carries_key: bool = False
    """The header carries the key (DPoP), so `kid` and embedded keys are other forms."""

    def token(self, **changes: Any) -> str:
        """Return a genuinely signed token; a header parameter set to `...` is left out."""
        header = {name: value for name, value in {**self.header, **changes}.items() if value is not ...}
        return self.sealed(json.dumps(header).encode(), json.dumps(self.claims).encode())

    def sealed(self, header: bytes, payload: bytes) -> str:
        """Return any header and payload, genuinely signed."""
        signed = f"{b64(header)}.{b64(payload)}"
        return f"{signed}.{b64(self.sign(signed.encode()))}"


def forgeries(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Yield several hundred forged tokens, each with a name."""
    yield from _algorithms(genuine)
    yield from _kinds(genuine)
    yield from _headers(genuine)
    yield from _foreign_keys(genuine)
    yield from _signatures(genuine)
    yield from _payloads(genuine)
    yield from _shapes(genuine)


def _algorithms(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Yield every algorithm the key does not have: unsigned, signed, and MACed with what is public."""
    good = genuine.token()
    public = genuine.public
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(public.spki()) + b"-----END PUBLIC KEY-----\n"
    secrets = {"empty": b"", "spki": public.spki(), "pem": pem, "x": public.x.encode(), "kid": public.kid.encode()}
    for alg in (*ALGORITHMS, ...):
        header = {name: value for name, value in {**genuine.header, "alg": alg}.items() if value is not ...}
        signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(genuine.claims).encode())}"
        yield f"alg {alg!r} unsigned", f"{signed}."
        yield f"alg {alg!r} old signature", f"{signed}.{good.split('.')[2]}"
        yield f"alg {alg!r} signed", f"{signed}.{b64(genuine.sign(signed.encode()))}"
        for name, secret in secrets.items():
            yield f"alg {alg!r} mac {name}", f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _kinds(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Genuinely signed tokens of another kind: none passes as this one."""
    own = {value for value in genuine.types if value}
    near = [change for value in own for change in (value.upper(), f"application/{value}", f"{value} ", f" {value}")]
    for typ in (*TYPES, *near, ...):
        if not (typ is ... and None in genuine.types) and not _hashable_in(typ, genuine.types):
            yield f"typ {typ!r}", genuine.token(typ=typ)


def _hashable_in(value: Any, accepted: frozenset[Any]) -> bool:
    return isinstance(value, str | None) and value in accepted


def _headers(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Extensions we do not understand, names given twice, kids that are not ours, and headers that are none."""
    for extra in (
        *({"crit": ["exp"], "exp": 1}, {"crit": []}, {"crit": None}, {"crit": ["b64"], "b64": False}, {"b64": False}),
        *({"crit": "exp"}, {"zip": "DEF"}, {"crit": ["kid"]}, {"crit": {}}, {"b64": True}, {"zip": None}),
    ):
        yield f"header {extra}", genuine.token(**extra)
    if not genuine.carries_key:
        for kid in KIDS:
            yield f"kid {kid!r}"[:60], genuine.token(kid=kid)
    payload = json.dumps(genuine.claims).encode()
    whole = json.dumps(genuine.header)
    for double in ('"alg":"none"', '"alg":"ES256"', '"alg":null', '"a":1,"a":2', '"a":{"b":1,"b":2}'):
        yield f"double {double}", genuine.sealed(f"{whole[:-1]},{double}}}".encode(), payload)
    for coding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield f"header in {coding}", genuine.sealed(whole.encode(coding), payload)
    for extra in (
        '"x":"\\ud800","kid":"\\ud800"',
        '"typ":"\\udc00"',
        '"kid":"a\\u0000"',
        '"x":NaN',
        '"x":-Infinity',
        '"x":' + "9" * 5000,
    ):
        without = json.dumps({name: value for name, value in genuine.header.items() if f'"{name}"' not in extra})
        yield f"header {extra[:30]}", genuine.sealed(f"{without[:-1]},{extra}}}".encode(), payload)
    for header in HEADERS:
        yield f"header {header[:20]!r}", genuine.sealed(header, payload)


def _foreign_keys(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Offer an attacker's key in every place where a careless verifier would look for one."""
    attacker = new_p256()
    jwk = attacker.public.jwk()
    certificate = base64.b64encode(attacker.public.spki()).decode()
    offers: list[dict[str, Any]] = [
        *({}, {"jku": "https://attacker.example/jwks"}, {"x5u": "https://attacker.example/c"}, {"x5c": [certificate]}),
        *({"x5t": "x"}, {"x5t#S256": b64(hashlib.sha256(b"x").digest())}, {"iss": "https://attacker.example"}),
    ]
    if not genuine.carries_key:
        offers.append({"jwk": jwk})
    for offer in offers:
        for kid in (genuine.header.get("kid", ...), ..., attacker.public.kid):
            header = {name: v for name, v in {**genuine.header, **offer, "kid": kid}.items() if v is not ...}
            signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(genuine.claims).encode())}"
            yield f"attacker {sorted(offer)} {kid!r}", f"{signed}.{b64(attacker.sign(signed.encode()))}"


def _signatures(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Signatures that are not this one: flipped, cut, grown, of edge numbers, in other codings."""
    head, body, tail = genuine.token().split(".")
    raw = base64.urlsafe_b64decode(tail + "==")
    for place in range(64):
        flipped = raw[:place] + bytes([raw[place] ^ 1 << place % 8]) + raw[place + 1 :]
        yield f"signature byte {place}", f"{head}.{body}.{b64(flipped)}"
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    others: dict[str, bytes] = {
        **{f"cut to {length}": raw[:length] for length in (0, 1, 31, 32, 33, 48, 63)},
        **{f"grown by {length}": raw + b"\0" * length for length in (1, 2, 32, 64)},
        "der": encode_dss_signature(r, s),
        "swapped": raw[32:] + raw[:32],
        "leading zero": b"\0" + raw,
    }
    for name, first in (("0", 0), ("1", 1), ("n", ORDER), ("n-1", ORDER - 1), ("max", 2**256 - 1), ("r", r)):
        for last, second in (("0", 0), ("1", 1), ("n", ORDER), ("n-1", ORDER - 1), ("max", 2**256 - 1)):
            others[f"r={name} s={last}"] = first.to_bytes(32, "big") + second.to_bytes(32, "big")
    for name, signature in others.items():
        yield f"signature {name}", f"{head}.{body}.{b64(signature)}"
    loose = tail[:-1] + chr(ord(tail[-1]) + 1)
    standard = base64.b64encode(raw).decode()
    for name, text in {"padded": tail + "==", "standard": standard, "loose bits": loose, "space": f"{tail} "}.items():
        if text != tail:
            yield f"signature {name}", f"{head}.{body}.{text}"


def _payloads(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Other claims under the old signature; and genuinely signed payloads that are no claims."""
    head, body, tail = genuine.token().split(".")
    raw = base64.urlsafe_b64decode(body + "==")
    for place in range(0, len(raw), max(1, len(raw) // 60)):
        flipped = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        yield f"payload byte {place}", f"{head}.{b64(flipped)}.{tail}"
    for name in genuine.claims:
        for value in (None, "", "other", 0, 10**12, []):
            changed = json.dumps({**genuine.claims, name: value}).encode()
            if changed != raw:
                yield f"claim {name}={value!r}", f"{head}.{b64(changed)}.{tail}"
    for payload in PAYLOADS:
        yield f"payload {payload[:20]!r}", genuine.sealed(json.dumps(genuine.header).encode(), payload)


def _shapes(genuine: Genuine) -> Iterator[tuple[str, str]]:
    """Things that are not three strict parts."""
    good = genuine.token()
    head, body, tail = good.split(".")
    as_json = {"payload": body, "signatures": [{"protected": head, "signature": tail}]}
    texts = [
        *("", ".", "..", "...", "....", head, f"{head}.", f"{head}.{body}", f"{head}.{body}.{tail}.", f".{good}"),
        *(
            f"{good}.{tail}",
            f"{head}..{tail}",
            f"{head}.{body}.",
            f".{body}.{tail}",
            f" {good}",
            f"{good} ",
            f"{good}\n",
        ),
        *(f"\n{good}", f"{good}\0", good.replace(".", ". "), good.replace(".", "。"), f"Bearer {good}", f'"{good}"'),
        *(json.dumps(as_json), f"{good}~", f"{good},{good}", f"{head}.{body}.{tail}.{tail}.{tail}", "é" + good[1:]),
        *(f"{head}.{body}=.{tail}", f"{head}=.{body}.{tail}", f"{head}.+{body[1:]}.{tail}", good + "A" * 70_000),
        *(f"{head}.{body[:-1]}.{tail}", f"{head[:-1]}.{body}.{tail}", f"{head}\r\n.{body}.{tail}", good[::-1]),
    ]
    for place, text in enumerate(texts):
        yield f"shape {place}", text


def trusts_the_header(token: str, public: P256Public) -> dict[str, Any]:
    """Control: verify as RFC 8725 §2.1 warns: by the header's algorithm, with the public key as MAC key."""
    head, body, tail = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    signed = f"{head}.{body}".encode()
    signature = base64.urlsafe_b64decode(tail + "==")
    key = load_p256_public(base64.b64decode(header["x5c"][0])) if "x5c" in header else public
    if header["alg"] == "HS256" and not hmac.compare_digest(signature, hmac.digest(public.spki(), signed, "sha256")):
        raise ValueError(header)
    if header["alg"] == "ES256":
        key.verify(signed, signature)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return claims
