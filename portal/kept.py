"""What somebody had typed when the log-in ran out: kept on the server, and back on its page after the log-in."""

from collections.abc import Mapping

from flask import current_app
from flask import session as cookie
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from portal.steps import Page
from shared.services import applications, drafts
from shared.services.accounts import Account
from shared.services.errors import Refused
from shared.web import login
from shared.web.found import PICK

KEPT = "kept"


def texts(page: Page, posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields of `page`: nothing else that was sent is held, and no password ever."""
    names = {name for field in page.fields for name in (field.name, field.name + PICK)}
    return {name: value for name, value in posted.items() if name in names}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="owner")


def owner() -> str:
    """Who is logged in, signed: a page says whose it is even when the cookie has been emptied meanwhile."""
    return str(_signer().dumps(current_user.actor.id)) if current_user.is_authenticated else ""


def _owner_of(posted: Mapping[str, str]) -> int | None:
    try:
        return int(_signer().loads(posted.get("owner") or ""))
    except (BadSignature, ValueError, TypeError):
        return None


def keep(page: Page, posted: Mapping[str, str]) -> bool:
    """Keep what was posted to `page` for the person whose page it was; whether there was anything."""
    person, typed = _owner_of(posted), texts(page, posted)
    if person is None or not typed:
        return False
    held = cookie.get(KEPT)
    try:
        token = held["token"] if held and held["person"] == person else drafts.begin(by=login.by())
        drafts.hold(token, page.slug, typed, by=login.by())
    except Refused:  # no campaign at all: nothing that was typed could be saved anyway
        return False
    cookie[KEPT] = {"token": token, "person": person}
    return True


def enter(account: Account) -> None:
    """Log in, which empties the cookie, and give back what this very person had typed; nobody else sees it."""
    held = cookie.get(KEPT)
    login.enter(account)
    if not held:
        return
    application = applications.mine(by=account.actor)
    if held["person"] == account.actor.id and application is not None:
        drafts.adopt(held["token"], application.id, by=account.actor)
    else:
        drafts.discard(held["token"], by=account.actor)
