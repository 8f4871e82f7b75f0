"""Printed papers: HTML in, PDF out, with every character drawn or the paper refused."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from io import BytesIO
from threading import RLock

from shared.adapters.fonts import family_names, missing_characters, prepare_fonts

__all__ = ["MissingGlyphs", "missing_characters", "prepare_fonts", "render"]

DRAWING = RLock()  # xhtml2pdf and reportlab keep fonts per process, and draw one document at a time
# Chinese has no spaces between words: without this wrapping, long texts run off the page.
_WRAPPING = "html { font-family: %s; -pdf-word-wrap: CJK; }"


class MissingGlyphs(Exception):
    """No font here can draw these characters; a paper without them would bear a wrong name."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__(" ".join(f"{character} (U+{ord(character):04X})" for character in characters))
        self.characters = tuple(characters)


class UnreadablePaper(Exception):
    """xhtml2pdf understood the template only in part, which it otherwise only counts."""


def render(html: str, *, title: str, images: Mapping[str, bytes] | None = None) -> bytes:
    """Draw `html`; an `img` names one of `images`, and nothing else can be reached, neither file nor network."""
    refuse_missing(drawn_text(html))
    return lay_out(html, title=title, images=images)


def refuse_missing(text: str) -> None:
    """`MissingGlyphs` if no font can draw one of these characters."""
    missing = missing_characters(text)
    if missing:
        raise MissingGlyphs(missing)


def lay_out(html: str, *, title: str = "", images: Mapping[str, bytes] | None = None) -> bytes:
    """The page without a look at its characters."""
    from xhtml2pdf.config.resources import ResourceAccessPolicy
    from xhtml2pdf.default import DEFAULT_CSS
    from xhtml2pdf.document import pisaDocument

    out = BytesIO()
    with DRAWING:
        result = pisaDocument(
            html,
            out,
            default_css=DEFAULT_CSS + _WRAPPING % ", ".join(family_names()),
            link_callback=_only(images or {}),
            context_meta={"title": title},
            resource_policy=ResourceAccessPolicy.server(base_dir=None, allow_remote=False),
        )
    if result.err:
        raise UnreadablePaper([entry for entry in result.log if entry[0] == "error"])
    return out.getvalue()


def _only(images: Mapping[str, bytes]) -> Callable[[str, str], str]:
    def address(name: str, _base: str) -> str:
        return f"data:image/{_kind(images[name])};base64,{b64encode(images[name]).decode('ascii')}"

    return address


def _kind(picture: bytes) -> str:
    return "png" if picture.startswith(b"\x89PNG") else "jpeg"


def drawn_text(html: str) -> str:
    """What a page says, without its head and style."""
    reader = _DrawnText()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _DrawnText(HTMLParser):
    """Collects the text of a page without its head and style."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("head", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("head", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
