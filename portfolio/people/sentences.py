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
    "person.link_made": lambda line: (
        _("An invitation was written to %(subject)s.", **line.said)
        if line.details.get("kind") == "invitation"
        else _("A link for a new password was written to %(subject)s.", **line.said)
    ),
    "person.password_set": lambda line: _("%(subject)s chose a password.", **line.said),
    "person.signed_in": lambda line: _("%(subject)s signed in.", **line.said),
    "person.sign_in_refused": lambda line: (
        _("Somebody failed to sign in as %(subject)s.", **line.said)
        if line.said["subject"]
        else _("Somebody failed to sign in with an address that nobody has.")
    ),
    "person.proof_refused": lambda line: _("%(actor)s did not prove who they are.", **line.said),
    "person.second_step_refused": lambda line: _("A second step of %(subject)s was not right.", **line.said),
    "person.app_set_up": lambda line: _("%(subject)s set up an app for the second step.", **line.said),
    "person.app_taken_away": lambda line: _("%(subject)s took away the app for the second step.", **line.said),
    "person.passkey_made": lambda line: _("%(subject)s made a passkey.", **line.said),
    "person.passkey_taken_away": lambda line: _("%(subject)s took away a passkey.", **line.said),
    "person.recovery_codes_made": lambda line: _("%(subject)s made new recovery codes.", **line.said),
    "person.second_step_taken_away": lambda line: _("%(actor)s took the second step of %(subject)s away.", **line.said),
    "person.device_ended": lambda line: _("%(actor)s signed out a device of %(subject)s.", **line.said),
    "person.devices_ended": lambda line: _("%(actor)s signed out devices of %(subject)s.", **line.said),
    "person.signed_out": lambda line: _("%(subject)s signed out.", **line.said),
    "person.pseudonymised": lambda line: _("%(actor)s took a former colleague’s name away.", **line.said),
    "person.data_taken_along": lambda line: _("%(subject)s took along what is held about them.", **line.said),
    "token.made": lambda line: _("A token of %(subject)s was made: %(token)s.", **line.said),
    "token.revoked": lambda line: _("A token of %(subject)s was ended: %(token)s.", **line.said),
    "unit.opened": lambda line: _("The unit %(subject)s was added.", **line.said),
    "unit.renamed": lambda line: _("%(before)s is now called %(subject)s.", **line.said),
    "house_rules.changed": lambda line: _("%(actor)s changed the house rules.", **line.said),
    "measure.made": lambda line: _("%(actor)s began to count %(subject)s.", **line.said),
    "measure.read": lambda line: _("%(actor)s read %(subject)s: %(value)s.", **line.said),
}
