"""Pictures painted in a few plain colours, in any file format, and what is seen where in them."""

from io import BytesIO

import pillow_heif
from PIL import Image

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (255, 255, 255)
Colour = tuple[int, int, int]
CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))

pillow_heif.register_heif_opener()  # the tests' own: the adapter opens HEIC by itself
FAST = {"enc_params": {"preset": "ultrafast"}}


def encoded(picture: Image.Image, kind: str = "JPEG", *, exif: Image.Exif | None = None, **options: object) -> bytes:
    out = BytesIO()
    noted = {"exif": exif.tobytes()} if exif else {}
    picture.save(out, kind, **(FAST if kind == "HEIF" else {}), **noted, **options)
    return out.getvalue()


def four_quarters(size: tuple[int, int]) -> Image.Image:
    """Green above left, red above right, blue below left, white below right."""
    picture = Image.new("RGB", size, RED)
    across, down = size[0] // 2, size[1] // 2
    picture.paste(GREEN, (0, 0, across, down))
    picture.paste(BLUE, (0, down, across, size[1]))
    picture.paste(WHITE, (across, down, *size))
    return picture


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(BytesIO(jpeg))
    picture.load()
    return picture


def colour_at(jpeg: bytes, across: float, down: float) -> Colour:
    """The nearest of the colours that these pictures are painted in."""
    picture = opened(jpeg)
    found = picture.getpixel((int(across * (picture.width - 1)), int(down * (picture.height - 1))))
    assert isinstance(found, tuple)
    known = (RED, GREEN, BLUE, WHITE)
    nearest = min(known, key=lambda colour: sum((a - b) ** 2 for a, b in zip(colour, found, strict=True)))
    assert sum(abs(a - b) for a, b in zip(nearest, found, strict=True)) < 30, found
    return nearest


def corners(jpeg: bytes) -> list[Colour]:
    return [colour_at(jpeg, across, down) for across, down in CORNERS]
