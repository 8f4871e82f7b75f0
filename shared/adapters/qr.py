"""QR codes, as pictures that can stand in a page or a paper."""

from io import BytesIO

import segno


def png(text: str, *, scale: int = 8) -> bytes:
    """The QR code of `text` as a PNG with the quiet zone of four modules that ISO/IEC 18004 asks for."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def png_data_uri(text: str, *, scale: int = 8) -> str:
    """The same as an address that an `img` can carry itself."""
    return str(segno.make(text, error="m", micro=False).png_data_uri(scale=scale, border=4))
