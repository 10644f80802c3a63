"""Compare drafts with the register: what is new, what changes, what stays, what cannot be. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhizhao.registry.change import Change
from zhizhao.registry.content import Content, compare, content_bytes, content_hash, content_of, keep_known_document
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import STATUS_LABELS, may_become
from zhizhao.registry.recorded import Head, Kept
from zhizhao.registry.tally import Refusal, Tally
from zhizhao.storage.database import Transaction
from zhizhao.trust.sealing import Sealer

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A draft that brings a version."""

    draft: EntityDraft
    content: Content
    stored: bytes
    head: Head | None
    """None: the entity is new."""
    change: Change | None
    kept_seal: bytes | None = field(repr=False)
    """The sealed number of the version before, where the person's document stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a batch of drafts would do."""

    coming: tuple[Coming, ...]
    unchanged: int
    refused: tuple[Refusal, ...]

    @property
    def tally(self) -> Tally:
        """Return the figures."""
        new = sum(one.head is None for one in self.coming)
        return Tally(new=new, changed=len(self.coming) - new, unchanged=self.unchanged, refused=self.refused)


def lookup_of(draft: EntityDraft, *, sealer: Sealer) -> bytes | None:
    """Return the MAC of the principal's document, from the number or from its SM3 alone; None without either."""
    if draft.document is not None:
        return sealer.lookup_document(draft.document.kind.value, draft.document.number)
    if draft.document_digest is not None:
        return sealer.lookup("id_card", draft.document_digest)
    return None


async def assess(
    connection: Transaction,
    drafts: Sequence[EntityDraft],
    *,
    store: "RegistryStore",
    sealer: Sealer,
    lock: bool = False,
    allow_older: bool = False,
) -> Assessment:
    """Return what the drafts bring, in the order of their codes; each code must stand once among them.

    A draft that is older than what is recorded is refused, so that an old file brings no old values back, unless
    `allow_older` says that just this is meant.
    """
    ordered = sorted(drafts, key=lambda draft: draft.uscc)
    heads = await store.heads(connection, [draft.uscc for draft in ordered], lock=lock)
    coming: list[Coming] = []
    unsure: list[Coming] = []
    unchanged = 0
    for draft in ordered:
        head = heads.get(draft.uscc)
        one = _first_look(draft, head=head, lookup=lookup_of(draft, sealer=sealer))
        if head is None:
            coming.append(one)
        elif content_hash(one.stored) == head.content_hash:
            unchanged += 1
        else:
            unsure.append(one)
    kept = await store.kept(connection, [one.draft.uscc for one in unsure]) if unsure else {}
    changed, refused = _second_look(unsure, kept=kept, allow_older=allow_older)
    unchanged += len(unsure) - len(changed) - len(refused)
    return Assessment(coming=(*coming, *changed), unchanged=unchanged, refused=tuple(refused))


def _first_look(draft: EntityDraft, *, head: Head | None, lookup: bytes | None) -> Coming:
    """Return the draft with its content; for a new entity that is all there is to know."""
    content = content_of(draft, lookup=lookup, status=head.status if head else None, marks=head.marks if head else ())
    return Coming(draft=draft, content=content, stored=content_bytes(content), head=head, change=None, kept_seal=None)


def _second_look(
    unsure: Iterable[Coming], *, kept: dict[str, Kept], allow_older: bool
) -> tuple[list[Coming], list[Refusal]]:
    """Return what really changes and what cannot, by the content of the version before."""
    changed: list[Coming] = []
    refused: list[Refusal] = []
    for one in unsure:
        before = kept[one.draft.uscc]
        content = keep_known_document(one.content, before=before.content)
        change = compare(before.content, content)
        if change.is_empty:
            continue
        refusal = _status_refusal(before.content, content) or (
            None if allow_older else _age_refusal(before.content, content)
        )
        if refusal:
            column, reason = refusal
            refused.append(Refusal(uscc=one.draft.uscc, column=column, reason=reason))
            continue
        same_document = content.principal.lookup == before.content.principal.lookup
        changed.append(
            Coming(
                draft=one.draft,
                content=content,
                stored=content_bytes(content),
                head=one.head,
                change=change,
                kept_seal=before.sealed if same_document else None,
            )
        )
    return changed, refused


def _status_refusal(before: Content, after: Content) -> tuple[str, str] | None:
    """Return column and reason when the new status cannot follow the old one."""
    old, new = before.status, after.status
    if may_become(old, new):
        return None
    return "登记状态", f"登记状态不能由“{STATUS_LABELS[old]}”变为“{STATUS_LABELS[new]}”，请核对登记机关的数据"


def _age_refusal(before: Content, after: Content) -> tuple[str, str] | None:
    """Return column and reason when the row is older than what is recorded; like dates are compared with like.

    核准日期 moves with every change; 登记日期 decides only where neither side has the other one. A row without dates
    cannot be told to be old.
    """
    column, old, new = "核准日期", before.approved_on, after.approved_on
    if old is None and new is None:
        column, old, new = "登记日期", before.registered_on, after.registered_on
    if old is None or new is None or new >= old:
        return None
    told = f"{new.isoformat()} 早于已登记的 {old.isoformat()}：本行是旧数据，保留较新的登记；确需改回时用 --older 导入"
    return column, told
