"""My account: what somebody on the staff sees and changes of the own log-in. And the first step into a new one."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import StringField
from wtforms.validators import InputRequired

from admin.views.session import CodeForm, NewPasswordForm, status_of
from shared.rules.browsers import device
from shared.services import accounts, activation, sessions
from shared.services import second_factor as factor
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import one_line, show
from shared.web.login import address, by

blueprint = Blueprint("account", __name__)


class ActivationForm(NewPasswordForm):
    username = StringField(
        _("用户名"),
        [InputRequired(_("请填写用户名"))],
        filters=[one_line],
        render_kw={"autocomplete": "username"},
    )
    code = StringField(
        _("激活码"),
        [InputRequired(_("请填写激活码"))],
        description=_("在管理员发给您的激活单上，12位，大小写和连字符都可以"),
        filters=[one_line],
        render_kw={"autocomplete": "off"},
    )
    field_order = ("username", "code", "password", "again")


@blueprint.route("/activate", methods=("GET", "POST"))
def activate() -> ResponseReturnValue:
    """For whoever holds a slip with a code: choose the password, then log in with it."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = ActivationForm()
    if form.validate_on_submit():
        who = accounts.anonymous(address())
        try:
            activation.activate(form.username.data, form.code.data, form.password.data, by=who)
        except Refused as refused:
            show(refused.problems, form)
        else:
            flash(str(_("密码已设置，请登录")), "success")
            return redirect(url_for("session.log_in"))
    return render_template("account/activate.html", form=form), status_of(form)


@blueprint.get("/account/")
def index() -> ResponseReturnValue:
    """Everything about the own log-in on one page."""
    return render_template(
        "account/index.html",
        me=accounts.own_staff(by=by()),
        second_factor=factor.state(by=by()),
        open_sessions=sessions.of(by().id, by=by()),
        is_here=lambda row: sessions.is_here(row, current_user.account.token),
        device=device,
        log_ins=accounts.last_log_ins(by=by()),
    )


@blueprint.route("/account/second-factor", methods=("GET", "POST"))
def second_factor() -> ResponseReturnValue:
    """Bind a phone by a code of it; where one is bound, take it off by a code."""
    form = CodeForm()
    on, needed = factor.state(by=by())
    if form.validate_on_submit():
        try:
            (factor.drop if on else factor.confirm)(form.code.data, by=by())
        except Refused as refused:
            show(refused.problems, form)
        else:
            flash(str(_("已解除动态码") if on else _("动态码已启用，以后登录除密码外还要输入动态码")), "success")
            return redirect(url_for("account.second_factor") if on else url_for("admin.index"))
    page = "account/second_factor.html"
    return render_template(page, form=form, on=on, needed=needed, waiting=factor.waiting(by=by())), status_of(form)


@blueprint.post("/account/second-factor/begin")
def begin_second_factor() -> ResponseReturnValue:
    """Make a key: the next page shows it."""
    factor.begin(by=by())
    return redirect(url_for("account.second_factor"))


@blueprint.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the own sessions."""
    sessions.end(session_id, by().id, by=by())
    flash(str(_("已退出那一处登录")), "success")
    return redirect(url_for("account.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all of the own sessions but this one."""
    sessions.end_others(current_user.account.token, by=by())
    flash(str(_("其他地方的登录已全部退出")), "success")
    return redirect(url_for("account.index"), HTTPStatus.SEE_OTHER)
