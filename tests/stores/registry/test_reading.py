"""Reading: standings inside a batch, by document, by the beginning of code or name, page by page."""

from factories.numbers import made_up_id_number, made_up_uscc
from factories.registers import Register, a_row, draft_of
from zhizhao.registry.entity import EntityStatus, Mark


async def test_standing_hot(register: Register) -> None:
    """Status, marks, version and the principal's MAC; unknown codes are left out; nobody without a document."""
    await register.record(draft_of(a_row(1, 登记状态="吊销", 标记="争议")), draft_of(a_row(2, 证件号码="")))
    usccs = [made_up_uscc(number) for number in (1, 2, 3)]
    async with register.desk.database.hot.transaction() as hot:
        as_of, found = await register.store.standing_hot(hot, usccs)
        _, nothing = await register.store.standing_hot(hot, [])
    assert as_of == (await register.get(1)).recorded_at
    assert found.keys() == set(usccs[:2])
    first = found[usccs[0]]
    assert (first.status, first.marks, first.version) == (EntityStatus.REVOKED, {Mark.DISPUTED}, 1)
    assert first.principal_lookup == register.sealer.lookup_document("id_card", made_up_id_number(1))
    assert found[usccs[1]].principal_lookup is None
    assert nothing == {}


async def test_led_by(register: Register) -> None:
    """All entities of one document, by code; another document leads none of them."""
    number = made_up_id_number(500)
    await register.record(*(draft_of(a_row(n, 证件号码=number)) for n in (3, 1, 2)), draft_of(a_row(4)))
    lookup = register.sealer.lookup_document("id_card", number)
    async with register.desk.database.read() as connection:
        led = await register.store.led_by(connection, lookup)
        others = await register.store.led_by(connection, register.sealer.lookup_document("passport", number))
    assert [entity.uscc for entity in led] == sorted(made_up_uscc(n) for n in (1, 2, 3))
    assert others == []


async def test_search_by_code_and_name(register: Register) -> None:
    """The beginning of a code in any spelling, of a name with either brackets; no wildcards."""
    await register.record(
        draft_of(a_row(1, 名称="示例（济宁）有限公司")),
        draft_of(a_row(2, 名称="示例甲有限公司")),
        draft_of(a_row(3, 名称="另外一家有限公司")),
    )
    async with register.desk.database.read() as connection:

        async def found(text: str) -> set[str | None]:
            return {entity.name for entity in (await register.store.search(connection, text)).rows}

        assert await found("示例") == {"示例（济宁）有限公司", "示例甲有限公司"}
        assert await found("示例(济宁") == {"示例（济宁）有限公司"}
        assert await found(made_up_uscc(3).lower()) == {"另外一家有限公司"}
        assert await found("91370811 MAT00001") == {"示例（济宁）有限公司"}
        assert await found("有限公司") == set()
        assert len(await found("")) == 3
        assert await found("%") == set()


async def test_pages(register: Register) -> None:
    """Every row once, in a stable order, whatever the cursor holds."""
    await register.record(*(draft_of(a_row(number, 名称=f"示例{number % 3}有限公司")) for number in range(1, 8)))
    for text in ("示例", "91370811"):
        seen: list[str] = []
        after = None
        async with register.desk.database.read() as connection:
            while True:
                page = await register.store.search(connection, text, limit=2, after=after)
                seen += [entity.uscc for entity in page.rows]
                if (after := page.next) is None:
                    break
            again = await register.store.search(connection, text, limit=2, after="not a cursor")
        assert len(seen) == len(set(seen)) == 7
        assert [entity.uscc for entity in again.rows] == seen[:2]


async def test_codes(register: Register) -> None:
    """Walking through the whole register."""
    await register.record(*(draft_of(a_row(number)) for number in (1, 2, 3)))
    async with register.desk.database.read() as connection:
        first = await register.store.codes(connection, limit=2)
        rest = await register.store.codes(connection, after=first[-1])
    assert [*first, *rest] == sorted(made_up_uscc(number) for number in (1, 2, 3))
