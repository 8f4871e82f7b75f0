"""Hidden rows, merged cells and formulas of an .ods, which the fast reader does not tell."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from shared.adapters.apart import Unreadable
from shared.adapters.sheets.cells import FORMULA
from shared.adapters.sheets.package import LONGEST_PIECE, MAX_COLUMNS, PIECE, Marks

TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)>")
REPEATED = re.compile(rb"""\btable:number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,9})["']""")
SPANNED = re.compile(rb"""\btable:number-rows-spanned\s*=\s*["'](\d{1,9})["']""")
VISIBILITY = re.compile(rb"""\btable:visibility\s*=\s*["'](?:collapse|filter)["']""")
MOST_ROWS = 1 << 20


def marks(path: Path) -> list[Marks]:
    """What is hidden, merged or computed in each sheet, in their order."""
    found: list[Marks] = []
    row, next_row, column = 0, 1, 0
    for tag, said in _tags(path):
        repeated = REPEATED.search(said)
        times = int(repeated[1]) if repeated else 1
        if tag == b"table":
            found.append(Marks())
            next_row = 1
        elif not found:
            continue
        elif tag == b"table-row":
            row, column = next_row, 0
            next_row = min(row + times, MOST_ROWS + 1)
            if VISIBILITY.search(said):
                found[-1].hidden.update(range(row, next_row))
        else:
            if b"table:formula" in said:
                found[-1].keep(row, range(column, min(column + times, MAX_COLUMNS)), FORMULA)
            if (spanned := SPANNED.search(said)) and column < MAX_COLUMNS:
                found[-1].merged.append((row - 1, column, row - 2 + int(spanned[1]), column))
            column += times
    return found


def _tags(path: Path) -> Iterator[tuple[bytes, bytes]]:
    rest = b""
    with zipfile.ZipFile(path) as package, package.open("content.xml") as stream:
        while more := stream.read(PIECE):
            rest += more
            end = rest.rfind(b">") + 1
            for tag in TAG.finditer(rest, 0, end):
                yield tag[1], tag[2]
            rest = rest[end:]
            if len(rest) > LONGEST_PIECE:
                raise Unreadable("broken")
