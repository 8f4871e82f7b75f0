"""The check before the form: verdicts with their reasons, and what a certificate needs first."""

from datetime import date
from typing import Any

import pytest

from shared.models.kinds import CertificateService, RegistrationType, TeachingStage
from shared.rules import eligibility
from shared.rules.eligibility import Answer, Period, Verdict
from shared.rules.settling import CITY, CITY_CENTRAL, COUNTY, PROVINCE, settlements
from shared.rules.situation import (
    CertificateType,
    Fault,
    HeldCertificate,
    History,
    Post,
    Probation,
    Situation,
    Workplace,
)

TODAY = date(2026, 10, 12)
REGISTER, WAIT, OUTSIDE = Verdict
JUNIOR_CHINESE = HeldCertificate(CertificateType.JUNIOR, 2010, subject="语文")


def judged(**said: Any) -> Answer:
    """The answer for a teacher of an ordinary school who has never registered, but for what is said."""
    usual: dict[str, Any] = {
        "workplace": Workplace.PUBLIC,
        "post": Post.ESTABLISHED,
        "probation": Probation.NONE,
        "history": History.NEVER,
        "stage": TeachingStage.JUNIOR,
        "subject": "语文",
        "certificates": (JUNIOR_CHINESE,),
    }
    return eligibility.judge(Situation(**(usual | said)), today=TODAY)


def codes(answer: Answer) -> set[str]:
    return {reason.code for reason in answer.reasons}


def test_a_teacher_in_scope_who_never_registered_registers_for_the_first_time() -> None:
    answer = judged()
    assert answer.verdict is REGISTER
    assert answer.registration_type is RegistrationType.FIRST
    assert codes(answer) == {"public", "established", "never"}
    assert not answer.ask
    assert not answer.settle_first


@pytest.mark.parametrize(
    ("workplace", "verdict", "ask"),
    [
        (Workplace.PUBLIC, REGISTER, False),
        (Workplace.PRIVATE, REGISTER, True),
        (Workplace.SUPPORT, REGISTER, True),
        (Workplace.UNKNOWN, REGISTER, True),
        (Workplace.HIGHER, OUTSIDE, False),
        (Workplace.ELSEWHERE, OUTSIDE, False),
    ],
)
def test_the_kind_of_school_decides_about_the_scope(workplace: Workplace, verdict: Verdict, ask: bool) -> None:
    answer = judged(workplace=workplace)
    assert (answer.verdict, answer.ask) == (verdict, ask)
    assert (answer.registration_type is None) is (verdict is OUTSIDE)


@pytest.mark.parametrize(
    ("post", "verdict", "ask"),
    [
        (Post.ESTABLISHED, REGISTER, False),
        (Post.PRIVATE, REGISTER, True),
        (Post.CONTRACT, REGISTER, True),
        (Post.AWAY, REGISTER, True),
        (Post.UNKNOWN, REGISTER, True),
        (Post.PENDING, WAIT, True),
    ],
)
def test_only_papers_that_are_pending_make_a_post_wait(post: Post, verdict: Verdict, ask: bool) -> None:
    answer = judged(post=post)
    assert (answer.verdict, answer.ask) == (verdict, ask)


@pytest.mark.parametrize(
    ("probation", "passed_on", "code", "verdict"),
    [
        (Probation.RUNNING, None, "probation", WAIT),
        (Probation.PASSED, date(2026, 10, 12), "first", REGISTER),
        (Probation.PASSED, date(2026, 8, 13), "first", REGISTER),  # the sixtieth day
        (Probation.PASSED, date(2026, 8, 12), "first_late", REGISTER),
        (Probation.PASSED, date(2011, 8, 1), "first_late", REGISTER),
        (Probation.PASSED, None, "probation_unknown", REGISTER),
        (Probation.NONE, None, "never", REGISTER),
        (Probation.UNKNOWN, None, "probation_unknown", REGISTER),
    ],
)
def test_a_first_registration_follows_probation_within_sixty_days(
    probation: Probation, passed_on: date | None, code: str, verdict: Verdict
) -> None:
    answer = judged(probation=probation, passed_on=passed_on)
    assert answer.verdict is verdict
    assert code in codes(answer)
    assert (answer.period is not None) is (passed_on is not None)


def test_the_days_after_probation_are_computed() -> None:
    answer = judged(probation=Probation.PASSED, passed_on=date(2026, 9, 1))
    assert answer.period == Period(date(2026, 9, 1), date(2026, 10, 31))
    assert [str(paper) for paper in answer.papers] == ["试用期考核合格证明"]


