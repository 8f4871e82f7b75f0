"""Who is at the door: Flask-Login over the accounts service, with an idle time-out, for either door."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask, has_request_context, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from shared import clock
from shared.rules import accounts as rules
from shared.rules.rights import Actor
from shared.services import accounts
from shared.services.accounts import Account

IDLE_SECONDS = rules.IDLE.total_seconds()
SEEN = "seen"
EXPIRED = "expired"  # in the cookie: somebody was logged in here until the time-out

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)

Loader = Callable[[str, str], Account | None]  # of a cookie's key and an address


class Visitor(UserMixin):  # type: ignore[misc]
    """A logged-in account, as Flask-Login wants it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def actor(self) -> Actor:
        return self.account.actor

    def get_id(self) -> str:
        return self.account.key


def address() -> str:
    """Where the request comes from; behind proxies, as TRUSTED_PROXIES says."""
    return request.remote_addr or ""


def by() -> Actor:
    """Who acts in this request, or for whom the worker does; somebody without an account acts as such."""
    if (named := _acting.get()) is not None:
        return named
    return current_user.actor if current_user.is_authenticated else accounts.anonymous(address())


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """What is done inside is done for `actor`, who is not there: long work outlives the request that asked for it."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def is_anybody() -> bool:
    """Whether there is somebody to ask SCOPE about: not while an app is built."""
    return _acting.get() is not None or has_request_context()


def enter(account: Account) -> None:
    """Log `account` in, in a fresh session: nothing of an earlier visitor's stays."""
    kept = {key: cookie[key] for key in ("draft", "csrf_token") if key in cookie}
    cookie.clear()
    cookie.update(kept)
    login_user(Visitor(account))
    cookie[SEEN] = clock.now().timestamp()


def leave() -> None:
    """Log out and forget everything that the cookie held."""
    logout_user()
    cookie.clear()


def init_app(app: Flask, loader: Loader) -> None:
    """Let `loader` find the account of a session's number and epoch."""
    manager = LoginManager(app)
    manager.session_protection = None  # addresses change under phones; the cookie is signed, secure and short-lived

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(key: str) -> Visitor | None:
        if clock.now().timestamp() - float(cookie.get(SEEN, 0)) > IDLE_SECONDS:
            cookie[EXPIRED] = True
            return None
        account = loader(key, address())
        return Visitor(account) if account else None

    @app.before_request
    def keep_awake() -> None:
        if request.endpoint and request.endpoint.endswith("static"):
            return
        if current_user.is_authenticated:
            cookie[SEEN] = clock.now().timestamp()
