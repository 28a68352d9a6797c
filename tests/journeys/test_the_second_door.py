"""Somebody reads what the API offers, makes a token, lets a program use it, and ends it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.api_client import Program
from tests.factories import a_leader, a_proposed_experiment
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.once]


def test_a_token_from_its_making_to_its_end(app: Flask, visitor: Callable[..., Visitor]) -> None:
    experiment = a_proposed_experiment()
    hilde = visitor(a_leader(name="Hilde Baert"), phone=True, dark=True)

    hilde.goes_to("/account/tokens").follows("The API").sees("How it works")
    hilde.page.get_by_text("Grant all or less of what it asks").first.click()
    hilde.looks().sees("ApprovalBody").follows("Make one on your account page.")
    hilde.presses("Make a token").sees("Give it a name")
    hilde.fills(name="Planning sheet")
    hilde.page.get_by_label("Read what you can read").check()
    hilde.presses("Make a token").sees("Copy it now", "Planning sheet")
    (text,) = re.findall(r"tandem_[\w-]{20,}", hilde.page.content())

    program = Program(app, text)
    assert program.get(f"/experiments/{experiment.ref}").status_code == 200
    assert program.post(f"/experiments/{experiment.ref}/comments", {"body": "Well?"}).status_code == 403
    hilde.goes_to("/account/tokens").presses("End it").sees("The token is ended.")
    hilde.page.get_by_text("One that has ended").click()
    hilde.looks().sees("Planning sheet")
    assert program.get(f"/experiments/{experiment.ref}").status_code == 401


def test_the_description_holds_in_dutch_on_a_telephone(visitor: Callable[..., Visitor]) -> None:
    hilde = visitor(a_leader(language="nl"), phone=True, language="nl")

    hilde.goes_to("/api/v1/docs").sees("Hoe het werkt")
