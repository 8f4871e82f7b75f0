"""“添加” answered by staff: new, the same as one that is there, refused, or passed up; the applicant is told."""

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Alias, Application, Bureau, Institution, Mail, School, StaffRequest
from shared.models.kinds import EntryStatus, RequestKind, RequestState, Role, Stage
from shared.rules.rights import Actor
from shared.services import requests
from shared.services.errors import NotYours, Refused
from tests import build
from tests.actors import codes
from tests.build import an_actor
from tests.conftest import Database


@pytest.fixture
def keeper(database: Database) -> Actor:
    """A superuser of the province."""
    return an_actor(Role.SUPERUSER, build.a_nanjing().province)


def district() -> Bureau:
    return session.scalars(select(Bureau).where(Bureau.name == "南京市鼓楼区教育局")).one()


def an_asked_school(name: str = "火星实验学校") -> StaffRequest:
    """A school that a teacher added, and the request about it."""
    school = build.a_school(name, bureau=district(), status=EntryStatus.PENDING)
    application = build.an_application(Stage.SUBMITTED, school=school, point=build.a_point(serving=[school]))
    return build.add(
        StaffRequest(
            kind=RequestKind.ADD_SCHOOL,
            bureau_id=school.bureau_id,
            text=name,
            entry_code=school.code,
            application_id=application.id,
            raised_at=clock.now(),
            raised_by=application.name,
        )
    )


def mails() -> list[Mail]:
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def test_an_accepted_school_is_offered_and_its_asker_is_told(keeper: Actor) -> None:
    request = an_asked_school()
    requests.accept(request.id, {"name": "南京市火星实验学校"}, by=keeper, version=request.version)
    school = session.scalars(select(School).where(School.code == request.entry_code)).one()
    assert (school.name, school.status) == ("南京市火星实验学校", EntryStatus.ACTIVE)
    assert session.scalars(select(Alias.name)).all() == ["火星实验学校"], "what the teacher wrote is still found"
    assert (request.state, request.decided_by_id) == (RequestState.APPROVED, keeper.id)
    assert request.decided_at is not None
    (mail,) = mails()
    assert "已处理" in mail.subject
    assert "南京市火星实验学校" in mail.body


def test_it_is_one_that_is_there(keeper: Actor) -> None:
    there = build.a_school("火星学校", bureau=district())
    request = an_asked_school()
    entry = requests.entry_of(request)
    assert [row.id for row in requests.look_alikes(entry, by=keeper)] == [there.id]
    requests.same_as(request.id, there.id, by=keeper, version=request.version)
    assert session.get_one(Application, request.application_id).school_id == there.id
    answered = session.get_one(StaffRequest, request.id)
    assert answered.state is RequestState.APPROVED
    assert "火星学校" in answered.answer
    assert len(mails()) == 1


def test_a_merge_elsewhere_answers_the_request_too(keeper: Actor) -> None:
    there = build.a_school("火星学校", bureau=district())
    request = an_asked_school()
    entry = requests.entry_of(request)
    versions = {entry.id: entry.version, there.id: there.version}
    requests.merge(School, [entry.id], there.id, by=keeper, versions=versions)
    assert session.get_one(StaffRequest, request.id).state is RequestState.APPROVED


def test_a_refusal_needs_a_sentence_and_reaches_all_who_name_the_row(keeper: Actor) -> None:
    request = an_asked_school()
    school = requests.entry_of(request)
    build.an_application(Stage.SUBMITTED, school=school)
    build.an_application(Stage.WITHDRAWN, school=school)
    with pytest.raises(Refused) as refused:
        requests.refuse(request.id, "  ", by=keeper, version=request.version)
    assert codes(refused.value) == {"answer"}
    requests.refuse(request.id, "请填写全称", by=keeper, version=request.version)
    assert session.get_one(School, school.id).status is EntryStatus.RETIRED
    assert session.get_one(StaffRequest, request.id).state is RequestState.REFUSED
    assert len(mails()) == 2, "who asked, and the other one at work; not the one who gave up"
    assert all("请填写全称" in mail.body for mail in mails())


def test_a_name_that_is_there_is_not_accepted_twice(keeper: Actor) -> None:
    build.a_school("火星实验学校", bureau=district())
    request = an_asked_school()
    with pytest.raises(Refused) as refused:
        requests.accept(request.id, {}, by=keeper, version=request.version)
    assert codes(refused.value) == {"twin"}
    assert session.get_one(StaffRequest, request.id).state is RequestState.OPEN


def test_the_queue_begins_with_the_oldest_and_goes_round(keeper: Actor) -> None:
    first, second = an_asked_school("甲校"), an_asked_school("乙校")
    assert requests.count(by=keeper) == 2
    assert requests.next_one(by=keeper) == first
    assert requests.next_one(first.id, by=keeper) == second
    assert requests.next_one(second.id, by=keeper) == first
    requests.refuse(first.id, "重复", by=keeper, version=first.version)
    assert requests.next_one(by=keeper) == second


def test_two_people_do_not_answer_the_same_request(keeper: Actor) -> None:
    request = an_asked_school()
    seen = request.version
    requests.refuse(request.id, "重复", by=keeper, version=seen)
    for late in (seen, session.get_one(StaffRequest, request.id).version):
        with pytest.raises(Refused) as refused:
            requests.accept(request.id, {}, by=keeper, version=late)
        assert codes(refused.value) == {"stale"}


def test_a_district_answers_for_its_schools_and_passes_the_rest_up(keeper: Actor) -> None:
    request = an_asked_school()
    mine = an_actor(Role.SUPERUSER, district())
    stranger = an_actor(Role.SUPERUSER, build.a_bureau(parent=district().parent))
    with pytest.raises(NotYours):
        requests.accept(request.id, {}, by=stranger, version=request.version)
    other = build.add(Institution(code="T9", name="火星大学", status=EntryStatus.PENDING))
    asked = build.add(
        StaffRequest(
            kind=RequestKind.ADD_INSTITUTION,
            bureau_id=district().id,
            text="火星大学",
            entry_code=other.code,
            raised_at=clock.now(),
            raised_by="x",
        )
    )
    requests.pass_up(asked.id, by=mine, version=asked.version)
    assert session.get_one(StaffRequest, asked.id).bureau_id == district().parent_id
    with pytest.raises(NotYours):
        requests.pass_up(asked.id, by=mine, version=asked.version)
    requests.accept(request.id, {}, by=mine, version=request.version)
    assert session.get_one(StaffRequest, request.id).state is RequestState.APPROVED
