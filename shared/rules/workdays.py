"""Arithmetic with working days; which days are working days is given as a function."""

from collections.abc import Callable
from datetime import date, timedelta

from shared.text import Text, _

IsWorkday = Callable[[date], bool]

DAYS_TO_CONCLUDE = 90  # working days from the end of acceptance to the conclusion (interim measures of 2013)


class UnknownYear(LookupError):
    """The working days of a year are not published yet: a calendar refuses to guess them."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year
        self.text: Text = _("{year}年的工作日安排尚未录入，请先在节假日表中补充该年的节假日和调休日。", year=year)


def add(start: date, days: int, is_workday: IsWorkday) -> date:
    """The last of `days` working days, the day after `start` being the first that can count."""
    if days < 0:
        message = "working days are counted forwards"
        raise ValueError(message)
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_workday(day)
    return day
