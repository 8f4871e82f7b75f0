"""A field for a row of reference data that is found by typing its name; without JavaScript it works in two steps."""

from collections.abc import Callable
from typing import Any, Protocol

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import StringField, ValidationError
from wtforms.widgets import TextInput

from shared.rules.fields import Field
from shared.text import Text, _
from shared.web.typed import one_line

PICK = "-pick"  # beside the text: which of the look-alikes is meant
NEW = "new"
LONGEST_NAME = 100

Key = int | str


class Names(Protocol):
    """What the field asks of whoever knows the rows."""

    def resolve(self, text: str) -> tuple[Key | None, list[tuple[Key, str]]]: ...

    def name_of(self, key: Key | None) -> str: ...

    def url(self) -> str: ...


LookUp = Callable[[Field], Names]


class _Typed(TextInput):  # type: ignore[misc]
    """A text input that knows where to ask for suggestions."""

    def __call__(self, field: "Found", **attributes: Any) -> Markup:  # noqa: ANN401
        made: Markup = super().__call__(field, autocomplete="off", data_search=field.names.url(), **attributes)
        return made


class Found(StringField):  # type: ignore[misc]
    """`data` is the chosen row's key; `text` what was typed; `alike` what else it may have been."""

    widget = _Typed()
    data: Key | None

    def __init__(self, field: Field, names: Names, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(**rest)
        self.field, self.names = field, names
        self.text: str | None = None
        self.picked = ""
        self.alike: list[tuple[Key, str]] = []

    @property
    def addable(self) -> bool:
        return self.field.addable is not None

    @property
    def adds(self) -> bool:
        """Whether what was typed is to be added, because it is none of the rows that are there."""
        return self.addable and self.data is None and bool(self.text) and self.picked == NEW

    def process(self, formdata: Any, *rest: Any, **named: Any) -> None:  # noqa: ANN401  as WTForms calls it
        super().process(formdata, *rest, **named)
        if formdata is not None:
            self.picked = formdata.get(self.name + PICK) or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.text = one_line(valuelist[0]) or ""
            self.raw_data, self.data = [self.text], None  # until it is looked up

    def _value(self) -> str:
        return self.text if self.text is not None else self.names.name_of(self.data)

    def pre_validate(self, form: FlaskForm) -> None:  # noqa: ARG002  WTForms passes it
        """Find the row; where there is none, say so and offer what is like it."""
        if not self.text:
            return
        if len(self.text) > LONGEST_NAME:
            raise ValidationError(_("{label}最多{longest}个字", label=self.field.label, longest=LONGEST_NAME))
        self.data, self.alike = self.names.resolve(self.text)
        if self.data is not None:
            return
        chosen = next((key for key, _name in self.alike if str(key) == self.picked), None)
        if chosen is not None:
            self.data = chosen
        elif not self.adds:
            raise ValidationError(self._not_found())

    def _not_found(self) -> Text:
        if self.alike:
            return _("“{text}”不够完整或不在列表里，请从下面选一个", text=self.text)
        if self.addable:
            return _("列表里没有“{text}”。请核对名称；没有写错的，可以添加", text=self.text)
        return _("没有找到“{text}”。请填现在的名称；旧名称找不到的，填到所在的市，如江苏省无锡市", text=self.text)
