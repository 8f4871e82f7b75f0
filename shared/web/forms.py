"""Forms made from FIELDS: shape here, meaning in the rules, truth in the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Optional

from shared.rules import dates
from shared.rules.checks import Problem
from shared.rules.fields import Field, Input
from shared.rules.form import asked_for
from shared.text import Text, _
from shared.web.found import Found, LookUp
from shared.web.typed import many_lines, one_line

Choices = Callable[[Field], list[tuple[str, str] | SelectChoice]]
__all__ = ["answers_of", "fill", "form_for", "many_lines", "one_line", "show"]

CHOOSE = _("请选择")
SUGGESTED = _("填入 {day}")
# People write these numbers with blanks and in full width; how long they may be without, the rules say.
NUMBERS = frozenset({"id_number", "certificate_number", "mobile", "postcode", "landline"})
LONGEST_NUMBER = 64


class Lenient(DateField):  # type: ignore[misc]
    """A date as the browser's own field sends it, or as people type it: 2016-8-1, 2016/8/1, 2016.08.01, 20160801."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            return
        self.raw_data = [text]
        try:
            self.data = dates.read(text)
        except dates.NoDay as fault:
            raise ValueError(str(fault.text)) from None


class Chosen:
    """One of the values offered; the sentence does not tell what was sent."""

    def __call__(self, _form: object, field: SelectField) -> None:
        if field.data is not None and str(field.data) not in {value for value, *_rest in field.choices}:
            raise ValidationError(str(_("请从列表中选择")))


class AtMost:
    """No more than so many characters; what was typed stays in the field to be shortened."""

    def __init__(self, longest: int, label: Text) -> None:
        self.longest, self.label = longest, label

    def __call__(self, _form: object, field: StringField) -> None:
        if field.data and len(field.data) > self.longest:
            raise ValidationError(_("{label}最多{longest}个字", label=self.label, longest=self.longest))


class Same:
    """What was typed twice is the same both times."""

    def __init__(self, other: str, text: Text) -> None:
        self.other, self.text = other, text

    def __call__(self, form: FlaskForm, field: StringField) -> None:
        if field.data != form[self.other].data:
            raise ValidationError(self.text)


def form_for(
    fields: Sequence[Field], choices: Choices, *, required: bool = True, look_up: LookUp | None = None
) -> type[FlaskForm]:
    """A form class with one input for each of `fields`; `choices` gives the rows of reference data on offer.

    With `look_up`, which knows them by name, the long lists are typed into instead.
    """
    made = {field.name: _input(field, choices, required and field.required, look_up) for field in fields}
    return type("FieldsForm", (FlaskForm,), made)


def _input(field: Field, choices: Choices, required: bool, look_up: LookUp | None) -> Any:  # noqa: ANN401
    presence = _presence(field) if required else Optional()
    common: dict[str, Any] = {"label": field.label, "description": field.hint or "", "render_kw": _attributes(field)}
    if field.input is Input.DATE:
        return Lenient(validators=[presence], **common)
    if field.input is Input.PHOTO:
        return FileField(**common)
    if field.input is Input.KIND and field.kinds is not None:
        offered = [(member.value, member.label) for member in field.kinds]
        return _select(offered, field.kinds, presence, common)
    if field.searched and look_up is not None:
        return Found(field, look_up(field), validators=[presence], **common)
    if field.input is Input.ENTRY:
        coerce = int if field.name.endswith("_id") else str
        return _select(choices(field), coerce, presence, common)
    longest = LONGEST_NUMBER if field.name in NUMBERS else field.longest
    return StringField(validators=[presence, AtMost(longest, field.label)], filters=[one_line], **common)


def _presence(field: Field) -> InputRequired | DataRequired:
    """A text must hold more than blanks; a list and a date must have been touched at all."""
    return (DataRequired if field.input is Input.TEXT else InputRequired)(asked_for(field))


def _select(
    offered: Iterable[tuple[str, Any] | SelectChoice],
    coerce: Callable[[str], Any],
    presence: object,
    common: dict[str, Any],
) -> Any:  # noqa: ANN401
    def read(value: object) -> Any:  # noqa: ANN401
        if value in (None, ""):
            return None
        try:
            return coerce(value)  # type: ignore[arg-type]
        except ValueError:
            return value

    return SelectField(
        choices=[SelectChoice.from_input(one) for one in (("", CHOOSE), *offered)],
        coerce=read,
        validators=[presence, Chosen()],
        validate_choice=False,
        **common,
    )


def _attributes(field: Field) -> dict[str, Any]:
    # No maxlength: browsers cut what is pasted without a word.
    pairs = {"autocomplete": field.autocomplete, "inputmode": field.inputmode}
    if field.suggests:
        day, source = field.suggests
        pairs |= {"data_suggest": day, "data_suggest_from": source, "data_suggest_text": str(SUGGESTED)}
    return {key: value for key, value in pairs.items() if value}


def answers_of(form: FlaskForm, fields: Sequence[Field]) -> dict[str, Any]:
    """What was entered, by the fields' names; photos travel apart."""
    return {field.name: form[field.name].data for field in fields if field.input is not Input.PHOTO}


def show(problems: Iterable[Problem], form: FlaskForm) -> None:
    """Put each problem at its field, or at the head of the form."""
    for problem in problems:
        field: Any = form._fields.get(problem.field)
        if field is None:
            form.form_errors.append(problem.text)
        else:
            field.errors = [*field.errors, problem.text]


def fill(form: FlaskForm, answers: Mapping[str, Any]) -> None:
    """Show earlier answers in a form that was not sent."""
    for field in form:
        if answers.get(field.short_name) is not None:
            field.data = answers[field.short_name]
