"""What can be written down in the room of a review."""

from __future__ import annotations

from functools import cached_property

from portfolio.reviews.forms import ActionForm, ChoiceForm, NoteForm
from portfolio.reviews.outcome import Part
from portfolio.reviews.standing import Standing

Sent = NoteForm | ActionForm | ChoiceForm


class RoomForms:
    """A form for each; one of them may come back with what was typed. The others are alike for everybody.

    Args:
        sent: the one that comes back.
        part: what is looked at; a note is about that.
    """

    def __init__(self, sent: Sent | None, part: Part, now: Standing) -> None:
        self.sent, self.part, self._now = sent, part, now

    @cached_property
    def note(self) -> NoteForm:
        """What was said."""
        if isinstance(self.sent, NoteForm):
            return self.sent
        form = NoteForm(formdata=None)
        form.part.data = self.part.value
        return form

    @cached_property
    def action(self) -> ActionForm:
        """What somebody takes on."""
        form = self.sent if isinstance(self.sent, ActionForm) else ActionForm(formdata=None)
        form.offer(self._now.owners)
        return form

    @cached_property
    def choice(self) -> ChoiceForm:
        """What we will not do."""
        return self.sent if isinstance(self.sent, ChoiceForm) else ChoiceForm(formdata=None)

    def came_back(self, kind: str) -> bool:
        """Whether this one was sent, and needs another look."""
        return self.sent is not None and getattr(self, kind) is self.sent
