"""How many experiments stand where, kept by the database itself, because counting them costs more the more there are.

Triggers move the numbers with the rows, whoever changes them. On PostgreSQL they wait for the end of the transaction,
when it holds the trail's lock already: two of them never wait for each other.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Connection, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.network.state import State


class Tally(Base):
    """How many experiments have a state and can be read by whom."""

    __tablename__ = "experiment_tally"
    __table_args__ = (
        PrimaryKeyConstraint("state", "restricted", "shared"),
        CheckConstraint("number >= 0", name="number"),
    )

    state: Mapped[State] = mapped_column(choice(State, name="state_tallied"))
    restricted: Mapped[bool]
    shared: Mapped[bool]
    number: Mapped[int]


def keep(connection: Connection) -> None:
    """Count what is there, and keep counting; called by migrations, again after the table was rebuilt."""
    forget(connection)
    for statement in KEEP[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(text("DELETE FROM experiment_tally"))
    connection.execute(
        text(
            "INSERT INTO experiment_tally (state, restricted, shared, number)"
            " SELECT state, restricted, shared, count(*) FROM experiment GROUP BY state, restricted, shared"
        )
    )


def forget(connection: Connection) -> None:
    """Count no longer."""
    for statement in FORGET[connection.dialect.name]:
        connection.execute(text(statement))


ADD = (
    "INSERT INTO experiment_tally (state, restricted, shared, number)"
    " VALUES (NEW.state, NEW.restricted, NEW.shared, 1)"
    " ON CONFLICT (state, restricted, shared) DO UPDATE SET number = experiment_tally.number + 1;"
)
TAKE = (
    "UPDATE experiment_tally SET number = number - 1"
    " WHERE state = OLD.state AND restricted = OLD.restricted AND shared = OLD.shared;"
)
MOVES = "OF state, restricted, shared ON experiment"
KEEP = {
    "sqlite": (
        f"CREATE TRIGGER experiment_tally_added AFTER INSERT ON experiment BEGIN {ADD} END",
        f"CREATE TRIGGER experiment_tally_moved AFTER UPDATE {MOVES} BEGIN {TAKE} {ADD} END",
        f"CREATE TRIGGER experiment_tally_taken AFTER DELETE ON experiment BEGIN {TAKE} END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION tally_experiment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {TAKE} END IF;"
        f" IF TG_OP <> 'DELETE' THEN {ADD} END IF;"
        " RETURN NULL; END $$",
        f"CREATE CONSTRAINT TRIGGER experiment_tally AFTER INSERT OR DELETE OR UPDATE {MOVES}"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tally_experiment()",
    ),
}
FORGET = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS experiment_tally_{what}" for what in ("added", "moved", "taken")),
    "postgresql": (
        "DROP TRIGGER IF EXISTS experiment_tally ON experiment",
        "DROP FUNCTION IF EXISTS tally_experiment()",
    ),
}
