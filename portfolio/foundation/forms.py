"""What forms have in common: the one-use key, fields that read money and numbers strictly, words for what is wrong."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from flask import current_app, g
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import DateField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField, widgets
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from portfolio.foundation.acting import keep
from portfolio.foundation.errors import Conflict, Refusal, Unprocessable
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import locale, number_words, read_number
from portfolio.foundation.money import Money
from portfolio.foundation.rich_text import TYPED_LIMIT

BREAKS = re.compile(r"[\t\n\x85\u2028\u2029]+")
TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # They write what comes after them backwards.
OTHER_KEY = re.compile(r"-?[0-9]{1,12}[.,][0-9]{1,2}")


@cache
def _library_words(language: str) -> Any:
    return get_translations([language])


class Form(FlaskForm):
    """A form of Tandem: carries a key that lets it act once, and can be refused as a whole."""

    class Meta(FlaskForm.Meta):
        """What all of them have in common."""

        def get_translations(self, form: Any) -> Any:  # noqa: ARG002
            """The library's own words in the reader's language, looked up once a language and not once a page."""
            return _library_words(locale().language)

    request_key = HiddenField(default=lambda: uuid.uuid4().hex)
    refusal: Refusal | None = None

    def hold(self, page: Callable[[], ResponseReturnValue]) -> None:
        """Go on only when the form's shape is right; `page` shows it again with what was typed.

        Raises:
            Unprocessable: a field needs another look; the page says which and why.
        """
        keep(self, page)
        if not self.validate():
            raise Unprocessable


class Reading(Form):
    """A form that changes what somebody looked at, and says what that was when it was opened."""

    read = HiddenField()

    def shows(self, version: str) -> None:
        """Say of which version it is made: when it is opened, and when it comes back because there is a newer one."""
        if self.read.data is None or isinstance(self.refusal, Conflict):
            self.read.data = version


def show_version(version: str, *forms: Reading | None) -> None:
    """Say of each form of a page, as far as there is one, of which version it is made."""
    for form in forms:
        if form is not None:
            form.shows(version)


class Text(StringField):
    """One line of text, without the blanks around it."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        self.data = clean_line(valuelist[0]) if valuelist else self.data


class LongText(TextAreaField):
    """Some paragraphs of text."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        self.data = clean(valuelist[0]) if valuelist else self.data


class Pick(RadioField):
    """One of a few, each with a button."""

    def pre_validate(self, form: Any) -> None:
        """Say what to do when none was chosen."""
        _choose_one(super(), form)


class Options(widgets.Select):
    """The list of a select, plain where an option is plain: there can be hundreds."""

    @classmethod
    def render_option(cls, choice: Any, **attributes: Any) -> Markup:
        """One option."""
        if attributes or choice.render_kw:
            return Markup(super().render_option(choice, **attributes))  # Escaped there.  # noqa: S704
        chosen = " selected" if choice.selected else ""
        value, label = escape(str(choice.value)), escape(choice.label or choice.value)
        return Markup(f'<option{chosen} value="{value}">{label}</option>')  # Escaped just now.  # noqa: S704


class Select(SelectField):
    """One of many, in a list."""

    widget = Options()

    def pre_validate(self, form: Any) -> None:
        """Say what to do when it is none of them."""
        _choose_one(super(), form)


def chosen(value: Any) -> int | None:
    """The number of whom or what was chosen in a list that begins with nobody."""
    return int(value) if value else None


def _choose_one(field: Any, form: Any) -> None:
    try:
        field.pre_validate(form)
    except ValidationError as error:
        raise ValidationError(_("Choose one of these.")) from error


class Number(Field):
    """A number in the reader's language, exactly as typed until it can be read."""

    data: Any
    typed = ""
    example = Decimal(29)

    def _value(self) -> str:
        if self.typed or self.data is None:
            return self.typed
        return number_words(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number.

        Raises:
            ValueError: says how to write one.
        """
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if self.typed:
            try:
                self.data = self.read(self.typed)
            except ValueError as error:
                raise ValueError(self.advice()) from error

    def read(self, typed: str) -> Any:
        """What the text says.

        A telephone has one decimal key, by its region and not by the language of the page. Before one or two last
        digits a mark can only be that, as thousands come in threes. Money is read more strictly.
        """
        return read_number(typed) if not OTHER_KEY.fullmatch(typed) else Decimal(typed.replace(",", "."))

    def advice(self) -> str:
        """How to write it."""
        return _("Give this as a number, for example %(example)s.", example=number_words(self.example))


class WholeNumber(Number):
    """A count."""

    def read(self, typed: str) -> int:
        """What the text says; no decimals."""
        number = read_number(typed)
        if int(number.as_tuple().exponent) < 0:  # 1.000 may be a thousand to one reader and one to another.
            raise ValueError(typed)
        return int(number)

    def advice(self) -> str:
        """How to write it."""
        return _("Give this as a whole number, for example %(example)s.", example=6)


class Amount(Number):
    """An amount of money in the organisation's currency."""

    @property
    def currency(self) -> str:
        """The organisation's currency, looked up once a request."""
        if "currency" not in g:
            g.currency = current_app.extensions["currency"]()
        return str(g.currency)

    def _value(self) -> str:
        if self.typed or self.data is None:
            return self.typed
        return number_words(self.data.amount)

    def read(self, typed: str) -> Money:
        """What the text says, in the field's currency."""
        return Money.read(typed, self.currency)

    def advice(self) -> str:
        """How to write it."""
        return _("Give the amount in figures, for example %(example)s.", example=number_words(Decimal(15000)))


class Day(DateField):
    """A day, from the browser's own calendar."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the day, and say how to write one that cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Give the day as year, month and day, for example 2026-09-25.")) from error


class Needed(InputRequired):
    """The field must be filled in; says what to write."""

    def __init__(self, words: Any = None) -> None:
        super().__init__(words or _l("Fill this in."))

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ARG002
        if field.errors:
            raise StopValidation  # What was typed could not be read, and that is said already.
        if field.data is None or field.data in ("", []):
            raise StopValidation(str(self.message))


class InRange:
    """A number or amount between two bounds, both allowed."""

    def __init__(self, lowest: Any, highest: Any, words: Any) -> None:
        self.lowest, self.highest, self.words = lowest, highest, words

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ARG002
        value = field.data.minor if isinstance(field.data, Money) else field.data
        if value is not None and not self.lowest <= value <= self.highest:
            raise StopValidation(str(self.words))


def short(most: int = 120) -> Length:
    """At most so many letters."""
    return Length(max=most, message=_l("Keep this under %(most)s letters.", most=most))


def long() -> Length:
    """At most as much as a person may type."""
    return Length(max=TYPED_LIMIT, message=_l("Keep this under %(most)s letters.", most=TYPED_LIMIT))


def optional() -> Optional:
    """The field may stay empty."""
    return Optional()


def clean(text: str) -> str:
    """Text without blanks around it and without characters that no person types."""
    kept = "".join(c for c in text if c in "\n\t" or ((c.isprintable() or ord(c) > 127) and c != "\r"))
    return kept.encode("utf-8", "ignore").decode().strip()


def clean_line(text: str) -> str:
    """The same on one line, and without what turns the words around it, on whatever page they stand."""
    return TURNS.sub("", BREAKS.sub(" ", clean(text))).strip()
