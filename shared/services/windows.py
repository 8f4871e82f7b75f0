"""Whether a stage of a campaign is open now, and the sentence for whoever comes at the wrong time."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Window
from shared.models.kinds import WindowStage
from shared.rules import windows
from shared.rules.checks import Problem
from shared.rules.windows import Span
from shared.rules.workdays import IsWorkday, UnknownYear
from shared.services.calendar import is_workday
from shared.text import _

log = logging.getLogger(__name__)
MOMENT = "%Y-%m-%d %H:%M"


def spans(campaign_id: int, stages: Sequence[WindowStage]) -> list[Span]:
    """The opening times of any of `stages` in a campaign; read at each call, so that a change works at once (S5)."""
    rows = session.scalars(select(Window).where(Window.campaign_id == campaign_id, Window.stage.in_(stages)))
    return [Span(w.opens_on, w.closes_on, w.workdays_only, w.opens_at, w.closes_at) for w in rows]


def open_now(times: Sequence[Span], works: IsWorkday = is_workday) -> bool:
    """Whether one of `times` includes the moment at which this was asked for, by the server's clock.

    Not while its year's calendar is unknown.
    """
    try:
        return windows.is_open(times, clock.local(clock.arrival()), works)
    except UnknownYear:
        log.exception("working days are unknown: enter the calendar of the year")
        return False


def next_of(times: Sequence[Span], works: IsWorkday = is_workday) -> datetime | None:
    """When `times` open next, in local time; None if never again, or if the calendar does not know the year yet."""
    try:
        return windows.next_opening(times, clock.local(clock.arrival()), works)
    except UnknownYear:
        return None


def end_of(times: Sequence[Span]) -> datetime | None:
    """The last moment of `times`, in local time."""
    return windows.last_moment(times)


def is_open(campaign_id: int, *stages: WindowStage) -> bool:
    """Whether any of `stages` of a campaign is open now."""
    return open_now(spans(campaign_id, stages))


def ends(campaign_id: int, *stages: WindowStage) -> datetime | None:
    """The last moment of `stages` of a campaign, in local time."""
    return end_of(spans(campaign_id, stages))


def closed(campaign_id: int, stages: Sequence[WindowStage]) -> list[Problem]:
    """Nothing while one of `stages` is open (or none is asked for); else the reason with the next opening time."""
    times = spans(campaign_id, stages)
    if not stages or open_now(times):
        return []
    stage = stages[0].label
    opening = next_of(times)
    if opening is None:
        return [Problem("closed", "", _("{stage}已经截止，如有疑问请联系所在区教育局", stage=stage))]
    when = opening.strftime(MOMENT)
    return [Problem("closed", "", _("{stage}现在未开放，下次开放时间：{when}", stage=stage, when=when))]
