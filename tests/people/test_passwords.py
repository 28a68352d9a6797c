"""One-time links by which somebody chooses a password, and the mail that brings them."""

from __future__ import annotations

import dataclasses
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from config import Settings
from portfolio import create_app
from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.people.password_link import LinkKind, PasswordLink
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_leader, a_person, an_administrator, at, deactivated, here, last_action, last_line, reading

SignIn = Callable[[Person], Browser]
NEW = "a new password for tests"
CHOSEN = {"password": NEW, "again": NEW}


class Postbox:
    """A mail server for a test: keeps what it is given, or refuses all."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        if self.refuses:
            return "451 Try again later"
        self.mails.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def link(self) -> str:
        """The path of the link in the mail that came last."""
        found = re.search(r"http://\S+?(/password/\S+)", self.mails[-1].get_content())
        assert found is not None
        return found[1]


@pytest.fixture(scope="module")
def post_office() -> Iterator[Postbox]:
    """A real mail server on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Postbox(port)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(scope="module")
def mailing_app(settings: Settings, post_office: Postbox) -> Flask:
    """The app as it is set up where there is a mail server; carries out the jobs of the one under test."""
    return create_app(
        dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_security="none")
    )


@pytest.fixture
def post(app: Flask, mailing_app: Flask, post_office: Postbox) -> Iterator[Postbox]:
    """The mail server's box, empty; `work(post)` lets the jobs run that fill it."""
    post_office.mails.clear()
    post_office.refuses = False
    yield post_office
    with mailing_app.app_context():
        db.engine.dispose()


@pytest.fixture
def work(mailing_app: Flask) -> Callable[[], int]:
    """Carries out what waits; gives how many jobs there were."""
    return lambda: mailing_app.extensions["jobs"].carry_out_waiting()  # type: ignore[no-any-return]


def a_link(person: Person, kind: LinkKind = LinkKind.INVITATION) -> str:
    """The path of a link for somebody."""
    with write_tx() as moment:
        _, token = PasswordLink.make(here(person), kind, at=moment)
    return f"/password/{token}"


# By mail ------------------------------------------------------------------------------------------------------------


def test_somebody_new_is_invited_by_mail_and_comes_in(
    app: Flask, signed_in: SignIn, client: Browser, post: Postbox, work: Callable[[], int]
) -> None:
    answer = signed_in(an_administrator()).post(
        "/people", data={"name": "Esmée Özdemir", "email": "Esmee@Company.Example", "unit": "0"}
    )
    assert answer.status_code == 303
    assert post.mails == []

    assert work() == 1

    (mail,) = post.mails
    assert mail["To"] == "Esmée Özdemir <esmee@company.example>"
    assert "Esmée Özdemir" in mail.get_content()
    assert client.get(post.link()).status_code == 200
    assert client.post(post.link(), data=CHOSEN).status_code == 303
    assert client.get("/account").status_code == 200


def test_the_invitation_is_written_in_the_new_person_s_language_and_on_one_subject_line(
    app: Flask, post: Postbox, work: Callable[[], int]
) -> None:
    person = a_person(name="Bram\r\nBcc: all@company.example")
    app.extensions["jobs"].put("people.invite", person.id)
    work()

    (mail,) = post.mails
    assert mail["Bcc"] is None
    assert len(mail.get_all("To") or []) == 1


def test_a_refused_mail_is_tried_again(app: Flask, post: Postbox, work: Callable[[], int], mailing_app: Flask) -> None:
    person = a_person()
    post.refuses = True
    app.extensions["jobs"].put("people.invite", person.id)

    work()

    assert post.mails == []
    assert mailing_app.extensions["jobs"].huey.scheduled_count() == 1


def test_whoever_was_added_and_never_got_a_mail_is_found_by_the_chores(
    app: Flask, post: Postbox, mailing_app: Flask
) -> None:
    moment = clock.now()
    with at(moment - timedelta(minutes=6)):
        a_person(email="waiting@company.example")
    with at(moment - timedelta(minutes=6)):
        deactivated(a_person(email="gone@company.example"))
    a_person(email="new@company.example")

    for _ in range(2):
        mailing_app.extensions["jobs"].do_chores()

    assert [mail["To"].addresses[0].addr_spec for mail in post.mails] == ["waiting@company.example"]


def test_who_has_a_password_is_not_invited_again(
    app: Flask, signed_in: SignIn, post: Postbox, work: Callable[[], int]
) -> None:
    person = a_person()
    signed_in(person)
    app.extensions["jobs"].put("people.invite", person.id)

    work()
    assert post.mails == []


