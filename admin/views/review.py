"""The review page of district, city and province: everything about one application, the decision, and the next one.

The list's filters are carried in the address, so "next" is the next of that list, also after the decision.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from admin.forms import moves
from admin.forms.review import AssignForm, HoldForm, LiftForm, MessageForm
from admin.forms.typed import number_of
from admin.views import conflict, rows
from admin.views.applications import Applications
from admin.views.cells import NOTHING
from admin.views.ground import Closed
from shared.db import session
from shared.models import Application, Hold, Person
from shared.models.kinds import Conclusion, RevealReason, Stage
from shared.rules import fields, policy
from shared.rules.conclusion import Suggestion
from shared.rules.fields import Input, Section
from shared.rules.rights import Can
from shared.rules.states import MOVES, Move, status_label
from shared.services import access, assigning, exports, holds, messages, reviewing, workflow
from shared.services.errors import NotYours, Refused
from shared.services.reviewing import DECIDES, ON_THE_PAGE, Case
from shared.text import Text, _
from shared.web.forms import show
from shared.web.login import by

OLDEST = "oldest"  # in the address: begin with the one that has waited longest
WAITING: Mapping[Can, Stage] = {
    Can.PRELIMINARY: Stage.CONFIRMED,
    Can.REVIEW: Stage.PRELIMINARY,
    Can.FINAL: Stage.REVIEWED,
}
Forms = dict[str, FlaskForm]


@dataclass(frozen=True)
class Place:
    """Where an application stands in the list that its reader came from."""

    previous: int | None
    following: int | None
    position: int | None
    total: int

    @property
    def capped(self) -> bool:
        return self.total > rows.MOST_COUNTED


class Review(Closed, BaseView):  # type: ignore[misc]
    """One page for whoever decides; what may be done on it is asked of SCOPE and MOVES."""

    label = _("审核")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="review", url="/review")

    def is_accessible(self) -> bool:
        return may_review()

    @property
    def applications(self) -> Applications:
        """The list whose filters the address carries."""
        return next(view for view in current_app.jinja_env.globals["menu"].views if isinstance(view, Applications))

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Begin with the one that has waited longest for this reader, at the `stage` that is asked for or at any."""
        asked = request.args.get("stage") or None
        for right, stage in WAITING.items():
            if not policy.may(Application, by().role, right) or asked not in (None, stage.value):
                continue
            waiting = access.query(Application, by=by(), to=right).where(Application.stage == stage)
            first = session.scalar(waiting.with_only_columns(Application.id).order_by(Application.id).limit(1))
            if first is not None:
                own = by().bureau_id if policy.only_own_bureau(Application, by(), right) else None
                return redirect(self.get_url(".case", key=first, stage=stage.value, bureau_id=own, oldest=1))
        return self.render("review/empty.html")

    @expose("/<int:key>/")
    def case(self, key: int) -> ResponseReturnValue:
        return self._page(key)

    @expose("/<int:key>/reveal", methods=("POST",))
    def reveal(self, key: int) -> ResponseReturnValue:
        """The same page with personal values in full, which the audit remembers."""
        exports.reveal(Application, key, by=by(), reason=RevealReason.REVIEW)
        return self._page(key, masked=False)

    @expose("/<int:key>/decide/<wanted>", methods=("POST",))
    def decide(self, key: int, wanted: str) -> ResponseReturnValue:
        """Make the move and open the next of the list; what does not go is told beside what was typed."""
        application = access.one(Application, key, by=by())
        move = _deciding(application, wanted)
        form = moves.form_for(move, application)(prefix=move.name)
        if form.validate():
            version = number_of(form.version.data) or 0
            try:
                workflow.move(key, move.name, by=by(), version=version, wish=moves.wish_of(form))
            except Refused as refused:
                show(conflict.told(form, key, refused, to=move.permission), form)
            else:
                flash(self._done(key, move), "success")
                return redirect(self._after(key))
        return self._page(key, forms={move.name: form}), HTTPStatus.UNPROCESSABLE_ENTITY

    @expose("/<int:key>/hold", methods=("POST",))
    def hold(self, key: int) -> ResponseReturnValue:
        form = HoldForm(prefix="hold")
        return self._act(key, "hold", form, lambda: holds.place(key, form.reason.data or "", by=by()), _("已暂停办理"))

    @expose("/<int:key>/lift", methods=("POST",))
    def lift(self, key: int) -> ResponseReturnValue:
        form = LiftForm(prefix="lift")
        hold = access.one(Hold, number_of(form.hold.data), by=by())
        if hold.application_id != key:
            raise NotYours
        return self._act(
            key, "lift", form, lambda: holds.lift(hold.id, form.finding.data or "", by=by()), _("已解除暂停")
        )

    @expose("/<int:key>/assign", methods=("POST",))
    def assign(self, key: int) -> ResponseReturnValue:
        """Give it to a colleague; the other button takes it oneself."""
        form = AssignForm(prefix="assign")
        if "me" in request.form:
            form.assigned_to_id.data = by().id
        return self._act(
            key, "assign", form, lambda: assigning.assign(key, form.assigned_to_id.data, by=by()), _("已分派")
        )

    @expose("/<int:key>/write", methods=("POST",))
    def write(self, key: int) -> ResponseReturnValue:
        form = MessageForm(prefix="write")
        return self._act(
            key, "write", form, lambda: messages.send(key, form.body.data or "", by=by()), _("留言已发给申请人")
        )

    def _act(self, key: int, name: str, form: FlaskForm, verb: Callable[[], object], done: Text) -> ResponseReturnValue:
        """A verb that leaves the reader on the page."""
        access.one(Application, key, by=by())
        if form.validate():
            try:
                verb()
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(done), "success")
                return redirect(self.get_url(".case", key=key, **carried()))
        return self._page(key, forms={name: form}), HTTPStatus.UNPROCESSABLE_ENTITY

    def _done(self, key: int, move: Move) -> Markup:
        """What was done, and the way back to it: a wrong decision is changed on the application's own page."""
        application = access.one(Application, key, by=by())
        status = status_label(application.stage, application.conclusion)
        said = _("{name}：{move}，现在是“{status}”。", name=application.name, move=move.label, status=status)
        link = Markup('<a href="{}">{}</a>').format(
            self.get_url(".case", key=key, **carried()), str(_("办错了？回到这件申请"))
        )
        return escape(str(said)) + link

    def _after(self, key: int) -> str:
        """The next of the list; after its last one the list itself."""
        following = self._place(key).following
        if following is not None:
            return str(self.get_url(".case", key=following, **carried()))
        flash(str(_("列表中后面没有申请了")), "info")
        if OLDEST in request.args:
            return str(self.get_url(".index"))
        return str(url_for("applications.index_view", **carried()))

    def _place(self, key: int) -> Place:
        """Previous and next by key, in the order that the list shows: the newest first, unless asked otherwise."""
        chosen = self.applications.selection(MultiDict(request.args)).with_only_columns(Application.id)
        newest_first = self.applications.newest_first and OLDEST not in request.args
        earlier, later = Application.id < key, Application.id > key
        before, after = (later, earlier) if newest_first else (earlier, later)
        ascending, descending = Application.id.asc(), Application.id.desc()
        to_following, to_previous = (descending, ascending) if newest_first else (ascending, descending)
        stands_here = session.scalar(chosen.where(Application.id == key)) is not None
        return Place(
            previous=session.scalar(chosen.where(before).order_by(to_previous).limit(1)),
            following=session.scalar(chosen.where(after).order_by(to_following).limit(1)),
            position=rows.count(chosen.where(before)) + 1 if stands_here else None,
            total=rows.count(chosen),
        )

    def _page(self, key: int, *, masked: bool = True, forms: Forms | None = None) -> str:
        case = reviewing.case(key, by=by())
        application = case.application
        deciding, others = reviewing.deciding_moves(application, by=by())
        forms = forms or {}
        stopped = {move.name: reviewing.obstacles(application, move, by=by()) for move in deciding}
        for move in deciding:
            if move.name not in forms and not stopped[move.name]:
                forms[move.name] = _prefilled(move, case)
        rights = {
            right.value: access.may(Application, key, by=by(), to=right)
            for right in (Can.REVEAL, Can.PRINT, Can.HOLD, Can.ASSIGN, Can.WRITE)
        }
        forms |= _side_forms(case, rights, forms)
        return str(
            self.render(
                "review/case.html",
                case=case,
                application=application,
                sections=sections(case, masked=masked),
                masked=masked,
                deciding=deciding,
                others=[move for move in others if move.name in MOVES],
                stopped=stopped,
                forms=forms,
                rights=rights,
                place=self._place(key),
                carried=carried(),
                list_url=url_for("applications.index_view", **carried()),
                adopted="adopt" in request.args,
                may_lift=case.held is not None and rights["hold"] and holds.may_lift(case.held, by=by()),
                may_reset=access.may(Person, application.person_id, by=by(), to=Can.RESET_PASSWORD),
                me=by().id,
            )
        )


