"""What happened to one row, as the audit has it: for whoever sees the row and has the right to its history.

The audit itself is the auditor's. These questions read it for one row at a time, so SCOPE's line for HISTORY decides
about that row, not the line for the audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, not_, select

from shared import clock
from shared.db import Base, session
from shared.models import Application, AuditEntry
from shared.rules.rights import Actor, Can
from shared.services import access
from shared.services.errors import NotYours

PAGE = 50
ASSIGNED = Application.assigned_to_id.key
ENTRIES = AuditEntry.__table__.c  # columns, not the class: the second net of the pages hides the class from all others
Entry = Row[Any]


@dataclass(frozen=True)
class Asked:
    """Which part of a history is wanted; nothing said means all of it."""

    field: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Past:
    """One page of a row's history, newest first; `fields` and `people` are what it can be narrowed to."""

    entries: Sequence[Entry]
    count: int
    asked: Asked
    fields: list[str]
    people: list[str]

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


def may_read(model: type[Base], key: int, *, by: Actor) -> bool:
    """Whether `by` may read the history of this row."""
    return access.may(model, key, by=by, to=Can.HISTORY)


def of(model: type[Base], key: int, *, by: Actor, asked: Asked = Asked()) -> Past:
    """The history of a row; `NotYours` where `by` may not read it. A page beyond the last is the last."""
    if not may_read(model, key, by=by):
        raise NotYours
    about = _about(model, key)
    known = session.execute(select(ENTRIES.actor_name, ENTRIES.changes).where(*about)).all()
    fields = sorted({name for entry in known for name in entry.changes if name})
    wanted = [*about, *_narrowed(asked, fields)]
    count = session.scalar(select(func.count()).select_from(AuditEntry.__table__).where(*wanted)) or 0
    asked = replace(asked, page=min(max(asked.page, 1), max(1, -(-count // PAGE))))
    statement = select(AuditEntry.__table__).where(*wanted).order_by(ENTRIES.id.desc())
    return Past(
        entries=session.execute(statement.limit(PAGE).offset((asked.page - 1) * PAGE)).all(),
        count=count,
        asked=asked,
        fields=fields,
        people=sorted({entry.actor_name for entry in known}),
    )


def last(model: type[Base], key: int, *, by: Actor, most: int = 5) -> Sequence[Entry]:
    """The last entries about a row; none where `by` may not read them."""
    return _newest(model, key, most) if may_read(model, key, by=by) else []


def since(model: type[Base], key: int, version: int, *, by: Actor, to: Can) -> Sequence[Entry]:
    """What others did to a row after its `version`, told to whoever is about to do `to` to it and was overtaken.

    Every new version of a row is one entry, so as many are read as there are versions since; an assignment makes none.
    """
    columns = model.__table__.c
    present = session.scalar(select(columns.version).where(columns.id == key)) or 0
    if present <= version or not access.may(model, key, by=by, to=to):
        return []
    makes_a_version = ENTRIES.action == "update", not_(_names(ASSIGNED))
    return _newest(model, key, min(present - version, PAGE), *makes_a_version)


def _newest(model: type[Base], key: int, most: int, *conditions: ColumnElement[bool]) -> Sequence[Entry]:
    wanted = select(AuditEntry.__table__).where(*_about(model, key), *conditions)
    return session.execute(wanted.order_by(ENTRIES.id.desc()).limit(most)).all()


def _about(model: type[Base], key: int) -> tuple[ColumnElement[bool], ...]:
    return ENTRIES.table_name == model.__tablename__, ENTRIES.row_id == key


def _narrowed(asked: Asked, fields: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions = []
    if asked.field:
        conditions.append(_names(asked.field) if asked.field in fields else false())
    if asked.person:
        conditions.append(ENTRIES.actor_name == asked.person)
    if asked.first:
        conditions.append(ENTRIES.at >= clock.midnight(asked.first))
    if asked.last:
        conditions.append(ENTRIES.at < clock.midnight(asked.last + timedelta(days=1)))
    return conditions


def _names(field: str) -> ColumnElement[bool]:
    """Whether an entry tells of `field`; as text, because SQLite calls a missing part the JSON value null."""
    found: ColumnElement[bool] = ENTRIES.changes[field].as_string().is_not(None)
    return found
