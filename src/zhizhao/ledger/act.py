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
