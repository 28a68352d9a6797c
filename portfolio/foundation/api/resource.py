"""A room's part of the API: addresses, what they take, what they answer, and how both are described."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import marshmallow as ma
from flask import Flask, Request
from flask_smorest import Blueprint
from webargs import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from portfolio.foundation.api import ROOT
from portfolio.foundation.api.fields import Body, Counted, Cursor, Shown
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.paging import Page

View = TypeVar("View", bound=Callable[..., Any])

# A version as `ETag` named it: what a decision binds to, and what a change would not overwrite.
IF_MATCH: dict[str, Any] = {"in": "header", "name": "If-Match"}
BOUND = IF_MATCH | {
    "description": "The ETag of what was read; when it is another one by now, nothing is decided.",
    "required": True,
    "schema": {"type": "string", "pattern": r'^"[!#-~]+"$', "examples": ['"3.draft"']},
}
UNLESS_NEWER = IF_MATCH | {
    "description": "The ETag of what was read; when it is another one by now, nothing is changed.",
    "schema": {"type": "string", "examples": ['"3.draft"']},
}


class Parser(FlaskParser):
    """Reads a request as JSON, strictly: nothing twice, no NaN, no depth that exhausts it, no float that rounds."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": ma.RAISE, "query": ma.RAISE, "headers": ma.EXCLUDE}

    def load_json(self, req: Request, schema: Any) -> Any:  # noqa: ARG002
        """What the body says.

        Raises:
            UnsupportedMediaType: it does not say that it is JSON.
            BadRequest: it is none, or says a name twice.
        """
        raw = req.get_data(cache=True)
        if not raw:
            return missing
        if not req.is_json:
            raise UnsupportedMediaType(_("Send JSON, with Content-Type: application/json."))
        try:
            return json.loads(raw, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once_each)
        except (ValueError, RecursionError) as error:
            raise BadRequest(_("This is not JSON that can be read.")) from error


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The names of an object; of one that stands there twice, one value would be lost."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadRequest(_("“%(name)s” is said twice in one place. Say it once.", name=name[:60]))
        found[name] = value
    return found


class ListQuery(Body):
    """What every list may be asked."""

    limit = Counted(1, 100, load_default=50)
    after = Cursor(load_default=None)


class Resource(Blueprint):  # type: ignore[misc]
    """One resource and its commands, described as they are declared.

    Args:
        path: below the root, when that is another word than the name.
        letter: with which its identifiers begin, when it has such.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str, path: str = "", letter: str = "") -> None:
        super().__init__(
            f"api_{name}", "portfolio", url_prefix=f"{ROOT}/{path or name}".rstrip("/"), description=description
        )
        self.title = name.replace("_", " ")
        self.letter = letter

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Reads."""
        return super().get(rule, **self._known(rule) | options)  # type: ignore[no-any-return]

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Commands."""
        return super().post(rule, **self._known(rule) | options)  # type: ignore[no-any-return]

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Changes; whoever names the version they read in `If-Match` overwrites no newer one."""
        route = super().patch(rule, **self._known(rule) | options)
        return lambda view: route(self.doc(parameters=[UNLESS_NEWER])(view))

    def takes(self, shape: type[Body], location: str = "json") -> Callable[[View], View]:
        """The view is called with what the request says, read by its shape; it may be left out where all of it may."""
        needed = location != "json" or any(field.required for field in shape().fields.values())
        return self.arguments(shape, location=location, required=needed)  # type: ignore[no-any-return]

    def answers(self, shape: type[ma.Schema] | None, status: int = 200) -> Callable[[View], View]:
        """The view answers so when all went well; it is named here too, for clients that are made of the document."""
        described = self.response(status, shape)
        return lambda view: self.doc(operationId=f"{self.name}.{view.__name__}".removeprefix("api_"))(described(view))

    def binds(self, view: View) -> View:
        """The view needs `If-Match`: what is decided is what was read."""
        return self.doc(parameters=[BOUND])(view)  # type: ignore[no-any-return]

    def register_views_in_doc(self, api: Any, app: Flask, spec: Any, *, name: str, parameters: Any) -> None:
        """Describe the views when somebody first asks for the document; most processes never are."""
        describe = super().register_views_in_doc
        api.later.append(lambda: describe(api, app, spec, name=name, parameters=parameters))

    def _known(self, rule: str) -> dict[str, Any]:
        """What an address says of the identifier in it."""
        if "<ref>" not in rule or not self.letter:
            return {}
        shape = {"type": "string", "pattern": f"^{self.letter}-[0-9]{{3,15}}$", "examples": [f"{self.letter}-014"]}
        return {"parameters": [{"in": "path", "name": "ref", "required": True, "schema": shape}]}


@cache
def listed(item: type[Shown]) -> type[Shown]:
    """The shape of a page of a list, one for all lists of the same."""
    name = f"{item.__name__}Page"
    return Shown.from_dict(  # type: ignore[return-value]
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next": ma.fields.String(required=True, allow_none=True),
        },
        name=name,
    )


def page_of(page: Page[Any], shown: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """A page of a list as JSON has it.

    Raises:
        BadRequest: it was to go on after something that is no place in this list.
    """
    if page.lost:
        raise BadRequest(_("This list has no such place to go on after. Send back what the page before gave as next."))
    return {"items": [shown(row) for row in page.rows], "next": page.next}
