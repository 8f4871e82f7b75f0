"""Finding a row of reference data by typing its name, and what else it may have been (“did you mean”)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, select

from shared.db import session
from shared.models import Division, School, Subject
from shared.models.base import Entry
from shared.rules import likeness
from shared.rules.fields import Field
from shared.services import reference

Answers = Mapping[str, Any]
Key = int | str

MOST_CANDIDATES, MOST_PAIRS = 60, 16
MOST_ALIKE, MOST_SHOWN, MOST_UNASKED = 6, 8, 60


@dataclass(frozen=True)
class Match:
    """What a name stands for: one row, or none and those that are like it."""

    key: Key | None = None
    alike: list[tuple[Key, str]] = field(default_factory=list)


def resolve(wanted: Field, text: str, answers: Answers) -> Match:
    """The row that `text` names among those offered; a place needs not name what it lies in, if it is the only one."""
    rows = _candidates(wanted, text, answers)
    typed = likeness.plain(text)
    named = [row for row in rows if likeness.plain(str(row)) == typed]
    if not named and wanted.entries is Division:
        named = [row for row in rows if likeness.plain(str(row)).endswith(typed)]
    if len(named) == 1:
        return Match(reference.key(wanted, named[0]))
    return Match(alike=[(reference.key(wanted, row), str(row)) for row in named[:MOST_ALIKE] or _ranked(text, rows)])


def suggest(wanted: Field, text: str, answers: Answers) -> list[str]:
    """Names to choose from while `text` is being typed; of short lists also before anything is."""
    if not likeness.plain(text):
        if wanted.entries not in (School, Subject):
            return []
        return [str(row) for row in session.scalars(reference.offered(wanted, answers).limit(MOST_UNASKED))]
    return [str(row) for row in _ranked(text, _candidates(wanted, text, answers), MOST_SHOWN)]


def name_of(wanted: Field, key: Key | None) -> str:
    """The name of the row that has been chosen; "" for none."""
    if key in (None, ""):
        return ""
    row = session.scalar(select(reference.entries(wanted)).where(reference.key_column(wanted) == key))
    return str(row) if row else ""


def _candidates(wanted: Field, text: str, answers: Answers) -> list[Entry]:
    """Rows that share pairs of characters with `text`, those with the most first."""
    name = reference.entries(wanted).name
    shared = [case((name.contains(pair, autoescape=True), 1), else_=0) for pair in likeness.pairs(text)[:MOST_PAIRS]]
    score = sum(shared[1:], start=shared[0])
    found = reference.offered(wanted, answers).where(score > 0).order_by(None)
    return list(session.scalars(found.order_by(score.desc(), reference.key_column(wanted)).limit(MOST_CANDIDATES)))


def _ranked(text: str, rows: list[Entry], most: int = MOST_ALIKE) -> list[Any]:
    by_name: dict[str, Entry] = {}
    for row in rows:
        by_name.setdefault(str(row), row)
    return [by_name[name] for name in likeness.ranked(text, by_name, most)]
