"""Other names of reference data: what was merged or renamed is still found under what it was called before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select, true

from shared.db import session
from shared.models import Alias, Authority, Institution, School, Subject
from shared.models.base import NAME, Entry
from shared.models.kinds import EntryStatus
from shared.rules import likeness

E = TypeVar("E", bound=Entry)
MERGEABLE: tuple[type[Entry], ...] = (Authority, Institution, School, Subject)
AT_ONCE = 500


def own(model: type[Entry], row_id: int) -> ColumnElement[bool]:
    """The aliases of one row."""
    return and_(Alias.table_name == model.__tablename__, Alias.row_id == row_id)


def of(row: Entry) -> Sequence[Alias]:
    """The other names of `row`, oldest first."""
    return session.scalars(select(Alias).where(own(type(row), row.id)).order_by(Alias.id)).all()


def called(model: type[Entry], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows of `model` that have another name for which `condition` holds."""
    named = select(Alias.row_id).where(Alias.table_name == model.__tablename__, condition)
    return model.id.in_(named.correlate(None))


def unmerged(model: type[Entry]) -> ColumnElement[bool]:
    """The condition that leaves out rows another one has taken the place of."""
    return model.merged_into_id.is_(None) if model in MERGEABLE else true()  # type: ignore[attr-defined]


def add(row: Entry, name: str, note: str = "") -> None:
    """Let `row` be found as `name`, too. Part of the caller's transaction."""
    if not name or likeness.plain(name) == likeness.plain(row.name):
        return
    known = select(Alias.id).where(own(type(row), row.id), Alias.name == name)
    if session.scalar(known) is None:
        session.add(Alias(table_name=row.__tablename__, row_id=row.id, name=name, note=note[:NAME]))
        session.flush()


def resolve(model: type[E], text: str, *conditions: ColumnElement[bool]) -> E | None:
    """The one row that `text` names: by its code, its name, or what it was called before; None if it is not clear.

    A row that is offered goes before a retired one of the same name, a name before an alias.
    """
    return resolve_many(model, [text], *conditions).get(text)


def resolve_many(model: type[E], texts: Iterable[str], *conditions: ColumnElement[bool]) -> Mapping[str, E]:
    """The rows that `texts` name, for a whole import in a few statements; what is not clear is left out."""
    wanted = {text: text.strip() for text in dict.fromkeys(texts) if text.strip()}
    names = list(dict.fromkeys(wanted.values()))
    found: dict[str, list[E]] = {}
    for start in range(0, len(names), AT_ONCE):
        _find(model, names[start : start + AT_ONCE], conditions, found)
    return {text: row for text, name in wanted.items() if (row := _clear(found.get(name, []), name)) is not None}


def _find(
    model: type[E], names: list[str], conditions: tuple[ColumnElement[bool], ...], found: dict[str, list[E]]
) -> None:
    for row in session.scalars(select(model).where(or_(model.code.in_(names), model.name.in_(names)), *conditions)):
        survivor = follow(row)
        for name in {row.code, row.name} & set(names):
            found.setdefault(name, []).append(survivor)
    other = select(Alias.name, model).join(model, model.id == Alias.row_id)
    other = other.where(Alias.table_name == model.__tablename__, Alias.name.in_(names), *conditions)
    for name, row in session.execute(other):
        found.setdefault(name, []).append(row)


def _clear(rows: list[E], name: str) -> E | None:
    """The one that is meant: its code says it for certain, then its own name, then that it is still offered."""
    different = list({row.id: row for row in rows}.values())
    for narrowed in (
        [row for row in different if row.code == name],
        [row for row in different if row.name == name and row.status is not EntryStatus.RETIRED],
        [row for row in different if row.name == name],
        [row for row in different if row.status is not EntryStatus.RETIRED],
    ):
        if len(narrowed) == 1:
            return narrowed[0]
    return different[0] if len(different) == 1 else None


def follow(row: E) -> E:
    """The row that took `row`'s place, or `row` itself; chains are collapsed when rows are merged."""
    target = getattr(row, "merged_into_id", None)
    found = session.get(type(row), target) if target else None
    return found if found is not None else row


def followed(values: Mapping[str, Any], fields: Iterable[Any]) -> dict[str, Any]:
    """`values` in which no field names a merged row any more: a draft may have been typed before the merge."""
    moved: dict[str, Any] = {}
    for field in fields:
        model, key = field.entries, values.get(field.name)
        if key in (None, "") or model not in MERGEABLE:
            continue
        by_number = field.name.endswith("_id")
        column = model.id if by_number else model.code
        row = session.scalar(select(model).where(column == key, model.merged_into_id.is_not(None)))
        if row is not None:
            moved[field.name] = follow(row).id if by_number else follow(row).code
    return {**values, **moved}
