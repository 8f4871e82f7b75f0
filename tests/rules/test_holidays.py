"""A year's holidays as people paste them."""

from datetime import date

from shared.rules import holidays

NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历腊月二十九、周五）至11日（农历正月初五、周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
"""


def test_the_state_councils_notice_is_understood() -> None:
    days, problems = holidays.read(NOTICE, 2027)
    assert problems == []
    worked = [day.day for day in days if day.works]
    assert worked == [date(2027, 1, 31), date(2027, 2, 20)]
    free = [day for day in days if not day.works]
    assert free[0] == holidays.Day(date(2027, 1, 1), works=False, note="元旦")
    assert {day.day for day in free[1:]} == {date(2027, 2, number) for number in (5, 8, 9, 10, 11)}
    assert {day.note for day in free[1:]} == {"春节"}


def test_one_day_a_line_comes_back_as_it_was_written() -> None:
    days, problems = holidays.read("2027-10-01 休 国庆节\n2027/9/26 班\n\n10月4日-7日 放假 国庆节", 2027)
    assert problems == []
    assert [(day.day.month, day.day.day, day.works) for day in days] == [
        (9, 26, True), (10, 1, False), (10, 4, False), (10, 5, False), (10, 6, False), (10, 7, False)
    ]  # fmt: skip
    assert holidays.read(holidays.write(days), 2027) == (days, [])


def test_what_changes_nothing_is_left_out() -> None:
    """A Saturday within a holiday is free anyway."""
    assert holidays.read("10月2日 休 国庆节", 2027) == ([], [])


def test_every_line_that_cannot_be_read_is_told() -> None:
    days, problems = holidays.read(
        "元旦\n1月1日 元旦\n13月1日 休\n2026-12-31 休\n1月1日至12月31日 休\n1月1日 休 元旦", 2027
    )
    assert [problem.code for problem in problems] == ["line1", "line2", "line3", "line4", "line5"]
    assert [day.day for day in days] == [date(2027, 1, 1)]


def test_free_and_worked_days_of_one_sentence_are_told_apart() -> None:
    days, problems = holidays.read("元旦：1月1日放假，1月9日调休上班、1月10日上班", 2027)
    assert problems == []
    assert [(day.day.day, day.works) for day in days] == [(1, False), (9, True), (10, True)]
