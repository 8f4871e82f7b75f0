"""One paper's way from its facts to a PDF: the template, the fonts, and a sentence for a character that none has."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.adapters import blanks, fonts, pdf
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services.errors import Refused
from shared.text import _

TEMPLATES = Path(__file__).parents[1] / "templates"
_fonts_folder = Path("var/fonts")


@dataclass(frozen=True)
class Job:
    """What the makers need to know beside the applications. Offsets are millimetres, to the right and down."""

    by: Actor
    portal_url: str
    today: date
    right: float = 0
    down: float = 0


def keep_fonts_in(folder: Path) -> None:
    """Where the fonts lie that papers are set in; they are made there once."""
    global _fonts_folder  # noqa: PLW0603  one folder per process, from the settings
    _fonts_folder = folder


@dataclass(frozen=True)
class Filled:
    """One of many papers of a kind: what it says, and its pictures by the names that the template gives them."""

    facts: Mapping[str, Any]
    images: Mapping[str, bytes]


def undrawable(text: str) -> list[str]:
    """The characters of `text` that no font here has."""
    fonts.prepare_fonts(_fonts_folder)
    return fonts.missing_characters(text)


def typeset(template: str, *, title: str, images: Mapping[str, bytes] | None = None, **facts: Any) -> bytes:  # noqa: ANN401
    """The paper `template` (a file in templates/pdf) with these facts; `Refused` where a character has no font."""
    fonts.prepare_fonts(_fonts_folder)
    with _missing_told():
        return pdf.render(_template(template).render(**facts), title=title, images=images)


def fill_in(template: str, papers: Iterable[Filled], *, title: str) -> bytes:
    """One after the other as one file, the template laid out only once; it marks with `slot` what differs."""
    fonts.prepare_fonts(_fonts_folder)
    with _missing_told():
        return blanks.draw((_sheet(template, one) for one in papers), title=title)


def _sheet(template: str, paper: Filled) -> blanks.Sheet:
    slots = blanks.Slots()
    return blanks.Sheet(_template(template).render(paper.facts, slot=slots), slots.lines, paper.images)


@contextmanager
def _missing_told() -> Iterator[None]:
    try:
        yield
    except pdf.MissingGlyphs as fault:
        characters = "、".join(fault.characters)
        text = _("字库中没有“{characters}”，不能打印，请联系所在区教育局处理", characters=characters)
        raise Refused(Problem("glyphs", "", text)) from None


@cache
def _template(name: str) -> Any:  # noqa: ANN401  a Jinja template
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.globals["_"] = lambda message: message
    return environment.get_template(f"pdf/{name}.html")
