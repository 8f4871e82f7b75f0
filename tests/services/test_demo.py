"""The demo obeys the rules that real applications obey, and is the same however often it is made."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import (
    Application,
    Campaign,
    Event,
    Person,
    PointSchool,
    Receipt,
    School,
    Staff,
)
from shared.models.kinds import Conclusion, EntryStatus, Role, Stage, WindowStage
from shared.rules import certificate, fields, form, identity
from shared.rules.fields import FIELDS, Input
from shared.rules.states import MOVES
from shared.services import access, accounts, answers, photos, windows, workflow
from shared.services.demo import demo, synthetic

BY = access.system("demo")
TEACHERS = 60


@pytest.fixture
def made(database):
    return demo(TEACHERS, by=BY)


def applications():
    return session.scalars(select(Application).order_by(Application.id)).all()


def test_a_second_run_adds_nothing_and_a_larger_one_only_the_rest(made):
    assert demo(TEACHERS, by=BY).added == {}
    assert demo(TEACHERS + 5, by=BY).added["people"] == 5
    assert session.scalar(select(func.count(Person.id))) == TEACHERS + 5


def test_the_city_has_its_bureaus_and_every_school_a_confirmation_point(made):
    assert (made.added["bureaus"], made.added["schools"], made.added["confirmation_points"]) == (14, 60, 20)
    assert set(session.scalars(select(PointSchool.school_id))) == set(
        session.scalars(select(School.id).where(School.status == EntryStatus.ACTIVE))
    )


def test_every_stage_and_every_conclusion_is_there(made):
    found = {(one.stage, one.conclusion) for one in applications()}
    assert {stage for stage, _conclusion in found} == set(Stage)
    assert {conclusion for stage, conclusion in found if stage is Stage.CONCLUDED} == set(Conclusion) - {
        Conclusion.NONE
    }


def test_everybody_has_a_valid_number_and_a_certificate_that_fits_it(made):
    for one in applications():
        person = one.person
        assert identity.problems_with(person.id_kind, person.id_number, today=clock.today()) == []
        assert identity.born(person.id_kind, person.id_number) == one.birth_date
        assert identity.sex(person.id_kind, person.id_number) is one.sex
        assert certificate.problems_with(one.certificate_number) == []
        parts = certificate.decode(one.certificate_number, id_number=person.id_number)
        assert parts.year == one.certificate_issued_on.year
        assert parts.type_code == one.qualification_type_code
        assert certificate.may_teach(one.qualification_type_code, one.teaching_stage)


def test_every_required_field_of_the_form_is_filled(made):
    for one in applications():
        empty = [f.name for f in FIELDS if f.required and f.input is not Input.PHOTO and not fields.shown(f, one)]
        assert empty == []
        assert one.photo is not None


def test_the_rules_of_the_form_find_nothing_wrong(made):
    for one in applications():
        given = answers.of_application(one)
        assert form.problems_with(given, None, today=clock.today(), facts=answers.facts_for(given, one)) == []


def test_the_history_of_each_application_leads_by_known_moves_to_where_it_stands(made):
    for one in applications():
        stage, conclusion = Stage.DRAFT, Conclusion.NONE
        events = session.scalars(select(Event).where(Event.application_id == one.id).order_by(Event.id)).all()
        for event in events:
            assert (event.from_stage, event.from_conclusion) == (stage, conclusion)
            assert MOVES[event.move].paths[stage] is event.to_stage
            stage, conclusion = event.to_stage, event.to_conclusion
        assert (one.stage, one.conclusion) == (stage, conclusion)
        assert [event.at for event in events] == sorted(event.at for event in events)


def test_who_made_a_move_had_the_right_to(made):
    for event in session.scalars(select(Event).where(Event.actor_role != Role.TEACHER)):
        actor = access.actor_of_staff(session.get_one(Staff, event.actor_id))
        right = MOVES[event.move].permission
        assert access.may(Application, event.application_id, by=actor, to=right), event.move


def test_whoever_was_confirmed_has_a_receipt_of_the_form_as_it_was_signed(made):
    confirmed = {
        one.id: one.signed_version
        for one in applications()
        if one.stage in (Stage.CONFIRMED, Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED, Stage.REVOKED)
    }
    assert {row.application_id: row.form_version for row in session.scalars(select(Receipt))} == confirmed


def test_every_log_in_that_is_named_works(made):
    assert {login.username for login in made.staff} >= {role.value for role in Role if role is not Role.TEACHER}
    for login in made.staff:
        assert accounts.log_in_staff(login.username, made.password, address="192.0.2.1").must_change_password is False
    assert (
        accounts.log_in_teacher(made.teachers[0].username, made.password, address="192.0.2.1").actor.role
        is Role.TEACHER
    )


def test_an_application_can_walk_the_whole_chain_on_one_day(made):
    def actor(username):
        return access.actor_of_staff(session.scalars(select(Staff).where(Staff.username == username)).one())

    key = next(one.id for one in applications() if one.stage is Stage.CONFIRMED and one.bureau.code == "320106")
    registered = workflow.Wish(conclusion=Conclusion.REGISTERED)
    workflow.move(key, "preliminary", by=actor("district"), wish=registered)
    workflow.move(key, "agree", by=actor("city"))
    workflow.move(key, "final", by=actor("province"), wish=registered)
    assert session.get_one(Application, key).stage is Stage.CONCLUDED


def test_the_campaign_is_open_also_when_the_demo_is_made_again_much_later(made, at):
    campaign = session.scalars(select(Campaign)).one().id
    assert all(not windows.closed(campaign, [stage]) for stage in WindowStage)
    at(datetime(clock.today().year + 1, 6, 1, 12, tzinfo=UTC))
    assert windows.closed(campaign, [WindowStage.APPLY])
    demo(0, by=BY)
    assert all(not windows.closed(campaign, [stage]) for stage in WindowStage)


def test_the_plain_log_ins_of_school_and_point_meet_applications_at_every_stage_after_the_draft(made):
    for username in ("school", "point"):
        actor = access.actor_of_staff(session.scalars(select(Staff).where(Staff.username == username)).one())
        seen = {one.stage for one in session.scalars(access.query(Application, by=actor))}
        assert seen == set(Stage) - {Stage.DRAFT}


def test_rare_characters_are_among_the_names(database):
    names = "".join(synthetic.someone(index).name for index in range(500))
    assert "䶮" in names
    assert "㼆" in names


def test_no_two_invented_people_have_the_same_number():
    assert len({synthetic.someone(index).id_number for index in range(20_000)}) == 20_000


def test_the_photo_is_one_that_an_upload_could_have_made(made):
    one = applications()[1]
    actor = access.actor_of_person(one.person)
    assert photos.get(one.id, by=actor, size="small")[:2] == b"\xff\xd8"
