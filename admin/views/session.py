"""Logging in, in one step or two, and out; changing the password."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from shared import clock
from shared.rules import accounts as rules
from shared.services import accounts
from shared.services.accounts import Account
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import address, by, enter, leave

blueprint = Blueprint("session", __name__)
HALF = "half"  # in the cookie: whose password was right, the epoch of the account, and when


class LogInForm(FlaskForm):  # type: ignore[misc]
    username = StringField(_("用户名"), [InputRequired(_("请填写用户名"))], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _("密码"), [InputRequired(_("请填写密码"))], render_kw={"autocomplete": "current-password"}
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the phone's."""

    code = StringField(
        _("动态码"),
        [InputRequired(_("请填写手机上的6位动态码"))],
        description=_("打开手机上的验证器应用，输入本系统名下的6位数字，每30秒更换一次"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice; `field_order` says where the other fields stand."""

    field_order: tuple[str, ...]
    password = PasswordField(
        _("新密码"),
        [InputRequired(_("请填写新密码"))],
        description=_("至少10位，含大写字母、小写字母、数字、符号中的三种，不含用户名；不能与最近5次用过的相同"),
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

    def __iter__(self) -> Iterator[Field]:
        return iter([field for field in super().__iter__() if field.short_name not in self.field_order]
                    + [self[name] for name in self.field_order])  # fmt: skip


class PasswordForm(NewPasswordForm):
    old_password = PasswordField(
        _("原密码"), [InputRequired(_("请填写原密码"))], render_kw={"autocomplete": "current-password"}
    )
    field_order = ("old_password", "password", "again")


@blueprint.route("/login", methods=("GET", "POST"))
def log_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = LogInForm()
    if form.validate_on_submit():
        try:
            account = accounts.log_in_staff(form.username.data, form.password.data, address=address())
        except Refused as refused:
            show(refused.problems, form)
        else:
            return _ask_code(account) if account.needs_code else _come_in(account)
    return render_template("login.html", form=form), status_of(form)


def _ask_code(account: Account) -> ResponseReturnValue:
    """Nobody is in yet: the signed cookie only remembers for a while whose password was right."""
    cookie[HALF] = [account.actor.id, account.epoch, clock.now().timestamp()]
    return redirect(url_for("session.code", next=_wanted() or None))


def _come_in(account: Account) -> ResponseReturnValue:
    let_in(account)
    return redirect(_wanted() or url_for("admin.index"))


def let_in(account: Account) -> None:
    """A session of its own for this machine, listed on the account's page."""
    enter(accounts.begin_session(account, browser=request.user_agent.string))


def _wanted() -> str:
    return inside(request.args.get("next", ""))


@blueprint.route("/login/code", methods=("GET", "POST"))
def code() -> ResponseReturnValue:
    """The second step: the code from the phone."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    staff_id, epoch, since = cookie.get(HALF) or (0, 0, 0)
    if clock.now().timestamp() - since > rules.TIME_FOR_CODE.total_seconds():
        cookie.pop(HALF, None)
        flash(str(accounts.AGAIN), "warning")
        return redirect(url_for("session.log_in", next=_wanted() or None))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            return _come_in(accounts.log_in_with_code(staff_id, epoch, form.code.data, address=address()))
        except Refused as refused:
            show(refused.problems, form)
    return render_template("account/code.html", form=form), status_of(form)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    accounts.leave_session(current_user.account)
    leave()
    flash(str(_("已退出")), "success")
    return redirect(url_for("session.log_in"))


@blueprint.route("/password", methods=("GET", "POST"))
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            let_in(accounts.change_password(form.old_password.data, form.password.data, by=by()))
        except Refused as refused:
            show(refused.problems, form)
        else:
            flash(str(_("密码已修改，其他地方的登录已全部退出")), "success")
            return redirect(url_for("admin.index"))
    return render_template("password.html", form=form, account=current_user.account), status_of(form)


def status_of(form: FlaskForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def inside(target: str) -> str:
    """`target` if it is a path of this site, else "": a link to our log-in page must not lead elsewhere."""
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if plain and not parts.scheme and not parts.netloc else ""
