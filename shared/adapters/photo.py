"""ID photos: any reasonable JPEG or PNG becomes a master and the small picture that the form prints.

What is stored is always encoded anew, so nothing of the uploaded file survives but its pixels.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from math import ceil, isfinite
from typing import TYPE_CHECKING

from shared.text import Text, _

if TYPE_CHECKING:
    from PIL.Image import Image

MASTER_SIZE = (295, 404)
SMALL_SIZE = (114, 156)
MASTER_BYTES = 190_000
SMALL_BYTES = 20_000  # 20 KB, read strictly
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 36_000_000

_QUALITIES = (92, 85, 75, 60, 40, 20)
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255, 255)
_ROUNDING = 0.5  # of a pixel, when a crop is just as large as the small picture
_EDGE = 1e-6  # rounding of fractions that a browser computed
# What Pillow's decoders raise on damaged files (OSError covers its own UnidentifiedImageError).
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)

Box = tuple[float, float, float, float]


class BadPhoto(Exception):
    """A file that cannot become an ID photo; `text` tells its owner what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


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
    _refuse_by_weight(original)
    picture = _opened(original)
    turn = _orientation(picture)
    lying = turn in {5, 6, 7, 8}
    box = _shaped(_box_in((picture.height, picture.width) if lying else picture.size, crop))
    _refuse_too_small(box)
    full = picture.size
    _decode(picture, MASTER_SIZE[0] / (box[2] - box[0]))
    shrunk = picture.width / full[0], picture.height / full[1]
    across, down = reversed(shrunk) if lying else shrunk
    whole = _turned(_plain(picture), turn)
    box = _clamped((box[0] * across, box[1] * down, box[2] * across, box[3] * down), whole.size)
    return Photo(_resized(whole, box, MASTER_SIZE, MASTER_BYTES), _resized(whole, box, SMALL_SIZE, SMALL_BYTES))


def _refuse_by_weight(original: bytes) -> None:
    if not original:
        raise BadPhoto(_("照片文件是空的，请重新选择照片。"))
    if len(original) > MOST_BYTES:
        raise BadPhoto(_("照片文件超过{limit}MB，请缩小后再上传。", limit=MOST_BYTES // 1024**2))


def _opened(original: bytes) -> "Image":
    """The picture with nothing but its header read: size and kind are judged before a pixel is decoded."""
    from PIL import Image

    try:
        picture = Image.open(BytesIO(original), formats=("JPEG", "PNG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _DAMAGE as error:
        raise BadPhoto(_("无法识别这个文件，请上传JPG或PNG格式的照片（手机的HEIC照片请先转换为JPG）。")) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    # Phones put a second picture into their JPEG files (MPO), whose first one is the photo; a PNG that moves is none.
    if picture.format == "PNG" and getattr(picture, "is_animated", False):
        raise BadPhoto(_("这是动态图片，请上传静态的JPG或PNG照片。"))
    return picture


def _too_many_pixels() -> BadPhoto:
    return BadPhoto(_("照片像素过大（上限{limit}万像素），请缩小尺寸后再上传。", limit=MOST_PIXELS // 10_000))


def _orientation(picture: "Image") -> int:
    """How the camera was held; a damaged note about it is no reason to refuse the picture."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return 1


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
        raise BadPhoto(_("裁剪范围超出了照片，请重新裁剪。"))
    left, top = max(x, 0.0) * size[0], max(y, 0.0) * size[1]
    return left, top, min((x + width) * size[0], size[0]), min((y + height) * size[1], size[1])


def _shaped(box: Box) -> Box:
    """The largest middle part of the box that has the shape of the photo."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    scale = min(width / SMALL_SIZE[0], height / SMALL_SIZE[1])
    across, down = (width - SMALL_SIZE[0] * scale) / 2, (height - SMALL_SIZE[1] * scale) / 2
    return left + across, top + down, right - across, bottom - down


def _clamped(box: Box, size: tuple[int, int]) -> Box:
    """The box without what rounding put outside the picture."""
    return max(box[0], 0.0), max(box[1], 0.0), min(box[2], size[0]), min(box[3], size[1])


def _decode(picture: "Image", scale: float) -> None:
    """Decode, letting a JPEG shrink on the way to no less than twice what is needed."""
    try:
        if scale < 1:
            picture.draft(None, (ceil(picture.width * scale * 2), ceil(picture.height * scale * 2)))
        picture.load()
    except _DAMAGE as error:
        raise BadPhoto(_("照片文件已损坏或不完整，请重新导出或拍摄后再上传。")) from error


def _plain(picture: "Image") -> "Image":
    """The pixels as RGB: transparency on white, 16-bit grey brought down to eight."""
    from PIL import Image

    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")
    return picture.convert("RGB")


def _turned(picture: "Image", turn: int) -> "Image":
    """The picture as the camera was held (EXIF orientation 2 to 8)."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return picture.transpose(turns[turn]) if turn in turns else picture


def _resized(whole: "Image", box: Box, size: tuple[int, int], most_bytes: int) -> bytes:
    """A JPEG of this size, in the best quality that stays under the limit."""
    from PIL.Image import Resampling

    picture = whole.resize(size, Resampling.LANCZOS, box=box, reducing_gap=3.0)
    picture.info.clear()
    encoded = b""
    for quality in _QUALITIES:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        encoded = out.getvalue()
        if len(encoded) <= most_bytes:
            break
    return encoded
