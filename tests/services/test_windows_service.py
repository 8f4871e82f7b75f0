"""Opening times as staff set them, read at every question, by the server's clock and the staff's calendar."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from shared.db import session
from shared.models import CalendarDay, Campaign, Window
from shared.models.kinds import WindowStage
from shared.rules.rights import Actor
from shared.rules.workdays import UnknownYear
from shared.services import calendar, windows
from tests import build

pytestmark = pytest.mark.usefixtures("database")
SetClock = Callable[[datetime], datetime]
APPLY = WindowStage.APPLY
HOURS = {"opens_at": time(8, 30), "closes_at": time(21, 0), "workdays_only": True}


def local(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001  the clock's fixture adds the zone


@pytest.fixture
def campaign() -> Campaign:
    """Teachers apply from Monday 12 to Friday 23 October 2026, on working days from 08:30 to 21:00."""
    made = build.a_campaign(open_stages=())
    build.a_window(made, APPLY, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 23), **HOURS)
    return made


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (local(2026, 10, 12, 8, 29, 59), False),
        (local(2026, 10, 12, 8, 30), True),
        (local(2026, 10, 12, 20, 59, 59), True),
        (local(2026, 10, 12, 21, 0), False),
        (local(2026, 10, 17, 12, 0), False),  # a Saturday
        (local(2026, 10, 23, 20, 59, 59), True),
        (local(2026, 10, 24, 9, 0), False),
    ],
)
def test_a_stage_is_open_to_the_second(campaign: Campaign, at: SetClock, moment: datetime, is_open: bool) -> None:
    at(moment)
    assert (windows.closed(campaign.id, [APPLY]) == []) is is_open


def test_a_day_that_staff_declare_a_working_day_counts_at_once(campaign: Campaign, at: SetClock) -> None:
    at(local(2026, 10, 17, 12, 0))
    assert windows.closed(campaign.id, [APPLY])
    build.add(CalendarDay(day=date(2026, 10, 17), is_workday=True))
    assert not windows.closed(campaign.id, [APPLY])


def test_hours_changed_in_the_middle_of_a_campaign_count_at_once(campaign: Campaign, at: SetClock) -> None:
    at(local(2026, 10, 17, 12, 0))
    build.change(campaign.windows[0], workdays_only=False)
    assert not windows.closed(campaign.id, [APPLY])


def test_another_stages_hours_open_nothing(campaign: Campaign, at: SetClock) -> None:
    at(local(2026, 10, 12, 9, 0))
    assert windows.closed(campaign.id, [WindowStage.CONFIRM])
    assert not windows.closed(campaign.id, [WindowStage.CONFIRM, APPLY])
    assert windows.closed(build.a_campaign(open_stages=()).id, [APPLY])


def test_whoever_comes_too_early_or_at_night_is_told_when_to_come(campaign: Campaign, at: SetClock) -> None:
    for moment, opening in (
        (local(2026, 9, 1, 9, 0), "2026-10-12 08:30"),
        (local(2026, 10, 16, 21, 0), "2026-10-19 08:30"),
    ):
        at(moment)
        assert [str(problem.text) for problem in windows.closed(campaign.id, [APPLY])] == [
            f"教师网上申报现在未开放，下次开放时间：{opening}"
        ]


def test_whoever_comes_too_late_is_told_whom_to_ask(campaign: Campaign, at: SetClock) -> None:
    at(local(2026, 10, 23, 21, 0))
    assert [problem.code for problem in windows.closed(campaign.id, [APPLY])] == ["closed"]
    assert "已经截止" in str(windows.closed(campaign.id, [APPLY])[0].text)


def test_what_needs_no_window_is_never_closed(campaign: Campaign) -> None:
    assert windows.closed(campaign.id, []) == []


def test_the_last_moment_of_a_stage_is_told_in_local_time(campaign: Campaign) -> None:
    ends = windows.end_of(windows.spans(campaign.id, [APPLY]))
    assert ends is not None
    assert (ends.year, ends.month, ends.day, ends.hour) == (2026, 10, 23, 21)
    assert windows.end_of(windows.spans(campaign.id, [WindowStage.FINAL])) is None


# --- working days --------------------------------------------------------------------------------------------------


def test_the_staffs_calendar_overrules_the_notice() -> None:
    holiday = date(2025, 10, 1)
    assert not calendar.is_workday(holiday)
    build.add(CalendarDay(day=holiday, is_workday=True))
    assert calendar.is_workday(holiday)


def test_a_year_without_a_notice_is_refused_and_not_guessed() -> None:
    with pytest.raises(UnknownYear) as unknown:
        calendar.is_workday(date(2090, 3, 1))
    assert "2090年" in str(unknown.value.text)
    build.add(CalendarDay(day=date(2090, 3, 1), is_workday=False))
    assert not calendar.is_workday(date(2090, 3, 1))


def test_a_year_is_filled_once_with_the_days_that_differ_from_the_plain_week() -> None:
    by = Actor(role=None, id=None, name="测试")
    build.add(CalendarDay(day=date(2025, 10, 1), is_workday=True, note="本地安排"))
    added = calendar.fill(2025, by=by)
    assert added > 15
    assert calendar.fill(2025, by=by) == 0
    days = {day.day: day for day in session.query(CalendarDay)}
    assert days[date(2025, 10, 1)].note == "本地安排"
    assert (days[date(2025, 9, 28)].is_workday, days[date(2025, 9, 28)].note) == (True, "调休上班")
    assert days[date(2025, 10, 2)].is_workday is False
    assert date(2025, 6, 4) not in days


def test_a_window_cannot_close_before_it_opens(campaign: Campaign) -> None:
    with pytest.raises(Exception, match="ck_windows_dates"):
        build.a_window(campaign, APPLY, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 11))
    assert session.query(Window).count() == 1


def test_a_year_without_a_calendar_is_closed_until_staff_enter_it(campaign: Campaign, at: SetClock) -> None:
    build.a_window(campaign, APPLY, opens_on=date(2090, 1, 2), closes_on=date(2090, 1, 31), **HOURS)
    at(local(2090, 1, 3, 12, 0))  # a Tuesday
    assert windows.closed(campaign.id, [APPLY])
    build.add(CalendarDay(day=date(2090, 1, 2), is_workday=False, note="元旦"))
    assert not windows.closed(campaign.id, [APPLY])
    at(local(2090, 1, 2, 12, 0))
    assert windows.closed(campaign.id, [APPLY])
