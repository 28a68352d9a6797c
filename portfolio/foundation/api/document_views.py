"""The API's document: for programs as OpenAPI 3.1, for people as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portfolio.foundation.api import DOCS, ROOT
from portfolio.foundation.api.fields import DAY, MOMENT, NUMBER
from portfolio.foundation.authority import anybody, asks
from portfolio.foundation.errors import Words
from portfolio.foundation.languages import gettext as _

bp = Blueprint("api_document", __name__)
METHODS = ("GET", "POST", "PATCH")
UNBOUNDED = 10**9  # A bound beyond it is only what a column holds.


@dataclass(frozen=True)
class Field:
    """A name in a body, an answer or a question, and what stands under it.

    Args:
        shape: the name of the shape it has, when that is one of its own.
    """

    name: str
    kind: str
    shape: str
    needed: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """What one method does at one address.

    Args:
        scope: what a token has to carry.
        whose: a sentence about who may.
    """

    method: str
    path: str
    summary: str
    about: str
    scope: str
    whose: Words
    asked: list[Field]
    takes: str
    answers: str
    status: str


@dataclass(frozen=True)
class Group:
    """The operations of one resource."""

    path: str
    about: str
    operations: list[Operation]

    @property
    def anchor(self) -> str:
        """Where it stands on the page."""
        return "r-" + self.path.strip("/")


@bp.get(f"{ROOT}/openapi.json")
@asks(anybody)
def show_openapi() -> ResponseReturnValue:
    """The document, for programs; it holds nothing of the organisation but its currency."""
    return _document()


@bp.get(DOCS)
@asks(anybody)
def show_document() -> ResponseReturnValue:
    """The same, to read."""
    document = _document()
    return render_template(
        "api/document.html",
        groups=_groups(document),
        shapes={name: _fields(schema) for name, schema in sorted(document["components"]["schemas"].items())},
        base=current_app.config["TANDEM"].base_url.rstrip("/") + ROOT,
    )


def _document() -> dict[str, Any]:
    made: dict[str, Any] = current_app.extensions["api"].document_in(current_app.extensions["currency"]())
    return made


# The operations -----------------------------------------------------------------------------------------------------


def _groups(document: dict[str, Any]) -> list[Group]:
    """The operations by resource, in the order in which they are declared."""
    endpoints = _endpoints()
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document.get("tags", [])}
    for path, item in document["paths"].items():
        for method in METHODS:
            if operation := item.get(method.lower()):
                shared = item.get("parameters", []) + operation.get("parameters", [])
                said = operation | {"parameters": shared}
                found[operation["tags"][0]].append(_operation(said, method, path, endpoints[method, path]))
    about = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    return [Group(_first(all_[0].path), about[name], all_) for name, all_ in found.items() if all_]


def _endpoints() -> dict[tuple[str, str], str]:
    """The endpoint behind each method and address, written as the document writes addresses."""
    return {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)): rule.endpoint
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _operation(said: dict[str, Any], method: str, path: str, endpoint: str) -> Operation:
    gate = current_app.extensions["gate"]
    status, answer = next((s, a) for s, a in said["responses"].items() if s.startswith("2"))
    return Operation(
        method=method,
        path=path.removeprefix(ROOT),
        summary=said.get("summary", ""),
        about=said.get("description", ""),
        scope=gate.scope_of(current_app, endpoint, method),
        whose=gate.policy_of(current_app, endpoint).belongs_to,
        asked=[_asked(parameter) for parameter in said["parameters"] if parameter.get("in") in ("query", "header")],
        takes=_shape_in(said.get("requestBody", {})),
        answers=_shape_in(answer),
        status=status,
    )


def _first(path: str) -> str:
    return "/" + path.split("/")[1]


def _shape_in(said: dict[str, Any]) -> str:
    """The name of the shape of what is sent or answered, or nothing."""
    content: dict[str, Any] = next(iter(said.get("content", {}).values()), {})
    return _shape(content.get("schema", {}))


def _asked(parameter: dict[str, Any]) -> Field:
    schema = parameter.get("schema", {})
    about = parameter.get("description") or schema.get("description", "")
    return Field(parameter["name"], _kind(schema), "", parameter.get("required", False), about)


# What stands under a name -------------------------------------------------------------------------------------------


def _fields(schema: dict[str, Any]) -> list[Field]:
    """The names of a shape, those that have to be there first."""
    needed = set(schema.get("required", []))
    found = [
        Field(name, _kind(said), _shape(said), name in needed, said.get("description", ""))
        for name, said in schema.get("properties", {}).items()
    ]
    return sorted(found, key=lambda field: not field.needed)


def _shape(schema: dict[str, Any]) -> str:
    """The name of the shape that a description points at, itself or in a list."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    parts = [schema.get("items", {}), *schema.get("anyOf", []), *schema.get("allOf", [])]
    return next((found for part in parts if part and (found := _shape(part))), "")


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, in a few words."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    words = ", ".join(_words(schema, kinds))
    nothing = "null" in kinds or any(part.get("type") == "null" for part in schema.get("anyOf", []))
    return _("%(kind)s, or null", kind=words) if nothing else words


def _words(schema: dict[str, Any], kinds: list[str]) -> Iterator[str]:
    if "enum" in schema:
        yield _("one of %(values)s", values=", ".join(str(value) for value in schema["enum"] if value))
    elif "array" in kinds:
        yield _("list of %(kind)s", kind=_kind(schema["items"]))
    elif "integer" in kinds:
        yield from _whole_words(schema)
    elif "string" in kinds:
        yield from _text_words(schema)
    elif "boolean" in kinds:
        yield _("true or false")
    else:
        yield _shape(schema) or (_("object") if kinds or "anyOf" in schema else _("anything"))


def _whole_words(schema: dict[str, Any]) -> Iterator[str]:
    yield _("whole number")
    if schema.get("maximum", UNBOUNDED) < UNBOUNDED:
        yield _("%(lowest)s to %(highest)s", lowest=schema.get("minimum", 0), highest=schema["maximum"])


def _text_words(schema: dict[str, Any]) -> Iterator[str]:
    known = {DAY: _("day"), MOMENT: _("moment in UTC"), NUMBER: _("number, as text")}
    yield known.get(schema.get("pattern", ""), _("text"))
    if "maxLength" in schema:
        yield _("at most %(most)s letters", most=schema["maxLength"])
