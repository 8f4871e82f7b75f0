from datetime import date

import chinese_calendar
import pytest

from shared.rules import workdays


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("acceptance_ends", "to_conclude_by"),
    [(date(2016, 11, 10), date(2017, 3, 22)), (date(2015, 11, 10), date(2016, 3, 21))],
)
def test_the_conclusion_is_due_ninety_working_days_after_acceptance_ends(
    acceptance_ends: date, to_conclude_by: date
) -> None:
    due = workdays.add(acceptance_ends, workdays.DAYS_TO_CONCLUDE, chinese_calendar.is_workday)
    assert due == to_conclude_by


def test_the_day_after_the_start_is_the_first() -> None:
    monday = date(2016, 10, 10)
    assert workdays.add(monday, 1, weekday) == date(2016, 10, 11)
    assert workdays.add(monday, 0, weekday) == monday


def test_a_weekend_does_not_count_and_a_start_on_it_changes_nothing() -> None:
    friday, saturday = date(2016, 10, 14), date(2016, 10, 15)
    assert workdays.add(friday, 1, weekday) == workdays.add(saturday, 1, weekday) == date(2016, 10, 17)


def test_a_make_up_saturday_counts() -> None:
    assert workdays.add(date(2016, 10, 7), 1, chinese_calendar.is_workday) == date(2016, 10, 8)


def test_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        workdays.add(date(2016, 10, 10), -1, weekday)


def test_a_calendar_that_does_not_know_a_year_is_not_overruled() -> None:
    def known_until_2016(day: date) -> bool:
        if day.year > 2016:
            raise workdays.UnknownYear(day.year)
        return weekday(day)

    with pytest.raises(workdays.UnknownYear) as refusal:
        workdays.add(date(2016, 12, 30), 5, known_until_2016)
    assert refusal.value.year == 2017
    assert "2017年" in str(refusal.value.text)
