"""Moving applications: what the teacher, the school and the desk do, and all reasons at once."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import Event
from shared.models.kinds import EntryStatus, RegistrationType, Role, Stage, WindowStage
from shared.services import workflow
from shared.services.errors import NotYours
from shared.services.workflow import Wish
from tests import build
from tests.actors import codes, events, officer, operator, teacher, why_not
from tests.build import an_actor, an_application

pytestmark = pytest.mark.usefixtures("database")
SetClock = Callable[[datetime], datetime]


def test_a_refusal_names_every_reason_at_once() -> None:
    campaign = build.a_campaign(open_stages=(WindowStage.APPLY,))
    build.a_material(campaign)
    application = an_application(Stage.SUBMITTED, campaign=campaign, form_version=2)
    refused = why_not(application, "confirm", by=operator(application), wish=Wish(signed_version=1))
    assert codes(refused) == {"closed", "unchecked", "papers", "unsigned"}


def test_a_wrong_stage_is_told_in_words_with_the_present_status() -> None:
    application = an_application(Stage.CONFIRMED)
    refused = why_not(application, "submit", by=teacher(application))
    assert str(refused.problems[0].text) == "当前状态是“已确认（已受理）”，不能提交"


def test_a_foreign_application_does_not_exist() -> None:
    application = an_application(Stage.SUBMITTED)
    stranger = an_actor(Role.POINT, build.a_point())
    with pytest.raises(NotYours):
        workflow.move(application.id, "confirm", by=stranger)
    with pytest.raises(NotYours):
        workflow.move(application.id + 1000, "confirm", by=stranger)


def test_whoever_sees_an_application_but_may_not_move_it_is_told_so() -> None:
    application = an_application(Stage.SUBMITTED)
    refused = why_not(application, "confirm", by=officer(Role.CITY, application))
    assert codes(refused) == {"not_yours"}


def test_many_at_once_move_where_they_may_and_say_why_not_elsewhere() -> None:
    campaign = build.a_campaign(has_school_check=False)
    paper = build.a_material(campaign)
    ready, other_stage, unsigned = (
        an_application(stage, campaign=campaign) for stage in (Stage.SUBMITTED, Stage.CONFIRMED, Stage.SUBMITTED)
    )
    build.change(ready, signed_version=1)
    for application in (ready, unsigned):
        build.papers_received(application)
    foreign = an_application(Stage.SUBMITTED, campaign=campaign, point=build.a_point())
    ids = [ready.id, other_stage.id, unsigned.id, foreign.id]
    outcome = workflow.move_many(ids, "confirm", by=operator(ready))
    assert outcome.moved == [ready.id]
    reasons = {key: {problem.code for problem in problems} for key, problems in outcome.refused.items()}
    assert reasons == {other_stage.id: {"stage"}, unsigned.id: {"unsigned"}, foreign.id: {"not_yours"}}
    assert (ready.stage, unsigned.stage, foreign.stage) == (Stage.CONFIRMED, Stage.SUBMITTED, Stage.SUBMITTED)
    assert paper.required


def test_a_preview_says_the_same_and_does_nothing() -> None:
    campaign = build.a_campaign(has_school_check=False)
    ready, unsigned = (an_application(Stage.SUBMITTED, campaign=campaign, signed_version=n) for n in (1, 0))
    clerk = operator(ready)
    before = events()
    outcome = workflow.preview([ready.id, unsigned.id], "confirm", by=clerk)
    assert (outcome.moved, list(outcome.refused)) == ([ready.id], [unsigned.id])
    assert (ready.stage, events()) == (Stage.SUBMITTED, before)


def test_the_buttons_on_offer_are_those_of_the_stage_and_the_reader() -> None:
    application = an_application(Stage.SUBMITTED)
    offered = {move.name for move in workflow.possible(application, by=operator(application))}
    assert offered == {"return", "correct", "confirm", "change_point"}
    assert workflow.possible(application, by=an_actor(Role.POINT, build.a_point())) == []
    assert workflow.possible(an_application(Stage.WITHDRAWN), by=teacher(application)) == []


def test_submitting_makes_the_first_version_and_keeps_the_first_moment(at: SetClock) -> None:
    first = at(datetime(2026, 10, 12, 9, 0))  # noqa: DTZ001  the fixture adds the zone
    application = an_application(Stage.DRAFT, photo=True)
    me = teacher(application)
    workflow.move(application.id, "submit", by=me)
    assert (application.stage, application.form_version, application.submitted_at) == (Stage.SUBMITTED, 1, first)
    workflow.move(application.id, "return", by=operator(application), wish=Wish(reason="照片不清楚"))
    at(datetime(2026, 10, 13, 9, 0))  # noqa: DTZ001
    workflow.move(application.id, "resubmit", by=me)
    assert (application.stage, application.form_version, application.submitted_at) == (Stage.SUBMITTED, 1, first)


@pytest.mark.parametrize("missing", ["name", "certificate_number", "bureau_id", "school_id", "point_id", "mobile"])
def test_nothing_is_submitted_without_what_no_application_may_lack(missing: str) -> None:
    application = an_application(Stage.DRAFT, photo=True)
    build.change(application, **{missing: None})
    assert codes(why_not(application, "submit", by=teacher(application))) == {"incomplete"}


def test_nothing_is_submitted_without_a_photo() -> None:
    application = an_application(Stage.DRAFT)
    assert codes(why_not(application, "submit", by=teacher(application))) == {"incomplete"}


def test_amending_makes_a_new_version_and_voids_the_signature() -> None:
    application = an_application(Stage.SUBMITTED, form_version=3, signed_version=3)
    workflow.move(application.id, "amend", by=teacher(application))
    assert (application.stage, application.form_version, application.signed_version) == (Stage.SUBMITTED, 4, 0)


def test_amending_sends_a_checked_application_back_before_the_school() -> None:
    application = an_application(Stage.SCHOOL_CHECKED)
    workflow.move(application.id, "amend", by=teacher(application))
    assert (application.stage, application.form_version) == (Stage.SUBMITTED, 2)


def test_returning_needs_a_reason_that_the_applicant_will_see() -> None:
    application = an_application(Stage.SUBMITTED, signed_version=1)
    clerk = operator(application)
    assert codes(why_not(application, "return", by=clerk, wish=Wish(reason="  "))) == {"reason"}
    workflow.move(application.id, "return", by=clerk, wish=Wish(reason="合同缺少盖章"))
    assert (application.stage, application.signed_version) == (Stage.RETURNED, 0)
    kept = session.scalars(select(Event).where(Event.application_id == application.id)).one()
    assert (kept.move, kept.reason, kept.actor_name) == ("return", "合同缺少盖章", clerk.name)


def test_the_point_changes_only_to_an_active_one_that_serves_the_school() -> None:
    school = build.a_school()
    application = an_application(Stage.SUBMITTED, point=build.a_point(serving=[school]), school=school)
    stranger, serving = build.a_point(), build.a_point(serving=[school])
    retired = build.a_point(serving=[school], status=EntryStatus.RETIRED)
    me = teacher(application)
    for wrong in (stranger.id, retired.id, None):
        assert codes(why_not(application, "change_point", by=me, wish=Wish(point_id=wrong))) == {"point"}
    workflow.move(application.id, "change_point", by=me, wish=Wish(point_id=serving.id))
    assert (application.point_id, application.form_version, application.stage) == (serving.id, 2, Stage.SUBMITTED)


def test_a_draft_keeps_version_zero_when_its_point_changes() -> None:
    application = an_application(Stage.DRAFT)
    other = build.a_point(serving=[application.school])
    workflow.move(application.id, "change_point", by=teacher(application), wish=Wish(point_id=other.id))
    assert (application.point_id, application.form_version) == (other.id, 0)


def test_somebody_returned_may_mend_the_form_while_only_the_schools_window_is_open() -> None:
    campaign = build.a_campaign(open_stages=(WindowStage.SCHOOL_CHECK,))
    returned = an_application(Stage.RETURNED, campaign=campaign, photo=True)
    workflow.move(returned.id, "resubmit", by=teacher(returned))
    assert returned.stage is Stage.SUBMITTED
    late = an_application(Stage.DRAFT, campaign=campaign, photo=True)
    assert codes(why_not(late, "submit", by=teacher(late))) == {"closed"}


def test_a_closed_window_is_told_with_the_next_opening(at: SetClock) -> None:
    campaign = build.a_campaign(open_stages=())
    hours = {"opens_at": time(8, 30), "closes_at": time(21, 0), "workdays_only": True}
    build.a_window(campaign, WindowStage.APPLY, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 16), **hours)
    application = an_application(Stage.DRAFT, campaign=campaign, photo=True)
    me = teacher(application)
    at(datetime(2026, 10, 12, 21, 0))  # noqa: DTZ001
    refused = why_not(application, "submit", by=me)
    assert [str(problem.text) for problem in refused.problems] == [
        "教师网上申报现在未开放，下次开放时间：2026-10-13 08:30"
    ]
    at(datetime(2026, 10, 16, 21, 0))  # noqa: DTZ001
    assert "已经截止" in str(why_not(application, "submit", by=me))
    at(datetime(2026, 10, 16, 20, 59, 59))  # noqa: DTZ001
    workflow.move(application.id, "submit", by=me)
    assert application.stage is Stage.SUBMITTED


def test_a_page_that_is_no_longer_current_is_refused_in_words() -> None:
    application = an_application(Stage.SUBMITTED)
    seen = application.version
    workflow.move(application.id, "amend", by=teacher(application))
    refused = why_not(application, "withdraw", by=teacher(application), version=seen)
    assert str(refused.problems[0].text) == "打开页面后申请已被他人更改，请刷新页面后再操作"
    workflow.move(application.id, "withdraw", by=teacher(application), version=application.version)
    assert application.stage is Stage.WITHDRAWN


def test_the_school_passes_nobody_without_a_conclusion_on_ethics() -> None:
    application = an_application(Stage.SUBMITTED, ethics=None)
    checker = an_actor(Role.SCHOOL, application.school)
    assert codes(why_not(application, "school_pass", by=checker)) == {"no_ethics"}


def test_confirm_refuses_a_form_signed_before_the_last_change() -> None:
    application = an_application(Stage.SCHOOL_CHECKED, form_version=2, signed_version=1)
    clerk = operator(application)
    for wish in (Wish(), Wish(signed_version=1), Wish(signed_version=3)):
        assert codes(why_not(application, "confirm", by=clerk, wish=wish)) == {"unsigned"}
    workflow.move(application.id, "confirm", by=clerk, wish=Wish(signed_version=2))
    assert (application.stage, application.signed_version) == (Stage.CONFIRMED, 2)


def test_only_required_papers_of_the_own_registration_type_hold_a_confirmation_up() -> None:
    campaign = build.a_campaign(has_school_check=False)
    build.a_material(campaign, required=False)
    build.a_material(campaign, registration_type=RegistrationType.PERIODIC)
    application = an_application(Stage.SUBMITTED, campaign=campaign, signed_version=1)
    clerk = operator(application)
    build.a_material(campaign, registration_type=RegistrationType.FIRST)
    assert codes(why_not(application, "confirm", by=clerk)) == {"papers"}
    build.papers_received(application)
    workflow.move(application.id, "confirm", by=clerk)
    assert application.stage is Stage.CONFIRMED


def test_a_correction_at_the_desk_must_be_signed_again() -> None:
    application = an_application(Stage.SCHOOL_CHECKED, signed_version=1)
    clerk = operator(application)
    workflow.move(application.id, "correct", by=clerk)
    assert (application.stage, application.form_version, application.signed_version) == (Stage.SCHOOL_CHECKED, 2, 0)
    assert codes(why_not(application, "confirm", by=clerk)) == {"unsigned"}


def test_an_undone_confirmation_goes_back_and_voids_the_signature() -> None:
    application = an_application(Stage.CONFIRMED)
    clerk = operator(application)
    assert codes(why_not(application, "undo_confirm", by=clerk)) == {"reason"}
    workflow.move(application.id, "undo_confirm", by=clerk, wish=Wish(reason="材料有误"))
    assert (application.stage, application.signed_version) == (Stage.SUBMITTED, 0)


def test_without_school_check_in_the_chain_a_submitted_form_may_be_confirmed() -> None:
    with_check, without = build.a_campaign(), build.a_campaign(has_school_check=False)
    held, free = (an_application(Stage.SUBMITTED, campaign=c, signed_version=1) for c in (with_check, without))
    assert codes(why_not(held, "confirm", by=operator(held))) == {"unchecked"}
    workflow.move(free.id, "confirm", by=operator(free))
    assert free.stage is Stage.CONFIRMED


def test_papers_that_somebody_else_handed_in_do_not_count() -> None:
    build.a_campaign()
    build.a_material()
    punctual, forgetful = an_application(Stage.SCHOOL_CHECKED), an_application(Stage.SCHOOL_CHECKED)
    build.papers_received(punctual)
    for application in (punctual, forgetful):
        build.change(application, signed_version=1)
    assert codes(why_not(forgetful, "confirm", by=operator(forgetful))) == {"papers"}
    workflow.move(punctual.id, "confirm", by=operator(punctual))
