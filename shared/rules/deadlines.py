"""How long there is for something, in working days: the law's terms as dates, and what is left of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.rules import workdays
from shared.rules.workdays import DAYS_TO_CONCLUDE, IsWorkday, UnknownYear
from shared.text import Text, _

SOON = timedelta(days=7)
LONGEST_COUNT = timedelta(days=400)  # beyond that nobody counts working days


class Urgency(StrEnum):
    """How near the last day is; UNKNOWN while its year's calendar is not entered."""

    OVER = "over"
    SOON = "soon"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Deadline:
    """The last day, how many working days are left after today, and how that is said."""

    due: date | None
    left: int | None
    urgency: Urgency
    text: Text


def conclude_by(acceptance_ends_on: date, today: date, works: IsWorkday) -> Deadline:
    """90 working days from the end of acceptance to the conclusion (interim measures of 2013, article 17)."""
    try:
        return until(workdays.add(acceptance_ends_on, DAYS_TO_CONCLUDE, works), today, works)
    except UnknownYear as unknown:
        return Deadline(None, None, Urgency.UNKNOWN, unknown.text)


def until(due: date, today: date, works: IsWorkday) -> Deadline:
    """What is left until the end of the day `due`."""
    try:
        days = between(today, due, works)
    except UnknownYear as unknown:
        return Deadline(due, None, Urgency.UNKNOWN, unknown.text)
    if today > due:
        return Deadline(due, -days, Urgency.OVER, _("已超期{days}个工作日", days=days))
    urgency = Urgency.SOON if due - today <= SOON else Urgency.LATER
    text = _("今天截止") if due == today else _("还剩{days}个工作日", days=days)
    return Deadline(due, days, urgency, text)


def between(one: date, other: date, works: IsWorkday) -> int:
    """The working days after the earlier day, up to and with the later one."""
    first, last = sorted((one, other))
    last = min(last, first + LONGEST_COUNT)
    return sum(works(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))
