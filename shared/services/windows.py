"""Whether a stage of a campaign is open now, and the sentence for whoever comes at the wrong time."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Bureau, Campaign, Window
from shared.models.kinds import WindowStage
from shared.rules import windows as rules
from shared.rules.checks import Problem
from shared.rules.windows import ANYWHERE, Placed, Span
from shared.rules.workdays import IsWorkday, UnknownYear
from shared.services.calendar import is_workday
from shared.text import Text, _

log = logging.getLogger(__name__)
MOMENT = "%Y-%m-%d %H:%M"


def placed(window: Window) -> Placed:
    """One row of the table as the rules know it."""
    span = Span(window.opens_on, window.closes_on, window.workdays_only, window.opens_at, window.closes_at)
    return Placed(window.bureau.path if window.bureau else "", span, window.is_closure)


def of_campaign(campaign: Campaign, stages: Sequence[WindowStage], path: str | None = ANYWHERE) -> list[Span]:
    """The opening times of any of `stages` that hold for the bureau with this path."""
    return [
        span
        for stage in stages
        for span in rules.holding((placed(one) for one in campaign.windows if one.stage is stage), path)
    ]


def spans(campaign_id: int, stages: Sequence[WindowStage], bureau_id: int | None = None) -> list[Span]:
    """The opening times of any of `stages` for a bureau, or for anybody; read anew, so a change works at once (S5)."""
    wanted = select(Window).where(Window.campaign_id == campaign_id, Window.stage.in_(stages))
    rows = session.scalars(wanted.order_by(Window.id)).all()
    path = session.scalar(select(Bureau.path).where(Bureau.id == bureau_id)) if bureau_id else ANYWHERE
    return [
        span for stage in stages for span in rules.holding((placed(row) for row in rows if row.stage is stage), path)
    ]


def open_now(times: Sequence[Span], works: IsWorkday = is_workday) -> bool:
    """Whether one of `times` includes the moment at which this was asked for, by the server's clock.

    Not while its year's calendar is unknown.
    """
    try:
        return rules.is_open(times, clock.local(clock.arrival()), works)
    except UnknownYear:
        log.exception("working days are unknown: enter the calendar of the year")
        return False


def next_of(times: Sequence[Span], works: IsWorkday = is_workday) -> datetime | None:
    """When `times` open next, in local time; None if never again, or if the calendar does not know the year yet."""
    try:
        return rules.next_opening(times, clock.local(clock.arrival()), works)
    except UnknownYear:
        return None


def end_of(times: Sequence[Span]) -> datetime | None:
    """The last moment of `times`, in local time."""
    return rules.last_moment(times)


def closed(campaign_id: int, stages: Sequence[WindowStage], bureau_id: int | None = None) -> list[Problem]:
    """Nothing while one of `stages` is open (or none is asked for); else the reason with the next opening time.

    Without `bureau_id` nobody knows yet who will register: what is open for some is open.
    """
    times = spans(campaign_id, stages, bureau_id)
    if not stages or open_now(times):
        return []
    return [Problem("closed", "", sentence(stages[0], next_of(times)))]


def sentence(stage: WindowStage, opens: datetime | None) -> Text:
    """For whoever comes while `stage` is closed."""
    if opens is None:
        return _("{stage}已经截止，如有疑问请联系所在区教育局", stage=stage.label)
    return _("{stage}现在未开放，下次开放时间：{when}", stage=stage.label, when=opens.strftime(MOMENT))
