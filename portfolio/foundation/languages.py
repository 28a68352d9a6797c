"""English and Dutch: which one a reader gets, and how money, dates and numbers are written in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from portfolio.foundation.clock import day_of, time_of

LANGUAGES = {"en": "English", "nl": "Nederlands"}
MOST_DIGITS = 24
ENGLISH = Locale("en")
DATE_PATTERNS = {"en": "EEE d MMMM", "nl": "EEE d MMMM"}

_catalogues: dict[str, Any] = {}

__all__ = ["LANGUAGES", "Lazy", "force_locale", "gettext", "lazy_gettext", "ngettext", "pgettext"]


class Lazy(LazyString):
    """Words that are made when they are shown.

    They may name what people typed, and a template escapes them like any other text: the library's own say of
    themselves that they are HTML.
    """

    def __init__(self, make: Callable[..., str], *said: Any, **values: Any) -> None:
        super().__init__(make, *said, **values)  # type: ignore[no-untyped-call]

    def __html__(self) -> str:
        return str(escape(str(self)))


def gettext(text: str, **values: Any) -> str:
    """A text in the reader's language."""
    words: str = _catalogue().gettext(text)
    return words % values if values else words


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """A text that counts, in the reader's language; `num` is one of its values."""
    words: str = _catalogue().ngettext(one, many, num)
    return words % ({"num": num} | values)


def pgettext(context: str, text: str, **values: Any) -> str:
    """A text that means something else elsewhere, in the reader's language."""
    words: str = _catalogue().pgettext(context, text)
    return words % values if values else words


def lazy_gettext(text: str, **values: Any) -> Any:
    """A text that is translated when it is shown, in the language of whoever reads it then."""
    return Lazy(gettext, text, **values)


def speak(app: Flask, chosen: Callable[[], str | None]) -> None:
    """Let the app answer in the language the person chose, else the browser's, else English.

    Args:
        chosen: the signed-in person's language, or None.
    """

    def select() -> str:
        if not has_request_context():
            return "en"
        asked = g.get("language") or chosen()
        return asked or request.accept_languages.best_match(LANGUAGES) or "en"

    Babel(app, locale_selector=select, default_translation_directories="translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().gettext(text),
        ngettext=lambda one, many, num: _catalogue().ngettext(one, many, num),
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _markup


def _markup(text: str, **values: Any) -> Markup:
    """A text for a page, in the reader's language; what is put into it is escaped.

    The library's own would look all of it up for each of the hundreds of texts of a page.
    """
    language = locale().language
    return _pattern(language, text) % values if values else _without_values(language, text)


@lru_cache(maxsize=8192)
def _pattern(language: str, text: str) -> Markup:
    return Markup(_catalogue_of(language).gettext(text))  # The catalogue's, and no person's.  # noqa: S704


@lru_cache(maxsize=8192)
def _without_values(language: str, text: str) -> Markup:
    return _pattern(language, text) % {}


def locale() -> Locale:
    """The reader's locale; English where nobody reads."""
    try:
        found = g._flask_babel.babel_locale  # Where the library keeps it; a page asks a hundred times.
    except (AttributeError, RuntimeError):
        found = get_locale()
    return found if isinstance(found, Locale) else ENGLISH


def _catalogue() -> Any:
    """The reader's catalogue. A page has hundreds of words, and the library would look for it anew for each."""
    return _catalogue_of(locale().language)


def _catalogue_of(language: str) -> Any:
    if language not in _catalogues:
        _catalogues[language] = get_translations()
    return _catalogues[language]


def date_words(day: date, *, year: bool = False) -> str:
    """A day as people say it: Fri 12 June, vr 12 juni."""
    reader = locale()
    return _day_in(day, DATE_PATTERNS.get(reader.language, "d MMMM") + (" y" if year else ""), reader)


@lru_cache(maxsize=4096)  # A page has dozens of days, and the same ones come back for everybody.
def _day_in(day: date, pattern: str, reader: Locale) -> str:
    return format_date(day, pattern, reader).replace(".", "")


def month_words(day: date) -> str:
    """The month of a day: November 2026."""
    return format_date(day, "LLLL y", locale())


def moment_words(moment: datetime, zone: str) -> str:
    """A moment in the organisation's time zone: Fri 12 June, 14:05."""
    return f"{date_words(day_of(moment, zone))}, {time_of(moment, zone)}"


def ended(sentence: str) -> str:
    """A text with a full stop, so that another sentence can follow; nothing stays nothing."""
    text = sentence.strip()
    return text if not text or text[-1] in ".!?…:" else f"{text}."


def number_words(number: Decimal | int) -> str:
    """A number with the reader's separators, without needless zeros."""
    return _number_in(number, locale())


@lru_cache(maxsize=4096)
def _number_in(number: Decimal | int, reader: Locale) -> str:
    return format_decimal(number, locale=reader, decimal_quantization=False)


def read_number(text: str) -> Decimal:
    """A number as the reader's language writes it; never a guess.

    Raises:
        ValueError: it is no number, or could be two.
    """
    typed = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not typed.isascii() or any(mark not in "0123456789.,-" for mark in typed):
        raise ValueError(text)
    if not 0 < sum(map(str.isdigit, typed)) <= MOST_DIGITS:  # Beyond them, the library that parses stumbles.
        raise ValueError(text)
    try:
        return parse_decimal(typed, locale=locale(), strict=True)
    except NumberFormatError as error:
        raise ValueError(text) from error
