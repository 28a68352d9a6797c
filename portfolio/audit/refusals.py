"""Refusals are part of the trail: what was asked for, by whom, of what."""

from __future__ import annotations

from typing import Any

from portfolio.audit.entry import record
from portfolio.foundation.authority import Gate, Permission
from portfolio.foundation.database import Base, db, write_tx


def remember_with(gate: Gate) -> Any:
    """What puts a refusal on the trail, in a transaction of its own."""

    def remember(policy: Permission, thing: Any) -> None:
        kind, number = type(thing), getattr(thing, "id", None) if _is_there(thing) else None
        with write_tx():
            subject = db.session.get(kind, number) if number is not None else None
            record(f"{policy.name}_refused", subject, by=gate.current())

    return remember


def _is_there(thing: Any) -> bool:
    """Whether it is a row whose number can still be told after the rollback."""
    return isinstance(thing, Base) and "id" in thing.__dict__
