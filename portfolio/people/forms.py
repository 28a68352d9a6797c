"""Forms for people and their accounts."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, HiddenField, PasswordField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, Length, ValidationError

from portfolio.foundation.forms import Form, InRange, Needed, Select, Text, WholeNumber, short
from portfolio.foundation.languages import LANGUAGES
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.unit import Unit
from portfolio.people.person import RoleName
from portfolio.people.token import Scope

PASSWORD_FROM, PASSWORD_TO = 12, 128
PLAIN_ROLES = [role for role in RoleName if role is not RoleName.OPERATIONS_OWNER]


def _email() -> Text:
    return Text(_l("E-mail address"), validators=[Needed(_l("Give the e-mail address.")), short(254)])


def _units(empty: object) -> Select:
    return Select(_l("Unit"), coerce=int, default=0, choices=[SelectChoice(0, empty)])


def offer_units(field: Select, units: list[Unit]) -> None:
    """Let a choice offer these units, after the empty one."""
    field.choices = [field.choices[0], *(SelectChoice(unit.id, unit.name) for unit in units)]


class WithEmail:
    """Checks an e-mail address by its form."""

    def validate_email(self, field: Text) -> None:
        """An address as mail knows them."""
        try:
            field.data = validate_email(field.data, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValidationError(_("Give the whole address, for example noor@company.example.")) from error


class RolesForm(Form):
    """Which roles somebody holds."""

    roles = SelectMultipleField(
        _l("Roles beside volunteer"), choices=[SelectChoice(role.value, role.label) for role in PLAIN_ROLES]
    )
    owns = SelectMultipleField(_l("Operations owner of"), coerce=int)

    def role_names(self) -> set[RoleName]:
        """The roles that were ticked."""
        return {RoleName(value) for value in self.roles.data or []}


class PersonForm(WithEmail, RolesForm):
    """Somebody new."""

    name = Text(_l("Name"), validators=[Needed(_l("Give the name.")), short()])
    email = _email()
    unit = _units(_l("No unit yet"))


class AccountForm(Form):
    """What a person says about themselves."""

    name = Text(_l("Name"), validators=[Needed(_l("Give your name.")), short()])
    unit = _units(_l("No unit yet"))
    hours_a_week = WholeNumber(
        _l("Hours a week you offer to experiments"), validators=[Needed(), InRange(0, 60, _l("Choose 0 to 60 hours."))]
    )
    language = Select(
        _l("Language"),
        choices=[
            SelectChoice("", _l("As my browser says")),
            *(SelectChoice(code, name) for code, name in LANGUAGES.items()),
        ],
    )
    theme = Select(
        _l("Colours"),
        choices=[
            SelectChoice("", _l("As my device says")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )


class SignInForm(Form):
    """What is kept of a sign-in that is not even looked at."""

    email = _email()


class ProofForm(Form):
    """The password once more; sent beside the form it is asked for, so it has no key of its own."""

    request_key = None
    proof_password = PasswordField(_l("Your password"), validators=[Needed(_l("Type your password."))])


class CodeForm(Form):
    """The second step: a code, or what a device made of a passkey."""

    code = Text(_l("Code"), validators=[short(40)])
    credential = HiddenField()

    def validate_code(self, field: Text) -> None:
        """One of both is there."""
        if not field.data and not self.credential.data:
            raise ValidationError(_("Type the six digits your app shows, or one of your recovery codes."))


class FirstCodeForm(Form):
    """The first code of an app."""

    code = Text(_l("Code the app shows"), validators=[Needed(_l("Type the six digits your app shows.")), short(40)])


class PasskeyForm(Form):
    """What a device made of a passkey."""

    credential = HiddenField(validators=[Needed(_l("Your browser did not show a passkey. Try once more."))])


class NewPasskeyForm(Form):
    """A passkey with a name."""

    name = Text(
        _l("Name of the passkey"), validators=[Needed(_l("Give it a name, for example “My telephone”.")), short(60)]
    )
    credential = HiddenField(validators=[Needed(_l("Your browser did not make a passkey. Try once more."))])


class AskForResetForm(Form):
    """Where to send a link for a new password."""

    email = _email()


class PasswordForm(Form):
    """A password, typed twice."""

    password = PasswordField(
        _l("New password"),
        validators=[
            Needed(_l("Type a password.")),
            Length(PASSWORD_FROM, PASSWORD_TO, _l("Use 12 to 128 characters; a short sentence works well.")),
        ],
    )
    again = PasswordField(
        _l("Once more"), validators=[EqualTo("password", _l("The two passwords differ. Type the same one twice."))]
    )


class FirstRunForm(WithEmail, PasswordForm):
    """The first administrator."""

    code = Text(_l("One-time code"), validators=[Needed(_l("Copy the code that the console shows.")), short(80)])
    organisation = Text(_l("Name of the organisation"), validators=[Needed(), short()])
    name = Text(_l("Your name"), validators=[Needed(_l("Give your name.")), short()])
    email = _email()
    also_leader = BooleanField(_l("I decide on money too, as a leader"))


class TokenForm(Form):
    """A token for a program."""

    name = Text(_l("What uses it"), validators=[Needed(_l("Give it a name, for example the program’s.")), short()])
    scopes = SelectMultipleField(
        _l("What it is for"),
        choices=[SelectChoice(scope.value, scope.label) for scope in Scope],
        validators=[Needed(_l("Choose one or more."))],
    )
    days = Select(
        _l("How long it lives"),
        coerce=int,
        default=90,
        choices=[
            SelectChoice(30, _l("30 days")),
            SelectChoice(90, _l("90 days")),
            SelectChoice(365, _l("A year")),
        ],
    )
