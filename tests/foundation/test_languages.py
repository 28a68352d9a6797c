"""Two languages from the first string: a page speaks the reader's, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel.speaklater import LazyString

from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext
from tests.browser import Browser


@pytest.mark.parametrize(
    ("asked", "lang", "says"), [("nl-BE", "nl", "Wachtwoord"), ("en-GB", "en", "Password"), ("fr-FR", "en", "Password")]
)
def test_a_page_speaks_the_browser_s_language_else_english(client: Browser, asked: str, lang: str, says: str) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": asked}).text

    assert f'<html lang="{lang}"' in page
    assert says in page


def test_a_chosen_language_stays(client: Browser) -> None:
    client.post("/language", data={"language": "nl", "next": "/sign-in"})

    assert "Wachtwoord" in client.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_what_words_name_is_escaped_wherever_they_are_shown(app: Flask) -> None:
    """The library's own lazy texts say that they are HTML, and names would be."""
    words = lazy_gettext("%(name)s cannot take part.", name="<img src=x onerror=alert(1)>")
    refusal = RuleBroken(words, [Obstacle(words)])
    page = "{{ words }}{{ refusal.words }}{% for one in refusal.obstacles %}{{ one.words }}{{ one }}{% endfor %}"

    shown = app.jinja_env.from_string(page).render(words=words, refusal=refusal)

    assert "<" not in shown
    assert shown.count("&lt;img src=x onerror=alert(1)&gt; cannot take part.") == 4
    theirs = LazyString(lambda: str(words))  # type: ignore[no-untyped-call]
    assert "<img" in app.jinja_env.from_string("{{ words }}").render(words=theirs)  # The control.


def test_no_text_of_the_library_s_own_is_shown(root: Path) -> None:
    using = [path.name for path in (root / "portfolio").rglob("*.py") if "LazyString" in path.read_text()]

    assert using == ["languages.py"]
