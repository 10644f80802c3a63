"""The content of one version of an entity, as it is hashed, chained and kept.

A wire format: `v` says how it is read. A key may be added with a default that is left out when it applies, so that
hashes of older versions stay; a key is never renamed or removed. Two versions are alike when their bytes are.
"""

import hashlib
from collections.abc import Mapping
from datetime import date

import msgspec

from zhizhao.kernel.idcard import DocumentKind
from zhizhao.registry.change import Change
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus, Mark


class PrincipalContent(msgspec.Struct, frozen=True, kw_only=True):
    """The person, without a number: the MAC alone says whether it is the same."""

    name: str
    document_kind: DocumentKind | None
    lookup: bytes | None

    def is_same_person(self, other: "PrincipalContent") -> bool:
        """Say whether both are one person: by document where both are known, else by name."""
        if self.lookup is not None and other.lookup is not None:
            return self.lookup == other.lookup
        return self.name == other.name


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a version says; the warnings stand outside, because a newer program may warn differently."""

    v: int = 1
    kind: str
    name: str | None
    status: EntityStatus
    marks: tuple[Mark, ...]
    """Sorted."""
    template: str
    entity_type: str
    facts: Mapping[str, str]
    extra: Mapping[str, str]
    registrar: str
    division: str
    registered_on: date | None
    approved_on: date | None
    principal: PrincipalContent


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Content)


def content_bytes(content: Content) -> bytes:
    """Return the canonical JSON: fields in the order of the class, keys of maps sorted, UTF-8, no blanks."""
    return _encoder.encode(content)


def parse_content(stored: bytes | str) -> Content:
    """Return the content from its stored form."""
    return _decoder.decode(stored)


def content_hash(stored: bytes) -> bytes:
    """Return SHA-256 of the canonical JSON; equal hashes mean that nothing changed."""
    return hashlib.sha256(stored).digest()


def content_of(
    draft: EntityDraft, *, lookup: bytes | None, status: EntityStatus | None, marks: tuple[Mark, ...]
) -> Content:
    """Return what a draft says, with status and marks of the known entity where the sender said nothing."""
    kind = draft.document.kind if draft.document else DocumentKind.ID_CARD if lookup else None
    return Content(
        kind=draft.kind,
        name=draft.name,
        status=draft.status or status or EntityStatus.ACTIVE,
        marks=marks if draft.marks is None else tuple(sorted(draft.marks)),
        template=draft.template,
        entity_type=draft.entity_type,
        facts=draft.facts,
        extra=draft.extra,
        registrar=draft.registrar,
        division=draft.division,
        registered_on=draft.registered_on,
        approved_on=draft.approved_on,
        principal=PrincipalContent(name=draft.principal_name, document_kind=kind, lookup=lookup),
    )


def keep_known_document(after: Content, *, before: Content) -> Content:
    """Return the content with the document that is already known, when the same person came without one."""
    if after.principal.lookup is not None or not after.principal.is_same_person(before.principal):
        return after
    return msgspec.structs.replace(after, principal=before.principal)


_PLAIN_FIELDS = (
    "kind",
    "name",
    "status",
    "marks",
    "template",
    "entity_type",
    "registrar",
    "division",
    "registered_on",
    "approved_on",
    "principal",
)


def compare(before: Content, after: Content) -> Change:
    """Return what differs between two versions, by field names; values stay in the versions."""
    fields = [name for name in _PLAIN_FIELDS if getattr(before, name) != getattr(after, name)]
    for old, new in ((before.facts, after.facts), (before.extra, after.extra)):
        fields += sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return Change(
        fields=tuple(fields),
        principal_changed=not before.principal.is_same_person(after.principal),
        status_changed=before.status is not after.status,
    )
