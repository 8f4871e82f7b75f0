"""A campaign made from an earlier one, and what it looks like to a teacher at some place and moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Bureau, Campaign, Material, School, Window
from shared.models.base import NAME
from shared.models.kinds import EntryStatus, WindowStage
from shared.rules import windows as rules
from shared.rules.checks import Problem
from shared.rules.dates import years_later
from shared.rules.rights import Actor, Can
from shared.rules.workdays import UnknownYear
from shared.services import access, reference, windows
from shared.services.calendar import is_workday
from shared.services.errors import Refused
from shared.text import Text, _

COPIED = (
    "bureau_id", "registration_type", "has_school_check", "has_city_review", "publicity_days", "reading_seconds",
)  # fmt: skip
TIMES = ("stage", "workdays_only", "opens_at", "closes_at", "bureau_id")
PAPER = ("position", "name", "registration_type", "copies", "original", "required")
UNTIMED = Problem("first_day", "first_day", _("原批次没有教师网上申报的开放时间，无法推算；请先补上，或者直接新增批次"))
_FOUND = 10


@dataclass(frozen=True)
class Plan:
    """What the next campaign would be called, and the first day on which teachers apply."""

    code: str
    name: str
    year: int
    first_day: date


@dataclass(frozen=True)
class Seen:
    """One stage at a moment: `today` are the hours of that day, `said` is the sentence for whoever comes too early."""

    stage: WindowStage
    is_open: bool
    today: list[tuple[datetime, datetime]]
    opens: datetime | None
    ends: datetime | None
    said: Text | None


def proposal(campaign: Campaign) -> Plan:
    """A year later: the number of the year in code and name counts one on."""
    this, following = str(campaign.year), str(campaign.year + 1)
    first = _first_day(campaign) or clock.today()
    return Plan(
        code=campaign.code.replace(this, following),
        name=campaign.name.replace(this, following),
        year=campaign.year + 1,
        first_day=years_later(first, 1),
    )


@transaction
def follow(key: int, plan: Plan, *, by: Actor) -> Campaign:
    """The next campaign, not in use until somebody has looked at it: settings, opening times and papers of the last.

    All days move by as many as the first one does; closures are not taken over, for they were about certain days.
    """
    last = access.one(Campaign, key, by=by, to=Can.EDIT)
    first = _first_day(last)
    if first is None:
        raise Refused(UNTIMED)
    later = plan.first_day - first
    settings = {name: getattr(last, name) for name in COPIED}
    names = {"code": plan.code, "name": plan.name, "year": plan.year, "status": EntryStatus.PENDING}
    ends_on = last.acceptance_ends_on + later
    campaign = reference.create(Campaign, settings | names | {"acceptance_ends_on": ends_on}, by=by)
    reason = str(_("沿用{name}", name=last.name))[:NAME]
    for window in last.windows:
        if not window.is_closure:
            days = {"opens_on": window.opens_on + later, "closes_on": window.closes_on + later}
            kept = {name: getattr(window, name) for name in TIMES}
            session.add(Window(campaign_id=campaign.id, reason=reason, **kept, **days))
    for paper in last.materials:
        session.add(Material(campaign_id=campaign.id, **{name: getattr(paper, name) for name in PAPER}))
    session.flush()
    return campaign


def _first_day(campaign: Campaign) -> date | None:
    days = [one.opens_on for one in campaign.windows if one.stage is WindowStage.APPLY and not one.is_closure]
    return min(days, default=None)


def schools(campaign: Campaign, text: str) -> list[School]:
    """Schools that take part and have this code, or a name that begins so."""
    below = select(Bureau.id).where(Bureau.path.startswith(campaign.bureau.path, autoescape=True))
    named = (School.code == text) | School.name.startswith(text, autoescape=True)
    found = select(School).where(School.bureau_id.in_(below), named, School.status == EntryStatus.ACTIVE)
    return list(session.scalars(found.order_by(School.name, School.id).limit(_FOUND)))


def seen(campaign: Campaign, school: School, moment: datetime) -> list[Seen]:
    """What holds for somebody of this school at a local moment; `Refused` where that year's calendar is unknown."""
    try:
        found = ((stage, windows.of_campaign(campaign, (stage,), school.bureau.path)) for stage in WindowStage)
        return [_seen(stage, spans, moment) for stage, spans in found]
    except UnknownYear as fault:
        raise Refused(Problem("calendar", "day", fault.text)) from None


def _seen(stage: WindowStage, spans: list[rules.Span], moment: datetime) -> Seen:
    is_open = rules.is_open(spans, moment, is_workday)
    opens = None if is_open else rules.next_opening(spans, moment, is_workday)
    return Seen(
        stage=stage,
        is_open=is_open,
        today=rules.openings(spans, moment, is_workday),
        opens=opens,
        ends=rules.last_moment(spans),
        said=None if is_open else windows.sentence(stage, opens),
    )


def tomorrow() -> datetime:
    """A moment that people ask about most: the middle of the next morning."""
    return clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
