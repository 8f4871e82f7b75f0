from dataclasses import replace
from datetime import date

import pytest

from shared.models.kinds import AssessmentGrade, Conclusion, EthicsGrade
from shared.rules.conclusion import Break, Facts, Suggestion, Year, suggest

GOOD, FAILED = AssessmentGrade.QUALIFIED, AssessmentGrade.UNQUALIFIED


def years(*grades: AssessmentGrade, hours: int = 72) -> list[Year]:
    return [Year(2011 + place, grade, hours) for place, grade in enumerate(grades)]


SOUND = Facts(first_registration=False, ethics=EthicsGrade.QUALIFIED, years=years(*[GOOD] * 5))


def codes(suggestion: Suggestion) -> list[str]:
    return [problem.code for problem in suggestion.reasons]


def test_a_sound_cycle_suggests_registration() -> None:
    assert suggest(SOUND) == Suggestion(Conclusion.REGISTERED, [])


@pytest.mark.parametrize(("last_year", "expected"), [(72, Conclusion.REGISTERED), (71, Conclusion.DEFERRED)])
def test_three_hundred_and_sixty_hours_are_needed(last_year: int, expected: Conclusion) -> None:
    rows = [*SOUND.years[:4], replace(SOUND.years[4], training_hours=last_year)]
    assert suggest(replace(SOUND, years=rows)).conclusion is expected


def test_missing_hours_are_told_with_their_number() -> None:
    suggestion = suggest(replace(SOUND, years=years(*[GOOD] * 5, hours=70)))
    assert codes(suggestion) == ["D1"]
    assert "350" in str(suggestion.reasons[0].text)
    assert "360" in str(suggestion.reasons[0].text)


def test_a_province_may_ask_for_other_hours() -> None:
    assert suggest(replace(SOUND, required_hours=400)).conclusion is Conclusion.DEFERRED


def test_one_failed_year_defers() -> None:
    suggestion = suggest(replace(SOUND, years=years(GOOD, GOOD, FAILED, GOOD, GOOD)))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.DEFERRED, ["D3"])


def test_failed_years_that_do_not_follow_each_other_defer() -> None:
    suggestion = suggest(replace(SOUND, years=years(FAILED, GOOD, FAILED, GOOD, FAILED)))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.DEFERRED, ["D3", "D3", "D3"])


def test_two_failed_years_in_a_row_refuse_in_whatever_order_they_are_given() -> None:
    rows = years(GOOD, FAILED, FAILED, GOOD, GOOD)
    for given in (rows, rows[::-1]):
        suggestion = suggest(replace(SOUND, years=given))
        assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.REFUSED, ["F2"])


def test_failed_years_with_an_unrecorded_year_between_them_are_not_consecutive() -> None:
    rows = [Year(year, grade, 90) for year, grade in [(2011, FAILED), (2013, FAILED), (2014, GOOD), (2015, GOOD)]]
    assert suggest(replace(SOUND, years=rows)).conclusion is Conclusion.DEFERRED


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (Break(date(2014, 2, 16), date(2014, 7, 31), approved=False), []),  # one semester
        (Break(date(2014, 2, 16), date(2014, 9, 30), approved=False), ["D2"]),
        (Break(date(2014, 2, 16), date(2015, 9, 30), approved=True), []),
    ],
)
def test_an_unapproved_break_of_more_than_a_semester_defers(gap: Break, expected: list[str]) -> None:
    assert codes(suggest(replace(SOUND, breaks=[gap]))) == expected


def test_breaks_that_follow_each_other_are_one() -> None:
    spring = Break(date(2014, 2, 16), date(2014, 6, 30), approved=False)
    autumn = Break(date(2014, 7, 1), date(2014, 12, 31), approved=False)
    later = replace(autumn, begins_on=date(2014, 9, 1))
    assert codes(suggest(replace(SOUND, breaks=[autumn, spring]))) == ["D2"]
    assert codes(suggest(replace(SOUND, breaks=[later, spring]))) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [({"ethics": EthicsGrade.UNQUALIFIED}, "F1"), ({"qualification_lost": True}, "F3")],
)
def test_bad_conduct_or_a_lost_qualification_refuses(change: dict[str, object], code: str) -> None:
    suggestion = suggest(replace(SOUND, **change))  # type: ignore[arg-type]
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.REFUSED, [code])


def test_refusal_goes_before_deferral_and_names_only_its_own_reasons() -> None:
    facts = replace(SOUND, years=years(FAILED, FAILED, GOOD, GOOD, GOOD, hours=0), ethics=EthicsGrade.UNQUALIFIED)
    suggestion = suggest(facts)
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.REFUSED, ["F1", "F2"])


def test_every_reason_to_defer_is_told() -> None:
    gap = Break(date(2013, 1, 1), date(2014, 1, 1), approved=False)
    facts = replace(SOUND, years=years(GOOD, FAILED, GOOD, GOOD, GOOD, hours=1), breaks=[gap], papers_complete=False)
    assert codes(suggest(facts)) == ["D1", "D2", "D3", "D4"]


@pytest.mark.parametrize("grade", [AssessmentGrade.BASIC, AssessmentGrade.UNGRADED, AssessmentGrade.ABSENT])
def test_a_year_that_neither_passed_nor_failed_is_left_to_the_officer(grade: AssessmentGrade) -> None:
    suggestion = suggest(replace(SOUND, years=years(GOOD, grade, GOOD, GOOD, GOOD)))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.NONE, ["assessment.unclear"])


@pytest.mark.parametrize(
    ("ethics", "code"),
    [(None, "ethics.missing"), (EthicsGrade.BASIC, "ethics.basic")],
)
def test_ethics_not_yet_passed_are_left_to_the_officer(ethics: EthicsGrade | None, code: str) -> None:
    suggestion = suggest(replace(SOUND, ethics=ethics))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.NONE, [code])


def test_a_single_year_of_bad_conduct_is_left_to_the_officer() -> None:
    rows = [replace(SOUND.years[0], ethics=EthicsGrade.UNQUALIFIED), *SOUND.years[1:]]
    suggestion = suggest(replace(SOUND, years=rows))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.NONE, ["ethics.year"])


def test_a_cycle_with_years_missing_is_left_to_the_officer() -> None:
    suggestion = suggest(replace(SOUND, years=years(*[GOOD] * 4, hours=90)))
    assert (suggestion.conclusion, codes(suggestion)) == (Conclusion.NONE, ["years.missing"])


def test_a_first_registration_asks_for_ethics_and_probation_only() -> None:
    first = Facts(first_registration=True, ethics=EthicsGrade.QUALIFIED)
    assert suggest(first) == Suggestion(Conclusion.REGISTERED, [])
    assert codes(suggest(replace(first, probation_passed=False))) == ["probation"]
    assert suggest(replace(first, ethics=EthicsGrade.UNQUALIFIED)).conclusion is Conclusion.REFUSED
    assert suggest(replace(first, years=years(FAILED, FAILED))).conclusion is Conclusion.REGISTERED


def test_a_reason_never_blocks_because_an_officer_decides() -> None:
    facts = replace(SOUND, years=(), papers_complete=False)
    assert not any(problem.blocks for problem in suggest(facts).reasons)
