"""The one clock. Nothing else in Tandem asks the machine for the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)
_everywhere: datetime | None = None


def now() -> datetime:
    """This moment, in UTC."""
    return _set_to.get() or _everywhere or datetime.now(UTC)


def today(zone: str) -> date:
    """The date it is now in a time zone named as in the IANA database, such as `Europe/Amsterdam`."""
    return day_of(now(), zone)


def time_of(moment: datetime, zone: str) -> str:
    """The time of the day at a moment, in a time zone: 14:05."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def day_of(moment: datetime, zone: str) -> date:
    """The date a moment had in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let this thread live at another moment: demo data is told by it, and tests are."""
    if moment.tzinfo is None:
        raise ValueError("The clock takes moments that know their time zone.")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


@contextmanager
def set_everywhere(moment: datetime) -> Iterator[None]:
    """The same for all threads of this process, such as a server that a browser test talks to."""
    global _everywhere  # The one place that may move it.
    before, _everywhere = _everywhere, moment.astimezone(UTC)
    try:
        yield
    finally:
        _everywhere = before
