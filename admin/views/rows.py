"""Reading a table: search, filters, order, a capped count and a bounded page, all inside SCOPE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Enum,
    Integer,
    Select,
    false,
    func,
    inspect,
    literal_column,
    or_,
    select,
)
from werkzeug.datastructures import MultiDict

from admin.forms.lookup import Target
from admin.forms.typed import number_of
from admin.views.cells import NO, YES
from shared.db import Base, Encrypted, session
from shared.text import Text

MOST_COUNTED = 10_000
PAGE_SIZES = (20, 50, 100)
LAST_LETTER = chr(0x10FFFF)


def starts_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """A prefix search that a B-tree index can answer: SQLite's LIKE uses none, so it gets a range."""
    if session.get_bind().dialect.name == "sqlite":
        return column.between(text, text + LAST_LETTER)
    return column.startswith(text, autoescape=True)


def search(columns: Sequence[ColumnElement[Any]], text: str) -> ColumnElement[bool]:
    """Rows with a column that is `text` or begins with it; an encrypted one can only be equal."""
    conditions = []
    for column in columns:
        if isinstance(column.type, Encrypted):
            conditions.append(column == text.upper())
        else:
            conditions.append(starts_with(column, text))
    return or_(*conditions)


@dataclass(frozen=True)
class Filter:
    """A filter over one column, by its type: one of a few, a row of another table, from–to, or equal."""

    name: str
    label: Text
    column: Any
    target: Target | None = None
    choices: Callable[[], Mapping[str, Text | str]] | None = None  # the few texts that such a column holds

    @classmethod
    def over(cls, model: type[Base], name: str, label: Text, choices: Any = None) -> "Filter":  # noqa: ANN401
        column = inspect(model).columns[name]
        return cls(name, label, column, Target(model, name) if column.foreign_keys else None, choices)

    @property
    def is_range(self) -> bool:
        return isinstance(self.column.type, Date)

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to") if self.is_range else (self.name,)

    @property
    def options(self) -> list[tuple[str, Text | str]]:
        """The few values on offer; empty for what is typed."""
        if self.choices is not None:
            return list(self.choices().items())
        if isinstance(self.column.type, Enum) and self.column.type.enum_class is not None:
            return [(member.value, getattr(member, "label", member.value)) for member in self.column.type.enum_class]
        if isinstance(self.column.type, Boolean):
            return [("1", YES), ("0", NO)]
        return []

    def condition(self, arguments: MultiDict[str, str]) -> ColumnElement[bool] | None:
        """What the address asks for; None for nothing. A value that cannot be meets no row."""
        if self.is_range:
            return self._between(*(arguments.get(name, "") for name in self.parameters))
        values = [value for value in arguments.getlist(self.name) if value]
        if not values:
            return None
        read = [value for text in values if (value := self._read(text)) is not None]
        return self.column.in_(read) if read else false()

    def _read(self, text: str) -> Any:  # noqa: ANN401
        kind = self.column.type
        if isinstance(kind, Enum):
            return next((member for member in kind.enum_class or () if member.value == text), None)
        if isinstance(kind, Boolean):
            return {"1": True, "0": False}.get(text)
        if isinstance(kind, Integer):
            return number_of(text)
        return text

    def _between(self, first: str, last: str) -> ColumnElement[bool] | None:
        conditions = []
        for text, compare in ((first, self.column.__ge__), (last, self.column.__le__)):
            if not text:
                continue
            try:
                conditions.append(compare(date.fromisoformat(text)))
            except ValueError:
                return false()
        return conditions[0] if len(conditions) == 1 else (conditions[0] & conditions[1] if conditions else None)


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for; every wrong value becomes a right one."""

    text: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZES[0]
    chosen: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, arguments: MultiDict[str, str], filters: Sequence[Filter], sortable: Sequence[str]) -> "Asked":
        size = number_of(arguments.get("size"))
        size = size if size in PAGE_SIZES else PAGE_SIZES[0]
        page = min(number_of(arguments.get("page")) or 1, MOST_COUNTED // size)
        sort = arguments.get("sort", "")
        names = [name for one in filters for name in one.parameters]
        return cls(
            text=arguments.get("q", "").strip(),
            sort=sort if sort in sortable else "",
            descending=arguments.get("desc") == "1",
            page=page,
            size=size,
            chosen={name: [v for v in arguments.getlist(name) if v] for name in names if any(arguments.getlist(name))},
        )

    def address(self, **changes: object) -> dict[str, Any]:
        """The arguments of the same list with `changes`; what is as usual is left out."""
        found: dict[str, Any] = {"q": self.text, "sort": self.sort, "desc": "1" if self.descending else ""}
        found |= {"page": self.page if self.page > 1 else "", "size": self.size if self.size != PAGE_SIZES[0] else ""}
        found |= {**self.chosen, **changes}
        return {name: value for name, value in found.items() if value not in ("", None, [])}


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is capped: beyond it the reader is told to narrow the list."""

    rows: Sequence[Any]
    count: int
    asked: Asked

    @property
    def capped(self) -> bool:
        return self.count > MOST_COUNTED

    @property
    def pages(self) -> int:
        return pages(self.count, self.asked.size)


def count(statement: Select[Any]) -> int:
    """How many rows there are, counted no further than the cap; no value is bound, which SQLite counts slowly."""
    inner: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None)
    counted = inner.limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def pages(total: int, size: int) -> int:
    """How many pages of `size` there are to turn."""
    return max(1, -(-min(total, MOST_COUNTED) // size))


def page(statement: Select[Any], model: type[Base], asked: Asked, *, newest_first: bool) -> Page:
    """A page in a stable order: the column asked for, then the key; beyond the last page it is the last."""
    total = count(statement)
    asked = replace(asked, page=min(asked.page, pages(total, asked.size)))
    columns = inspect(model).columns
    key = columns["id"]
    order = [columns[asked.sort].desc() if asked.descending else columns[asked.sort]] if asked.sort else []
    order.append(key.desc() if newest_first else key)
    wanted = statement.order_by(*order).limit(asked.size).offset((asked.page - 1) * asked.size)
    return Page(session.scalars(wanted).all(), total, asked)
