"""My account: what somebody on the staff sees and changes of the own log-in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.views.session import CodeForm, status_of
from shared.services import second_factor as factor
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.route("/second-factor", methods=("GET", "POST"))
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


@blueprint.post("/second-factor/begin")
def begin_second_factor() -> ResponseReturnValue:
    """Make a key: the next page shows it."""
    factor.begin(by=by())
    return redirect(url_for("account.second_factor"))
