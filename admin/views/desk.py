"""The confirmation desk (S19–S21): scan, compare, tick, correct, confirm, print, next — by keyboard alone."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from admin.forms import moves
from admin.forms.tables import Whole
from admin.forms.typed import number_of, numbers_of, shortened
from admin.views.applications import sections
from shared.models import Application
from shared.models.kinds import Stage
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.fields import Field
from shared.rules.rights import Can
from shared.rules.states import MOVES
from shared.services import access, answers, confirming, exports, reference, workflow
from shared.services.errors import NotYours, Refused
from shared.text import _
from shared.web.forms import answers_of, fill, form_for, many_lines, one_line, show
from shared.web.login import by


class FindForm(FlaskForm):  # type: ignore[misc]
    """What is typed or scanned."""

    text = StringField(
        _("报名号、证件号码或申请表二维码"), [DataRequired(_("请输入或扫描报名号、证件号码"))], filters=[one_line]
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The number that the signed paper carries."""

    version = HiddenField()
    signed_version = Whole(_("签名的申请表版本"), [InputRequired(_("请填写申请表右上角的版本号"))])


class UndoForm(FlaskForm):  # type: ignore[misc]
    """Why a confirmation is taken back."""

    version = HiddenField()
    reason = TextAreaField(
        _("撤销理由"), [DataRequired(_("请填写撤销理由"))], filters=[many_lines], render_kw={"rows": 2}
    )


class Desk(BaseView):  # type: ignore[misc]
    """Everything the operator does, from the scan to the receipt."""

    label = _("现场确认")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="desk", url="/desk")

    def is_accessible(self) -> bool:
        return policy.may(Application, by().role, Can.CONFIRM)

    def inaccessible_callback(self, name: str, **_arguments: object) -> ResponseReturnValue:  # noqa: ARG002
        raise NotYours

    def _run_view(self, fn: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        return fn(self, *arguments, **named)

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        form = FindForm()
        if form.validate_on_submit():
            try:
                found = confirming.find(form.text.data, by=by())
            except NotYours:
                show([_not_found(form.text.data)], form)
            except Refused as refused:
                show(refused.problems, form)
            else:
                void = confirming.void_print(form.text.data, found)
                if void:
                    flash(str(void.text), "warning")
                return redirect(self.get_url(".case", key=found.id))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("desk/find.html", form=form), status

    @expose("/<int:key>/")
    def case(self, key: int) -> ResponseReturnValue:
        return self._page(key)

    @expose("/<int:key>/reveal", methods=("POST",))
    def reveal(self, key: int) -> ResponseReturnValue:
        """The full numbers, to compare with the papers; the audit remembers it."""
        exports.reveal(Application, key, by=by())
        return self._page(key, masked=False)

    @expose("/<int:key>/confirm", methods=("POST",))
    def confirm(self, key: int) -> ResponseReturnValue:
        """Note the papers on the desk; and with the other button accept the application."""
        form = ConfirmForm()
        confirming.receive(key, numbers_of(request.form.getlist("material")), by=by())
        if "save" in request.form:
            flash(str(_("已记下收到的材料")), "success")
            return redirect(self.get_url(".case", key=key))
        if form.validate():
            try:
                signed = form.signed_version.data
                confirming.confirm(key, by=by(), version=number_of(form.version.data) or 0, signed_version=signed)
            except Refused as refused:
                show(refused.problems, form)
            else:
                return redirect(self.get_url(".receipt", key=key))
        return self._page(key, confirm=form), HTTPStatus.UNPROCESSABLE_ENTITY

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
        known = answers.of_application(application)
        fields = confirming.correctable(application)
        form = form_for(fields, _choices(known), required=False)()
        version = number_of(request.form.get("version", application.version)) or 0
        if form.validate_on_submit():
            try:
                confirming.correct(key, answers_of(form, fields), by=by(), version=version)
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已更正，请申请人重新打印申请表并签名")), "success")
                return redirect(self.get_url(".case", key=key))
        elif not form.is_submitted():
            fill(form, known)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("desk/correct.html", form=form, fields=fields, key=key, version=version), status

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
        return self.render("desk/point.html", form=form, key=key, move=MOVES["change_point"]), status

    def _page(
        self, key: int, *, masked: bool = True, confirm: FlaskForm | None = None, undo: FlaskForm | None = None
    ) -> str:
        desk = confirming.desk(key, by=by())
        application = desk.application
        confirm, undo = confirm or ConfirmForm(formdata=None), undo or UndoForm(formdata=None)
        confirm.version.data = undo.version.data = application.version
        confirmable = application.stage in MOVES["confirm"].paths
        return str(
            self.render(
                "desk/case.html",
                desk=desk,
                application=application,
                sections=sections(application, masked=masked),
                masked=masked,
                confirm=confirm,
                undo=undo,
                confirmable=confirmable,
                undoable=application.stage is Stage.CONFIRMED,
            )
        )


def _choices(known: dict[str, Any]) -> Callable[[Field], list[tuple[str, str]]]:
    return lambda field: reference.choices(field, known)


def _not_found(text: str) -> Problem:
    message = _("没有找到“{text}”，请核对号码；不在本确认点的申请，请申请人在网上更换确认点", text=shortened(text))
    return Problem("not_found", "text", message)
