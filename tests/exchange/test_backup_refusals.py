"""What is not restored: damaged files, files of others, files made to do harm. Each time 0 rows are written."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portfolio.exchange import archive, loader, restoring
from portfolio.exchange.manifest import BackupRefused
from portfolio.foundation.database import db
from tests.exchange.backups import KEY, Change, forged, packed_as, quiet, restored, rows_there, summed, sums, sums_of

Rows = dict[str, bytes]
Said = dict[str, Any]


def refused(file: Path, why: str, *, unsigned: bool = True, key: str = KEY) -> None:
    """Hold that a file is not restored, for this reason, and that nothing was written."""
    with pytest.raises(BackupRefused, match=why):
        restored(file, unsigned=unsigned, key=key)
    assert rows_there() == 0


# Damage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.999])
def test_a_file_that_was_cut_off_is_refused(file: Path, elsewhere: Flask, tmp_path: Path, share: float) -> None:
    whole = file.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: int(len(whole) * share)])

    refused(cut, "no backup of Tandem, or its end is missing")


@pytest.mark.parametrize("place", [0, 10, 40, 0.25, 0.5, 0.75, 0.95, -1, -64, -65, -101])
def test_one_changed_bit_anywhere_is_seen(file: Path, elsewhere: Flask, tmp_path: Path, place: float) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(flipped(file.read_bytes(), place))

    refused(damaged, "damaged|no backup")


def test_without_the_seal_some_damage_would_go_unseen(
    file: Path, elsewhere: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_refuse_a_broken_seal", lambda _: None)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(flipped(file.read_bytes(), 10))  # The date of the first text, which a zip does not watch.

    restoring.check(damaged, quiet)


def test_what_was_added_at_the_end_is_seen(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    longer = tmp_path / "longer"
    longer.write_bytes(file.read_bytes() + b"\n")

    refused(longer, "no backup of Tandem, or its end is missing")


def test_files_of_other_kinds_are_refused(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    others = {
        "nothing": b"",
        "text": b"id,title\n1,A list\n" * 100,
        "packed": gzip.compress(file.read_bytes()),
        "sqlite": b"SQLite format 3\0" + bytes(4096),
    }
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "zip", "w") as packed:
        packed.writestr("manifest.json", "{}")
    with tarfile.open(tmp_path / "tar.gz", "w:gz") as packed_tar:
        packed_tar.add(file, "manifest.json")
    for name in [*others, "zip", "tar.gz"]:
        refused(tmp_path / name, "no backup of Tandem")


# Made up, by somebody who knows the format ----------------------------------------------------------------------------


def test_a_file_that_somebody_changed_is_known_by_its_signature(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    refused(forged(file, tmp_path / "forged", renamed), "changed by somebody who does not have yours", unsigned=False)


def test_without_its_signature_a_changed_file_would_pass(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    manifest = restored(forged(file, tmp_path / "forged", renamed), unsigned=True)

    assert sums() == sums_of(manifest)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("another key: 0123456789 abcdefghijklmnopqrstuvwxyz", "signed with another SECRET_KEY"),
        ("", "no SECRET_KEY to check its signature with"),
    ],
)
def test_another_key_or_none_is_refused(file: Path, elsewhere: Flask, key: str, why: str) -> None:
    refused(file, why, unsigned=False, key=key)


def test_what_nobody_signed_is_taken_only_on_your_word(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    unsigned = forged(file, tmp_path / "unsigned", lambda *_: None, key="")

    refused(unsigned, "made without a SECRET_KEY", unsigned=False)
    restored(unsigned, unsigned=True)


def test_a_later_schema_is_refused_with_what_to_do(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    def later(said: Said, members: Rows) -> None:
        said["schema"] = "9999"

    refused(forged(file, tmp_path / "forged", later), "Install that version or a newer one")


def test_a_later_format_is_refused_with_what_to_do(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    members["manifest.json"] = members["manifest.json"].replace(b'"format":1', b'"format":2')

    refused(packed_as(tmp_path / "later", members), "has format 2, and this Tandem reads 1. Install a newer one")


def test_a_manifest_that_is_not_what_was_written_is_refused(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    whole = members["manifest.json"]
    for said in (
        whole.replace(b'"database":"sqlite"', b'"database":"SQLITE"').replace(b'"database":"post', b'"database":"POST'),
        whole.replace(b"{\n", b"{\n\n"),
        whole.replace(b'"rows":', b'"rows":1', 1),
        b"[]",
        b"null",
        b'{"format":1}',
        b"\xff",
        b"[" * 100_000,
    ):
        refused(packed_as(tmp_path / "made_up", {**members, "manifest.json": said}), "It is damaged: its manifest")


def with_one_more(name: str) -> Change:
    def change(said: Said, members: Rows) -> None:
        members[name] = b"{}\n"

    return change


def without(name: str) -> Change:
    def change(said: Said, members: Rows) -> None:
        del members[name]

    return change


@pytest.mark.parametrize(
    "change",
    [
        with_one_more("../../../../tmp/outside"),
        with_one_more("/etc/outside"),
        with_one_more("tables/sign_in.jsonl"),
        with_one_more("tables\\person.jsonl"),
        without("tables/person.jsonl"),
    ],
)
def test_only_what_the_manifest_names_may_be_in_it(
    file: Path, elsewhere: Flask, tmp_path: Path, change: Change
) -> None:
    refused(forged(file, tmp_path / "forged", change), "something in it that its manifest does not name")


def test_the_same_name_twice_is_refused(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    target = tmp_path / "twice"
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    with target.open("w+b") as stream:
        with zipfile.ZipFile(stream, "w") as packed:
            packed.comment = archive.SEAL + b"0" * archive.SEALED_BY
            for name, content in members.items():
                packed.writestr(name, content)
            with pytest.warns(UserWarning, match="Duplicate name"):
                packed.writestr("tables/person.jsonl", b"{}\n")
        archive._seal(stream)

    refused(target, "something in it that its manifest does not name")


def test_a_path_as_the_name_of_a_table_is_refused(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    def elsewhere_on_disk(said: Said, members: Rows) -> None:
        said["tables"][0]["name"] = "../../person"
        members["tables/../../person.jsonl"] = members.pop("tables/audit_entry.jsonl")

    refused(forged(file, tmp_path / "forged", elsewhere_on_disk), "It is damaged: its manifest cannot be read")


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_unpack_all_at_once_are_refused(
    file: Path, elsewhere: Flask, tmp_path: Path, how: int
) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}

    refused(packed_as(tmp_path / "packed", members, how=how), "packed in a way that no backup is")


def test_a_file_made_to_fill_the_machine_is_refused_before_it_is_unpacked(
    file: Path, elsewhere: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bomb(said: Said, members: Rows) -> None:
        members["tables/unit.jsonl"] = b" " * 200_000_000
        summed(said, members, "unit")

    monkeypatch.setattr(archive.Archive, "check", lambda *_: pytest.fail("It was unpacked."))

    refused(forged(file, tmp_path / "bomb", bomb), "more than 500 times its size")


def test_more_than_announced_is_never_read(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    def more(said: Said, members: Rows) -> None:
        members["tables/unit.jsonl"] += b"x" * 1_000_000

    refused(forged(file, tmp_path / "more", more), "a table has another length than its manifest says")


def row(name: str, old: bytes, new: bytes) -> Change:
    """A change of the first row of a table, with hashes that agree."""

    def change(said: Said, members: Rows) -> None:
        path = f"tables/{name}.jsonl"
        assert old in members[path], (name, old)
        members[path] = members[path].replace(old, new, 1)
        summed(said, members, name)

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (row("unit", b'"id":1', b'"id":1.0'), "Line 1 of the table unit is no JSON of whole numbers"),
        (row("unit", b'"id":1', b'"id":NaN'), "is no JSON of whole numbers"),
        (row("unit", b'"id":1', b'"id":true'), "has a value of a kind that no column has"),
        (row("unit", b'"id":1', b'"id":99999999999999999999'), "has a value of a kind that no column has"),
        (row("unit", b'"id":1', b'"id": 1'), "is not spelled as Tandem spells it"),
        (row("unit", b'"id":1', b'"id":2,"id":1'), "is not spelled as Tandem spells it"),
        (row("unit", b'"id":1', b'"ID":1'), "has other columns than the manifest says"),
        (row("unit", b'"id":1', b'"id":[1]'), "has a value of a kind that no column has"),
        (row("unit", b'{"handle"', b'["handle"'), "is no JSON"),
        (row("unit", b"}\n", b"}"), "is no JSON|is not spelled"),
        (row("audit_names", b'"seq":1}', b'"seq":2}'), "break a rule of the database"),
        (row("unit", b'"id":1', b'"id":100'), "point at rows that are not there|break a rule of the database"),
        (row("envelope", b'"total":', b'"total":-'), "break a rule of the database"),
        (row("experiment", b'"state":"', b'"state":"un'), "break a rule of the database"),
        (row("unit", b'"name":"', b'"name":null,"x":"'), "has other columns"),
        (row("trail_head", b'"seq":', b'"seq":9'), "does not end where its manifest says"),
    ],
)
def test_rows_that_are_none_are_refused(file: Path, elsewhere: Flask, tmp_path: Path, change: Change, why: str) -> None:
    refused(forged(file, tmp_path / "forged", change), why)


def test_a_character_that_postgresql_has_no_place_for_is_said_before_anything_is_written(
    file: Path, elsewhere: Flask, tmp_path: Path
) -> None:
    odd = forged(file, tmp_path / "forged", row("unit", b'"name":"', b'"name":"\\u0000'))

    if db.engine.dialect.name == "postgresql":
        refused(odd, "In row 1 of the table unit there is a text with the character NUL")
    else:
        assert sums_of(restored(odd, unsigned=True)) == sums()


def test_tables_of_another_schema_are_refused(file: Path, elsewhere: Flask, tmp_path: Path) -> None:
    def without_comments(said: Said, members: Rows) -> None:
        said["tables"] = [table for table in said["tables"] if table["name"] != "comment"]
        del members["tables/comment.jsonl"]

    refused(forged(file, tmp_path / "forged", without_comments), "Its tables are not those of schema")


# What goes wrong while it is written ----------------------------------------------------------------------------------


def test_a_row_lost_on_the_way_is_seen_and_nothing_stays(
    file: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (loader._SqliteLoader, loader._PostgresLoader):
        monkeypatch.setattr(kind, "add", losing_one(kind.add))

    refused(file, "reads back as something else than the backup holds")


def test_without_reading_back_a_lost_row_would_go_unseen(
    file: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (loader._SqliteLoader, loader._PostgresLoader):
        monkeypatch.setattr(kind, "add", losing_one(kind.add))
    with archive.open_archive(file) as found:
        announced = {table.name: table for table in found.manifest.tables}
    with monkeypatch.context() as patch:
        patch.setattr(restoring.Snapshot, "sum", lambda _, table: announced[table.name])
        manifest = restored(file)

    assert sums()["audit_names"][0] == sums_of(manifest)["audit_names"][0] - 1


def test_a_restore_that_is_broken_off_leaves_nothing_and_can_be_done_again(
    file: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*details: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring.search, "rebuild", broken_off)  # The last thing before the commit.
        with pytest.raises(KeyboardInterrupt):
            restored(file)
    assert rows_there() == 0

    assert sums_of(restored(file)) == sums()


# Words of these tests -------------------------------------------------------------------------------------------------


def flipped(content: bytes, place: float) -> bytes:
    """The same with one bit changed, at a byte or at a share of the length."""
    position = int(place * len(content)) if isinstance(place, float) else int(place) % len(content)
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def renamed(said: Said, members: Rows) -> None:
    """A unit gets another name, with hashes that agree."""
    members["tables/unit.jsonl"] = members["tables/unit.jsonl"].replace(b'"name":"', b'"name":"Our ', 1)
    summed(said, members, "unit")


def losing_one(add: Callable[..., None]) -> Callable[..., None]:
    """A loader that loses one line of names."""

    def losing(self: Any, table: str, columns: Any, rows: list[Any]) -> None:
        add(self, table, columns, rows[:-1] if table == "audit_names" else rows)

    return losing
