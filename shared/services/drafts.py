"""What is typed and not yet saved in its place: the draft of somebody without an account, and an application's pages.

A draft without an account is found by a token. Beside an application it holds only the pages that were typed on and
not saved, so that another device can go on with them (docs/decisions/0004).
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Draft
from shared.rules.checks import Problem
from shared.rules.fields import FIELDS
from shared.rules.rights import Actor
from shared.services import access, aliases, answers, campaigns
from shared.services.errors import NotYours, Refused
from shared.text import _

Owner = str | int  # the token of a draft, or the number of an application
Typed = dict[str, str]

NO_CAMPAIGN = Problem("closed", "", _("现在没有开放的注册批次，请留意所在区教育局的通知"))
STALE = Problem("stale", "", _("您在另一个页面改动过申请，请刷新后再填写"))
# Beside the fields: page → what was typed on it; how often a page was saved; how many rows were added from here.
TYPED, SAVES, ADDED = "typed", "saves", "added"
NAMING = tuple(field for field in FIELDS if field.entries in aliases.MERGEABLE)
LONGEST = 2_000  # characters of one field that are held; no field is that long


@dataclass(frozen=True)
class Kept:
    """What a draft holds. `saves` grows with every page that is saved, and so tells an older tab from a newer one."""

    campaign_id: int
    saved_at: datetime
    answers: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Typed] = field(default_factory=dict)
    saves: int = 0

    @property
    def agreed(self) -> dict[str, str]:
        """Number of a text → when it was agreed to."""
        return dict(self.answers.get(answers.AGREED, {}))


def begin(*, by: Actor) -> str:
    """Make a draft for somebody without an account; return the token that finds it again."""
    token = secrets.token_urlsafe(32)
    _begin(token, by=by)
    return token


@transaction
def _begin(token: str, *, by: Actor) -> None:
    campaign = campaigns.current()
    if campaign is None:
        raise Refused(NO_CAMPAIGN)
    empty = answers.to_json({})
    session.add(Draft(token_hash=_hash(token), campaign_id=campaign.id, answers=empty, saved_at=clock.now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is(owner: Owner) -> ColumnElement[bool]:
    return Draft.application_id == owner if isinstance(owner, int) else Draft.token_hash == _hash(owner)


def of(owner: Owner) -> Kept | None:
    """What is kept under a token, or beside an application that its reader has asked `access` for; None if nothing."""
    row = session.scalar(select(Draft).where(_is(owner)))
    return _kept(row) if row else None


def _kept(row: Draft) -> Kept:
    values = answers.from_json(row.answers)
    typed, saves = values.pop(TYPED, {}), values.pop(SAVES, 0)
    values = aliases.followed(values, NAMING)  # what staff have merged since
    return Kept(row.campaign_id, row.saved_at, values, typed, saves)


@transaction
def keep(
    owner: Owner, values: Mapping[str, Any], *, by: Actor, saved: str | None = None, version: int | None = None
) -> None:
    """Keep `values`; with `saved`, the name of a page that has been saved, what was typed on it is let go.

    `version` is the number of saves that the page knew of: `Refused` if there has been another since.
    """
    row = _locked(owner, by)
    held = _kept(row)
    if version is not None and version != held.saves:
        raise Refused(STALE)
    typed = {page: texts for page, texts in held.typed.items() if page != saved}
    _write(row, {**held.answers, **values}, typed, held.saves + (saved is not None))


@transaction
def agree(token: str, notice_id: int, *, by: Actor) -> None:
    """Note that a text was agreed to, and when."""
    row = _locked(token, by)
    held = _kept(row)
    agreed = {**held.agreed, str(notice_id): clock.now().isoformat()}
    _write(row, {**held.answers, answers.AGREED: agreed}, held.typed, held.saves)


@transaction
def count_addition(owner: Owner, most: int, *, by: Actor) -> bool:
    """Count one more row that came from here; False where there were `most` already."""
    row = _locked(owner, by)
    held = _kept(row)
    before = int(held.answers.get(ADDED, 0))
    if before >= most:
        return False
    _write(row, {**held.answers, ADDED: before + 1}, held.typed, held.saves)
    return True


@transaction
def hold(owner: Owner, page: str, texts: Mapping[str, str], *, by: Actor) -> datetime:
    """Hold what was typed on a page, whatever it is, until the page is saved; return the moment."""
    row = _locked(owner, by)
    held = _kept(row)
    short = {name: text for name, text in texts.items() if len(text) <= LONGEST}
    _write(row, held.answers, {**held.typed, page: short}, held.saves)
    return row.saved_at


def _write(row: Draft, values: Mapping[str, Any], typed: Mapping[str, Typed], saves: int) -> None:
    row.answers = answers.to_json({**values, TYPED: typed, SAVES: saves})
    row.saved_at = clock.now()


def _locked(owner: Owner, by: Actor) -> Draft:
    """The row, made where an application has none yet."""
    if isinstance(owner, int):
        application = access.one(Application, owner, by=by, lock=True)
    row = session.scalar(select(Draft).where(_is(owner)).with_for_update())
    if row is not None:
        return row
    if isinstance(owner, str):
        raise NotYours
    row = Draft(
        application_id=owner, campaign_id=application.campaign_id, answers=answers.to_json({}), saved_at=clock.now()
    )
    session.add(row)
    return row


@transaction
def adopt(token: str, application_id: int, *, by: Actor) -> None:
    """Take over what somebody typed while the log-in had run out."""
    row = session.scalar(select(Draft).where(_is(token)))
    if row is None:
        return
    for page, texts in _kept(row).typed.items():
        hold(application_id, page, texts, by=by)
    end(token)


@transaction
def discard(token: str, *, by: Actor) -> None:
    """Forget a draft that nobody will go on with."""
    end(token)


def end(token: str) -> None:
    """Delete a draft. Part of the caller's transaction."""
    session.execute(delete(Draft).where(_is(token)), execution_options={"synchronize_session": False})
