"""Who may open which page: every one asks for a log-in unless it is in the list."""

from urllib.parse import urlsplit

from flask import Flask, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from shared.text import _

# The wizard decides by its page: what comes before the account is open, the rest is not.
OPEN = frozenset(
    {
        "static",
        "shared.static",
        "bootstrap.static",
        "health.healthz",
        "health.readyz",
        "pages.front",
        "pages.left",
        "check.ask",
        "check.answer",
        "paper.ask",
        "paper.answer",
        "account.log_in",
        "account.enter",
        "account.leave",
        "recovery.forgotten",
        "recovery.ask",
        "recovery.asked",
        "recovery.use_code",
        "recovery.new_password",
        "recovery.set_password",
        "recovery.verify",
        "recovery.verify_now",
        "wizard.resume",
        "wizard.show",
        "wizard.save",
        "wizard.hold",
        "wizard.find",
    }
)
LOG_IN_FIRST = _("请先登录")


def init_app(app: Flask) -> None:
    """Deny by default."""

    @app.before_request
    def ask() -> Response | None:
        if request.endpoint is None or request.endpoint in OPEN or current_user.is_authenticated:
            return None
        return to_log_in()


def to_log_in(back: str = "") -> Response:
    """The way to the log-in page and back to where somebody wanted to go."""
    flash(str(LOG_IN_FIRST), "warning")
    wanted = back or (request.path if request.method == "GET" else "")
    return redirect(url_for("account.log_in", next=wanted or None), code=303)


def inside(target: str) -> str:
    """`target` if it is a path of this site, else "": nobody is sent elsewhere by a link of ours."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if safe and not parts.scheme and not parts.netloc else ""
