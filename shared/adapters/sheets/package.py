"""What the fast reader does not tell about a workbook: hidden rows, formulas, how far its cells reach.

The sheets are looked through as bytes with patterns, at some 300 MB a second, and nothing in them is ever expanded.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree as ET

from shared.adapters.apart import Unreadable
from shared.adapters.sheets.cells import ERROR, FORMULA

PIECE, LONGEST_PIECE, SMALL_PART = 1 << 20, 16 << 20, 8 << 20
MAX_MARKED = 100_000  # rows
MAX_COLUMNS = 702  # up to ZZ

ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
ROW_END = b"row>"
ROW_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,9})["']""")
HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
FAR_CELL = re.compile(rb"""r=["'][A-Z]{3}""")
COMPUTED = re.compile(rb"""<(?:\w+:)?c\b[^>]*\br\s*=\s*["']([A-Z]{1,3})(\d{1,9})["'][^>]*>\s*<(?:\w+:)?f\b""")
ERRONEOUS = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\bt\s*=\s*["']e["'])[^>]*\br\s*=\s*["']([A-Z]{1,3})(\d{1,9})["']""")
MARKED = ((ERROR, re.compile(rb"""["']e["']"""), ERRONEOUS), (FORMULA, re.compile(rb"[<:]f[\s>/]"), COMPUTED))
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


@dataclass
class Marks:
    """Of one sheet: hidden rows, merged ranges, and for each row the columns (from 0) with a formula or an error."""

    hidden: set[int] = field(default_factory=set)
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)

    def keep(self, row: int, columns: range, kind: str) -> None:
        """Mark cells of one row; a file that is made of formulas is no list of data."""
        self.cells.setdefault(row, {}).update(dict.fromkeys(columns, kind))
        if len(self.cells) > MAX_MARKED:
            raise Unreadable("too_many_formulas")


@dataclass(frozen=True)
class Workbook:
    """What the package says about itself."""

    since_1904: bool
    macros: bool
    parts: dict[str, str]  # a sheet's name and the part it is kept in


def workbook(path: Path) -> Workbook:
    """What stands in an .xlsx before its sheets."""
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        start = _target(_xml(package, "_rels/.rels"), "officeDocument") or "xl/workbook.xml"
        root = _xml(package, start)
        folder = start.rpartition("/")[0]
        links = _xml(package, f"{folder}/_rels/{start.rpartition('/')[2]}.rels")
        targets = {one.get("Id"): _absolute(folder, one.get("Target") or "") for one in links}
        settings = next((one for one in root if _tag(one) == "workbookPr"), None)
        parts = {}
        for group in root:
            if _tag(group) == "sheets":
                parts = {one.get("name") or "": targets.get(one.get(RELATION), "") for one in group}
        since_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        return Workbook(since_1904, "xl/vbaProject.bin" in names, parts)


def marks(path: Path, part: str) -> Marks:
    """What is hidden or computed in one sheet of an .xlsx; `Unreadable` where its cells reach too far."""
    found = Marks()
    at = 0
    with zipfile.ZipFile(path) as package:
        if part not in package.namelist():
            return found
        for piece in _pieces(package, part):
            if FAR_CELL.search(piece):
                raise Unreadable("too_wide", MAX_COLUMNS)
            for row in ROW.finditer(piece):
                number = ROW_NUMBER.search(row[1])
                at = int(number[1]) if number else at + 1
                if HIDDEN.search(row[1]):
                    found.hidden.add(at)
            for kind, sign, pattern in MARKED:
                if sign.search(piece):
                    for cell in pattern.finditer(piece):
                        column = column_of(cell[1].decode())
                        found.keep(int(cell[2]), range(column, column + 1), kind)
    return found


def column_of(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that end where a row ends."""
    rest = b""
    with package.open(part) as stream:
        while more := stream.read(PIECE):
            rest += more
            whole, end, begun = rest.rpartition(ROW_END)
            if end:
                yield whole + end
                rest = begun
            elif len(rest) > LONGEST_PIECE:
                raise Unreadable("broken")
    yield rest


def _xml(package: zipfile.ZipFile, part: str) -> ET.Element:
    try:
        with package.open(part) as stream:
            data = stream.read(SMALL_PART)
    except KeyError as error:
        raise Unreadable("broken") from error
    if b"<!" in data.replace(b"<!--", b""):  # a document type could bring entities, and no program writes one
        raise Unreadable("broken")
    try:
        return ET.fromstring(data)  # noqa: S314  no document type, at most 8 MB
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Unreadable("broken") from error


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _target(links: ET.Element, kind: str) -> str:
    found = (one.get("Target") or "" for one in links if (one.get("Type") or "").endswith(f"/{kind}"))
    return _absolute("", next(found, ""))


def _absolute(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target)) if target else ""