def may_review() -> bool:
    """Whether the reader decides at some level, by SCOPE."""
    return any(policy.may(Application, by().role, right) for right in DECIDES)


def carried() -> dict[str, list[str]]:
    """The list's address, as the review page hands it on."""
    return {name: values for name, values in request.args.lists() if name not in ("adopt", "key", "wanted", "id")}


def _deciding(application: Application, name: str) -> Move:
    """The move, if it reviews or decides and its reader may make it at all."""
    row = MOVES.get(name)
    if row is None or row.permission not in ON_THE_PAGE:
        raise NotYours
    if not access.may(Application, application.id, by=by(), to=row.permission):
        raise NotYours
    return row


def _prefilled(move: Move, case: Case) -> FlaskForm:
    """The move's form: 合格 is chosen where the facts suggest it and no level below said otherwise; else nothing is.

    Anything else is filled in only when the officer adopts the suggestion.
    """
    form = moves.form_for(move, case.application)(formdata=None, prefix=move.name)
    form.version.data = case.application.version
    suggested = case.suggestion
    if suggested is None or suggested.conclusion not in move.conclusions:
        return form
    undisputed = case.application.conclusion in (Conclusion.NONE, Conclusion.REGISTERED)
    if suggested.conclusion is Conclusion.REGISTERED and undisputed and not move.needs_reason:
        form.conclusion.data = suggested.conclusion
    elif "adopt" in request.args:
        form.conclusion.data = suggested.conclusion
        form.reason.data = "".join(str(reason.text) for reason in suggested.reasons)
        form.reason_code.data = _code(suggested, form)
    return form


