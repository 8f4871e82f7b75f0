"""What a school attests of a teacher (§3.1): ethics, probation, each year of the cycle, times without teaching."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from shared.models.base import NAME
from shared.models.kinds import AssessmentGrade, EthicsGrade, RegistrationType
from shared.rules.checks import Problem
from shared.rules.conclusion import CYCLE_YEARS
from shared.text import Text, _

MOST_HOURS = 1000  # in a year: more is a slip of the finger
MOST_BREAKS = 20
# Without a grade a year says nothing: why there is none must stand beside it (§3.1).
EXPLAINED = (AssessmentGrade.UNGRADED, AssessmentGrade.ABSENT)


@dataclass(frozen=True)
class YearLine:
    """One line of the grid; a blank one means that the school says nothing about that year."""

    year: int
    assessment: AssessmentGrade | None = None
    ethics: EthicsGrade | None = None
    training_hours: int | None = None
    note: str = ""

    @property
    def is_blank(self) -> bool:
        return self.assessment is None and self.ethics is None and self.training_hours is None and not self.note


@dataclass(frozen=True)
class BreakLine:
    """One time without teaching; a blank line is none. `key`: the row that it was read from."""

    key: int | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    approved: bool = False
    reason: str = ""

    @property
    def is_blank(self) -> bool:
        return self.begins_on is None and self.ends_on is None and not self.reason


@dataclass(frozen=True)
class Sheet:
    """Everything that the school fills in, as it stands in the form."""

    ethics: EthicsGrade | None = None
    probation_passed_on: date | None = None
    years: Sequence[YearLine] = ()
    breaks: Sequence[BreakLine] = ()

    @property
    def hours(self) -> int:
        return sum(line.training_hours or 0 for line in self.years)


def cycle(campaign_year: int) -> list[int]:
    """The years that a campaign looks back on."""
    return list(range(campaign_year - CYCLE_YEARS, campaign_year))


def asks_for_years(registration_type: RegistrationType) -> bool:
    """A first registration asks only for ethics and probation (§3.1)."""
    return registration_type is not RegistrationType.FIRST


def problems_with(sheet: Sheet, *, today: date, work_started_on: date | None, complete: bool = True) -> list[Problem]:
    """Everything that is wrong, each at its cell; `complete`: nothing that a check rests on may be missing."""
    found = []
    if complete and sheet.ethics is None:
        found.append(Problem("ethics", "ethics", _("请选择师德结论")))
    passed = sheet.probation_passed_on
    if passed and passed > today:
        found.append(Problem("future", "probation_passed_on", _("试用期考核合格日期不能晚于今天")))
    if passed and work_started_on and passed < work_started_on:
        text = _("试用期考核合格日期不能早于参加工作时间（{day}）", day=work_started_on)
        found.append(Problem("order", "probation_passed_on", text))
    for place, year in enumerate(sheet.years):
        found += [Problem(code, f"years-{place}-{cell}", text) for code, cell, text in _of_year(year)]
    for place, gap in enumerate(sheet.breaks):
        found += [Problem(code, f"breaks-{place}-{cell}", text) for code, cell, text in _of_break(gap, today)]
    return found + _overlaps(sheet.breaks)


def _of_year(line: YearLine) -> Iterator[tuple[str, str, Text]]:
    if line.is_blank:
        return
    if line.assessment is None:
        yield "assessment", "assessment", _("请选择{year}年的年度考核结果；没有参加的选“未参加”", year=line.year)
    if line.assessment in EXPLAINED and not line.note:
        grade = line.assessment.label if line.assessment else ""
        yield "note", "note", _("{year}年年度考核为“{grade}”，请在备注中写明原因", year=line.year, grade=grade)
    if line.training_hours is not None and not 0 <= line.training_hours <= MOST_HOURS:
        yield "hours", "training_hours", _("{year}年的培训学时应为0至{most}的整数", year=line.year, most=MOST_HOURS)


def _of_break(line: BreakLine, today: date) -> Iterator[tuple[str, str, Text]]:
    if line.is_blank:
        return
    if line.begins_on is None:
        yield "begins_on", "begins_on", _("请填写中止教学的开始日期")
    if line.ends_on is None:
        yield "ends_on", "ends_on", _("请填写中止教学的结束日期；还没有结束的填预计日期")
    if not line.reason:
        yield "reason", "reason", _("请写明中止教学的事由，如产假、进修")
    if line.begins_on and line.begins_on > today:
        yield "future", "begins_on", _("中止教学的开始日期不能晚于今天")
    if line.begins_on and line.ends_on and line.ends_on < line.begins_on:
        yield "order", "ends_on", _("结束日期不能早于开始日期")
    if len(line.reason) > NAME:
        yield "long", "reason", _("事由最多{longest}个字", longest=NAME)


def _overlaps(breaks: Sequence[BreakLine]) -> list[Problem]:
    """Nobody is away twice at a time: one of the two was entered wrongly."""
    dated = sorted(
        (line.begins_on, line.ends_on, place)
        for place, line in enumerate(breaks)
        if line.begins_on and line.ends_on and line.begins_on <= line.ends_on
    )
    return [
        Problem("overlap", f"breaks-{later[2]}-begins_on", _("与另一段中止教学（至{day}）重叠，请合并", day=earlier[1]))
        for earlier, later in pairwise(dated)
        if later[0] <= earlier[1]
    ]
