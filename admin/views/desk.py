"""The confirmation desk (S19–S21): scan, compare, tick, correct, confirm, print, next — by keyboard alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired

from admin.forms import moves
from admin.forms.typed import number_of, numbers_of, shortened
from admin.views import cells, conflict
from admin.views.ground import Closed
from shared import clock
from shared.models import Application
from shared.models.kinds import RevealReason, Stage
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME, Field, Input, Section, in_section, shown
from shared.rules.rights import Can
from shared.rules.states import MOVES
from shared.services import access, answers, confirming, counter, exports, holds, reference, workflow
from shared.services.errors import NotYours, Refused
from shared.text import Text, _
from shared.web.forms import answers_of, fill, form_for, many_lines, one_line, show
from shared.web.login import by

CORRECTED = _("已更正。签名的申请表作废，请重新打印，由申请人签名。")


class FindForm(FlaskForm):  # type: ignore[misc]
    """What is typed or scanned."""

    text = StringField(
        _("申请表二维码、报名号、证件号码或受理号"),
        [DataRequired(_("请输入或扫描报名号、证件号码"))],
        filters=[one_line],
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The number that the signed paper carries: typed, or its QR once more."""

    version = HiddenField()
    paper = HiddenField()
    signed_version = StringField(
        _("签名的申请表版本"), [DataRequired(_("请扫申请表上的二维码，或填写右上角的版本号"))], filters=[one_line]
    )


class UndoForm(FlaskForm):  # type: ignore[misc]
    """Why a confirmation is taken back."""

    version = HiddenField()
    reason = TextAreaField(
        _("撤销理由"), [DataRequired(_("请填写撤销理由"))], filters=[many_lines], render_kw={"rows": 2}
    )


