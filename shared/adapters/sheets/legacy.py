"""Workbooks of Excel 97 to 2003 (.xls), whose hidden rows only xlrd tells."""

import struct
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from shared.adapters.apart import Unreadable
from shared.adapters.sheets.cells import DATE, ERROR, FORMULA, Cell, as_cell, number

WORKSHEET = 0
_PAIR = struct.Struct("<HH")  # a record's kind and length, or a row and a column
# Records of a sheet in the file ([MS-XLS] 2.3): where it begins and ends, and its formulas in all editions.
_BEGIN, _END, _FORMULAS = frozenset((0x0809, 0x0409, 0x0209)), 0x000A, frozenset((0x0006, 0x0206, 0x0406))


def sheets(path: Path) -> tuple[bool, list[str], list[Any]]:
    """Whether days count from 1904, the names of hidden sheets, and the visible ones."""
    import xlrd

    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=StringIO(), ragged_rows=True, on_demand=True)
    except xlrd.XLRDError as error:
        raise Unreadable("protected" if "ncrypted" in str(error) else "broken") from error
    every = book.sheets()
    hidden = [sheet.name for sheet in every if sheet.visibility != WORKSHEET]
    return book.datemode == 1, hidden, [sheet for sheet in every if sheet.visibility == WORKSHEET]


def rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:  # noqa: ANN401  xlrd has no types
    """Every row of the sheet with its number."""
    computed = _formulas(sheet.book.mem, sheet.book._sh_abs_posn[sheet.number])  # noqa: SLF001  xlrd hides both
    for index in range(sheet.nrows):
        cells = [_cell(cell, sheet.book.datemode) for cell in sheet.row(index)]
        for column in computed.get(index, ()):
            if column < len(cells):
                cells[column] = (FORMULA, str(sheet.cell_value(index, column)))
        yield index + 1, cells


def _formulas(stream: Any, start: int) -> dict[int, list[int]]:  # noqa: ANN401  bytes, or a file in memory
    """By row the columns whose values are computed; xlrd tells only what came out."""
    found: dict[int, list[int]] = {}
    place, depth = start, 0
    while place + _PAIR.size <= len(stream):
        kind, length = _PAIR.unpack_from(stream, place)
        place += _PAIR.size
        if kind in _BEGIN:
            depth += 1  # charts stand as sheets inside the sheet
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
        elif kind in _FORMULAS and depth == 1 and length >= _PAIR.size:
            row, column = _PAIR.unpack_from(stream, place)
            found.setdefault(row, []).append(column)
        place += length
    return found


def hidden(sheet: Any) -> set[int]:  # noqa: ANN401
    """The numbers of the rows that are hidden."""
    return {index + 1 for index, info in sheet.rowinfo_map.items() if info.hidden}


def merged(sheet: Any) -> list[tuple[int, int, int, int]]:  # noqa: ANN401
    """Merged ranges: first row, first column, last row, last column, from 0."""
    return [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]


def _cell(cell: Any, datemode: int) -> Cell:  # noqa: ANN401
    import xlrd

    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return number(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return as_cell(xlrd.xldate_as_datetime(cell.value, datemode))
        except (ValueError, OverflowError):
            return (DATE, str(cell.value))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return as_cell(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return (ERROR, str(xlrd.error_text_from_code.get(cell.value, "#")))
    return as_cell(cell.value)
