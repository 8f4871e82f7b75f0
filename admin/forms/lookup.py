"""Choosing a row of another table by typing a part of its name, instead of a drop-down of the whole table."""

from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, or_, select
from wtforms import Field
from wtforms.validators import ValidationError
from wtforms.widgets import html_params

from admin.forms.typed import number_of, shortened
from shared.db import Base, session
from shared.models import Alias
from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import aliases
from shared.text import _
from shared.web.login import by

FOUND_AT_ONCE = 20
_TABLES: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


class Target:
    """What a column with a foreign key points to: the table, and the column whose value is stored."""

    def __init__(self, model: type[Base], name: str) -> None:
        key = next(iter(model.__table__.c[name].foreign_keys))
        self.model = _TABLES[key.column.table.name]
        self.key = key.column

    def _rows(self) -> Select[Any]:
        """Only rows that the reader may refer to: a drop-down is a list like any other."""
        return select(self.model).where(policy.condition(self.model, by(), Can.REFER))

    def label(self, key: object) -> str | None:
        """The name of the row with `key`; None where there is none for the reader."""
        row = self._row(key)
        return None if row is None else str(row)

    def is_retired(self, key: object) -> bool:
        """Whether the row with `key` has gone out of use: what names it goes on naming it, nothing new does."""
        return getattr(self._row(key), "status", None) is EntryStatus.RETIRED

    def _row(self, key: object) -> Any:  # noqa: ANN401  a row of the table
        wanted = self.read(key)
        return None if wanted in (None, "") else session.scalar(self._rows().where(self.key == wanted))

    def read(self, key: object) -> Any:  # noqa: ANN401  the type of the column
        """`key`, which may come from an address, as the column holds it: PostgreSQL compares no number with a text."""
        return number_of(key) if self.key.type.python_type is int else key

    def search(self, text: str, *, offered: bool = True) -> list[tuple[Any, str]]:
        """The first rows whose name holds `text`, or whose code it is; retired ones are found but not offered."""
        statement = self._rows()
        if issubclass(self.model, Entry):
            columns = self.model
            named = [columns.name.contains(text, autoescape=True), columns.code == text]
            if text and self.model in aliases.MERGEABLE:
                named.append(aliases.called(self.model, Alias.name.contains(text, autoescape=True)))
            statement = statement.where(or_(*named)).order_by(columns.name, columns.id)
            if offered:
                statement = statement.where(columns.status != EntryStatus.RETIRED)
        else:
            statement = statement.where(self.model.__table__.c.name.startswith(text, autoescape=True))
            statement = statement.order_by(self.model.__table__.c.id)
        rows = session.scalars(statement.limit(FOUND_AT_ONCE))
        return [(getattr(row, self.key.key), str(row)) for row in rows]

    def named(self, text: str, *, offered: bool = True) -> Any:  # noqa: ANN401  a key
        """The key of the one row that is called `text`; None for none or several."""
        exact = [key for key, name in self.search(text, offered=offered) if name == text or str(key) == text]
        return exact[0] if len(exact) == 1 else None


class _Box:
    """A hidden key beside the box in which people type; admin.js fills the list of matches."""

    def __call__(self, field: "Lookup", **attributes: object) -> Markup:
        hidden = html_params(type="hidden", name=field.name, value="" if field.data is None else field.data)
        shown = html_params(
            type="text",
            id=field.id,
            name=f"{field.name}-text",
            value=field.text or "",
            autocomplete="off",
            role="combobox",
            aria_expanded="false",
            aria_autocomplete="list",
            placeholder=str(_("输入名称的一部分，从列表中选择")),
            **{"data-lookup": field.url, "aria-controls": f"{field.id}-list"},
            **attributes,
        )
        found = html_params(id=f"{field.id}-list", role="listbox", hidden=True)
        return Markup(f'<div class="lookup"><input {hidden}><input {shown}><ul {found}></ul></div>')  # noqa: S704


class Lookup(Field):  # type: ignore[misc]
    """A key of another table. Without script the exact name or code does, too."""

    widget = _Box()

    def __init__(self, label: Any = None, *, target: Target, url: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(label, **options)
        self.target, self._url = target, url
        self.text: str | None = None

    @property
    def url(self) -> str:
        return self._url() if callable(self._url) else str(self._url)

    def process_data(self, value: Any) -> None:  # noqa: ANN401
        self.data = value
        self.text = self.target.label(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self._read(valuelist[0] if valuelist else "")

    def process(self, formdata: Any, *options: Any, **more: Any) -> None:  # noqa: ANN401
        super().process(formdata, *options, **more)
        if formdata is not None:
            self.text = (formdata.get(f"{self.name}-text") or "").strip()
            if self.data is None and self.text:
                self.data = self.target.named(self.text)
                self.raw_data = [self.text]

    def _read(self, text: str) -> Any:  # noqa: ANN401
        known = self.target.read(text)
        return (text or None) if known is None else (known or None)  # what is no key stays, to be refused by name

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002
        if self.data is None and not self.text:
            return
        name = self.target.label(self.data)
        if name is None:
            wrong, self.data = shortened(self.text or self.data), None
            raise ValidationError(str(_("没有找到“{text}”，请输入名称的一部分后从列表中选择", text=wrong)))
        if self.data != self.object_data and self.target.is_retired(self.data):
            raise ValidationError(str(_("“{text}”已停用，请从列表中选择另一条", text=name)))
        self.text = name
