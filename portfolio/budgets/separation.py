"""Separation of duty as the database sees it: nobody's name comes under money they are party to."""

from __future__ import annotations

from portfolio.foundation.guard import Guard


def is_party(person: str, grant: str) -> str:
    """A condition: this person is party to this grant."""
    return f"EXISTS (SELECT 1 FROM party WHERE party.person_id = {person} AND party.grant_id = {grant})"  # noqa: S608


def may_not_follow(person: str, grant: str) -> str:
    """A condition: this person is party to it by more than being its sponsor, or there is another leader who is not."""
    return f"""({is_party(person, grant)} AND (
        EXISTS (SELECT 1 FROM party WHERE party.person_id = {person} AND party.grant_id = {grant}
                AND party.why <> 'sponsor')
        OR EXISTS (SELECT 1 FROM role JOIN person ON person.id = role.person_id
                   WHERE role.role = 'leader' AND person.active IS TRUE AND NOT EXISTS (
                       SELECT 1 FROM party WHERE party.person_id = person.id AND party.grant_id = {grant}))))"""  # noqa: S608


GUARDS = (
    Guard(
        "no_party_signs_a_grant",
        "signature",
        "INSERT",
        f"(NEW.signed_for = 'grant' AND {is_party('NEW.person_id', 'NEW.grant_id')})",
    ),
    Guard(
        "no_party_signs_a_supplement",
        "signature",
        "INSERT",
        f"(NEW.signed_for = 'supplement' AND {may_not_follow('NEW.person_id', 'NEW.grant_id')})",
    ),
    Guard(
        "no_party_s_signature_is_completed",
        "signature",
        "UPDATE OF completed_at",
        f"(NEW.completed_at IS NOT NULL AND (NEW.signed_for = 'grant' AND {is_party('NEW.person_id', 'NEW.grant_id')}"
        f" OR NEW.signed_for = 'supplement' AND {may_not_follow('NEW.person_id', 'NEW.grant_id')}))",
    ),
    Guard(
        "no_party_releases_a_tranche",
        "tranche",
        "UPDATE OF released_by_id",
        f"(NEW.number > 0 AND NEW.released_by_id IS NOT NULL"
        f" AND {may_not_follow('NEW.released_by_id', 'NEW.grant_id')})",
    ),
)
