"""What a name or a title holds stays in its place: one head of a mail, one receiver, one line of a log."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from config import Settings
from portfolio import create_app
from portfolio.foundation import mail
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.factories import a_person, a_proposal_form, reading

HEADS = {"From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
ENCODED = "=?utf-8?q?=0D=0ABcc:_thief@evil.example?="
TRICKS = [
    "\r\nBcc: thief@evil.example",
    "\nBcc: thief@evil.example\n\nAnother body",
    "\rX-Evil: 1",
    "\r\n\r\n<script>",
    "\r\n.\r\nMAIL FROM:<thief@evil.example>",
    "\x00Bcc: thief@evil.example",
    "\x0b\x0c\x1c\x1d\x1e\x85Bcc: thief@evil.example",
    "\N{LINE SEPARATOR}Bcc: thief@evil.example",
    "\N{PARAGRAPH SEPARATOR}Bcc: thief@evil.example",
    "\N{RIGHT-TO-LEFT OVERRIDE}elpmaxe.live@feiht\N{POP DIRECTIONAL FORMATTING}",
    "\N{ZERO WIDTH SPACE}\N{WORD JOINER}",
    ENCODED,
    "=?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?=",
    '", "Thief" <thief@evil.example>, "',
    "<thief@evil.example>,",
    "(a comment) thief@evil.example;",
    "undisclosed: thief@evil.example;",
]


class Postbox:
    """A mail server that keeps what it is given, and for whom."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        self.mails.append((list(envelope.rcpt_tos), message))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture(scope="module")
def post_office() -> Iterator[tuple[Postbox, int]]:
    """A real mail server on loopback, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.mark.parametrize("trick", TRICKS)
def test_a_name_or_a_subject_adds_no_head_and_no_receiver(
    settings: Settings, post_office: tuple[Postbox, int], trick: str
) -> None:
    box, port = post_office
    box.mails.clear()
    here = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")

    mail.send(here, to="noor@company.example", name=f"Noor{trick}", subject=f"A place at{trick}", body=f"Hello {trick}")

    ((receivers, message),) = box.mails
    assert receivers == ["noor@company.example"]
    assert [address.addr_spec for address in message["To"].addresses] == ["noor@company.example"]
    assert set(message.keys()) <= HEADS
    assert len(message.keys()) == len(set(message.keys()))
    assert message["Subject"].startswith("A place at")


def test_without_the_guard_an_encoded_word_adds_a_head(
    settings: Settings, post_office: tuple[Postbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the library looks itself, as later releases of Python do: then it refuses."""
    box, port = post_office
    box.mails.clear()
    here = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    monkeypatch.setattr(mail, "_one_line", lambda text: text)

    with contextlib.suppress(MessageError):
        mail.send(here, to="noor@company.example", name="Noor", subject=ENCODED, body="Hello")

    assert all("Bcc" in message for _receivers, message in box.mails)


@pytest.mark.parametrize(
    "to", ["noor@company.example\r\nBcc: a@b.example", "noor@company.example\nX: 1", "a b@c.example\r"]
)
def test_an_address_of_two_lines_is_sent_nothing(settings: Settings, post_office: tuple[Postbox, int], to: str) -> None:
    box, port = post_office
    box.mails.clear()
    here = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")

    with pytest.raises(ValueError, match=r".+"):
        mail.send(here, to=to, name="Noor", subject="A place", body="Hello")

    assert box.mails == []


@pytest.mark.parametrize("trick", TRICKS)
def test_a_mail_on_the_console_has_one_line_for_each_head(
    settings: Settings, capsys: pytest.CaptureFixture[str], trick: str
) -> None:
    console = dataclasses.replace(settings, smtp_host="")

    mail.send(console, to="noor@company.example", name=f"Noor{trick}", subject=f"A place{trick}", body="Hello")

    _blank, _title, *heads = capsys.readouterr().err.split("\n\n")[0].splitlines()
    assert [line.split(":")[0] for line in heads] == ["From", "To", "Subject"]


@pytest.fixture
def broken_app(settings: Settings, app: Flask) -> Iterator[Flask]:
    """An app as it is served, with a page that breaks."""
    served = create_app(dataclasses.replace(settings, testing=False))
    served.config["TESTING"] = False

    def breaks() -> str:
        raise RuntimeError("It broke.")

    served.before_request_funcs[None] = [breaks]
    yield served
    with served.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "path", ["/a%0a2026-01-01%20ERROR%20made%20up", "/a%0d%0aERROR", "/a%e2%80%a8ERROR", "/a%1b[2J"]
)
def test_an_address_that_broke_is_one_line_of_the_log(
    broken_app: Flask, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert broken_app.test_client().get(path).status_code == 500

    said = [record.getMessage() for record in caplog.records if record.name.startswith("portfolio")]
    assert len(said) == 1
    assert said[0].isprintable()


@pytest.mark.parametrize("trick", TRICKS[:10])
def test_a_title_is_one_line_that_turns_nothing_around_it(
    app: Flask, signed_in: Callable[[Person], Browser], trick: str
) -> None:
    """A field of one line keeps one, though a program can send more, through either door."""
    person = a_person()
    typed = f"Can planners{trick} quote?"

    signed_in(person).post("/experiments", data=a_proposal_form(title=typed))
    sent = Program(app, a_token(person)).post("/experiments", {"title": typed})
    assert sent.status_code == 201

    with reading():
        titles = db.session.scalars(select(Experiment.title)).all()
    assert len(titles) == 2
    for title in titles:
        assert len(title.splitlines()) == 1
        assert not set(title) & set("\t\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        assert title.startswith("Can planners")
        assert title.endswith("quote?")
