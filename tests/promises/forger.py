"""Somebody who owns the database: takes seals off, changes the past, puts the seals back, and knows the formats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from portfolio.audit.entry import START, canonical, hash_of
from portfolio.audit.noted import hash_of_row, key_of_row
from portfolio.foundation.columns import EPOCH, MICROSECOND
from portfolio.foundation.database import WRITING, db
from portfolio.foundation.seal import SEALED, seal_again, unseal
from portfolio.reviews.record import fingerprint

Found = list[tuple[str, str]]  # The rows of which one has to be named first: table and key.


@contextmanager
def forging() -> Iterator[Forger]:
    """Tamper in a transaction that never ends well: the next forger finds everything as it was."""
    db.session.rollback()
    connection = db.session.connection(execution_options=WRITING)
    try:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in SEALED:
            unseal(connection, table)
        yield Forger(connection)
    finally:
        db.session.rollback()
        db.session.expunge_all()


class Forger:
    """What can be done to a database by whoever owns it, without a key that lies elsewhere."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def cover_up(self) -> None:
        """Put the seals back."""
        for table in SEALED:
            seal_again(self.connection, table)

    def run(self, statement: str, **values: Any) -> None:
        """Change rows; a forgery that changes nothing is none."""
        assert self.connection.execute(text(statement), values).rowcount > 0, statement

    def all(self, statement: str) -> list[Any]:
        """Rows."""
        return list(self.connection.execute(text(statement)))

    def one_of(self, chance: Random, table: str, where: str = "1 = 1") -> dict[str, Any]:
        """Some row of a table."""
        rows = self.connection.execute(text(f"SELECT * FROM {table} WHERE {where} ORDER BY 1, 2")).mappings().all()
        return dict(chance.choice(rows))

    @property
    def last(self) -> int:
        """The number of the trail's last entry."""
        return int(self.all("SELECT max(seq) FROM audit_entry")[0][0])

    def chain_anew(self) -> None:
        """Compute the whole chain again, head included, so that it agrees with itself."""
        before = START
        for row in self.all("SELECT * FROM audit_entry ORDER BY seq"):
            entry = row._asdict() | {"prev_hash": before}
            said = {
                name: entry[name] for name in ("seq", "actor_id", "action", "subject_type", "subject_id", "details")
            }
            before = hash_of(**said, at=EPOCH + entry["at"] * MICROSECOND, prev_hash=entry["prev_hash"])
            self.run(
                "UPDATE audit_entry SET prev_hash = :prev, hash = :hash WHERE seq = :seq",
                prev=entry["prev_hash"],
                hash=before,
                seq=row.seq,
            )
        self.run("UPDATE trail_head SET seq = :seq, hash = :hash", seq=self.last, hash=before)

    def note_anew(self, table: str) -> int:
        """Let the trail note the rows of a table as they are now; gives the first entry that says another thing."""
        now = {}
        for row in self.connection.execute(text(f"SELECT * FROM {table}")).mappings():
            now[key_of_row(table, dict(row))] = hash_of_row(table, dict(row))
        first = 0
        for seq, details in self.all("SELECT seq, details FROM audit_entry ORDER BY seq"):
            said = json.loads(details)
            noted = said.get("sealed", {}).get(table, {})
            if changed := {key: now[key] for key in noted if now.get(key, noted[key]) != noted[key]}:
                noted.update(changed)
                self.run("UPDATE audit_entry SET details = :d WHERE seq = :s", d=canonical(said), s=seq)
                first = first or seq
        return first


def pick(forger: Forger, chance: Random, *, least: int = 1) -> int:
    """The number of some entry."""
    return chance.randint(least, forger.last)


# Forgeries of the trail ---------------------------------------------------------------------------------------------


def edit_an_entry(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance)
    change = chance.choice(
        [
            "action = 'unit.opened_twice'",
            "actor_id = coalesce(actor_id, 0) + 1",
            "subject_id = coalesce(subject_id, 0) + 1",
            "subject_type = coalesce(subject_type, '') || 'x'",
            "details = replace(details, '}', ',\"z\":\"1\"}')",
            "details = replace(details, '{', '{ ')",
            "details = 'nothing'",
            "hash = replace(hash, substr(hash, 1, 1), 'x')",
            "prev_hash = replace(prev_hash, substr(prev_hash, 1, 1), 'x')",
        ]
    )
    forger.run(f"UPDATE audit_entry SET {change} WHERE seq = :seq", seq=seq)
    return [("audit_entry", str(seq))]


def back_date_an_entry(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance)
    forger.run("UPDATE audit_entry SET at = at - :by WHERE seq = :seq", by=chance.randint(1, 10**13), seq=seq)
    return [("audit_entry", str(seq))]


