"""Every address of the app: it asks a permission, sends strangers to sign in, and guards its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from portfolio.foundation.authority import Permission, anybody
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_leader, a_person, a_proposed_experiment, an_administrator, an_envelope

SignIn = Callable[[Person], Browser]

# Whoever comes by may open these; a new one is written here on purpose.
PUBLIC = {
    "api_document.show_document",
    "api_document.show_openapi",
    "static",
    "security.static",
    "security.login",
    "people.ask_for_reset",
    "people.send_reset",
    "people.edit_password",
    "people.set_password",
    "people.first_run",
    "people.make_first_administrator",
    "people.choose_language",
    "second_step.show",
    "second_step.take_second_step",
    "second_step.sign_in_with_passkey",
}


def is_for_programs(rule: Rule) -> bool:
    """Whether a token opens it, and no cookie."""
    return rule.endpoint.startswith("api_") and not rule.endpoint.startswith("api_document.")


def addresses(app: Flask, number: int = 1, *, programs: bool = False) -> Iterator[tuple[Rule, str, str]]:
    """Every rule of the pages, or of the API, with each of its methods and an address that fits it."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if is_for_programs(rule) is not programs:
            continue
        numbers = {name for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)}
        filled = {name: number if name in numbers else _one_of(rule, name) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, adapter.build(rule.endpoint, filled, method=method)


def _one_of(rule: Rule, name: str) -> str:
    """What can stand there: one of a few where the address knows only those."""
    known = rule._converters[name]
    return min(known.items) if isinstance(known, AnyConverter) else "x"


def test_every_route_declares_a_permission(the_app: Flask) -> None:
    gate = the_app.extensions["gate"]

    for rule in the_app.url_map.iter_rules():
        policy = gate.policy_of(the_app, rule.endpoint)
        assert isinstance(policy, Permission), rule.endpoint
        assert policy.name, rule.endpoint


def test_what_is_open_to_everybody_is_so_on_purpose(the_app: Flask) -> None:
    gate = the_app.extensions["gate"]
    public = {r.endpoint for r in the_app.url_map.iter_rules() if gate.policy_of(the_app, r.endpoint) is anybody}

    assert public == PUBLIC


def test_strangers_are_sent_to_sign_in_from_everywhere_else(app: Flask, client: Browser) -> None:
    a_person()
    for rule, method, address in addresses(app):
        if rule.endpoint in PUBLIC:
            continue
        answer = client.open(address, method=method, data=signed_form(client) if method != "GET" else None)
        assert answer.status_code == 302, (method, address)
        assert answer.location.startswith("/sign-in"), (method, address)


def test_programs_without_a_token_are_told_so_everywhere(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())

    for _rule, method, address in addresses(app, programs=True):
        answer = browser.open(address, method=method)
        assert answer.status_code == 401, (method, address)
        assert answer.mimetype == "application/problem+json"


def signed_form(client: Browser) -> dict[str, str]:
    """A form that is not forged."""
    return {"csrf_token": client.csrf_token()}


def test_a_forged_form_changes_nothing_anywhere(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())

    for rule, method, address in addresses(app):
        if method != "GET":
            assert browser.open(address, method=method).status_code == 400, (method, address, rule.endpoint)


def test_a_page_and_a_change_are_two_views(the_app: Flask) -> None:
    for rule in the_app.url_map.iter_rules():
        if not rule.endpoint.startswith("security."):
            assert not {"GET", "POST"} <= (rule.methods or set()), rule.endpoint


def test_every_change_needs_more_than_a_link(the_app: Flask) -> None:
    verbs = (
        "create",
        "change",
        "set",
        "send",
        "accept",
        "lower",
        "leave",
        "answer",
        "withdraw",
        "make",
        "give",
        "take",
    )

    for rule in the_app.url_map.iter_rules():
        if rule.endpoint.split(".")[-1].startswith(tuple(f"{verb}_" for verb in verbs)):
            assert {"POST", "PATCH"} & (rule.methods or set()), rule.endpoint


def test_a_number_no_row_can_have_leads_nowhere(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())
    form = signed_form(browser)

    for rule, method, address in addresses(app, number=10**30):
        if str(10**30) in address:
            answer = browser.open(address, method=method, data=form if method != "GET" else None)
            assert answer.status_code in (404, 405), (rule.endpoint, address)


@pytest.mark.parametrize("who", ["stranger", "leader", "observer's page", "missing", "refused"])
def test_every_answer_is_guarded(app: Flask, signed_in: SignIn, client: Browser, who: str) -> None:
    a_proposed_experiment()
    browser, address = {
        "stranger": (client, "/sign-in"),
        "leader": (signed_in(a_leader()), "/approvals"),
        "observer's page": (signed_in(a_person()), "/experiments"),
        "missing": (signed_in(a_person()), "/experiments/X-999"),
        "refused": (signed_in(a_person()), "/trail"),
    }[who]

    answer = browser.get(address)

    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text
    assert " onclick=" not in answer.text


def test_every_page_without_arguments_opens_for_somebody_or_says_whose_it_is(app: Flask, signed_in: SignIn) -> None:
    an_envelope()
    a_proposed_experiment()
    browsers = [signed_in(maker()) for maker in (a_leader, a_person, an_administrator)]

    for rule, method, address in addresses(app):
        if method == "GET" and not rule.arguments and rule.endpoint not in PUBLIC:
            for browser in browsers:
                answer = browser.get(address)
                assert answer.status_code in (200, 302, 403, 404, 405), address
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    assert answer.text.count("<h1") == 1, address


def test_what_is_not_there_is_said_in_the_house_s_words(app: Flask, client: Browser, signed_in: SignIn) -> None:
    assert client.get("/nowhere").status_code == 404
    answer = signed_in(a_person()).get("/nowhere")
    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_a_form_larger_than_four_megabytes_is_refused(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_person()).post("/experiments", data={"title": "x" * (5 * 1024 * 1024)})

    assert answer.status_code == 413
