"""What phones call HEIC: pictures that only their own maker's browser shows."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from shared.adapters import photo
from shared.adapters.picture import BadPhoto
from tests.pictures import BLUE, GREEN, RED, WHITE, corners, encoded, four_quarters, opened

PHONE = (8064, 6048)  # 48 megapixels
PEAK = """
import resource, sys
from shared.adapters import photo
original = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
photo.prepare(original, (0.5, 0.0, 0.5, 0.5))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def reason_against(original: bytes) -> str:
    with pytest.raises(BadPhoto) as refusal:
        photo.prepare(original)
    return str(refusal.value.text)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("heic") / "IMG_0048.HEIC"
    file.write_bytes(encoded(four_quarters(PHONE), "HEIF", quality=10))
    return file


def test_a_photo_of_48_megapixels_is_cropped_and_shown(large: Path) -> None:
    original = large.read_bytes()
    assert set(corners(photo.prepare(original, (0.5, 0.0, 0.5, 0.5)).master)) == {RED}
    shown = photo.upright(original, 1200)
    assert opened(shown).size == (1200, 900)
    assert corners(shown) == [GREEN, RED, BLUE, WHITE]


def test_a_photo_of_48_megapixels_takes_no_more_than_300_megabytes(large: Path) -> None:
    command = [sys.executable, "-c", PEAK, str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300_000  # KiB; 243 MB when this was written


@pytest.mark.parametrize("grid", [0, 128])
def test_a_photo_in_tiles_is_one_picture(grid: int) -> None:
    original = encoded(four_quarters((570, 780)), "HEIF", tile_size=grid)
    assert corners(photo.prepare(original).small) == [GREEN, RED, BLUE, WHITE]


def test_white_lies_under_transparency() -> None:
    picture = Image.new("RGBA", (300, 420), (200, 30, 30, 0))
    assert set(corners(photo.prepare(encoded(picture, "HEIF")).small)) == {WHITE}


def test_of_several_pictures_the_main_one_is_the_photo() -> None:
    first, second = Image.new("RGB", (300, 420), GREEN), Image.new("RGB", (300, 420), RED)
    original = encoded(first, "HEIF", save_all=True, append_images=[second], primary_index=1)
    assert set(corners(photo.prepare(original).small)) == {RED}


def test_nothing_of_the_original_survives_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken in Nanjing"
    original = encoded(four_quarters((570, 780)), "HEIF", exif=exif, xmp=b"<x:xmpmeta>private</x:xmpmeta>")
    assert b"Nanjing" in original
    prepared = photo.prepare(original)
    for jpeg in (prepared.master, prepared.small, photo.upright(original, 500)):
        assert not opened(jpeg).getexif()
        assert not any(word in jpeg for word in (b"Nanjing", b"private", b"xmpmeta", b"Exif"))


def test_too_many_pixels_are_refused_by_the_header_alone() -> None:
    assert "5100万" in reason_against(_claiming(8193, 6225))


def test_a_header_that_lies_about_the_size_is_damaged() -> None:
    for size in ((300, 420), (6000, 6000)):
        assert "损坏" in reason_against(_claiming(*size))


def _claiming(width: int, height: int) -> bytes:
    """A picture of 570 × 780 whose header says otherwise."""
    content = bytearray(encoded(four_quarters((570, 780)), "HEIF"))
    place = content.index(b"ispe") + 8
    content[place : place + 8] = struct.pack(">II", width, height)
    return bytes(content)


@pytest.mark.parametrize("brand", [b"avif", b"mp42", b"qt  "])
def test_films_and_other_relatives_are_refused_with_the_formats(brand: bytes) -> None:
    content = encoded(four_quarters((300, 420)), "HEIF")
    assert "JPG、PNG或HEIC" in reason_against(content.replace(b"heic", brand))


def test_a_brand_without_a_picture_is_damaged() -> None:
    assert "损坏" in reason_against(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
