"""The file of a backup: a zip of one manifest and a text per table, closed by the hash of all its bytes.

The last 64 letters of the file are the SHA-256 of everything before them, so that no damage goes unseen, wherever it
is. Nothing is ever unpacked onto the disk: what is inside is read as a stream, and never more of it than announced.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portfolio.exchange.canonical import NotCanonical, values_of
from portfolio.exchange.manifest import MOST_LENGTH, BackupRefused, Manifest, TableSum

Tell = Callable[[str], None]

MANIFEST = "manifest.json"
SEAL = b"tandem backup, sha256 of all before: "
SEALED_BY = 64  # Letters.
CHUNK = 1024 * 1024
MANY = 10_000  # Rows; tables with fewer are not worth a line of progress.
MOST_LINE = 64 * 1024 * 1024  # Bytes of one row.
MOST_UNPACKED = (
    500  # Times its own size: rows pack at most a hundredfold, a file made to fill a machine a thousandfold.
)
PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # Others unpack all at once, however much it is.
NOT_A_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError)
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


# Writing --------------------------------------------------------------------------------------------------------------


class ArchiveWriter:
    """A backup while it is written."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed

    def add(self, name: str, columns: list[str], lines: Iterator[bytes]) -> TableSum:
        """Add a table, line by line."""
        digest, rows, length = hashlib.sha256(), 0, 0
        with self._member(TableSum(name, columns, 0, 0, "").path) as member:
            for line in lines:
                member.write(line)
                digest.update(line)
                rows, length = rows + 1, length + len(line)
        return TableSum(name, columns, rows, length, digest.hexdigest())

    def close_with(self, manifest: Manifest) -> None:
        """Add what the backup says about itself."""
        with self._member(MANIFEST) as member:
            member.write(manifest.written())

    def _member(self, path: str) -> IO[bytes]:
        about = zipfile.ZipInfo(path)  # With no date of its own: the manifest has it.
        about.compress_type = zipfile.ZIP_DEFLATED
        return self._packed.open(about, "w", force_zip64=True)


@contextmanager
def new_archive(path: Path, tell: Tell, *, overwrite: bool = False) -> Iterator[ArchiveWriter]:
    """Write a backup under another name; it gets its own once it is on the disk and was read back, or not at all.

    Raises:
        BackupRefused: there is a file of that name already.
    """
    if path.exists() and not overwrite:
        raise BackupRefused("There is a file of that name already. Give another name, or replace it with --force.")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with _only_for_us(unfinished) as stream:
            with zipfile.ZipFile(stream, "w", compresslevel=6) as packed:
                packed.comment = SEAL + b"0" * SEALED_BY
                yield ArchiveWriter(packed)
            _seal(stream)
            stream.flush()
            os.fsync(stream.fileno())
        tell("Reading it back")
        with open_archive(unfinished) as written:
            written.check(tell)
        _give_name(unfinished, path, overwrite=overwrite)
    finally:
        unfinished.unlink(missing_ok=True)


