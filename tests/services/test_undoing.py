"""Taking back a batch: the applications are what they were, and each that is not says why."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Event, Window
from shared.models.kinds import BatchState, Conclusion, Role, Stage
from shared.rules.rights import Actor
from shared.rules.states import MOVES
from shared.services import access, batches, undoing, workflow
from shared.services.errors import NotYours
from shared.services.workflow import CONSEQUENCES, RETRACTIONS, Wish
from tests import build
from tests.actors import officer
from tests.crowd import PASS, Killed, a_crowd, districts_actor, refusal, run, states, the, why

pytestmark = pytest.mark.usefixtures("database")
SetClock = Callable[[datetime], datetime]
COLUMNS = [column for column in Application.__table__.columns if column.key != "version"]


def as_they_are(ids: list[int]) -> list[tuple[Any, ...]]:
    session.expire_all()
    rows = session.execute(select(*COLUMNS).where(Application.id.in_(ids)).order_by(Application.id))
    return [tuple(row) for row in rows]


def take_back(key: int, by: Actor) -> None:
    batches.start_undoing(key, by=by)
    batches.work_off(key)


WAYS = {
    "school_pass": (Stage.SUBMITTED, Role.SCHOOL, Wish()),
    "return": (Stage.SUBMITTED, Role.POINT, Wish(reason="照片不合格")),
    "preliminary": (Stage.CONFIRMED, Role.DISTRICT, Wish(Conclusion.DEFERRED.label.message, "D4", Conclusion.DEFERRED)),
    "disqualify": (Stage.SUBMITTED, Role.DISTRICT, Wish("缺材料", "F1", Conclusion.REFUSED)),
    "agree": (Stage.PRELIMINARY, Role.CITY, Wish()),
    "send_back_review": (Stage.PRELIMINARY, Role.CITY, Wish(reason="请复查")),
    "send_back_final": (Stage.REVIEWED, Role.PROVINCE, Wish(reason="请复查")),
}


def actor(role: Role, ids: list[int]) -> Actor:
    one = session.get_one(Application, ids[0])
    place = {Role.SCHOOL: one.school, Role.POINT: one.point}.get(role)
    return build.an_actor(role, place) if place else officer(role, one)


@pytest.mark.parametrize("name", WAYS)
def test_taking_back_leaves_every_column_as_it_was(name: str, at: SetClock) -> None:
    stage, role, wish = WAYS[name]
    at(datetime(2026, 10, 12, 9, 0))  # noqa: DTZ001
    ids = a_crowd(3, stage, campaign=build.a_campaign(publicity_days=0), signed_version=1)
    by = actor(role, ids)
    before = as_they_are(ids)
    at(datetime(2026, 10, 13, 9, 0))  # noqa: DTZ001
    key = run(ids, by, name, wish)
    assert the(key).moved == 3
    assert as_they_are(ids) != before
    at(datetime(2026, 10, 14, 9, 0))  # noqa: DTZ001
    take_back(key, by)
    assert as_they_are(ids) == before
    assert the(key).state is BatchState.UNDONE


def test_every_bulk_move_that_can_be_taken_back_is_tried_here() -> None:
    assert {move.name for move in MOVES.values() if move.undo is not None} == set(WAYS)


def test_what_brings_receipts_requests_or_mail_with_it_is_for_good_unless_that_is_put_right_too() -> None:
    for move in MOVES.values():
        assert move.undo is None or move.name not in CONSEQUENCES or move.name in RETRACTIONS, move.name
        assert move.undo is None or move.bulk, move.name


def test_both_the_move_and_its_undoing_stay_in_the_history() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = run(ids, by)
    versions = session.scalars(select(Application.version).where(Application.id.in_(ids))).all()
    take_back(key, by)
    found = session.execute(select(Event.move, Event.from_stage, Event.to_stage).where(Event.application_id == ids[0]))
    assert [tuple(row) for row in found] == [
        ("preliminary", Stage.CONFIRMED, Stage.PRELIMINARY),
        ("take_back", Stage.PRELIMINARY, Stage.CONFIRMED),
    ]
    entry = select(AuditEntry.changes).where(AuditEntry.row_id == ids[0], AuditEntry.table_name == "applications")
    assert session.scalars(entry.order_by(AuditEntry.id.desc())).first()["stage"] == ["preliminary", "confirmed"]
    after = session.scalars(select(Application.version).where(Application.id.in_(ids))).all()
    assert after == [version + 1 for version in versions]


def test_each_that_cannot_be_taken_back_says_why(at: SetClock) -> None:
    campaign = build.a_campaign(publicity_days=0)
    ids = a_crowd(5, campaign=campaign)
    by = districts_actor(ids)
    key = run(ids, by)
    edited, went_on, left, *rest = ids
    build.change(session.get_one(Application, edited), address="新地址")
    workflow.move(went_on, "agree", by=officer(Role.CITY, session.get_one(Application, went_on)))
    gone = session.get_one(Application, left)
    build.change(gone, bureau_id=build.a_nanjing().gulou.id)
    outcome = undoing.preview(key, by=by)
    assert sorted(outcome.moved) == rest
    take_back(key, by)
    assert states(rest) == [Stage.CONFIRMED] * 2
    assert why(key) == {
        "办理之后申请又有改动，不能撤回": 1,
        "办理之后状态已变为“市级复核意见：注册合格”，不能撤回": 1,
        "不在您的办理范围内": 1,
    }


def test_nothing_is_taken_back_after_the_window_has_closed() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = run(ids, by)
    window = session.scalars(select(Window).where(Window.stage == "preliminary")).one()
    build.change(window, closes_on=clock.today() - timedelta(days=1))
    assert undoing.preview(key, by=by).moved == []
    take_back(key, by)
    assert why(key) == {"区县初审已经截止，如有疑问请联系所在区教育局": 2}
    assert states(ids) == [Stage.PRELIMINARY] * 2


def test_nothing_is_taken_back_once_publicity_has_begun(at: SetClock) -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    one = session.get_one(Application, ids[0])
    at(datetime(2026, 11, 4, 9, 0))  # noqa: DTZ001
    build.a_publicity(one.campaign, one.bureau, date(2026, 11, 5), date(2026, 11, 11))
    key = run(ids, by)
    assert sorted(undoing.preview(key, by=by).moved) == ids
    at(datetime(2026, 11, 5, 9, 0))  # noqa: DTZ001
    take_back(key, by)
    assert list(why(key).values()) == [2]
    assert "公示" in next(iter(why(key)))
    assert states(ids) == [Stage.PRELIMINARY] * 2


def test_a_final_conclusion_is_never_taken_back() -> None:
    ids = a_crowd(2, Stage.REVIEWED)
    by = actor(Role.PROVINCE, ids)
    key = run(ids, by, "final")
    assert states(ids) == [Stage.CONCLUDED] * 2
    assert refusal(lambda: batches.start_undoing(key, by=by)) == {"for_good"}


def test_only_the_last_batch_and_one_after_the_other() -> None:
    first, second = a_crowd(2), a_crowd(2)
    by = districts_actor(first)
    one, two = run(first, by), run(second, by)
    batches.choose("preliminary", access.query(Application, by=by), by=by)  # a preview is no batch that was run
    assert refusal(lambda: batches.start_undoing(one, by=by)) == {"not_last"}
    take_back(two, by)
    assert refusal(lambda: batches.start_undoing(two, by=by)) == {"undone"}
    take_back(one, by)
    assert states([*first, *second]) == [Stage.CONFIRMED] * 4


def test_only_whoever_ran_it_takes_it_back() -> None:
    ids = a_crowd(1)
    key = run(ids, districts_actor(ids))
    for stranger in (districts_actor(ids), actor(Role.CITY, ids), build.an_actor(Role.SUPERUSER)):
        with pytest.raises(NotYours):
            batches.start_undoing(key, by=stranger)


def test_a_batch_that_is_not_done_or_moved_nothing_is_not_taken_back() -> None:
    ids = a_crowd(1)
    by = districts_actor(ids)
    key = batches.choose("preliminary", access.query(Application, by=by), by=by)
    assert refusal(lambda: batches.start_undoing(key, by=by)) == {"state"}
    batches.preview(key, PASS, by=by)
    build.change(session.get_one(Application, ids[0]), address="新地址")
    batches.start(key, by=by)
    batches.work_off(key)
    assert refusal(lambda: batches.start_undoing(key, by=by)) == {"none"}


def test_an_undoing_goes_on_where_the_killed_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "CHUNK", 2)
    ids = a_crowd(5)
    by = districts_actor(ids)
    key = run(ids, by)
    batches.start_undoing(key, by=by)
    real = workflow.take_back

    def dies(made: Any, *arguments: Any, **named: Any) -> Any:
        outcome = real(made, *arguments, **named)
        if ids[2] in made:
            raise Killed
        return outcome

    monkeypatch.setattr(workflow, "take_back", dies)
    with pytest.raises(Killed):
        batches.work_off(key)
    assert states(ids) == [Stage.CONFIRMED] * 2 + [Stage.PRELIMINARY] * 3
    monkeypatch.setattr(workflow, "take_back", real)
    assert batches.waiting() == [key]
    batches.work_off(key)
    assert states(ids) == [Stage.CONFIRMED] * 5
    assert session.scalar(select(func.count()).where(Event.move == "take_back")) == 5


def test_what_was_taken_back_can_be_decided_again() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    take_back(run(ids, by), by)
    run(ids, by, wish=Wish("缺材料", "D4", Conclusion.DEFERRED))
    assert session.scalars(select(Application.conclusion).distinct()).all() == [Conclusion.DEFERRED]
