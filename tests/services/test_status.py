"""What the status page is told by the tables: reminders, the way, requests, and the next registration."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Certificate, CertificateRequest, ReasonCode, Receipt, StaffRequest
from shared.models.kinds import (
    CertificateService,
    Conclusion,
    EthicsGrade,
    Origin,
    RegistrationType,
    RequestKind,
    RequestState,
    Role,
    Sex,
    Stage,
    WindowStage,
)
from shared.rules.rights import Actor
from shared.services import applications, campaigns, points, status, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database

S, C = Stage, Conclusion


@pytest.fixture(autouse=True)
def _database(database: Database) -> None:
    pass


def told(application: Application) -> str:
    return " / ".join(str(reminder.text) for reminder in status.reminders_for(application))


def me(application: Application) -> Actor:
    return build.an_actor(Role.TEACHER, application.person)


# --- reminders -----------------------------------------------------------------------------------------------------


def test_a_certificate_that_the_registry_knows_is_locked_and_the_bureau_is_named() -> None:
    application = build.an_application(S.SUBMITTED)
    build.change(application.bureau, phone="025-83300000")
    assert "国家库" not in told(application)
    known = Certificate(
        number=application.certificate_number,
        id_number=application.person.id_number,
        name="王晓燕",
        sex=Sex.FEMALE,
        qualification_type_code="3",
        subject_code="110",
        authority_id=application.authority_id,
        issued_on=date(2010, 7, 1),
    )
    build.add(known)
    assert f"证书信息取自国家库，不能修改；如有误，请联系{application.bureau.name}（电话025-83300000）" in told(
        application
    )


def test_somebody_whose_certificate_is_being_reissued_must_enter_both_dates() -> None:
    application = build.an_application(S.DRAFT)
    asked = CertificateRequest(
        person_id=application.person_id,
        bureau_id=application.bureau_id,
        service=CertificateService.REISSUE,
        certificate_number="x",
        account="遗失",
        raised_at=clock.now(),
    )
    assert "补证日期" not in told(application)
    build.add(asked)
    levels = {str(r.text)[:5]: r.level.value for r in status.reminders_for(application)}
    assert levels["补发的证书"] == "alert"
    build.change(application, certificate_reissued_on=date(2020, 1, 1))
    levels = {str(r.text)[:5]: r.level.value for r in status.reminders_for(application)}
    assert levels["补发的证书"] == "warn"


def test_the_receipt_in_force_is_named_and_not_a_voided_one() -> None:
    application = build.an_application(S.CONFIRMED)
    clerk = build.staff(Role.POINT, application.point)
    common = {
        "application_id": application.id,
        "point_id": application.point_id,
        "year": 2026,
        "form_version": 1,
        "issued_at": clock.now(),
        "issued_by_id": clerk.id,
    }
    void = {"voided_at": clock.now(), "voided_by_id": clerk.id}
    build.add(Receipt(number="2026-P1-1", serial=1, **void, **common), Receipt(number="2026-P1-2", serial=2, **common))
    assert "受理号2026-P1-2；" in told(application)


def test_a_conclusion_names_the_condition_and_its_own_reason_not_a_later_one() -> None:
    build.add(ReasonCode(code="D1", name="未完成规定的培训学时或者学分", conclusion=C.DEFERRED))
    application = build.an_application(
        S.PRELIMINARY, conclusion=C.DEFERRED, reason_code="D1", reason="少40学时。", decided_on=date(2026, 11, 1)
    )
    build.a_publicity(application.campaign, application.bureau, date(2026, 10, 1), date(2026, 10, 8))
    assert "公示期" not in told(application)
    build.a_publicity(application.campaign, application.bureau, date(2026, 11, 5), date(2026, 11, 11))
    assert "公示期：2026年11月5日至2026年11月11日" in told(application)
    assert "培训学时或者学分；少40学时" in told(application)
    city = build.an_actor(Role.CITY, application.bureau.parent)
    workflow.move(application.id, "send_back_review", by=city, wish=Wish(reason="请再核"))
    session.refresh(application)
    assert application.stage is S.CONFIRMED
    assert "公示期" not in told(application)


def test_in_the_evening_a_draft_is_told_when_it_can_be_handed_in(at) -> None:  # type: ignore[no-untyped-def]
    campaign = build.a_campaign(open_stages=())
    hours = {"opens_at": time(8, 30), "closes_at": time(21, 0)}
    build.a_window(campaign, WindowStage.APPLY, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 13), **hours)
    build.a_window(
        campaign, WindowStage.SCHOOL_CHECK, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 15), **hours
    )
    draft = build.an_application(S.DRAFT, campaign=campaign)
    returned = build.an_application(S.RETURNED, campaign=campaign)
    at(datetime(2026, 10, 12, 21, 30))  # noqa: DTZ001  as the wall clock shows it
    assert "下次开放时间：2026年10月13日08:30" in told(draft)
    at(datetime(2026, 10, 14, 12, 0))  # noqa: DTZ001
    assert "本批次网上申报已经截止" in told(draft)
    assert "请于2026年10月15日21:00前修改" in told(returned)
    at(datetime(2026, 10, 15, 21, 0))  # noqa: DTZ001
    assert "修改时间已经截止" in told(returned)


# --- the way, requests ---------------------------------------------------------------------------------------------


def test_the_way_follows_the_campaigns_chain_and_the_moves_that_were_made() -> None:
    campaign = build.a_campaign(has_city_review=False, has_school_check=False)
    application = build.an_application(S.DRAFT, campaign=campaign, photo=True)
    applications.submit(application.id, by=me(application), version=application.version)
    session.refresh(application)
    events = status.timeline(application.id, by=me(application))
    way = status.way_of(application, events)
    assert [str(each.label) for each in way] == ["开始填写", "已提交", "现场确认", "区县初审", "省级终审"]
    assert way[2].planned == (date(2000, 1, 1), date(2099, 12, 31))
    build.change(application, origin=Origin.IMPORT_UNAPPLIED)
    assert str(status.way_of(application, [])[0].label) == "已提交"


def test_requests_are_shown_to_whoever_raised_them_with_state_and_answer() -> None:
    mine, other = build.an_application(), build.an_application()
    common = {"bureau_id": mine.bureau_id, "raised_at": clock.now(), "raised_by": "王晓燕"}
    answered = {"state": RequestState.APPROVED, "answer": "已增加"}
    build.add(
        StaffRequest(kind=RequestKind.ADD_SCHOOL, text="某某小学", application_id=mine.id, **answered, **common),
        StaffRequest(kind=RequestKind.ADD_SCHOOL, text="别人的", application_id=other.id, **common),
        StaffRequest(kind=RequestKind.DUPLICATE_CERTIFICATE, text="别人的报名号", application_id=mine.id, **common),
    )
    found = status.requests(mine.id, by=me(mine))
    assert [(row.text, row.state, row.answer) for row in found] == [("某某小学", RequestState.APPROVED, "已增加")]
    assert status.requests(other.id, by=me(mine)) == []


# --- the next registration -----------------------------------------------------------------------------------------


def batch() -> campaigns.Round:
    found = campaigns.current()
    assert found
    return found


def over(stage: Stage = S.CONCLUDED, **fields: object) -> Application:
    """An application of a campaign whose windows are all over."""
    old = build.a_campaign(open_stages=(), year=2021)
    day = date(2021, 10, 12)
    hours = {"opens_at": time(8, 30), "closes_at": time(21, 0), "opens_on": day, "closes_on": day}
    for window in WindowStage:
        build.a_window(old, window, **hours)
    return build.an_application(stage, campaign=old, **fields)


def test_the_next_window_opens_sixty_days_before_the_registration_ends() -> None:
    application = build.an_application(S.CONCLUDED, valid_until=date(2031, 11, 30))
    assert status.next_window(application) == date(2031, 10, 1)
    assert status.next_window(build.an_application(S.DRAFT)) is None


@pytest.mark.parametrize("stage", Stage)
def test_who_may_begin_in_a_later_campaign(stage: Stage) -> None:
    last = over(stage)
    assert not status.may_start(last, None)
    build.a_campaign()
    under_review = stage in (S.CONFIRMED, S.PRELIMINARY, S.REVIEWED)
    assert status.may_start(last, batch()) is not under_review


def test_in_the_same_campaign_only_whoever_gave_up_may_begin_again() -> None:
    campaign = build.a_campaign()
    for stage in Stage:
        application = build.an_application(stage, campaign=campaign)
        assert status.may_start(application, batch()) is (stage in (S.WITHDRAWN, S.REVOKED)), stage
    assert status.may_start(None, batch())


def test_a_draft_of_a_campaign_that_still_takes_papers_is_not_left_behind() -> None:
    build.a_campaign()
    build.an_application(S.DRAFT)
    later = build.a_campaign()
    build.change(later.windows[0], opens_on=date(2001, 1, 1))
    draft = session.scalars(select(Application)).one()
    assert batch().id == later.id
    assert not status.may_start(draft, batch())


@pytest.mark.parametrize(
    ("conclusion", "kind"),
    [
        (C.REGISTERED, RegistrationType.PERIODIC),
        (C.DEFERRED, RegistrationType.REAPPLY),
        (C.REFUSED, RegistrationType.FIRST),
    ],
)
def test_a_new_application_copies_what_was_entered_and_not_what_was_attested(
    conclusion: Conclusion, kind: RegistrationType
) -> None:
    last = over(conclusion=conclusion, photo=True, major="数学", ethics=EthicsGrade.EXCELLENT)
    build.a_campaign()
    applications.start(by=me(last))
    new, old = status.history(by=me(last))
    assert old.id == last.id
    assert (new.stage, new.registration_type, new.form_version) == (S.DRAFT, kind, 0)
    assert (new.major, new.school_id, new.certificate_number) == ("数学", last.school_id, last.certificate_number)
    assert (new.ethics, new.probation_passed_on, new.photo, new.valid_until) == (None, None, None, None)
    assert applications.agreed(new.id, by=me(last)) == set()


def test_an_earlier_application_is_found_by_its_number_and_a_foreign_one_is_not() -> None:
    last, foreign = over(), over()
    build.a_campaign()
    applications.start(by=me(last))
    assert status.own(last.registration_number, by=me(last)) is last
    assert status.own("", by=me(last)) is not last
    assert status.own(foreign.registration_number, by=me(last)) is None


# --- another confirmation point ------------------------------------------------------------------------------------


def test_another_point_makes_a_new_version_of_the_form() -> None:
    school = build.a_school()
    here, there = build.a_point(serving=[school]), build.a_point(serving=[school])
    application = build.an_application(S.SUBMITTED, point=here, printed_version=1, signed_version=1)
    assert [point.id for point in points.offered(application.id, by=me(application))] == [here.id, there.id]
    points.change(application.id, there.id, by=me(application), version=application.version)
    session.refresh(application)
    assert (application.point_id, application.form_version, application.signed_version) == (there.id, 2, 0)
    assert "此前打印的作废" in told(application)


def test_a_point_that_does_not_serve_the_school_or_is_the_present_one_is_refused() -> None:
    application, elsewhere = build.an_application(S.SUBMITTED), build.a_point()
    by, version = me(application), application.version
    with pytest.raises(Refused, match="不服务该校"):
        points.change(application.id, elsewhere.id, by=by, version=version)
    with pytest.raises(Refused, match="没有更改"):
        points.change(application.id, application.point_id, by=by, version=version)
    with pytest.raises(NotYours):
        points.change(application.id, elsewhere.id, by=build.an_actor(Role.TEACHER), version=version)
    session.refresh(application)
    assert (application.version, application.form_version) == (version, 1)


@pytest.mark.parametrize("stage", [S.CONFIRMED, S.PRELIMINARY, S.CONCLUDED, S.WITHDRAWN])
def test_after_the_confirmation_the_point_stays(stage: Stage) -> None:
    school = build.a_school()
    here, there = build.a_point(serving=[school]), build.a_point(serving=[school])
    application = build.an_application(stage, point=here)
    with pytest.raises(Refused, match="不能更换确认点"):
        points.change(application.id, there.id, by=me(application), version=application.version)


def test_today_is_early_until_the_window_opens() -> None:
    application = build.an_application(S.CONCLUDED, valid_until=clock.today() + timedelta(days=60))
    assert status.next_window(application) == clock.today()
