"""Log in, log out, change the password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import door, kept, sheets
from portal.forms import ChangePasswordForm, LogInForm
from shared.services import accounts
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms, login

blueprint = Blueprint("account", __name__, url_prefix="/account")

Answer = Response | str | tuple[str, int]


@blueprint.get("/log-in")
def log_in() -> Answer:
    if current_user.is_authenticated:
        return redirect(url_for("status.show"))
    return render_template("account/log_in.html", form=LogInForm())


@blueprint.post("/log-in")
def enter() -> Answer:
    form = LogInForm()
    if not form.validate():
        return render_template("account/log_in.html", form=form), 422
    try:
        account = accounts.log_in_teacher(form.id_number.data, form.password.data, address=login.address())
    except Refused as refusal:
        forms.show(refusal.problems, form)
        return render_template("account/log_in.html", form=form), 422
    kept.enter(account)  # what was typed before is shown on its own page
    cookie.pop(sheets.DRAFT, None)
    return redirect(door.inside(request.args.get("next", "")) or url_for("status.show"), code=303)


@blueprint.post("/log-out")
def leave() -> Response:
    """Schools share computers (S18): the browser is told to forget everything of this site."""
    accounts.log_out(by=login.by())
    login.leave()
    response = redirect(url_for("pages.left"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/password")
def password() -> str:
    return render_template("account/password.html", form=ChangePasswordForm())


@blueprint.post("/password")
def change_password() -> Answer:
    form = ChangePasswordForm()
    if not form.validate():
        return render_template("account/password.html", form=form), 422
    try:
        account = accounts.change_password(form.old_password.data, form.password.data, by=login.by())
    except Refused as refusal:
        forms.show(refusal.problems, form)
        return render_template("account/password.html", form=form), 422
    login.enter(account)
    flash(str(_("密码已修改，其他设备上的登录已退出")), "success")
    return redirect(url_for("status.show"), code=303)
