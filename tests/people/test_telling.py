"""New rules about who approves are told to every leader, by mail and at least once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation import mail
from portfolio.foundation.database import db
from portfolio.organisation import house_rules as rules
from portfolio.organisation.house_rules import HouseRules
from tests.factories import a_leader, a_person, change_house_rules, deactivated, money, reading


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What is sent."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(mail, "send", lambda _settings, **mail: sent.append(mail))
    return sent


def tell(app: Flask) -> None:
    """What is done every two minutes, and after a change."""
    app.extensions["jobs"].carry_out("people.tell_leaders")


def test_every_leader_hears_of_a_new_limit_in_their_language(app: Flask, mails: list[dict[str, str]]) -> None:
    english, dutch = a_leader(language="en"), a_leader(language="nl")
    a_person()
    deactivated(a_leader())
    change_house_rules(single_approver_limit=money("20000").minor)

    tell(app)

    assert {mail["to"] for mail in mails} == {english.email, dutch.email}
    body = {mail["to"]: mail["body"] for mail in mails}
    assert "20,000" in body[english.email]
    assert "50,000" in body[english.email]
    assert "20.000" in body[dutch.email]
    assert body[english.email] != body[dutch.email]


def test_they_hear_of_the_second_step(app: Flask, mails: list[dict[str, str]]) -> None:
    a_leader()
    change_house_rules(two_steps_needed=True)
    tell(app)
    change_house_rules(two_steps_needed=False)
    tell(app)

    assert ["no longer" in mail["body"] for mail in mails] == [False, True]


def test_they_hear_once_and_of_nothing_else(app: Flask, mails: list[dict[str, str]]) -> None:
    a_leader()
    change_house_rules(timebox_weeks=8)
    tell(app)
    assert mails == []
    change_house_rules(single_approver_limit=money("20000").minor)
    change_house_rules(timebox_weeks=9)
    tell(app)
    tell(app)

    assert len(mails) == 1


def test_a_mail_that_fails_is_sent_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    a_leader()
    change_house_rules(single_approver_limit=money("20000").minor)

    def refuse(_settings: object, **_mail: str) -> None:
        raise OSError("The mail server is away.")

    monkeypatch.setattr(mail, "send", refuse)
    with pytest.raises(OSError, match="away"):
        tell(app)
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(mail, "send", lambda _settings, **mail: sent.append(mail))
    tell(app)

    assert len(sent) == 1


def test_control_rules_marked_as_told_are_told_to_nobody(
    app: Flask, mails: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ABOUT_APPROVING", set())
    a_leader()
    change_house_rules(single_approver_limit=money("20000").minor)
    tell(app)

    assert mails == []
    with reading():
        assert all(told is not None for told in db.session.scalars(select(HouseRules.told_at)))
