"""The audit tags: every act that the ledger may name.

A tag is a wire format, written into entries for good: add a line, never rename or remove one that a release has used.
Grammar: `source:subject:action`, each part lower-case words joined by `_`; the source is one of `SOURCES`, the action
a past participle. A test fails on a tag that breaks the grammar or that no code uses.
"""

from enum import StrEnum

SOURCES = frozenset(
    {
        "system",  # the platform by itself: background jobs and reactions
        "operator",  # the command line of the installation
        "office",  # registration, access desks, administrators
        "staff",  # sign-in and own account of every official
        "desk",  # the counter
        "officer",  # inspection in the field
        "wallet",  # the holder's phone
        "zone",  # the holder's service zone on the web
        "kiosk",  # the self-service machine
        "console",  # a relying party's own console
        "api",  # a relying party's system
        "oidc",  # scan login
        "gateway",  # the existing interface shape
        "public",  # anybody
    }
)


class Act(StrEnum):
    """What was done, as `source:subject:action`."""

    OPERATOR_BACKUP_MADE = "operator:backup:made"
    """A backup file was written."""
    OPERATOR_BACKUP_RESTORED = "operator:backup:restored"
    """A backup took the place of the store; the installation is in maintenance until confirmed."""
    OPERATOR_KEY_ROTATED = "operator:key:rotated"
    """A new key was announced for a purpose; `because` is `compromised` where the old ones were withdrawn."""
    OPERATOR_RESTORE_CONFIRMED = "operator:restore:confirmed"
    """Later withdrawals were replayed or declared absent; the installation serves again."""
    OPERATOR_WITNESS_RENEWED = "operator:witness:renewed"
    """The witness's memory was lost and began anew; `because` says how it was lost, the facts what it had seen."""
    STAFF_ACCOUNT_OPENED = "staff:account:opened"
    """An official got an account with its roles and unit."""
    STAFF_ACCOUNT_UNLOCKED = "staff:account:unlocked"
    """The failures of an account were forgotten; its password way is open again."""
    STAFF_SESSION_OPENED = "staff:session:opened"
    """An official signed in; `method` says how."""
    STAFF_SESSION_CLOSED = "staff:session:closed"
    """An official signed out."""
    STAFF_SESSION_REFUSED = "staff:session:refused"
    """A sign-in was refused; `because` says why."""
    STAFF_PASSWORD_CHANGED = "staff:password:changed"  # noqa: S105 an audit tag
    """An account got another password; its other sessions ended."""
    STAFF_PASSKEY_REGISTERED = "staff:passkey:registered"
    """An official added a passkey."""
    STAFF_PASSKEY_REMOVED = "staff:passkey:removed"
    """An official took a passkey away."""
    API_PRESENTATION_REDEEMED = "api:presentation:redeemed"
    """A client's system redeemed a code."""
    DESK_PRESENTATION_REDEEMED = "desk:presentation:redeemed"
    """A clerk redeemed a code at a counter."""
    DESK_PRESENTATION_VIEWED = "desk:presentation:viewed"
    """A clerk opened a stored verification or took its archive copy; `as` says which."""
    DESK_CASE_FILED = "desk:case:filed"
    """A presentation was filed under a case, moved to another, or taken out."""
    API_HOLDER_MATCHED = "api:holder:matched"
    """A client compared a person with the presenter."""
    OPERATOR_CLIENT_OPENED = "operator:client:opened"
    """A client was added by command."""
    OPERATOR_SLIP_MADE = "operator:slip:made"
    """A one-time slip was made by command."""
    OFFICE_SLIP_MADE = "office:slip:made"
    """A clerk checked somebody's papers and made a one-time slip."""
    OFFICE_WALLET_FROZEN = "office:wallet:frozen"
    """A device was frozen at a window after its owner reported it lost."""
    PUBLIC_WALLET_FROZEN = "public:wallet:frozen"
    """A device was frozen by its owner, proved on the loss page of another browser."""
    WALLET_SLIP_VOIDED = "wallet:slip:voided"
    """Too many wrong document numbers were tried with a slip."""
    WALLET_PERSON_PROVED = "wallet:person:proved"
    """A person was proved to the holder of a key; `kind` says how, `source` names the slip or the provider."""
    WALLET_DEVICE_ENROLLED = "wallet:device:enrolled"
    """A proved person registered a device."""
    WALLET_DEVICE_RETIRED = "wallet:device:retired"
    """A newer device, named in `because`, took this one's place."""
    WALLET_DEVICE_REVOKED = "wallet:device:revoked"
    """A person signed a device off."""
    WALLET_DEVICE_UNFROZEN = "wallet:device:unfrozen"
    """The owner of a frozen device was proved anew."""
    WALLET_PIN_LOCKED = "wallet:pin:locked"
    """The last try for a PIN was wrong."""
    WALLET_PIN_CHANGED = "wallet:pin:changed"
    """A PIN was changed by the old one."""
    WALLET_PIN_RESET = "wallet:pin:reset"
    """A PIN was set anew after a proof of the person."""
    WALLET_LICENCE_DOWNLOADED = "wallet:licence:downloaded"
    """A licence version was bound to a device; `declaration` is the version of the text accepted for it."""
    WALLET_PRESENTATION_DISOWNED = "wallet:presentation:disowned"
    """The holder says that a presentation was not his or hers; the licence was frozen with it."""
    SYSTEM_LICENCE_ISSUED = "system:licence:issued"
    """The first version of a licence was made because the register has the entity."""
    SYSTEM_LICENCE_REISSUED = "system:licence:reissued"
    """A new version was made because the registered facts changed; the one before is out of date."""
    SYSTEM_LICENCE_WITHDRAWN = "system:licence:withdrawn"
    """The entity is no longer active; `because` is its status."""
    SYSTEM_LICENCE_DISPUTED = "system:licence:disputed"
    """The register marks the registration as disputed; use is suspended."""
    SYSTEM_LICENCE_SETTLED = "system:licence:settled"
    """The mark of dispute is gone."""
    WALLET_LICENCE_FROZEN = "wallet:licence:frozen"
    """A person of the entity froze the licence."""
    WALLET_LICENCE_UNFROZEN = "wallet:licence:unfrozen"
    """A person of the entity lifted the freeze after proving to be that person again."""
    OFFICE_ENTITY_LOOKED_UP = "office:entity:looked_up"
    """A registrar's clerk opened an entity's page; officials' own look-ups are entries as well."""
    OFFICE_LICENCE_FROZEN = "office:licence:frozen"
    """An official froze the licence at the request of its holder."""
    OFFICE_LICENCE_UNFROZEN = "office:licence:unfrozen"
    """An official lifted the freeze at the request of its holder."""
    OPERATOR_REGISTRY_IMPORTED = "operator:registry:imported"
    """By the command line: a registrar's file was taken in to its end."""
    OPERATOR_REGISTRY_BATCH_RECORDED = "operator:registry_batch:recorded"
    """By the command line: one transaction of an import: its counts and the digest of its versions' chains."""
    OPERATOR_ENTITY_RECORDED = "operator:entity:recorded"
    """By the command line: a new entity was recorded."""
    OPERATOR_ENTITY_CHANGED = "operator:entity:changed"
    """By the command line: an entity got a further version."""
    OPERATOR_ENTITY_STATUS_CHANGED = "operator:entity:status_changed"
    """By the command line: an entity's status was changed, with a reason."""
    OPERATOR_ENTITY_MARKED = "operator:entity:marked"
    """By the command line: a mark was set beside the status."""
    OPERATOR_ENTITY_UNMARKED = "operator:entity:unmarked"
    """By the command line: a mark was taken away."""
    OFFICE_REGISTRY_IMPORTED = "office:registry:imported"
    """By an official: a registrar's file was taken in to its end."""
    OFFICE_REGISTRY_BATCH_RECORDED = "office:registry_batch:recorded"
    """By an official: one transaction of an import: its counts and the digest of its versions' chains."""
    OFFICE_ENTITY_RECORDED = "office:entity:recorded"
    """By an official: a new entity was recorded."""
    OFFICE_ENTITY_CHANGED = "office:entity:changed"
    """By an official: an entity got a further version."""
    OFFICE_ENTITY_STATUS_CHANGED = "office:entity:status_changed"
    """By an official: an entity's status was changed, with a reason."""
    OFFICE_ENTITY_MARKED = "office:entity:marked"
    """By an official: a mark was set beside the status."""
    OFFICE_ENTITY_UNMARKED = "office:entity:unmarked"
    """By an official: a mark was taken away."""
    OFFICE_UPLOAD_HANDED_IN = "office:upload:handed_in"
    """A registrar handed in a file through the page; it is tried, and nothing is written yet."""
    OFFICE_UPLOAD_RELEASED = "office:upload:released"
    """A second registrar let a tried file be taken in."""
    OFFICE_UPLOAD_DROPPED = "office:upload:dropped"
    """A handed-in file was deleted."""
    SYSTEM_MATTERS_PLANTED = "system:matters:planted"
    """Matters of the packaged starting tree were added to the catalogue."""
