"""Reading a table: what a list's address asks for, a capped count, and a page in a stable order, all inside SCOPE."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, and_, func, inspect, literal_column, or_, select
from werkzeug.datastructures import MultiDict

from admin.forms.typed import number_of
from admin.views import filters, searching
from admin.views.filters import Chip, Filter, Pair, Setting
from shared.db import Base, session
from shared.text import Text, _

MOST_COUNTED = 10_000
MOST_SKIPPED = 100_000  # rows before a page: beyond it one narrows the list, or turns to its end
PAGE_SIZES = (20, 50, 100)
LAST = -1  # the last page, whose number is not known where the count is capped
OLD_WORD = _("地址中的查找内容已失效，请重新输入")


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for. What it cannot mean is told (`faults`), and narrows nothing."""

    word: str = ""  # the search as it stands in the address
    settings: tuple[Setting, ...] = ()
    match_any: bool = False
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZES[0]
    columns: tuple[str, ...] = ()  # those chosen; none: as declared

    @classmethod
    def read(
        cls,
        arguments: MultiDict[str, str],
        filters_: Iterable[Filter],
        sortable: Sequence[str],
        columns: Sequence[str] = (),
    ) -> "Asked":
        """`columns` are all that may be chosen."""
        size, sort, page = number_of(arguments.get("size")), arguments.get("sort", ""), arguments.get("page")
        chosen = [name for name in arguments.get("columns", "").split(",") if name in columns]
        found = [setting for one in filters_ if (setting := filters.read(one, arguments))]
        return cls(
            word=arguments.get("q", "").strip(),
            settings=tuple(found),
            match_any=arguments.get("match") == "any",
            sort=sort if sort in sortable else "",
            descending=arguments.get("desc") == "1",
            page=LAST if page == "last" else max(number_of(page) or 1, 1),
            size=size if size in PAGE_SIZES else PAGE_SIZES[0],
            columns=tuple(dict.fromkeys(chosen)),
        )

    @cached_property
    def text(self) -> str:
        """What is searched for."""
        return searching.meant(self.word) or ""

    @property
    def shown(self) -> str:
        """The same, a personal number masked."""
        return searching.shown(self.text)

    @property
    def is_open(self) -> bool:
        """Whether a personal number stands in the address as it is."""
        return searching.is_personal(self.word)

    @property
    def condition(self) -> ColumnElement[bool] | None:
        """What the filters ask for; None for nothing."""
        conditions = [one.condition for one in self.settings if one.condition is not None]
        if not conditions:
            return None
        return or_(*conditions) if self.match_any else and_(*conditions)

    @property
    def faults(self) -> list[Text]:
        told = [fault for one in self.settings for fault in one.faults]
        return [OLD_WORD, *told] if searching.meant(self.word) is None else told

    @property
    def chips(self) -> list[Chip]:
        searched = [Chip(str(_("查找：{text}", text=self.shown)), ("q", self.word))] if self.text else []
        return [*searched, *(chip for one in self.settings for chip in one.chips)]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.word or self.settings)

    def setting(self, one: Filter) -> Setting:
        """What the address says about `one`, also where that is nothing."""
        return next((known for known in self.settings if known.filter is one), Setting(one))

    @property
    def narrowing(self) -> list[Pair]:
        """What decides which rows are in the list."""
        found = [("q", searching.written(self.word) if self.is_open else self.word)] if self.word else []
        found += [pair for one in self.settings for pair in one.pairs]
        return [*found, ("match", "any")] if self.match_any and len(self.settings) > 1 else found

    def address(self, **changes: object) -> dict[str, list[str]]:
        """The arguments of the same list with `changes`; what is as usual is left out."""
        found: dict[str, list[str]] = {}
        own: dict[str, Any] = {"columns": ",".join(self.columns), "sort": self.sort}
        own |= {"desc": "1" if self.descending else "", "size": self.size if self.size != PAGE_SIZES[0] else ""}
        own |= {"page": {1: "", LAST: "last"}.get(self.page, self.page), **changes}
        for name, value in (*self.narrowing, *own.items()):
            if value not in ("", None):
                found.setdefault(name, []).append(str(value))
        return found

    def query(self, **changes: object) -> str:
        """The same as a query string."""
        return urlencode(self.address(**changes), doseq=True, safe=",:~")

    def without(self, chip: Chip) -> str:
        """The query string of the same list without one condition."""
        kept = [replace(one, pairs=[pair for pair in one.pairs if pair != chip.pair]) for one in self.settings]
        word = "" if chip.pair[0] == "q" else self.word
        return replace(self, word=word, settings=tuple(one for one in kept if one.pairs)).query(page="")

    @property
    def cleared(self) -> str:
        """The query string of the same list without any condition."""
        return replace(self, word="", settings=()).query(page="")


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is capped; `more` says whether a page follows."""

    rows: Sequence[Any]
    count: int
    asked: Asked
    more: bool = False

    @property
    def capped(self) -> bool:
        return self.count > MOST_COUNTED

    @property
    def pages(self) -> int:
        return pages(self.count, self.asked.size)


def count(statement: Select[Any]) -> int:
    """How many rows there are, counted no further than the cap; no value is bound, which SQLite counts slowly."""
    inner: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None)
    counted = inner.limit(literal_column(str(MOST_COUNTED + 1))).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def exact_count(statement: Select[Any]) -> int:
    """How many rows there are, however many."""
    inner: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None)
    return session.scalar(select(func.count()).select_from(inner.subquery())) or 0


def pages(total: int, size: int) -> int:
    """How many pages of `size` there are to turn."""
    return max(1, -(-min(total, MOST_COUNTED) // size))


def page(
    statement: Select[Any], model: type[Base], asked: Asked, *, newest_first: bool, options: Sequence[Any] = ()
) -> Page:
    """A page in a stable order: the column asked for, then the key; beyond the last page it is the last."""
    total = count(statement)
    wide = total > MOST_COUNTED
    if wide:
        asked = replace(asked, page=min(asked.page, MOST_SKIPPED // asked.size))
    else:
        last = pages(total, asked.size)
        asked = replace(asked, page=last if asked.page == LAST else min(asked.page, last))
    keys = _keys(statement, model, asked, newest_first=newest_first, wide=wide) if total else []
    if not keys and asked.page > 1:
        asked = replace(asked, page=LAST)
        keys = _keys(statement, model, asked, newest_first=newest_first, wide=wide)
    more = len(keys) > asked.size
    keys = keys[: asked.size]
    if asked.page == LAST:
        keys, more = keys[::-1], False
    key = inspect(model).columns["id"]
    found = {row.id: row for row in session.scalars(select(model).where(key.in_(keys)).options(*options))}
    return Page([found[one] for one in keys if one in found], total, asked, more)


def _keys(statement: Select[Any], model: type[Base], asked: Asked, *, newest_first: bool, wide: bool) -> list[int]:
    """The keys of the page, and one more where another page follows.

    The count says which way is short: of few rows all are found and sorted; of many the rows are walked in their order
    until the page is full. Left to themselves the databases choose the wrong way for an area's rows (decision 0012).
    """
    names = [asked.sort, "id"] if asked.sort else ["id"]
    descending = (asked.descending if asked.sort else newest_first) != (asked.page == LAST)
    if not wide:
        order, chosen = _found(statement, model, names)
    else:
        order, chosen = _walking(statement, model, names)
    skipped = 0 if asked.page == LAST else (asked.page - 1) * asked.size
    ordered = chosen.order_by(None).order_by(*(column.desc() if descending else column for column in order))
    return list(session.scalars(ordered.limit(asked.size + 1).offset(skipped)))


def all_keys(statement: Select[Any], model: type[Base], asked: Asked, *, newest_first: bool) -> "array[int]":
    """The keys of all rows in the list's order: eight bytes for each, and what is read by them later is one list."""
    names = [asked.sort, "id"] if asked.sort else ["id"]
    descending = asked.descending if asked.sort else newest_first
    order, chosen = _found(statement, model, names)
    ordered = chosen.order_by(*(column.desc() if descending else column for column in order))
    return array("q", session.scalars(ordered, execution_options={"yield_per": MOST_COUNTED}))


