"""Bind a licence to one device: the same version, status place and claims, with the device's key inside."""

from collections.abc import Mapping
from datetime import datetime

from zhizhao.licence.credential import make_credential, subject_of
from zhizhao.licence.licence import Licence
from zhizhao.licence.names import IssuerNames
from zhizhao.trust.keys import KeyProvider


def bind(
    licence: Licence, device_jwk: Mapping[str, str], *, keys: KeyProvider, names: IssuerNames, at: datetime
) -> str:
    """Return the holder-bound SD-JWT VC of a version; `at` is the moment of the download.

    Made anew for each download with its own salts, so that two copies cannot be linked by their disclosures.
    """
    subject = subject_of(
        licence.face,
        identifier=licence.identifier,
        version=licence.version,
        issued_at=at,
        place=(licence.list_number, licence.list_index),
    )
    return make_credential(keys, subject, names=names, device_jwk=device_jwk)
