"""Tables as text: the encodings and separators that Chinese offices meet."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from shared.adapters import comma
from shared.adapters.apart import Unreadable
from shared.adapters.sheets.cells import Cell, plain

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
WITHOUT_BOM = ("utf-8", "gb18030")  # text that is valid UTF-8 by accident is as good as unknown
SEPARATORS = ("\t", ",", ";", "，")
LONGEST = 32_767  # characters in a cell of Excel's


def read(path: Path) -> tuple[str, Iterator[tuple[int, list[Cell]]]]:
    """The encoding of the file, and its rows with the numbers of their lines."""
    data = path.read_bytes()
    encoding, text = _decoded(data)
    if "\x00" in text:
        raise Unreadable("no_table")
    return encoding, _rows(text)


def _decoded(data: bytes) -> tuple[str, str]:
    marked = next((encoding for bom, encoding in BOMS.items() if data.startswith(bom)), None)
    for encoding in (marked,) if marked else WITHOUT_BOM:
        try:
            return encoding.removesuffix("-sig"), data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def _rows(text: str) -> Iterator[tuple[int, list[Cell]]]:
    first = next((line for line in text[:LONGEST].splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(LONGEST)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        for row, cells in enumerate(lines, 1):  # a spreadsheet would number records, not lines of the file
            yield row, [plain(comma.meant(cell)) for cell in cells]
    except csv.Error as error:
        raise Unreadable("broken_line", lines.line_num) from error
