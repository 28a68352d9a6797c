"""Pictures are drawn anew: what is no picture is refused, and of what is one only the pixels are kept."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image

from portfolio.foundation.pictures import LONGEST_SIDE, MOST_BYTES, PictureRefused, developed
from tests.network.pictures import a_bomb, a_moving_picture, a_photo, a_picture, a_polyglot

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> None:
    """Refusals are worded in a language."""


def drawn(data: bytes) -> Image.Image:
    """The picture that is kept, opened."""
    return Image.open(io.BytesIO(developed(io.BytesIO(data), "table.jpg").data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no picture"),
        (b"GIF89a", "is no picture"),
        (b"<html><script>alert(1)</script>", "is no picture"),
        (SVG, "is no picture"),
        (b"%PDF-1.7\n", "is no picture"),
        (a_picture("BMP"), "is no picture"),
        (a_picture("TIFF"), "is no picture"),
        (a_picture()[:300], "is no picture"),
        (a_moving_picture("GIF"), "moves"),
        (a_moving_picture("WEBP"), "moves"),
        (a_moving_picture("PNG"), "moves"),
        (a_bomb(), "too many pixels"),
        (a_bomb(6_000), "too many pixels"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "larger than 12 MB"),
    ],
)
def test_what_is_no_picture_that_is_kept_is_refused_by_its_name(data: bytes, words: str) -> None:
    with pytest.raises(PictureRefused, match=words) as refused:
        developed(io.BytesIO(data), "table.jpg")

    assert "table.jpg" in str(refused.value)


def test_nothing_is_left_of_where_and_how_it_was_taken() -> None:
    sent = a_photo()
    assert b"Acme" in sent
    assert b"Secret words" in sent
    kept = developed(io.BytesIO(sent), "table.jpg")

    with Image.open(io.BytesIO(kept.data)) as picture:
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert not any(words in kept.data for words in (b"Acme", b"Secret", b"hidden", b"Exif", b"GPS"))


def test_a_second_file_behind_or_in_it_is_gone() -> None:
    kept = developed(io.BytesIO(a_polyglot()), "table.jpg").data

    assert not any(words in kept for words in (b"<script", b"<html", b"PK\x03\x04", b"evil"))
    assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("orientation", "size", "above", "left"),
    [(1, (60, 40), "red", ""), (3, (60, 40), "blue", ""), (6, (40, 60), "", "blue"), (8, (40, 60), "", "red")],
)
def test_it_stands_upright(orientation: int, size: tuple[int, int], above: str, left: str) -> None:
    picture = drawn(a_photo(orientation))

    red, _green, blue = picture.getpixel((size[0] // 2, 2) if above else (2, size[1] // 2))  # type: ignore[misc]
    assert picture.size == size
    assert ("red" if red > blue else "blue") == (above or left)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_whatever_comes_is_kept_as_a_jpeg_no_larger_than_a_page_shows(kind: str) -> None:
    picture = drawn(a_picture(kind, (3_000, 1_500)))

    assert picture.format == "JPEG"
    assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_is_see_through_stands_on_white() -> None:
    red, green, blue = drawn(a_picture("PNG", colour="#00000000")).getpixel((5, 5))  # type: ignore[misc]

    assert min(red, green, blue) > 250


def test_it_is_read_from_its_beginning_again() -> None:
    """A request that lost a race runs once more, with the same file."""
    file = io.BytesIO(a_picture())

    assert developed(file, "a").data == developed(file, "a").data
