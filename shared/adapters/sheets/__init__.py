"""Tables that people send: .xlsx, .xlsm, .xls, .ods, .csv as rows of text, read in a child process.

A workbook is a program that somebody else wrote for our parser: 5 KB that name the last cell of a sheet make the reader
allocate 400 GB. So the parser runs in a process of its own with a memory limit, and what it dies of is an answer, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.adapters.apart import MAX_BYTES, Unreadable, read_apart
from shared.adapters.sheets.cells import Cell

__all__ = ["MAX_BYTES", "Book", "Cell", "Row", "Sheet", "Unreadable", "open_book"]

MAX_ROWS = 200_000

Row = tuple[int, list[Cell]]  # the row's number as the user's program shows it, and its cells


@dataclass
class Sheet:
    """One visible sheet. `rows` can be read once, in order; blank and hidden rows are left out.

    What was left out is known when the rows are at their end: `hidden` has the numbers of rows that somebody has
    hidden or filtered away and that were not empty, `merged` the merged ranges whose value was given to each of
    their rows.
    """

    name: str
    rows: Iterator[Row]
    hidden: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


@dataclass
class Book:
    """An open file: what it really is, what is hidden in it, and its visible sheets in order."""

    kind: str  # xlsx, xls, ods or csv
    encoding: str  # of a text file, else ""
    since_1904: bool  # day numbers count from 1904 instead of 1900
    macros: bool
    hidden_sheets: list[str]
    sheets: Iterator[Sheet]


@contextmanager
def open_book(path: Path, *, max_rows: int = MAX_ROWS) -> Iterator[Book]:
    """The table at `path`, for as long as the block lasts; its rows come while they are read.

    Raises `Unreadable` with a code, here or while rows are read: what it is, the caller says in words.
    """
    with read_apart("shared.adapters.sheets.child", path, max_rows) as said:
        kind, found = next(said)
        if kind != "book":
            raise Unreadable("broken")
        yield Book(sheets=_sheets(said), **found)


def _sheets(said: Iterator[tuple[str, Any]]) -> Iterator[Sheet]:
    for kind, value in said:
        if kind == "sheet":
            sheet = Sheet(value, iter(()))
            sheet.rows = _rows(said, sheet)
            yield sheet
            for _unread in sheet.rows:
                pass


def _rows(said: Iterator[tuple[str, Any]], sheet: Sheet) -> Iterator[Row]:
    for kind, value in said:
        if kind == "rows":
            yield from value
        else:  # "left out": the last word about a sheet
            sheet.hidden, sheet.merged = value
            return
