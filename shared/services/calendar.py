"""Working days: the table that staff keep, filled from the State Council's notices; an unknown year is refused."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

import chinese_calendar
from sqlalchemy import ColumnElement, select

from shared.db import session, transaction
from shared.models import CalendarDay
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.holidays import Day
from shared.rules.rights import Actor, Can
from shared.rules.workdays import IsWorkday, UnknownYear
from shared.services import access
from shared.services.errors import NotYours, Refused
from shared.text import _

SATURDAY = 5
CHINESE_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


def is_workday(day: date) -> bool:
    """Whether people work on `day`; raises `UnknownYear` where neither the table nor the notices know its year."""
    kept = session.scalar(select(CalendarDay.is_workday).where(CalendarDay.day == day))
    if kept is not None:
        return kept
    return _unless_kept(
        day, lambda: session.scalar(select(CalendarDay.id).where(_in_year(day.year)).limit(1)) is not None
    )


def over(first: date, last: date) -> IsWorkday:
    """The same question for many days of these years, with one statement for all of them, at the first question."""

    @cache
    def kept() -> dict[date, bool]:
        years = CalendarDay.day.between(date(first.year, 1, 1), date(last.year, 12, 31))
        rows = session.execute(select(CalendarDay.day, CalendarDay.is_workday).where(years))
        return {row.day: row.is_workday for row in rows}

    def works(day: date) -> bool:
        found = kept().get(day)
        return _unless_kept(day, lambda: any(k.year == day.year for k in kept())) if found is None else found

    return works


def _unless_kept(day: date, staff_know_its_year: Callable[[], bool]) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        if not staff_know_its_year():
            raise UnknownYear(day.year) from error
    return day.weekday() < SATURDAY  # staff have entered that year's holidays, and this day is none of them


def _in_year(year: int) -> ColumnElement[bool]:
    return CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))


@transaction
def fill(year: int, *, by: Actor) -> int:
    """Add the days of `year` that differ from the plain week, as the notice has them; return how many are new."""
    kept = set(session.scalars(select(CalendarDay.day).where(_in_year(year))))
    day, added = date(year, 1, 1), 0
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works != (day.weekday() < SATURDAY) and day not in kept:
            session.add(CalendarDay(day=day, is_workday=works, note=_note(day, works=works)))
            added += 1
        day += timedelta(days=1)
    return added


def _note(day: date, *, works: bool) -> str:
    _holiday, name = chinese_calendar.get_holiday_detail(day)
    return "调休上班" if works else CHINESE_NAMES.get(name or "", "")


def of_year(year: int) -> list[Day]:
    """The days of `year` that staff keep, in order."""
    rows = session.scalars(select(CalendarDay).where(_in_year(year)).order_by(CalendarDay.day))
    return [Day(row.day, row.is_workday, row.note) for row in rows]


def knows(year: int) -> bool:
    """Whether the working days of `year` are known, from the table or from a notice."""
    return bool(of_year(year) or announced(year))


def announced(year: int) -> list[Day]:
    """What the State Council's notice says of `year`; empty where there is none yet: nothing is guessed."""
    day, found = date(year, 1, 1), []
    try:
        while day.year == year:
            works = chinese_calendar.is_workday(day)
            if works != (day.weekday() < SATURDAY):
                found.append(Day(day, works, _note(day, works=works)))
            day += timedelta(days=1)
    except NotImplementedError:
        return []
    return found


@transaction
def enter(year: int, days: Sequence[Day], *, by: Actor) -> None:
    """Let `days` be what differs from the plain week in `year`; what was there and is not among them goes."""
    if not days:
        raise Refused(Problem("empty", "text", _("请填写该年的放假和调休安排；没有公布的年份不能留空保存")))
    if not policy.may(CalendarDay, by.role, Can.CREATE):
        raise NotYours
    kept = {
        row.day: row for row in session.scalars(access.query(CalendarDay, by=by, to=Can.EDIT).where(_in_year(year)))
    }
    for day in days:
        row = kept.pop(day.day, None)
        if row is None:
            session.add(CalendarDay(day=day.day, is_workday=day.works, note=day.note))
        elif (row.is_workday, row.note) != (day.works, day.note):
            row.is_workday, row.note = day.works, day.note
    for row in kept.values():
        session.delete(row)
    session.flush()
    mine = access.query(CalendarDay, by=by, to=Can.CREATE).where(_in_year(year))
    if len(session.scalars(mine).all()) != len({day.day for day in days}):
        raise NotYours
