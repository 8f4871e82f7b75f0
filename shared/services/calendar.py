"""Working days: the table that staff keep, filled from the State Council's notices; an unknown year is refused."""

from datetime import date, timedelta

import chinese_calendar
from sqlalchemy import func, select

from shared.db import session, transaction
from shared.models import CalendarDay
from shared.rules.policy import Actor
from shared.rules.workdays import UnknownYear


def is_workday(day: date) -> bool:
    """Whether people work on `day`; raises `UnknownYear` where neither the table nor the notices know its year."""
    kept = session.scalar(select(CalendarDay.is_workday).where(CalendarDay.day == day))
    if kept is not None:
        return kept
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise UnknownYear(day.year) from error


@transaction
def fill(year: int, *, by: Actor) -> int:
    """Add the days of `year` that differ from the plain week, as the notice has them; return how many are new."""
    kept = set(session.scalars(select(CalendarDay.day).where(func.extract("year", CalendarDay.day) == year)))
    day, added = date(year, 1, 1), 0
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works != (day.weekday() < 5) and day not in kept:  # noqa: PLR2004  Monday to Friday
            session.add(CalendarDay(day=day, is_workday=works, note=_note(day, works=works)))
            added += 1
        day += timedelta(days=1)
    return added


def _note(day: date, *, works: bool) -> str:
    _holiday, name = chinese_calendar.get_holiday_detail(day)
    return "调休上班" if works else str(name or "")
