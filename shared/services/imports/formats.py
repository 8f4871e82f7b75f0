"""What can be imported: each format is its columns, who may, and a target that knows the table."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Table

from shared.adapters.sheets import MAX_ROWS
from shared.models import ImportRow
from shared.models.kinds import ImportAction
from shared.rules import masking
from shared.rules.importing import Column
from shared.rules.rights import Actor
from shared.text import Text

_NUMBER = re.compile(r"[A-Z]?\d{8,}X?", re.IGNORECASE)  # of an identity document, or what was meant to be one


@dataclass(slots=True)
class Line:
    """One row of the file on its way. `work` is whatever its target needs to remember between look and write."""

    number: int
    values: dict[str, Any]
    problems: list[tuple[str, Text]] = field(default_factory=list)  # the column's name, or ""
    action: ImportAction = ImportAction.NEW
    row_id: int | None = None
    version: int | None = None
    before: dict[str, Any] = field(default_factory=dict)  # the row's values where they become others
    changes: dict[str, list[str | None]] = field(default_factory=dict)  # as the audit keeps them
    work: Any = None

    def refuse(self, column: str, text: Text) -> None:
        self.problems.append((column, text))
        self.action = ImportAction.REFUSED


class Moved(Exception):
    """What would be written is not what was shown."""


@dataclass
class Run:
    """One pass over one file: who, for which campaign, whether it writes, and what was found out on the way."""

    by: Actor
    today: date
    import_id: int = 0
    campaign_id: int | None = None
    writing: bool = False
    columns: Sequence[Column] = ()  # those that the file has
    found: dict[Any, Any] = field(default_factory=dict)  # looked up once for the whole file
    seen: dict[Any, int] = field(default_factory=dict)  # the key of a row, and where in the file it was first
    notes: dict[str, Text] = field(default_factory=dict)  # what the target tells of the whole file

    def once(self, what: Any, find: Callable[[], Any]) -> Any:  # noqa: ANN401
        """What `find` finds, asked once for the whole file."""
        if what not in self.found:
            self.found[what] = find()
        return self.found[what]

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)


class Target(Protocol):
    """Where rows go. All its methods are set-based: a chunk of lines at a time, no statement for a single line."""

    table: Table

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        """Say of each line what it becomes, and refuse what cannot be; lines with problems may be among them."""

    def write(self, lines: Sequence[Line], run: Run) -> None:
        """Write the new and the changed ones and note their `row_id` and `version`. Part of a verb."""

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        """Put back what the rows of an import were, newest first, where `run.writing`; by `ImportRow.id` why not."""


@dataclass(frozen=True)
class Archive:
    """How a format is read whose files are no tables but many files in one: a line for each of those.

    `read` makes the lines. `prepare` does first what takes long, into a file beside the other, and yields how far it
    is: the writing must not wait for it, for in SQLite nobody else writes meanwhile. `suffix` is how that file ends,
    `accept` what may be chosen on the page, `about` stands in place of a template.
    """

    read: Callable[[Path], AbstractContextManager[Iterator[list[Line]]]]
    prepare: Callable[[Path, Path], Iterator[int]]
    suffix: str
    accept: str
    about: tuple[Text, ...]
    NAME = "file"  # in a line's `before`, which is encrypted: an ID number may stand in the file's name

    @classmethod
    def name_of(cls, row: ImportRow) -> str:
        """What the file of a line is called."""
        return str(json.loads(row.before or "{}").get(cls.NAME, ""))

    @classmethod
    def masked_name_of(cls, row: ImportRow) -> str:
        """The same for a page: whoever sent the file in knows it again, and nobody reads a number off the screen."""
        return _NUMBER.sub(lambda found: masking.id_number(found[0]), cls.name_of(row))


@dataclass(frozen=True)
class Format:
    """A file that can be imported. `allowed`: who may at all; which rows, the target asks SCOPE.

    `key`: the columns without which no row can be told from another. `edition` grows when a column of the template
    changes its meaning, so that an old file is not misread. `keeps_file`: not once it is written, if it may hold
    passwords. `is_final`: nobody takes it back. `afterwards`: pages for an import that is written, as endpoint (given
    `key`) and what it is called. `archive`: it is no table. `ahead`: makes what takes long for some of the lines, into
    `run.found`, before the writing; yields how many of them it has passed.
    """

    name: str
    label: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    target: Target
    allowed: Callable[[Actor], bool]
    hint: Text | None = None
    per_campaign: bool = False
    edition: int = 1
    keeps_file: bool = True
    is_final: bool = False
    max_rows: int = MAX_ROWS
    afterwards: tuple[tuple[str, Text], ...] = ()
    archive: Archive | None = None
    ahead: Callable[[Sequence[Line], Run], Iterator[int]] | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


_formats: dict[str, Format] = {}


def register(formats: Iterable[Format]) -> None:
    """Make `formats` known to this process; the back office adds those of its tables."""
    _formats.update({one.name: one for one in formats})


def named(name: str) -> Format | None:
    return _formats.get(name)


def offered(by: Actor) -> list[Format]:
    """What `by` may import, in the order of registration."""
    return [one for one in _formats.values() if one.allowed(by)]
