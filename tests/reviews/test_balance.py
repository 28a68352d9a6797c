"""The balance of the two systems: all of what is under way, and how far ahead the means are put."""

from __future__ import annotations

from flask import Flask

from portfolio.foundation.languages import force_locale
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.organisation.house_rules import house_rules
from portfolio.reviews.balance import Balance, balance_of
from portfolio.reviews.outcome import Part
from tests.factories import (
    a_draft,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    reading,
)
from tests.hierarchy.plans import a_suggestion, an_active_initiative
from tests.reviews.meetings import a_scheduled_review, part


def standing() -> Balance:
    """How it stands now."""
    with reading():
        return balance_of(house_rules())


def test_drafts_and_proposals_are_not_under_way(app: Flask) -> None:
    a_draft()
    a_proposed_experiment()
    a_suggestion()

    assert standing().number_in(Mode.NETWORK) == 0
    assert standing().number_in(Mode.HIERARCHY) == 0


def test_what_is_granted_and_what_is_planned_is_counted_restricted_ones_too(app: Flask) -> None:
    a_running_experiment(restricted=True, budget="100")
    an_approved_experiment(form=FormOfChange.INNOVATION, horizon=3, budget="300")
    an_active_initiative()

    found = standing()

    assert found.number_in(Mode.NETWORK) == 2
    assert found.number_in(Mode.HIERARCHY) == 1
    assert (found.money[2], found.money[3]) == (100_00, 300_00)


def test_the_agenda_says_it_in_the_readers_language(app: Flask) -> None:
    a_running_experiment(budget="100")
    review = a_scheduled_review()

    section = part(review, Part.BALANCE, viewer=a_person())
    with force_locale("en"):
        words = {str(line.title): [str(said.words) for cell in line.cells for said in cell] for line in section.lines}
    with force_locale("nl"):
        dutch = [str(line.title) for line in section.lines]

    assert words["Network"] == ["One experiment in flight: 1 Transition", "at most 3 running at once"]
    assert words["Money, by horizon"][0] == "today 0%, tomorrow 100%, the day after 0%"
    assert words["Money, by horizon"][1] == "today 70%, tomorrow 20%, the day after 10%"
    assert dutch[1] == "Netwerk"
