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
    OPERATOR_RESTORE_CONFIRMED = "operator:restore:confirmed"
    """Later withdrawals were replayed or declared absent; the installation serves again."""
