"""The conclusion that the facts of a cycle suggest (interim measures of 2013, art. 8 to 10); an officer decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shared.models.kinds import AssessmentGrade, Conclusion, EthicsGrade
from shared.rules.checks import Problem, Severity
from shared.text import Text, _

REQUIRED_HOURS = 360
CYCLE_YEARS = 5
# The measures count in semesters; two of them, with their holidays, make a year.
SEMESTER = timedelta(days=183)

_PASSED = {AssessmentGrade.EXCELLENT, AssessmentGrade.QUALIFIED}
_ETHICS_IN_DOUBT = {EthicsGrade.BASIC, EthicsGrade.UNQUALIFIED}


@dataclass(frozen=True)
class Year:
    """One year of the cycle as the school recorded it."""

    year: int
    assessment: AssessmentGrade
    training_hours: int
    ethics: EthicsGrade | None = None


@dataclass(frozen=True)
class Break:
    """Time without teaching or educational management, from the first to the last day."""

    begins_on: date
    ends_on: date
    approved: bool


@dataclass(frozen=True)
class Facts:
    """What a suggestion rests on; a first registration asks only for ethics and probation."""

    first_registration: bool
    ethics: EthicsGrade | None
    years: Sequence[Year] = ()
    breaks: Sequence[Break] = ()
    probation_passed: bool = True
    papers_complete: bool = True
    qualification_lost: bool = False
    required_hours: int = REQUIRED_HOURS


@dataclass(frozen=True)
class Suggestion:
    """A conclusion and why; NONE means that the facts do not settle it and the reasons say what to look at."""

    conclusion: Conclusion
    reasons: list[Problem]


def suggest(facts: Facts) -> Suggestion:
    """Refused before deferred before registered, with every reason of the kind that decides."""
    if refusing := _reasons_to_refuse(facts):
        return Suggestion(Conclusion.REFUSED, refusing)
    if deferring := _reasons_to_defer(facts):
        return Suggestion(Conclusion.DEFERRED, deferring)
    if unsettled := _unsettled(facts):
        return Suggestion(Conclusion.NONE, unsettled)
    return Suggestion(Conclusion.REGISTERED, [])


def _reasons_to_refuse(facts: Facts) -> list[Problem]:
    reasons = []
    if facts.ethics is EthicsGrade.UNQUALIFIED:
        reasons.append(_reason("F1", "ethics", _("师德考核不合格。")))
    if consecutive := _consecutive_failures(facts):
        text = _("{first}年、{second}年连续两年年度考核不合格。", first=consecutive[0], second=consecutive[1])
        reasons.append(_reason("F2", "years", text))
    if facts.qualification_lost:
        reasons.append(_reason("F3", "", _("教师资格已被撤销或者丧失。")))
    return reasons


def _reasons_to_defer(facts: Facts) -> list[Problem]:
    reasons = []
    if not facts.first_registration:
        reasons += _short_of_training(facts) + _long_breaks(facts) + _failed_years(facts)
    if not facts.papers_complete:
        reasons.append(_reason("D4", "", _("申请材料不齐全，或者证书信息有误尚未更正。")))
    return reasons


def _short_of_training(facts: Facts) -> list[Problem]:
    total = sum(year.training_hours for year in facts.years)
    if total >= facts.required_hours:
        return []
    text = _("培训学时不足：共{total}学时，应不少于{required}学时。", total=total, required=facts.required_hours)
    return [_reason("D1", "years", text)]


def _long_breaks(facts: Facts) -> list[Problem]:
    return [
        _reason("D2", "breaks", _("{start}至{end}未经批准中止教学超过一学期。", start=start, end=end))
        for start, end in _unapproved_periods(facts)
        if end - start >= SEMESTER
    ]


def _unapproved_periods(facts: Facts) -> list[tuple[date, date]]:
    """Periods that follow each other without a day of work in between are one."""
    periods: list[tuple[date, date]] = []
    for start, end in sorted((gap.begins_on, gap.ends_on) for gap in facts.breaks if not gap.approved):
        if periods and start <= periods[-1][1] + timedelta(days=1):
            periods[-1] = (periods[-1][0], max(end, periods[-1][1]))
        else:
            periods.append((start, end))
    return periods


def _failed_years(facts: Facts) -> list[Problem]:
    return [
        _reason("D3", "years", _("{year}年年度考核不合格。", year=year.year))
        for year in _in_order(facts)
        if year.assessment is AssessmentGrade.UNQUALIFIED
    ]


def _consecutive_failures(facts: Facts) -> tuple[int, int] | None:
    if facts.first_registration:
        return None
    failed = [year.year for year in _in_order(facts) if year.assessment is AssessmentGrade.UNQUALIFIED]
    return next(((first, second) for first, second in pairwise(failed) if second == first + 1), None)


def _unsettled(facts: Facts) -> list[Problem]:
    open_points = []
    if facts.ethics is None:
        open_points.append(_reason("ethics.missing", "ethics", _("尚无师德考核结论，请学校补充。")))
    elif facts.ethics is EthicsGrade.BASIC:
        open_points.append(_reason("ethics.basic", "ethics", _("师德考核为基本合格，请核实后作出结论。")))
    if facts.first_registration and not facts.probation_passed:
        open_points.append(_reason("probation", "probation_passed_on", _("尚无试用期考核合格记录，请核实后作出结论。")))
    return open_points if facts.first_registration else open_points + _unsettled_years(facts)


def _unsettled_years(facts: Facts) -> list[Problem]:
    open_points = []
    if len(facts.years) < CYCLE_YEARS:
        text = _(
            "本注册周期只有{count}个年度的考核记录，应有{needed}个，请学校补充。",
            count=len(facts.years),
            needed=CYCLE_YEARS,
        )
        open_points.append(_reason("years.missing", "years", text))
    for year in _in_order(facts):
        if year.ethics in _ETHICS_IN_DOUBT:
            text = _("{year}年为“{grade}”，请核实后作出结论。", year=year.year, grade=year.ethics.label)
            open_points.append(_reason("ethics.year", "years", text))
        if year.assessment not in _PASSED:
            text = _("{year}年年度考核为“{grade}”，请核实后作出结论。", year=year.year, grade=year.assessment.label)
            open_points.append(_reason("assessment.unclear", "years", text))
    return open_points


def _in_order(facts: Facts) -> list[Year]:
    return sorted(facts.years, key=lambda year: year.year)


def _reason(code: str, field: str, text: Text) -> Problem:
    return Problem(code, field, text, Severity.WARN)
