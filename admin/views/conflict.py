"""Two people changed one row: the second sees what it was, what is there now and what they typed, and chooses.

A form carries what it showed when it was opened, signed. So the page can tell who changed which field, and of a row
that is gone it can tell whoever had it open, while for everybody else it does not exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import inspect
from wtforms import Field

from admin.forms.typed import number_of
from admin.views import trail
from admin.views.cells import mask_of
from shared.db import Base
from shared.models import Application
from shared.models.kinds import Kind
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.services import access, history
from shared.services.errors import NotYours, Refused
from shared.text import Text, _
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.declared import Declared

OPENED, DIFFERS, KEEP = "opened", "differs", "keep-"
MINE, THEIRS = "mine", "theirs"
OWN_FIELDS = (OPENED, DIFFERS, "version", "csrf_token")
NOT_TYPED = ("HiddenField", "CSRFTokenField")
BETWEEN = _("；")


@dataclass(frozen=True)
class Difference:
    """One field of which two versions are at hand; `choice` is which of them is to stand, "" as long as nobody said."""

    name: str
    label: Text
    was: str | None
    mine: str
    theirs: str
    choice: str


def opened(view: "Declared", row: Any) -> str:  # noqa: ANN401  a row of the view's model
    """What the form shows of `row` now, signed; personal values stay out of it."""
    shown = {name: _text(getattr(row, name)) for name in view.edit_columns if not mask_of(view.model, name)}
    return str(_signer().dumps({"table": view.endpoint, "id": row.id, "by": by().id, "shown": shown}))


def undecided(names: Iterable[str]) -> list[str]:
    """The fields of a conflict page that was sent back without saying whose value is to stand."""
    asked = set(request.form.getlist(DIFFERS))
    return [name for name in names if name in asked and not _choice(name)]


def settled(row: Base, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered, with the row's own value wherever the reader has chosen that."""
    return {
        name: getattr(row, name) if _choice(name) == THEIRS and name in request.form.getlist(DIFFERS) else value
        for name, value in values.items()
    }


def page(view: "Declared", row: Any, form: FlaskForm, values: Mapping[str, Any]) -> ResponseReturnValue:  # noqa: ANN401
    """Both versions field by field; whatever was typed goes along, to be saved against the version shown here."""
    version = number_of(request.form.get("version")) or 0
    kept = [(name, text) for name, text in request.form.items(multi=True) if not _of_the_page(name, form, view)]
    answer = view.render(
        "table/conflict.html",
        row=row,
        form=form,
        differences=_differences(view, row, values),
        undecided=undecided(view.edit_columns),
        others=history.since(view.model, row.id, version, by=by(), to=Can.EDIT),
        again=_not_kept(form, view),
        kept=kept,
        opened=request.form.get(OPENED, ""),
    )
    return answer, HTTPStatus.CONFLICT


def gone(view: "Declared") -> ResponseReturnValue:
    """The row went while its form was open: what was typed is shown once more; to anybody else it never existed."""
    shown = _snapshot(request.form.get(OPENED, ""))
    mine = shown and shown["table"] == view.endpoint and shown["by"] == by().id
    if not mine or str(shown["id"]) != request.args.get("id"):
        raise NotYours
    if access.may(view.model, shown["id"], by=by(), to=Can.EDIT):
        raise NotYours  # it is there: something else that was asked for is not
    form = view._edit_form_class()  # noqa: SLF001  Flask-Admin's own name for it
    fields = [field for field in form if field.type not in (*NOT_TYPED, "PasswordField")]
    typed = [(field.label.text, _as_typed(field)) for field in fields]
    return view.render("table/gone.html", typed=[pair for pair in typed if pair[1]]), HTTPStatus.GONE


def cell(view: "Declared", key: int, name: str) -> dict[str, Any]:
    """What the list is told when a value was changed elsewhere first: the value that is there, to decide again."""
    row = view.row(key, Can.EDIT)
    text = view.value(row, name)
    error = _(
        "打开列表后这条记录已被他人更改，这一格现在是“{text}”。按回车仍保存您填的内容，按Esc保留现在的内容", text=text
    )
    return {"error": str(error), "text": text, "value": view.raw(row, name), "version": row.version}


def told(form: FlaskForm, key: int, refused: Refused, *, to: Can) -> list[Problem]:
    """The problems of a move; the one of being too late also says who did what to the application meanwhile.

    Whoever has read that may go on: the form is about the present version from now on.
    """
    if not refused.stale:
        return refused.problems
    version = number_of(form.version.data) or 0
    entries = history.since(Application, key, version, by=by(), to=to)
    if not entries:
        return refused.problems
    form.version.data = version + len(entries)
    lines = str(BETWEEN).join(f"{trail.actor(entry)} {trail.when(entry)} {trail.changes(entry)}" for entry in entries)
    text = _("打开页面后这件申请已被他人更改（{lines}）。请核对；仍要办理的，再按一次，您填写的内容还在", lines=lines)
    return [Problem("stale", "", text) if one.code == "stale" else one for one in refused.problems]


def _differences(view: "Declared", row: Any, values: Mapping[str, Any]) -> list[Difference]:  # noqa: ANN401
    before = (_snapshot(request.form.get(OPENED, "")) or {}).get("shown", {})
    found = []
    for name, value in values.items():
        mine, theirs, was = _text(value), _text(getattr(row, name)), before.get(name)
        if mine != theirs:
            choice = _choice(name) or _likely(was, mine, theirs)
            texts = [None if text is None else _in_words(view, name, text) for text in (was, mine, theirs)]
            found.append(Difference(name, view.label_of(name), *texts, choice))  # type: ignore[arg-type]
    return found


def _likely(was: str | None, mine: str, theirs: str) -> str:
    """Whoever alone changed a field meant it; where both did, or nobody knows, somebody has to say."""
    return {mine: THEIRS, theirs: MINE}.get(was, "") if was is not None else ""


def _choice(name: str) -> str:
    chosen = request.form.get(KEEP + name, "")
    return chosen if chosen in (MINE, THEIRS) else ""


def _of_the_page(name: str, form: FlaskForm, view: "Declared") -> bool:
    """What the page writes itself, or asks for once more, and so must not carry along from the last time."""
    return name in OWN_FIELDS or name.startswith(KEEP) or name in {field.name for field in _not_kept(form, view)}


def _not_kept(form: FlaskForm, view: "Declared") -> Sequence[Field]:
    """Passwords: no page repeats one, so they have to be typed again."""
    return [field for field in form if field.type == "PasswordField" and field.name not in view.edit_columns]


def _as_typed(field: Field) -> str:
    if field.type == "SelectField":
        return str(next((one.label for one in field.choices if one.value == str(getattr(field.data, "value", ""))), ""))
    if field.type == "BooleanField":
        return str(trail.value(None, "✓" if field.data else ""))
    return str(getattr(field, "text", None) or " ".join(request.form.getlist(field.name)))


def _in_words(view: "Declared", name: str, text: str) -> str:
    mask = mask_of(view.model, name)
    if mask and text:
        return mask(text)
    target = view.form_targets.get(name)
    named = target.label(text) if target and text else None
    return named or trail.value(inspect(view.model).columns[name], text or None)


def _text(value: object) -> str:
    """A value to be compared: moments to the second, as forms know them."""
    if value is None:
        return ""
    if isinstance(value, Kind):
        return str(value.value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    return str(value)


def _snapshot(text: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = _signer().loads(text)
    except BadSignature:
        return None
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="opened-form")
