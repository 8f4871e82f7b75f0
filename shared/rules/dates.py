"""How days and ends are said to people."""

from datetime import date, datetime, time, timedelta

from shared.text import Text, _

Days = tuple[date, date]  # the first and the last
MIDNIGHT = time(0, 0)


def day(value: date) -> Text:
    """2026年10月28日."""
    return _("{year}年{month}月{day}日", year=value.year, month=value.month, day=value.day)


def days(span: Days) -> Text:
    """From the first day to the last; one day alone stands alone."""
    first, last = span
    return day(first) if first == last else _("{first}至{last}", first=day(first), last=day(last))


def at(moment: datetime) -> Text:
    """A local moment to the minute."""
    return _at(moment.date(), moment.strftime("%H:%M"))


def until(moment: datetime) -> Text:
    """An end as people say it: midnight belongs to the day before, as 24:00."""
    if moment.time() == MIDNIGHT:
        return _at(moment.date() - timedelta(days=1), "24:00")
    return at(moment)


def _at(when: date, clock_time: str) -> Text:
    return _("{year}年{month}月{day}日{time}", year=when.year, month=when.month, day=when.day, time=clock_time)
