"""The description of the API: for programs complete, for people readable."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from portfolio import create_app
from tests.browser import Browser
from tests.factories import change_house_rules


def test_every_address_of_the_api_is_described_with_its_methods(app: Flask, client: Browser) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    there = {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api_") and not rule.endpoint.startswith("api_document.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert document["openapi"] == "3.1.0"
    assert there
    assert there <= described


def test_everything_the_description_points_at_is_there(client: Browser) -> None:
    answer = client.get("/api/v1/openapi.json")
    document = answer.json
    assert document is not None

    for kind, name in re.findall(r'"#/components/(\w+)/(\w+)"', answer.text):
        assert name in document["components"][kind], name


@pytest.mark.parametrize(
    ("currency", "written", "not_written"),
    [("EUR", "15000.00", "1.005"), ("JPY", "15000", "1.0"), ("KWD", "1.005", "1.0005")],
)
def test_amounts_are_described_in_the_money_of_the_organisation(
    client: Browser, currency: str, written: str, not_written: str
) -> None:
    change_house_rules(currency=currency)
    shapes = client.get("/api/v1/openapi.json").json["components"]["schemas"]

    for name, sign in (("AmountBody", ""), ("SignedAmountBody", "-")):
        said = shapes[name]["properties"]
        assert said["currency"]["enum"] == [currency]
        assert re.search(said["amount"]["pattern"], sign + written)
        assert not re.search(said["amount"]["pattern"], sign + not_written)
    assert not re.search(shapes["AmountBody"]["properties"]["amount"]["pattern"], "-1")


def test_two_apps_in_one_process_each_describe_all_of_it(settings: Settings) -> None:
    first, second = create_app(settings), create_app(settings)

    with first.app_context(), second.app_context():
        described = [app.extensions["api"].document["paths"].keys() for app in (first, second)]

    assert described[0] == described[1]
    assert "/api/v1/experiments" in described[0]


def test_the_page_says_of_every_command_what_it_takes_and_who_may(client: Browser) -> None:
    page = client.get("/api/v1/docs").text
    links, places = set(re.findall(r'href="#([^"]+)"', page)), set(re.findall(r'id="([^"]+)"', page))

    assert links <= places
    approval = page[page.index("/experiments/{ref}/approval") :]
    approval = approval[: approval.index("</details>")]
    assert "<code>fund</code>" in approval
    assert "a leader who is no party to the experiment" in approval
    assert "If-Match" in approval
    assert "`" not in page


def test_the_page_reads_in_dutch_too(client: Browser) -> None:
    page = client.get("/api/v1/docs", headers={"Accept-Language": "nl"}).text

    assert "Hoe het werkt" in page
    assert "geheel getal" in page