@pytest.mark.parametrize("maker", [a_person, a_leader])
def test_only_an_administrator_invites(
    app: Flask, signed_in: SignIn, post: Postbox, work: Callable[[], int], maker: Callable[[], Person]
) -> None:
    browser, waiting = signed_in(maker()), a_person()

    assert browser.post("/people", data={"name": "X", "email": "x@company.example", "unit": "0"}).status_code == 403
    assert browser.post(f"/people/{waiting.handle}/invitation").status_code == 403
    assert work() == 0


def test_asking_for_a_new_password_gets_the_same_answer_for_everyone(
    app: Flask, client: Browser, post: Postbox, work: Callable[[], int]
) -> None:
    known, gone = a_person(email="known@company.example"), deactivated(a_person(email="gone@company.example"))
    pages = set()
    for email in (known.email, gone.email, "nobody@company.example"):
        answer = client.post("/password", data={"email": email})
        assert answer.status_code == 200
        pages.add(re.sub(r'"[\w.\-]{20,}"', "", answer.text).replace(email, ""))

    assert len(pages) == 1
    assert work() == 3
    assert [mail["To"].addresses[0].addr_spec for mail in post.mails] == ["known@company.example"]


def test_a_reset_by_mail_sets_the_password_and_ends_all_sessions(
    app: Flask, signed_in: SignIn, client: Browser, post: Postbox, work: Callable[[], int]
) -> None:
    person = a_person()
    browser = signed_in(person)
    client.post("/password", data={"email": person.email.upper()})
    work()

    assert client.post(post.link(), data=CHOSEN).status_code == 303

    assert browser.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
    fresh: Browser = app.test_client()  # type: ignore[assignment]
    assert fresh.post("/sign-in", data={"email": person.email, "password": NEW}).status_code == 302


# The links ----------------------------------------------------------------------------------------------------------


def test_a_link_that_opens_an_account_is_on_the_trail_from_the_start(app: Flask) -> None:
    person = a_person()

    for kind in LinkKind:
        a_link(person, kind)
        line = last_line()
        assert (line.action, line.subject_id, line.details) == ("person.link_made", person.id, {"kind": kind.value})


def test_a_link_works_once(app: Flask, client: Browser) -> None:
    link = a_link(a_person())
    client.post(link, data=CHOSEN)
    other: Browser = app.test_client()  # type: ignore[assignment]

    assert other.get(link).status_code == 409
    answer = other.post(link, data={"password": "yet another password", "again": "yet another password"})
    assert answer.status_code == 409
    assert other.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("kind", "lives"), [(LinkKind.INVITATION, timedelta(days=14)), (LinkKind.RESET, timedelta(hours=2))]
)
def test_a_link_is_too_old_at_some_moment(app: Flask, client: Browser, kind: LinkKind, lives: timedelta) -> None:
    made = clock.now()
    with at(made):
        link = a_link(a_person(), kind)

    with at(made + lives - timedelta(seconds=1)):
        assert client.get(link).status_code == 200
    with at(made + lives):
        assert client.get(link).status_code == 409
        assert client.post(link, data=CHOSEN).status_code == 409


def test_a_newer_link_of_a_kind_ends_the_older_and_no_other_kind(app: Flask, client: Browser) -> None:
    person = a_person()
    invitation, older, newer = a_link(person), a_link(person, LinkKind.RESET), a_link(person, LinkKind.RESET)

    assert [client.get(link).status_code for link in (invitation, older, newer)] == [200, 409, 200]


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "..%2f..", "é"])
def test_a_link_nobody_made_opens_nothing(app: Flask, client: Browser, token: str) -> None:
    assert client.get(f"/password/{token}").status_code in (404, 409)
    assert client.post(f"/password/{token}", data=CHOSEN).status_code in (404, 409)


def test_the_link_of_an_ended_account_opens_nothing(app: Flask, client: Browser) -> None:
    person = a_person()
    link = a_link(person)
    deactivated(person)

    assert client.post(link, data=CHOSEN).status_code == 409
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "chosen",
    [
        {"password": "", "again": ""},
        {"password": "short", "again": "short"},
        {"password": NEW, "again": "something else"},
        {"password": "x" * 129, "again": "x" * 129},
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_as_it_was(
    app: Flask, client: Browser, chosen: dict[str, str]
) -> None:
    link = a_link(a_person())

    refused = client.post(link, data=chosen)
    assert refused.status_code == 422
    assert "another look" in refused.text
    assert client.post(link, data=CHOSEN).status_code == 303


def test_only_the_hash_of_a_link_is_kept(app: Flask) -> None:
    token = a_link(a_person()).removeprefix("/password/")

    with reading():
        (link,) = db.session.scalars(db.select(PasswordLink)).all()
    assert token not in vars(link).values()


def test_choosing_a_password_is_on_the_trail(app: Flask, client: Browser) -> None:
    client.post(a_link(a_person()), data=CHOSEN)

    assert last_action() == "person.signed_in"
