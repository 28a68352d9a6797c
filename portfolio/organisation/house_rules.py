"""House rules: the organisation's limits, rhythm, money and calendar.

Each change is a new row, and a proposal keeps the row it was made under: new rules never reach back.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.authority import Actor
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db, for_change
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money, is_currency
from portfolio.organisation.quarter import Quarter


class AmountsSeenBy(enum.Enum):
    """Who sees amounts of money."""

    EVERYONE = "everyone"
    INVOLVED = "involved"


# Rules about who approves, and how they show who they are: every leader is told of a change.
ABOUT_APPROVING = {"single_approver_limit", "two_steps_needed"}


class HouseRules(Base):
    """The rules in force from one moment on."""

    __tablename__ = "house_rules"
    __table_args__ = (
        CheckConstraint("timebox_weeks BETWEEN 1 AND 52", name="timebox"),
        CheckConstraint("fiscal_year_month BETWEEN 1 AND 12", name="fiscal_year"),
        CheckConstraint("mix_1 + mix_2 + mix_3 = 100", name="mix"),
        CheckConstraint("grant_from >= 0 AND grant_to >= grant_from AND single_approver_limit >= 0", name="money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    organisation: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="EUR")
    time_zone: Mapped[str] = mapped_column(default="Europe/Amsterdam")
    fiscal_year_month: Mapped[int] = mapped_column(default=1)
    timebox_weeks: Mapped[int] = mapped_column(default=12)
    grant_from: Mapped[int] = mapped_column(default=15_000_00)
    grant_to: Mapped[int] = mapped_column(default=50_000_00)
    single_approver_limit: Mapped[int] = mapped_column(default=50_000_00)
    answer_days: Mapped[int] = mapped_column(default=10)
    checkin_days: Mapped[int] = mapped_column(default=7)
    silent_days: Mapped[int] = mapped_column(default=14)
    volunteers_per_running: Mapped[int] = mapped_column(default=5)
    running_floor: Mapped[int] = mapped_column(default=3)
    led_at_once: Mapped[int] = mapped_column(default=2)
    mix_1: Mapped[int] = mapped_column(default=70)
    mix_2: Mapped[int] = mapped_column(default=20)
    mix_3: Mapped[int] = mapped_column(default=10)
    effect_weeks: Mapped[int] = mapped_column(default=8)
    amounts_seen_by: Mapped[AmountsSeenBy] = mapped_column(choice(AmountsSeenBy), default=AmountsSeenBy.EVERYONE)
    two_steps_needed: Mapped[bool] = mapped_column(default=False)  # Of leaders and administrators, to sign in.
    # When the leaders heard of it; at once when it is not about who approves.
    told_at: Mapped[datetime | None]
    money_in_use: Mapped[bool] = mapped_column(default=False)  # Since the first envelope; fixes currency and calendar.

    @property
    def limit(self) -> Money:
        """What one leader may grant alone, supplements included."""
        return Money(self.single_approver_limit, self.currency)

    @property
    def usual_grant(self) -> tuple[Money, Money]:
        """The band grants usually fall in."""
        return Money(self.grant_from, self.currency), Money(self.grant_to, self.currency)

    @property
    def today(self) -> date:
        """The date it is for the organisation."""
        return clock.today(self.time_zone)

    @property
    def quarter(self) -> Quarter:
        """The quarter it is for the organisation."""
        return self.quarter_of(self.today)

    def quarter_of(self, day: date) -> Quarter:
        """The quarter a day falls in."""
        return Quarter.of(day, self.fiscal_year_month)

    def running_limit(self, volunteers: int) -> int:
        """How many experiments can run at once before attention is spread too thin: a warning, not a refusal."""
        return max(self.running_floor, volunteers // self.volunteers_per_running)

    def changed(self, changes: dict[str, Any], *, by: Actor | None, at: datetime) -> HouseRules:
        """New rules from now on.

        Raises:
            RuleBroken: they do not fit together, or the currency or the fiscal year would change under money that was
                set aside already.
        """
        before = {
            c.key: getattr(self, c.key) for c in HouseRules.__table__.columns if c.key not in ("id", "since", "told_at")
        }
        changed = sorted(key for key, value in changes.items() if before[key] != value)
        if not changed:
            return self
        if self.money_in_use and {"currency", "fiscal_year_month"} & set(changed):
            raise RuleBroken(_l("Currency and fiscal year stay as they are once an envelope has been set."))
        if obstacles := _obstacles(before | changes):
            raise RuleBroken(_l("These house rules do not fit together."), obstacles)
        db.session.info.pop("house_rules", None)
        rules = HouseRules(**before | changes, since=at, told_at=None if set(changed) & ABOUT_APPROVING else at)
        db.session.add(rules)
        record("house_rules.changed", rules, by=by, changed=changed)
        return rules


def _obstacles(said: dict[str, Any]) -> list[Obstacle]:
    """Why such rules cannot be in force."""
    shares = said["mix_1"] + said["mix_2"] + said["mix_3"]
    found = (
        (shares != 100, "mix_3", _l("The three horizons add up to 100 percent.")),
        (said["grant_to"] < said["grant_from"], "grant_to", _l("This is less than where the usual grant begins.")),
        (
            said["silent_days"] < said["checkin_days"],
            "silent_days",
            _l("This is less than the days between check-ins."),
        ),
        (
            not is_currency(said["currency"]),
            "currency",
            _l("Give the currency's three letters, for example EUR."),
        ),
        (
            said["time_zone"] not in available_timezones(),
            "time_zone",
            _l("Give the time zone by its region and city, for example Europe/Brussels."),
        ),
    )
    return [Obstacle(words, field) for holds, field, words in found if holds]


def house_rules_for_change() -> HouseRules:
    """The rules in force, locked, so that no two follow the same ones."""
    newest = select(HouseRules).order_by(HouseRules.id.desc()).limit(1)
    db.session.scalars(for_change(newest)).all()
    return db.session.scalars(newest).one()  # Asked again: others may have come while this waited for the lock.


def house_rules() -> HouseRules:
    """The rules in force now; read once a transaction, for every page asks more than once."""
    session = db.session()
    known: tuple[object, HouseRules] | None = session.info.get("house_rules")
    if known and known[0] is session.get_transaction() and known[1] in session:
        return known[1]
    rules = session.scalars(select(HouseRules).order_by(HouseRules.id.desc()).limit(1)).one()
    session.info["house_rules"] = (session.get_transaction(), rules)
    return rules