@pytest.mark.parametrize(
    ("valid_until", "code", "verdict"),
    [
        (date(2027, 10, 14), "valid", WAIT),
        (date(2027, 10, 13), "valid_soon", WAIT),  # this year's round may be for them
        (date(2026, 12, 12), "valid_soon", WAIT),
        (date(2026, 12, 11), "due", REGISTER),  # sixty days ahead
        (date(2026, 10, 12), "due", REGISTER),
        (date(2026, 10, 11), "overdue", REGISTER),
        (None, "until_unknown", REGISTER),
    ],
)
def test_a_later_registration_falls_into_the_last_sixty_days(
    valid_until: date | None, code: str, verdict: Verdict
) -> None:
    answer = judged(history=History.VALID, valid_until=valid_until)
    assert (answer.verdict, answer.registration_type) == (verdict, RegistrationType.PERIODIC)
    assert code in codes(answer)
    assert not codes(answer) & {"never", "first", "first_late"}


def test_whose_period_ends_within_a_year_is_told_to_ask_about_this_round() -> None:
    assert judged(history=History.VALID, valid_until=date(2027, 1, 31)).ask
    assert not judged(history=History.VALID, valid_until=date(2029, 1, 31)).ask


def test_whoever_is_too_early_is_told_from_when() -> None:
    answer = judged(history=History.VALID, valid_until=date(2028, 7, 31))
    assert answer.period == Period(date(2028, 6, 1), date(2028, 7, 31))
    assert "2028-06-01" in str(answer.reasons[0].text)
    assert "第十三条" in str(answer.reasons[0].source)


@pytest.mark.parametrize(
    ("history", "verdict", "kind"),
    [
        (History.DEFERRED, REGISTER, RegistrationType.REAPPLY),
        (History.REFUSED, WAIT, None),
        (History.UNKNOWN, REGISTER, None),
    ],
)
def test_an_earlier_conclusion_has_its_own_way(
    history: History, verdict: Verdict, kind: RegistrationType | None
) -> None:
    answer = judged(history=history)
    assert (answer.verdict, answer.registration_type, answer.ask) == (verdict, kind, True)


@pytest.mark.parametrize(
    ("retires_on", "valid_until", "verdict", "code"),
    [
        (date(2026, 10, 12), None, OUTSIDE, "retired"),
        (date(2026, 10, 13), None, REGISTER, "retires"),
        (date(2026, 11, 1), date(2026, 11, 1), OUTSIDE, "retires_first"),
        (date(2026, 11, 2), date(2026, 11, 1), REGISTER, "retires"),
    ],
)
def test_a_retirement_counts_only_where_it_is_certain(
    retires_on: date, valid_until: date | None, verdict: Verdict, code: str
) -> None:
    history = History.VALID if valid_until else History.NEVER
    answer = judged(retires_on=retires_on, valid_until=valid_until, history=history)
    assert answer.verdict is verdict
    assert code in codes(answer)


def test_every_reason_is_told_at_once_and_the_deciding_ones_first() -> None:
    answer = judged(
        workplace=Workplace.PRIVATE,
        post=Post.PENDING,
        probation=Probation.RUNNING,
        history=History.VALID,
        valid_until=date(2029, 1, 1),
        stage=TeachingStage.SENIOR,
    )
    assert answer.verdict is WAIT
    assert [reason.code for reason in answer.reasons] == ["pending", "probation", "valid", "level", "private"]
    assert all(str(reason.source) for reason in answer.reasons)


def test_no_answer_at_all_known_sends_nobody_away() -> None:
    answer = judged(
        workplace=Workplace.UNKNOWN, post=Post.UNKNOWN, probation=Probation.UNKNOWN, history=History.UNKNOWN
    )
    assert (answer.verdict, answer.ask) == (REGISTER, True)


@pytest.mark.parametrize(
    ("kind", "stage", "verdict"),
    [
        (CertificateType.JUNIOR, TeachingStage.SENIOR, WAIT),
        (CertificateType.SENIOR, TeachingStage.VOCATIONAL, REGISTER),
        (CertificateType.VOCATIONAL, TeachingStage.SENIOR, REGISTER),
        (CertificateType.SENIOR, TeachingStage.PRIMARY, REGISTER),
        (CertificateType.VOCATIONAL_PRACTICE, TeachingStage.VOCATIONAL, WAIT),
        (CertificateType.HIGHER, TeachingStage.SENIOR, WAIT),
    ],
)
def test_a_certificate_below_the_post_cannot_be_registered(
    kind: CertificateType, stage: TeachingStage, verdict: Verdict
) -> None:
    answer = judged(certificates=(HeldCertificate(kind, 2010),), stage=stage)
    assert answer.verdict is verdict
    assert ("level" in codes(answer)) is (verdict is WAIT)


