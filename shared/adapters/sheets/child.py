"""The process that reads: python -m shared.adapters.sheets.child FILE MAX_ROWS, messages by marshal on its output."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from shared.adapters.apart import Unreadable, say, within_limits
from shared.adapters.sheets import legacy, opendocument, package, texts
from shared.adapters.sheets.cells import Cell, as_cell, letters
from shared.adapters.sheets.kinds import kind_of

SECONDS = 120
AT_ONCE = 500
MOST_TOLD = 1_000  # numbers of hidden rows and merged ranges that are told
MOST_MERGED = 20_000
ABOVE = 20  # rows with a title, headings and explanations that come before the data

Row = tuple[int, list[Cell]]


def main(path: Path, max_rows: int) -> None:
    """Read `path` and say all of it; `Unreadable` where it cannot be read."""
    reader = {"xlsx": _packages, "ods": _packages, "xls": _legacy, "csv": _text}
    kind = kind_of(path)
    reader[kind](path, kind, max_rows)


def _book(kind: str, *, encoding: str = "", since_1904: bool = False, macros: bool = False, hidden: Any = ()) -> None:  # noqa: ANN401
    found = {"kind": kind, "encoding": encoding, "since_1904": since_1904, "macros": macros}
    say("book", {**found, "hidden_sheets": list(hidden)})


def _text(path: Path, kind: str, max_rows: int) -> None:
    encoding, rows = texts.read(path)
    _book(kind, encoding=encoding)
    _sheet("", rows, package.Marks(), max_rows)


def _legacy(path: Path, kind: str, max_rows: int) -> None:
    since_1904, hidden, sheets = legacy.sheets(path)
    _book(kind, since_1904=since_1904, hidden=hidden)
    for sheet in sheets:
        marks = package.Marks(hidden=legacy.hidden(sheet), merged=legacy.merged(sheet))
        _sheet(sheet.name, legacy.rows(sheet), marks, max_rows)


def _packages(path: Path, kind: str, max_rows: int) -> None:
    marks, since_1904, macros = _marks(path, kind)
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError as error:
        raise Unreadable("protected") from error
    seen = calamine.SheetVisibleEnum.Visible
    hidden = [one.name for one in book.sheets_metadata if one.visible != seen]
    _book(kind, since_1904=since_1904, macros=macros, hidden=hidden)
    for index, one in enumerate(book.sheets_metadata):
        if one.visible == seen and one.typ == calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(index)
            _sheet(one.name, _calamine_rows(sheet), _with_merged(marks(one.name, index), sheet), max_rows)


def _marks(path: Path, kind: str) -> tuple[Callable[[str, int], package.Marks], bool, bool]:
    """How to get the marks of a sheet by its name and place; whether days count from 1904; whether it has macros."""
    if kind == "ods":
        every = opendocument.marks(path)
        return lambda _name, index: every[index] if index < len(every) else package.Marks(), False, False
    about = package.workbook(path)
    every_part = {name: package.marks(path, part) for name, part in about.parts.items()}
    return lambda name, _index: every_part.get(name, package.Marks()), about.since_1904, about.macros


def _calamine_rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401
    """Rows with their numbers: the reader begins at the first cell that is used."""
    if sheet.start is None:
        return
    for number, values in enumerate(sheet.iter_rows(), 1):
        yield number, [as_cell(value) for value in values]


def _with_merged(marks: package.Marks, sheet: Any) -> package.Marks:  # noqa: ANN401
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        marks.merged.append((top, left, bottom, right))
    return marks


def _sheet(name: str, rows: Iterator[Row], marks: package.Marks, max_rows: int) -> None:
    """Say the rows of one sheet that people see, and then what was left out of it."""
    say("sheet", name)
    hidden: list[int] = []
    told: list[Row] = []
    count = 0
    merged = [one for one in marks.merged if one[2] > one[0]][:MOST_MERGED]
    for number, cells in _spread(rows, merged):
        if number in marks.hidden:
            if any(cells):
                hidden.append(number)
            continue
        for column, kind in marks.cells.get(number, {}).items():
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = (kind, _text_of(cells[column]))
        _trim(cells)
        if not cells:
            continue
        count += 1
        if count > max_rows + ABOVE:
            raise Unreadable("too_many_rows", max_rows)
        told.append((number, cells))
        if len(told) == AT_ONCE:
            say("rows", told)
            told = []
    say("rows", told)
    say("left out", (hidden[:MOST_TOLD], [_named(one) for one in merged[:MOST_TOLD]]))


def _trim(cells: list[Cell]) -> None:
    """Cut blank cells at the end of a row."""
    while cells and not cells[-1]:
        cells.pop()


def _spread(rows: Iterator[Row], merged: list[package.Range]) -> Iterator[Row]:
    """Give the value of a merged range to every row of it: a school's name beside all of its teachers."""
    starts: dict[int, list[package.Range]] = {}
    for one in merged:
        starts.setdefault(one[0], []).append(one)
    open_ranges: list[tuple[package.Range, Cell]] = []
    for number, cells in rows:
        index = number - 1
        open_ranges = [(one, value) for one, value in open_ranges if one[2] >= index]
        for (_top, left, _bottom, _right), value in open_ranges:
            cells.extend([""] * (left + 1 - len(cells)))
            cells[left] = cells[left] or value
        for one in starts.get(index, ()):
            if one[1] < len(cells) and cells[one[1]]:
                open_ranges.append((one, cells[one[1]]))
        yield number, cells


def _text_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[1]


def _named(one: package.Range) -> str:
    top, left, bottom, right = one
    return f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"


if __name__ == "__main__":
    with within_limits(SECONDS):
        main(Path(sys.argv[1]), int(sys.argv[2]))
