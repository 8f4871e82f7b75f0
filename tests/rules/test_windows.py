from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from shared.rules import windows
from shared.rules.windows import Placed, Span

# The round of 2016: working days from half past eight to nine in the evening.
TEACHERS = [Span(date(2016, 10, 10), date(2016, 10, 26), True, time(8, 30), time(21, 0))]
SECOND = timedelta(seconds=1)
is_workday = chinese_calendar.is_workday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def all_day(first: date, last: date, closes_at: time = time(0, 0), *, workdays_only: bool = False) -> list[Span]:
    return [Span(first, last, workdays_only, time(0, 0), closes_at)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2016-10-10T08:29:59", False),
        ("2016-10-10T08:30:00", True),
        ("2016-10-10T20:59:59", True),
        ("2016-10-10T20:59:59.999999", True),
        ("2016-10-10T21:00:00", False),
        ("2016-10-09T12:00:00", False),  # a make-up Sunday, but before the first day
        ("2016-10-15T12:00:00", False),  # Saturday
        ("2016-10-26T20:59:59", True),
        ("2016-10-26T21:00:00", False),
        ("2016-10-27T12:00:00", False),
    ],
)
def test_a_window_opens_and_closes_at_the_second(moment: str, expected: bool) -> None:
    assert windows.is_open(TEACHERS, at(moment), is_workday) is expected


def test_a_make_up_saturday_is_open_and_a_holiday_is_not() -> None:
    spans = [Span(date(2015, 9, 28), date(2015, 10, 12), True, time(8, 30), time(21, 0))]
    assert windows.is_open(spans, at("2015-10-10T12:00:00"), is_workday)
    assert not windows.is_open(spans, at("2015-10-01T12:00:00"), is_workday)


def test_without_the_weekday_rule_a_weekend_is_open() -> None:
    spans = [Span(date(2016, 10, 10), date(2016, 10, 26), False, time(8, 30), time(21, 0))]
    assert windows.is_open(spans, at("2016-10-15T12:00:00"), is_workday)


@pytest.mark.parametrize("closes_at", [time(0, 0), time(23, 59), time(23, 59, 59), time.max])
def test_only_a_closing_hour_of_the_days_end_leaves_no_hole_at_midnight(closes_at: time) -> None:
    spans = all_day(date(2016, 10, 10), date(2016, 10, 12), closes_at)
    last_of_the_day = at("2016-10-10T23:59:59.999999")
    whole_day = closes_at != time(23, 59)
    assert windows.is_open(spans, last_of_the_day, is_workday) is whole_day
    assert windows.is_open(spans, at("2016-10-11T00:00:00"), is_workday)
    assert windows.is_open(spans, at("2016-10-12T23:59:59.999999"), is_workday) is whole_day
    assert not windows.is_open(spans, at("2016-10-13T00:00:00"), is_workday)


def test_a_span_added_later_opens_the_weekend() -> None:
    spans = TEACHERS + all_day(date(2016, 10, 15), date(2016, 10, 16))
    assert windows.is_open(spans, at("2016-10-15T03:00:00"), is_workday)
    assert not windows.is_open(spans, at("2016-10-14T23:00:00"), is_workday)


def test_the_end_of_the_day_is_told_while_it_is_open() -> None:
    assert windows.closes(TEACHERS, at("2016-10-14T08:30:00"), is_workday) == at("2016-10-14T21:00:00")
    assert windows.closes(TEACHERS, at("2016-10-14T21:00:00"), is_workday) is None


def test_days_without_a_night_between_them_close_once_at_the_very_end() -> None:
    spans = all_day(date(2016, 10, 10), date(2016, 10, 26), time.max)
    assert windows.closes(spans, at("2016-10-10T09:00:00"), is_workday) == at("2016-10-27T00:00:00")
    workdays_only = all_day(date(2016, 10, 10), date(2016, 10, 26), workdays_only=True)
    assert windows.closes(workdays_only, at("2016-10-13T09:00:00"), is_workday) == at("2016-10-15T00:00:00")


def test_whole_days_go_on_into_the_span_that_follows() -> None:
    first, then = date(2016, 10, 10), date(2016, 10, 13)
    spans = (
        all_day(then, date(2016, 10, 15))
        + all_day(first, date(2016, 10, 12))
        + all_day(date(2016, 10, 20), date(2099, 12, 31))
    )
    assert windows.closes(spans, at("2016-10-11T09:00:00"), is_workday) == at("2016-10-16T00:00:00")
    assert windows.next_opening(spans, at("2016-10-11T09:00:00"), is_workday) == at("2016-10-20T00:00:00")
    assert windows.next_opening(spans, at("2016-10-01T09:00:00"), is_workday) == at("2016-10-10T00:00:00")


def test_overlapping_spans_close_with_the_later_one() -> None:
    spans = [*TEACHERS, Span(date(2016, 10, 10), date(2016, 10, 10), False, time(20, 0), time(23, 0))]
    assert windows.closes(spans, at("2016-10-10T09:00:00"), is_workday) == at("2016-10-10T23:00:00")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2016-09-01T00:00:00", "2016-10-10T08:30:00"),
        ("2016-10-10T08:29:59", "2016-10-10T08:30:00"),
        ("2016-10-10T12:00:00", "2016-10-11T08:30:00"),
        ("2016-10-13T21:00:00", "2016-10-14T08:30:00"),
        ("2016-10-14T21:00:00", "2016-10-17T08:30:00"),  # over the weekend
    ],
)
def test_the_next_opening_is_told(moment: str, expected: str) -> None:
    assert windows.next_opening(TEACHERS, at(moment), is_workday) == at(expected)


