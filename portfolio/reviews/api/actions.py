"""What was agreed in reviews and half hours, until it is done."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import commanding
from portfolio.foundation.api.resource import Resource
from portfolio.foundation.authority import asks
from portfolio.reviews import policy, queries
from portfolio.reviews.api.shapes import Actions, ActionShown, action_of

api = Resource("actions", "What was agreed in reviews and half hours.")


@api.get("")
@asks(policy.may_read)
@api.answers(Actions)
def list_actions() -> Any:
    """What was agreed and is not done yet, soonest first."""
    return {"items": [action_of(action) for action in queries.actions_open()]}


@api.post("/<int:number>/completion")
@asks(policy.may_finish)
@api.answers(ActionShown)
def finish_action(number: int) -> Any:
    """Say that what was agreed is done; the record of a review stays as it is."""
    with commanding() as act:
        action = queries.action_for_change(number)
        act.authorize(policy.may_finish, action)
        action.finish(by=act.person, at=act.at)
        return act.answer(action_of(action))
