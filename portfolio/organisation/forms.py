"""Forms for units and house rules."""

from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portfolio.foundation.forms import Amount, Form, InRange, Needed, Select, Text, WholeNumber, short
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import LARGEST, Money, decimals, is_currency
from portfolio.organisation.house_rules import AmountsSeenBy

MONTHS = [
    *(_l("January"), _l("February"), _l("March"), _l("April"), _l("May"), _l("June")),
    *(_l("July"), _l("August"), _l("September"), _l("October"), _l("November"), _l("December")),
]


class UnitForm(Form):
    """A unit's name."""

    name = Text(_l("Name of the unit"), validators=[Needed(_l("Give the unit a name.")), short()])


def _days(label: object) -> WholeNumber:
    return WholeNumber(label, validators=[Needed(), InRange(1, 365, _l("Choose 1 to 365 days."))])


def _money(label: object) -> Amount:
    return Amount(label, validators=[Needed(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))])


def _share(label: object) -> WholeNumber:
    return WholeNumber(label, validators=[Needed(), InRange(0, 100, _l("Choose 0 to 100."))])


class HouseRulesForm(Form):
    """The organisation's limits, rhythm, money and calendar."""

    organisation = Text(_l("Name of the organisation"), validators=[Needed(), short()])
    timebox_weeks = WholeNumber(
        _l("Longest timebox, in weeks"), validators=[Needed(), InRange(1, 52, _l("Choose 1 to 52 weeks."))]
    )
    grant_from = _money(_l("Usual grant, from"))
    grant_to = _money(_l("Usual grant, to"))
    single_approver_limit = _money(_l("One leader alone grants up to"))
    answer_days = _days(_l("Working days within which a proposal is answered"))
    checkin_days = _days(_l("Days between check-ins"))
    silent_days = _days(_l("Days after which an experiment is called silent"))
    volunteers_per_running = WholeNumber(
        _l("Volunteers for each running experiment"), validators=[Needed(), InRange(1, 1000, _l("Choose 1 or more."))]
    )
    led_at_once = WholeNumber(
        _l("Running experiments one person leads at most"), validators=[Needed(), InRange(1, 50, _l("Choose 1 to 50."))]
    )
    mix_1 = _share(_l("Today, percent"))
    mix_2 = _share(_l("Tomorrow, percent"))
    mix_3 = _share(_l("The day after, percent"))
    effect_weeks = WholeNumber(
        _l("Weeks after which an effect is measured again"),
        validators=[Needed(), InRange(1, 104, _l("Choose 1 to 104 weeks."))],
    )
    amounts_seen_by = Select(
        _l("Amounts of money are seen by"),
        choices=[
            SelectChoice(AmountsSeenBy.EVERYONE.value, _l("Everyone")),
            SelectChoice(AmountsSeenBy.INVOLVED.value, _l("Leaders, facilitators, the sponsor and the team")),
        ],
    )
    two_steps_needed = BooleanField(_l("Leaders and administrators need a second step to sign in"))
    currency = Text(_l("Currency"), validators=[Needed()])
    time_zone = Text(_l("Time zone"), validators=[Needed(), short(60)])
    fiscal_year_month = Select(
        _l("The fiscal year starts in"),
        choices=[SelectChoice(number, name) for number, name in enumerate(MONTHS, 1)],
        coerce=int,
    )

    def validate_currency(self, field: Text) -> None:
        """A code of ISO 4217."""
        field.data = (field.data or "").upper()
        if not is_currency(field.data):
            raise ValidationError(_("Give the currency's three letters, for example EUR."))

    def validate_time_zone(self, field: Text) -> None:
        """A name of the IANA database."""
        if field.data not in available_timezones():
            raise ValidationError(_("Give the time zone by its region and city, for example Europe/Brussels."))

    def validate_silent_days(self, field: WholeNumber) -> None:
        """Nobody is silent before the next check-in is due."""
        if field.data is not None and self.checkin_days.data is not None and field.data < self.checkin_days.data:
            raise ValidationError(_("This is less than the days between check-ins."))

    def validate_mix_3(self, field: WholeNumber) -> None:
        """Together the shares are everything."""
        if (self.mix_1.data or 0) + (self.mix_2.data or 0) + (field.data or 0) != 100:
            raise ValidationError(_("The three horizons add up to 100 percent."))

    def validate_grant_to(self, field: Amount) -> None:
        """The band has its ends in order."""
        if field.data is not None and self.grant_from.data is not None and field.data < self.grant_from.data:
            raise ValidationError(_("This is less than where the usual grant begins."))

    def changes(self) -> dict[str, object]:
        """What the form says, as columns of the house rules."""
        skipped = ("csrf_token", "request_key")
        said = {field.name: field.data for field in self if field.name not in skipped}
        for name in ("grant_from", "grant_to", "single_approver_limit"):  # Typed in the currency that is new, too.
            said[name] = Money.of(round(said[name].amount, decimals(said["currency"])), said["currency"]).minor
        return said | {"amounts_seen_by": AmountsSeenBy(said["amounts_seen_by"])}
