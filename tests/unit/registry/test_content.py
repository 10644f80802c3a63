"""Content of versions: canonical, stable, comparable; the chain over it; what a search means."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.registers import a_row, draft_of
from zhizhao.kernel.idcard import DocumentKind
from zhizhao.registry.content import (
    Content,
    PrincipalContent,
    compare,
    content_bytes,
    content_hash,
    content_of,
    keep_known_document,
    parse_content,
)
from zhizhao.registry.entity import STATUS_LABELS, TRANSITIONS, EntityStatus, Mark, may_become
from zhizhao.registry.errors import HistoryBroken
from zhizhao.registry.history import GENESIS, Version, chained, check_chain
from zhizhao.registry.search import Search
from zhizhao.registry.tally import Refusal, Tally

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def a_content(**parts: object) -> Content:
    """Return the content of a made-up entity."""
    content = content_of(draft_of(a_row(1)), lookup=b"l" * 32, status=None, marks=())
    return msgspec.structs.replace(content, **parts)


class TestContent:
    """A wire format."""

    def test_the_form_is_fixed(self) -> None:
        """These bytes are hashed and chained in every installation: this test may only be added to."""
        content = Content(
            kind="1",
            name="示例",
            status=EntityStatus.ACTIVE,
            marks=(Mark.ABNORMAL,),
            template="A",
            entity_type="有限责任公司",
            facts={"scope": "乙", "domicile": "甲"},
            extra={},
            registrar="登记机关",
            division="370811",
            registered_on=date(2020, 2, 22),
            approved_on=None,
            principal=PrincipalContent(name="张三恕", document_kind=DocumentKind.ID_CARD, lookup=bytes(3)),
        )
        assert content_bytes(content).decode() == (
            '{"v":1,"kind":"1","name":"示例","status":"active","marks":["abnormal"],"template":"A",'
            '"entity_type":"有限责任公司","facts":{"domicile":"甲","scope":"乙"},"extra":{},"registrar":"登记机关",'
            '"division":"370811","registered_on":"2020-02-22","approved_on":null,'
            '"principal":{"name":"张三恕","document_kind":"id_card","lookup":"AAAA"}}'
        )

    @given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
    def test_there_and_back(self, facts: dict[str, str]) -> None:
        """Reading and writing again gives the same bytes, in any order of the facts."""
        content = a_content(facts=facts)
        stored = content_bytes(content)
        assert content_bytes(parse_content(stored)) == stored
        assert content_bytes(a_content(facts=dict(reversed(facts.items())))) == stored

    def test_status_and_marks_of_the_known_entity(self) -> None:
        """A sender that says nothing leaves them; one that says something decides."""
        silent = draft_of(a_row(1, 登记状态=""), is_message=True)
        kept = content_of(silent, lookup=None, status=EntityStatus.REVOKED, marks=(Mark.DISPUTED,))
        assert (kept.status, kept.marks) == (EntityStatus.REVOKED, (Mark.DISPUTED,))
        assert content_of(silent, lookup=None, status=None, marks=()).status is EntityStatus.ACTIVE
        said = content_of(
            draft_of(a_row(1, 标记="无")), lookup=None, status=EntityStatus.REVOKED, marks=(Mark.DISPUTED,)
        )
        assert (said.status, said.marks) == (EntityStatus.ACTIVE, ())

    def test_warnings_are_no_content(self) -> None:
        """A newer program that warns differently must not change every entity."""
        odd = draft_of(a_row(1, 名称="<b>有限公司", 证件号码=""))
        assert odd.warnings
        assert b"warn" not in content_bytes(content_of(odd, lookup=None, status=None, marks=()))

    def test_hash(self) -> None:
        """Equal bytes, equal hash; another letter, another hash."""
        stored = content_bytes(a_content())
        assert content_hash(stored) == content_hash(bytes(stored))
        assert content_hash(stored) != content_hash(content_bytes(a_content(division="370812")))


class TestCompare:
    """What changed."""

    def test_nothing(self) -> None:
        """Equal contents give an empty change."""
        assert compare(a_content(), a_content()).is_empty

    @pytest.mark.parametrize(
        ("parts", "fields"),
        [
            ({"status": EntityStatus.REVOKED}, ("status",)),
            ({"marks": (Mark.DORMANT,)}, ("marks",)),
            ({"name": None, "division": "1"}, ("name", "division")),
            ({"facts": {}}, ("business_term", "domicile", "established_on", "registered_capital", "scope")),
            ({"extra": {"attribute16": "x"}}, ("attribute16",)),
        ],
    )
    def test_fields(self, parts: dict[str, object], fields: tuple[str, ...]) -> None:
        """By name, in the register's order."""
        change = compare(a_content(), a_content(**parts))
        assert change.fields == fields
        assert change.status_changed is ("status" in fields)
        assert not change.principal_changed

    @pytest.mark.parametrize(
        ("name", "lookup", "is_same"),
        [
            ("张三恕", b"l" * 32, True),
            ("张三恕二", b"l" * 32, True),
            ("张三恕", b"m" * 32, False),
            ("张三恕", None, True),
            ("李四维", None, False),
        ],
    )
    def test_persons(self, name: str, lookup: bytes | None, *, is_same: bool) -> None:
        """By document where both are known, else by name."""
        other = PrincipalContent(name=name, document_kind=None, lookup=lookup)
        assert compare(a_content(), a_content(principal=other)).principal_changed is not is_same

    def test_known_documents_stay(self) -> None:
        """The same person without a document keeps it; another person does not get it."""
        before = a_content()
        same = a_content(principal=PrincipalContent(name="张三恕", document_kind=None, lookup=None))
        other = a_content(principal=PrincipalContent(name="李四维", document_kind=None, lookup=None))
        assert keep_known_document(same, before=before) == before
        assert keep_known_document(other, before=before) == other


