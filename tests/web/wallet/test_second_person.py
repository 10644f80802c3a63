"""A second person of the company: holds the licence under a mandate, uses it, and freezes it for the first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from factories.holders import JsonPhone, redeem
from factories.house import TestHouse, id_of, name_of, uscc_of
from factories.managers import plant_manager
from zhizhao.kernel.clock import today
from zhizhao.kernel.idcard import guess_document

Phones = Callable[[], JsonPhone]
DECLARATION = {"declaration": "2026-11"}


async def manager(house: TestHouse, phone: JsonPhone) -> list[dict[str, Any]]:
    """Enrol person 8 on a phone; return the cards it sees."""
    await phone.enrol(await house._slip(8), id_of(8))
    cards: list[dict[str, Any]] = (await phone.ask("GET", "/licences")).json()["licences"]
    return cards


async def test_manager_downloads_and_shows(holders: TestHouse, phone_of: Phones) -> None:
    """A manager's card says so; the presentation is accepted under the mandate."""
    await holders.entity(7)
    await plant_manager(holders)
    phone = phone_of()
    cards = await manager(holders, phone)
    assert [(c["uscc"], c["role"]) for c in cards] == [(uscc_of(7), "manager")]
    assert (await phone.ask("POST", f"/licences/{uscc_of(7)}/download", DECLARATION)).status_code == 201
    shown = (await phone.show(uscc_of(7))).json()
    assert shown["presenter"] == {"role": "manager", "name": f"{name_of(8)[0]}*"}
    client = (await holders.client()).client
    done = await redeem(holders, client.client_id, shown["code"])
    assert done.presentation.verdict.value == "accepted"
    assert done.presentation.presenter.mandate_id == "mnd_0000000000000000000000"


async def test_manager_freezes_and_cannot_unfreeze(holders: TestHouse, phone_of: Phones) -> None:
    """The second person stops the licence on every phone; only the representative restores it."""
    first, second = phone_of(), phone_of()
    uscc = await first.ready(7)
    await plant_manager(holders)
    await manager(holders, second)
    code = (await first.show(uscc)).json()["code"]
    assert (await second.ask("POST", f"/licences/{uscc}/freeze")).status_code == 204
    client = (await holders.client()).client
    assert (await redeem(holders, client.client_id, code)).presentation.verdict.value == "refused"
    assert (await first.show(uscc)).json()["code"] == "show-refused"
    assert (await second.ask("POST", f"/licences/{uscc}/unfreeze", {})).json()["code"] == "not-entitled"
    assert (await first.ask("POST", f"/licences/{uscc}/unfreeze", {})).json()["code"] == "proof-needed"
    proof = await first.prove(await holders._slip(7), id_of(7))
    assert (await first.ask("POST", f"/licences/{uscc}/unfreeze", {"proof": proof})).status_code == 204
    assert (await first.show(uscc)).status_code == 201


async def test_manager_sees_the_own_uses_only(holders: TestHouse, phone_of: Phones) -> None:
    """The representative sees every use of the licence, the manager only those made with the own phone."""
    first, second = phone_of(), phone_of()
    uscc = await first.ready(7)
    await plant_manager(holders)
    await manager(holders, second)
    await second.ask("POST", f"/licences/{uscc}/download", DECLARATION)
    client = (await holders.client()).client
    for phone in (first, second):
        await redeem(holders, client.client_id, (await phone.show(uscc)).json()["code"])
    seen = [len((await phone.ask("GET", "/records")).json()["records"]) for phone in (first, second)]
    assert seen == [2, 1]


@pytest.mark.parametrize("ended", ["not-accepted", "withdrawn", "over"])
async def test_dead_mandates(holders: TestHouse, phone_of: Phones, ended: str) -> None:
    """A mandate that was not accepted, was withdrawn or is over gives no card."""
    await holders.entity(7)
    now = holders.parts.clock.now()
    changes: dict[str, dict[str, Any]] = {
        "not-accepted": {"accepted_at": None},
        "withdrawn": {"withdrawn_at": now},
        "over": {"from_on": today(now) - timedelta(days=9), "to_on": today(now) - timedelta(days=1)},
    }
    await plant_manager(holders, **changes[ended])
    assert await manager(holders, phone_of()) == []


async def test_a_new_representative_suspends_it(holders: TestHouse, phone_of: Phones) -> None:
    """With the grantor gone the mandate carries nothing, whether or not the copy is still on the phone."""
    await holders.entity(7)
    await plant_manager(holders)
    phone = phone_of()
    await manager(holders, phone)
    await phone.ask("POST", f"/licences/{uscc_of(7)}/download", DECLARATION)
    await holders.entity(7, document=guess_document(id_of(9)), principal_name=name_of(9))
    assert (await phone.ask("GET", "/licences")).json()["licences"] == []
    assert (await phone.show(uscc_of(7))).status_code == 409


async def test_begins_later(holders: TestHouse, phone_of: Phones) -> None:
    """A mandate that begins tomorrow may be downloaded today, and is not used today."""
    await holders.entity(7)
    await plant_manager(holders, from_on=today(holders.parts.clock.now()) + timedelta(days=1))
    phone = phone_of()
    await manager(holders, phone)
    assert (await phone.ask("POST", f"/licences/{uscc_of(7)}/download", DECLARATION)).status_code == 201
    refused = (await phone.show(uscc_of(7))).json()
    assert refused["code"] == "show-refused"
    assert "起生效" in refused["detail"]