def delete_an_entry(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance)
    forger.run("DELETE FROM audit_entry WHERE seq = :seq", seq=seq)
    return [("audit_entry", str(seq))]


def swap_two_entries(forger: Forger, chance: Random) -> Found:
    first, second = sorted(chance.sample(range(1, forger.last + 1), 2))
    for old, new in ((first, -1), (second, first), (-1, second)):
        forger.run("UPDATE audit_entry SET seq = :new WHERE seq = :old", old=old, new=new)
    return [("audit_entry", str(first))]


def insert_an_entry(forger: Forger, chance: Random) -> Found:
    """It follows the one before it rightly; what comes after cannot follow it."""
    seq = pick(forger, chance, least=2)
    forger.run("UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= :seq", seq=seq)
    forger.run("UPDATE audit_entry SET seq = -seq WHERE seq < 0")
    before = forger.all(f"SELECT * FROM audit_entry WHERE seq = {seq - 1}")[0]._asdict()
    said = {"seq": seq, "actor_id": 1, "action": "envelope.set", "subject_type": "envelope", "subject_id": 1}
    said |= {"details": "{}", "prev_hash": before["hash"]}
    row = said | {"at": before["at"], "hash": hash_of(**said, at=EPOCH + before["at"] * MICROSECOND)}
    names = ", ".join(row)
    forger.run(f"INSERT INTO audit_entry ({names}) VALUES ({', '.join(f':{name}' for name in row)})", **row)
    return [("audit_entry", str(seq)), ("audit_entry", str(seq + 1))]


def cut_the_tail(forger: Forger, chance: Random) -> Found:
    """And leave the head as it was."""
    seq = pick(forger, chance, least=2)
    forger.run("DELETE FROM audit_entry WHERE seq >= :seq", seq=seq)
    return [("audit_entry", str(seq))]


def cut_the_tail_and_move_the_head(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance, least=2)
    forger.run("DELETE FROM audit_entry WHERE seq >= :seq", seq=seq)
    forger.run("DELETE FROM audit_names WHERE seq >= :seq", seq=seq)
    forger.chain_anew()
    return [("audit_entry", str(seq))]


def write_the_past_anew(forger: Forger, chance: Random) -> Found:
    """Edit an entry and compute the whole chain again: only what was kept elsewhere tells."""
    seq = pick(forger, chance)
    forger.run("UPDATE audit_entry SET actor_id = coalesce(actor_id, 0) + 1 WHERE seq = :seq", seq=seq)
    forger.chain_anew()
    return kept_from(forger, seq)


def drop_an_entry_and_close_the_gap(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance, least=2)
    last = forger.last
    for table in ("audit_entry", "audit_names"):
        forger.run(f"DELETE FROM {table} WHERE seq = :seq", seq=seq)
        if seq < last:
            forger.run(f"UPDATE {table} SET seq = -seq + 1 WHERE seq > :seq", seq=seq)
            forger.run(f"UPDATE {table} SET seq = -seq WHERE seq < 0")
    forger.chain_anew()
    return kept_from(forger, seq)


def change_the_head(forger: Forger, chance: Random) -> Found:
    forger.run("UPDATE trail_head SET " + chance.choice(["seq = seq - 1", "hash = '0'", "seq = 0"]))
    return [("trail_head", "")]


def drop_names(forger: Forger, chance: Random) -> Found:
    seq = pick(forger, chance)
    forger.run("DELETE FROM audit_names WHERE seq = :seq", seq=seq)
    return [("audit_names", str(seq))]


# Forgeries of money -------------------------------------------------------------------------------------------------


def edit_a_ledger_entry(forger: Forger, chance: Random) -> Found:
    entry = forger.one_of(chance, "ledger_entry")
    change = chance.choice(["amount = amount + 1", "at = at - 86400000000", "by_id = NULL", "cause = cause || '-2'"])
    forger.run(f"UPDATE ledger_entry SET {change} WHERE id = :id", id=entry["id"])
    return [("ledger_entry", str(entry["id"]))]


def delete_a_ledger_entry(forger: Forger, chance: Random) -> Found:
    entry = forger.one_of(chance, "ledger_entry")
    forger.run("DELETE FROM ledger_entry WHERE id = :id", id=entry["id"])
    return [("ledger_entry", str(entry["id"]))]


def edit_an_envelope(forger: Forger, chance: Random) -> Found:
    envelope = forger.one_of(chance, "envelope")
    forger.run("UPDATE envelope SET total = total + :by WHERE id = :id", by=chance.randint(1, 10**7), id=envelope["id"])
    return [("envelope", str(envelope["id"]))]


