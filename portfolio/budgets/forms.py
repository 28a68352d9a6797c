"""Forms for the quarter's money."""

from __future__ import annotations

from portfolio.foundation.forms import Amount, InRange, LongText, Needed, Reading, long
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import LARGEST


class EnvelopeForm(Reading):
    """What the envelope holds from now on."""

    total = Amount(
        _l("The envelope holds"), validators=[Needed(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))]
    )
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])