def _only_for_us(path: Path) -> IO[bytes]:
    """A new file that nobody else on this machine may read: hashed passwords are in it."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _seal(stream: IO[bytes]) -> None:
    end = stream.seek(-SEALED_BY, os.SEEK_END)
    found = _hash_of(stream, end)
    stream.seek(end)
    stream.write(found)


def _give_name(unfinished: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        unfinished.replace(path)
    else:
        _link(unfinished, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(unfinished: Path, path: Path) -> None:
    """Give it its name unless something has that name by now."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError as error:
        raise BackupRefused("A file of that name came into being meanwhile; it was left alone.") from error
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        unfinished.replace(path)  # Some disks know no links; then only the check before the start is left.


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What a look at every byte and every row has shown.

    Args:
        unfit_for_postgresql: where the first text with the character NUL stands, which PostgreSQL does not keep.
    """

    manifest: Manifest
    unfit_for_postgresql: str | None


class Archive:
    """A backup that is read."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._packed = packed
        self.manifest = manifest

    def rows(self, table: TableSum) -> Iterator[list[Any]]:
        """The rows of a table: the values of its columns, in alphabetical order of their names.

        Raises:
            BackupRefused: they are not what the manifest says; told at the latest after the last one.
        """
        for number, line in enumerate(self._lines(table), 1):
            try:
                yield values_of(line, table.columns)
            except NotCanonical as reason:
                raise BackupRefused(f"Line {number} of the table {table.name} {reason}.") from reason

    def check(self, tell: Tell) -> Checked:
        """Read every row.

        Raises:
            BackupRefused: one is not what the manifest says.
        """
        unfit = None
        for table in self.manifest.tables:
            if table.rows >= MANY:
                tell(f"{table.name}: {table.rows} rows")
            for number, row in enumerate(self.rows(table), 1):
                if unfit is None and any("\0" in value for value in row if isinstance(value, str)):
                    unfit = f"row {number} of the table {table.name}"
        return Checked(self.manifest, unfit)

    def _lines(self, table: TableSum) -> Iterator[bytes]:
        digest, rows, length = hashlib.sha256(), 0, 0
        try:
            with self._packed.open(table.path) as member:
                stream = io.BufferedReader(member, CHUNK)  # type: ignore[type-var]
                while line := stream.readline(min(MOST_LINE, table.bytes - length) + 1):
                    rows, length = rows + 1, length + len(line)
                    if len(line) > MOST_LINE or length > table.bytes:
                        break
                    digest.update(line)
                    yield line
        except NOT_A_ZIP as error:
            raise BackupRefused(f"It is damaged: the table {table.name} cannot be read.") from error
        if (rows, length, digest.hexdigest()) != (table.rows, table.bytes, table.sha256):
            raise BackupRefused(f"It is damaged: the table {table.name} is not what was written.")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup whose bytes are all as they were written, and whose manifest names what is in it.

    Raises:
        BackupRefused: it is something else, or damaged.
    """
    with path.open("rb") as stream:
        _refuse_a_broken_seal(stream)
        try:
            packed = zipfile.ZipFile(stream)
        except NOT_A_ZIP as error:
            raise BackupRefused("It is damaged: it cannot be opened.") from error
        with packed:
            if any(about.compress_type not in PACKED_AS for about in packed.infolist()):
                raise BackupRefused("It is packed in a way that no backup is.")
            manifest = _manifest_of(packed)
            _refuse_other_contents(packed, manifest, path.stat().st_size)
            yield Archive(packed, manifest)


def _refuse_a_broken_seal(stream: IO[bytes]) -> None:
    size = stream.seek(0, os.SEEK_END)
    begin = size - len(SEAL) - SEALED_BY
    stream.seek(max(0, begin))
    ending = stream.read()
    if begin <= 0 or not ending.startswith(SEAL):
        raise BackupRefused("It is no backup of Tandem, or its end is missing.")
    if _hash_of(stream, size - SEALED_BY) != ending[len(SEAL) :]:
        raise BackupRefused("It is damaged: its bytes are not those that were written.")


def _manifest_of(packed: zipfile.ZipFile) -> Manifest:
    try:
        about = packed.getinfo(MANIFEST)
        if about.file_size > MOST_LENGTH:
            raise BackupRefused("Its manifest is larger than any manifest is.")
        with packed.open(about) as member:
            return Manifest.read(member.read(MOST_LENGTH))
    except NOT_A_ZIP as error:
        raise BackupRefused("It is damaged: it has no manifest that can be read.") from error


def _refuse_other_contents(packed: zipfile.ZipFile, manifest: Manifest, size: int) -> None:
    """Only what the manifest names may be in it, each once, as long as it says, and packed no tighter than rows are."""
    announced = {table.path: table.bytes for table in manifest.tables}
    found = [about for about in packed.infolist() if about.filename != MANIFEST]
    if len(found) + 1 != len(packed.infolist()) or sorted(about.filename for about in found) != sorted(announced):
        raise BackupRefused("There is something in it that its manifest does not name, or something is missing.")
    if any(about.file_size != announced[about.filename] for about in found):
        raise BackupRefused("It is damaged: a table has another length than its manifest says.")
    if sum(announced.values()) > MOST_UNPACKED * size:
        raise BackupRefused(f"Unpacked it would be more than {MOST_UNPACKED} times its size; no backup is.")


def _hash_of(stream: IO[bytes], end: int) -> bytes:
    """The SHA-256 of what lies before a place, in letters."""
    digest = hashlib.sha256()
    stream.seek(0)
    while end > 0 and (chunk := stream.read(min(CHUNK, end))):
        digest.update(chunk)
        end -= len(chunk)
    return digest.hexdigest().encode()
