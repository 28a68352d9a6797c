"""Guards: rules about single rows that the database itself asks, whoever writes them.

A guard is the last of three layers. The model says why and what to do; a guard only keeps a forgotten question, or a
hand in the database, from coming true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Guard:
    """One rule about rows of one table.

    Args:
        name: of its trigger; says what is refused.
        table: whose rows it looks at.
        on: INSERT, or UPDATE OF a column.
        refused: a condition in the SQL that both databases share, about NEW, and OLD for an update.
    """

    name: str
    table: str
    on: str
    refused: str

    def statements(self, dialect: str) -> list[str]:
        """What puts it up."""
        if dialect == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            return [f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} WHEN {self.refused} {refuse}"]
        body = f"BEGIN IF {self.refused} THEN RAISE EXCEPTION '{self.name}'; END IF; RETURN NEW; END"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {self.name}",
        ]


def put_up(connection: Connection, guards: Sequence[Guard]) -> None:
    """Let the database ask; called by migrations, again after a table was rebuilt."""
    take_down(connection, guards)
    for guard in guards:
        for statement in guard.statements(connection.dialect.name):
            connection.exec_driver_sql(statement.replace("%", "%%"))


def take_down(connection: Connection, guards: Sequence[Guard]) -> None:
    """Let the database ask no more."""
    for guard in guards:
        on = "" if connection.dialect.name == "sqlite" else f" ON {guard.table}"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {guard.name}{on}"))
        if connection.dialect.name != "sqlite":
            connection.execute(text(f"DROP FUNCTION IF EXISTS {guard.name}()"))


def not_up(connection: Connection, guards: Sequence[Guard]) -> list[str]:
    """The guards that should be up and are not, or look for something else."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        found = {name: sql for name, sql in rows}
        return [g.name for g in guards if found.get(g.name) != g.statements("sqlite")[0]]
    rows = connection.execute(
        text("SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled = 'A'")
    )
    found = {name: " ".join(source.split()) for name, source in rows}
    return [g.name for g in guards if " ".join(g.refused.split()) not in found.get(g.name, "")]