def _code(suggested: Suggestion, form: FlaskForm) -> str | None:
    """The first of the suggestion's reasons that is a code on offer."""
    offered = {choice.value for choice in form.reason_code.choices}
    return next((reason.code for reason in suggested.reasons if reason.code in offered), None)


def _side_forms(case: Case, rights: Mapping[str, bool], sent: Forms) -> Forms:
    """The forms beside the decision that the reader may use, unless one of them was just sent."""
    forms: Forms = {}
    if rights["write"]:
        forms["write"] = MessageForm(formdata=None, prefix="write")
    if rights["assign"]:
        forms["assign"] = AssignForm(
            formdata=None, prefix="assign", data={"assigned_to_id": case.application.assigned_to_id}
        )
    if rights["hold"] and case.held is None:
        forms["hold"] = HoldForm(formdata=None, prefix="hold")
    elif rights["hold"] and case.held is not None:
        forms["lift"] = LiftForm(formdata=None, prefix="lift", data={"hold": case.held.id})
    return forms | {name: form for name, form in sent.items() if name in ("write", "assign", "hold", "lift")}


def sections(case: Case, *, masked: bool) -> list[tuple[Section, list[tuple[Any, str, Any]]]]:
    """Every field of FIELDS with what differs from it elsewhere; of somebody without a form only what is known."""
    found = []
    for section in Section:
        lines = []
        for field in fields.in_section(section):
            value = "" if field.input is Input.PHOTO else fields.shown(field, case.application, masked=masked)
            if field.input is Input.PHOTO or not (value or case.has_form):
                continue
            lines.append((field.label, value or NOTHING, case.differences.get(field.name, [])))
        if lines:
            found.append((section, lines))
    return found
