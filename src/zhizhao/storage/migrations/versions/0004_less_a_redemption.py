"""Less for every redemption: an index that no page reads yet, and text that was compressed to be opened each time.

Rows that are there already stay as they are; PostgreSQL reads both.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.drop_index("ix_presentation_client_id_verified_at", table_name="presentation")
    _store("EXTERNAL")


def downgrade() -> None:
    """Take it back."""
    _store("EXTENDED")
    op.create_index("ix_presentation_client_id_verified_at", "presentation", ["client_id", "verified_at"], unique=False)


def _store(kind: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column in ("face", "credential"):
            op.execute(f"ALTER TABLE licence_versions ALTER COLUMN {column} SET STORAGE {kind}")
