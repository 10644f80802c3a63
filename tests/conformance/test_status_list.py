"""A stranger reads our status list: another JOSE library for the token, the standard's own steps for the entries."""

import base64
import zlib
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet

from factories.issuing import HOLDER, IssuingOffice, a_draft, issuing_office, uscc_of
from factories.licences import NAMES
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.credential import open_credential
from zhizhao.licence.freeze import freeze
from zhizhao.licence.licence import Licence
from zhizhao.licence.metadata import issuer_metadata
from zhizhao.licence.publish import Publisher
from zhizhao.registry.entity import EntityStatus
from zhizhao.storage.database import Database


def status_of(licence: Licence, token: str, desk: IssuingOffice) -> int:
    """Read the status of a credential as IETF Token Status List §8.3 says, with nothing of ours."""
    reference = open_credential(licence.credential).visible["status"]["status_list"]
    key_set = KeySet.import_key_set(issuer_metadata(desk.office.keys, names=NAMES)["jwks"])
    read = jwt.decode(token, key_set, algorithms=["ES256"])
    assert read.header["typ"] == "statuslist+jwt"
    assert read.claims["sub"] == reference["uri"]
    assert read.claims["iat"] < read.claims["exp"] <= read.claims["iat"] + 300
    packed = read.claims["status_list"]
    assert packed["bits"] == 2
    lst = zlib.decompress(base64.urlsafe_b64decode(packed["lst"] + "=" * (-len(packed["lst"]) % 4)))
    return lst[reference["idx"] // 4] >> (reference["idx"] % 4 * 2) & 3


async def test_each_status_is_read_from_the_list(database: Database, tmp_path: Path, held_clock: HeldClock) -> None:
    """0 valid, 1 invalid, 2 suspended, 3 download again."""
    desk = issuing_office(database, tmp_path, held_clock, reacts=True)
    publisher = Publisher(desk.store.positions, keys=desk.office.keys, names=NAMES, lifetime_seconds=300)
    await desk.record(*(a_draft(n) for n in range(1, 5)))
    old = await desk.current(4)
    await desk.record(a_draft(2, status=EntityStatus.REVOKED), a_draft(4, facts={"domicile": "新址"}))
    async with database.write() as connection:
        await freeze(connection, uscc_of(3), cause=HOLDER, office=desk.office)
    async with database.read() as connection:
        token = await publisher.publish(connection, 1)
    licences = [await desk.current(n) for n in range(1, 5)]
    assert [status_of(one, token, desk) for one in licences] == [0, 1, 2, 0]
    assert status_of(old, token, desk) == 3
    assert len(token) < 8 * 1024  # four licences among a thousand decoys