def edit_envelope_and_ledger(forger: Forger, chance: Random) -> Found:
    """So that the two agree with each other."""
    entry = forger.one_of(chance, "ledger_entry", "kind = 'set'")
    forger.run("UPDATE ledger_entry SET amount = amount + 500 WHERE id = :id", id=entry["id"])
    forger.run("UPDATE envelope SET total = total + 500 WHERE id = :id", id=entry["envelope_id"])
    return [("ledger_entry", str(entry["id"]))]


def edit_envelope_ledger_and_trail(forger: Forger, chance: Random) -> Found:
    """So that all three agree, the chain computed anew."""
    edit_envelope_and_ledger(forger, chance)
    seq = forger.note_anew("ledger_entry")
    forger.chain_anew()
    return kept_from(forger, seq)


def edit_a_share(forger: Forger, chance: Random) -> Found:
    share = forger.one_of(chance, "funding_source")
    forger.run("UPDATE funding_source SET amount = amount + 1 WHERE id = :id", id=share["id"])
    return [("funding_source", str(share["id"]))]


def edit_a_grant(forger: Forger, chance: Random) -> Found:
    grant = forger.one_of(chance, "funding", "amount > 0")
    change = chance.choice(["amount = amount + 1", "returned = returned + 1"])
    forger.run(f"UPDATE funding SET {change} WHERE id = :id", id=grant["id"])
    return [("funding", str(grant["id"]))]


def edit_a_tranche(forger: Forger, chance: Random) -> Found:
    tranche = forger.one_of(chance, "tranche", "released_at IS NOT NULL AND amount > 0")
    change = chance.choice(["amount = amount + 1", "released_at = NULL"])
    forger.run(f"UPDATE tranche SET {change} WHERE id = :id", id=tranche["id"])
    return [("tranche", str(tranche["id"]))]


def edit_an_expense(forger: Forger, chance: Random) -> Found:
    expense = forger.one_of(chance, "expense")
    change = chance.choice(["amount = amount + 1", "what = 'Cake'", "spent_on = '2020-02-02'"])
    forger.run(f"UPDATE expense SET {change} WHERE id = :id", id=expense["id"])
    return [("expense", str(expense["id"]))]


# Forgeries of authority and of papers -------------------------------------------------------------------------------


def delete_a_party(forger: Forger, chance: Random) -> Found:
    party = forger.one_of(chance, "party")
    where = "grant_id = :grant_id AND person_id = :person_id AND why = :why"
    forger.run(f"DELETE FROM party WHERE {where}", **{name: party[name] for name in ("grant_id", "person_id", "why")})
    return [("party", f"{party['grant_id']}/{party['person_id']}/{party['why']}")]


def add_a_party(forger: Forger, chance: Random) -> Found:
    """To keep somebody from deciding."""
    party = forger.one_of(chance, "party")
    forger.run("INSERT INTO party VALUES (:g, 987654, 'team', 0)", g=party["grant_id"])
    return [("party", f"{party['grant_id']}/987654/team")]


def edit_a_signature(forger: Forger, chance: Random) -> Found:
    signature = forger.one_of(chance, "signature")
    change = chance.choice(["reason = 'Because.'", "amount = amount + 1", "at = at + 1", "terms_hash = 'x'"])
    forger.run(f"UPDATE signature SET {change} WHERE id = :id", id=signature["id"])
    return [("signature", str(signature["id"]))]


def edit_a_decision(forger: Forger, chance: Random) -> Found:
    decision = forger.one_of(chance, "decision")
    change = chance.choice(["reason = 'Because.'", "learned = ''", "by_id = by_id + 1", "at = at + 1"])
    forger.run(f"UPDATE decision SET {change} WHERE id = :id", id=decision["id"])
    return [("decision", str(decision["id"]))]


def edit_a_version(forger: Forger, chance: Random) -> Found:
    version = forger.one_of(chance, "experiment_version")
    content = version["content"].replace('"hypothesis":"', '"hypothesis":"Not that ')
    forger.run("UPDATE experiment_version SET content = :c WHERE id = :id", c=content, id=version["id"])
    return [("experiment_version", str(version["id"]))]