@pytest.mark.parametrize("moment", ["2016-10-26T12:00:00", "2016-10-26T21:00:00", "2017-01-01T00:00:00"])
def test_after_the_last_day_there_is_no_next_opening(moment: str) -> None:
    assert windows.next_opening(TEACHERS, at(moment), is_workday) is None


def test_the_next_opening_is_the_second_at_which_it_becomes_open() -> None:
    opening = windows.next_opening(TEACHERS, at("2016-10-15T12:00:00"), is_workday)
    assert opening is not None
    assert windows.is_open(TEACHERS, opening, is_workday)
    assert not windows.is_open(TEACHERS, opening - SECOND, is_workday)


def test_a_closing_hour_before_the_opening_hour_never_opens() -> None:
    spans = [Span(date(2016, 10, 10), date(2016, 10, 10), False, time(9, 0), time(8, 0))]
    assert not windows.is_open(spans, at("2016-10-10T09:00:00"), is_workday)
    assert windows.next_opening(spans, at("2016-10-01T09:00:00"), is_workday) is None


def test_moments_keep_the_zone_they_were_asked_in() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    now = datetime(2016, 10, 10, 9, 0, tzinfo=shanghai)
    assert windows.closes(TEACHERS, now, is_workday) == datetime(2016, 10, 10, 21, 0, tzinfo=shanghai)
    assert windows.next_opening(TEACHERS, now, is_workday) == datetime(2016, 10, 11, 8, 30, tzinfo=shanghai)


def test_the_last_moment_is_the_latest_announced_end() -> None:
    assert windows.last_moment(TEACHERS) == at("2016-10-26T21:00:00")
    assert windows.last_moment(TEACHERS + all_day(date(2016, 11, 1), date(2016, 11, 10))) == at("2016-11-11T00:00:00")


def test_a_stage_without_spans_is_never_open() -> None:
    now = at("2016-10-10T12:00:00")
    assert not windows.is_open([], now, is_workday)
    assert windows.closes([], now, is_workday) is None
    assert windows.next_opening([], now, is_workday) is None
    assert windows.last_moment([]) is None


GULOU, CITY = "/1/2/3/", "/1/2/"
NOON = "2016-10-14T12:00:00"  # a Friday


def span(first: int, last: int, opens: int = 8, closes: int = 21, *, workdays_only: bool = False) -> Span:
    return Span(date(2016, 10, first), date(2016, 10, last), workdays_only, time(opens), time(closes))


def open_for(path: str | None, times: list[Placed], moment: str = NOON) -> bool:
    return windows.is_open(windows.holding(times, path), at(moment), is_workday)


def test_a_bureaus_own_times_stand_in_place_of_the_campaigns() -> None:
    times = [Placed("", span(10, 26)), Placed(GULOU, span(20, 26)), Placed(CITY, span(24, 28))]
    assert [open_for(path, times) for path in ("", "/1/", CITY, GULOU, "/1/2/4/")] == [True, True, False, False, False]
    late = "2016-10-28T12:00:00"
    assert [open_for(path, times, late) for path in ("/1/", CITY, GULOU, "/1/2/4/")] == [False, True, False, True]


def test_while_nobody_knows_the_place_what_is_open_for_some_is_open() -> None:
    times = [Placed("", span(20, 26)), Placed(GULOU, span(10, 16))]
    assert open_for(windows.ANYWHERE, times)
    assert not open_for(windows.ANYWHERE, times, "2016-10-18T12:00:00")


def test_a_closure_of_any_level_closes_and_one_of_a_district_only_there() -> None:
    everywhere = [Placed("", span(10, 26)), Placed("", span(14, 14, 11, 13), is_closure=True)]
    assert [open_for(path, everywhere) for path in (windows.ANYWHERE, "", GULOU)] == [False, False, False]
    assert open_for(GULOU, everywhere, "2016-10-14T13:00:00")
    assert not open_for(GULOU, everywhere, "2016-10-14T12:59:59")
    assert open_for(GULOU, everywhere, "2016-10-14T10:59:59")
    there = [Placed("", span(10, 26)), Placed(GULOU, span(14, 14, 11, 13), is_closure=True)]
    assert [open_for(path, there) for path in (windows.ANYWHERE, "", CITY, GULOU)] == [True, True, True, False]


def test_the_next_opening_and_the_end_know_closures() -> None:
    night_and_day = Placed("", all_day(date(2016, 10, 10), date(2016, 10, 26))[0])
    shut = Placed("", Span(date(2016, 10, 14), date(2016, 10, 16), False, time(0), time(0)), is_closure=True)
    spans = windows.holding([night_and_day, shut], GULOU)
    assert windows.next_opening(spans, at(NOON), is_workday) == at("2016-10-17T00:00:00")
    assert windows.closes(spans, at("2016-10-13T12:00:00"), is_workday) == at("2016-10-14T00:00:00")
    early = Placed("", span(25, 26, 0, 0), is_closure=True)
    assert windows.last_moment(windows.holding([night_and_day, early], GULOU)) == at("2016-10-25T00:00:00")
    assert windows.last_moment(windows.holding([Placed("", span(10, 26)), early], GULOU)) == at("2016-10-24T21:00:00")


def test_a_closure_of_working_days_leaves_the_weekend_open() -> None:
    times = [Placed("", span(10, 26)), Placed("", span(10, 26, 0, 0, workdays_only=True), is_closure=True)]
    assert not open_for(GULOU, times)
    assert open_for(GULOU, times, "2016-10-15T12:00:00")
