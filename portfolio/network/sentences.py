"""How trail entries about experiments read."""

from __future__ import annotations

from portfolio.audit.queries import Line
from portfolio.audit.sentences import Sentence, amount
from portfolio.foundation.languages import gettext as _
from portfolio.network.decision import DecisionKind


def _alone(line: Line, said: str) -> str:
    """Says so when a sponsor decided because there was no other leader."""
    return said + " " + _("As sponsor, because there was no other leader.") if line.details.get("alone") else said


SENTENCES: dict[str, Sentence] = {
    "experiment.recorded": lambda line: _("It was imported as a record.", **line.said),
    "experiment.imported": lambda line: _("It was imported as a draft.", **line.said),
    "experiment.drafted": lambda line: _("%(actor)s began a draft.", **line.said),
    "experiment.changed": lambda line: _("%(actor)s changed the draft.", **line.said),
    "experiment.proposed": lambda line: _("%(actor)s proposed it.", **line.said),
    "experiment.revised": lambda line: _("%(actor)s revised the proposal; it is version %(version)s.", **line.said),
    "experiment.visibility_changed": lambda line: _("%(actor)s changed who can read it.", **line.said),
    "experiment.tied": lambda line: _("%(actor)s said which phase it serves.", **line.said),
    "experiment.withdrawn": lambda line: _("%(actor)s withdrew it.", **line.said),
    "experiment.approval_signed": lambda line: _(
        "%(actor)s signed for %(granted)s; another leader confirms.", granted=amount(line), **line.said
    ),
    "experiment.approved": lambda line: _("%(actor)s granted %(granted)s.", granted=amount(line), **line.said),
    "experiment.returned": lambda line: _("%(actor)s returned it to the team.", **line.said),
    "experiment.declined": lambda line: _("%(actor)s declined it.", **line.said),
    "experiment.started": lambda line: _("%(actor)s started it.", **line.said),
    "experiment.asked": lambda line: _("%(actor)s asked a question.", **line.said),
    "experiment.commented": lambda line: _("%(actor)s commented.", **line.said),
    "experiment.hand_raised": lambda line: _("%(actor)s raised a hand.", **line.said),
    "experiment.hand_lowered": lambda line: _("%(actor)s lowered a hand.", **line.said),
    "experiment.joined": lambda line: _("%(member)s joined the team.", **line.said),
    "experiment.left": lambda line: _("%(actor)s left the team.", **line.said),
    "experiment.lead_offered": lambda line: _("%(actor)s asked somebody to take over the lead.", **line.said),
    "experiment.lead_taken": lambda line: _("%(actor)s took over the lead.", **line.said),
    "experiment.stopped_early": lambda line: _("%(actor)s ended it early.", **line.said),
    "experiment.checked_in": lambda line: _("%(actor)s checked in, %(confidence)s%% sure.", **line.said),
    "experiment.pictured": lambda line: _("%(actor)s added pictures to a learning.", **line.said),
    "learning.picture_removed": lambda line: _("%(actor)s took a picture of a learning away for good.", **line.said),
    "experiment.learned": lambda line: _("%(actor)s wrote a learning.", **line.said),
    "experiment.evidence_given": lambda line: _("%(actor)s gave evidence for tranche %(tranche)s.", **line.said),
    "experiment.tranche_released": lambda line: _alone(
        line, _("%(actor)s released %(part)s.", part=amount(line), **line.said)
    ),
    "experiment.spent": lambda line: _("%(actor)s booked %(part)s.", part=amount(line), **line.said),
    "experiment.expense_corrected": lambda line: _(
        "%(actor)s corrected an expense to %(part)s.", part=amount(line), **line.said
    ),
    "experiment.supplemented": lambda line: _alone(
        line, _("%(actor)s granted %(part)s more.", part=amount(line), **line.said)
    ),
    "experiment.supplement_signed": lambda line: _(
        "%(actor)s signed for %(part)s more; another leader confirms.", part=amount(line), **line.said
    ),
    "experiment.recommended": lambda line: _("The team proposed the next step.", **line.said),
    "experiment.decided": lambda line: _alone(
        line,
        _("%(actor)s decided: %(choice)s.", choice=DecisionKind(line.details["kind"]).label, **line.said),
    ),
    "experiment.amendment_proposed": lambda line: _("%(actor)s proposed an amendment.", **line.said),
    "experiment.amended": lambda line: _alone(
        line, _("%(actor)s approved an amendment; the charter is version %(version)s.", **line.said)
    ),
    "experiment.amendment_declined": lambda line: _("%(actor)s left the charter as it was.", **line.said),
}
