"""The one door to writing: nothing is changed outside it, nothing survives a refusal, nothing lives across it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm.exc import DetachedInstanceError

from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.organisation.unit import Unit
from tests.factories import a_unit, last_action, reading, reloaded


def test_the_door_does_not_open_inside_itself(app: Flask) -> None:
    with write_tx(), pytest.raises(RuntimeError, match="does not nest"), write_tx():
        pass


def test_an_object_is_not_changed_outside_the_door(app: Flask) -> None:
    unit = a_unit("Logistics")
    db.session.add(unit)
    unit.name = "Shipping"

    with pytest.raises(RuntimeError, match="outside write_tx"):
        db.session.commit()
    db.session.rollback()
    assert reloaded(unit).name == "Logistics"


def test_a_statement_that_changes_rows_is_refused_by_the_database_itself(app: Flask) -> None:
    unit = a_unit("Logistics")

    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        db.session.execute(update(Unit).values(name="Shipping"))
    db.session.rollback()
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        db.session.execute(text("UPDATE unit SET name = 'Shipping'"))
    db.session.rollback()
    assert reloaded(unit).name == "Logistics"


def test_a_transaction_after_a_write_is_read_only_again(app: Flask) -> None:
    a_unit()

    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        db.session.execute(text("DELETE FROM unit"))
    db.session.rollback()


def test_nothing_may_be_changed_before_the_door_opens(app: Flask) -> None:
    db.session.add(Unit(name="Too early"))

    with pytest.raises(RuntimeError, match="nothing may be changed before"), write_tx():
        pass
    db.session.rollback()


def test_what_was_loaded_before_the_door_is_dead_behind_it(app: Flask) -> None:
    unit_id = a_unit("Logistics").id
    before = db.session.get_one(Unit, unit_id)

    with write_tx():
        before.name = "Shipping"
        assert before not in db.session
        assert db.session.get_one(Unit, unit_id) is not before

    with reading():
        assert db.session.get_one(Unit, unit_id).name == "Logistics"


def test_what_was_let_go_cannot_be_asked_for_more(app: Flask) -> None:
    unit_id = a_unit().id
    before = db.session.get_one(Unit, unit_id)
    db.session.expire(before)

    with write_tx(), pytest.raises((DetachedInstanceError, InvalidRequestError)):
        _ = before.name


def test_a_refusal_takes_back_everything_and_its_line_of_the_trail(app: Flask) -> None:
    a_unit("Logistics")

    with pytest.raises(RuleBroken):
        open_a_unit_and_refuse()

    with reading():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 1
    assert last_action() == "unit.opened"


def test_the_door_opens_again_after_a_refusal(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), write_tx():
        _ = 1 // 0

    assert a_unit("Logistics").name == "Logistics"


def open_a_unit_and_refuse() -> None:
    """A change that reached the database before a rule refused it."""
    with write_tx():
        Unit.open("Shipping", by=None)
        db.session.flush()
        raise RuleBroken("no")
