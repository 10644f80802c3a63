"""A part of a credential."""

import pytest

from factories.licences import NAMES, a_licence
from zhizhao.licence.check_credential import check_credential
from zhizhao.licence.disclose import ALWAYS, disclose
from zhizhao.licence.errors import CredentialMalformed
from zhizhao.trust.file_provider import FileKeys


def test_only_what_went_out_is_disclosed(keys: FileKeys) -> None:
    """The part verifies as the whole does; what was left out is not in it in any form."""
    licence = a_licence(keys)
    part = disclose(licence.credential, ["name", "registrar", "no-such-field"])
    opened = check_credential(part, keys=keys, names=NAMES)
    assert opened.disclosed.keys() == ALWAYS | {"name", "registrar"}
    assert len(part) < len(licence.credential)


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b.c~WyJ4~", "a.b.c~é~"])
def test_what_is_no_credential(text: str) -> None:
    """Refused before anything is left out."""
    with pytest.raises(CredentialMalformed):
        disclose(text, [])
