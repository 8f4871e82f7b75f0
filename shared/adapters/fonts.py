"""The Chinese typefaces of printed papers: made once per folder, registered once per process.

xhtml2pdf draws static TrueType only, so the variable fonts of the package justmytype-intl-cjk (SIL Open Font
License, which asks changed fonts to bear other names) are fixed at two weights under names of our own.
"""

import fcntl
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from shared.adapters import typesetting

REGULAR, BOLD = 400, 700

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)


@dataclass(frozen=True)
class Family:
    """One family of ours and the variable font of the package that it is made from."""

    name: str
    source: str

    def file(self, folder: Path, weight: int) -> Path:
        return folder / f"{self.name}-{weight}.ttf"


# The first has every character of GB 2312 and GBK and those of names such as 䶮; the others only fill its gaps (𠮷).
FAMILIES = (
    Family("RegistrationSans", "notosanssc/NotoSansSC[wght].ttf"),
    Family("RegistrationSansRareA", "notosanstc/NotoSansTC[wght].ttf"),
    Family("RegistrationSansRareB", "notosansjp/NotoSansJP[wght].ttf"),
)

_LAYOUT_TABLES = ("BASE", "GDEF", "GPOS", "GSUB", "HVAR", "MVAR", "VVAR", "VORG", "vhea", "vmtx", "prep", "gasp")
_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS = 0, 13, 14

_lock = RLock()
_registered: dict[str, frozenset[int]] = {}
_system_folders: tuple[Path, ...] = SYSTEM_FOLDERS


def prepare_fonts(folder: Path, *, system_folders: Sequence[Path] = SYSTEM_FOLDERS) -> None:
    """Make the fonts in `folder` unless they are there, and register them; a second call costs nothing."""
    global _system_folders  # noqa: PLW0603  reportlab keeps its fonts per process, so we do as well
    with _lock:
        _system_folders = tuple(system_folders)
        if FAMILIES[-1].name in _registered:
            return
        _make_missing(folder)
        typesetting.mend()
        for family in FAMILIES:
            _register(family.name, family.file(folder, REGULAR), family.file(folder, BOLD))


def family_names() -> list[str]:
    """Every registered family, in the order in which a character is looked for."""
    return list(_registered)


def missing_characters(text: str) -> list[str]:
    """The characters of `text`, each once and in order, that no font here can draw."""
    if not _registered:
        raise RuntimeError("prepare_fonts() comes before the first use of the fonts")
    return [character for character in dict.fromkeys(text) if not _can_draw(character)]


def by_font(text: str, font: str) -> list[tuple[str, str]]:
    """`text` in parts, each with the first font of `font`'s weight that has its characters."""
    from xhtml2pdf.util import split_by_coverage

    _family, dash, weight = font.partition("-")
    return [(one, part) for part, one in split_by_coverage(text, [f"{one}{dash}{weight}" for one in _registered])]


def _can_draw(character: str) -> bool:
    if character in "\t\n\r" or any(ord(character) in drawn for drawn in tuple(_registered.values())):
        return True
    is_private = unicodedata.category(character) == "Co"  # each font draws something else there
    file = None if is_private else _system_font_with(character, _system_folders)
    if file is None:
        return False
    with _lock:
        name = f"System{len(_registered)}"
        _register(name, file, file)
    return ord(character) in _registered[name]  # reportlab does not read every kind of Unicode table


@cache
def _system_font_with(character: str, folders: tuple[Path, ...]) -> Path | None:
    """A TrueType font of the system (HanaMin, for instance) that has `character`; CFF outlines cannot be embedded."""
    from fontTools.ttLib import TTFont, TTLibError

    for file in sorted((f for folder in folders for f in folder.rglob("*.ttf")), key=lambda f: (len(f.name), f)):
        try:
            with TTFont(file, lazy=True) as font:
                if "glyf" in font and "fvar" not in font and ord(character) in font.getBestCmap():
                    return file
        except (TTLibError, OSError, TypeError):  # a broken file, or a font of symbols without a Unicode table
            continue
    return None


def _register(name: str, regular: Path, bold: Path) -> None:
    """Tell reportlab and xhtml2pdf; its own @font-face would read and hash the file for each document."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from xhtml2pdf import default

    faces = {REGULAR: TTFont(name, str(regular)), BOLD: TTFont(f"{name}-Bold", str(bold))}
    for weight, face in faces.items():
        registerFont(face)
        for italic in (0, 1):
            addMapping(name, int(weight == BOLD), italic, face.fontName)
    default.DEFAULT_FONT[name.lower()] = name
    _registered[name] = frozenset(faces[REGULAR].face.charToGlyph) & frozenset(faces[BOLD].face.charToGlyph)


def _make_missing(folder: Path) -> None:
    """Only one process makes the fonts; one that comes later waits and finds them."""
    wanted = [(family, weight) for family in FAMILIES for weight in (REGULAR, BOLD)]
    if all(family.file(folder, weight).exists() for family, weight in wanted):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        drawn: set[int] = set()
        for family in FAMILIES:
            characters = _characters_of(family) - drawn
            drawn |= characters
            for weight in (REGULAR, BOLD):
                if not family.file(folder, weight).exists():
                    _make(family, weight, characters, folder)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _source(family: Family) -> Path:
    import justmytype_intl_cjk

    return Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / family.source


def _characters_of(family: Family) -> set[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_source(family), lazy=True) as font:
        return set(font.getBestCmap())


def _make(family: Family, weight: int, characters: Iterable[int], folder: Path) -> None:
    """Write one static font; it takes its name only when it is complete, so that nobody reads half of it."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    with TTFont(_source(family)) as font:
        for table in _LAYOUT_TABLES:
            if table in font:
                del font[table]
        subsetter = Subsetter(Options(layout_features=[], notdef_outline=True, name_IDs=["*"]))
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        instantiateVariableFont(font, {"wght": weight}, inplace=True)
        _rename(font, family.name, weight)
        target = family.file(folder, weight)
        unfinished = target.with_suffix(f".{os.getpid()}")
        font.save(unfinished)
        unfinished.replace(target)


def _rename(font: Any, family: str, weight: int) -> None:  # noqa: ANN401  fontTools has no types
    """Give the font its own names (both weights would be called Thin) and keep the notices of its licence."""
    names = font["name"]
    names.names = [n for n in names.names if n.nameID in (_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS)]
    style = "Bold" if weight == BOLD else "Regular"
    texts = {1: family, 2: style, 3: f"{family}-{style}", 4: f"{family} {style}", 6: f"{family}-{style}"}
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
