"""The form of a table, generated from its columns and the names in the declaration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum as PythonEnum
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, String, Text, Time, inspect
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from admin.forms.lookup import Lookup, Target
from admin.forms.typed import LARGEST_NUMBER
from admin.views.cells import mask_of
from shared import clock
from shared.db import Base, Encrypted, UTCDateTime
from shared.text import Text as Message
from shared.text import _
from shared.web.forms import CHOOSE, AtMost, Lenient, many_lines, one_line

LONGEST_SECRET = 200
NUMBERS = _("请填写数字")
TOO_LARGE = _("数字太大，请检查")
CLOCK = _("时间应为时:分，如08:30")
MOMENT = _("时间应为年-月-日 时:分，如2026-10-12 08:30")


class Offered:
    """One of the values offered; the sentence does not repeat what was sent."""

    def __call__(self, _form: object, field: SelectField) -> None:
        if field.data is not None and str(field.data) not in {choice.value for choice in field.choices}:
            raise ValidationError(str(_("请从列表中选择")))


def options(values: Mapping[Any, Any], empty: Message = CHOOSE) -> list[SelectChoice]:
    """Choices of a select field, with an empty one at the head."""
    return [SelectChoice("", empty), *(SelectChoice(str(value), label) for value, label in values.items())]


class Moment(DateTimeLocalField):  # type: ignore[misc]
    """A moment, typed and shown by the users' clock."""

    def process_data(self, value: datetime | None) -> None:
        self.data = clock.local(value).replace(tzinfo=None) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(MOMENT)) from None
        if self.data is not None:
            zone = clock.local(clock.now()).tzinfo
            self.data = self.data.replace(tzinfo=zone)


class Clock(TimeField):  # type: ignore[misc]
    """A time of day, with a sentence of ours where it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.replace("：", ":").strip() for text in valuelist])
        except ValueError:
            raise ValueError(str(CLOCK)) from None


class Personal(StringField):  # type: ignore[misc]
    """A personal value: never sent to the browser; left empty it stays as it is."""

    def process_data(self, value: str | None) -> None:
        self.data = None
        if value:
            self.render_kw = {**(self.render_kw or {}), "placeholder": _("已填写（不显示）；不改请留空")}


class Whole(IntegerField):  # type: ignore[misc]
    """A whole number that the column can hold, with a sentence of ours where it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NUMBERS)) from None
        if self.data is not None and abs(self.data) > LARGEST_NUMBER:
            self.data = None
            raise ValueError(str(TOO_LARGE))


def form_for(
    model: type[Base], names: Sequence[str], label_of: Callable[[str], Message], lookup_url: Callable[[str], Any]
) -> type[FlaskForm]:
    """A form class with one field for each column in `names`, and the version that the page was made from."""
    fields: dict[str, Any] = {"version": HiddenField()}
    for name in names:
        fields[name] = _field(model, inspect(model).columns[name], label_of(name), lookup_url)
    return type(f"{model.__name__}Form", (FlaskForm,), fields)


def _field(model: type[Base], column: Column[Any], label: Message, lookup_url: Callable[[str], Any]) -> Any:  # noqa: ANN401
    needed = not column.nullable and column.default is None
    presence = _presence(column, _("请填写{label}", label=label)) if needed else Optional()
    common: dict[str, Any] = {"label": label, "validators": [presence], "default": _default(column)}
    if column.foreign_keys:
        return Lookup(target=Target(model, column.key), url=lookup_url(column.key), **common)
    if mask_of(model, column.key) and isinstance(column.type, Encrypted):
        common["validators"].append(AtMost(LONGEST_SECRET, label))
        return Personal(filters=[one_line], **common)
    return _plain(column, common, label)


def _presence(column: Column[Any], sentence: Message) -> Any:  # noqa: ANN401  a validator
    """A text must hold something once it is cleaned; of anything else it counts that it was sent (0 is a number)."""
    is_text = isinstance(column.type, (String, Encrypted)) and not isinstance(column.type, Enum)
    return DataRequired(sentence) if is_text and not column.foreign_keys else InputRequired(sentence)


def _plain(column: Column[Any], common: dict[str, Any], label: Message) -> Any:  # noqa: ANN401
    kind = column.type
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return _select(kind.enum_class, common)
    if isinstance(kind, Boolean):
        return BooleanField(**common)
    if isinstance(kind, (UTCDateTime, DateTime)):
        return Moment(**common)
    simple: dict[type, Any] = {Date: Lenient, Time: Clock, Integer: Whole}
    for type_, field in simple.items():
        if isinstance(kind, type_):
            return field(**common)
    if isinstance(kind, Text):
        return TextAreaField(filters=[many_lines], render_kw={"rows": 8}, **common)
    if isinstance(kind, String) and kind.length:
        common["validators"].append(AtMost(kind.length, label))
    return StringField(filters=[one_line], **common)


def _select(kinds: type[PythonEnum], common: dict[str, Any]) -> SelectField:
    def read(value: Any) -> Any:  # noqa: ANN401
        if value in (None, ""):
            return None
        try:
            return kinds(value)
        except ValueError:
            return value

    offered = {member.value: getattr(member, "label", member.value) for member in kinds}
    common["validators"].append(Offered())
    return SelectField(choices=options(offered), coerce=read, validate_choice=False, **common)


def _default(column: Column[Any]) -> Any:  # noqa: ANN401
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def values_of(form: FlaskForm, model: type[Base], names: Sequence[str]) -> dict[str, Any]:
    """What was entered, as the columns want it: no None for a text that may be empty, no empty personal value."""
    values: dict[str, Any] = {}
    for name in names:
        column, data = inspect(model).columns[name], form[name].data
        if isinstance(form[name], Personal) and not data:
            continue
        if data in (None, "") and isinstance(column.type, String) and not isinstance(column.type, Enum):
            data = None if column.nullable else ""
        values[name] = data
    return values


def offered(form: FlaskForm, name: str, choices: Mapping[Any, Any]) -> None:
    """Narrow the choices of a select field to what the reader may choose."""
    form[name].choices = options(choices)
