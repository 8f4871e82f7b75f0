"""How days and ends are said to people."""

from datetime import date, datetime, time, timedelta

from shared.rules.spellings import DAY_POINTS
from shared.text import Text, _

Days = tuple[date, date]  # the first and the last
MIDNIGHT = time(0, 0)
EARLIEST = date(1900, 1, 1)


class NoDay(ValueError):
    """A text that is no day; `text` says how to write one."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.message)
        self.text = text


def read(text: str) -> date:
    """A day as people write it: 2016-8-1, 2016/8/1, 2016.08.01, 2016年8月1日, 20160801."""
    plain = text.strip().translate(DAY_POINTS).strip("-")
    parts = plain.split("-")
    try:
        found = date.fromisoformat("-".join(part.strip().zfill(2) for part in parts) if len(parts) > 1 else plain)
    except ValueError:
        raise NoDay(_("日期应为年-月-日，如2016-08-01")) from None
    if found < EARLIEST:
        raise NoDay(_("年份不正确，请检查"))
    return found


def years_later(value: date, years: int) -> date:
    """The same day so many years later; 28 February for 29 February where that year has none."""
    try:
        return value.replace(year=value.year + years)
    except ValueError:
        return value.replace(year=value.year + years, day=28)


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
