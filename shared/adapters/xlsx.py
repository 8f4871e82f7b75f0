"""Workbooks that are given to people: templates to fill in, lists, and their own file with what is wrong marked.

Rows are written as they come and never held: a million of them take the same memory as one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

import xlsxwriter

from shared.adapters.sheets.cells import letters

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NARROW, WIDE = 8, 48
MEASURED = 200  # rows whose texts say how wide their columns are
A4 = 9
READY_ROWS = 5_000  # rows of a template that offer choices before anything stands in them
CHOICES = "choices"
FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Heading:
    """A column: what stands above it, what is explained below that, and what may be chosen in it."""

    label: str
    note: str = ""
    required: bool = False
    choices: Sequence[str] = ()

    @property
    def width(self) -> int:
        """Wide enough for the heading; Chinese characters take two places."""
        return max(NARROW, min(WIDE, 2 * len(self.label) + 4))


def _places(text: str) -> int:
    """How wide a text is."""
    return min(WIDE, sum(2 if character > "\u2e80" else 1 for character in text[:WIDE]) + 2)


@dataclass(frozen=True)
class Marked:
    """A cell with something wrong in it."""

    text: str


Value = str | int | float | Marked


class Sheet:
    """One sheet while it is written, from the top down."""

    def __init__(self, book: Any, name: str, headings: Sequence[Heading], title: str) -> None:  # noqa: ANN401
        self._book, self._sheet = book, book.add_worksheet(name)
        self._rows = count()
        # Text stays text: no ID number is rounded, and what begins like a formula is shown and not computed.
        self._text = book.add_format({"num_format": "@", "quote_prefix": False})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        bad = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "text_wrap": True, "valign": "top"}
        self._marked = book.add_format({"num_format": "@", **bad})
        self._widths = [heading.width for heading in headings]
        if title:
            self._line([title], book.add_format({"font_color": "#595959"}))
        top = self._heads(headings)
        self._sheet.freeze_panes(top, 0)
        self._sheet.repeat_rows(top - 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self.first = top

    def _heads(self, headings: Sequence[Heading]) -> int:
        strong = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "num_format": "@", "text_wrap": True}
        plain, required = self._book.add_format(strong), self._book.add_format({**strong, "font_color": "#9C0006"})
        row = next(self._rows)
        for column, heading in enumerate(headings):
            self._sheet.write_string(row, column, heading.label, required if heading.required else plain)
        if any(heading.note for heading in headings):
            small = {"font_color": "#595959", "italic": True, "text_wrap": True, "valign": "top", "num_format": "@"}
            self._line([heading.note for heading in headings], self._book.add_format(small))
            return row + 2
        return row + 1

    def _line(self, texts: Sequence[str], style: Any) -> None:  # noqa: ANN401
        row = next(self._rows)
        for column, text in enumerate(texts):
            self._sheet.write_string(row, column, text, style)

    def write(self, values: Iterable[Value]) -> None:
        """The next row."""
        row = next(self._rows)
        if row < self.first + MEASURED:
            values = list(values)
            seen = [_places(value.text if isinstance(value, Marked) else str(value)) for value in values]
            self._widths = [max(pair) for pair in zip_longest(self._widths, seen, fillvalue=0)]
        for column, value in enumerate(values):
            if isinstance(value, Marked):
                self._sheet.write_string(row, column, value.text[:MAX_TEXT], self._marked)
            elif isinstance(value, str):
                style = self._quoted if value.startswith(FORMULA) else self._text
                self._sheet.write_string(row, column, value[:MAX_TEXT], style)
            else:
                self._sheet.write_number(row, column, value)

    def fit(self) -> None:
        """Make each column as wide as what stands in it."""
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, width, self._text)

    def offer(self, column: int, source: str) -> None:
        """Let people choose in `column` from the range `source`."""
        last = self.first + READY_ROWS
        self._sheet.data_validation(self.first, column, last, column, {"validate": "list", "source": source})


@contextmanager
def writing(
    path: Path, name: str, headings: Sequence[Heading], *, title: str = "", author: str = ""
) -> Iterator[Sheet]:
    """An .xlsx at `path` with one sheet to be filled; its choices stand on a second, hidden one.

    `title` goes above the headings, `author` into the file's properties.
    """
    # Its parts are written beside it first: nothing of a list of people is left where nobody clears it away.
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": name, "author": author})
        sheet = Sheet(book, name, headings, title)
        for column, source in _choices(book, headings):
            sheet.offer(column, source)
        yield sheet
        sheet.fit()


def _choices(book: Any, headings: Sequence[Heading]) -> Iterator[tuple[int, str]]:  # noqa: ANN401
    """Write every list of choices into a column of a sheet of its own; the columns and the ranges they take from."""
    offered = [(column, heading.choices) for column, heading in enumerate(headings) if heading.choices]
    if not offered:
        return
    sheet = book.add_worksheet(CHOICES)
    sheet.hide()
    for row in range(max(len(choices) for _column, choices in offered)):
        for place, (_column, choices) in enumerate(offered):
            if row < len(choices):
                sheet.write_string(row, place, choices[row])
    for place, (column, choices) in enumerate(offered):
        yield column, f"='{CHOICES}'!${letters(place)}$1:${letters(place)}${len(choices)}"
