"""Logging in and out, changing the password."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from shared.services import accounts
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import address, by, enter, leave

blueprint = Blueprint("session", __name__)


class LogInForm(FlaskForm):  # type: ignore[misc]
    username = StringField(_("用户名"), [InputRequired(_("请填写用户名"))], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _("密码"), [InputRequired(_("请填写密码"))], render_kw={"autocomplete": "current-password"}
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    old_password = PasswordField(
        _("原密码"), [InputRequired(_("请填写原密码"))], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        _("新密码"),
        [InputRequired(_("请填写新密码"))],
        description=_("至少10位，含大写字母、小写字母、数字、符号中的三种，不含用户名"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("再输一次新密码"),
        [InputRequired(_("请再输一次新密码"))],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(str(_("两次输入的新密码不一致")))


@blueprint.route("/login", methods=("GET", "POST"))
def log_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = LogInForm()
    if form.validate_on_submit():
        try:
            enter(accounts.log_in_staff(form.username.data, form.password.data, address=address()))
        except Refused as refused:
            show(refused.problems, form)
        else:
            return redirect(inside(request.args.get("next", "")) or url_for("admin.index"))
    return render_template("login.html", form=form), _status(form)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    accounts.log_out(by=by())
    leave()
    flash(str(_("已退出")), "success")
    return redirect(url_for("session.log_in"))


@blueprint.route("/password", methods=("GET", "POST"))
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            enter(accounts.change_password(form.old_password.data, form.password.data, by=by()))
        except Refused as refused:
            show(refused.problems, form)
        else:
            flash(str(_("密码已修改，其他地方的登录已全部退出")), "success")
            return redirect(url_for("admin.index"))
    return render_template("password.html", form=form, forced=current_user.account.must_change_password), _status(form)


def _status(form: FlaskForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def inside(target: str) -> str:
    """`target` if it is a path of this site, else "": a link to our log-in page must not lead elsewhere."""
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if plain and not parts.scheme and not parts.netloc else ""
