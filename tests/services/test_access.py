"""A foreign row does not exist; a personal number can be found and not read."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased, selectinload

from shared import db
from shared.db import session
from shared.models import Application, AuditEntry, Campaign, Event, Mail, Message, Person, School, Staff
from shared.models.kinds import Role, Stage
from shared.rules.rights import Actor, Can
from shared.services import access
from shared.services.errors import NotYours
from tests import build
from tests.conftest import KEY, Database

pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Two:
    """An application of one point, and one of another point in another district."""

    mine: Application
    foreign: Application
    me: Actor


@pytest.fixture
def two(database: Database) -> Two:
    nanjing = build.a_nanjing()
    mine, foreign = (
        build.an_application(person=build.a_person(name), point=build.a_point(bureau=district))
        for name, district in (("王晓燕", nanjing.gulou), ("李明", nanjing.xuanwu))
    )
    return Two(mine, foreign, build.an_actor(Role.POINT, mine.point))


def test_one_gives_the_own_row_and_says_nothing_about_a_foreign_one(two: Two) -> None:
    assert access.one(Application, two.mine.id, by=two.me) is two.mine
    for key in (two.foreign.id, two.foreign.id + 1000):
        with pytest.raises(NotYours) as absent:
            access.one(Application, key, by=two.me)
        assert absent.value.args == ()


def test_one_asks_for_the_action_too(two: Two) -> None:
    assert access.one(Application, two.mine.id, by=two.me, to=Can.CONFIRM, lock=True) is two.mine
    with pytest.raises(NotYours):
        access.one(Application, two.mine.id, by=two.me, to=Can.FINAL)
    assert access.may(Application, two.mine.id, by=two.me, to=Can.CONFIRM)
    assert not access.may(Application, two.mine.id, by=two.me, to=Can.FINAL)
    assert not access.may(Application, two.foreign.id, by=two.me, to=Can.CONFIRM)


def test_a_locked_row_is_read_again_and_not_from_memory(two: Two, database: Database) -> None:
    assert two.mine.major == "汉语言文学"
    key = two.mine.id
    assert database.connection is not None
    database.connection.execute(text("UPDATE applications SET major = '数学' WHERE id = :id"), {"id": key})
    assert access.one(Application, key, by=two.me, lock=True).major == "数学"


def test_a_list_has_the_own_rows_alone(two: Two) -> None:
    assert session.scalars(access.query(Application, by=two.me)).all() == [two.mine]
    assert session.scalars(access.query(Staff, by=two.me)).all() == []


def test_a_teacher_reaches_the_own_application_and_no_other(two: Two) -> None:
    me = access.actor_of_person(two.mine.person, "192.0.2.7")
    assert (me.role, me.id, me.address) == (Role.TEACHER, two.mine.person_id, "192.0.2.7")
    assert session.scalars(access.query(Application, by=me)).all() == [two.mine]
    with pytest.raises(NotYours):
        access.one(Application, two.foreign.id, by=me)


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.POINT, Role.DISTRICT])
def test_an_actor_knows_the_one_place_and_the_path_of_its_bureau(role: Role, two: Two) -> None:
    spots = {Role.SCHOOL: two.mine.school, Role.POINT: two.mine.point, Role.DISTRICT: two.mine.bureau}
    member = build.staff(role, spots[role])
    actor = access.actor_of_staff(member)
    assert (actor.school_id, actor.point_id, actor.bureau_id) == (member.school_id, member.point_id, member.bureau_id)
    assert actor.bureau_path == two.mine.school.bureau.path


# --- the second net ------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(two: Two) -> Iterator[Two]:
    """Both applications have a message; from here on the session is the point operator's."""
    for application in (two.mine, two.foreign):
        application_id = application.id
        build.add(Message(application_id=application_id, body="x", sender="x", sent_at=application.created_at))
    session.expire_all()
    for row in (two.mine, two.foreign):
        assert row.id  # known by number, whatever may be read later
    session.rollback()
    access.watch(two.me)
    yield two
    access.watch(None)


def numbers(two: Two) -> tuple[int, int]:
    """The two keys, read without the net."""
    viewer = session.info.pop("viewer")
    keys = (two.mine.id, two.foreign.id)
    session.info["viewer"] = viewer
    return keys


def test_the_net_hides_foreign_rows_from_a_plain_query(watched: Two) -> None:
    mine, foreign = numbers(watched)
    assert [row.id for row in session.query(Application)] == [mine]
    assert session.scalars(select(Application.id)).all() == [mine]
    assert session.query(Application).filter_by(id=foreign).one_or_none() is None
    session.expunge_all()
    assert session.get(Application, foreign) is None
    assert session.get(Application, mine) is not None


