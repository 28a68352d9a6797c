"""Quarters of any fiscal year, and working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portfolio.organisation.quarter import Quarter, after_working_days, working_days_between
from tests.factories import at, change_house_rules, rules_now

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))
months = st.integers(1, 12)


@pytest.mark.parametrize(
    ("day", "starts_in", "name"),
    [
        (date(2026, 1, 1), 1, "2026-Q1"),
        (date(2026, 12, 31), 1, "2026-Q4"),
        (date(2026, 3, 31), 4, "2025-Q4"),
        (date(2026, 4, 1), 4, "2026-Q1"),
        (date(2027, 3, 31), 4, "2026-Q4"),
        (date(2026, 9, 30), 10, "2025-Q4"),
        (date(2026, 10, 1), 10, "2026-Q1"),
        (date(2028, 2, 29), 1, "2028-Q1"),
        (date(2028, 2, 29), 3, "2027-Q4"),
        (date(2028, 2, 29), 12, "2027-Q1"),
        (date(2028, 3, 1), 3, "2028-Q1"),
    ],
)
def test_a_quarter_is_named_by_the_year_in_which_its_fiscal_year_starts(day: date, starts_in: int, name: str) -> None:
    assert Quarter.of(day, starts_in).name == name


def test_the_last_day_of_a_quarter_knows_leap_years() -> None:
    assert Quarter.named("2027-Q4", 3).last_day == date(2028, 2, 29)
    assert Quarter.named("2026-Q4", 3).last_day == date(2027, 2, 28)


@given(day=days, starts_in=months)
def test_every_day_lies_in_the_one_quarter_it_is_in(day: date, starts_in: int) -> None:
    quarter = Quarter.of(day, starts_in)

    assert quarter.first_day <= day <= quarter.last_day
    assert (quarter.first_day.month - starts_in) % 3 == 0
    assert Quarter.named(quarter.name, starts_in) == quarter
    assert 1 <= quarter.week_of(day) <= quarter.weeks


@given(day=days, starts_in=months)
def test_quarters_follow_each_other_without_gap(day: date, starts_in: int) -> None:
    quarter = Quarter.of(day, starts_in)

    assert quarter.next.first_day == quarter.last_day + timedelta(days=1)
    assert quarter.next.previous == quarter == quarter.previous.next
    assert quarter.previous < quarter < quarter.next


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-Q0", "2026-Q5", "2026-q1", "26-Q1", "2026-Q1 ", "x2026-Q1", "0001-Q1", "٢٠٢٦-Q1", "9999-Q4"],
)
def test_what_is_no_name_of_a_quarter_names_none(name: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        Quarter.named(name, 1)


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-03-31T23:59:59.999999+02:00", "2026-Q1"),
        ("2026-04-01T00:00:00+02:00", "2026-Q2"),
        ("2026-03-31T22:00:00+00:00", "2026-Q2"),
        ("2026-03-31T21:59:59.999999+00:00", "2026-Q1"),
        ("2026-12-31T23:30:00+00:00", "2027-Q1"),
        ("2026-12-31T22:59:59.999999+00:00", "2026-Q4"),
    ],
)
def test_a_quarter_turns_at_the_organisation_s_own_midnight(app: Flask, moment: str, name: str) -> None:
    with at(moment):
        assert rules_now().quarter.name == name


def test_another_time_zone_turns_at_another_moment(app: Flask) -> None:
    change_house_rules(time_zone="America/New_York")

    with at("2026-04-01T03:59:59+00:00"):
        assert rules_now().quarter.name == "2026-Q1"
    with at("2026-04-01T04:00:00+00:00"):
        assert rules_now().quarter.name == "2026-Q2"


def test_the_night_the_clock_goes_back_has_one_date(app: Flask) -> None:
    for moment in ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00", "2026-10-25T22:59:59+00:00"):
        with at(moment):
            assert rules_now().today == date(2026, 10, 25)
    with at("2026-10-25T23:00:00+00:00"):
        assert rules_now().today == date(2026, 10, 26)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 6, 12), 1, date(2026, 6, 15)),
        (date(2026, 6, 12), 10, date(2026, 6, 26)),
        (date(2026, 6, 13), 1, date(2026, 6, 15)),
        (date(2026, 6, 15), 0, date(2026, 6, 15)),
        (date(2026, 6, 15), 5, date(2026, 6, 22)),
    ],
)
def test_working_days_leave_the_weekend_out(start: date, count: int, due: date) -> None:
    assert after_working_days(start, count) == due


@given(start=days, count=st.integers(1, 400))
def test_what_is_due_after_so_many_working_days_lies_so_many_working_days_ahead(start: date, count: int) -> None:
    due = after_working_days(start, count)

    assert due.weekday() < 5
    assert working_days_between(start, due) == count
    assert working_days_between(start, due - timedelta(days=1)) == count - 1


@given(start=days, length=st.integers(-400, 400))
def test_working_days_are_counted_as_one_counts_them_on_a_calendar(start: date, length: int) -> None:
    counted = sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, length + 1))

    assert working_days_between(start, start + timedelta(days=length)) == counted