def _found(statement: Select[Any], model: type[Base], names: list[str]) -> tuple[list[Any], Select[Any]]:
    """What to order by and to read so that the rows are found first, whichever way, and then sorted."""
    columns = inspect(model).columns
    found = statement.with_only_columns(*(columns[name].label(f"by_{name}") for name in names)).order_by(None)
    source = found.cte("found").prefix_with("MATERIALIZED")
    return [source.c[f"by_{name}"] for name in names], select(source.c.by_id)


def _walking(statement: Select[Any], model: type[Base], names: list[str]) -> tuple[list[Any], Select[Any]]:
    """What to order by and to read so that rows are met in their order; SQLite is told the index, or asked row by row.

    A unique column's own index cannot be named: then each row met in its order is asked whether it belongs here.
    """
    columns, table = inspect(model).columns, model.__table__
    order, chosen = [columns[name] for name in names], statement.with_only_columns(columns["id"])
    if not searching.is_sqlite():
        return order, chosen
    index = _index_in_order_of(model, columns[names[0]].key)
    if index or names == ["id"]:
        return order, chosen.with_hint(model, f"INDEXED BY {index}" if index else "NOT INDEXED", "sqlite")
    walked = table.alias("walked")
    fits = statement.with_only_columns(literal_column("1")).where(columns["id"] == walked.c.id).correlate(walked)
    return [walked.c[columns[name].key] for name in names], select(walked.c.id).where(fits.exists())


def _index_in_order_of(model: type[Base], name: str) -> str | None:
    indexes = inspect(model).local_table.indexes
    led = [one for one in indexes if next(iter(one.columns)).key == name and not one.dialect_options["sqlite"]["where"]]
    return min((str(one.name) for one in led), default=None)
