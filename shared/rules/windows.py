"""When a stage is open: dates, hours of the day, and whether only working days count.

A stage may have several spans, added during a campaign; it is open when any of them is. A bureau may have times of its
own, and a closure takes hours out of all of them. All moments are local.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from shared.rules.workdays import IsWorkday

_MIDNIGHT = time(0, 0)
_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Span:
    """Daily hours over a range of dates; the closing moment itself is outside.

    A time of day cannot be 24:00, so 00:00 and anything from 23:59:59 on close at the end of the day:
    a span of whole days has no hole at midnight. `closures` are taken out of it.
    """

    opens_on: date
    closes_on: date
    workdays_only: bool
    opens_at: time
    closes_at: time
    closures: tuple["Span", ...] = ()


@dataclass(frozen=True)
class Placed:
    """A span and for whom: the bureau with this `path` and all below it, "" for the whole campaign."""

    path: str
    span: Span
    is_closure: bool = False


ANYWHERE = None


def holding(times: Iterable[Placed], path: str | None) -> list[Span]:
    """The spans of one stage that hold for the bureau with this path.

    The nearest bureau's own spans stand in place of the more general ones; closures of every level count. While nobody
    knows the place (ANYWHERE), what is open for some is open.
    """
    mine = [one for one in times if path is ANYWHERE or path.startswith(one.path)]
    openings = [one for one in mine if not one.is_closure]
    if path is not ANYWHERE:
        nearest = max((len(one.path) for one in openings), default=0)
        openings = [one for one in openings if len(one.path) == nearest]
    closures = [one for one in mine if one.is_closure]
    return [
        replace(one.span, closures=tuple(gap.span for gap in closures if path or one.path.startswith(gap.path)))
        for one in openings
    ]


def is_open(spans: Sequence[Span], now_local: datetime, is_workday: IsWorkday) -> bool:
    """Whether the stage is open at this moment."""
    return any(start <= now_local < end for start, end in _openings(spans, now_local.date(), now_local, is_workday))


def openings(spans: Sequence[Span], now_local: datetime, is_workday: IsWorkday) -> list[tuple[datetime, datetime]]:
    """From when to when the stage is open on the day of this moment, in order."""
    start = now_local.replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=1)
    of_day = _openings(spans, now_local.date(), now_local, is_workday)
    cut = {(max(since, start), min(until, end)) for since, until in of_day if since < end and until > start}
    return sorted(cut)


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
    return max((end for span in spans if (end := _announced_end(span)) is not None), default=None)


def _announced_end(span: Span) -> datetime | None:
    """The end of its last day that no closure takes away."""
    day = span.closes_on
    while day >= span.opens_on:
        start, end = datetime.combine(day, span.opens_at), _end_of(span, day, None)
        left = list(_without(start, end, span.closures, lambda _day: True))
        if left or start >= end:
            return max((until for _since, until in left), default=end)
        day -= timedelta(days=1)
    return None


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
            yield from _without(start, end, span.closures, is_workday)


def _without(
    start: datetime, end: datetime, closures: Sequence[Span], is_workday: IsWorkday
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of an opening when closures are taken out of it, in order."""
    gaps = sorted(gap for closure in closures for gap in _gaps(closure, start, end, is_workday))
    for since, until in gaps:
        if start < since:
            yield start, min(since, end)
        start = max(start, until)
    if start < end:
        yield start, end


def _gaps(closure: Span, start: datetime, end: datetime, is_workday: IsWorkday) -> Iterator[tuple[datetime, datetime]]:
    """When a closure is on between two moments."""
    if _is_one_opening(closure):
        yield (
            datetime.combine(closure.opens_on, closure.opens_at, start.tzinfo),
            _end_of(closure, closure.closes_on, start.tzinfo),
        )
        return
    day, last = max(closure.opens_on, start.date()), min(closure.closes_on, end.date())
    while day <= last:
        if not closure.workdays_only or is_workday(day):
            since, until = datetime.combine(day, closure.opens_at, start.tzinfo), _end_of(closure, day, start.tzinfo)
            if since < end and until > start:
                yield since, until
        day += timedelta(days=1)


def _is_one_opening(span: Span) -> bool:
    """Whether it is open day and night from its first day to its last."""
    return not span.workdays_only and span.opens_at == _MIDNIGHT and _ends_with_the_day(span)


def _ends_with_the_day(span: Span) -> bool:
    return span.closes_at == _MIDNIGHT or span.closes_at >= _LAST_SECOND


def _end_of(span: Span, day: date, zone: tzinfo | None) -> datetime:
    if _ends_with_the_day(span):
        return datetime.combine(day, _MIDNIGHT, zone) + timedelta(days=1)
    return datetime.combine(day, span.closes_at, zone)
