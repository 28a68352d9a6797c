"""Two languages from the first string: a page speaks the reader's, whole."""

from __future__ import annotations

import pytest

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
