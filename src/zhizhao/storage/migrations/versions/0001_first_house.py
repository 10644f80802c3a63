"""The first house: every table of the first work order, written out, so that later changes cannot change it."""

import sqlalchemy as sa
from alembic import op

from zhizhao.storage.append_only import append_only_ddl, append_only_undo
from zhizhao.storage.schema import BigInt

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "catalogue_matters": (("code", "revision"),),
    "ledger_entry": (("entry_id",),),
    "ledger_head": (("size",),),
    "ledger_leaf": (("number",), ("entry_id",)),
    "ledger_tile": (("level", "number"),),
    "licence_acts": (("uscc", "number"),),
    "licence_versions": (("uscc", "version"),),
    "registry_version": (("uscc", "version"),),
}
"""Tables that only grow, with their primary and unique keys."""


def upgrade() -> None:
    """Bring the schema to this version."""
    op.create_table(
        "archive_copy",
        sa.Column("presentation_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("presentation_id", name=op.f("pk_archive_copy")),
    )
    op.create_table(
        "catalogue_matters",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("functions", sa.Text(), nullable=False),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("documents_not_required", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", "revision", name=op.f("pk_catalogue_matters")),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("functions", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("authentication", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("jwks", sa.Text(), nullable=True),
        sa.Column("peak_per_second", sa.Integer(), nullable=False),
        sa.Column("yearly_quota", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
    )
    op.create_index("ix_client_unit", "client", ["unit"], unique=False)
    op.create_table(
        "client_assertion",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "jti", name=op.f("pk_client_assertion")),
    )
    op.create_table(
        "client_peak",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_peak")),
    )
    op.create_table(
        "client_quota",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("lim", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "year", name=op.f("pk_client_quota")),
    )
    op.create_table(
        "counter_scan",
        sa.Column("scan_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entity_name", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("presentation_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_counter_scan")),
    )
    op.create_index("ix_counter_scan_desk", "counter_scan", ["unit", "account_id", "at"], unique=False)
    op.create_index("ix_counter_scan_unit", "counter_scan", ["unit", "scan_id"], unique=False)
    op.create_table(
        "counter_setting",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False),
        sa.Column("sounds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_counter_setting")),
    )
    op.create_table(
        "holder_match",
        sa.Column("presentation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("presentation_id", "number", name=op.f("pk_holder_match")),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("presentation_id", sa.Text(), nullable=False),
        sa.Column("at", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_entry")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("size", BigInt, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("number", BigInt, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_leaf_entry_id")),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("level", BigInt, autoincrement=False, nullable=False),
        sa.Column("number", BigInt, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=512), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "ledger_waiting",
        sa.Column("entry_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_waiting")),
    )
    op.create_table(
        "licence_acts",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "number", name=op.f("pk_licence_acts")),
    )
    op.create_table(
        "licence_displays",
        sa.Column("display_id", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("display_id", name=op.f("pk_licence_displays")),
    )
    op.create_table(
        "licence_due",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("principal_changed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_licence_due")),
    )
    op.create_table(
        "licence_lists",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_licence_lists")),
    )
    op.create_table(
        "licence_positions",
        sa.Column("list_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("list_number", "list_index", name=op.f("pk_licence_positions")),
    )
    op.create_index(
        "ix_licence_positions_changed",
        "licence_positions",
        ["list_number", "changed_at"],
        unique=False,
        sqlite_where=sa.text("changed_at IS NOT NULL"),
        postgresql_where=sa.text("changed_at IS NOT NULL"),
    )
    op.create_table(
        "licence_versions",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("face", sa.Text(), nullable=False),
        sa.Column("registry_version", BigInt, nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("sm2_signature", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "version", name=op.f("pk_licence_versions")),
    )
    op.create_table(
        "licences",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("registry_version", BigInt, nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("display_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_licences")),
    )
    op.create_table(
        "maintenance",
        sa.Column("singleton", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.CheckConstraint("singleton = 1", name=op.f("ck_maintenance_one_row")),
        sa.PrimaryKeyConstraint("singleton", name=op.f("pk_maintenance")),
    )
    op.create_table(
        "mandate_grants",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=False),
        sa.Column("principal_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("grantee_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("matters", sa.Text(), nullable=True),
        sa.Column("functions", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("uscc", "mandate_id", name=op.f("pk_mandate_grants")),
    )
    op.create_index("ix_mandate_grants_grantee_lookup", "mandate_grants", ["grantee_lookup"], unique=False)
    op.create_index("ix_mandate_grants_mandate_id", "mandate_grants", ["mandate_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "presentation",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("presentation_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "presentation_id", name=op.f("pk_presentation")),
    )
    op.create_index(
        "ix_presentation_client_id_case_number",
        "presentation",
        ["client_id", "case_number"],
        unique=False,
        postgresql_where=sa.text("case_number IS NOT NULL"),
        sqlite_where=sa.text("case_number IS NOT NULL"),
    )
    op.create_index("ix_presentation_client_id_verified_at", "presentation", ["client_id", "verified_at"], unique=False)
    op.create_index("ix_presentation_presentation_id", "presentation", ["presentation_id"], unique=False)
    op.create_table(
        "presentation_filing",
        sa.Column("presentation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("presentation_id", "number", name=op.f("pk_presentation_filing")),
    )
    op.create_index(
        "ix_presentation_filing_client_id_case_number",
        "presentation_filing",
        ["client_id", "case_number"],
        unique=False,
    )
    op.create_table(
        "registry_as_of",
        sa.Column("one", BigInt, autoincrement=False, nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_registry_as_of")),
    )
    op.create_table(
        "registry_entity",
        sa.Column("uscc", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("division", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("principal_lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("principal_number", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_registry_entity")),
    )
    op.create_index(op.f("ix_registry_entity_principal_lookup"), "registry_entity", ["principal_lookup"], unique=False)
    op.create_index("ix_registry_entity_search", "registry_entity", ["search_name", "uscc"], unique=False)
    op.create_table(
        "registry_feed",
        sa.Column("feed_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_registry_feed")),
    )
    op.create_table(
        "registry_version",
        sa.Column("uscc", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("version", BigInt, autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "version", name=op.f("pk_registry_version")),
    )
    op.create_table(
        "staff_account",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_account_username")),
    )
    op.create_table(
        "staff_attempt",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_staff_attempt")),
    )
    op.create_table(
        "staff_challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("ceremony", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_staff_challenge")),
    )
    op.create_table(
        "staff_passkey",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_staff_passkey")),
    )
    op.create_index(op.f("ix_staff_passkey_account_id"), "staff_passkey", ["account_id"], unique=False)
    op.create_table(
        "staff_role",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_staff_role")),
    )
    op.create_index(
        "uq_staff_role_one_administration",
        "staff_role",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
        postgresql_where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("idle", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("presenter_name", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.Column("redeemed_by", sa.Text(), nullable=True),
        sa.Column("presentation_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code_mac", name=op.f("pk_ticket")),
    )
    op.create_index("ix_ticket_expires_at", "ticket", ["expires_at"], unique=False)
    op.create_table(
        "wallet_copy",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "device_id", name=op.f("pk_wallet_copy")),
    )
    op.create_index("ix_wallet_copy_device_id", "wallet_copy", ["device_id"], unique=False)
    op.create_table(
        "wallet_device",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", BigInt, nullable=False),
        sa.Column("proved_at", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_wallet_device")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_wallet_device_person_id_number")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_wallet_device_thumbprint")),
    )
    op.create_table(
        "wallet_dpop_seen",
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("jti_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("thumbprint", "jti_hash", name=op.f("pk_wallet_dpop_seen")),
    )
    op.create_table(
        "wallet_person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("id_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("devices_made", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wallet_person")),
        sa.UniqueConstraint("id_lookup", name=op.f("uq_wallet_person_id_lookup")),
    )
    op.create_table(
        "wallet_proof",
        sa.Column("proof_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("id_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("slip_mac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("proved_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_wallet_proof")),
    )
    op.create_index("ix_wallet_proof_slip_mac", "wallet_proof", ["slip_mac"], unique=False)
    op.create_table(
        "wallet_slip",
        sa.Column("slip_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slip_id", sa.Text(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("id_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.Column("redeemed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("slip_mac", name=op.f("pk_wallet_slip")),
    )
    dialect = op.get_bind().dialect.name
    for table, keys in APPEND_ONLY.items():
        for statement in append_only_ddl(table, dialect=dialect, keys=keys):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the schema back to the version before."""
    op.drop_table("wallet_slip")
    op.drop_index("ix_wallet_proof_slip_mac", table_name="wallet_proof")
    op.drop_table("wallet_proof")
    op.drop_table("wallet_person")
    op.drop_table("wallet_dpop_seen")
    op.drop_table("wallet_device")
    op.drop_index("ix_wallet_copy_device_id", table_name="wallet_copy")
    op.drop_table("wallet_copy")
    op.drop_index("ix_ticket_expires_at", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(op.f("ix_staff_session_account_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(
        "uq_staff_role_one_administration",
        table_name="staff_role",
        sqlite_where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
        postgresql_where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
    )
    op.drop_table("staff_role")
    op.drop_index(op.f("ix_staff_passkey_account_id"), table_name="staff_passkey")
    op.drop_table("staff_passkey")
    op.drop_table("staff_challenge")
    op.drop_table("staff_attempt")
    op.drop_table("staff_account")
    op.drop_table("registry_version")
    op.drop_table("registry_feed")
    op.drop_index("ix_registry_entity_search", table_name="registry_entity")
    op.drop_index(op.f("ix_registry_entity_principal_lookup"), table_name="registry_entity")
    op.drop_table("registry_entity")
    op.drop_table("registry_as_of")
    op.drop_index("ix_presentation_filing_client_id_case_number", table_name="presentation_filing")
    op.drop_table("presentation_filing")
    op.drop_index("ix_presentation_presentation_id", table_name="presentation")
    op.drop_index("ix_presentation_client_id_verified_at", table_name="presentation")
    op.drop_index(
        "ix_presentation_client_id_case_number",
        table_name="presentation",
        postgresql_where=sa.text("case_number IS NOT NULL"),
        sqlite_where=sa.text("case_number IS NOT NULL"),
    )
    op.drop_table("presentation")
    op.drop_table("outbox")
    op.drop_index("ix_mandate_grants_mandate_id", table_name="mandate_grants")
    op.drop_index("ix_mandate_grants_grantee_lookup", table_name="mandate_grants")
    op.drop_table("mandate_grants")
    op.drop_table("maintenance")
    op.drop_table("licences")
    op.drop_table("licence_versions")
    op.drop_index(
        "ix_licence_positions_changed",
        table_name="licence_positions",
        sqlite_where=sa.text("changed_at IS NOT NULL"),
        postgresql_where=sa.text("changed_at IS NOT NULL"),
    )
    op.drop_table("licence_positions")
    op.drop_table("licence_lists")
    op.drop_table("licence_due")
    op.drop_table("licence_displays")
    op.drop_table("licence_acts")
    op.drop_table("ledger_waiting")
    op.drop_table("ledger_tile")
    op.drop_table("ledger_leaf")
    op.drop_table("ledger_head")
    op.drop_table("ledger_entry")
    op.drop_table("idempotency")
    op.drop_table("holder_match")
    op.drop_table("counter_setting")
    op.drop_index("ix_counter_scan_unit", table_name="counter_scan")
    op.drop_index("ix_counter_scan_desk", table_name="counter_scan")
    op.drop_table("counter_scan")
    op.drop_table("client_quota")
    op.drop_table("client_peak")
    op.drop_table("client_assertion")
    op.drop_index("ix_client_unit", table_name="client")
    op.drop_table("client")
    op.drop_table("catalogue_version")
    op.drop_table("catalogue_matters")
    op.drop_table("archive_copy")
    for table in APPEND_ONLY:
        for statement in append_only_undo(table, dialect=op.get_bind().dialect.name):
            op.get_bind().exec_driver_sql(statement)
