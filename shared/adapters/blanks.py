"""Papers that differ only in what stands on their lines: laid out once by xhtml2pdf, then filled in many times.

Reading HTML and CSS and finding the place of 190 cells takes fifteen times as long as writing on them. So a template
marks its values with a `Slots`; what is left, the blank, is the same for most applicants, and is kept as the operators
that draw it, with a gap for each text and picture. A value of more lines makes another blank: nothing ever runs over.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partialmethod
from io import BytesIO
from typing import Any

from markupsafe import Markup

from shared.adapters import fonts, pdf

FIRST = 0xE000  # of the private use area, where no font here has a glyph: each such character stands for one line
KEPT = 64  # blanks, of about 100 KB each
_LOG = logging.getLogger("xhtml2pdf.context")
_GAP = re.compile("\0(\\d+)\0")
_PLACES = re.compile("[\ue000-\uf8ff]")


class Slots:
    """Collects the values while a template is filled, and leaves their places in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, value: object, width: float | None = None, size: float = 9.5) -> str:
        """The place of `value`, in lines that fit in `width` millimetres at `size` points; without it, one line."""
        text = " ".join(str(value or "").split())
        if not text:
            return "\u00a0"
        lines = _lines(text, width, size) if width else [text]
        places = [chr(FIRST + len(self.lines) + number) for number in range(len(lines))]
        self.lines += lines
        return places[0] if len(places) == 1 else Markup().join(Markup("<div>{}</div>").format(one) for one in places)


@dataclass(frozen=True)
class Sheet:
    """One paper to be drawn: the template's HTML with places, what goes there, and its pictures by name."""

    html: str
    lines: Sequence[str]
    images: Mapping[str, bytes]


@dataclass(frozen=True)
class _Run:
    """A piece of text in one font; characters of the private use area stand for values."""

    font: str
    size: float
    leading: float
    text: str


@dataclass(frozen=True)
class _Picture:
    name: str


@dataclass(frozen=True)
class _Page:
    """What is drawn on a page of this size (points), in this order: operators, texts, pictures."""

    size: tuple[float, float]
    pieces: Sequence[str | _Run | _Picture]


def draw(sheets: Iterable[Sheet], *, title: str) -> bytes:
    """All sheets as one file; `MissingGlyphs` where a sheet has a character that no font can draw."""
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, lang="zh-CN")
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setCreator("")
    canvas.setSubject(title)
    with pdf.DRAWING:
        for sheet in sheets:
            pdf.refuse_missing("".join(sheet.lines))
            for page in _blank(sheet.html, len(sheet.lines), tuple(sheet.images)):
                _write(canvas, page, sheet)
        canvas.save()
    return out.getvalue()


def _write(canvas: Any, page: _Page, sheet: Sheet) -> None:  # noqa: ANN401
    code = []
    canvas.setPageSize(page.size)
    for piece in page.pieces:
        if isinstance(piece, str):
            code.append(piece)
        elif isinstance(piece, _Run):
            code.append(_text(canvas, piece, sheet.lines))
        else:
            code.append(_picture(canvas, sheet.images[piece.name]))
    canvas._code.append("".join(code))  # noqa: SLF001  reportlab has no word for "these operators"
    canvas.showPage()


def _text(canvas: Any, run: _Run, lines: Sequence[str]) -> str:  # noqa: ANN401
    """The operators that show a run; each part of a value in the font that has its characters."""
    text = _PLACES.sub(lambda place: lines[ord(place[0]) - FIRST], run.text)
    written = canvas.beginText()
    parts = [(run.font, text)] if text is run.text else fonts.by_font(text, run.font)
    shown = []
    for font, part in parts:
        written.setFont(font, run.size, run.leading)
        shown.append(written._formatText(part))  # noqa: SLF001
    return " ".join(shown)


def _picture(canvas: Any, image: bytes) -> str:  # noqa: ANN401
    """The operator that shows a picture, which the file holds once however often it is shown."""
    from reportlab.lib.utils import ImageReader

    before = len(canvas._code)  # noqa: SLF001
    canvas.drawImage(ImageReader(BytesIO(image)), 0, 0)
    _save, *_placed, shown, _restore = canvas._code[before:]  # noqa: SLF001
    del canvas._code[before:]  # noqa: SLF001  the blank says where
    return str(shown)


@lru_cache(maxsize=KEPT)
def _blank(html: str, count: int, images: tuple[str, ...]) -> tuple[_Page, ...]:
    """The pages of a template with gaps for so many lines, as it is laid out."""
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.pdfgen.textobject import PDFTextObject

    gaps: list[_Run | _Picture] = []
    pages: list[_Page] = []

    def gap(what: _Run | _Picture) -> str:
        gaps.append(what)
        return f"\0{len(gaps) - 1}\0"

    class Words(PDFTextObject):  # type: ignore[misc]
        def _formatText(self, text: str | bytes) -> str:  # noqa: N802
            said = text.decode() if isinstance(text, bytes) else text
            return gap(_Run(self._fontname, self._fontsize, self._leading, said)) if said else ""

    class Recorder(Canvas):  # type: ignore[misc]
        def beginText(self, x: float = 0, y: float = 0, **other: Any) -> Words:  # noqa: ANN401, N802
            return Words(self, x, y, **other)

        def drawImage(self, image: Any, x: float, y: float, width: float, height: float, **_other: Any) -> None:  # noqa: ANN401, N802
            self.saveState()
            self.translate(x, y)
            self.scale(width, height)
            self._code.append(gap(_Picture(images[image.getSize()[0] - 1])))
            self.restoreState()

        def showPage(self) -> None:  # noqa: N802
            parts = _GAP.split("\n".join(self._code))
            pieces = [gaps[int(part)] if place % 2 else part for place, part in enumerate(parts)]
            pages.append(_Page(self._pagesize, pieces))
            super().showPage()

    pdf.refuse_missing(_without_places(pdf.drawn_text(html), count))
    with _drawn_on(Recorder):
        pdf.lay_out(html, images={name: _placeholder(width) for width, name in enumerate(images, 1)})
    return tuple(pages)


@contextmanager
def _drawn_on(canvas: type) -> Iterator[None]:
    """xhtml2pdf's documents are drawn on this kind of canvas; nobody else draws meanwhile (`pdf.DRAWING`)."""
    from xhtml2pdf.document import PmlBaseDoc

    PmlBaseDoc.build = partialmethod(PmlBaseDoc.build, canvasmaker=canvas)
    _LOG.addFilter(_is_about_text)
    try:
        yield
    finally:
        _LOG.removeFilter(_is_about_text)
        del PmlBaseDoc.build


def _is_about_text(record: logging.LogRecord) -> bool:
    """xhtml2pdf warns of each character without a glyph; places are meant to have none."""
    return not _PLACES.search(record.getMessage()) and f"U+{FIRST >> 8:02X}" not in record.getMessage()


def _placeholder(width: int) -> bytes:
    """A picture that is known again by its width in pixels."""
    from PIL import Image

    out = BytesIO()
    Image.new("L", (width, 1), 255).save(out, "PNG")
    return out.getvalue()


def _without_places(text: str, count: int) -> str:
    """What else the page says; a character that looks like a place, but is none or a second one, is left."""
    for number in range(count):
        text = text.replace(chr(FIRST + number), "", 1)
    return text


def _lines(text: str, width: float, size: float) -> list[str]:
    """Broken as Chinese text is: anywhere, but not before punctuation."""
    from reportlab.lib.textsplit import wordSplit
    from reportlab.lib.units import mm

    return [line for _room, line in wordSplit(text, width * mm, fonts.FAMILIES[0].name, size)]
