import struct
import zlib

import pytest
from PIL import Image

from shared.adapters import photo
from shared.adapters.picture import BadPhoto, Box
from tests.pictures import BLUE, GREEN, RED, WHITE, Colour, colour_at, encoded, four_quarters, opened


def two_halves(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    picture = Image.new("RGB", size, top)
    picture.paste(bottom, (0, size[1] // 2, size[0], size[1]))
    return picture


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(size, 120) for _band in range(3)])


def reason_against(original: bytes, crop: Box | None = None) -> str:
    with pytest.raises(BadPhoto) as refusal:
        photo.prepare(original, crop)
    return str(refusal.value.text)


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares its size and then ends."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
@pytest.mark.parametrize("size", [(114, 156), (295, 413), (626, 413), (2400, 3200)])
def test_any_reasonable_picture_becomes_a_master_and_a_small_one(kind: str, size: tuple[int, int]) -> None:
    prepared = photo.prepare(encoded(two_halves(size, RED, BLUE), kind))
    for jpeg, wanted in ((prepared.master, (295, 404)), (prepared.small, (114, 156))):
        assert (opened(jpeg).format, opened(jpeg).mode, opened(jpeg).size) == ("JPEG", "RGB", wanted)
        assert colour_at(jpeg, 0.5, 0.2) == RED
        assert colour_at(jpeg, 0.5, 0.8) == BLUE


def test_the_busiest_picture_stays_under_the_limits() -> None:
    prepared = photo.prepare(encoded(noise((590, 808)), quality=100))
    assert len(prepared.small) <= 20_000
    assert len(prepared.master) <= 190_000


def test_without_a_crop_the_middle_is_taken_unstretched() -> None:
    picture = Image.new("RGB", (1140, 780), RED)
    picture.paste(GREEN, (285, 0, 855, 780))  # the middle 570 × 780 has the right shape
    small = photo.prepare(encoded(picture, quality=95)).small
    assert [colour_at(small, across, 0.5) for across in (0.03, 0.5, 0.97)] == [GREEN] * 3


def test_a_crop_is_taken_from_the_upright_picture() -> None:
    picture = Image.new("RGB", (1140, 1560), RED)
    picture.paste(GREEN, (570, 780, 1140, 1560))
    small = photo.prepare(encoded(picture), (0.5, 0.5, 0.5, 0.5)).small
    assert {colour_at(small, across, down) for across in (0.03, 0.97) for down in (0.03, 0.97)} == {GREEN}


def test_a_crop_of_another_shape_is_cut_and_not_stretched() -> None:
    picture = Image.new("RGB", (2280, 1560), RED)
    picture.paste(GREEN, (570, 0, 1710, 1560))
    small = photo.prepare(encoded(picture), (0.0, 0.0, 1.0, 1.0)).small
    assert [colour_at(small, across, 0.5) for across in (0.03, 0.97)] == [GREEN] * 2


UPRIGHT = two_halves((570, 780), RED, BLUE)
UPRIGHT.paste(GREEN, (0, 0, 285, 390))  # green above left, red above right, blue below
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("crop", [None, (0.0, 0.0, 1.0, 1.0)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
@pytest.mark.parametrize("orientation", list(STORED_AS))
def test_a_picture_is_turned_as_the_camera_was_held(orientation: int, kind: str, crop: Box | None) -> None:
    turn = STORED_AS[orientation]
    stored = UPRIGHT.transpose(turn) if turn is not None else UPRIGHT
    exif = Image.Exif()
    exif[0x0112] = orientation
    small = photo.prepare(encoded(stored, kind, exif=exif), crop).small
    corners = [colour_at(small, across, down) for across, down in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))]
    assert corners == [GREEN, RED, BLUE, BLUE]


def test_a_crop_of_a_turned_photo_as_large_as_a_camera_takes_keeps_its_place() -> None:
    upright = Image.new("RGB", (2280, 3120), RED)
    upright.paste(GREEN, (1140, 0, 2280, 1560))
    exif = Image.Exif()
    exif[0x0112] = 6
    original = encoded(upright.transpose(Image.Transpose.ROTATE_90), exif=exif)
    master = photo.prepare(original, (0.5, 0.0, 0.5, 0.5)).master
    assert {colour_at(master, across, down) for across in (0.02, 0.98) for down in (0.02, 0.98)} == {GREEN}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
@pytest.mark.parametrize("orientation", list(STORED_AS))
def test_any_part_of_a_picture_can_be_chosen_however_the_camera_was_held(orientation: int, kind: str) -> None:
    upright, turn = four_quarters((684, 1248)), STORED_AS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = encoded(upright.transpose(turn) if turn is not None else upright, kind, exif=exif)
    seen = [
        {colour_at(photo.prepare(original, (x, y, 0.5, 0.5)).master, across, 0.5) for across in (0.02, 0.98)}
        for x, y in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
    ]
    assert seen == [{GREEN}, {RED}, {BLUE}, {WHITE}]


@pytest.mark.parametrize("x", [0.2, 0.25, 0.3])
def test_a_crop_is_as_exact_as_the_pixels(x: float) -> None:
    picture = Image.new("RGB", (4560, 3120), RED)
    picture.paste(GREEN, (1368, 0, 4560, 3120))  # from 0.3 on
    master = opened(photo.prepare(encoded(picture), (x, 0.0, 0.25, 0.5)).master)
    edge = [master.getpixel((column, 200))[1] > 95 for column in range(295)].index(True)  # type: ignore[index]
    assert edge == pytest.approx((0.3 - x) / 0.25 * 295, abs=1.5)


def test_nothing_of_the_original_survives_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken in Nanjing"
    original = (
        encoded(Image.new("RGB", (300, 420), RED), exif=exif, comment=b"private remark") + b"<script>tail</script>"
    )
    prepared = photo.prepare(original)
    for jpeg in (prepared.master, prepared.small):
        assert not opened(jpeg).getexif()
        assert "comment" not in opened(jpeg).info
        assert not any(word in jpeg for word in (b"Nanjing", b"private", b"script"))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_white_lies_under_transparency(mode: str) -> None:
    picture = Image.new("RGBA", (300, 420), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 210, 300, 420))
    small = photo.prepare(encoded(picture.convert(mode), "PNG")).small
    assert colour_at(small, 0.5, 0.1) == WHITE


