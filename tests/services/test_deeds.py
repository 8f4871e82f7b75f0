"""What is done with many at once and moves nothing: giving to a colleague, holding, and lifting holds."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select

from shared.db import session
from shared.models import Application, AuditEntry, Event, Hold, Staff
from shared.models.kinds import BatchState, Role, Stage
from shared.rules.rights import Actor
from shared.services import assigning, batches, holds, tallying, undoing
from shared.services.errors import NotYours
from shared.services.workflow import Wish
from tests import build
from tests.actors import officer
from tests.conftest import Database
from tests.crowd import PASS, a_crowd, chosen, districts_actor, previewed, refusal, run, states, the, why

WAIT = Wish(reason="证书待核")
FOUND = Wish(reason="证书属实")


def a_colleague(by: Actor) -> Staff:
    me = session.get_one(Staff, by.id)
    return build.staff(Role.DISTRICT, me.bureau)


def column(wanted: Any, ids: list[int]) -> list[Any]:
    return list(session.scalars(select(wanted).where(Application.id.in_(ids)).order_by(Application.id)))


def given_to(ids: list[int]) -> list[int | None]:
    session.expire_all()
    return list(
        session.scalars(select(Application.assigned_to_id).where(Application.id.in_(ids)).order_by(Application.id))
    )


def open_holds(ids: list[int]) -> list[int]:
    session.expire_all()
    found = select(Hold.application_id).where(Hold.application_id.in_(ids), Hold.lifted_at.is_(None))
    return sorted(session.scalars(found))


@pytest.mark.usefixtures("database")
def test_many_are_given_to_a_colleague_and_the_pages_of_others_stay_good() -> None:
    ids = a_crowd(4)
    by = districts_actor(ids)
    colleague = a_colleague(by)
    assigning.assign(ids[0], colleague.id, by=by)
    wish = Wish(colleague_id=colleague.id)
    key = previewed(ids, by, "assign", wish)
    assert given_to(ids[1:]) == [None] * 3
    assert why(key) == {"已经是这样分派的，不需要再分派": 1}
    assert [(str(text), count) for text, count in tallying.becoming(the(key), wish, by=by)] == [
        (f"由{colleague.name}办理", 3)
    ]
    build.change(session.get_one(Application, ids[1]), address="新地址")  # nothing that an assignment depends on
    versions = session.scalars(
        select(Application.version).where(Application.id.in_(ids)).order_by(Application.id)
    ).all()
    batches.start(key, by=by)
    batches.work_off(key)
    assert given_to(ids) == [colleague.id] * 4
    assert (the(key).moved, the(key).skipped) == (3, 1)
    assert column(Application.version, ids) == versions
    noted = select(func.count()).where(AuditEntry.actor_id == by.id, AuditEntry.table_name == "applications")
    assert session.scalar(noted) == 4
    assert session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.usefixtures("database")
def test_a_colleague_must_be_chosen_and_nobody_is_a_choice() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = chosen(ids, by, "assign")
    stranger = build.staff(Role.DISTRICT, build.a_nanjing().xuanwu)
    for wrong in (None, stranger.id, -1):
        assert refusal(lambda wrong=wrong: batches.preview(key, Wish(colleague_id=wrong), by=by)) == {"colleague"}
    colleague = a_colleague(by)
    assigning.assign_many(ids, colleague.id, by=by)
    run(ids, by, "assign", Wish(colleague_id=assigning.NOBODY))
    assert given_to(ids) == [None, None]


@pytest.mark.usefixtures("database")
def test_whoever_left_meanwhile_gets_nothing() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    colleague = a_colleague(by)
    key = previewed(ids, by, "assign", Wish(colleague_id=colleague.id))
    batches.start(key, by=by)
    build.change(session.get_one(Staff, colleague.id), active=False)
    batches.work_off(key)
    assert given_to(ids) == [None, None]
    assert why(key) == {"请选择本机构能够审核的同事": 2}


@pytest.mark.usefixtures("database")
def test_taking_back_gives_each_to_whom_it_was_given_before() -> None:
    ids = a_crowd(4)
    by = districts_actor(ids)
    first, second, third = a_colleague(by), a_colleague(by), a_colleague(by)
    assigning.assign(ids[0], first.id, by=by)
    key = run(ids, by, "assign", Wish(colleague_id=second.id))
    assert given_to(ids) == [second.id] * 4
    assigning.assign(ids[3], third.id, by=by)
    build.change(session.get_one(Application, ids[2]), bureau_id=build.a_nanjing().gulou.id)
    trial = undoing.preview(key, by=by)
    assert sorted(trial.moved) == ids[:2]
    assert given_to(ids)[:2] == [second.id] * 2
    batches.start_undoing(key, by=by)
    batches.work_off(key)
    assert given_to(ids) == [first.id, None, second.id, third.id]
    assert why(key) == {"办理之后又分派给了别人，不能撤回": 1, "不在您的办理范围内": 1}
    assert the(key).state is BatchState.UNDONE


@pytest.mark.usefixtures("database")
def test_many_are_held_and_freed_again() -> None:
    ids, gone = a_crowd(3), a_crowd(1, Stage.WITHDRAWN)
    by = districts_actor(ids)
    holds.place(ids[0], "先前的", by=by)
    key = run([*ids, *gone], by, "hold", WAIT)
    assert open_holds(ids) == ids
    assert why(key) == {"申请已经暂停办理，请先查清并解除原来的暂停": 1, "申请已经结束，不需要暂停办理": 1}
    assert refusal(lambda: batches.start_undoing(key, by=by)) == {"for_good"}
    stopped = previewed(ids, by, "preliminary", PASS)
    assert the(stopped).skipped == 3
    free = a_crowd(1)
    lifted = run([*ids, *free], by, "lift", FOUND)
    assert open_holds(ids) == []
    assert why(lifted) == {"申请没有暂停办理，不需要解除": 1}
    found = session.scalars(select(Hold.finding).where(Hold.application_id.in_(ids)).distinct()).all()
    assert found == ["证书属实"]
    run(ids, by, "preliminary", PASS)
    assert states(ids) == [Stage.PRELIMINARY] * 3


@pytest.mark.usefixtures("database")
def test_a_hold_and_its_end_are_in_the_audit_for_each() -> None:
    ids = a_crowd(3)
    by = districts_actor(ids)
    run(ids, by, "hold", WAIT)
    run(ids, by, "lift", FOUND)
    noted = select(AuditEntry.action, func.count()).where(
        AuditEntry.table_name == "holds", AuditEntry.actor_id == by.id
    )
    assert dict(session.execute(noted.group_by(AuditEntry.action)).all()) == {"insert": 3, "update": 3}


@pytest.mark.usefixtures("database")
def test_holds_from_above_are_not_lifted_below() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    city = officer(Role.CITY, session.get_one(Application, ids[0]))
    holds.place(ids[0], "市里在查", by=city)
    holds.place(ids[1], "区里在查", by=by)
    key = run(ids, by, "lift", FOUND)
    assert open_holds(ids) == [ids[0]]
    assert "只能由该机构或上级解除" in next(iter(why(key)))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["hold", "lift"])
def test_why_is_asked_before_the_preview(name: str) -> None:
    ids = a_crowd(1)
    by = districts_actor(ids)
    key = chosen(ids, by, name)
    assert refusal(lambda: batches.preview(key, Wish(reason="  "), by=by)) <= {"reason", "finding"}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["assign", "hold", "lift"])
def test_whoever_does_not_decide_has_none_of_these(name: str) -> None:
    ids = a_crowd(1)
    place = session.get_one(Application, ids[0])
    for by in (build.an_actor(Role.SCHOOL, place.school), build.an_actor(Role.POINT, place.point)):
        with pytest.raises(NotYours):
            chosen(ids, by, name)


@pytest.mark.parametrize("name", ["assign", "hold", "lift"])
def test_none_of_them_takes_a_statement_for_each(own_database: Database, name: str) -> None:
    taken, counted = [], []

    def count(*_arguments: object) -> None:
        counted.append(1)

    def measured(verb: Callable[[], object]) -> int:
        counted.clear()
        event.listen(own_database.engine, "before_cursor_execute", count)
        try:
            verb()
        finally:
            event.remove(own_database.engine, "before_cursor_execute", count)
        return len(counted)

    for size in (20, 120):
        ids = a_crowd(size)
        by = districts_actor(ids)
        if name == "lift":
            holds.place_many(ids, "待核", by=by)
        wish = Wish(reason="待核", colleague_id=by.id if name == "assign" else None)
        key = chosen(ids, by, name)
        looking = measured(lambda key=key, by=by, wish=wish: batches.preview(key, wish, by=by))
        batches.start(key, by=by)
        taken.append((looking, measured(lambda key=key: batches.work_off(key))))
        assert the(key).moved == size
    assert taken[0] == taken[1]
