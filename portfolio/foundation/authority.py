"""Who may: permissions, the question asked of them, and the promise that every endpoint asks one.

A permission is a pure function of a person and a thing. A view declares it with `@asks`, which start-up checks and
which is asked of the person before the view runs; with the thing in hand the view asks again through `authorize()`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app, g, request

from portfolio.foundation.errors import NotAllowed, Words
from portfolio.foundation.languages import lazy_gettext as _l

View = TypeVar("View", bound=Callable[..., Any])


class Actor(Protocol):
    """Whoever asks: what permissions may know of a person."""

    id: int
    name: str
    active: bool

    def has(self, role: str) -> bool: ...


@dataclass(frozen=True)
class Permission:
    """A rule about who may do something.

    Args:
        name: what is asked for, such as `experiment.approval`; a refusal is recorded as `experiment.approval_refused`.
        rule: the person and the thing (None before it is known) to yes or no.
        belongs_to: a sentence that says who may, for the one who may not.
    """

    name: str
    rule: Callable[[Any, Any], bool]
    belongs_to: Words

    def __call__(self, actor: Actor | None, thing: Any = None) -> bool:
        return actor is not None and actor.active and self.rule(actor, thing)


BELONGS_TO: dict[str, Words] = {}  # Whose each permission is, for the trail to say.


def permission(name: str, belongs_to: Words) -> Callable[[Callable[[Any, Any], bool]], Permission]:
    """Make a permission of a function of a person and a thing."""
    BELONGS_TO[name] = belongs_to
    return lambda rule: Permission(name, rule, belongs_to)


@permission("page.reading", _l("Sign in to read this."))
def signed_in(actor: Actor, thing: Any) -> bool:  # noqa: ARG001
    """Everyone with an account, observers too."""
    return True


@permission("page.public", "")
def anybody(actor: Actor, thing: Any) -> bool:  # noqa: ARG001
    """Whoever comes by, signed in or not."""
    return True


def asks(policy: Permission, scope: str = "") -> Callable[[View], View]:
    """Declare which permission a view asks.

    Args:
        scope: what a token has to carry; reading and writing ask for theirs without being told.
    """

    def declare(view: View) -> View:
        view.asks = policy  # type: ignore[attr-defined]
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return declare


def fresh(view: View) -> View:
    """Declare that whoever asks has to have proved lately who they are; a token proves it by its scope."""
    view.fresh = True  # type: ignore[attr-defined]
    return view


def authorize(policy: Permission, actor: Actor | None, thing: Any = None) -> None:
    """Go on only when the person may.

    Raises:
        NotAllowed: they may not; says whose it is.
    """
    g.asked = (policy, thing)
    if not policy(actor, thing):
        raise NotAllowed(policy.belongs_to)


def reader() -> Any:
    """Who is signed in, for rooms that do not know people; on pages that nobody else reaches."""
    return current_app.extensions["gate"].current()


class Gate:
    """Stands before every view of an app: no endpoint without a declared permission."""

    def __init__(self, app: Flask, *, current: Callable[[], Actor | None], sign_in: Callable[[], Any]) -> None:
        """
        Args:
            current: who is signed in, if anybody.
            sign_in: the answer to somebody who has to sign in first.
        """
        self.prove: Callable[[], Any] = lambda: None  # The answer to somebody who has to prove who they are.
        self.current = current
        self.sign_in = sign_in
        self.declared: dict[str, Permission] = {}
        app.extensions["gate"] = self
        app.before_request(self.stand)

    def declare(self, policy: Permission, *endpoints: str) -> None:
        """Declare the permission of endpoints that a library brings."""
        self.declared.update(dict.fromkeys(endpoints, policy))

    def policy_of(self, app: Flask, endpoint: str) -> Permission | None:
        """The permission an endpoint asks."""
        return self.declared.get(endpoint) or getattr(app.view_functions.get(endpoint), "asks", None)

    def check(self, app: Flask) -> None:
        """Refuse to start with an endpoint that asks nothing.

        Raises:
            RuntimeError: names the endpoints.
        """
        silent = sorted({r.endpoint for r in app.url_map.iter_rules() if self.policy_of(app, r.endpoint) is None})
        if silent:
            raise RuntimeError(f"These endpoints declare no permission: {', '.join(silent)}")

    def stand(self) -> Any:
        """Ask the endpoint's permission of the person, before the view runs."""
        if request.endpoint is None:
            return None  # Becomes 404 or 405.
        policy = self.policy_of(current_app, request.endpoint)
        if policy is anybody:
            return None
        actor = self.current()
        if actor is None:
            return self.sign_in()
        if request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False):
            return None  # Flask says which methods there are; no view runs, and it is no attempt at anything.
        if policy is None:
            raise NotAllowed("")
        authorize(policy, actor)
        self._ask_the_token()
        if "scopes" not in g and getattr(current_app.view_functions[request.endpoint], "fresh", False):
            return self.prove()
        return None

    def scope_of(self, app: Flask, endpoint: str, method: str) -> str:
        """What a token has to carry for an endpoint."""
        said = getattr(app.view_functions[endpoint], "scope", "")
        return said or ("read" if method in ("GET", "HEAD", "OPTIONS") else "write")

    def _ask_the_token(self) -> None:
        """Refuse a token that is for something else; a person with a cookie needs none."""
        if "scopes" not in g or request.endpoint is None:
            return
        scope = self.scope_of(current_app, request.endpoint, request.method)
        if scope not in g.scopes:
            raise NotAllowed(_l("This token does not carry the scope “%(scope)s”.", scope=scope))