def edit_a_version_and_its_hash(forger: Forger, chance: Random) -> Found:
    """Down to the experiment, which says and points at the same."""
    version = forger.one_of(chance, "experiment_version")
    content = version["content"].replace('"hypothesis":"', '"hypothesis":"Not that ')
    hashed = hashlib.sha256(content.encode()).hexdigest()
    values = {"c": content, "h": hashed, "id": version["id"], "x": version["experiment_id"], "n": version["number"]}
    forger.run("UPDATE experiment_version SET content = :c, hash = :h WHERE id = :id", **values)
    newest = forger.all(f"SELECT version FROM experiment WHERE id = {version['experiment_id']}")[0][0]
    if newest == version["number"]:
        said = "hypothesis = 'Not that ' || hypothesis, version_hash = :h"
        forger.run(f"UPDATE experiment SET {said} WHERE id = :x", h=hashed, x=version["experiment_id"])
    return [("experiment_version", str(version["id"]))]


def edit_an_experiment(forger: Forger, chance: Random) -> Found:
    experiment = forger.one_of(chance, "experiment", "state IN ('proposed', 'approved', 'running', 'closed')")
    change = chance.choice(["title = title || '!'", "hypothesis = ''", "weeks = weeks + 1", "version = version + 1"])
    forger.run(f"UPDATE experiment SET {change} WHERE id = :id", id=experiment["id"])
    return [("experiment", str(experiment["id"]))]


def edit_a_record(forger: Forger, chance: Random) -> Found:
    record = forger.one_of(chance, "review_record")
    change = chance.choice(["body = replace(body, 'a', 'o')", "closed_at = closed_at + 1", "number = number + 100"])
    forger.run(f"UPDATE review_record SET {change} WHERE review_id = :id", id=record["review_id"])
    return [("review_record", str(record["review_id"]))]


def edit_a_record_and_its_fingerprint(forger: Forger, chance: Random) -> Found:
    record = forger.one_of(chance, "review_record")
    body = record["body"].replace("Envelope", "Pocket")
    sha = fingerprint(body, record["prev_hash"])
    values = {"body": body, "sha": sha, "id": record["review_id"]}
    forger.run("UPDATE review_record SET body = :body, sha256 = :sha WHERE review_id = :id", **values)
    return [("review_record", str(record["review_id"]))]


def delete_a_record(forger: Forger, chance: Random) -> Found:
    record = forger.one_of(chance, "review_record")
    forger.run("DELETE FROM review_record WHERE review_id = :id", id=record["review_id"])
    return [("review_record", str(record["review_id"]))]


def edit_a_correction(forger: Forger, chance: Random) -> Found:
    addendum = forger.one_of(chance, "review_addendum")
    forger.run("UPDATE review_addendum SET body = 'All is well.' WHERE id = :id", id=addendum["id"])
    return [("review_addendum", str(addendum["id"]))]


def edit_an_answer(forger: Forger, chance: Random) -> Found:
    answer = forger.one_of(chance, "promotion_answer")
    forger.run("UPDATE promotion_answer SET at = at + 1 WHERE id = :id", id=answer["id"])
    return [("promotion_answer", str(answer["id"]))]


def edit_a_status(forger: Forger, chance: Random) -> Found:
    status = forger.one_of(chance, "initiative_status")
    forger.run("DELETE FROM initiative_status WHERE id = :id", id=status["id"])
    return [("initiative_status", str(status["id"]))]


def miscount(forger: Forger, chance: Random) -> Found:
    forger.run("UPDATE experiment_tally SET number = number + 1 WHERE state = 'running'")
    return [("experiment_tally", "")]


FORGERIES: list[Callable[[Forger, Random], Found]] = [
    edit_an_entry,
    back_date_an_entry,
    delete_an_entry,
    swap_two_entries,
    insert_an_entry,
    cut_the_tail,
    cut_the_tail_and_move_the_head,
    write_the_past_anew,
    drop_an_entry_and_close_the_gap,
    change_the_head,
    drop_names,
    edit_a_ledger_entry,
    delete_a_ledger_entry,
    edit_an_envelope,
    edit_envelope_and_ledger,
    edit_envelope_ledger_and_trail,
    edit_a_share,
    edit_a_grant,
    edit_a_tranche,
    edit_an_expense,
    delete_a_party,
    add_a_party,
    edit_a_signature,
    edit_a_decision,
    edit_a_version,
    edit_a_version_and_its_hash,
    edit_an_experiment,
    edit_a_record,
    edit_a_record_and_its_fingerprint,
    delete_a_record,
    edit_a_correction,
    edit_an_answer,
    edit_a_status,
    miscount,
]


def kept_from(forger: Forger, seq: int) -> Found:
    """Where a chain that was computed anew from an entry on is told from the old one: what was kept, from there on."""
    said = [json.loads(body)["trail"]["seq"] for (body,) in forger.all("SELECT body FROM review_record")]
    last = max(forger.last, *(said or [0])) + 1
    return [("audit_entry", str(kept)) for kept in (*said, *range(seq, last + 1)) if kept >= seq]
