"""The school's sheet: kept whole or not at all, against the version that was seen, and told in the history."""

from datetime import date

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import Application, AuditEntry, TeachingBreak
from shared.models.kinds import AssessmentGrade, EthicsGrade, RegistrationType, Role, Stage, WindowStage
from shared.rules.attestation import BreakLine, Sheet, YearLine
from shared.rules.rights import Actor
from shared.services import access, attesting
from shared.services.errors import NotYours, Refused
from tests import build
from tests.actors import codes

pytestmark = pytest.mark.usefixtures("database")
LEAVE = BreakLine(None, date(2024, 3, 1), date(2024, 7, 31), approved=True, reason="产假")


@pytest.fixture
def application() -> Application:
    return build.an_application(Stage.SUBMITTED, registration_type=RegistrationType.PERIODIC, ethics=None)


@pytest.fixture
def officer(application: Application) -> Actor:
    return build.an_actor(Role.SCHOOL, application.school)


def years(application: Application, hours: int = 72) -> list[YearLine]:
    return [
        YearLine(line.year, AssessmentGrade.QUALIFIED, EthicsGrade.QUALIFIED, hours)
        for line in attesting.sheet_of(application).years
    ]


def saved(application: Application, sheet: Sheet, by: Actor, **more: str) -> Application:
    return attesting.save(application.id, sheet, by=by, version=application.version, **more)


def test_the_five_years_are_kept_together_and_one_line_can_go(application: Application, officer: Actor) -> None:
    this = application.campaign.year
    saved(application, Sheet(EthicsGrade.EXCELLENT, None, years(application), [LEAVE, BreakLine()]), officer)
    assert [(row.year, row.training_hours) for row in application.years] == [(this - 5 + n, 72) for n in range(5)]
    assert [(row.reason, row.approved) for row in application.breaks] == [("产假", True)]
    sheet = attesting.sheet_of(application)
    gone = Sheet(sheet.ethics, None, [YearLine(this - 5), *sheet.years[1:]], [BreakLine(sheet.breaks[0].key)])
    saved(application, gone, officer)
    assert [row.year for row in application.years] == [this - 4 + n for n in range(4)]
    assert session.scalars(select(TeachingBreak)).all() == []


def test_every_change_is_a_version_with_its_line_in_the_history(application: Application, officer: Actor) -> None:
    first = application.version
    saved(application, Sheet(EthicsGrade.QUALIFIED, None, years(application), [LEAVE]), officer)
    second = application.version
    assert second > first
    saved(
        application,
        Sheet(EthicsGrade.QUALIFIED, None, years(application, 80), attesting.sheet_of(application).breaks),
        officer,
    )
    assert application.version > second
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.table_name == "applications", AuditEntry.row_id == application.id)
    ).all()
    told = [entry.changes["years"] for entry in entries if "years" in entry.changes]
    assert "合格，72学时" in str(told[-1][0])
    assert "合格，80学时" in str(told[-1][1])
    third = application.version
    saved(application, attesting.sheet_of(application), officer)
    assert application.version == third, "nothing changed"


def test_whoever_saves_an_old_version_is_told_and_nothing_is_kept(application: Application, officer: Actor) -> None:
    seen = application.version
    saved(application, Sheet(EthicsGrade.QUALIFIED, None, years(application)), officer)
    with pytest.raises(Refused) as refused:
        attesting.save(application.id, Sheet(EthicsGrade.BASIC), by=officer, version=seen)
    assert refused.value.stale
    assert application.ethics is EthicsGrade.QUALIFIED
    assert len(application.years) == 5


def test_saved_and_passed_is_one_step(application: Application, officer: Actor) -> None:
    saved(application, Sheet(EthicsGrade.QUALIFIED, None, years(application)), officer, then="school_pass")
    assert application.stage is Stage.SCHOOL_CHECKED
    assert application.ethics is EthicsGrade.QUALIFIED


def test_what_cannot_be_passed_is_not_saved_either() -> None:
    campaign = build.a_campaign(open_stages=(WindowStage.APPLY,))
    application = build.an_application(Stage.SUBMITTED, campaign=campaign, ethics=None)
    officer = build.an_actor(Role.SCHOOL, application.school)
    with pytest.raises(Refused):
        saved(application, Sheet(EthicsGrade.QUALIFIED), officer, then="school_pass")
    session.expire_all()
    assert (application.stage, application.ethics) == (Stage.SUBMITTED, None)


def test_it_goes_back_to_the_teacher_with_a_reason_and_without_ethics(application: Application, officer: Actor) -> None:
    with pytest.raises(Refused) as refused:
        saved(application, Sheet(), officer, then="return")
    assert codes(refused.value) == {"reason"}
    saved(application, Sheet(), officer, then="return", reason="学历与档案不符")
    assert application.stage is Stage.RETURNED


def test_a_fault_in_one_cell_keeps_everything_back(application: Application, officer: Actor) -> None:
    wrong = [*years(application)[:4], YearLine(application.campaign.year - 1, training_hours=10)]
    with pytest.raises(Refused) as refused:
        saved(application, Sheet(EthicsGrade.QUALIFIED, None, wrong), officer)
    assert [problem.field for problem in refused.value.problems] == ["years-4-assessment"]
    session.expire_all()
    assert (application.years, application.ethics) == ([], None)


def test_only_the_years_of_the_cycle_are_made_and_no_others_breaks_are_touched(
    application: Application, officer: Actor
) -> None:
    other = build.an_application(Stage.SUBMITTED, school=application.school)
    gap = build.add(
        TeachingBreak(application_id=other.id, begins_on=date(2024, 1, 1), ends_on=date(2024, 2, 1), reason="病假")
    )
    sheet = Sheet(EthicsGrade.QUALIFIED, None, [YearLine(1999, AssessmentGrade.QUALIFIED)], [BreakLine(gap.id)])
    saved(application, sheet, officer)
    assert (application.years, application.breaks) == ([], [])
    assert session.get(TeachingBreak, gap.id) is not None


def test_a_first_registration_has_no_years() -> None:
    first = build.an_application(Stage.SUBMITTED, registration_type=RegistrationType.FIRST)
    assert attesting.sheet_of(first).years == []


def test_nobody_fills_in_the_own_sheet_nor_after_the_papers_were_accepted(application: Application) -> None:
    me = access.actor_of_staff(build.staff(Role.SCHOOL, application.school, id_number=application.person.id_number))
    accepted = build.an_application(Stage.CONFIRMED, school=application.school)
    for row, code in ((application, "own"), (accepted, "stage")):
        with pytest.raises(Refused) as refused:
            saved(row, Sheet(EthicsGrade.EXCELLENT), me)
        assert codes(refused.value) == {code}
    stranger = build.an_actor(Role.SCHOOL, build.a_school(bureau=application.bureau))
    with pytest.raises(NotYours):
        saved(application, Sheet(EthicsGrade.EXCELLENT), stranger)
