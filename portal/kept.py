"""What somebody had typed when the log-in ran out: kept on the server, and back in the form after the log-in."""

from collections.abc import Mapping

from flask import session as cookie

from portal.steps import Page
from shared.services import applications
from shared.services.accounts import Account
from shared.services.errors import Refused
from shared.web import login

KEPT, TYPED = "kept", "typed"
NEVER = frozenset({"csrf_token", "version", "password", "password_again"})


def keep(page: Page, posted: Mapping[str, str]) -> bool:
    """Keep what was posted to `page` for the person whose log-in has run out; whether there was anything."""
    person = str(cookie.get("_user_id", "")).partition(":")[0]
    typed = {name: value for name, value in posted.items() if name not in NEVER}
    if not typed:
        return False
    try:
        token = applications.begin(by=login.by())
    except Refused:  # no campaign at all: nothing that was typed could be saved anyway
        return False
    applications.keep(token, {TYPED: typed}, by=login.by())
    cookie[KEPT] = {"token": token, "page": page.slug, "person": person}
    return True


def enter(account: Account) -> None:
    """Log in, which empties the cookie, and give back what this very person had typed."""
    held = cookie.get(KEPT)
    login.enter(account)
    if held and held["person"] in ("", str(account.actor.id)):
        cookie[KEPT] = held


def typed_on(page: Page) -> dict[str, str] | None:
    """What was typed on `page` before the log-in ran out; None if nothing was."""
    held = cookie.get(KEPT)
    if not held or held["page"] != page.slug:
        return None
    found: dict[str, str] | None = (applications.draft(held["token"]) or {}).get(TYPED)
    return found


def forget() -> None:
    """It has been saved in its place."""
    cookie.pop(KEPT, None)
