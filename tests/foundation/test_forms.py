"""Fields: a number is read as its keyboard writes it, and never guessed."""

from __future__ import annotations

import pytest
from flask import Flask

from portfolio.foundation.forms import Number
from portfolio.foundation.languages import force_locale


def read(typed: str, language: str) -> str:
    """What a field for a number makes of it; empty for nothing."""
    with force_locale(language):
        field = Number().bind(None, "value", _meta=type("Meta", (), {"locales": None}))  # type: ignore[arg-type]
        try:
            field.process_formdata([typed])
        except ValueError:
            return ""
        return str(field.data)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("typed", ["9,5", "9.5", "12,25", "12.25", "-0,5"])
def test_either_decimal_key_of_a_telephone_will_do(app: Flask, language: str, typed: str) -> None:
    assert read(typed, language) == typed.replace(",", ".")


@pytest.mark.parametrize(
    ("language", "typed", "number"), [("en", "1,234", "1234"), ("nl", "1.234", "1234"), ("en", "1.234,5", "")]
)
def test_thousands_are_what_the_language_says(app: Flask, language: str, typed: str, number: str) -> None:
    assert read(typed, language) == number