class TestTransitions:
    """Five states, one table."""

    def test_the_table_is_whole(self) -> None:
        """Every state has its way out, none leads to itself, and every state can come back to active."""
        assert TRANSITIONS.keys() == set(EntityStatus) == STATUS_LABELS.keys()
        assert all(state not in following for state, following in TRANSITIONS.items())
        assert all(may_become(state, EntityStatus.ACTIVE) for state in EntityStatus)
        assert not may_become(EntityStatus.DEREGISTERED, EntityStatus.MOVED_OUT)


def versions(count: int) -> list[Version]:
    """Return a good history."""
    made: list[Version] = []
    before = GENESIS
    for number in range(1, count + 1):
        stored = content_bytes(a_content(division=str(number)))
        parts = {
            "uscc": "X",
            "version": number,
            "recorded_at": AT,
            "actor": "staff:a",
            "because": "b",
            "stored": stored,
        }
        before = chained(before, **parts)  # type: ignore[arg-type] # parts by name
        made.append(Version(chain=before, **parts))  # type: ignore[arg-type] # parts by name
    return made


class TestChain:
    """The chain without a store."""

    def test_good(self) -> None:
        """Negative control."""
        made = versions(3)
        assert check_chain("X", made) == made[-1].chain
        assert check_chain("X", []) == GENESIS
        assert made[0].content.division == "1"

    @pytest.mark.parametrize("damage", ["cut", "swapped", "foreign", "first gone"])
    def test_damage(self, damage: str) -> None:
        """A missing middle, another order, another entity's versions."""
        one, two, three = versions(3)
        damaged = {
            "cut": [one, three],
            "swapped": [two, one, three],
            "foreign": [one, two, three],
            "first gone": [two, three],
        }[damage]
        with pytest.raises(HistoryBroken):
            check_chain("Y" if damage == "foreign" else "X", damaged)

    def test_parts_cannot_slide(self) -> None:
        """Actor and reason are separate: moving a letter between them is another chain."""
        stored = content_bytes(a_content())
        common = {"uscc": "X", "version": 1, "recorded_at": AT, "stored": stored}
        first = chained(GENESIS, actor="ab", because="c", **common)  # type: ignore[arg-type] # parts by name
        assert first != chained(GENESIS, actor="a", because="bc", **common)  # type: ignore[arg-type] # parts by name


class TestSearch:
    """What is typed."""

    @pytest.mark.parametrize("text", ["91370811", "91370811mat", " 9137-0811 ", "９１３７"])  # noqa: RUF001 as people type
    def test_codes(self, text: str) -> None:
        """Digits and letters of the alphabet with a digit among them."""
        assert Search.read(text, after=None).by_code

    @pytest.mark.parametrize("text", ["", "示例", "ABC", "示例3号", "O1", "%", "x" * 1000])
    def test_names(self, text: str) -> None:
        """Everything else."""
        assert not Search.read(text, after=None).by_code

    @given(st.text(max_size=60))
    def test_any_cursor(self, cursor: str) -> None:
        """A cursor that is not ours breaks nothing."""
        assert Search.read("示例", after=cursor).prefix == "示例"


def test_tallies_add_up() -> None:
    """Figures of chunks together."""
    one = Refusal(uscc="X", column="登记状态", reason="x")
    total = Tally(new=1, changed=2, unchanged=3) + Tally(new=1, refused=(one,))
    assert (total.new, total.changed, total.unchanged, total.refused) == (2, 2, 3, (one,))
