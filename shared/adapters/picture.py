"""Pictures from any phone (JPEG, PNG, HEIC): judged by their header, decoded within bounds, turned upright.

A camera's fifty megapixels never stand in memory as a second copy: the wanted part is taken and shrunk in strips.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from shared.text import Text, _

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 51_000_000  # the largest that phones call 50 megapixels: 8192 × 6144

_ORIENTATION = 0x0112
_WHITE = (255, 255, 255, 255)
_SPARE = 2  # shrunk on the way to no less than twice what is needed, so that the last step can still smooth
_STRIP = 64  # rows of the shrunk picture
# Orientation → whether the stored picture lies on its side, is mirrored across, is mirrored from top to bottom.
_TURNS = {
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
_UPRIGHT = (False, False, False)
# What the decoders raise on damaged files (OSError covers Pillow's UnidentifiedImageError, RuntimeError is libheif's).
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    RuntimeError,
    struct.error,
    zlib.error,
)

Box = tuple[float, float, float, float]
Size = tuple[int, int]
Strip = Callable[[tuple[int, int, int, int]], "Image"]


class BadPhoto(Exception):
    """A file that cannot become an ID photo; `text` tells its owner what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Part:
    """A part of a picture, decoded: `box` (left, top, right, bottom) in pixels as they were stored."""

    pixels: "Image"
    box: Box
    turn: int

    def drawn(self, size: Size) -> "Image":
        """The part upright, in this size."""
        from PIL.Image import Resampling

        lying = _TURNS.get(self.turn, _UPRIGHT)[0]
        across, down = reversed(size) if lying else size
        return _turned(self.pixels.resize((across, down), Resampling.LANCZOS, self.box, reducing_gap=3.0), self.turn)


@dataclass(frozen=True)
class Picture:
    """A file of which nothing but the header has been read."""

    source: Any  # Pillow's image, or pillow-heif's
    stored: Size
    turn: int = 1

    @property
    def size(self) -> Size:
        """Width and height as the camera was held."""
        lying = _TURNS.get(self.turn, _UPRIGHT)[0]
        return (self.stored[1], self.stored[0]) if lying else self.stored

    def part(self, box: Box, scale: float) -> Part:
        """Decode `box` (pixels of the upright picture), which will be drawn at `scale` of its size."""
        box = _as_stored(box, self.stored, self.turn)
        try:
            now, strip = self._decoded(scale)
            across, down = now[0] / self.stored[0], now[1] / self.stored[1]
            box = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
            pixels, box = _shrunk(strip, box, now, max(1, floor(max(across, down) / (scale * _SPARE))))
        except _DAMAGE as error:
            raise _damaged() from error
        return Part(pixels, box, self.turn)

    def _decoded(self, scale: float) -> tuple[Size, Strip]:
        """All pixels; a JPEG shrinks on the way."""
        from PIL import Image

        if not isinstance(self.source, Image.Image):
            return self.stored, _heic_strips(self.source, self.stored)
        if scale < 1:
            self.source.draft(None, (ceil(self.stored[0] * scale * _SPARE), ceil(self.stored[1] * scale * _SPARE)))
        self.source.load()
        return self.source.size, self.source.crop


def opened(original: bytes) -> Picture:
    """The picture in a file: weight, kind and size are judged before a pixel is decoded."""
    if not original:
        raise BadPhoto(_("照片文件是空的，请重新选择照片。"))
    if len(original) > MOST_BYTES:
        raise BadPhoto(_("照片文件超过{limit}MB，请缩小后再上传。", limit=MOST_BYTES // 1024**2))
    picture = _heic(original) if original[4:8] == b"ftyp" else _jpeg_or_png(original)
    if picture.stored[0] * picture.stored[1] > MOST_PIXELS:
        raise _too_many_pixels()
    return picture


def _jpeg_or_png(original: bytes) -> Picture:
    from PIL import Image

    try:
        picture = Image.open(BytesIO(original), formats=("JPEG", "PNG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _DAMAGE as error:
        raise _unknown() from error
    # Phones put a second picture into their JPEG files (MPO), whose first one is the photo; a PNG that moves is none.
    if picture.format == "PNG" and getattr(picture, "is_animated", False):
        raise BadPhoto(_("这是动态图片，请上传静态的JPG、PNG或HEIC照片。"))
    return Picture(picture, picture.size, _orientation(picture))


def _heic(original: bytes) -> Picture:
    """Turned by its own boxes while it is decoded, so that the EXIF note about it counts no more."""
    import pillow_heif

    if not pillow_heif.get_file_mimetype(original).startswith("image/hei"):  # AVIF, films
        raise _unknown()
    options = pillow_heif.options
    options.DECODE_THREADS = 1  # one request has one core
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    try:
        file = pillow_heif.open_heif(original)
        picture = file[file.primary_index]
    except _DAMAGE as error:
        raise _damaged() from error
    return Picture(picture, picture.size)


def _heic_strips(picture: Any, size: Size) -> Strip:  # noqa: ANN401
    from PIL import Image

    data, stride = memoryview(picture.data), picture.stride
    if picture.size != size:
        raise ValueError("the picture is not as large as its header says")

    def strip(box: tuple[int, int, int, int]) -> "Image.Image":
        left, top, right, bottom = box
        rows = data[top * stride : bottom * stride]
        whole = Image.frombytes(picture.mode, (size[0], bottom - top), rows, "raw", picture.mode, stride)
        return whole.crop((left, 0, right, bottom - top))

    return strip


def _unknown() -> BadPhoto:
    return BadPhoto(_("无法识别这个文件，请上传JPG、PNG或HEIC格式的照片。"))


def _damaged() -> BadPhoto:
    return BadPhoto(_("照片文件已损坏或不完整，请重新导出或拍摄后再上传。"))


def _too_many_pixels() -> BadPhoto:
    return BadPhoto(_("照片像素过大（上限{limit}万像素），请缩小尺寸后再上传。", limit=MOST_PIXELS // 10_000))


def _orientation(picture: "Image") -> int:
    """How the camera was held; a damaged note about it is no reason to refuse the picture."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return 1


def _as_stored(box: Box, stored: Size, turn: int) -> Box:
    """A box of the upright picture in the pixels of the stored one."""
    lying, across, down = _TURNS.get(turn, _UPRIGHT)
    left, top, right, bottom = (box[1], box[0], box[3], box[2]) if lying else box
    if across:
        left, right = stored[0] - right, stored[0] - left
    if down:
        top, bottom = stored[1] - bottom, stored[1] - top
    return left, top, right, bottom


def _shrunk(strip: Strip, box: Box, size: Size, factor: int) -> tuple["Image", Box]:
    """The pixels around `box`, `factor` times smaller, and where the box is among them."""
    from PIL import Image

    left, top = max(floor(box[0]), 0), max(floor(box[1]), 0)
    right, bottom = min(ceil(box[2]), size[0]), min(ceil(box[3]), size[1])
    whole = Image.new("RGB", (ceil((right - left) / factor), ceil((bottom - top) / factor)))
    for row in range(top, bottom, _STRIP * factor):
        rows = _plain(strip((left, row, right, min(row + _STRIP * factor, bottom))))
        whole.paste(rows.reduce(factor), (0, (row - top) // factor))
    x, y, z, w = ((edge - start) / factor for edge, start in zip(box, (left, top, left, top), strict=True))
    return whole, (max(x, 0.0), max(y, 0.0), min(z, whole.width), min(w, whole.height))


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
