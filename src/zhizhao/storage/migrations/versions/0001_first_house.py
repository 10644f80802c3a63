"""The first house: every table of the first work order."""

from alembic import op

from zhizhao.storage.tables import load_all, metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    load_all()
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Take the schema back to the version before."""
    load_all()
    metadata.drop_all(op.get_bind())
