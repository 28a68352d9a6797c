"""The API's document: for programs as OpenAPI 3.1, for people as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portfolio.foundation.api import DOCS, ROOT
from portfolio.foundation.authority import anybody, asks

bp = Blueprint("api_document", __name__)


@bp.get(f"{ROOT}/openapi.json")
@asks(anybody)
def show_openapi() -> ResponseReturnValue:
    """The document, for programs; it holds nothing of the organisation."""
    made: dict[str, Any] = current_app.extensions["api"].document
    return made


@bp.get(DOCS)
@asks(anybody)
def show_document() -> ResponseReturnValue:
    """The same, to read."""
    document = current_app.extensions["api"].document
    return render_template("api/document.html", document=document, groups=_groups(document), named=_named)


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations by resource, in the order in which they are declared."""
    found: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document.get("tags", [])}
    for path, item in document["paths"].items():
        for method in ("get", "post", "patch"):
            if method in item:
                operation = item[method] | {"method": method.upper(), "path": path.removeprefix(ROOT)}
                found[operation["tags"][0]].append(operation)
    described = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    return [{"name": n.removeprefix("api_"), "about": described[n], "operations": o} for n, o in found.items() if o]


def _named(schema: dict[str, Any]) -> str:
    """The name of the shape that a description points at, else its kind."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return _named(schema.get("items", {})) + "[]"
    kinds = schema.get("type") or [_named(part) for part in schema.get("anyOf", schema.get("allOf", []))]
    return " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
