"""The first schema: every room's tables, the seals on what never changes, and the first rows of every organisation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portfolio.foundation import search
from portfolio.foundation.seal import seal

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEALED = {
    "audit_entry": "seq",
    "ledger_entry": "id",
    "experiment_version": "id",
    "initiative_status": "id",
    "promotion_answer": "id",
    "review_record": "review_id",
    "review_addendum": "id",
}
HOUSE_RULES = {
    "id": 1,
    "since": 0,
    "organisation": "",
    "currency": "EUR",
    "time_zone": "Europe/Amsterdam",
    "fiscal_year_month": 1,
    "timebox_weeks": 12,
    "grant_from": 15_000_00,
    "grant_to": 50_000_00,
    "single_approver_limit": 50_000_00,
    "answer_days": 10,
    "checkin_days": 7,
    "silent_days": 14,
    "volunteers_per_running": 5,
    "running_floor": 3,
    "led_at_once": 2,
    "mix_1": 70,
    "mix_2": 20,
    "mix_3": 10,
    "effect_weeks": 8,
    "amounts_seen_by": "everyone",
    "money_in_use": False,
}


def upgrade() -> None:
    """Make the tables, seal what is never changed, and put down the first rows."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_type", "subject_id", "seq"], unique=False)

    op.create_table(
        "audit_names",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_names")),
        sqlite_strict=True,
    )
    op.create_table(
        "envelope",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "0 <= spent AND spent <= committed AND committed <= total", name=op.f("ck_envelope_never_overdrawn")
        ),
        sa.CheckConstraint("first_day < last_day", name=op.f("ck_envelope_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("quarter", name=op.f("uq_envelope_quarter")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_envelope_last_day"), ["last_day"], unique=False)

    op.create_table(
        "funding",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "asked >= 0 AND 0 <= spent AND spent <= released AND released <= amount",
            name=op.f("ck_funding_never_overdrawn"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
        sqlite_strict=True,
    )
    op.create_table(
        "house_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("fiscal_year_month", sa.BigInteger(), nullable=False),
        sa.Column("timebox_weeks", sa.BigInteger(), nullable=False),
        sa.Column("grant_from", sa.BigInteger(), nullable=False),
        sa.Column("grant_to", sa.BigInteger(), nullable=False),
        sa.Column("single_approver_limit", sa.BigInteger(), nullable=False),
        sa.Column("answer_days", sa.BigInteger(), nullable=False),
        sa.Column("checkin_days", sa.BigInteger(), nullable=False),
        sa.Column("silent_days", sa.BigInteger(), nullable=False),
        sa.Column("volunteers_per_running", sa.BigInteger(), nullable=False),
        sa.Column("running_floor", sa.BigInteger(), nullable=False),
        sa.Column("led_at_once", sa.BigInteger(), nullable=False),
        sa.Column("mix_1", sa.BigInteger(), nullable=False),
        sa.Column("mix_2", sa.BigInteger(), nullable=False),
        sa.Column("mix_3", sa.BigInteger(), nullable=False),
        sa.Column("effect_weeks", sa.BigInteger(), nullable=False),
        sa.Column(
            "amounts_seen_by",
            sa.Enum("everyone", "involved", name="amountsseenby", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("money_in_use", sa.Boolean(), nullable=False),
        sa.CheckConstraint("fiscal_year_month BETWEEN 1 AND 12", name=op.f("ck_house_rules_fiscal_year")),
        sa.CheckConstraint(
            "grant_from >= 0 AND grant_to >= grant_from AND single_approver_limit >= 0",
            name=op.f("ck_house_rules_money"),
        ),
        sa.CheckConstraint("mix_1 + mix_2 + mix_3 = 100", name=op.f("ck_house_rules_mix")),
        sa.CheckConstraint("timebox_weeks BETWEEN 1 AND 52", name=op.f("ck_house_rules_timebox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_rules")),
        sqlite_strict=True,
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sqlite_strict=True,
    )
    op.create_table(
        "request_key",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_request_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("request_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_key_claimed_at"), ["claimed_at"], unique=False)

    op.create_table(
        "rich_text",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rich_text")),
        sqlite_strict=True,
    )
    op.create_table(
        "search_document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("folded_body", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.create_index("uq_search_document", ["kind", "subject_id"], unique=True)

    op.create_table(
        "setup_code",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("handle", name=op.f("uq_unit_handle")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "funding_source",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= returned AND returned <= amount - spent", name=op.f("ck_funding_source_returned")),
        sa.CheckConstraint(
            "0 <= spent AND spent <= released AND released <= amount", name=op.f("ck_funding_source_never_overdrawn")
        ),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_funding_source_envelope_id_envelope")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_funding_source_grant_id_funding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("funding_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_source_envelope_id"), ["envelope_id"], unique=False)
        batch_op.create_index("uq_funding_source_envelope", ["grant_id", "envelope_id"], unique=True)

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("hours_a_week", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
        sa.UniqueConstraint("handle", name=op.f("uq_person_handle")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "big_opportunity",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_big_opportunity_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_big_opportunity")),
        sqlite_strict=True,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_comment_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_subject", ["subject_type", "subject_id", "id"], unique=False)

    op.create_table(
        "expense",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_expense_amount")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_expense_by_id_person")),
        sa.ForeignKeyConstraint(["corrects_id"], ["expense.id"], name=op.f("fk_expense_corrects_id_expense")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_expense_grant_id_funding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_expense_corrects_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("expense", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expense_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "set",
                "reserve",
                "release",
                "spend",
                "return",
                "supplement",
                "correct",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "debit",
            sa.Enum(
                "leadership",
                "free",
                "locked",
                "released",
                "spent",
                name="debit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "credit",
            sa.Enum(
                "leadership",
                "free",
                "locked",
                "released",
                "spent",
                name="credit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_entry_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_entry_accounts")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ledger_entry_by_id_person")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_ledger_entry_envelope_id_envelope")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_ledger_entry_grant_id_funding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("cause", name=op.f("uq_ledger_entry_cause")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_envelope_id"), ["envelope_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "measure",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("at_most", "at_least", name="direction", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_measure_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.create_index("uq_measure_name_unit", ["name_key", "unit"], unique=True)

    op.create_table(
        "party",
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "proposer",
                "lead",
                "team",
                "amount",
                "sponsor",
                name="why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_party_grant_id_funding")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_party_person_id_person")),
        sa.PrimaryKeyConstraint("grant_id", "person_id", "why", name=op.f("pk_party")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_person_id"), ["person_id"], unique=False)

    op.create_table(
        "password_link",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invitation", "reset", name="linkkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_link_token_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "phase",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brings", sa.Text(), nullable=False),
        sa.Column("worth", sa.Text(), nullable=False),
        sa.Column("serves", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("serves IN (24, 48)", name=op.f("ck_phase_serves")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_phase_days")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_phase_closed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.create_index("ix_phase_ends", ["ends_on", "id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled", "open", "closed", name="reviewstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("facilitator_id", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("trail_from", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name=op.f("ck_review_closed")),
        sa.CheckConstraint("(opened_at IS NULL) = (state = 'scheduled')", name=op.f("ck_review_opened")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 600", name=op.f("ck_review_minutes")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_review_closed_by_id_person")),
        sa.ForeignKeyConstraint(["facilitator_id"], ["person.id"], name=op.f("fk_review_facilitator_id_person")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_review_opened_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("quarter", name=op.f("uq_review_quarter")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(
            "uq_review_open",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "leader",
                "operations_owner",
                "facilitator",
                "administrator",
                "observer",
                name="rolename",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(role = 'operations_owner') = (unit_id IS NOT NULL)", name=op.f("ck_role_unit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index("uq_role", ["person_id", "role", "unit_id"], unique=True)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_in_key_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "signed_for",
            sa.Enum("grant", "supplement", name="signedfor", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("terms_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("sponsor_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confidence", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_signature_amount")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_signature_grant_id_funding")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signature_person_id_person")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["person.id"], name=op.f("fk_signature_sponsor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "tranche",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_by_id", sa.BigInteger(), nullable=True),
        sa.Column("evidence_at", sa.BigInteger(), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0 AND number >= 0", name=op.f("ck_tranche_amount")),
        sa.ForeignKeyConstraint(["evidence_by_id"], ["person.id"], name=op.f("fk_tranche_evidence_by_id_person")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_tranche_grant_id_funding")),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_tranche_released_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tranche")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("tranche", schema=None) as batch_op:
        batch_op.create_index("uq_tranche_number", ["grant_id", "number"], unique=True)

    op.create_table(
        "vision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("months IN (24, 48)", name=op.f("ck_vision_months")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_vision_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vision")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("vision", schema=None) as batch_op:
        batch_op.create_index("ix_vision_months", ["months", "id"], unique=False)

    op.create_table(
        "experiment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "approved",
                "running",
                "closed",
                "declined",
                "withdrawn",
                "record",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "improve",
                "renew",
                "transition",
                "innovation",
                name="formofchange",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("riskiest_assumption", sa.Text(), nullable=False),
        sa.Column("standalone_value", sa.Text(), nullable=False),
        sa.Column("weeks", sa.BigInteger(), nullable=True),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("hours_a_week", sa.BigInteger(), nullable=False),
        sa.Column("first_step", sa.Text(), nullable=False),
        sa.Column("confidence", sa.BigInteger(), nullable=True),
        sa.Column("proposer_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("next_lead_id", sa.BigInteger(), nullable=True),
        sa.Column("sponsor_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=True),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("rules_id", sa.BigInteger(), nullable=False),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("form IS NOT NULL OR state = 'record'", name=op.f("ck_experiment_form_stated")),
        sa.CheckConstraint("horizon BETWEEN 1 AND 3", name=op.f("ck_experiment_horizon")),
        sa.CheckConstraint("weeks IS NULL OR weeks > 0", name=op.f("ck_experiment_weeks")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_experiment_answered_by_id_person")),
        sa.ForeignKeyConstraint(["follows_id"], ["experiment.id"], name=op.f("fk_experiment_follows_id_experiment")),
        sa.ForeignKeyConstraint(["grant_id"], ["funding.id"], name=op.f("fk_experiment_grant_id_funding")),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_experiment_lead_id_person")),
        sa.ForeignKeyConstraint(["next_lead_id"], ["person.id"], name=op.f("fk_experiment_next_lead_id_person")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_experiment_phase_id_phase")),
        sa.ForeignKeyConstraint(["proposer_id"], ["person.id"], name=op.f("fk_experiment_proposer_id_person")),
        sa.ForeignKeyConstraint(["rules_id"], ["house_rules.id"], name=op.f("fk_experiment_rules_id_house_rules")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["person.id"], name=op.f("fk_experiment_sponsor_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_experiment_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_experiment_grant_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("experiment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experiment_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_experiment_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_experiment_phase_id"), ["phase_id"], unique=False)
        batch_op.create_index("ix_experiment_state_ends", ["state", "ends_on"], unique=False)
        batch_op.create_index("ix_experiment_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_experiment_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "initiative",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "planned",
                "active",
                "embedded",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "improve",
                "renew",
                "transition",
                "innovation",
                name="formofchange",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hours_a_week", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("unit_of_measure", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("suggested_by_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("embedded_on", sa.Date(), nullable=True),
        sa.Column("due_again_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'embedded') = (embedded_on IS NOT NULL)", name=op.f("ck_initiative_embedded")),
        sa.CheckConstraint("form IN ('improve', 'renew')", name=op.f("ck_initiative_of_the_hierarchy")),
        sa.CheckConstraint("budget >= 0 AND hours_a_week >= 0", name=op.f("ck_initiative_means")),
        sa.CheckConstraint("horizon BETWEEN 1 AND 3", name=op.f("ck_initiative_horizon")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_initiative_measure_id_measure")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_initiative_owner_id_person")),
        sa.ForeignKeyConstraint(["suggested_by_id"], ["person.id"], name=op.f("fk_initiative_suggested_by_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_initiative_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_measure_id"), ["measure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_initiative_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_initiative_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_initiative_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reading_by_id_person")),
        sa.ForeignKeyConstraint(["corrects_id"], ["reading.id"], name=op.f("fk_reading_corrects_id_reading")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_reading_measure_id_measure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index("ix_reading_measure_day", ["measure_id", "read_on", "id"], unique=False)

    op.create_table(
        "review_action",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_review_action_done")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_action_by_id_person")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_review_action_done_by_id_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_review_action_owner_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_action_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_action")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review_action", schema=None) as batch_op:
        batch_op.create_index("ix_review_action_owner", ["owner_id", "done_at"], unique=False)
        batch_op.create_index("ix_review_action_review", ["review_id", "id"], unique=False)

    op.create_table(
        "review_addendum",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_addendum_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_addendum_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_addendum")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review_addendum", schema=None) as batch_op:
        batch_op.create_index("ix_review_addendum_review", ["review_id", "id"], unique=False)

    op.create_table(
        "review_choice",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_choice_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_choice_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_choice")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review_choice", schema=None) as batch_op:
        batch_op.create_index("ix_review_choice_review", ["review_id", "id"], unique=False)

    op.create_table(
        "review_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "actions",
                "ended",
                "off_track",
                "decided",
                "promotions",
                "adoption",
                "money",
                "not_doing",
                "wins",
                "agreed",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_note_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_note_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.create_index("ix_review_note_review", ["review_id", "id"], unique=False)

    op.create_table(
        "review_record",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_review_record_number")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_record_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_record")),
        sa.UniqueConstraint("number", name=op.f("uq_review_record_number")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_review_record_prev_hash")),
        sa.UniqueConstraint("sha256", name=op.f("uq_review_record_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changes_version", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_amendment_answered_by_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_amendment_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_amendment_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index("uq_amendment_number", ["experiment_id", "number"], unique=True)

    op.create_table(
        "challenge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken_up",
                "answered",
                "closed",
                name="challengestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tension", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("unit_of_measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("raised_by_id", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=True),
        sa.Column("initiative_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_up_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_up_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('taken_up', 'answered') OR experiment_id IS NOT NULL OR initiative_id IS NOT NULL",
            name=op.f("ck_challenge_taken_up"),
        ),
        sa.CheckConstraint("experiment_id IS NULL OR initiative_id IS NULL", name=op.f("ck_challenge_one_taker")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_challenge_ended_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_challenge_experiment_id_experiment")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_challenge_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_challenge_raised_by_id_person")),
        sa.ForeignKeyConstraint(["taken_up_by_id"], ["person.id"], name=op.f("fk_challenge_taken_up_by_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_challenge_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_experiment_id"), ["experiment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenge_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index("ix_challenge_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenge_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100 AND hours >= 0", name=op.f("ck_check_in_range")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_check_in_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_check_in_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index("ix_check_in_experiment", ["experiment_id", "id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scale",
                "persevere",
                "pivot",
                "stop",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "met", "not_met", "inconclusive", name="verdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("charter_version", sa.BigInteger(), nullable=False),
        sa.Column("overrides", sa.Boolean(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("believed", sa.Text(), nullable=False),
        sa.Column("observed", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("therefore", sa.Text(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_decision_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("experiment_id", name=op.f("uq_decision_experiment_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_at"), ["at"], unique=False)

    op.create_table(
        "experiment_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "proposed",
                "revised",
                "amended",
                name="versionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_experiment_version_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_experiment_version_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_version")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("experiment_version", schema=None) as batch_op:
        batch_op.create_index("uq_experiment_version", ["experiment_id", "number"], unique=True)

    op.create_table(
        "guardrail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("at_most", "at_least", name="direction", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("limit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_guardrail_experiment_id_experiment")
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_guardrail_measure_id_measure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardrail")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("guardrail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardrail_experiment_id"), ["experiment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardrail_measure_id"), ["measure_id"], unique=False)

    op.create_table(
        "hand",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hours_a_week", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("lowered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_hand_experiment_id_experiment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hand_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("hand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_experiment_id"), ["experiment_id"], unique=False)
        batch_op.create_index(
            "uq_hand_up",
            ["experiment_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("accepted_at IS NULL AND lowered_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND lowered_at IS NULL"),
        )

    op.create_table(
        "imported_record",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("approvers", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("weeks", sa.Text(), nullable=True),
        sa.Column("amount_words", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("rate", sa.Text(), nullable=True),
        sa.Column("converted", sa.BigInteger(), nullable=True),
        sa.Column("converted_currency", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("success_criteria", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_imported_record_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("experiment_id", name=op.f("pk_imported_record")),
        sqlite_strict=True,
    )
    op.create_table(
        "initiative_milestone",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_milestone_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_milestone")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("initiative_milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_milestone_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "initiative_role",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "letter",
            sa.Enum("R", "A", "C", "I", name="letter", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.CheckConstraint("letter <> 'A'", name=op.f("ck_initiative_role_one_accountable")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_role_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_initiative_role_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_role")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("initiative_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_role_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_initiative_role", ["initiative_id", "person_id"], unique=True)

    op.create_table(
        "initiative_status",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "colour",
            sa.Enum("green", "amber", "red", name="colour", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_initiative_status_percent")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_initiative_status_by_id_person")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_status_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_status")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("initiative_status", schema=None) as batch_op:
        batch_op.create_index("ix_initiative_status_initiative", ["initiative_id", "id"], unique=False)

    op.create_table(
        "learning",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "observation",
                "insight",
                "surprise",
                "obstacle",
                "quick_win",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "evidence",
            sa.Enum(
                "opinion",
                "anecdote",
                "behaviour",
                "measured",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("believed", sa.Text(), nullable=False),
        sa.Column("therefore", sa.Text(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("exploratory", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_learning_by_id_person")),
        sa.ForeignKeyConstraint(["corrects_id"], ["learning.id"], name=op.f("fk_learning_corrects_id_learning")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_learning_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_learning_corrects_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("learning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_learning_experiment", ["experiment_id", "id"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hours_a_week", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_member_experiment_id_experiment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_member_now",
            ["experiment_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_milestone_amount")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_milestone_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_experiment_id"), ["experiment_id"], unique=False)

    op.create_table(
        "origin",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "imported_as",
            sa.Enum("record", "draft", name="importedas", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_origin_experiment_id_experiment")),
        sa.PrimaryKeyConstraint("experiment_id", name=op.f("pk_origin")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("origin", schema=None) as batch_op:
        batch_op.create_index("uq_origin_external_id", ["imported_as", "source", "external_id"], unique=True)
        batch_op.create_index("uq_origin_fingerprint", ["imported_as", "fingerprint"], unique=True)

    op.create_table(
        "promotion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "deferred",
                "declined",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "improve",
                "renew",
                "transition",
                "innovation",
                name="formofchange",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("unit_of_measure", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("promoter_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'accepted') = (initiative_id IS NOT NULL)", name=op.f("ck_promotion_accepted")),
        sa.CheckConstraint("form IN ('improve', 'renew')", name=op.f("ck_promotion_of_the_hierarchy")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_promotion_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_promotion_owner_id_person")),
        sa.ForeignKeyConstraint(["promoter_id"], ["person.id"], name=op.f("fk_promotion_promoter_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_promotion_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("initiative_id", name=op.f("uq_promotion_initiative_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_promoter_id"), ["promoter_id"], unique=False)
        batch_op.create_index("ix_promotion_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promotion_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scale",
                "persevere",
                "pivot",
                "stop",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_recommendation_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_recommendation_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_experiment_id"), ["experiment_id"], unique=False)

    op.create_table(
        "record_entry",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_record_entry_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("experiment_id", "position", name=op.f("pk_record_entry")),
        sqlite_strict=True,
    )
    op.create_table(
        "record_milestone",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weeks", sa.Text(), nullable=False),
        sa.Column("amount_words", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("converted", sa.BigInteger(), nullable=True),
        sa.Column("deliverables", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_record_milestone_experiment_id_experiment")
        ),
        sa.PrimaryKeyConstraint("experiment_id", "position", name=op.f("pk_record_milestone")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_keep",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_keep_by_id_person")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_review_keep_experiment_id_experiment")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_keep_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_keep")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("review_keep", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_keep_experiment_id"), ["experiment_id"], unique=False)
        batch_op.create_index("uq_review_keep", ["review_id", "experiment_id"], unique=True)

    op.create_table(
        "success_criterion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("at_most", "at_least", name="direction", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("baseline", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("stop_threshold", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("due_week", sa.BigInteger(), nullable=True),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("not_measured_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name=op.f("fk_success_criterion_experiment_id_experiment")
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_success_criterion_measure_id_measure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_criterion")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("success_criterion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_success_criterion_experiment_id"), ["experiment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_success_criterion_measure_id"), ["measure_id"], unique=False)

    op.create_table(
        "promotion_answer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("promotion_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "deferred",
                "declined",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deferred_until", sa.Text(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state <> 'offered'", name=op.f("ck_promotion_answer_answers")),
        sa.CheckConstraint(
            "state = 'deferred' OR (deferred_until = '' AND review_id IS NULL)",
            name=op.f("ck_promotion_answer_deferral"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_promotion_answer_by_id_person")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_answer_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_answer")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("promotion_answer", schema=None) as batch_op:
        batch_op.create_index("ix_promotion_answer_promotion", ["promotion_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promotion_answer_review_id"), ["review_id"], unique=False)
        batch_op.create_index("ix_promotion_answer_state_at", ["state", "at"], unique=False)

    op.create_table(
        "promotion_learning",
        sa.Column("promotion_id", sa.BigInteger(), nullable=False),
        sa.Column("learning_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learning_id"], ["learning.id"], name=op.f("fk_promotion_learning_learning_id_learning")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_learning_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "learning_id", name=op.f("pk_promotion_learning")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("promotion_learning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_learning_learning_id"), ["learning_id"], unique=False)
    for table, key in SEALED.items():
        seal(op.get_bind(), table, key)
    search.prepare(op.get_bind())
    _put_down_the_first_rows()


def downgrade() -> None:
    """Take it all away again."""
    search.unprepare(op.get_bind())
    with op.batch_alter_table("promotion_learning", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_learning_learning_id"))

    op.drop_table("promotion_learning")
    with op.batch_alter_table("promotion_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_promotion_answer_state_at")
        batch_op.drop_index(batch_op.f("ix_promotion_answer_review_id"))
        batch_op.drop_index("ix_promotion_answer_promotion")

    op.drop_table("promotion_answer")
    with op.batch_alter_table("success_criterion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_success_criterion_measure_id"))
        batch_op.drop_index(batch_op.f("ix_success_criterion_experiment_id"))

    op.drop_table("success_criterion")
    with op.batch_alter_table("review_keep", schema=None) as batch_op:
        batch_op.drop_index("uq_review_keep")
        batch_op.drop_index(batch_op.f("ix_review_keep_experiment_id"))

    op.drop_table("review_keep")
    op.drop_table("record_milestone")
    op.drop_table("record_entry")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_experiment_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_unit_id"))
        batch_op.drop_index("ix_promotion_state_id")
        batch_op.drop_index(batch_op.f("ix_promotion_promoter_id"))

    op.drop_table("promotion")
    with op.batch_alter_table("origin", schema=None) as batch_op:
        batch_op.drop_index("uq_origin_fingerprint")
        batch_op.drop_index("uq_origin_external_id")

    op.drop_table("origin")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_experiment_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_member_now", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_member_person_id"))

    op.drop_table("member")
    with op.batch_alter_table("learning", schema=None) as batch_op:
        batch_op.drop_index("ix_learning_experiment")
        batch_op.drop_index(batch_op.f("ix_learning_by_id"))

    op.drop_table("learning")
    with op.batch_alter_table("initiative_status", schema=None) as batch_op:
        batch_op.drop_index("ix_initiative_status_initiative")

    op.drop_table("initiative_status")
    with op.batch_alter_table("initiative_role", schema=None) as batch_op:
        batch_op.drop_index("uq_initiative_role")
        batch_op.drop_index(batch_op.f("ix_initiative_role_person_id"))

    op.drop_table("initiative_role")
    with op.batch_alter_table("initiative_milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_milestone_initiative_id"))

    op.drop_table("initiative_milestone")
    op.drop_table("imported_record")
    with op.batch_alter_table("hand", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hand_up",
            sqlite_where=sa.text("accepted_at IS NULL AND lowered_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND lowered_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_hand_experiment_id"))

    op.drop_table("hand")
    with op.batch_alter_table("guardrail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardrail_measure_id"))
        batch_op.drop_index(batch_op.f("ix_guardrail_experiment_id"))

    op.drop_table("guardrail")
    with op.batch_alter_table("experiment_version", schema=None) as batch_op:
        batch_op.drop_index("uq_experiment_version")

    op.drop_table("experiment_version")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_at"))

    op.drop_table("decision")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index("ix_check_in_experiment")

    op.drop_table("check_in")
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenge_unit_id"))
        batch_op.drop_index("ix_challenge_state_id")
        batch_op.drop_index(batch_op.f("ix_challenge_initiative_id"))
        batch_op.drop_index(batch_op.f("ix_challenge_experiment_id"))

    op.drop_table("challenge")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index("uq_amendment_number")

    op.drop_table("amendment")
    op.drop_table("review_record")
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.drop_index("ix_review_note_review")

    op.drop_table("review_note")
    with op.batch_alter_table("review_choice", schema=None) as batch_op:
        batch_op.drop_index("ix_review_choice_review")

    op.drop_table("review_choice")
    with op.batch_alter_table("review_addendum", schema=None) as batch_op:
        batch_op.drop_index("ix_review_addendum_review")

    op.drop_table("review_addendum")
    with op.batch_alter_table("review_action", schema=None) as batch_op:
        batch_op.drop_index("ix_review_action_review")
        batch_op.drop_index("ix_review_action_owner")

    op.drop_table("review_action")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_measure_day")

    op.drop_table("reading")
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_unit_id"))
        batch_op.drop_index("ix_initiative_state_id")
        batch_op.drop_index(batch_op.f("ix_initiative_owner_id"))
        batch_op.drop_index(batch_op.f("ix_initiative_measure_id"))

    op.drop_table("initiative")
    with op.batch_alter_table("experiment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experiment_unit_id"))
        batch_op.drop_index("ix_experiment_state_id")
        batch_op.drop_index("ix_experiment_state_ends")
        batch_op.drop_index(batch_op.f("ix_experiment_phase_id"))
        batch_op.drop_index(batch_op.f("ix_experiment_lead_id"))
        batch_op.drop_index(batch_op.f("ix_experiment_follows_id"))

    op.drop_table("experiment")
    with op.batch_alter_table("vision", schema=None) as batch_op:
        batch_op.drop_index("ix_vision_months")

    op.drop_table("vision")
    with op.batch_alter_table("tranche", schema=None) as batch_op:
        batch_op.drop_index("uq_tranche_number")

    op.drop_table("tranche")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_grant_id"))

    op.drop_table("signature")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index("uq_role")

    op.drop_table("role")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_review_closed_at"))

    op.drop_table("review")
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.drop_index("ix_phase_ends")

    op.drop_table("phase")
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_link_person_id"))

    op.drop_table("password_link")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_person_id"))

    op.drop_table("party")
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.drop_index("uq_measure_name_unit")

    op.drop_table("measure")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_grant_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_envelope_id"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("expense", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expense_grant_id"))

    op.drop_table("expense")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_subject")

    op.drop_table("comment")
    op.drop_table("big_opportunity")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_unit_id"))

    op.drop_table("person")
    with op.batch_alter_table("funding_source", schema=None) as batch_op:
        batch_op.drop_index("uq_funding_source_envelope")
        batch_op.drop_index(batch_op.f("ix_funding_source_envelope_id"))

    op.drop_table("funding_source")
    op.drop_table("unit")
    op.drop_table("trail_head")
    op.drop_table("setup_code")
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.drop_index("uq_search_document")

    op.drop_table("search_document")
    op.drop_table("rich_text")
    with op.batch_alter_table("request_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_key_claimed_at"))

    op.drop_table("request_key")
    op.drop_table("installation")
    op.drop_table("house_rules")
    op.drop_table("funding")
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_envelope_last_day"))

    op.drop_table("envelope")
    op.drop_table("audit_names")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")


def _put_down_the_first_rows() -> None:
    """The head of the trail, the mark of an ordinary installation, the house rules every organisation starts with."""
    _insert("trail_head", {"id": 1, "seq": 0, "hash": "0" * 64})
    _insert("installation", {"id": 1, "is_demo": False})
    _insert("house_rules", HOUSE_RULES)
    if op.get_bind().dialect.name == "postgresql":  # Its sequence does not know of a row with a number of its own.
        op.execute("SELECT setval('house_rules_id_seq', 1)")


def _insert(table: str, row: dict[str, object]) -> None:
    typed = [sa.column(name, sa.Boolean() if isinstance(value, bool) else None) for name, value in row.items()]
    op.bulk_insert(sa.table(table, *typed), [row])
