"""Anchors leave the house by themselves: once a day on which something happened, and once for each closed review."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from config import Settings
from portfolio.audit.anchor import Anchor
from portfolio.exchange import anchoring
from portfolio.exchange.anchoring import anchor_when_due
from portfolio.foundation import clock, mail
from tests.factories import a_leader, a_person, a_unit, at, deactivated, with_roles
from tests.reviews.meetings import a_closed_review

Letters = list[dict[str, Any]]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """What was mailed."""
    sent: Letters = []
    monkeypatch.setattr(mail, "send", lambda _settings, **letter: sent.append(letter))
    return sent


@pytest.fixture
def keeping(app: Flask, settings: Settings, tmp_path: Any) -> Iterator[Callable[[], list[Anchor]]]:
    """Looks whether an anchor is due, carries out what waits, and gives all that the file holds."""
    here = dataclasses.replace(settings, anchors_file=str(tmp_path / "elsewhere" / "anchors.log"))
    jobs = app.extensions["jobs"]

    def look() -> list[Anchor]:
        anchor_when_due(jobs, here)
        jobs.carry_out_waiting()
        return list(Anchor.all_in(here.anchors.read_text())) if here.anchors.exists() else []

    return look


def test_each_day_on_which_something_happened_has_one(keeping: Callable[[], list[Anchor]], letters: Letters) -> None:
    with at("2026-06-22"):
        a_leader(name="Hilde Baert", email="hilde@company.example")
        a_person()
        assert len(keeping()) == 1
        a_unit()
        assert len(keeping()) == 1
    with at("2026-06-23"):
        assert len(keeping()) == 2
        assert len(keeping()) == 2
    with at("2026-06-24"):
        kept = keeping()  # Nothing happened since.

    assert len(kept) == 2
    assert [letter["to"] for letter in letters] == ["hilde@company.example"] * 2
    assert str(kept[0]) in letters[0]["body"]
    assert "tandem verify --anchor" in letters[0]["body"]


def test_a_review_that_closes_has_one_of_its_own(keeping: Callable[[], list[Anchor]], letters: Letters) -> None:
    with at("2026-06-25T13:00"):
        a_leader()
        keeping()
        a_closed_review()
        kept = keeping()

    assert len(kept) == 2
    assert kept[1].seq > kept[0].seq
    assert len(letters) == 2


def test_it_reads_in_the_leader_s_language(keeping: Callable[[], list[Anchor]], letters: Letters) -> None:
    a_leader(language="nl")
    keeping()

    assert "Bewaar" in letters[0]["subject"]


def test_who_is_no_leader_any_more_when_it_is_sent_gets_none(app: Flask, settings: Settings, letters: Letters) -> None:
    gone, demoted = a_leader(), a_leader()
    anchor_when_due(app.extensions["jobs"], settings)
    deactivated(gone)
    with_roles(demoted)

    app.extensions["jobs"].carry_out_waiting()

    assert letters == []


def test_two_that_look_at_once_send_one(
    app: Flask, keeping: Callable[[], list[Anchor]], letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_leader()
    due = anchoring._due()
    keeping()
    monkeypatch.setattr(anchoring, "_due", lambda: due)  # As another process saw it a moment before.

    assert len(keeping()) == 1
    assert len(letters) == 1


def test_without_a_key_there_is_none(app: Flask, settings: Settings, tmp_path: Any) -> None:
    a_unit()
    keyless = dataclasses.replace(settings, secret_key="", anchors_file=str(tmp_path / "anchors.log"))

    anchor_when_due(app.extensions["jobs"], keyless)

    assert not keyless.anchors.exists()


def test_a_key_of_its_own_outlives_the_secret_key(app: Flask, settings: Settings) -> None:
    own = dataclasses.replace(settings, own_anchor_key="an anchor key")
    replaced = dataclasses.replace(own, secret_key="another one")

    anchor = Anchor.signed(own.anchor_key, 3, "0" * 64, at=clock.now())
    assert anchor.is_signed_with(replaced.anchor_key)
    assert not anchor.is_signed_with(settings.anchor_key)
