"""Values in words, for lists, pages and exports. Personal ones are masked here, whatever table they stand in."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import inspect

from shared import clock
from shared.db import Base, Encrypted
from shared.models import Application, Certificate, Person, Staff
from shared.models.kinds import Kind
from shared.rules import masking
from shared.text import _

MASKS: dict[str, Callable[[str], str]] = {"id_number": masking.id_number, "phone": masking.phone}
PEOPLE = frozenset((Application, Certificate, Person, Staff))
ADDRESSES = frozenset({"email", "to"})  # columns that hold an e-mail address
NOTHING = "—"
YES, NO = _("是"), _("否")


def hidden(value: str) -> str:
    """A personal value of a kind that has no mask of its own."""
    return "*" * min(len(value), 6)


def words(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, Kind):
        return str(value.label)
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def cell(row: Base, name: str, *, masked: bool = True) -> str:
    """The value of `row` that `name` leads to (a column, a relation, or a column of a relation: school.name)."""
    *path, last = name.split(".")
    owner: Any = row
    for step in path:
        owner = getattr(owner, step)
        if owner is None:
            return NOTHING
    value = getattr(owner, last)
    mask = mask_of(type(owner), last) if masked else None
    return mask(str(value)) if mask and value else words(value)


def is_personal(model: type[Base], name: str) -> bool:
    """Whether `cell` masks the column that `name` leads to."""
    *path, last = name.split(".")
    for step in path:
        model = inspect(model).relationships[step].mapper.class_
    return mask_of(model, last) is not None


@cache
def is_about_people(model: type[Base]) -> bool:
    """Whether its rows are people, or tell of some."""
    related = {relation.mapper.class_ for relation in inspect(model).relationships}
    return not {model, *related}.isdisjoint(PEOPLE)


@cache
def mask_of(model: type[Base], name: str) -> Callable[[str], str] | None:
    """How values of a personal column are masked; None for any other column."""
    if name in ADDRESSES:
        return masking.email
    column = inspect(model).columns.get(name)
    if column is None or not isinstance(column.type, Encrypted):
        return None
    return MASKS.get(column.type.kind, hidden)
