"""The door is shut: who is not logged in gets the log-in page and nothing else."""

from http import HTTPStatus

from flask import Flask, abort, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from shared.services import access
from shared.text import _
from shared.web.login import EXPIRED, by

OPEN = frozenset(
    {
        "session.log_in",
        "session.code",
        "account.activate",
        "static",
        "shared.static",
        "admin.static",
        "health.healthz",
        "health.readyz",
    }
)
WHILE_CHANGING = OPEN | {"session.change_password", "session.log_out"}
WHILE_ENROLLING = WHILE_CHANGING | {"account.second_factor", "account.begin_second_factor"}


def init_app(app: Flask) -> None:
    """Deny by default, whatever a view forgets."""

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return None if request.endpoint in OPEN else _log_in_first()
        if current_user.account.must_change_password and request.endpoint not in WHILE_CHANGING:
            return redirect(url_for("session.change_password"))
        if current_user.account.must_enrol and request.endpoint not in WHILE_ENROLLING:
            return redirect(url_for("account.second_factor"))
        access.watch(by())  # the second net: no query of this request sees more than its reader may
        return None


def _log_in_first() -> ResponseReturnValue:
    if request.method != "GET" or not request.accept_mimetypes.accept_html:
        abort(HTTPStatus.UNAUTHORIZED)
    if cookie.pop(EXPIRED, False):
        flash(str(_("太久没有操作，已自动退出，请重新登录")), "warning")
    wanted = request.full_path.rstrip("?") if request.path != "/" else None
    return redirect(url_for("session.log_in", next=wanted))
