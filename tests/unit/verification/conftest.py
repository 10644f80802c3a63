"""One issuer for all tests of this room."""

import pytest

from factories.documents import Issuer, issuer


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return an installation's keys and certificates."""
    return issuer(tmp_path_factory.mktemp("keys"))
