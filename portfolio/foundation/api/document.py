"""The API as a whole: its resources, and the document that describes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import flask_smorest
from flask import Flask

from portfolio.foundation.api import ROOT
from portfolio.foundation.api.fields import MoneyField, amount_described
from portfolio.foundation.api.problem import Problem
from portfolio.foundation.api.resource import Resource
from portfolio.foundation.unreadable import LONGEST_LINE, MIMETYPE

ABOUT = f"""\
The commands of Tandem's pages as JSON. A token belongs to a person and never may more than that person may now.

- `Authorization: Bearer …`; people make and end tokens on their account page.
- Lists take `limit` and `after`, and answer `items` and `next`.
- Money is a text with a decimal point and a currency. Days are ISO 8601; moments are UTC.
- `Idempotency-Key` on a POST: the same key and body act once and answer the same.
- `ETag` names the version of what was read; `If-Match` binds a decision to it.
- Errors are `application/problem+json`. A request line is read up to {LONGEST_LINE} bytes; a longer one is a 414.
"""
METHODS = {"get", "post", "patch"}
# What the server answers before any view is asked.
UNREADABLE = {status: {"$ref": "#/components/responses/DEFAULT_ERROR"} for status in ("414", "431")}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The API of one app.

    Args:
        resources: what it consists of.

    Attributes:
        later: what describes the resources, for when somebody first asks for the document; most processes never are.
    """

    def __init__(self, app: Flask, resources: tuple[Resource, ...]) -> None:
        app.config.update(API_TITLE="Tandem", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
        self.later: list[Callable[[], None]] = []
        scheme = {"type": "http", "scheme": "bearer"}
        super().__init__(
            app,
            spec_kwargs={
                "info": {"description": ABOUT},
                "components": {"securitySchemes": {"token": scheme}},
                "security": [{"token": []}],
                "servers": [{"url": "/"}],
            },
        )
        self.ma_plugin.converter.add_attribute_function(_described_as_nested)
        for resource in resources:
            self.register_blueprint(resource)

    def document_in(self, currency: str) -> dict[str, Any]:
        """The document of an organisation with this money: what is sent as an amount is in it."""
        for name, sign in (("AmountBody", ""), ("SignedAmountBody", "-?")):
            self.document["components"]["schemas"][name]["properties"] = amount_described(currency, sign)
        return self.document

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document."""
        for describe in self.later:
            describe()
        made: dict[str, Any] = self.spec.to_dict()
        for item in made["paths"].values():
            for method in METHODS & item.keys():
                item[method]["responses"].update(UNREADABLE)
        return made

    def _register_error_handlers(self) -> None:
        """Refusals are answered in one place, for pages and API alike."""

    def _register_responses(self) -> None:
        """Every answer that is no success is a problem."""
        problem = {"description": "Why not, and what to do.", "content": {MIMETYPE: {"schema": Problem}}}
        self.spec.components.response("DEFAULT_ERROR", problem, lazy=True)
        self.spec.components.response("UNPROCESSABLE_CONTENT", problem, lazy=True)
        self.spec.components.response("UNPROCESSABLE_ENTITY", problem, lazy=True)


def _described_as_nested(self: Any, field: Any, **_: Any) -> dict[str, Any]:  # noqa: ARG001
    return {"title": "Money"} if isinstance(field, MoneyField) else {}


__all__ = ["ROOT", "Api"]
