"""Another confirmation point, before the papers are confirmed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import saving, sheets
from portal.forms import PointForm
from portal.sheets import Sheet
from shared.services import points
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms
from shared.web.login import by

blueprint = Blueprint("point", __name__, url_prefix="/status/point")

Answer = Response | str | tuple[str, int]
LOCKED = _("现场确认后不能再更换确认点；有问题请联系确认点")


@blueprint.get("")
def ask() -> Answer:
    sheet = sheets.in_hand()
    elsewhere = _elsewhere(sheet)
    if elsewhere is not None:
        return elsewhere
    form = PointForm(formdata=None)
    form.version.data = str(sheet.version)
    return _page(sheet, form)


@blueprint.post("")
def change() -> Answer:
    sheet, form = sheets.in_hand(), PointForm()
    elsewhere = _elsewhere(sheet)
    if elsewhere is not None:
        return elsewhere
    if sheet.application is None or not form.validate():
        return _page(sheet, form), 422
    version = saving.version_of(request.form)
    try:
        points.change(sheet.application.id, form.point.data, by=by(), version=version)
    except Refused as refusal:
        present = sheets.in_hand()
        confirmed_meanwhile = _elsewhere(present)
        if confirmed_meanwhile is not None:
            return confirmed_meanwhile
        if saving.is_stale(refusal):
            saving.renew(form, present)
        else:
            forms.show(refusal.problems, form)
        return _page(present, form), 422
    flash(str(_("确认点已更换。此前打印的申请表作废，请重新打印、签名")), "success")
    return redirect(url_for("status.show"), code=303)


def _elsewhere(sheet: Sheet) -> Response | None:
    """Nothing to change after the confirmation; before the first submission the form itself asks for the point."""
    if sheet.application is None:
        return redirect(url_for("status.show"), code=303)
    if not sheet.editable:
        flash(str(LOCKED), "warning")
        return redirect(url_for("status.show"), code=303)
    return None if sheet.was_submitted else redirect(url_for("wizard.show", slug="point"), code=303)


def _page(sheet: Sheet, form: PointForm) -> str:
    application = sheet.application
    offered = points.offered(application.id, by=by()) if application else []
    others = [point for point in offered if application and point.id != application.point_id]
    form.point.choices = [(point.id, point.name) for point in others]
    return render_template("status/point.html", form=form, application=application, points=others)
