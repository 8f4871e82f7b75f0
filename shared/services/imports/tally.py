"""What a pass over a file comes to: how many rows become what, and a digest by which two passes are compared."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from shared.db import Base
from shared.models import ImportRow
from shared.models.kinds import ImportAction
from shared.services.imports import bulk
from shared.services.imports.formats import Line
from shared.services.imports.tables import packed

_TABLE = Base.metadata.tables[ImportRow.__tablename__]
_NAMES = ("import_id", "number", "action", "row_id", "left_version", "before", "changes", "reasons")


class Tally:
    """Counts the lines of one pass; equal digests mean that the same would be written to the same rows."""

    def __init__(self) -> None:
        self.counts: Counter[ImportAction] = Counter()
        self._digest = hashlib.sha256()

    def add(self, lines: Sequence[Line]) -> None:
        self.counts.update(line.action for line in lines)
        plan = [_plan(line) for line in lines]
        self._digest.update(repr(plan).encode())

    @property
    def read(self) -> int:
        return self.counts.total()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def _plan(line: Line) -> tuple[Any, ...]:
    """What is done about a line. Which number a new row gets is no part of it."""
    if line.problems:
        return (line.number, [(column, text.message) for column, text in line.problems])
    row_id = None if line.action is ImportAction.NEW else line.row_id
    return (line.number, line.action.value, row_id, line.changes or tuple(line.values.items()))


def note(import_id: int, lines: Sequence[Line]) -> None:
    """Write down what became of `lines`, or would become of them. Part of a verb."""
    if not lines:
        return
    bind = bulk.binder(_TABLE, _NAMES)
    bulk.insert(_TABLE, ("version", *_NAMES), ([1, *bind(values)] for values in _rows(import_id, lines)))


def _rows(import_id: int, lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        before = packed(line.before) if line.before else None
        reasons = [[column, text.packed()] for column, text in line.problems]
        yield (import_id, line.number, line.action, line.row_id, line.version, before, line.changes, reasons)
