"""Objections to publicised conclusions: received, looked into, settled; meanwhile nothing of it is concluded."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Objection, Publicity
from shared.models.kinds import ObjectionState
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, reference
from shared.services.errors import Refused
from shared.text import _

NOT_LISTED = Problem("number", "registration_number", _("这个公示名单中没有这个报名号；对整份名单有异议的请留空"))
UNPUBLICISED = Problem("received_on", "received_on", _("收到日期不在这个单位的公示期内，请核对日期，或者先登记公示期"))
UNFOUNDED = Problem("finding", "finding", _("请写明查实情况和依据"))
SETTLED = Problem("settled", "", _("这项异议已经处理完毕，不能再改；有新情况的请另行登记"))


@transaction
def receive(values: Mapping[str, Any], *, by: Actor) -> Objection:
    """Write an objection down, on a day on which the list of this campaign and bureau was publicised."""
    here = values["campaign_id"], values["bureau_id"]
    if not _was_publicised(*here, values["received_on"], by=by):
        raise Refused(UNPUBLICISED)  # alone: nobody asks in this way who stands on another bureau's list
    if values["registration_number"] and not _is_listed(*here, values["registration_number"]):
        raise Refused(NOT_LISTED)
    return reference.create(Objection, _settled(values), by=by)


@transaction
def settle(key: int, values: Mapping[str, Any], *, by: Actor, version: int) -> Objection:
    """Say what was found; once it is said it stays."""
    if access.one(Objection, key, by=by, to=Can.EDIT, lock=True).state is not ObjectionState.OPEN:
        raise Refused(SETTLED)
    return reference.change(Objection, key, _settled(values), by=by, version=version)


def _settled(values: Mapping[str, Any]) -> dict[str, Any]:
    is_open = values.get("state", ObjectionState.OPEN) is ObjectionState.OPEN
    if not is_open and not values.get("finding"):
        raise Refused(UNFOUNDED)
    return dict(values) | {"settled_at": None if is_open else clock.now()}


def _was_publicised(campaign_id: int, bureau_id: int, day: date, *, by: Actor) -> bool:
    """Whether a list that `by` keeps was public on this day."""
    own = Publicity.campaign_id == campaign_id, Publicity.bureau_id == bureau_id
    on = Publicity.starts_on <= day, Publicity.ends_on >= day
    lists = access.query(Publicity, by=by, to=Can.EDIT).where(*own, *on)
    return session.scalar(lists.limit(1)) is not None


def _is_listed(campaign_id: int, bureau_id: int, number: str) -> bool:
    own = Application.campaign_id == campaign_id, Application.bureau_id == bureau_id
    found = select(Application.id).where(Application.registration_number == number, *own)
    return session.scalar(found) is not None
