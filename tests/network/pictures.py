"""Makers of files that people send as pictures, good ones and others."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base

from portfolio.foundation.database import db
from portfolio.foundation.pictures import developed
from portfolio.network import picture_queries
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.picture import Illustration
from portfolio.people.person import Person
from tests.factories import changing, here, reading

WHERE = {1: "N", 2: (51.0, 3.0, 15.0), 3: "E", 4: (3.0, 43.0, 30.0)}  # In Ghent.


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "orange", **how: Any) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    mode = "RGBA" if kind in ("PNG", "WEBP") else "RGB"
    Image.new(mode, size, colour).save(file, kind, **how)
    return file.getvalue()


def an_illustration(shows: str = "A table full of LEGO") -> Illustration:
    """A picture as a learning takes it."""
    return Illustration(developed(io.BytesIO(a_picture()), "table.jpg"), shows)


def taken_away(learning: Learning, position: int = 1, *, by: Person, reason: str = "Somebody on it asked.") -> None:
    """Take one of its pictures away for good."""
    with reading():
        experiment = db.session.get_one(Experiment, learning.experiment_id)
    with changing(experiment, by=by) as (found, person, moment):
        picture = picture_queries.picture(here(learning), position)
        found.take_away(picture, reason, of=here(learning), by=person, at=moment)


def a_photo(orientation: int = 1) -> bytes:
    """A photo that knows where it was taken, and with what; red above, blue below as it is kept."""
    image, exif = Image.new("RGB", (60, 40), "red"), Image.Exif()
    image.paste("blue", (0, 20, 60, 40))
    exif[Base.Orientation], exif[Base.Make], exif[Base.ImageDescription] = orientation, "Acme Camera", "Secret words"
    exif.get_ifd(IFD.GPSInfo).update(WHERE)
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, comment=b"A hidden comment", quality=95)
    return file.getvalue()


def a_moving_picture(kind: str = "GIF") -> bytes:
    """One that moves."""
    frames, file = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")], io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def a_bomb(side: int = 60_000) -> bytes:
    """A few hundred kilobytes at most that would unpack to gigabytes."""
    row = zlib.compressobj(9)
    packed = b"".join(row.compress(b"\0" * (side // 8 + 1)) for _ in range(200)) + row.flush()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def a_polyglot() -> bytes:
    """A picture that is a page with a script, and an archive, to whoever reads it so."""
    hidden = b"<html><script>alert(document.domain)</script></html>PK\x03\x04evil.class"
    return a_picture(comment=hidden) + hidden