def services(year: int | None, *faults: Fault, kind: CertificateType = CertificateType.JUNIOR) -> list[str]:
    held = HeldCertificate(kind, year, faults=frozenset(faults))
    return [each.service.value for each in settlements(held)]


REPLACEMENT, REISSUE, ANNOTATION, CENTRAL = (kind.value for kind in CertificateService)


@pytest.mark.parametrize(
    ("fault", "year", "expected"),
    [
        (Fault.TYPE_SEX_NUMBER, 1996, [REPLACEMENT]),
        (Fault.TYPE_SEX_NUMBER, 2007, [REPLACEMENT]),
        (Fault.TYPE_SEX_NUMBER, 2008, [CENTRAL]),
        (Fault.TYPE_SEX_NUMBER, None, [REPLACEMENT, CENTRAL]),
        (Fault.OTHER_DATA, 2007, [ANNOTATION]),
        (Fault.OTHER_DATA, 2008, [CENTRAL]),
        (Fault.OTHER_DATA, None, [ANNOTATION, CENTRAL]),
        (Fault.LOST, 1999, [REISSUE]),
        (Fault.LOST, 2015, [REISSUE]),
        (Fault.DAMAGED, None, [REISSUE]),
        (Fault.REISSUED_WITHOUT_DATES, 2003, [ANNOTATION]),
    ],
)
def test_each_fault_has_its_procedure_by_the_year_of_issue(fault: Fault, year: int | None, expected: list[str]) -> None:
    assert services(year, fault) == expected


@pytest.mark.parametrize("kind", list(CertificateType))
def test_who_handles_it_follows_from_the_issuing_level(kind: CertificateType) -> None:
    by_level = {"1": COUNTY, "2": COUNTY, "3": COUNTY, "4": CITY, "5": CITY, "6": CITY, "7": PROVINCE}
    (settlement,) = settlements(HeldCertificate(kind, 2000, faults=frozenset({Fault.OTHER_DATA})))
    assert settlement.who == by_level[kind.value]
    (central,) = settlements(HeldCertificate(kind, 2008, faults=frozenset({Fault.OTHER_DATA})))
    assert central.who == CITY_CENTRAL


def test_several_faults_are_all_told_and_wrong_data_come_before_a_reissue() -> None:
    held = HeldCertificate(CertificateType.JUNIOR, 1998, faults=frozenset({Fault.LOST, Fault.OTHER_DATA}))
    annotated, reissued = settlements(held)
    assert (annotated.service, reissued.service) == (CertificateService.ANNOTATION, CertificateService.REISSUE)
    assert "补证日期" in str(reissued.mind[0])
    assert "先更正" in str(reissued.mind[1])
    assert services(1998) == []


def test_a_reissue_says_which_dates_the_remark_must_carry() -> None:
    (settlement,) = settlements(
        HeldCertificate(CertificateType.PRIMARY, 2001, faults=frozenset({Fault.REISSUED_WITHOUT_DATES}))
    )
    assert all(word in str(settlement.why) for word in ("补证日期", "签发日期", "无法注册"))


def test_a_fault_of_the_chosen_certificate_comes_before_the_form_and_one_of_another_does_not() -> None:
    faulty = HeldCertificate(CertificateType.PRIMARY, 1998, faults=frozenset({Fault.LOST}))
    assert not judged(certificates=(JUNIOR_CHINESE, faulty)).settle_first
    assert judged(certificates=(JUNIOR_CHINESE, faulty), stage=TeachingStage.PRIMARY).settle_first


@pytest.mark.parametrize(
    ("number", "year", "expected"),
    [
        ("20083200141000456", 2008, ["certificate.type_digit"]),
        ("20083200131000456", 2008, []),
        ("20083200131000456", 2009, ["certificate.issue_year"]),
        ("20013201063000123", 2001, []),  # of 2001 one cannot tell which layout it is
        ("", 2008, []),
    ],
)
def test_a_number_that_contradicts_the_answers_raises_a_doubt(number: str, year: int, expected: list[str]) -> None:
    answer = judged(certificates=(HeldCertificate(CertificateType.JUNIOR, year, number),))
    assert [problem.code for problem in answer.findings[0].doubts] == expected
    assert answer.verdict is REGISTER
