"""Filters over typed columns, as the address of a list says them.

`stage=submitted&stage=returned` is either of them, `stage.not=draft` all but one, `submitted_at.from=2026-03-01` and
`.to` a range of days, `point_id.empty=1` those without; between columns AND, with `match=any` OR. What cannot be read
narrows nothing: it is told at its filter, and nothing is decided about such a list (see `Listing.selection`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from flask import abort
from sqlalchemy import Boolean, ColumnElement, Date, DateTime, Enum, Integer, and_, inspect, not_, or_
from werkzeug.datastructures import MultiDict

from admin.forms.lookup import Target
from admin.forms.typed import number_of, shortened
from admin.views.cells import NO, YES
from shared import clock
from shared.db import Base, UTCDateTime
from shared.text import Text, _

Pair = tuple[str, str]
MOST_VALUES = 50  # of one column; more belong into a table, not into an address
MOST_PAIRS = 500
LONGEST_VALUE = 100
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class Kind(StrEnum):
    """How a filter is filled in."""

    FEW = "few"  # one of a few values
    ROW = "row"  # a row of another table
    DAYS = "days"  # from and to
    NUMBERS = "numbers"
    EQUAL = "equal"


@dataclass(frozen=True)
class Filter:
    """A filter over one column; its kind follows from the column's type."""

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
    def kind(self) -> Kind:
        column = self.column.type
        if self.target is not None:
            return Kind.ROW
        if self.choices is not None or isinstance(column, (Enum, Boolean)):
            return Kind.FEW
        if isinstance(column, (Date, DateTime, UTCDateTime)):
            return Kind.DAYS
        is_number = isinstance(column, Integer) and not self.name.endswith("_id")
        return Kind.NUMBERS if is_number else Kind.EQUAL

    @property
    def nullable(self) -> bool:
        return bool(self.column.nullable)

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the filter is called in an address."""
        return tuple(self.name + part for part in ("", ".not", ".from", ".to", ".empty"))

    @property
    def options(self) -> dict[str, Text | str]:
        """The few values on offer; empty for what is typed."""
        if self.choices is not None:
            return dict(self.choices())
        if isinstance(self.column.type, Enum) and self.column.type.enum_class is not None:
            return {member.value: getattr(member, "label", member.value) for member in self.column.type.enum_class}
        if isinstance(self.column.type, Boolean):
            return {"1": YES, "0": NO}
        return {}

    def read(self, text: str) -> Any:  # noqa: ANN401
        """The value that `text` means in the column; None for none."""
        kind = self.column.type
        if self.kind is Kind.FEW and text not in self.options:
            return None
        if isinstance(kind, Enum):
            return next((member for member in kind.enum_class or () if member.value == text), None)
        if isinstance(kind, Boolean):
            return {"1": True, "0": False}.get(text)
        if isinstance(kind, Integer):
            return number_of(text)
        return text if len(text) <= LONGEST_VALUE else None

    def word(self, text: str) -> str | None:
        """How people read the value `text`; None where there is no such row for the reader."""
        if self.target is not None:
            return self.target.label(text)
        return str(self.options.get(text, text))

    def bound(self, text: str, *, last: bool) -> ColumnElement[bool] | None:
        """The condition of one end of a range; None for what is no day or number."""
        if self.kind is Kind.NUMBERS:
            number = number_of(text)
            return None if number is None else (self.column <= number if last else self.column >= number)
        day = _day(text)
        if day is None:
            return None
        if isinstance(self.column.type, Date):
            return self.column <= day if last else self.column >= day  # type: ignore[no-any-return]
        if last:  # a moment lies within the users' day
            return self.column < clock.midnight(day + timedelta(days=1))  # type: ignore[no-any-return]
        return self.column >= clock.midnight(day)  # type: ignore[no-any-return]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


@dataclass(frozen=True)
class Chip:
    """One condition in words, and what of the address it stands for."""

    text: str
    pair: Pair


@dataclass
class Setting:
    """What an address says about one column: the condition, in words, and what could not be read."""

    filter: Filter
    pairs: list[Pair] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    faults: list[Text] = field(default_factory=list)
    condition: ColumnElement[bool] | None = None

    def values(self, part: str = "") -> list[str]:
        """The texts that stand in the address under the filter's name."""
        return [text for name, text in self.pairs if name == self.filter.name + part]

    def first(self, part: str) -> str:
        return next(iter(self.values(part)), "")

    def known(self, part: str = "") -> list[tuple[str, str]]:
        """The values that could be read, each with its word: what the panel shows as chosen."""
        return [(text, word) for text in self.values(part) if (word := self._word(text)) is not None]

    def _word(self, text: str) -> str | None:
        return self.filter.word(text) if self.filter.read(text) is not None else None


