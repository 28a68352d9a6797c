"""The database: what tables derive from, how connections are opened, and the one door to writing.

Every transaction is read-only unless `write_tx()` opened it, so that a forgotten door fails in its first test.
A write takes its lock before it loads, so that what is checked is what is changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Boolean, Connection, Date, MetaData, Select, Table, Text, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry

from portfolio.foundation import clock
from portfolio.foundation.columns import ExactNumber, UtcDateTime

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")

READING = {"postgresql_readonly": True, "mode": "reading"}
WRITING = {"postgresql_readonly": False, "mode": "writing"}

# How SQLite is opened on every connection, and read back at start-up.
PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "busy_timeout": 10_000,
}


class Base(DeclarativeBase):
    """What every table derives from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            int: BigInteger(),
            bool: Boolean(create_constraint=False),
            str: Text(),
            date: Date(),
            datetime: UtcDateTime(),
            Decimal: ExactNumber(),
        },
    )


@event.listens_for(Table, "after_parent_attach")
def _make_strict(table: Table, parent: Any) -> None:  # noqa: ARG001
    """SQLite keeps '12abc' in an integer column unless the table is strict."""
    table.dialect_options["sqlite"]["strict"] = True


db = SQLAlchemy(model_class=Base, session_options={"execution_options": READING}, disable_autonaming=True)


@event.listens_for(Engine, "connect")
def _open_sqlite_as_promised(connection: Any, record: Any) -> None:  # noqa: ARG001
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # Else the driver begins and commits by itself.
        for pragma, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma}={value}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("mode")
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if mode == 'reading' else 'OFF'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "writing" else "BEGIN")


@event.listens_for(Session, "before_flush")
def _no_write_without_the_door(session: Session, context: Any, instances: Any) -> None:  # noqa: ARG001
    if "writing" not in session.info:
        raise RuntimeError("Something was changed outside write_tx().")


@contextmanager
def write_tx() -> Iterator[datetime]:
    """Open the one door to writing, and commit at its end; gives the moment at which it opened.

    Whatever was loaded before is let go: load it again inside, or use `current_person()`.

    Raises:
        RuntimeError: it was opened inside another one, or something was changed before it.
    """
    session = db.session()
    if "writing" in session.info or session.new or session.dirty or session.deleted:
        raise RuntimeError("write_tx() does not nest, and nothing may be changed before it.")
    session.rollback()  # Ends the read snapshot the person was loaded in.
    session.expunge_all()
    session.info["writing"], session.info["trail"] = True, []
    try:
        session.connection(execution_options=WRITING)  # The lock is taken here, before anything is loaded.
        yield clock.now()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["writing"], session.info["trail"]


def for_change(statement: S) -> S:
    """Lock the rows a statement selects until the transaction ends, and read them as they are now."""
    return statement.with_for_update().execution_options(populate_existing=True)


def overwrite_what_is_deleted() -> None:
    """Let SQLite write zeros over rows deleted in this transaction; PostgreSQL gives their place away by itself."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def unsafe_pragmas(connection: Connection) -> list[str]:
    """The SQLite settings that are not as promised, read back from the connection."""
    if connection.dialect.name != "sqlite":
        return []
    found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    return [f"{name} is {found[name]}, not {wanted}" for name, wanted in PRAGMAS.items() if found[name] != wanted]