class Desk(Closed, BaseView):  # type: ignore[misc]
    """Everything the operator does, from the scan to the receipt."""

    label = _("现场确认")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="desk", url="/desk")

    def is_accessible(self) -> bool:
        return policy.may(Application, by().role, Can.CONFIRM)

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        form, elsewhere = FindForm(), None
        if form.validate_on_submit():
            try:
                found, paper = counter.find(form.text.data, by=by())
            except NotYours:
                elsewhere = counter.elsewhere(form.text.data, by=by())
                if elsewhere is None:
                    show([_not_found(form.text.data)], form)
            except Refused as refused:
                show(refused.problems, form)
            else:
                if counter.is_void_receipt(form.text.data, by=by()):
                    flash(str(_("这张受理凭证已作废，请以本页为准。")), "danger")
                return redirect(self.get_url(".case", key=found.id, paper=paper))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        given = {"elsewhere": elsewhere, "last": counter.last(by=by()), "shift": counter.shift(by=by())}
        return self.render("desk/find.html", form=form, **given), status

    @expose("/take", methods=("POST",))
    def take(self) -> ResponseReturnValue:
        """Take over somebody who stands at another point: nobody is sent away for that."""
        number = request.form.get("number", "")
        try:
            key = confirming.take_over(number, by=by())
        except Refused as refused:
            flash(" ".join(str(problem.text) for problem in refused.problems), "danger")
            return redirect(self.get_url(".index"))
        flash(str(_("已转到本确认点。申请表上的确认点变了，须重新打印并签名。")), "success")
        return redirect(self.get_url(".case", key=key))

    @expose("/today")
    def today(self) -> ResponseReturnValue:
        """What this point has confirmed on a day."""
        day = day_of(request.args.get("day", ""))
        return self.render(
            "desk/today.html",
            shift=counter.shift(by=by(), day=day, page=number_of(request.args.get("page")) or 1),
            today=clock.today(),
            a_day=timedelta(days=1),
        )

    @expose("/<int:key>/")
    def case(self, key: int) -> ResponseReturnValue:
        return self._page(key)

    @expose("/<int:key>/reveal", methods=("POST",))
    def reveal(self, key: int) -> ResponseReturnValue:
        """The full numbers, to compare with the papers; the audit remembers it, and what was ticked stays."""
        exports.reveal(Application, key, by=by(), reason=RevealReason.PAPERS)
        return self._page(key, masked=False, confirm=ConfirmForm() if "version" in request.form else None)

    @expose("/<int:key>/confirm", methods=("POST",))
    def confirm(self, key: int) -> ResponseReturnValue:
        """Note the papers on the desk; and with the first button accept the application."""
        form = ConfirmForm()
        if counter.done(key, by=by()):  # pressed twice, or a colleague was faster: the receipt is there
            return redirect(self.get_url(".receipt", key=key))
        try:
            return self._confirm(key, form)
        except Refused as refused:
            show(counter.named(refused.problems, counter.case(key, by=by()).missing), form)
            return self._page(key, confirm=form), HTTPStatus.UNPROCESSABLE_ENTITY

    def _confirm(self, key: int, form: ConfirmForm) -> ResponseReturnValue:
        confirming.receive(key, numbers_of(request.form.getlist("material")), by=by())
        if request.form.get("then") == "return":
            return redirect(self.get_url(".send_back", key=key))
        if "save" in request.form:
            flash(str(_("已记下收到的材料")), "success")
            return redirect(self.get_url(".case", key=key, paper=form.paper.data or None))
        if not form.validate():
            return self._page(key, confirm=form), HTTPStatus.UNPROCESSABLE_ENTITY
        signed = counter.signed(key, form.signed_version.data, by=by())
        confirming.confirm(key, by=by(), version=number_of(form.version.data) or 0, signed_version=signed)
        return redirect(self.get_url(".receipt", key=key))

    @expose("/<int:key>/back", methods=("GET", "POST"))
    def send_back(self, key: int) -> ResponseReturnValue:
        """Return to the teacher; the papers that are missing are written down already, all at once."""
        application = access.one(Application, key, by=by(), to=Can.RETURN)
        move, form = MOVES["return"], moves.form_for(MOVES["return"], application)()
        if form.validate_on_submit():
            try:
                version, wish = number_of(form.version.data) or 0, moves.wish_of(form)
                workflow.move(key, move.name, by=by(), version=version, wish=wish)
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已退回{name}修改，理由已告知申请人", name=application.name)), "success")
                return redirect(self.get_url(".index"))
        elif not form.is_submitted():
            form.version.data = application.version
            form.reason.data = counter.asks_for(counter.case(key, by=by()).missing)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        hint = _("把缺的材料和要改的内容一次写全。申请人在网上改好、重新提交并签名后再来。")
        return self.render("desk/move.html", form=form, application=application, move=move, hint=hint), status

    @expose("/<int:key>/adopt", methods=("POST",))
    def adopt(self, key: int) -> ResponseReturnValue:
        """Put what the registry says into the form."""
        paper = access.one(Application, key, by=by(), to=Can.CORRECT).form_version
        form = ConfirmForm()
        try:
            confirming.adopt(key, by=by(), version=number_of(form.version.data) or 0)
        except Refused as refused:
            show(refused.problems, form)
            return self._page(key, confirm=form), HTTPStatus.UNPROCESSABLE_ENTITY
        flash(str(CORRECTED), "success")
        return redirect(self.get_url(".case", key=key, paper=paper))

    @expose("/<int:key>/receipt")
    def receipt(self, key: int) -> ResponseReturnValue:
        """Done: print the receipt, or go on with the next."""
        desk = confirming.desk(key, by=by())
        if desk.receipt is None:
            raise NotYours
        return self.render("desk/receipt.html", desk=desk, application=desk.application, find=FindForm(formdata=None))

    @expose("/<int:key>/undo", methods=("POST",))
    def undo(self, key: int) -> ResponseReturnValue:
        form = UndoForm()
        if form.validate():
            try:
                confirming.undo(key, by=by(), version=number_of(form.version.data) or 0, reason=form.reason.data)
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("确认已撤销，原受理凭证作废，请收回")), "success")
                return redirect(self.get_url(".case", key=key))
        return self._page(key, undo=form), HTTPStatus.UNPROCESSABLE_ENTITY

    @expose("/<int:key>/correct", methods=("GET", "POST"))
    def correct(self, key: int) -> ResponseReturnValue:
        """Correct the present post and the certificate; the form must be printed and signed again (S20)."""
        application = access.one(Application, key, by=by(), to=Can.CORRECT)
        known, paper = answers.of_application(application), application.form_version
        fields = confirming.correctable(application)
        form = _corrections(fields, known)()
        version = number_of(form.version.data) or 0
        if form.validate_on_submit():
            try:
                confirming.correct(key, answers_of(form, fields), by=by(), version=version)
            except Refused as refused:
                show(conflict.told(form, key, refused, to=Can.CORRECT), form)
            else:
                flash(str(CORRECTED), "success")
                return redirect(self.get_url(".case", key=key, paper=paper))
        elif not form.is_submitted():
            fill(form, known)
            form.version.data = application.version
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("desk/correct.html", form=form, fields=fields, application=application), status

    @expose("/<int:key>/point", methods=("GET", "POST"))
    def point(self, key: int) -> ResponseReturnValue:
        """Hand the applicant on to the right point: a wrong one is never a dead end."""
        application = access.one(Application, key, by=by(), to=Can.CHANGE_POINT)
        form = moves.form_for(MOVES["change_point"], application)()
        if form.validate_on_submit():
            try:
                wish = moves.wish_of(form)
                workflow.move(key, "change_point", by=by(), version=number_of(form.version.data) or 0, wish=wish)
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已更换确认点，申请人须重新打印申请表")), "success")
                return redirect(self.get_url(".index"))
        elif not form.is_submitted():
            form.version.data = application.version
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        hint = _("只列出服务申请人任教学校的确认点。任教学校不对的，请先更正任教学校。")
        given = {"application": application, "move": MOVES["change_point"], "hint": hint}
        return self.render("desk/move.html", form=form, **given), status

    def _page(
        self, key: int, *, masked: bool = True, confirm: FlaskForm | None = None, undo: FlaskForm | None = None
    ) -> str:
        sent = confirm.paper.data if confirm else request.args.get("paper")
        case = counter.case(key, by=by(), paper=number_of(sent) or 0, masked=masked)
        application = case.desk.application
        confirm, undo = confirm or ConfirmForm(formdata=None), undo or UndoForm(formdata=None)
        confirm.version.data = undo.version.data = application.version
        confirm.paper.data = sent or ""
        if confirm.signed_version.data is None and sent and not case.void:
            confirm.signed_version.data = sent
        ticked = set(numbers_of(request.form.getlist("material"))) if request.form else case.desk.received
        return str(
            self.render(
                "desk/case.html",
                case=case,
                desk=case.desk,
                application=application,
                sections=compared(case, masked=masked),
                id_number=shown(BY_NAME["id_number"], application, masked=masked),
                masked=masked,
                ticked=ticked,
                confirm=confirm,
                undo=undo,
                find=FindForm(formdata=None),
                held=holds.stands(key, by=by()),
                confirmable=application.stage in MOVES["confirm"].paths,
                undoable=application.stage is Stage.CONFIRMED,
            )
        )


