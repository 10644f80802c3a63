"""The status list: signed, named, in time; otherwise unknown."""

from datetime import timedelta

import pytest

from factories.documents import BASE_URL, LIST, NOW, Issuer
from zhizhao.kernel.clock import EPOCH
from zhizhao.licence.status_list import list_claims, pack
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.errors import FetchFailed
from zhizhao.trust.fetch import Fetched
from zhizhao.trust.jws import jwk_set, sign_compact
from zhizhao.trust.keys import Purpose
from zhizhao.verification.finding import Standing, Status
from zhizhao.verification.status import NoStatus, Place, ServerStatus

PLACE = Place(uri=LIST, index=5)


async def asked(house: Issuer, token: str, *, place: Place = PLACE, status: int = 200, later: int = 0) -> Status:
    """Return what a server that answers with this token is taken to say."""

    async def fetch(url: str) -> Fetched:
        assert url == "https://other.example/status/1"
        return Fetched(status=status, content_type="", body=token.encode())

    now = NOW + timedelta(seconds=later)
    source = ServerStatus("https://other.example", trust=house.anchors(), fetch=fetch, now=now)
    return await source.of_place(place)


class TestOfPlace:
    """One entry."""

    @pytest.mark.parametrize(
        ("code", "standing"),
        [(0, Standing.VALID), (1, Standing.INVALID), (2, Standing.SUSPENDED), (3, Standing.CHANGED)],
    )
    async def test_says_what_the_list_says(self, house: Issuer, code: int, standing: Standing) -> None:
        """The four codes, with the moment of the list; fetched from the server we were told, not the file's."""
        found = await asked(house, house.status_list(code=code))
        assert found.standing is standing
        assert found.as_of == NOW.replace(microsecond=0)

    async def test_neighbour_is_not_read(self, house: Issuer) -> None:
        """Entry 5 is withdrawn, entry 4 is not."""
        found = await asked(house, house.status_list(code=1), place=Place(uri=LIST, index=4))
        assert found.standing is Standing.VALID

    async def test_expired_list_is_unknown(self, house: Issuer) -> None:
        """Five minutes and the leeway."""
        token = house.status_list()
        assert (await asked(house, token, later=359)).standing is Standing.VALID
        assert (await asked(house, token, later=361)).standing is Standing.UNKNOWN

    async def test_another_list_is_unknown(self, house: Issuer) -> None:
        """A good list under another name says nothing about this entry."""
        assert (await asked(house, house.status_list(uri=f"{BASE_URL}/status/2"))).standing is Standing.UNKNOWN

    async def test_entry_beyond_the_list_is_unknown(self, house: Issuer) -> None:
        """No entry, no answer."""
        assert (await asked(house, house.status_list(), place=Place(uri=LIST, index=64))).standing is Standing.UNKNOWN

    @pytest.mark.parametrize("purpose", [Purpose.RECEIPT, Purpose.ISSUER])
    async def test_another_purposes_key_is_unknown(self, house: Issuer, purpose: Purpose) -> None:
        """Only the list's own key signs lists."""
        claims = list_claims(LIST, pack(64, []), issuer=BASE_URL, at=NOW, lifetime_seconds=300)
        token = sign_compact(house.keys, purpose, claims, typ="statuslist+jwt")
        assert (await asked(house, token)).standing is Standing.UNKNOWN

    async def test_receipt_kind_is_unknown(self, house: Issuer) -> None:
        """The right key and the wrong kind."""
        claims = list_claims(LIST, pack(64, []), issuer=BASE_URL, at=NOW, lifetime_seconds=300)
        token = sign_compact(house.keys, Purpose.STATUS_LIST, claims, typ="JWT")
        assert (await asked(house, token)).standing is Standing.UNKNOWN

    @pytest.mark.parametrize(
        "listed", [None, {}, {"bits": 1, "lst": pack(64, [])}, {"bits": 2}, {"bits": 2, "lst": b64url_text(b"no zlib")}]
    )
    async def test_other_forms_are_unknown(self, house: Issuer, listed: object) -> None:
        """A list that cannot be read is not a good one."""
        seconds = int((NOW - EPOCH).total_seconds())
        claims = {"sub": LIST, "iat": seconds, "exp": seconds + 60, "status_list": listed}
        token = sign_compact(house.keys, Purpose.STATUS_LIST, claims, typ="statuslist+jwt")
        assert (await asked(house, token)).standing is Standing.UNKNOWN

    @pytest.mark.parametrize(("token", "status"), [("", 200), ("no token", 200), ("x", 404), ("x", 503)])
    async def test_no_answer_is_unknown(self, house: Issuer, token: str, status: int) -> None:
        """An error page is no status."""
        assert (await asked(house, token, status=status)).standing is Standing.UNKNOWN


class TestOfKey:
    """Whether a receipt's key is still published."""

    async def test_published_and_withdrawn(self, house: Issuer) -> None:
        """A key that is no longer in the set makes its receipts invalid."""
        known = jwk_set(house.keys, [Purpose.RECEIPT])

        async def fetch(url: str) -> Fetched:
            assert url.endswith("/.well-known/jwks.json")
            return Fetched(status=200, content_type="", body=str(known).replace("'", '"').encode())

        source = ServerStatus(BASE_URL, trust=house.anchors(), fetch=fetch, now=NOW)
        assert (await source.of_key(house.keys.current(Purpose.RECEIPT))).standing is Standing.VALID
        assert (await source.of_key(house.keys.current(Purpose.ISSUER))).standing is Standing.INVALID

    async def test_silence_is_unknown(self, house: Issuer) -> None:
        """An unreachable server says neither."""

        async def fetch(url: str) -> Fetched:
            raise FetchFailed(reason="connection", url=url)

        source = ServerStatus(BASE_URL, trust=house.anchors(), fetch=fetch, now=NOW)
        assert (await source.of_key("x")).standing is Standing.UNKNOWN
        assert (await source.of_place(PLACE)).standing is Standing.UNKNOWN


async def test_nobody_to_ask() -> None:
    """Offline is unknown with its reason."""
    found = await NoStatus("offline").of_place(PLACE)
    assert (found.standing, found.because) == (Standing.UNKNOWN, "offline")