def read(one: Filter, arguments: MultiDict[str, str]) -> Setting | None:
    """What `arguments` say about a column; None for nothing."""
    found = Setting(one, [(name, text) for name in one.parameters for text in _texts(arguments, name)])
    if not found.pairs:
        return None
    either = [*_values(found, "")]
    empty = found.first(".empty")
    if empty in ("0", "1") and one.nullable:
        found.chips.append(Chip(_said(one, _("为空") if empty == "1" else _("不为空")), (f"{one.name}.empty", empty)))
        if empty == "1":
            either.append(one.column.is_(None))
    elif empty:
        found.faults.append(_unknown(empty))
        empty = ""
    every = [or_(*either)] if either else []
    if empty == "0":
        every.append(one.column.is_not(None))
    if excluded := _values(found, ".not"):
        kept = not_(or_(*excluded))
        every.append(or_(one.column.is_(None), kept) if one.nullable else kept)  # nothing is not one of them
    every += _ends(found)
    found.condition = and_(*every) if every else None
    return found


def _texts(arguments: MultiDict[str, str], name: str) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in arguments.getlist(name) if text.strip()))[:MOST_VALUES]


def _values(found: Setting, part: str) -> list[ColumnElement[bool]]:
    """One condition for all values of `found` that can be read; those that cannot become faults."""
    one, read_ = found.filter, []
    for text in found.values(part):
        value = one.read(text)
        word = None if value is None else one.word(text)
        if word is None:
            found.faults.append(_unknown(text))
            continue
        read_.append(value)
        said = _("不是{word}", word=word) if part else word
        found.chips.append(Chip(_said(one, said), (one.name + part, text)))
    return [one.column.in_(read_)] if read_ else []


def _ends(found: Setting) -> list[ColumnElement[bool]]:
    one, conditions = found.filter, []
    for part, sentence in ((".from", _("从{value}")), (".to", _("到{value}"))):
        if not (text := found.first(part)):
            continue
        condition = one.bound(text, last=part == ".to") if one.kind in (Kind.DAYS, Kind.NUMBERS) else None
        if condition is None:
            found.faults.append(_no_end(one, text))
            continue
        conditions.append(condition)
        found.chips.append(Chip(_said(one, Text(sentence.message, {"value": text})), (one.name + part, text)))
    return conditions


def _said(one: Filter, what: Text | str) -> str:
    return str(_("{label}：{what}", label=one.label, what=what))


def _unknown(text: str) -> Text:
    return _("没有“{text}”这一项，请重新选择", text=shortened(text))


def _no_end(one: Filter, text: str) -> Text:
    if one.kind is Kind.NUMBERS:
        return _("“{text}”不是数字，请重新填写", text=shortened(text))
    return _("“{text}”不是日期，请按年-月-日填写，如2026-03-01", text=shortened(text))


def arguments_of(query: str) -> MultiDict[str, str]:
    """The arguments that a query string, as lists make and keep them, stands for."""
    try:
        return MultiDict(parse_qsl(query.removeprefix("?"), max_num_fields=MOST_PAIRS))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def from_form(filters: Sequence[Filter], form: MultiDict[str, str]) -> Iterator[Pair]:
    """The pairs that the filter panel asks for: see templates/parts/filters.html."""
    for one in filters:
        negated = form.get(f"{one.name}.mode") == "not"
        for name in one.parameters:
            is_value = name == one.name
            texts = _texts(form, name) + (_added(one, form) if is_value else [])
            yield from ((f"{name}.not" if is_value and negated else name, text) for text in texts)


def _added(one: Filter, form: MultiDict[str, str]) -> list[str]:
    """The row that was chosen by typing; without script its name, and an unknown name stays, to be told."""
    if one.target is None:
        return []
    key, text = form.get(f"{one.name}.add", "").strip(), form.get(f"{one.name}.add-text", "").strip()
    return [key or str(one.target.named(text, offered=False) or text)] if key or text else []
