"""What everything else of the seeded portfolio stands on: units, people with a password, envelopes, the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_security import hash_password
from sqlalchemy import update

from portfolio.budgets.envelope import Envelope
from portfolio.budgets.ledger import Account, EntryKind
from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people.person import RoleName
from tools.bench.rows import Rows
from tools.bench.words import Words

LEADER, VOLUNTEER = 1, 2
PROGRAM = 0  # No person: acts for the volunteer by a token.
LEADERS, FACILITATORS = range(3, 13), range(13, 15)
EMAIL = {LEADER: "leader@company.example", VOLUNTEER: "volunteer@company.example"}
PASSWORD = "a password for measuring only"
FREE = 10_000_000_00  # What an envelope has left, in minor units.


@dataclass
class Purse:
    """An envelope while its grants are made up."""

    id: int
    name: str
    first_day: date
    last_day: date
    committed: int = 0
    spent: int = 0


@dataclass
class Ground:
    """What was made, and how to pick from it."""

    now: datetime
    today: date
    rules_id: int
    units: range
    people: range
    purses: list[Purse] = field(default_factory=list)  # The current quarter's first.

    def person(self, number: int) -> int:
        """Somebody who is neither leader nor measured."""
        return self.people[number % len(self.people)]

    def leader(self, number: int) -> int:
        """A leader who is not the one measured."""
        return LEADERS[number % len(LEADERS)]

    def unit(self, number: int) -> int:
        """A unit."""
        return self.units[number % len(self.units)]

    def purse(self, day: date) -> Purse:
        """The envelope that pays on a day; the oldest for all before."""
        return next((purse for purse in self.purses if purse.first_day <= day), self.purses[-1])

    def settle(self) -> None:
        """Tell the envelopes what was granted and spent."""
        with write_tx():
            for purse in self.purses:
                sums = {"committed": purse.committed, "spent": purse.spent}
                db.session.execute(update(Envelope).where(Envelope.id == purse.id).values(**sums))


def lay(rows: Rows, words: Words, experiments: int) -> Ground:
    """Write an organisation that could have so many experiments."""
    rules = house_rules()
    now = clock.now()
    number_of_units, others = max(8, experiments // 500), max(60, experiments // 10)
    for number in range(1, number_of_units + 1):
        rows.add("unit", id=rows.number("unit"), handle=f"unit-{number}", name=f"Unit {number}")
    ground = Ground(
        now=now,
        today=rules.today,
        rules_id=rules.id,
        units=range(1, number_of_units + 1),
        people=range(FACILITATORS.stop, FACILITATORS.stop + others),
    )
    _add_people(rows, words, ground)
    _add_envelopes(rows, ground, rules, experiments)
    rows.write()
    return ground


def _add_people(rows: Rows, words: Words, ground: Ground) -> None:
    password = hash_password(PASSWORD)
    for number in range(1, ground.people.stop):
        rows.add(
            "person",
            id=rows.number("person"),
            name=words.name(number),
            email=EMAIL.get(number, f"person{number}@company.example"),
            password=password if number in EMAIL else None,
            unit_id=ground.unit(number),
            hours_a_week=number % 6,
            created_at=ground.now - timedelta(days=900),
        )
    plain = {LEADER: RoleName.LEADER} | dict.fromkeys(LEADERS, RoleName.LEADER)
    for person, role in (plain | dict.fromkeys(FACILITATORS, RoleName.FACILITATOR)).items():
        rows.add("role", id=rows.number("role"), person_id=person, role=role, unit_id=None)
    for unit in ground.units:
        owner = ground.person(unit)
        rows.add("role", id=rows.number("role"), person_id=owner, role=RoleName.OPERATIONS_OWNER, unit_id=unit)


def _add_envelopes(rows: Rows, ground: Ground, rules: HouseRules, experiments: int) -> None:
    quarter, total = rules.quarter, experiments * 20_000_00 + FREE
    for _ in range(9):
        number = rows.number("envelope")
        ground.purses.append(Purse(number, quarter.name, quarter.first_day, quarter.last_day))
        rows.add(
            "envelope",
            id=number,
            quarter=quarter.name,
            first_day=quarter.first_day,
            last_day=quarter.last_day,
            currency="EUR",
            total=total,
            set_at=ground.now,
            reason="For this quarter.",
        )
        book(rows, ground, number, None, EntryKind.SET, Account.FREE, Account.LEADERSHIP, total, f"set:{number}")
        quarter = quarter.previous


def book(
    rows: Rows,
    ground: Ground,
    envelope: int,
    grant: int | None,
    kind: EntryKind,
    debit: Account,
    credit: Account,
    amount: int,
    cause: str,
) -> None:
    """Book a movement, as the ledger does; nothing moves for an amount of 0."""
    if amount:
        rows.add(
            "ledger_entry",
            id=rows.number("ledger_entry"),
            envelope_id=envelope,
            grant_id=grant,
            kind=kind,
            debit=debit,
            credit=credit,
            amount=amount,
            currency="EUR",
            cause=cause,
            by_id=LEADER,
            at=ground.now,
        )
