"""SM2 keys and the library below: refusals, memory, threads, absence."""

import ctypes
import gc
import ssl
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizhao.trust import sm2
from zhizhao.trust.domestic import libcrypto
from zhizhao.trust.domestic.libcrypto import Libcrypto, LibcryptoFailed, find_libcrypto, system_libcrypto
from zhizhao.trust.domestic.sm2_signature import ORDER, emit_der, emit_raw, read_der, read_raw, read_tolerant
from zhizhao.trust.domestic.sm2_signature import read_signature_text as read_text
from zhizhao.trust.errors import PrivateKeyRefused, PublicKeyRefused, SignatureBad, Sm2Unavailable
from zhizhao.trust.es256 import new_p256
from zhizhao.trust.sm2 import B, P, check_point, load_sm2_private, load_sm2_public, new_sm2, sm2_from_point

KEY = new_sm2()
NUMBERS = st.integers(min_value=1, max_value=ORDER - 1)


class TestSignature:
    """Bytes and text of signatures."""

    @given(r=NUMBERS, s=NUMBERS)
    def test_there_and_back(self, r: int, s: int) -> None:
        """DER and raw."""
        if (r + s) % ORDER:
            assert read_der(emit_der(r, s)) == read_tolerant(emit_der(r, s)) == read_raw(emit_raw(r, s)) == (r, s)

    @settings(max_examples=500)
    @given(st.binary(max_size=80))
    def test_rubbish(self, data: bytes) -> None:
        """Whatever is not refused is exactly what we would write."""
        try:
            pair = read_der(data)
        except SignatureBad:
            return
        assert emit_der(*pair) == data

    @given(st.text(max_size=120))
    def test_rubbish_text(self, text: str) -> None:
        """Text is read or refused by name."""
        try:
            read_text(text)
        except SignatureBad:
            return

    @pytest.mark.parametrize(
        "hexed",
        [
            *(
                "",
                "30",
                "3000",
                "3006020101",
                "30060201010201",
                "300602010102010100",
                "310602010102010 1",
                "3006030101020101",
            ),
            *("3006020101030101", "30080202000102020001", "308006020101020101", "30070281010102010 1", "3004020002 00"),
            *("3009020101020101020101", "3006020181020101", "3006020100020101", "3006020101020100"),
        ],
    )
    def test_not_strict(self, hexed: str) -> None:
        """Cut, grown, another tag, padded, long form, negative, zero."""
        with pytest.raises(SignatureBad):
            read_der(bytes.fromhex(hexed.replace(" ", "")))

    @pytest.mark.parametrize("pair", [(1, 1), (1, ORDER - 2), (ORDER - 1, ORDER - 1), (ORDER - 1, 2)])
    def test_in_range(self, pair: tuple[int, int]) -> None:
        """From 1 to n - 1, both included."""
        assert read_raw(emit_raw(*pair)) == pair

    @pytest.mark.parametrize("pair", [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER - 1), (ORDER + 1, 1)])
    def test_out_of_range(self, pair: tuple[int, int]) -> None:
        """Zero, n, and a sum of n are refused before any point is touched."""
        with pytest.raises(SignatureBad):
            read_raw(emit_raw(*pair))

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_raw_length(self, length: int) -> None:
        """64 bytes."""
        with pytest.raises(SignatureBad):
            read_raw(b"\1" * length)

    @pytest.mark.parametrize("text", ["A", "AAAAA", "=", "MEQ*", "济宁"])
    def test_text_forms(self, text: str) -> None:
        """No base64."""
        with pytest.raises(SignatureBad):
            read_text(text)


