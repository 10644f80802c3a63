"""What verifiers fetch."""

from factories.licences import NAMES, a_licence
from zhizhao.licence.credential import open_credential
from zhizhao.licence.metadata import issuer_metadata, type_metadata
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import Purpose


def test_the_issuers_keys(keys: FileKeys) -> None:
    """Credentials' and lists' keys, announced ones too; no SM2 key, no private member."""
    announced = keys.rotate(Purpose.ISSUER).kid
    metadata = issuer_metadata(keys, names=NAMES)
    assert metadata["issuer"] == "https://zhizhao.example"
    kids = {key["kid"] for key in metadata["jwks"]["keys"]}
    assert kids == {keys.current(Purpose.ISSUER), announced, keys.current(Purpose.STATUS_LIST)}
    assert all(key["crv"] == "P-256" and "d" not in key for key in metadata["jwks"]["keys"])


def test_every_claim_of_every_credential_is_described(keys: FileKeys) -> None:
    """A reader can label whatever is disclosed."""
    described = {claim["path"][0] for claim in type_metadata(NAMES)["claims"]}
    assert open_credential(a_licence(keys).credential).disclosed.keys() <= described
    assert type_metadata(NAMES)["vct"] == NAMES.vct
