"""When a stage is open: dates, hours of the day, and whether only working days count.

A stage may have several spans, added during a campaign; it is open when any of them is. All moments are local.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from shared.rules.workdays import IsWorkday

_MIDNIGHT = time(0, 0)
_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Span:
    """Daily hours over a range of dates; the closing moment itself is outside.

    A time of day cannot be 24:00, so 00:00 and anything from 23:59:59 on close at the end of the day:
    a span of whole days has no hole at midnight.
    """

    opens_on: date
    closes_on: date
    workdays_only: bool
    opens_at: time
    closes_at: time


def is_open(spans: Sequence[Span], now_local: datetime, is_workday: IsWorkday) -> bool:
    """Whether the stage is open at this moment."""
    return any(start <= now_local < end for start, end in _openings(spans, now_local.date(), now_local, is_workday))


def closes(spans: Sequence[Span], now_local: datetime, is_workday: IsWorkday) -> datetime | None:
    """The end of the present opening, None if closed; midnight is no end when the next day goes on at once."""
    end = _latest_end(spans, now_local, is_workday)
    if end is None:
        return None
    while (later := _latest_end(spans, end, is_workday)) is not None:
        end = later
    return end


def next_opening(spans: Sequence[Span], now_local: datetime, is_workday: IsWorkday) -> datetime | None:
    """The next moment at which a closed stage opens, or opens again after the present opening; None if never."""
    after = closes(spans, now_local, is_workday) or now_local
    last_day = max((span.closes_on for span in spans), default=date.min)
    day = max(after.date(), min((span.opens_on for span in spans), default=date.max))
    while day <= last_day:
        starts = [start for start, _end in _openings(spans, day, now_local, is_workday) if start > after]
        if starts:
            return min(starts)
        day += timedelta(days=1)
    return None


def last_moment(spans: Sequence[Span]) -> datetime | None:
    """The announced end: the closing hour of the last day, whether or not that is a working day; None without spans."""
    return max((_end_of(span, span.closes_on, None) for span in spans), default=None)


def _latest_end(spans: Sequence[Span], moment: datetime, is_workday: IsWorkday) -> datetime | None:
    openings = _openings(spans, moment.date(), moment, is_workday)
    return max((end for start, end in openings if start <= moment < end), default=None)


def _openings(
    spans: Sequence[Span], day: date, like: datetime, is_workday: IsWorkday
) -> Iterator[tuple[datetime, datetime]]:
    for span in spans:
        if not span.opens_on <= day <= span.closes_on:
            continue
        if _is_one_opening(span):  # told at once: every page asks, and a walk through its days takes long
            first, last = span.opens_on, span.closes_on
        elif span.workdays_only and not is_workday(day):
            continue
        else:
            first = last = day
        start, end = datetime.combine(first, span.opens_at, like.tzinfo), _end_of(span, last, like.tzinfo)
        if start < end:
            yield start, end


def _is_one_opening(span: Span) -> bool:
    """Whether it is open day and night from its first day to its last."""
    return not span.workdays_only and span.opens_at == _MIDNIGHT and _ends_with_the_day(span)


def _ends_with_the_day(span: Span) -> bool:
    return span.closes_at == _MIDNIGHT or span.closes_at >= _LAST_SECOND


def _end_of(span: Span, day: date, zone: tzinfo | None) -> datetime:
    if _ends_with_the_day(span):
        return datetime.combine(day, _MIDNIGHT, zone) + timedelta(days=1)
    return datetime.combine(day, span.closes_at, zone)
