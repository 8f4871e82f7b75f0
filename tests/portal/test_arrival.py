"""Whoever reached the server in time is in time, however long the request took from there."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from shared import clock
from shared.db import session
from shared.models import Application, Photo, Window
from shared.models.kinds import Stage, WindowStage
from shared.services import photos, windows
from shared.web.arrival import Doorkeeper
from tests import build
from tests.portal.teacher import Teacher, words_of

SetClock = Callable[[datetime], datetime]
MIDNIGHT = time(0, 0)


def evening(hour: int, minute: int, second: int) -> datetime:
    return datetime(2026, 10, 12, hour, minute, second)  # noqa: DTZ001  as the wall clock shows it


@pytest.fixture
def closes_at_nine(teacher: Teacher, at: SetClock) -> Teacher:
    """A teacher with everything filled in but the photo, in the last minute before nine in the evening."""
    at(evening(20, 50, 0))
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person", "contact")
    for window in session.query(Window).all():
        day = date(2026, 10, 12)
        build.change(window, opens_on=day, closes_on=day, opens_at=time(8, 30), closes_at=time(21, 0))
    return teacher


def test_a_photo_whose_upload_began_in_time_counts(
    closes_at_nine: Teacher, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = photos.adapter.prepare

    def takes_a_minute(original: bytes, crop: Any) -> Any:
        at(evening(21, 0, 50))
        return prepare(original, crop)

    monkeypatch.setattr(photos.adapter, "prepare", takes_a_minute)
    sent = closes_at_nine.answers("photo") | closes_at_nine.hidden("/apply/photo")
    at(evening(20, 59, 50))
    answer = closes_at_nine.client.post("/apply/photo", data=sent)
    assert answer.status_code == 303, words_of(answer)
    assert session.query(Photo).count() == 1


def test_a_submit_that_waited_for_its_turn_counts_and_the_next_one_does_not(
    closes_at_nine: Teacher, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes_at_nine.fills_in("photo")
    sent = closes_at_nine.hidden("/apply/check")
    at(evening(20, 59, 59))
    late = windows.closed

    def after_waiting(*args: Any) -> Any:
        at(evening(21, 0, 20))
        return late(*args)

    monkeypatch.setattr(windows, "closed", after_waiting)
    assert closes_at_nine.client.post("/apply/check", data=sent).location == "/apply/done"
    session.rollback()
    assert session.query(Application).one().stage is Stage.SUBMITTED
    assert late(session.query(Application).one().campaign_id, [WindowStage.APPLY])


# --- behind a proxy ----------------------------------------------------------------------------------------------

NOW = datetime(2026, 10, 12, 13, 0, 30, tzinfo=UTC)


def arrival_of(header: str | None, *, behind_proxy: bool) -> datetime:
    """When a request with this X-Request-Start counts as arrived."""
    found: list[datetime] = []

    def app(_environ: object, _start: object) -> Iterable[bytes]:
        found.append(clock.arrival())
        return []

    headers = {} if header is None else {"X-Request-Start": header}
    Doorkeeper(app, behind_proxy=behind_proxy)(
        EnvironBuilder(headers=headers).get_environ(), lambda *_: lambda _b: None
    )
    return found[0]


def stamp(moment: datetime) -> str:
    return f"t={moment.timestamp():.3f}"


def test_the_proxys_moment_counts(at: SetClock) -> None:
    at(NOW)
    for earlier in (timedelta(0), timedelta(seconds=40, milliseconds=250), timedelta(seconds=120)):
        assert arrival_of(stamp(NOW - earlier), behind_proxy=True) == NOW - earlier


def test_without_a_proxy_anybody_could_write_the_header_so_it_is_ignored(at: SetClock) -> None:
    at(NOW)
    assert arrival_of(stamp(NOW - timedelta(seconds=40)), behind_proxy=False) == NOW


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=",
        "yesterday",
        "t=-5",
        "t=nan",
        "t=１７６０２７３９９０",
        "t=99999999999.000",
        "1760273990.000",
        stamp(NOW + timedelta(seconds=1)),
        stamp(NOW - timedelta(seconds=121)),
    ],
)
def test_a_moment_that_cannot_be_right_is_ignored(at: SetClock, header: str | None) -> None:
    at(NOW)
    assert arrival_of(header, behind_proxy=True) == NOW


def test_outside_a_request_it_is_now(at: SetClock) -> None:
    at(NOW)
    with clock.arrived(NOW - timedelta(minutes=1)):
        assert clock.arrival() == NOW - timedelta(minutes=1)
    assert clock.arrival() == NOW
