"""Workbooks of Excel 97 to 2003 (.xls), whose hidden rows only xlrd tells."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from shared.adapters.apart import Unreadable
from shared.adapters.sheets.cells import DATE, ERROR, Cell, as_cell, number

WORKSHEET = 0


def sheets(path: Path) -> tuple[bool, list[str], list[Any]]:
    """Whether days count from 1904, the names of hidden sheets, and the visible ones."""
    import xlrd

    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=StringIO(), ragged_rows=True)
    except xlrd.XLRDError as error:
        raise Unreadable("protected" if "ncrypted" in str(error) else "broken") from error
    every = book.sheets()
    hidden = [sheet.name for sheet in every if sheet.visibility != WORKSHEET]
    return book.datemode == 1, hidden, [sheet for sheet in every if sheet.visibility == WORKSHEET]


def rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:  # noqa: ANN401  xlrd has no types
    """Every row of the sheet with its number."""
    for index in range(sheet.nrows):
        yield index + 1, [_cell(cell, sheet.book.datemode) for cell in sheet.row(index)]


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
