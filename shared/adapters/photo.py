"""ID photos: any reasonable picture becomes a master and the small picture that the form prints.

What is stored is always encoded anew, so nothing of the uploaded file survives but its pixels.
"""

from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING

from shared.adapters import picture
from shared.adapters.picture import BadPhoto, Box
from shared.text import _

if TYPE_CHECKING:
    from PIL.Image import Image

MASTER_SIZE = (295, 404)
SMALL_SIZE = (114, 156)
MASTER_BYTES = 190_000
SMALL_BYTES = 20_000  # 20 KB, read strictly
PREVIEW_BYTES = 400_000  # to be shown once, perhaps over a phone's network

_QUALITIES = (92, 85, 75, 60, 40, 20)
_ROUNDING = 0.5  # of a pixel, when a crop is just as large as the small picture
_EDGE = 1e-5  # rounding of fractions that a browser computed


@dataclass(frozen=True)
class Photo:
    """The two pictures that are stored, both JPEG without metadata."""

    master: bytes
    small: bytes


def prepare(original: bytes, crop: Box | None = None) -> Photo:
    """Turn upright, crop to 114:156 and encode anew.

    `crop` is (x, y, width, height) in fractions of the upright picture; without it the largest part of the right
    shape is taken from the middle. Whatever its shape, the result is never stretched.
    """
    found = picture.opened(original)
    box = _shaped(_box_in(found.size, crop))
    _refuse_too_small(box)
    part = found.part(box, MASTER_SIZE[0] / (box[2] - box[0]))
    return Photo(_jpeg(part.drawn(MASTER_SIZE), MASTER_BYTES), _jpeg(part.drawn(SMALL_SIZE), SMALL_BYTES))


def upright(original: bytes, longest: int) -> bytes:
    """The whole picture upright as a JPEG that any browser shows, no side longer than `longest`."""
    found = picture.opened(original)
    width, height = found.size
    scale = min(1.0, longest / max(width, height))
    part = found.part((0, 0, width, height), scale)
    return _jpeg(part.drawn((max(1, round(width * scale)), max(1, round(height * scale)))), PREVIEW_BYTES)


def _refuse_too_small(box: Box) -> None:
    width, height = SMALL_SIZE
    if box[2] - box[0] < width - _ROUNDING or box[3] - box[1] < height - _ROUNDING:
        raise BadPhoto(
            _(
                "照片太小，裁剪后不足{width}×{height}像素。请换一张更清晰的照片，或者扩大裁剪范围。",
                width=width,
                height=height,
            )
        )


def _box_in(size: tuple[int, int], crop: Box | None) -> Box:
    """The crop in pixels, as left, top, right, bottom."""
    x, y, width, height = crop or (0.0, 0.0, 1.0, 1.0)
    inside = min(x, y) >= -_EDGE and x + width <= 1 + _EDGE and y + height <= 1 + _EDGE
    if not (all(map(isfinite, (x, y, width, height))) and inside and min(width, height) > 0):
        raise BadPhoto(_("裁剪范围超出了照片，请重新选择照片并裁剪。"))
    left, top = max(x, 0.0) * size[0], max(y, 0.0) * size[1]
    return left, top, min((x + width) * size[0], size[0]), min((y + height) * size[1], size[1])


def _shaped(box: Box) -> Box:
    """The largest middle part of the box that has the shape of the photo."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    scale = min(width / SMALL_SIZE[0], height / SMALL_SIZE[1])
    across, down = (width - SMALL_SIZE[0] * scale) / 2, (height - SMALL_SIZE[1] * scale) / 2
    return left + across, top + down, right - across, bottom - down


def _jpeg(drawn: "Image", most_bytes: int) -> bytes:
    """A JPEG, in the best quality that stays under the limit."""
    encoded = b""
    for quality in _QUALITIES:
        out = BytesIO()
        drawn.save(out, "JPEG", quality=quality, optimize=True)
        encoded = out.getvalue()
        if len(encoded) <= most_bytes:
            break
    return encoded
