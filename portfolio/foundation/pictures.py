"""Pictures that people send: drawn anew, so that nothing is left of a file but what can be seen on it.

Where it was taken and with what, hidden text, a second file behind the first: none of that is in the pixels.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

from portfolio.foundation.languages import gettext as _

MIMETYPE = "image/jpeg"
KINDS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_BYTES = 12 * 1024 * 1024  # Of a file as it is sent.
MOST_PIXELS = 120_000_000  # Of a JPEG, which is read at a fraction of its size.
MOST_PIXELS_UNPACKED = 25_000_000  # Of the others, which are read whole.
LONGEST_SIDE = 1_600  # Pixels that are kept; a page shows no more.
QUALITY = 82

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # The library says no before ours only to what is twice as large.
_one_at_a_time = threading.Lock()  # Unpacking takes memory, and many can send at once.


class PictureRefused(Exception):
    """A file is no picture that is kept; the text says why, to whoever sent it."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: a JPEG without anything beside its pixels."""

    data: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """By which a changed one is found out."""
        return hashlib.sha256(self.data).hexdigest()


def developed(stream: IO[bytes], name: str) -> Picture:
    """Draw a picture anew.

    Args:
        name: what the sender calls the file; told back to them.

    Raises:
        PictureRefused: it is too large, moves, or is no picture.
    """
    stream.seek(0)
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // (1024 * 1024)
        raise PictureRefused(_("%(name)s is larger than %(most)s MB. Send a smaller one.", name=name, most=most))
    with _one_at_a_time:
        try:
            return _drawn(data, name)
        except PictureRefused:
            raise
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(name) from error
        except Exception as error:  # What is no picture breaks a decoder wherever it pleases.
            words = _("%(name)s is no picture that can be read. Choose a JPEG, PNG or WebP file.", name=name)
            raise PictureRefused(words) from error


def _drawn(data: bytes, name: str) -> Picture:
    with Image.open(io.BytesIO(data), formats=KINDS) as sent:
        pixels = sent.width * sent.height
        is_jpeg = sent.format in ("JPEG", "MPO")  # As some telephones make them, with a second picture for depth.
        if pixels > (MOST_PIXELS if is_jpeg else MOST_PIXELS_UNPACKED):
            raise _too_many_pixels(name)
        if getattr(sent, "is_animated", False) and not is_jpeg:
            raise PictureRefused(_("%(name)s moves. Choose a picture that stands still.", name=name))
        sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        sent.load()
        upright = ImageOps.exif_transpose(sent)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        bare = Image.new("RGB", seen.size, "white")
        bare.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    kept = io.BytesIO()
    bare.save(kept, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(kept.getvalue(), *bare.size)


def _too_many_pixels(name: str) -> PictureRefused:
    return PictureRefused(_("%(name)s has too many pixels. Make it smaller first.", name=name))
