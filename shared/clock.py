"""The only reader of the clock. Everything else is given the time, so that 20:59:59 and 21:00 can be tested."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Shanghai")
_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def use_zone(name: str) -> None:
    """Show times in the zone `name` (an IANA name); they are stored in UTC whatever it is."""
    global _zone  # noqa: PLW0603  one zone per process, from the settings
    _zone = ZoneInfo(name)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """`moment` as the wall clock of the users shows it."""
    return moment.astimezone(_zone)


def arrival_day() -> date:
    """The users' calendar day at the moment at which the present request reached us."""
    return local(arrival()).date()


def today() -> date:
    """The users' calendar day."""
    return local(now()).date()


def midnight(day: date) -> datetime:
    """The moment at which `day` begins for the users."""
    return datetime.combine(day, time(), _zone)


@contextmanager
def arrived(moment: datetime) -> Iterator[None]:
    """Whatever is done inside was asked for at `moment`."""
    token = _arrived.set(moment)
    try:
        yield
    finally:
        _arrived.reset(token)


def arrival() -> datetime:
    """When that which is being done was asked for: whoever came in time is not late because others were before."""
    return _arrived.get() or now()