def test_the_net_hides_foreign_rows_from_counts_and_sums(watched: Two) -> None:
    assert session.query(Application).count() == 1
    assert session.scalar(select(func.count()).select_from(Application)) == 1
    assert session.scalar(select(func.count(Application.id))) == 1
    assert session.scalar(select(func.max(Person.name))) == "王晓燕"


def test_the_net_hides_foreign_rows_behind_a_join_an_alias_and_a_subquery(watched: Two) -> None:
    mine, _foreign = numbers(watched)
    joined = select(Campaign.id, Application.id).join(Application, Application.campaign_id == Campaign.id)
    assert [row[1] for row in session.execute(joined)] == [mine]
    assert [row[0] for row in session.execute(select(Message.application_id).join(Application))] == [mine]
    other = aliased(Application)
    assert session.scalars(select(other.id)).all() == [mine]
    of_other = select(Message.application_id).join(Message.application.of_type(other)).where(other.form_version > 0)
    assert session.scalars(of_other).all() == [mine]
    assert session.scalars(select(aliased(Person).name)).all() == ["王晓燕"]
    inner = select(Application.id).subquery()
    assert session.scalars(select(inner.c.id)).all() == [mine]
    assert session.scalar(select(func.count()).where(School.id == select(Application.school_id).scalar_subquery())) == 1
    campaigns = select(Campaign.id, other.id).outerjoin(other, other.campaign_id == Campaign.id)
    with pytest.raises(DBAPIError):  # an alias joined by a condition of its own cannot be netted: no answer at all
        session.execute(campaigns)


def test_the_net_hides_foreign_people_and_names_the_own(watched: Two) -> None:
    assert [person.name for person in session.query(Person)] == ["王晓燕"]
    eager = session.scalars(select(Application).options(selectinload(Application.person))).one()
    assert eager.person.name == "王晓燕"


def test_the_net_hides_what_only_auditors_see(watched: Two) -> None:
    for model in (AuditEntry, Mail, Event):
        assert session.query(model).count() == 0


def test_the_net_is_gone_when_the_viewer_is(watched: Two) -> None:
    access.watch(None)
    assert session.query(Application).count() == 2


def test_the_net_does_not_hinder_a_move_of_the_viewers_own(watched: Two) -> None:
    from shared.services import workflow

    mine, foreign = numbers(watched)
    outcome = workflow.move_many([mine, foreign], "return", by=watched.me, wish=workflow.Wish(reason="缺材料"))
    assert (outcome.moved, list(outcome.refused)) == ([mine], [foreign])


# --- personal numbers ----------------------------------------------------------------------------------------------


def test_a_number_is_found_by_equality_and_not_readable_in_the_database(database: Database) -> None:
    number = build.an_id_number()
    person = build.a_person(id_number=number)
    assert session.scalars(select(Person).where(Person.id_number == number)).all() == [person]
    assert session.scalar(select(Person).where(Person.id_number == build.an_id_number())) is None
    stored = bytes(session.connection().scalar(text("SELECT id_number FROM people")))
    assert number.encode() not in stored
    assert not any(number[start : start + 4].encode() in stored for start in range(15))


def test_a_number_has_one_account() -> None:
    number = build.a_person().id_number
    with pytest.raises(IntegrityError):
        build.a_person(id_number=number)


def test_equal_numbers_of_two_kinds_do_not_look_alike() -> None:
    dialect = session.get_bind().dialect
    as_phone = db.Encrypted("phone").process_bind_param("13800138000", dialect)
    as_document = db.Encrypted("id_number").process_bind_param("13800138000", dialect)
    assert as_phone != as_document
    assert db.Encrypted("phone").process_result_value(as_phone, dialect) == "13800138000"
    with pytest.raises(ValueError, match="cannot be decrypted"):
        db.Encrypted("phone").process_result_value(as_document, dialect)


def test_an_empty_value_stays_distinct_from_none() -> None:
    application = build.an_application(Stage.DRAFT, mobile="", landline=None)
    session.expire_all()
    assert (application.mobile, application.landline) == ("", None)


def test_another_key_reads_nothing() -> None:
    person = build.a_person()
    key = person.id
    session.expire_all()
    db.use_keys((bytes(64),))
    with pytest.raises(ValueError, match="DATA_KEY"):
        session.get(Person, key, populate_existing=True)


def test_while_keys_are_rotated_old_values_are_read_and_new_ones_written() -> None:
    number = build.a_person().id_number
    db.use_keys((bytes(64), KEY))
    assert session.scalars(select(Person.id_number)).all() == [number]
    later = build.a_person().id_number
    session.expire_all()
    db.use_keys((bytes(64),))
    assert session.scalars(select(Person.id_number).where(Person.id_number == later)).all() == [later]
