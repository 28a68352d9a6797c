"""Column types that mean the same on SQLite and PostgreSQL, and refuse what would be stored wrongly."""

from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Enum, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 in UTC; naive datetimes are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + value * MICROSECOND


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number kept as text, for SQLite has no exact decimals; compared in Python only."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


def choice(kind: type[enum.Enum], name: str = "") -> Enum:
    """A column for an enum, stored by value and checked by the database.

    Args:
        name: of the check, where one table has two columns of the kind.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


# SQLite's STRICT tables know INTEGER and TEXT only; the Python side of these types stays as it is.
@compiles(BigInteger, "sqlite")
@compiles(Boolean, "sqlite")
def _as_integer(type_: TypeEngine[Any], compiler: Any, **options: Any) -> str:  # noqa: ARG001
    return "INTEGER"


@compiles(String, "sqlite")
@compiles(Enum, "sqlite")
@compiles(Date, "sqlite")
def _as_text(type_: TypeEngine[Any], compiler: Any, **options: Any) -> str:  # noqa: ARG001
    return "TEXT"