@dataclass(frozen=True)
class Fact:
    """One value of the form: what the registry says instead, and what the paper on the desk still says."""

    name: str
    label: Text
    shown: str
    registry: str | None
    before: str | None


def compared(case: counter.Case, *, masked: bool) -> list[tuple[Section, list[Fact]]]:
    """Every field of FIELDS by section, with its differences."""
    registry = {one.field.name: one.old or cells.NOTHING for one in case.registry}
    before = {one.field.name: one.old or cells.NOTHING for one in case.changes}
    application = case.desk.application
    return [
        (
            section,
            [
                Fact(
                    field.name,
                    field.label,
                    shown(field, application, masked=masked) or cells.NOTHING,
                    registry.get(field.name),
                    before.get(field.name),
                )
                for field in in_section(section)
                if field.input is not Input.PHOTO
            ],
        )
        for section in Section
    ]


def day_of(text: str) -> date | None:
    """The day that an address names; None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _corrections(fields: list[Field], known: dict[str, Any]) -> type[FlaskForm]:
    """The fields that the desk may change, and the version that was read."""
    base = form_for(fields, _choices(known), required=False)
    return type("CorrectionForm", (base,), {"version": HiddenField()})


def _choices(known: dict[str, Any]) -> Callable[[Field], list[tuple[str, str]]]:
    return lambda field: reference.choices(field, known)


def _not_found(text: str) -> Problem:
    message = _(
        "没有找到“{text}”，请核对号码。申请表属于其他确认点的，请扫申请表上的二维码或输入报名号", text=shortened(text)
    )
    return Problem("not_found", "text", message)
