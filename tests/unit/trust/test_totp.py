"""RFC 6238, with the RFC's own numbers."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from zhizhao.trust.errors import TotpRefused
from zhizhao.trust.totp import hotp, new_totp_secret, provisioning_uri, verify_totp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
FULL_WIDTH = {ord("0") + digit: ord("\uff10") + digit for digit in range(10)}
AT = datetime.fromtimestamp(1_111_111_109, UTC)


@pytest.mark.parametrize(
    ("seconds", "number"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")],
)
def test_appendix_b(seconds: int, number: str) -> None:
    """RFC 6238 appendix B, the last six of eight digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert verify_totp(SECRET, number, at=at) == seconds // 30


@pytest.mark.parametrize(
    ("count", "number"), [(0, "755224"), (1, "287082"), (2, "359152"), (3, "969429"), (4, "338314"), (9, "520489")]
)
def test_rfc_4226(count: int, number: str) -> None:
    """RFC 4226 appendix D."""
    assert hotp(SECRET, count) == number


class TestWindow:
    """One step before and after."""

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_near(self, steps: int) -> None:
        """The accepted step is the number's own."""
        at = AT - timedelta(seconds=30 * steps)
        assert verify_totp(SECRET, "081804", at=at) == 1_111_111_109 // 30

    @pytest.mark.parametrize("steps", [-2, 2, 100])
    def test_far(self, steps: int) -> None:
        """Two steps are too far."""
        with pytest.raises(TotpRefused):
            verify_totp(SECRET, "081804", at=AT + timedelta(seconds=30 * steps))

    @pytest.mark.parametrize(
        "number", ["", "81804", "0818040", "08180a", "081804".translate(FULL_WIDTH), " 81804", "081805", "-81804"]
    )
    def test_wrong(self, number: str) -> None:
        """Six ASCII digits, the right ones."""
        with pytest.raises(TotpRefused):
            verify_totp(SECRET, number, at=AT)


def test_replay() -> None:
    """A step is used once; a step before a used one is refused too."""
    step = verify_totp(SECRET, "081804", at=AT)
    assert verify_totp(SECRET, "081804", at=AT, used_step=step - 1) == step
    for used in (step, step + 1):
        with pytest.raises(TotpRefused) as caught:
            verify_totp(SECRET, "081804", at=AT, used_step=used)
        assert caught.value.facts["reason"] == "replay"


def test_new_secrets() -> None:
    """160 bits, base32 without padding, each another."""
    secrets = {new_totp_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(secret) == 32 and "=" not in secret for secret in secrets)


def test_a_damaged_secret_is_refused() -> None:
    """A stored secret that is no base32."""
    with pytest.raises(TotpRefused):
        verify_totp("!", "081804", at=AT)


def test_provisioning_uri() -> None:
    """The form authenticator apps read; names are escaped."""
    uri = urlsplit(provisioning_uri(SECRET, issuer="示例平台 & 执照", account="窗口/03"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/%E7%A4%BA%E4%BE%8B%E5%B9%B3%E5%8F%B0%20%26%20%E6%89%A7%E7%85%A7:%E7%AA%97%E5%8F%A3%2F03"
    asked = parse_qs(uri.query)
    assert asked["secret"] == [SECRET]
    assert asked["issuer"] == ["示例平台 & 执照"]
    assert (asked["algorithm"], asked["digits"], asked["period"]) == (["SHA1"], ["6"], ["30"])
