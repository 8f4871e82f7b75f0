"""Drawn placeholders for ID photos: nobody's face, a few of them shared by all."""

from io import BytesIO

from shared.adapters.photo import Photo, prepare

_SIZE = (295, 404)
_BACKGROUNDS = ("#cfe4f7", "#ffffff", "#d9ebfa")
_CLOTHES = ("#31405a", "#5a3140", "#3d5a31")
_HAIR, _SKIN = "#2b2523", "#e9c9a9"


def portraits() -> list[Photo]:
    """Six pictures, prepared as an uploaded one would be."""
    return [
        prepare(_drawn(background, clothes, long_hair=long_hair))
        for background, clothes in zip(_BACKGROUNDS, _CLOTHES, strict=True)
        for long_hair in (False, True)
    ]


def _drawn(background: str, clothes: str, *, long_hair: bool) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", _SIZE, background)
    pen = ImageDraw.Draw(picture)
    if long_hair:
        pen.rounded_rectangle((78, 70, 217, 290), 65, fill=_HAIR)
    pen.rounded_rectangle((28, 296, 267, 480), 90, fill=clothes)
    pen.rectangle((122, 250, 173, 312), fill=_SKIN)
    pen.ellipse((90, 88, 205, 268), fill=_SKIN)
    pen.pieslice((84, 66, 211, 226), 180, 360, fill=_HAIR)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
