"""How trail entries about people and the organisation's set-up read."""

from __future__ import annotations

from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import gettext as _

SENTENCES: dict[str, Sentence] = {
    "person.added": lambda line: _("%(subject)s was added.", **line.said),
    "person.changed": lambda line: _("%(actor)s changed what is known of %(subject)s.", **line.said),
    "person.roles_changed": lambda line: _("%(actor)s changed the roles of %(subject)s.", **line.said),
    "person.deactivated": lambda line: _("The account of %(subject)s was ended.", **line.said),
    "person.reactivated": lambda line: _("%(actor)s opened the account of %(subject)s again.", **line.said),
    "person.password_set": lambda line: _("%(subject)s chose a password.", **line.said),
    "person.signed_in": lambda line: _("%(subject)s signed in.", **line.said),
    "person.sign_in_refused": lambda line: (
        _("Somebody failed to sign in as %(subject)s.", **line.said)
        if line.said["subject"]
        else _("Somebody failed to sign in with an address that nobody has.")
    ),
    "person.proof_refused": lambda line: _("%(actor)s did not prove who they are.", **line.said),
    "person.device_ended": lambda line: _("%(actor)s signed out a device of %(subject)s.", **line.said),
    "person.devices_ended": lambda line: _("%(actor)s signed out devices of %(subject)s.", **line.said),
    "person.signed_out": lambda line: _("%(subject)s signed out.", **line.said),
    "token.made": lambda line: _("A token of %(subject)s was made: %(token)s.", **line.said),
    "token.revoked": lambda line: _("A token of %(subject)s was ended: %(token)s.", **line.said),
    "unit.opened": lambda line: _("The unit %(subject)s was added.", **line.said),
    "unit.renamed": lambda line: _("%(before)s is now called %(subject)s.", **line.said),
    "house_rules.changed": lambda line: _("%(actor)s changed the house rules.", **line.said),
    "measure.made": lambda line: _("%(actor)s began to count %(subject)s.", **line.said),
    "measure.read": lambda line: _("%(actor)s read %(subject)s: %(value)s.", **line.said),
}
