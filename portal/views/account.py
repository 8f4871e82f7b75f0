"""Log in, log out, and the account: its password, its e-mail address, who came in last."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal import door, kept, sheets
from portal.forms import ChangeEmailForm, ChangePasswordForm, LogInForm
from shared.services import accounts, drafts, recovery
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms, login

blueprint = Blueprint("account", __name__, url_prefix="/account")

Answer = Response | str | tuple[str, int]


def portal_url() -> str:
    """The address that people type: a link in a mail must not come from the Host header, which anybody may set."""
    return str(current_app.config["SETTINGS"].portal_url)


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
    """Schools share computers (S18): the browser is told to forget everything of this site, and a draft ends."""
    if current_user.is_authenticated:
        accounts.log_out(by=login.by())
    elif token := cookie.get(sheets.DRAFT):
        drafts.discard(token, by=login.by())
    login.leave()
    response = redirect(url_for("pages.left"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/")
def show() -> str:
    by = login.by()
    return render_template(
        "account/show.html", contact=recovery.contact(by=by), entries=accounts.last_log_ins(by=by), form=FlaskForm()
    )


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
    return redirect(url_for(".show"), code=303)


@blueprint.get("/email")
def email() -> str:
    return render_template("account/email.html", form=ChangeEmailForm(), contact=recovery.contact(by=login.by()))


@blueprint.post("/email")
def change_email() -> Answer:
    form, by = ChangeEmailForm(), login.by()
    if form.validate():
        try:
            sent = recovery.change_email(form.email.data, form.password.data, by=by, portal_url=portal_url())
        except Refused as refusal:
            forms.show(refusal.problems, form)
        else:
            flash(str(_("验证邮件已发到{address}，请在24小时内打开邮件中的链接", address=sent)), "success")
            return redirect(url_for(".show"), code=303)
    return render_template("account/email.html", form=form, contact=recovery.contact(by=by)), 422


@blueprint.post("/email/again")
def send_again() -> Response:
    """Once more the link that proves an address."""
    try:
        recovery.send_again(by=login.by(), portal_url=portal_url())
    except Refused as refusal:
        for problem in refusal.problems:
            flash(str(problem.text), "warning")
    else:
        flash(str(_("验证邮件已发送，请在24小时内打开邮件中的链接")), "success")
    return redirect(url_for(".show"), code=303)
