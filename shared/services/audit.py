"""Who changed what: written in the same transaction as the change, by the session itself.

A flush without an actor is refused, and so is a set-based write that does not say it was recorded.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, event, insert, inspect, literal, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from shared import clock
from shared.db import Base, Encrypted, session
from shared.models import (
    AuditEntry,
    BatchRow,
    Draft,
    Event,
    FilePiece,
    ImportRow,
    Mail,
    OldPassword,
    Reminder,
    StaffSession,
)
from shared.rules import masking
from shared.rules.rights import Actor

# Records themselves, what belongs to nobody yet, and what a log-in or a password leaves behind (noted as such).
NOT_RECORDED = (AuditEntry, BatchRow, Event, FilePiece, ImportRow, Mail, Draft, OldPassword, Reminder, StaffSession)
SECRET_COLUMNS = frozenset({"password_hash", "token_hash", "activation_hash", "totp_secret"})
SILENT_COLUMNS = frozenset({"version"})
LONGEST = 500


def _hide(_value: str) -> str:
    return "***"


MASKS = {"id_number": masking.id_number, "phone": masking.phone}
PERSONAL_COLUMNS = {"email": masking.email}

Changes = dict[str, list[str | None]]


class UnrecordedWrite(RuntimeError):
    """Somebody tried to write past the audit: a bug, never a message for people."""


def actor() -> Actor:
    """Who acts in the present transaction."""
    found: Actor | None = session.info.get("actor")
    if found is None:
        message = "a write needs to know who acts: call a verb with by="
        raise UnrecordedWrite(message)
    return found


def record(action: str, table: str, row_id: int | None, changes: Changes | None = None, *, by: Actor) -> None:
    """Note something that is no change of a row: a log-in, a personal value shown in full, an export."""
    _write([_entry(by, action, table, row_id, changes or {})])


def record_many(table: str, changes: Mapping[int, Changes], *, by: Actor, action: str = "update") -> None:
    """Note a set-based update: the rows' numbers and what became of each."""
    _write([_entry(by, action, table, row_id, change) for row_id, change in changes.items()])


def record_set(action: str, table: Table, where: ColumnElement[bool], changes: Changes, *, by: Actor) -> None:
    """Note the same change of every row of `table` for which `where` holds, in one statement.

    Called before the change itself, which would alter what `where` finds.
    """
    entry = _entry(by, action, table.name, None, changes)
    columns = AuditEntry.__table__.c
    values = [literal(value, columns[name].type).label(name) for name, value in entry.items() if name != "row_id"]
    rows = select(*values, table.c.id).select_from(table).where(where)
    names = [name for name in entry if name != "row_id"]
    session.connection().execute(insert(AuditEntry).from_select([*names, "row_id"], rows))


def as_text(value: object, column: Any = None) -> str | None:  # noqa: ANN401  a SQLAlchemy column of any type
    """A value as the audit keeps it: personal ones masked, secrets and pictures not at all."""
    if value is None:
        return None
    if column is not None and (column.key in SECRET_COLUMNS or type(column.type) is LargeBinary):
        return "***"
    if column is not None and isinstance(column.type, Encrypted):
        return MASKS.get(column.type.kind, _hide)(str(value))
    if column is not None and column.key in PERSONAL_COLUMNS:
        return PERSONAL_COLUMNS[column.key](str(value))
    if isinstance(value, StrEnum):
        return value.value
    return str(value)[:LONGEST]


def _entry(by: Actor, action: str, table: str, row_id: int | None, changes: Changes) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "actor_role": by.role,
        "actor_id": by.id,
        "actor_name": by.name,
        "address": by.address,
        "action": action,
        "table_name": table,
        "row_id": row_id,
        "changes": changes,
    }


def _write(entries: list[dict[str, Any]]) -> None:
    if entries:
        session.connection().execute(insert(AuditEntry), entries)


def _changed(row: Base) -> Changes:
    state = inspect(row)
    found: Changes = {}
    for attribute in state.mapper.column_attrs:
        column = attribute.columns[0]
        history = state.attrs[attribute.key].history
        if history.has_changes() and attribute.key not in SILENT_COLUMNS:
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            found[attribute.key] = [as_text(old, column), as_text(new, column)]
    return found


def _last_values(row: Base) -> Changes:
    """What a deleted row held: deferred pictures apart, they are not read for it."""
    state = inspect(row)
    known = {name: state.mapper.columns[name] for name in state.dict if name in state.mapper.columns}
    return {name: [as_text(state.dict[name], column), None] for name, column in known.items()}


def _rows(rows: Iterable[object]) -> list[Base]:
    return [row for row in rows if isinstance(row, Base) and not isinstance(row, NOT_RECORDED)]


@event.listens_for(Session, "before_flush")
def _refuse_unnamed_writes(current: Session, _context: UOWTransaction, _instances: object) -> None:
    touched = _rows([*current.new, *current.deleted, *(row for row in current.dirty if current.is_modified(row))])
    if touched and current.info.get("actor") is None:
        message = f"{type(touched[0]).__name__} was changed without saying by whom"
        raise UnrecordedWrite(message)


@event.listens_for(Session, "after_flush")
def _record_flush(current: Session, _context: UOWTransaction) -> None:
    by: Actor | None = current.info.get("actor")
    if by is None:
        return
    entries = []
    for action, rows in (("insert", current.new), ("update", current.dirty), ("delete", current.deleted)):
        for row in _rows(rows):
            changes = _changed(row) if action != "delete" else _last_values(row)
            if changes:
                row_id = inspect(row).identity
                entries.append(_entry(by, action, row.__tablename__, row_id[0] if row_id else row.id, changes))  # type: ignore[attr-defined]
    if entries:
        current.connection().execute(insert(AuditEntry), entries)


@event.listens_for(Session, "do_orm_execute")
def _refuse_unrecorded_bulk_writes(state: ORMExecuteState) -> None:
    if state.is_select or state.execution_options.get("recorded"):
        return
    mapper = state.bind_mapper
    if mapper is not None and not issubclass(mapper.class_, NOT_RECORDED):
        message = f"a set-based write to {mapper.class_.__name__} must be recorded: see audit.record_many"
        raise UnrecordedWrite(message)
