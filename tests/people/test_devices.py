"""Where somebody is signed in: they see it, they end it, and everything ends at once when their authority does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.foundation.database import write_tx
from portfolio.people import password_link, person, sign_in
from portfolio.people.password_link import LinkKind, PasswordLink
from portfolio.people.person import Person, RoleName
from portfolio.people.sign_in import browser_words
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import a_leader, a_person, an_administrator, here, last_action, with_roles

SignIn = Callable[[Person], Browser]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
EDGE = CHROME + " Edg/126.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


def is_signed_in(browser: Browser) -> bool:
    """Whether this browser reads what needs signing in."""
    return browser.get("/account").status_code == 200


def number_of(browser: Browser) -> int:
    """The number of the other device, as this browser's page shows it."""
    page = browser.get("/account/signing-in").text
    return int(page.split("/account/devices/")[1].split("/")[0])


def a_link(to: Person, kind: LinkKind) -> str:
    """A link for a new password that is on its way."""
    with write_tx() as moment:
        return PasswordLink.make(here(to), kind, at=moment)[1]


def opens(browser: Browser, token: str) -> bool:
    """Whether a link lets somebody choose a password."""
    return browser.get(f"/password/{token}").status_code == 200


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (CHROME, "Chrome, Windows"),
        (EDGE, "Edge, Windows"),
        (SAFARI, "Safari, iPhone"),
        ("curl/8", ""),
        ("<script>Firefox/", "Firefox"),
    ],
)
def test_a_browser_is_known_by_a_plain_word(says: str, words: str) -> None:
    assert browser_words(says) == words


def test_people_see_where_they_are_signed_in(app: Flask, signed_in: SignIn) -> None:
    someone = a_person()
    browser = signed_in(someone)
    signed_in(someone)
    signed_in(a_person())

    page = browser.get("/account/signing-in").text

    assert page.count("/ending") == 2, "One other device, and the button for all others."
    assert "this device, now" in page


def test_they_end_one(app: Flask, signed_in: SignIn) -> None:
    someone = a_person()
    browser, lost = signed_in(someone), signed_in(someone)

    assert browser.post(f"/account/devices/{number_of(browser)}/ending").status_code == 303

    assert not is_signed_in(lost)
    assert is_signed_in(browser)
    assert last_action() == "person.device_ended"


def test_they_end_all_others(app: Flask, signed_in: SignIn) -> None:
    someone = a_person()
    browser, *others = (signed_in(someone) for _ in range(3))

    browser.post("/account/devices/ending")

    assert is_signed_in(browser)
    assert not any(is_signed_in(other) for other in others)


def test_nobody_ends_somebody_else_s(app: Flask, signed_in: SignIn) -> None:
    someone = a_person()
    theirs, _second, mine = signed_in(someone), signed_in(someone), signed_in(a_person())

    answer = mine.post(f"/account/devices/{number_of(theirs)}/ending")

    assert answer.status_code == mine.post("/account/devices/4711/ending").status_code == 404
    assert is_signed_in(theirs)


def test_an_administrator_signs_somebody_out_everywhere_and_nobody_else_does(app: Flask, signed_in: SignIn) -> None:
    someone = a_person()
    theirs = signed_in(someone)

    assert signed_in(a_leader()).post(f"/people/{someone.handle}/devices/ending").status_code == 403
    assert is_signed_in(theirs)
    assert signed_in(an_administrator()).post(f"/people/{someone.handle}/devices/ending").status_code == 303
    assert not is_signed_in(theirs)
    assert is_signed_in(signed_in(someone))


def test_a_deactivated_person_s_links_stay_shut_when_the_account_opens_again(
    app: Flask, signed_in: SignIn, client: Browser
) -> None:
    someone, administrator = a_person(), signed_in(an_administrator())
    links = [a_link(someone, kind) for kind in LinkKind]
    assert all(opens(client, link) for link in links)

    administrator.post(f"/people/{someone.handle}/deactivation")
    administrator.post(f"/people/{someone.handle}/reactivation")

    assert not any(opens(client, link) for link in links)


def test_a_role_taken_away_shuts_the_link_for_a_new_password(app: Flask, client: Browser) -> None:
    leader = a_leader()
    link, invitation = a_link(leader, LinkKind.RESET), a_link(leader, LinkKind.INVITATION)

    with_roles(leader, RoleName.FACILITATOR)

    assert not opens(client, link)
    assert opens(client, invitation), "Whoever has not come in yet still may."


def test_a_new_password_shuts_every_other_way(app: Flask, signed_in: SignIn, client: Browser) -> None:
    someone = a_person()
    browser, other = signed_in(someone), signed_in(someone)
    link = a_link(someone, LinkKind.RESET)
    new = "another password for tests"

    browser.post("/account/password", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new})

    assert is_signed_in(browser)
    assert not is_signed_in(other)
    assert not opens(client, link)


def test_a_password_chosen_through_a_link_shuts_every_other_way(app: Flask, signed_in: SignIn, client: Browser) -> None:
    someone = a_person()
    browsers = [signed_in(someone), signed_in(someone)]
    link, invitation = a_link(someone, LinkKind.RESET), a_link(someone, LinkKind.INVITATION)
    new = "another password for tests"

    assert client.post(f"/password/{link}", data={"password": new, "again": new}).status_code == 303

    assert not any(is_signed_in(browser) for browser in browsers)
    assert not opens(client, invitation)
    assert is_signed_in(client)


def test_control_a_way_that_says_nothing_of_itself_stays_open(
    app: Flask, signed_in: SignIn, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "DOORS", [])
    leader = a_leader()
    link = a_link(leader, LinkKind.RESET)

    with_roles(leader, RoleName.FACILITATOR)

    assert opens(client, link)


def test_control_a_session_that_is_not_ended_goes_on_without_the_role(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = a_leader()
    browser = signed_in(leader)
    monkeypatch.setattr(Person, "end_sessions", lambda _: None)

    with_roles(leader, RoleName.FACILITATOR)

    assert is_signed_in(browser)


def test_every_way_in_is_shut_by_the_one_mechanism() -> None:
    closers = {close.__module__ for close in person.DOORS}

    assert closers >= {password_link.__name__, sign_in.__name__}
