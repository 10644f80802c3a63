"""What an operator may grant: fields that a matter gives, and no others."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factories.house import TestHouse, open_house
from zhizhao.onboarding.errors import ClientMalformed


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        yield opened


async def test_a_field_that_no_matter_gives_is_refused(house: TestHouse) -> None:
    """A misspelt field would leave the client without what it asked for; the field is named."""
    with pytest.raises(ClientMalformed) as caught:
        await house.client(fields=["name", "nmae"])
    assert caught.value.facts["value"] == "nmae"
    assert (await house.client(fields=["name", "uscc"])).client.fields == {"name", "uscc"}