def test_a_picture_in_printing_colours_keeps_them() -> None:
    small = photo.prepare(encoded(two_halves((300, 420), RED, WHITE).convert("CMYK"))).small
    assert (colour_at(small, 0.5, 0.2), colour_at(small, 0.5, 0.8)) == (RED, WHITE)


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    picture = Image.new("I;16", (300, 420), 0x8000)
    shade = opened(photo.prepare(encoded(picture, "PNG")).small).getpixel((50, 50))
    assert isinstance(shade, tuple)
    assert all(abs(band - 128) <= 2 for band in shade)


def test_a_photo_with_a_second_picture_inside_is_taken_as_its_first() -> None:
    first, second = Image.new("RGB", (300, 420), GREEN), Image.new("RGB", (300, 420), RED)
    small = photo.prepare(encoded(first, "MPO", save_all=True, append_images=[second])).small
    assert colour_at(small, 0.5, 0.5) == GREEN


@pytest.mark.parametrize("content", [b"not a picture at all", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_refused_with_the_formats(content: bytes) -> None:
    assert "JPG、PNG或HEIC" in reason_against(content)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_kinds_of_picture_are_refused(kind: str) -> None:
    assert "JPG、PNG或HEIC" in reason_against(encoded(Image.new("RGB", (300, 420), RED), kind))


def test_an_empty_file_is_refused() -> None:
    assert "空" in reason_against(b"")


def test_a_file_of_more_than_20_megabytes_is_refused() -> None:
    assert "20MB" in reason_against(b"\xff" * (20 * 1024 * 1024 + 1))


@pytest.mark.parametrize("size", [(8193, 6225), (10_000, 5200), (10_000, 10_000), (50_000, 50_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(size: tuple[int, int]) -> None:
    assert "5100万" in reason_against(png_header(*size))


def test_a_header_within_the_limit_without_its_pixels_is_damaged() -> None:
    assert "损坏" in reason_against(png_header(6000, 6000))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_file_cut_short_is_refused(kind: str) -> None:
    whole = encoded(noise((300, 420)), kind)
    assert "损坏" in reason_against(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_damaged_file_becomes_a_photo_or_a_refusal_and_nothing_else(kind: str) -> None:
    whole = encoded(noise((130, 170)), kind)
    step = max(1, len(whole) // 100)
    refused = 0
    for place in range(0, len(whole), step):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            assert opened(photo.prepare(broken).small).size == (114, 156)
        except BadPhoto:
            refused += 1
    assert refused


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (300, 420), colour) for colour in (RED, BLUE)]
    assert "动态" in reason_against(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("size", [(113, 156), (114, 155), (1, 1)])
def test_a_picture_smaller_than_the_printed_one_is_refused(size: tuple[int, int]) -> None:
    assert "114×156" in reason_against(encoded(Image.new("RGB", size, RED)))


def test_a_crop_smaller_than_the_printed_picture_is_refused() -> None:
    assert "裁剪" in reason_against(encoded(Image.new("RGB", (1000, 1400), RED)), (0.4, 0.4, 0.1, 0.1))


@pytest.mark.parametrize(
    "crop",
    [
        (-0.1, 0.0, 0.5, 0.5),
        (0.6, 0.0, 0.5, 0.5),
        (0.0, 0.6, 0.5, 0.5),
        (0.0, 0.0, 0.0, 0.5),
        (0.0, 0.0, 0.5, -0.5),
        (float("nan"), 0.0, 0.5, 0.5),
        (0.0, 0.0, float("inf"), 0.5),
    ],
)
def test_a_crop_outside_the_picture_is_refused(crop: Box) -> None:
    assert "超出" in reason_against(encoded(Image.new("RGB", (1000, 1400), RED)), crop)
