"""Finding a row of reference data by typing its name, and what else it may have been (“did you mean”)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select

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
    held = [row for row in named if reference.key(wanted, row) == answers.get(wanted.name)]
    if len(named) == 1 or held:
        return Match(reference.key(wanted, (held or named)[0]))
    if named:  # rows of one name: their codes tell them apart
        return Match(alike=[(reference.key(wanted, row), _told_apart(row, named)) for row in named[:MOST_ALIKE]])
    return Match(alike=[(reference.key(wanted, row), str(row)) for row in _ranked(text, rows)])


def _told_apart(row: Entry, rows: list[Entry]) -> str:
    alone = sum(str(other) == str(row) for other in rows) == 1
    return str(row) if alone else f"{row} {row.code}"


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
    name = func.lower(reference.entries(wanted).name)
    shared = [case((name.contains(pair, autoescape=True), 1), else_=0) for pair in likeness.pairs(text)[:MOST_PAIRS]]
    # People also write 南师大 for 南京师范大学: what has all the characters in their order comes first.
    signs = [re.sub(r"([%_/])", r"/\1", sign) for sign in likeness.plain(text)]
    left_out = name.like("%".join(signs) + "%", escape="/")
    begins = name.like(signs[0] + "%", escape="/")
    score = sum(shared, start=case((left_out, 2), (begins, 1), else_=0))
    exact = case((name == likeness.plain(text), 1), else_=0)
    found = reference.offered(wanted, answers).where(score > 0).order_by(None)
    order = (exact.desc(), score.desc(), reference.key_column(wanted))
    return list(session.scalars(found.order_by(*order).limit(MOST_CANDIDATES)))


def _ranked(text: str, rows: list[Entry], most: int = MOST_ALIKE) -> list[Any]:
    by_name: dict[str, Entry] = {}
    for row in rows:
        by_name.setdefault(str(row), row)
    return [by_name[name] for name in likeness.ranked(text, by_name, most)]
