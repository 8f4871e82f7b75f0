"""Lists as CSV, as Excel and WPS open them: UTF-8 with a mark by which they know it, and nothing that they compute."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Lines:
    """A file while it is written, from the top down."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401  an open file of text
        self._writer: Any = csv.writer(file)

    def write(self, values: Iterable[object]) -> None:
        """The next row."""
        self._writer.writerow([harmless(value) if isinstance(value, str) else value for value in values])


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `meant` gives back what it was."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def meant(text: str) -> str:
    """The text of a cell of which a formula was made harmless, here or by another program."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


@contextmanager
def writing(path: Path, headings: Sequence[str]) -> Iterator[Lines]:
    """A .csv at `path`, to be filled below its headings."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = Lines(file)
        lines.write(headings)
        yield lines
