"""The learning library: was something like it learned before, and what does the strongest evidence say."""

from __future__ import annotations

import enum
from typing import TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.bridge.fate import Fate
from portfolio.bridge.library import STRONGEST_FIRST, Library
from portfolio.bridge.views import bp
from portfolio.foundation.authority import asks
from portfolio.foundation.numbering import number_in
from portfolio.foundation.search import MOST_LETTERS
from portfolio.network.learning import Evidence, Kind
from portfolio.network.policy import may_list
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.people.accounts import somebody

__all__ = ["bp"]  # The room has one; its pages lie in several files.

UNPROMOTED = "none"  # A fate that is none.
FORMS = [form for form in FormOfChange if form.mode is Mode.NETWORK]
E = TypeVar("E", bound=enum.Enum)


@bp.get("/learnings")
@asks(may_list)
def list_learnings() -> ResponseReturnValue:
    """The library, as far as this person may see it."""
    person, said = somebody(), request.args
    asked = said.get("q", "").strip()
    too_long = len(asked) > MOST_LETTERS
    library = _asked_for(asked[:MOST_LETTERS])
    shelf = library.page(person, said.get("after"))
    return render_template(
        "bridge/learnings.html",
        library=library,
        too_long=too_long,
        most_letters=MOST_LETTERS,
        shelf=shelf,
        frame=library.frame(person),
        begun=bool(said.get("after")),
        kinds=list(Kind),
        strengths=STRONGEST_FIRST,
        fates=list(Fate),
        forms_of_experiments=FORMS,
        next_url=_address(library, after=shelf.next) if shelf.next else None,
        first_url=_address(library),
        wider_url=_address(Library(text=library.text)),
    )


def _asked_for(text: str) -> Library:
    """What the address asks for; what it cannot mean is left out."""
    said, inside = request.args, somebody().is_volunteer
    return Library(
        text=text,
        kind=_one_of(Kind, said.get("kind")),
        at_least=_one_of(Evidence, said.get("evidence")),
        fate=_one_of(Fate, said.get("fate")) if inside else None,
        unpromoted=inside and said.get("fate") == UNPROMOTED,
        unit_id=number_in(said.get("unit", "")),
        form=_one_of(FormOfChange, said.get("form")),
        author_id=somebody().id if said.get("mine") == "1" else None,
    )


def _address(library: Library, after: str | None = None) -> str:
    """Where the same is asked for."""
    fate = UNPROMOTED if library.unpromoted else library.fate.value if library.fate else None
    return url_for(
        "bridge.list_learnings",
        q=library.text or None,
        kind=library.kind.value if library.kind else None,
        evidence=library.at_least.value if library.at_least else None,
        fate=fate,
        unit=library.unit_id,
        form=library.form.value if library.form else None,
        mine=1 if library.author_id else None,
        after=after,
    )


def _one_of(choices: type[E], said: str | None) -> E | None:
    return next((one for one in choices if one.value == said), None)
