"""What is asked of whoever takes a picture away."""

from __future__ import annotations

from portfolio.foundation.forms import Form, LongText, Needed, long
from portfolio.foundation.languages import lazy_gettext as _l


class PictureRemovalForm(Form):
    """Why it goes."""

    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])
