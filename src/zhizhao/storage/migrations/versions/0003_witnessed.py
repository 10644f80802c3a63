"""Witnessed: when the outside witness last held the ledger's newest head, for every process to read."""

import sqlalchemy as sa
from alembic import op

from zhizhao.storage.schema import BigInt

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_table(
        "ledger_witnessed",
        sa.Column("singleton", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", BigInt, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("singleton = 1", name=op.f("ck_ledger_witnessed_one")),
        sa.PrimaryKeyConstraint("singleton", name=op.f("pk_ledger_witnessed")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("ledger_witnessed")
