"""Every SM2, SM3 and HMAC-SM3 case of the domain's vectors, one case a test."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from zhizhao.trust.domestic.sm2_signature import ORDER, emit_der, emit_raw, read_der, read_raw, read_signature_text
from zhizhao.trust.domestic.sm3 import hmac_sm3, sm3
from zhizhao.trust.errors import PublicKeyRefused, SignatureBad
from zhizhao.trust.es256 import thumbprint
from zhizhao.trust.sm2 import DEFAULT_ID, GX, GY, A, B, P, Sm2Public, load_sm2_private, sm2_from_point

VECTORS: dict[str, Any] = json.loads(Path("tests/vectors/domain/sm_vectors.json").read_text("utf-8"))
BASE64 = VECTORS["sm2_signature_text"]


def named(section: str) -> Any:
    """Make one test of each case of a section."""
    cases = VECTORS[section]
    return pytest.mark.parametrize("case", cases, ids=[case.get("name", str(i)) for i, case in enumerate(cases)])


def public_key(case: dict[str, Any]) -> Sm2Public:
    """Return the case's key."""
    return sm2_from_point(bytes.fromhex("04" + case["px"] + case["py"]))


def private_der(case: dict[str, Any]) -> bytes:
    """Return the case's private key as SEC 1, built by hand."""
    body = "020101" + "0420" + case["d"] + "a00a06082a811ccf5501822d" + "a144034200" + "04" + case["px"] + case["py"]
    return bytes.fromhex(f"30{len(body) // 2:02x}{body}")


def test_the_curve_is_the_standards() -> None:
    """The constants are those of GB/T 32918.5."""
    curve = VECTORS["curve"]
    numbers = {"p": P, "a": A, "b": B, "n": ORDER, "gx": GX, "gy": GY}
    assert {name: f"{number:064x}" for name, number in numbers.items()} == {name: curve[name] for name in numbers}
    assert VECTORS["default_id"].encode() == DEFAULT_ID


@named("sm2_sign")
def test_signature_verifies(case: dict[str, Any]) -> None:
    """Z, the digest and the signature are those of the vector, in DER, raw and text."""
    key, message, name = public_key(case), bytes.fromhex(case["message_hex"]), case["id_ascii"].encode()
    assert key.z(name).hex() == case["Z"]
    assert sm3(key.z(name), message).hex() == case["e"]
    key.verify(message, bytes.fromhex(case["der_hex"]), distinguishing_id=name)
    pair = int(case["r"], 16), int(case["s"], 16)
    assert emit_der(*pair).hex() == case["der_hex"]
    assert emit_raw(*pair).hex() == case["raw_r_s_hex"]
    assert read_raw(bytes.fromhex(case["raw_r_s_hex"])) == pair
    assert read_der(bytes.fromhex(case["der_hex"])) == pair
    assert read_signature_text(case["der_base64"]) == pair


@named("sm2_sign")
def test_private_key_signs_for_its_public_key(case: dict[str, Any]) -> None:
    """The vector's private key makes other signatures (k is random) that its public key takes."""
    key, message, name = load_sm2_private(private_der(case)), bytes.fromhex(case["message_hex"]), case["id_ascii"]
    made = key.sign(message, distinguishing_id=name.encode())
    assert made.hex() != case["der_hex"]
    public_key(case).verify(message, made, distinguishing_id=name.encode())
    assert key.public.kid == public_key(case).kid == thumbprint(crv="SM2", x=key.public.x, y=key.public.y)


@named("sm2_sign_negative")
def test_negative_signature_is_refused(case: dict[str, Any]) -> None:
    """What the vector calls wrong is refused, whatever is wrong with it."""
    message, name = bytes.fromhex(case["message_hex"]), case["id_ascii"].encode()
    signature = emit_der(int(case["r"], 16), int(case["s"], 16))
    with pytest.raises(SignatureBad):
        public_key(case).verify(message, signature, distinguishing_id=name)


def test_control_negative_cases_would_pass_with_a_lenient_verifier() -> None:
    """Control: the message-changed case passes for the message it was made for, so the refusals are not blind."""
    case = next(case for case in VECTORS["sm2_sign_negative"] if case["name"] == "message-changed")
    public_key(case).verify(b"message digest", emit_der(int(case["r"], 16), int(case["s"], 16)))


@named("sm2_bad_public_keys")
def test_bad_public_key_is_refused(case: dict[str, Any]) -> None:
    """A pair of numbers that is no point of the curve is no key."""
    with pytest.raises(PublicKeyRefused):
        public_key(case)


@pytest.mark.parametrize("case", BASE64["accepted"], ids=lambda case: case["name"])
def test_signature_text_is_read(case: dict[str, Any]) -> None:
    """What other systems write is read, and written again strictly."""
    pair = read_signature_text(case["input"])
    assert tuple(f"{number:064x}" for number in pair) == (case["r"], case["s"])
    assert read_signature_text(case["emit"]) == pair
    assert base64.b64encode(emit_der(*pair)).decode() == case["emit"]


@pytest.mark.parametrize("case", BASE64["refused"], ids=lambda case: case["name"])
def test_signature_text_is_refused(case: dict[str, Any]) -> None:
    """What is no signature is refused by name."""
    with pytest.raises(SignatureBad):
        read_signature_text(case["input"])


@named("sm3")
def test_sm3(case: dict[str, Any]) -> None:
    """Digest of the vector, whole and in two parts."""
    message = bytes.fromhex(case["message_hex"])
    assert sm3(message).hex() == case["digest"]
    assert sm3(message[:7], message[7:]).hex() == case["digest"]


@named("hmac_sm3")
def test_hmac_sm3(case: dict[str, Any]) -> None:
    """MAC of the vector."""
    assert hmac_sm3(bytes.fromhex(case["key_hex"]), bytes.fromhex(case["message_hex"])).hex() == case["mac"]
