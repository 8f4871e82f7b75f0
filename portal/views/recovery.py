"""For whoever cannot log in: a link by mail, a code from the school; and links that were mailed.

Following a link changes nothing, because mail scanners follow links too: the page has a button.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.forms import CodeForm, ForgottenForm, NewPasswordForm
from portal.views.account import Answer, portal_url
from shared.models.kinds import LinkKind
from shared.rules.rights import Actor
from shared.services import accounts, recovery
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms, login

blueprint = Blueprint("recovery", __name__, url_prefix="/account")


@blueprint.after_request
def keep_the_secret(response: Response) -> Response:
    # Other pages are told from which site somebody comes, never from which address: that holds the secret. Saying
    # nothing at all ("no-referrer") would make our own forms fail: over HTTPS they must come with their site's name.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _by() -> Actor:
    """Whoever asks here is nobody yet, also in a browser in which somebody else is logged in."""
    return accounts.anonymous(login.address())


def _forgotten(*, mail: ForgottenForm | None = None, code: CodeForm | None = None) -> str:
    mail = mail or ForgottenForm(formdata=None)
    code = code or CodeForm(formdata=None, prefix="by-code-")
    return render_template("account/forgotten.html", mail=mail, code=code)


@blueprint.get("/forgotten")
def forgotten() -> str:
    return _forgotten()


@blueprint.post("/forgotten")
def ask() -> Answer:
    form = ForgottenForm()
    if form.validate():
        try:
            recovery.ask_for_new_password(form.id_number.data, by=_by(), portal_url=portal_url())
        except Refused as refusal:
            forms.show(refusal.problems, form)
        else:
            return redirect(url_for(".asked"), code=303)
    return _forgotten(mail=form), 422


@blueprint.get("/forgotten/sent")
def asked() -> str:
    """The same for every number, whether anybody has it or not."""
    return render_template("account/asked.html")


@blueprint.post("/forgotten/code")
def use_code() -> Answer:
    form = CodeForm(prefix="by-code-")
    if form.validate():
        try:
            code = recovery.check_code(form.id_number.data, form.code.data, by=_by())
        except Refused as refusal:
            forms.show(refusal.problems, form)
        else:
            return redirect(url_for(".new_password", secret=code), code=303)
    return _forgotten(code=form), 422


@blueprint.get("/new-password/<secret>")
def new_password(secret: str) -> Answer:
    return _new_password(secret, NewPasswordForm())


@blueprint.post("/new-password/<secret>")
def set_password(secret: str) -> Answer:
    form = NewPasswordForm()
    if not form.validate():
        return _new_password(secret, form)
    try:
        recovery.set_new_password(secret, form.password.data, by=_by())
    except Refused as refusal:
        forms.show(refusal.problems, form)
        return _new_password(secret, form)
    if current_user.is_authenticated:
        login.leave()  # somebody else was logged in here
    flash(str(_("新密码已设置，其他地方的登录已全部退出。请用新密码登录")), "success")
    return redirect(url_for("account.log_in"), code=303)


def _new_password(secret: str, form: NewPasswordForm) -> Answer:
    try:
        name = recovery.whose(LinkKind.NEW_PASSWORD, secret)
    except Refused as refusal:
        return _void(refusal)
    return render_template("account/new_password.html", form=form, name=name), 422 if form.is_submitted() else 200


@blueprint.get("/verify/<secret>")
def verify(secret: str) -> Answer:
    try:
        name = recovery.whose(LinkKind.VERIFY_EMAIL, secret)
    except Refused as refusal:
        return _void(refusal)
    return render_template("account/verify.html", form=FlaskForm(), name=name)


@blueprint.post("/verify/<secret>")
def verify_now(secret: str) -> Answer:
    try:
        address = recovery.verify_email(secret, by=_by())
    except Refused as refusal:
        return _void(refusal)
    flash(str(_("邮箱{address}已验证，今后可用它找回密码", address=address)), "success")
    return redirect(url_for("account.show" if current_user.is_authenticated else "account.log_in"), code=303)


def _void(refusal: Refused) -> Answer:
    return render_template("account/void_link.html", problems=refusal.problems), 404
