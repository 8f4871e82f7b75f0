"""What is wrong with what a school has filled in, each fault at its cell."""

from datetime import date

import pytest

from shared.models.kinds import AssessmentGrade, EthicsGrade, RegistrationType
from shared.rules import attestation
from shared.rules.attestation import BreakLine, Sheet, YearLine

TODAY, STARTED = date(2026, 11, 25), date(2010, 8, 1)
GOOD = YearLine(2025, AssessmentGrade.QUALIFIED, EthicsGrade.QUALIFIED, 72)
LEAVE = BreakLine(None, date(2024, 3, 1), date(2024, 7, 31), approved=True, reason="产假")


def faults(sheet: Sheet, **more: bool) -> dict[str, str]:
    found = attestation.problems_with(sheet, today=TODAY, work_started_on=STARTED, **more)
    return {problem.field: str(problem.text) for problem in found}


def test_a_full_sheet_has_no_fault() -> None:
    sheet = Sheet(EthicsGrade.QUALIFIED, date(2011, 8, 1), [GOOD, YearLine(2024)], [LEAVE, BreakLine()])
    assert faults(sheet) == {}
    assert sheet.hours == 72


@pytest.mark.parametrize(
    ("line", "cell", "told"),
    [
        (YearLine(2024, training_hours=72), "assessment", "请选择2024年的年度考核结果"),
        (YearLine(2024, AssessmentGrade.ABSENT), "note", "2024年年度考核为“未参加”，请在备注中写明原因"),
        (YearLine(2024, AssessmentGrade.UNGRADED), "note", "未定等次"),
        (YearLine(2024, AssessmentGrade.QUALIFIED, None, -1), "training_hours", "0至1000的整数"),
        (YearLine(2024, AssessmentGrade.QUALIFIED, None, 1001), "training_hours", "0至1000的整数"),
    ],
)
def test_a_year_is_told_at_its_cell(line: YearLine, cell: str, told: str) -> None:
    found = faults(Sheet(EthicsGrade.QUALIFIED, None, [GOOD, line]))
    assert list(found) == [f"years-1-{cell}"]
    assert told in found[f"years-1-{cell}"]


@pytest.mark.parametrize(
    ("line", "cell", "told"),
    [
        (BreakLine(reason="产假", ends_on=date(2024, 1, 1)), "begins_on", "开始日期"),
        (BreakLine(reason="产假", begins_on=date(2024, 1, 1)), "ends_on", "结束日期"),
        (BreakLine(None, date(2024, 1, 1), date(2024, 2, 1)), "reason", "事由"),
        (BreakLine(None, date(2024, 2, 1), date(2024, 1, 1), reason="病假"), "ends_on", "不能早于开始日期"),
        (BreakLine(None, date(2027, 2, 1), date(2027, 3, 1), reason="病假"), "begins_on", "不能晚于今天"),
        (BreakLine(None, date(2024, 7, 31), date(2024, 9, 1), reason="病假"), "begins_on", "重叠"),
        (BreakLine(None, date(2023, 1, 1), date(2023, 2, 1), reason="长" * 101), "reason", "最多100个字"),
    ],
)
def test_a_break_is_told_at_its_cell(line: BreakLine, cell: str, told: str) -> None:
    found = faults(Sheet(EthicsGrade.QUALIFIED, None, [], [LEAVE, line]))
    assert list(found) == [f"breaks-1-{cell}"]
    assert told in found[f"breaks-1-{cell}"]


def test_ethics_may_be_missing_only_when_the_teacher_gets_the_form_back() -> None:
    assert list(faults(Sheet())) == ["ethics"]
    assert faults(Sheet(), complete=False) == {}


@pytest.mark.parametrize(("day", "told"), [(date(2026, 11, 26), "晚于今天"), (date(2010, 7, 31), "2010-08-01")])
def test_probation_ends_between_the_first_day_of_work_and_today(day: date, told: str) -> None:
    assert told in faults(Sheet(EthicsGrade.QUALIFIED, day))["probation_passed_on"]


def test_a_campaign_looks_back_on_five_years_but_not_of_beginners() -> None:
    assert attestation.cycle(2026) == [2021, 2022, 2023, 2024, 2025]
    assert not attestation.asks_for_years(RegistrationType.FIRST)
    assert attestation.asks_for_years(RegistrationType.REAPPLY)
