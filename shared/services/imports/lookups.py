"""What the texts of a file name: rows of other tables, by code, by name, or by what they were called before."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, true

from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules import policy
from shared.rules.importing import As, Column
from shared.rules.rights import Actor, Can
from shared.services import aliases
from shared.services.imports.formats import Line, Run
from shared.text import Text, _


def resolve(lines: Iterable[Line], column: Column, run: Run, *, anywhere: bool = False) -> None:
    """Put the key of the row in place of the text that names it; refuse what names none, or several.

    Rows outside the reader's area are not meant, unless `anywhere`.
    A row that has gone out of use is noted in `run.found`, and stays only where it already was.
    """
    known: dict[str, Any] = run.found.setdefault(("entries", column.name), {})
    wanted = [line for line in lines if isinstance(line.values.get(column.name), str)]
    new = {line.values[column.name] for line in wanted} - known.keys()
    if new:
        assert column.entries is not None  # noqa: S101  an ENTRY has a table
        reach = true() if anywhere else _within_reach(column.entries, run.by)
        found = aliases.resolve_many(column.entries, sorted(new), reach)
        known.update({text: found.get(text) for text in new})
    retired = run.found.setdefault(("retired", column.name), set())
    for line in wanted:
        text = line.values[column.name]
        row = known[text]
        if row is None:
            line.refuse(column.name, _none(text))
            line.values[column.name] = None
            continue
        key = line.values[column.name] = row.code if column.by_code else row.id
        if row.status is EntryStatus.RETIRED:
            retired.add(key)


def _within_reach(model: type[Entry], by: Actor) -> ColumnElement[bool]:
    """Whoever sees only the places of an area names only those; a school of the same name elsewhere is not meant."""
    seen = Can.VIEW if policy.may(model, by.role, Can.VIEW) else Can.REFER
    return policy.condition(model, by, seen)


def _none(text: str) -> Text:
    return _("没有找到“{text}”，或者有几个同名的，请改填代码", text=text[:40])


def refuse_retired(line: Line, columns: Iterable[Column], run: Run) -> None:
    """What has gone out of use is named by nothing new."""
    for column in columns:
        value: Any = line.values.get(column.name)
        if column.holds is not As.ENTRY or value is None or line.before.get(column.name) == value:
            continue
        if value in run.found.get(("retired", column.name), ()):
            line.refuse(column.name, _("已停用，不能再选"))
