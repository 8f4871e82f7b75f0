"""Batches: chosen, previewed, run in chunks, and gone on with after whatever has interrupted them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Batch, BatchRow, Event, Staff
from shared.models.kinds import BatchRowState, BatchState, Conclusion, Role, Stage
from shared.rules.rights import Actor, Can
from shared.services import access, batches, tallying, undoing, workflow
from shared.services.errors import NotYours
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database
from tests.crowd import PASS, Killed, a_crowd, chosen, districts_actor, previewed, refusal, run, states, the, why

SetClock = Callable[[datetime], datetime]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "CHUNK", 2)


@pytest.mark.usefixtures("database")
def test_a_preview_says_what_will_become_of_each_and_changes_none() -> None:
    ids = a_crowd(4)
    early, elsewhere = a_crowd(1, Stage.SUBMITTED), a_crowd(1, school=build.a_school(bureau=build.a_nanjing().xuanwu))
    by = districts_actor(ids)
    key = previewed([*ids, *early, *elsewhere], by)
    assert states(ids) == [Stage.CONFIRMED] * 4
    batch = the(key)
    assert (batch.total, batch.skipped, batch.state) == (5, 1, BatchState.PREVIEW)  # what is not mine is not chosen
    assert [(str(text), count) for text, count in tallying.becoming(batch, PASS, by=by)] == [("初审：注册合格", 4)]
    assert why(key) == {"当前状态是“已提交”，不能初审": 1}


@pytest.mark.usefixtures("database")
def test_a_batch_moves_what_was_previewed_and_says_why_the_others_stay() -> None:
    ids, early = a_crowd(3), a_crowd(1, Stage.SUBMITTED)
    by = districts_actor(ids)
    key = run([*ids, *early], by)
    assert states(ids) == [Stage.PRELIMINARY] * 3
    batch = the(key)
    assert (batch.state, batch.moved, batch.skipped, batch.ended_at is not None) == (BatchState.DONE, 3, 1, True)
    events = session.execute(select(Event.move, Event.actor_id, func.count()).group_by(Event.move, Event.actor_id))
    assert [tuple(row) for row in events] == [("preliminary", by.id, 3)]


@pytest.mark.usefixtures("database")
def test_all_that_a_list_shows_can_be_chosen() -> None:
    ids = a_crowd(5)
    by = districts_actor(ids)
    shown = access.query(Application, by=by).where(Application.stage == Stage.CONFIRMED).order_by(Application.name)
    batch = the(batches.choose("preliminary", shown, by=by, chosen_by="stage=confirmed"))
    assert (batch.total, batch.chosen_by) == (5, "stage=confirmed")
    kept = session.scalars(select(BatchRow.application_id).where(BatchRow.batch_id == batch.id))
    assert sorted(kept) == ids


@pytest.mark.usefixtures("database")
def test_a_choice_is_neither_empty_nor_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = a_crowd(3)
    by = districts_actor(ids)
    assert refusal(lambda: chosen([], by)) == {"none"}
    monkeypatch.setattr(batches, "MOST", 2)
    assert refusal(lambda: chosen(ids, by)) == {"many"}
    assert session.scalar(select(func.count()).select_from(BatchRow)) == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("move", ["agree", "confirm", "revise_preliminary", "no such move"])
def test_only_the_bulk_moves_of_ones_own_role_can_be_chosen(move: str) -> None:
    ids = a_crowd(1)
    by = districts_actor(ids)
    with pytest.raises(NotYours):
        chosen(ids, by, move)


@pytest.mark.usefixtures("database")
def test_what_the_move_asks_for_is_asked_before_the_preview() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = chosen(ids, by)
    assert refusal(lambda: batches.preview(key, Wish(), by=by)) == {"conclusion"}
    assert refusal(lambda: batches.preview(key, Wish(conclusion=Conclusion.DEFERRED), by=by)) == {"reason"}
    with pytest.raises(NotYours):
        batches.start(key, by=by)
    assert the(key).total == 2
    batches.preview(key, Wish(conclusion=Conclusion.DEFERRED, reason="学时不足", reason_code="D4"), by=by)
    batches.start(key, by=by)
    batches.work_off(key)
    row = session.get_one(Application, ids[0])
    assert (row.conclusion, row.reason, row.reason_code) == (Conclusion.DEFERRED, "学时不足", "D4")


@pytest.mark.usefixtures("database")
def test_what_changed_after_the_preview_stays_as_it_is() -> None:
    ids = a_crowd(3)
    by = districts_actor(ids)
    key = previewed(ids, by)
    build.change(session.get_one(Application, ids[1]), address="新地址")
    batches.start(key, by=by)
    batches.work_off(key)
    assert states(ids) == [Stage.PRELIMINARY, Stage.CONFIRMED, Stage.PRELIMINARY]
    assert why(key) == {"打开页面后申请已被他人更改，请刷新页面后再操作": 1}


@pytest.mark.usefixtures("database")
def test_a_second_preview_looks_anew() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = previewed(ids, by)
    build.change(session.get_one(Application, ids[0]), address="新地址")
    batches.preview(key, PASS, by=by)
    batches.start(key, by=by)
    batches.work_off(key)
    assert states(ids) == [Stage.PRELIMINARY] * 2


@pytest.mark.usefixtures("database")
def test_a_batch_runs_once() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = run(ids, by)
    assert refusal(lambda: batches.start(key, by=by)) == {"state"}
    assert refusal(lambda: batches.preview(key, PASS, by=by)) == {"state"}
    batches.work_off(key)
    assert session.scalar(select(func.count()).select_from(Event)) == 2


@pytest.mark.usefixtures("database")
def test_a_batch_is_its_owners_alone() -> None:
    ids = a_crowd(1)
    by, colleague, auditor = districts_actor(ids), districts_actor(ids), build.an_actor(Role.AUDITOR)
    key = previewed(ids, by)
    for stranger in (colleague, auditor):
        with pytest.raises(NotYours):
            batches.start(key, by=stranger)
    assert access.may(Batch, key, by=auditor, to=Can.VIEW)
    assert not access.may(Batch, key, by=colleague, to=Can.VIEW)


@pytest.mark.usefixtures("database")
def test_a_batch_of_which_nothing_can_move_does_not_run() -> None:
    ids = a_crowd(2, Stage.SUBMITTED)
    by = districts_actor(ids)
    key = previewed(ids, by)
    assert refusal(lambda: batches.start(key, by=by)) == {"none"}


@pytest.mark.usefixtures("database")
def test_a_cancelled_batch_does_not_run_and_is_cleared_away_a_day_later() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key, kept = previewed(ids, by), run(ids, by)
    batches.cancel(key, by=by)
    assert refusal(lambda: batches.start(key, by=by)) == {"state"}
    assert batches.clear_away(by=build.SYSTEM, now=clock.now() + timedelta(hours=23)) == 0
    assert batches.clear_away(by=build.SYSTEM, now=clock.now() + timedelta(hours=25)) == 1
    assert session.scalars(select(Batch.id)).all() == [kept]
    assert session.scalar(select(func.count()).where(BatchRow.batch_id == key)) == 0


@pytest.mark.usefixtures("database", "small_chunks")
def test_a_batch_that_began_in_time_ends_in_time(at: SetClock) -> None:
    campaign = build.a_campaign()
    window = next(one for one in campaign.windows if one.stage.value == "preliminary")
    build.change(window, closes_on=date(2026, 11, 5))
    ids = a_crowd(3, campaign=campaign)
    by = districts_actor(ids)
    at(datetime(2026, 11, 5, 23, 59))  # noqa: DTZ001
    key = previewed(ids, by)
    batches.start(key, by=by)
    at(datetime(2026, 11, 6, 0, 1))  # noqa: DTZ001  the worker comes to it after midnight
    batches.work_off(key)
    assert states(ids) == [Stage.PRELIMINARY] * 3


@pytest.mark.usefixtures("database", "small_chunks")
@pytest.mark.parametrize("lost", [{"active": False}, {"valid_until": date(2020, 1, 1)}], ids=["closed", "run out"])
def test_whoever_lost_the_account_meanwhile_decides_no_more(lost: dict[str, Any]) -> None:
    ids = a_crowd(3)
    by = districts_actor(ids)
    key = previewed(ids, by)
    batches.start(key, by=by)
    build.change(session.get_one(Staff, by.id), **lost)
    batches.work_off(key)
    assert states(ids) == [Stage.CONFIRMED] * 3
    assert why(key) == {"办理人的账号已停用，其余申请不再办理": 3}


@pytest.mark.usefixtures("database", "small_chunks")
def test_whoever_moved_on_in_the_middle_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = a_crowd(4)
    by = districts_actor(ids)
    key = previewed(ids, by)
    batches.start(key, by=by)
    elsewhere, run_some = build.a_nanjing().gulou.id, batches._run_some

    def and_move(*given: Any, **named: Any) -> bool:
        goes_on = run_some(*given, **named)
        build.change(session.get_one(Staff, by.id), bureau_id=elsewhere)
        return goes_on

    monkeypatch.setattr(batches, "_run_some", and_move)
    batches.work_off(key)
    assert states(ids) == [Stage.PRELIMINARY] * 2 + [Stage.CONFIRMED] * 2
    assert why(key) == {"不在您的办理范围内": 2}


@pytest.mark.parametrize("where", ["before the chunk", "after the rows were changed"])
def test_a_batch_goes_on_where_the_killed_worker_stopped(
    own_database: Database, small_chunks: None, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    ids = a_crowd(7)
    by = districts_actor(ids)
    key = previewed(ids, by)
    batches.start(key, by=by)
    real, calls = workflow.move_many, []

    def dies(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        done = real(*arguments, **named) if len(calls) < 3 or where != "before the chunk" else None
        if len(calls) == 3:
            raise Killed
        return done

    monkeypatch.setattr(workflow, "move_many", dies)
    with pytest.raises(Killed):
        batches.work_off(key)
    session.remove()
    assert states(ids) == [Stage.PRELIMINARY] * 4 + [Stage.CONFIRMED] * 3
    assert (the(key).moved, batches.waiting()) == (4, [key])
    monkeypatch.setattr(workflow, "move_many", real)
    batches.work_off(key)
    assert states(ids) == [Stage.PRELIMINARY] * 7
    assert (the(key).moved, the(key).state, batches.waiting()) == (7, BatchState.DONE, [])
    assert session.scalar(select(func.count()).select_from(Event)) == 7


def at_once(*verbs: Callable[[], object]) -> list[object]:
    barrier, answers = Barrier(len(verbs)), []

    def go(verb: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            answers.append(verb())
        except Exception as error:  # noqa: BLE001  the test looks at it
            answers.append(error)
        finally:
            session.remove()

    session.remove()
    threads = [Thread(target=go, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_two_clicks_start_it_once_and_two_workers_share_it(own_database: Database, small_chunks: None) -> None:
    ids = a_crowd(21)
    by = districts_actor(ids)
    key = previewed(ids, by)
    clicks = at_once(*[lambda: batches.start(key, by=by)] * 2)
    assert sorted(type(answer).__name__ for answer in clicks) == ["Refused", "int"]
    assert at_once(*[lambda: batches.work_off(key)] * 2) == [None, None]
    assert states(ids) == [Stage.PRELIMINARY] * 21
    assert (the(key).moved, the(key).skipped, the(key).state) == (21, 0, BatchState.DONE)
    assert session.scalar(select(func.count()).select_from(Event)) == 21


def statements(database: Database, verb: Callable[[], object]) -> int:
    counted = []

    def count(*_arguments: object) -> None:
        counted.append(1)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        verb()
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    return len(counted)


def test_no_step_takes_a_statement_for_each_row(own_database: Database) -> None:
    """Rows of a chunk more take not one statement more; a thousand rows are two chunks."""
    taken = {}
    for count in (100, 400, 1_000):
        ids = a_crowd(count)
        by = districts_actor(ids)
        key = chosen(ids, by)
        steps = [
            lambda key=key, by=by: batches.preview(key, PASS, by=by),
            lambda key=key, by=by: batches.start(key, by=by),
            lambda key=key: batches.work_off(key),
            lambda key=key, by=by: undoing.preview(key, by=by),
            lambda key=key, by=by: batches.start_undoing(key, by=by),
            lambda key=key: batches.work_off(key),
        ]
        taken[count] = [statements(own_database, step) for step in steps]
        assert the(key).state is BatchState.UNDONE
        assert states(ids) == [Stage.CONFIRMED] * count
    assert taken[100] == taken[400]
    assert max(taken[1_000]) <= 50, taken


def test_a_list_of_many_schools_takes_no_statement_for_each(own_database: Database) -> None:
    def read(key: int, by: Actor) -> Callable[[], list[str]]:
        lines = tallying.all_lines(tallying.of_group(key, None), by=by)
        return lambda: [str(line.application.school) for line in lines if line.application]

    taken = []
    for count in (2, 6):
        home = build.a_nanjing().gulou
        by = build.an_actor(Role.DISTRICT, home)
        ids = [a_crowd(1, school=build.a_school(bureau=home))[0] for _one in range(count)]
        key = chosen(ids, by)
        session.expire_all()
        taken.append(statements(own_database, read(key, by)))
    assert taken[0] == taken[1]


@pytest.mark.usefixtures("database")
def test_rows_that_fared_alike_are_listed_together() -> None:
    ids, early, drafts = a_crowd(2), a_crowd(3, Stage.SUBMITTED), a_crowd(1, Stage.RETURNED)
    by = districts_actor(ids)
    key = previewed([*ids, *early, *drafts], by)
    found = {str(group.reasons[0]) if group.reasons else "": group for group in tallying.groups(key)}
    assert [group.count for group in found.values()] == [3, 2, 1]
    group = found["当前状态是“已提交”，不能初审"]
    rows = session.scalars(tallying.of_group(key, group.like)).all()
    assert [row.application_id for row in rows] == early
    assert {row.state for row in rows} == {BatchRowState.SKIPPED}
    lines = list(tallying.all_lines(tallying.of_group(key, None), by=by))
    assert len(lines) == 6
    build.change(session.get_one(Application, early[0]), bureau_id=build.a_nanjing().gulou.id)
    rows = session.scalars(tallying.of_group(key, group.like)).all()
    assert [line.application is None for line in tallying.lines(rows, by=by)] == [True, False, False]


@pytest.mark.usefixtures("database")
def test_what_ran_is_in_the_audit_with_who_ran_it() -> None:
    ids = a_crowd(2)
    by = districts_actor(ids)
    key = run(ids, by)
    mine = select(func.count()).where(AuditEntry.actor_id == by.id)
    assert session.scalar(mine.where(AuditEntry.table_name == "applications")) == 2
    assert session.scalar(mine.where(AuditEntry.table_name == "batches", AuditEntry.row_id == key)) >= 3
