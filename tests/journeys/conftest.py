"""Visitors: people in browsers of their own, and what every page they see has to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from portfolio.foundation import clock
from portfolio.people.person import Person
from tests.browser import cookie_of

AXE = Axe()
# Every rule of these is tried in full; only what broke one is told in full.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


class Visitor:
    """One person in a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains of, such as a broken content policy; a refusal is an answer, no complaint."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def goes_to(self, path: str) -> Visitor:
        """Open a page, which has to be reachable for everyone."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.looks()

    def looks(self) -> Visitor:
        """The page in view is accessible, fits its window and breaks no rule of its own content policy."""
        # From its top: what lies under the bar that stays in view, where an anchor led, is no smaller for a finger.
        self.page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
        found = AXE.run(self.page, options=RULES)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url
        assert self.complaints == []
        return self

    def fills(self, **answers: str) -> Visitor:
        """Type into the fields of those names."""
        for name, answer in answers.items():
            self.page.locator(f"[name={name.replace('__', '-')}]:visible").first.fill(answer)
        return self

    def picks(self, name: str, value: str) -> Visitor:
        """Choose one of a few."""
        self.page.locator(f"label:has(input[name={name}][value='{value}'])").click()
        return self

    def presses(self, label: str) -> Visitor:
        """Press the button with that label, and look at what comes."""
        self.page.get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()
        return self.looks()

    def follows(self, label: str) -> Visitor:
        """Follow the link with that label, and look at what comes."""
        self.page.get_by_role("link", name=label, exact=True).first.click()
        self.page.wait_for_load_state()
        return self.looks()

    def sees(self, *words: str) -> Visitor:
        """The page says this."""
        for word in words:
            assert self.page.get_by_text(word).first.is_visible(), f"“{word}” is not on {self.page.url}"
        return self

    def does_not_see(self, *words: str) -> Visitor:
        """The page does not say this."""
        for word in words:
            assert self.page.get_by_text(word).count() == 0, f"“{word}” is on {self.page.url}"
        return self


@pytest.fixture
def visitor(browser: Browser, live_server: str, signed_in: Callable[[Person], Any]) -> Iterator[Callable[..., Visitor]]:
    """Gives a person in a browser of their own; `phone` for a small one, `dark` for a dark one."""
    contexts = []

    def come_in(person: Person, *, phone: bool = False, dark: bool = False, language: str = "en") -> Visitor:
        context = browser.new_context(
            base_url=live_server,
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        contexts.append(context)
        context.add_cookies([cookie_of(signed_in(person), live_server)])  # type: ignore[list-item]
        return Visitor(context.new_page())

    yield come_in
    for context in contexts:
        context.close()


@pytest.fixture
def time_passes() -> Iterator[Callable[[datetime], None]]:
    """Lets the whole process live at another moment, the server's threads too."""
    entered = []

    def move(moment: datetime) -> None:
        travel = clock.set_everywhere(moment)
        travel.__enter__()
        entered.append(travel)

    yield move
    for travel in reversed(entered):
        travel.__exit__(None, None, None)
