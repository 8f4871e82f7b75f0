"""What somebody had typed when the log-in ran out: kept on the server, and back in the form after the log-in."""

from collections.abc import Mapping

from flask import session as cookie

from portal.steps import Page
from shared.services import applications, drafts
from shared.services.accounts import Account
from shared.services.errors import Refused
from shared.web import login

KEPT = "kept"
NEVER = frozenset({"csrf_token", "version", "notice", "go", "password", "password_again"})


def texts(posted: Mapping[str, str]) -> dict[str, str]:
    """What may be held of a form that was sent."""
    return {name: value for name, value in posted.items() if name not in NEVER}


def keep(page: Page, posted: Mapping[str, str]) -> bool:
    """Keep what was posted to `page` for the person whose log-in has run out; whether there was anything."""
    person = str(cookie.get("_user_id", "")).partition(":")[0]
    typed = texts(posted)
    if not typed:
        return False
    try:
        token = drafts.begin(by=login.by())
    except Refused:  # no campaign at all: nothing that was typed could be saved anyway
        return False
    drafts.hold(token, page.slug, typed, by=login.by())
    cookie[KEPT] = {"token": token, "person": person}
    return True


def enter(account: Account) -> bool:
    """Log in, which empties the cookie, and give back what this very person had typed; whether there was anything."""
    held = cookie.get(KEPT)
    login.enter(account)
    application = applications.mine(by=account.actor)
    if not held or held["person"] not in ("", str(account.actor.id)) or application is None:
        return False
    drafts.adopt(held["token"], application.id, by=account.actor)
    return True
