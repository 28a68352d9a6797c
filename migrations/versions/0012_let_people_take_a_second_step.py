"""Let people take a second step to sign in: codes from an app, passkeys, recovery codes; and a rule that asks it.

House rules also note when the leaders were told of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the rule is off, and the rules in force were told when they were made."""
    op.create_table(
        "authenticator",
        sa.Column("person_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_counter", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authenticator_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_authenticator")),
        sqlite_strict=True,
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"])
    with op.batch_alter_table("house_rules", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.add_column(sa.Column("two_steps_needed", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE house_rules SET two_steps_needed = (1 = 0), told_at = since")
    with op.batch_alter_table("house_rules", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("two_steps_needed", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    """Take all of it away; people sign in with their password alone."""
    with op.batch_alter_table("house_rules", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.drop_column("told_at")
        batch_op.drop_column("two_steps_needed")
    for table in ("passkey", "recovery_code", "authenticator"):
        op.drop_table(table)
