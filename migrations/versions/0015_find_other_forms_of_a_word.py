"""Let search find other forms of a word, and learnings be looked up by how strong their evidence is.

The index is made anew with what it has to hold more; nobody's words change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portfolio.foundation import search

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 500
SOME = sa.text(
    "SELECT d.id, d.folded_title, d.folded_body, l.evidence FROM search_document d"
    " LEFT JOIN learning l ON d.kind = 'learning' AND l.id = d.subject_id"
    " WHERE d.id > :after ORDER BY d.id LIMIT :size"
)
# The index as it was before.
BEFORE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(kind, folded_title, folded_body,"
    " content='search_document', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')"
)


def upgrade() -> None:
    """Add what the index is made of, fill it, and make the index."""
    connection = op.get_bind()
    search.unprepare(connection)
    with op.batch_alter_table("learning") as batch_op:
        batch_op.create_index("ix_learning_evidence", ["evidence", "id"], unique=False)
    with op.batch_alter_table("search_document", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.add_column(sa.Column("marks", sa.Text(), nullable=False, server_default=""))
    _fill(connection)
    with op.batch_alter_table("search_document", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.alter_column("marks", existing_type=sa.Text(), existing_nullable=False, server_default=None)
    search.prepare(connection)
    search.rebuild(connection)


def downgrade() -> None:
    """Take it away, and make the index as it was."""
    connection = op.get_bind()
    search.unprepare(connection)
    with op.batch_alter_table("search_document", table_kwargs={"sqlite_strict": True}) as batch_op:
        batch_op.drop_column("marks")
    with op.batch_alter_table("learning") as batch_op:
        batch_op.drop_index("ix_learning_evidence")
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text(BEFORE))
        connection.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('rebuild')"))
    else:
        search.prepare(connection)
        search.rebuild(connection, without_marks=True)


def _fill(connection: sa.Connection) -> None:
    write, after = sa.text("UPDATE search_document SET marks = :marks WHERE id = :id"), 0
    while some := connection.execute(SOME, {"after": after, "size": AT_ONCE}).all():
        marks = [
            {"id": row.id, "marks": search.marks_of(row.folded_title, row.folded_body, filter(None, [row.evidence]))}
            for row in some
        ]
        connection.execute(write, marks)
        after = some[-1].id
