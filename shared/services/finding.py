"""Finding a row of reference data by typing its name, and what else it may have been (“did you mean”)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from shared.db import session
from shared.models import Alias, Division, School, Subject
from shared.models.base import Entry
from shared.rules import likeness
from shared.rules.fields import Field
from shared.services import aliases, reference

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
    if not named and (known := _called(wanted, text, answers, exactly=True)):
        named = list(known.values())
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
    rows = _ranked(text, _candidates(wanted, text, answers), MOST_SHOWN)
    before = _called(wanted, text, answers)
    by_alias = [before[name] for name in likeness.ranked(text, before, MOST_SHOWN)]
    return list(dict.fromkeys(str(row) for row in (*rows, *by_alias)))[:MOST_SHOWN]


def name_of(wanted: Field, key: Key | None) -> str:
    """The name of the row that has been chosen; "" for none."""
    if key in (None, ""):
        return ""
    row = session.scalar(select(reference.entries(wanted)).where(reference.key_column(wanted) == key))
    return str(row) if row else ""


def _candidates(wanted: Field, text: str, answers: Answers) -> list[Entry]:
    """Rows that share pairs of characters with `text`, those with the most first."""
    return _sharing(reference.entries(wanted), text, reference.offered(wanted, answers))


def alike(model: type[Entry], text: str, rows: Select[Any]) -> list[Entry]:
    """Those of `rows` whose names are like `text`, the most alike first: look-alikes beside what somebody asks for."""
    found = {f"{row.name}\0{row.id}": row for row in _sharing(model, text, rows)}
    names = likeness.ranked(text, dict.fromkeys(row.name for row in found.values()), MOST_SHOWN)
    return [row for name in names for row in found.values() if row.name == name][:MOST_SHOWN]


def _sharing(model: type[Entry], text: str, rows: Select[Any]) -> list[Entry]:
    name = func.lower(model.name)
    shared = [case((name.contains(pair, autoescape=True), 1), else_=0) for pair in likeness.pairs(text)[:MOST_PAIRS]]
    # People also write 南师大 for 南京师范大学: what has all the characters in their order comes first.
    signs = [re.sub(r"([%_/])", r"/\1", sign) for sign in likeness.plain(text)]
    left_out = name.like("%".join(signs) + "%", escape="/")
    begins = name.like(signs[0] + "%", escape="/")
    score = sum(shared, start=case((left_out, 2), (begins, 1), else_=0))
    exact = case((name == likeness.plain(text), 1), else_=0)
    found = rows.where(score > 0).order_by(None)
    return list(session.scalars(found.order_by(exact.desc(), score.desc(), model.id).limit(MOST_CANDIDATES)))


def _called(wanted: Field, text: str, answers: Answers, *, exactly: bool = False) -> dict[str, Entry]:
    """Rows on offer that were once called `text`, or something with it in, by that name (S25)."""
    model = reference.entries(wanted)
    if model not in aliases.MERGEABLE:
        return {}
    same = Alias.name == text.strip() if exactly else Alias.name.contains(text.strip(), autoescape=True)
    offered = reference.offered(wanted, answers).order_by(None).add_columns(Alias.name)
    joined = offered.join(Alias, and_(Alias.row_id == model.id, Alias.table_name == model.__tablename__))
    found = session.execute(joined.where(same).order_by(model.id).limit(MOST_CANDIDATES))
    return {name: row for row, name in found}


def _ranked(text: str, rows: list[Entry], most: int = MOST_ALIKE) -> list[Any]:
    by_name: dict[str, Entry] = {}
    for row in rows:
        by_name.setdefault(str(row), row)
    return [by_name[name] for name in likeness.ranked(text, by_name, most)]