class TestKeys:
    """Keys in and out."""

    def test_der_there_and_back(self) -> None:
        """The same key comes back, and its signatures verify."""
        again = load_sm2_private(KEY.pkcs8())
        assert again.public.kid == KEY.public.kid == load_sm2_public(KEY.public.spki()).kid
        load_sm2_public(KEY.public.spki()).verify(b"m", again.sign(b"m"))
        assert again.public.jwk()["crv"] == "SM2"

    @pytest.mark.parametrize("der", [b"", b"x", b"0" * 200, new_p256().pkcs8(), KEY.public.spki()])
    def test_no_private_key(self, der: bytes) -> None:
        """Rubbish and P-256 are refused."""
        with pytest.raises(PrivateKeyRefused):
            load_sm2_private(der)

    def test_a_private_key_with_a_foreign_point(self) -> None:
        """A point that is not d·G is found, else every signature would be for nobody."""
        other = new_sm2().public.point
        with pytest.raises(PrivateKeyRefused):
            load_sm2_private(KEY.pkcs8().replace(KEY.public.point, other))

    @pytest.mark.parametrize("d", [0, ORDER - 1, ORDER])
    def test_a_private_number_out_of_range(self, d: int) -> None:
        """D is in [1, n-2], since 1 + d must have an inverse."""
        bare = bytes.fromhex("30310201010420") + d.to_bytes(32, "big") + bytes.fromhex("a00a06082a811ccf5501822d")
        with pytest.raises(PrivateKeyRefused):
            load_sm2_private(bare)

    @pytest.mark.parametrize(
        "spki", [b"", b"x", new_p256().public.spki(), KEY.public.spki()[:-1], KEY.public.spki() + b"x"]
    )
    def test_no_public_key(self, spki: bytes) -> None:
        """Rubbish, P-256, cut and grown."""
        with pytest.raises(PublicKeyRefused):
            load_sm2_public(spki)

    def test_points(self) -> None:
        """Compressed, infinite, out of range, off the curve, and on a twist."""
        x = KEY.public.point[1:33]
        points = [b"", b"\0", b"\2" + x, b"\6" + KEY.public.point[1:], b"\4" + bytes(64), b"\4" + x + bytes(32)]
        points += [b"\4" + P.to_bytes(32, "big") + KEY.public.point[33:], b"\4" + x + P.to_bytes(32, "big")]
        for point in points:
            with pytest.raises(PublicKeyRefused):
                check_point(point)
        root = pow(B, (P + 1) // 4, P)  # p ≡ 3 mod 4, so this is the point with x = 0
        check_point(b"\4" + bytes(32) + root.to_bytes(32, "big"))

    def test_control_without_the_check_a_bad_point_reaches_the_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Control: the library refuses as well, so a bad point is stopped twice."""
        monkeypatch.setattr(sm2, "check_point", lambda _: None)
        with pytest.raises(PublicKeyRefused) as caught:
            sm2_from_point(b"\4" + b"\1" * 64)
        assert caught.value.facts["reason"] == "refused by libcrypto"


class TestIds:
    """The distinguishing id."""

    def test_another_id_is_another_signature(self) -> None:
        """A signature under one id does not verify under another."""
        made = KEY.sign(b"m", distinguishing_id=b"other")
        KEY.public.verify(b"m", made, distinguishing_id=b"other")
        for name in (b"", b"1234567812345678", b"othes"):
            with pytest.raises(SignatureBad):
                KEY.public.verify(b"m", made, distinguishing_id=name)

    def test_z_is_computed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For the default id; foreign ids are not kept, so they cannot fill the memory."""
        fresh = sm2_from_point(KEY.public.point)
        digests: list[int] = []
        plain = sm2.sm3
        monkeypatch.setattr(sm2, "sm3", lambda *parts: digests.append(1) or plain(*parts))
        assert fresh.z() == fresh.z()
        assert len(digests) == 1
        for number in range(5):
            fresh.z(bytes([number]))
        assert len(fresh._z) == 1

    def test_too_long(self) -> None:
        """The length in bits must fit two bytes."""
        KEY.public.verify(b"m", KEY.sign(b"m", distinguishing_id=b"x" * 8191), distinguishing_id=b"x" * 8191)
        with pytest.raises(SignatureBad):
            KEY.sign(b"m", distinguishing_id=b"x" * 8192)


class Mallinfo(ctypes.Structure):
    """What glibc says of its heap."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keep",
        )
    )


def in_use() -> int:
    """Return the bytes that are allocated and not freed."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Mallinfo
    return int(mallinfo().uordblks)


class TestLibrary:
    """The system's libcrypto."""

    def test_keys_are_given_back(self) -> None:
        """Every key that was taken is freed, once."""
        key = new_sm2()
        handles = [weakref.finalize(key.public._handle, lambda: None), weakref.finalize(key._handle, lambda: None)]
        assert all(handle.alive for handle in handles)
        del key
        gc.collect()
        assert not any(handle.alive for handle in handles)

    def test_nothing_leaks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """After many keys and refusals the C library holds no more than before; with keys that are kept it would."""
        good = KEY.sign(b"m")

        def growth(times: int) -> int:
            before = in_use()
            for _ in range(times):
                load_sm2_public(KEY.public.spki())
                with pytest.raises(SignatureBad):
                    KEY.public.verify(b"n", good)
            gc.collect()
            return in_use() - before

        growth(50)
        assert growth(200) < 20_000
        monkeypatch.setattr(Libcrypto, "free", lambda *_: None)  # the control
        assert growth(200) > 100_000

    def test_threads(self) -> None:
        """One key, eight threads, every signature good."""
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda number: (number, KEY.sign(bytes([number]))), range(64)))
            list(pool.map(lambda pair: KEY.public.verify(bytes([pair[0]]), pair[1]), made))
        assert len({signature for _, signature in made}) == 64

    def test_errors_leave_nothing_behind(self) -> None:
        """A refusal here is no error there: the queue that `ssl` shares is empty afterwards."""
        raw = ctypes.CDLL("libcrypto.so.3")
        raw.ERR_peek_error.restype = ctypes.c_ulong
        for der in (b"x", new_p256().pkcs8(), new_p256().public.spki()):
            with pytest.raises(PrivateKeyRefused):
                load_sm2_private(der)
        with pytest.raises(SignatureBad):
            KEY.public.verify(b"n", KEY.sign(b"m"))
        load_sm2_private(KEY.pkcs8())
        assert raw.ERR_peek_error() == 0
        ssl.create_default_context()

    def test_a_p256_key_is_no_sm2_key(self) -> None:
        """A key of another curve is refused below too."""
        lib = system_libcrypto()
        with pytest.raises(LibcryptoFailed):
            lib.read_public(new_p256().public.spki())
        with pytest.raises(LibcryptoFailed):
            lib.read_private(new_p256().pkcs8())


