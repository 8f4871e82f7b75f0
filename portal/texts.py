"""How the portal's pages write moments, spans of opening hours and published texts."""

from datetime import datetime, time, timedelta

from flask import Flask

from shared import clock
from shared.rules import dates
from shared.rules.prose import prose
from shared.rules.windows import Span
from shared.text import Text, _

WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
MIDNIGHT, LAST_MINUTE = time(0, 0), time(23, 59)


def in_words(moment: datetime | None) -> str:
    """A moment with its weekday, in local time: 2026年10月12日(周一)08:30."""
    if moment is None:
        return ""
    here = clock.local(moment) if moment.tzinfo else moment
    day = WEEKDAYS[here.weekday()]
    text = _(
        "{year}年{month}月{day}日（{weekday}）{time}",
        year=here.year,
        month=here.month,
        day=here.day,
        weekday=day,
        time=here.strftime("%H:%M"),
    )
    return str(text)


def clock_time(moment: datetime | None) -> str:
    """When something was saved: today by the hour, earlier with the day."""
    if moment is None:
        return ""
    here = clock.local(moment)
    return here.strftime("%H:%M" if here.date() == clock.today() else "%m-%d %H:%M")


def until(moment: datetime | None) -> str:
    """An end in words: midnight belongs to the day before, as 24:00."""
    if moment is None:
        return ""
    here = clock.local(moment) if moment.tzinfo else moment
    if here.time() != MIDNIGHT:
        return in_words(moment)
    return in_words(here - timedelta(seconds=1)).replace("23:59", "24:00")


def hours(span: Span) -> Text:
    """The daily hours of a span in words."""
    whole_day = span.opens_at == MIDNIGHT and (span.closes_at == MIDNIGHT or span.closes_at >= LAST_MINUTE)
    if whole_day:
        return _("工作日全天") if span.workdays_only else _("全天开放")
    closes = "24:00" if span.closes_at == MIDNIGHT else span.closes_at.strftime("%H:%M")
    times = {"opens": span.opens_at.strftime("%H:%M"), "closes": closes}
    return _("工作日{opens}–{closes}", **times) if span.workdays_only else _("每天{opens}–{closes}", **times)


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(prose=prose, in_words=in_words, hours=hours, until=until, clock_time=clock_time)
    app.jinja_env.filters["day_in_words"] = lambda value: dates.day(value) if value else ""
    app.jinja_env.filters["days_in_words"] = dates.days
