"""The queue of “添加” requests: the oldest first, look-alikes beside it, one answer, and the next one opens."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from admin.forms import tables as forms
from admin.forms.lookup import Target
from admin.forms.typed import number_of
from admin.views import cells
from shared.db import session
from shared.models import Application, StaffRequest
from shared.models.base import Entry
from shared.models.kinds import RequestKind
from shared.rules.rights import Can
from shared.services import access, aliases, requests
from shared.services.errors import NotYours, Refused
from shared.text import Text, _
from shared.web.forms import show
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.requests import StaffRequests

# What staff may put right while they accept a row, and what tells look-alikes apart.
ASKED_FOR = {
    RequestKind.ADD_SCHOOL: ("name", "nature"),
    RequestKind.ADD_INSTITUTION: ("name",),
    RequestKind.ADD_SUBJECT: ("name", "qualification_types", "teachable"),
    RequestKind.ADD_AUTHORITY: ("name", "level", "division_code", "number_code"),
}
SHOWN = {
    RequestKind.ADD_SCHOOL: ("code", "nature", "status"),
    RequestKind.ADD_INSTITUTION: ("code", "status"),
    RequestKind.ADD_SUBJECT: ("code", "qualification_types", "status"),
    RequestKind.ADD_AUTHORITY: ("code", "level", "division_code", "status"),
}
DONE: dict[str, Text] = {
    "accept": _("已同意"),
    "same": _("已并入已有的一条"),
    "refuse": _("已答复“未同意”"),
    "up": _("已转交上级部门"),
}


def page(view: "StaffRequests") -> ResponseReturnValue:
    """One request with everything needed to answer it; without a number the oldest one."""
    asked = number_of(request.args.get("id"))
    if asked is not None:
        row: StaffRequest | None = access.one(StaffRequest, asked, by=by(), to=Can.EDIT)
    else:
        row = requests.next_one(number_of(request.args.get("after")), by=by())
    if row is None:
        return str(view.render("requests/empty.html"))
    return _show(view, row, _form(view, row), [])


def answer(view: "StaffRequests") -> ResponseReturnValue:
    """Do what was decided, and open the next one; whatever is refused is told beside what was typed."""
    key, version = number_of(request.form.get("request")), number_of(request.form.get("request_version"))
    if key is None:
        raise NotYours
    row = access.one(StaffRequest, key, by=by(), to=Can.EDIT)
    following = requests.next_one(key, by=by())
    form = _form(view, row)
    do = request.form.get("do", "")
    if do == "accept" and form is not None and not form.validate():
        return _show(view, row, form, []), 422
    try:
        _do(do, row, form, version or 0)
    except Refused as refused:
        row = access.one(StaffRequest, key, by=by(), to=Can.EDIT)
        if form is not None and do == "accept":
            show(refused.problems, form)
            return _show(view, row, form, []), 422
        return _show(view, row, form, [problem.text for problem in refused.problems]), 422
    flash(f"{DONE[do]}：{row.text}", "success")
    goes_on = following is not None and following.id != key
    return redirect(str(view.get_url(".queue", id=following.id) if goes_on and following else view.get_url(".queue")))


def _do(do: str, row: StaffRequest, form: FlaskForm | None, version: int) -> None:
    said = request.form.get("answer", "").strip()
    entry = requests.entry_of(row)
    if do == "accept":
        values = forms.values_of(form, type(entry), ASKED_FOR[row.kind]) if form is not None and entry else {}
        requests.accept(row.id, values, by=by(), version=version, answer=said)
    elif do == "same":
        requests.same_as(row.id, _kept(entry), by=by(), version=version)
    elif do == "refuse":
        requests.refuse(row.id, said, by=by(), version=version)
    elif do == "up":
        requests.pass_up(row.id, by=by(), version=version)
    else:
        raise NotYours


def _kept(entry: Entry | None) -> int | None:
    """The look-alike that was chosen, or another row that was found by typing."""
    other, typed = number_of(request.form.get("other")), request.form.get("other-text", "").strip()
    if other is None and typed and entry is not None:
        named = aliases.resolve(type(entry), typed)
        other = named.id if named else None
    return other if other is not None else number_of(request.form.get("keep"))


def _form(view: "StaffRequests", row: StaffRequest) -> FlaskForm | None:
    """The fields that a new row is accepted with; None where there is no row, or it is not the reader's to decide."""
    entry = requests.entry_of(row)
    if entry is None or not requests.may_settle(entry, by=by()):
        return None
    table = type(entry).__tablename__
    made = forms.form_for(
        type(entry), ASKED_FOR[row.kind], view.label_of, lambda name: view.get_url(f"{table}.ajax_lookup", name=name)
    )
    return made(obj=entry)


def _show(view: "StaffRequests", row: StaffRequest, form: FlaskForm | None, problems: list[Any]) -> str:
    entry = requests.entry_of(row)
    alike = requests.look_alikes(entry, by=by()) if entry is not None else []
    exact = next((one.id for one in alike if entry is not None and requests.is_exact(entry, one)), None)
    found = access.query(Application, by=by()).where(Application.id == row.application_id)
    return str(
        view.render(
            "requests/queue.html",
            row=row,
            entry=entry,
            form=form,
            alike=[(one, [alias.name for alias in aliases.of(one)]) for one in alike],
            chosen=number_of(request.form.get("keep")) or exact,
            shown=SHOWN.get(row.kind, ()),
            settles=requests.may_settle(entry, by=by()),
            waiting=requests.count(by=by()),
            application=session.scalar(found),
            problems=problems,
            typed=request.form.get("answer", ""),
            lookup=_lookup(view, entry),
            cell=cells.cell,
        )
    )


def _lookup(view: "StaffRequests", entry: Entry | None) -> str:
    return "" if entry is None else str(view.get_url(".ajax_entries", table=entry.__tablename__))


def entries(table: str, text: str) -> list[tuple[Any, str]]:
    """Rows of the table that is asked about, found by typing."""
    model = next((one for one in requests.ENTRIES.values() if one.__tablename__ == table), None)
    if model is None:
        raise NotYours
    return Target(model, "merged_into_id").search(text)