class Fake:
    """A library that lacks something."""

    def __init__(self, *, version: int = 0x30000000, made: int | None = 1, lacks: str = "") -> None:
        self._version, self._made, self._lacks = version, made, lacks

    def __getattr__(self, name: str) -> Any:
        """Return a function that answers one fixed thing."""
        if name == self._lacks:
            raise AttributeError(name)
        answer = {"OpenSSL_version_num": self._version, "EVP_PKEY_CTX_new_from_name": self._made}.get(name, 0)

        class Function:
            """A foreign function."""

            restype: Any = None
            argtypes: Any = None

            def __call__(self, *_: object) -> int | None:
                """Answer."""
                return answer

        return Function()


class TestAbsence:
    """A machine without SM2 is told what to install."""

    def test_nothing_there(self) -> None:
        """No library of any name."""
        with pytest.raises(Sm2Unavailable) as caught:
            find_libcrypto(("libnothing.so.9",))
        assert "apt install" in str(caught.value.facts["install"])

    @pytest.mark.parametrize(
        ("fake", "reason"),
        [
            (Fake(version=0x1010117F), "too old"),
            (Fake(lacks="EVP_PKEY_CTX_new_from_name"), "a call is missing"),
            (Fake(made=None), "built without SM2"),
            (Fake(), "built without SM2"),
        ],
    )
    def test_unfit(self, monkeypatch: pytest.MonkeyPatch, fake: Fake, reason: str) -> None:
        """Old, another make, or without the algorithm."""
        monkeypatch.setattr(libcrypto.ctypes, "CDLL", lambda _: fake)
        with pytest.raises(Sm2Unavailable) as caught:
            find_libcrypto(("libcrypto.so.3",))
        assert caught.value.facts["reason"] == reason

    def test_found(self) -> None:
        """The system's library is found behind a missing name."""
        assert isinstance(find_libcrypto(("libnothing.so.9", *libcrypto.NAMES)), Libcrypto)
