"""Whoever is sent back to mend the form is told why and until when, by mail and 留言: one or many, and taken back."""

from datetime import date, time

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError

from shared.db import session
from shared.models import Application, Mail, Message
from shared.models.kinds import Role, Stage, WindowStage
from shared.rules.rights import Actor
from shared.services import batches, informing, workflow
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database
from tests.crowd import a_crowd, previewed, run, states

BLURRED = Wish(reason="照片不清楚，请重拍")


def operator(ids: list[int]) -> Actor:
    return build.an_actor(Role.POINT, session.get_one(Application, ids[0]).point)


def mails() -> list[Mail]:
    session.rollback()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def words(application_id: int) -> list[tuple[str, str]]:
    mine = select(Message.sender, Message.body).where(Message.application_id == application_id)
    return [tuple(row) for row in session.execute(mine.order_by(Message.id))]


@pytest.mark.usefixtures("database")
def test_one_who_is_sent_back_reads_why_and_until_when() -> None:
    campaign = build.a_campaign(open_stages=())
    build.a_window(
        campaign, WindowStage.APPLY, opens_on=date(2020, 1, 1), closes_on=date(2099, 10, 26), closes_at=time(21, 0)
    )
    (key,) = a_crowd(1, Stage.SUBMITTED, campaign=campaign)
    by = operator([key])
    workflow.move(key, "return", by=by, wish=BLURRED)
    (mail,) = mails()
    application = session.get_one(Application, key)
    assert mail.to == application.person.email
    assert application.registration_number in mail.subject
    assert "退回修改" in mail.subject
    assert BLURRED.reason in mail.body
    assert "于2099年10月26日21:00前重新提交" in mail.body
    assert application.person.id_number not in mail.body
    assert words(key) == [(by.name, BLURRED.reason)]


@pytest.mark.usefixtures("database")
def test_no_day_is_promised_after_it_has_passed() -> None:
    campaign = build.a_campaign(open_stages=())
    build.a_window(campaign, WindowStage.APPLY, opens_on=date(2020, 1, 1), closes_on=date(2020, 2, 1))
    (key,) = a_crowd(1, Stage.SUBMITTED, campaign=campaign)
    workflow.move(key, "return", by=operator([key]), wish=BLURRED)
    (mail,) = mails()
    assert "2020年" not in mail.body
    assert "按要求修改，重新提交" in mail.body


@pytest.mark.usefixtures("database")
def test_many_who_are_sent_back_are_told_each() -> None:
    ids = a_crowd(3, Stage.SUBMITTED)
    build.change(session.get_one(Application, ids[1]).person, email="")
    run([*ids, *a_crowd(1)], operator(ids), "return", BLURRED)
    assert states(ids) == [Stage.RETURNED] * 3
    assert len(mails()) == 2  # one has no address; one was not sent back
    assert [len(words(key)) for key in ids] == [1, 1, 1]
    assert session.scalar(select(func.count()).select_from(Message)) == 3


@pytest.mark.usefixtures("database")
def test_whoever_was_told_of_a_return_is_told_of_its_end() -> None:
    ids = a_crowd(2, Stage.SUBMITTED)
    by = operator(ids)
    key = run(ids, by, "return", BLURRED)
    batches.start_undoing(key, by=by)
    batches.work_off(key)
    assert states(ids) == [Stage.SUBMITTED] * 2
    assert ["撤销" in mail.subject for mail in mails()] == [False, False, True, True]
    taken_back = "退回修改已撤销，申请恢复为退回前的状态，不需要修改"
    assert [body for _sender, body in words(ids[0])] == [BLURRED.reason, taken_back]


@pytest.mark.usefixtures("database")
def test_nobody_is_told_of_what_did_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = a_crowd(2, Stage.SUBMITTED)
    by = operator(ids)
    key = previewed(ids, by, "return", BLURRED)
    assert mails() == []
    batches.start(key, by=by)

    def breaks(*_args: object, **_values: object) -> None:
        raise SQLAlchemyError

    monkeypatch.setattr(informing.notify, "queue_many", breaks)
    with pytest.raises(SQLAlchemyError):
        batches.work_off(key)
    session.rollback()
    assert states(ids) == [Stage.SUBMITTED] * 2
    assert mails() == []
    assert words(ids[0]) == []
    monkeypatch.undo()
    batches.work_off(key)
    assert len(mails()) == 2


def test_telling_many_takes_no_statement_for_each(own_database: Database) -> None:
    taken, counted = [], []

    def count(*_arguments: object) -> None:
        counted.append(1)

    for size in (20, 120):
        ids = a_crowd(size, Stage.SUBMITTED)
        by = operator(ids)
        key = previewed(ids, by, "return", BLURRED)
        batches.start(key, by=by)
        counted.clear()
        event.listen(own_database.engine, "before_cursor_execute", count)
        batches.work_off(key)
        event.remove(own_database.engine, "before_cursor_execute", count)
        taken.append(len(counted))
        assert states(ids) == [Stage.RETURNED] * size
    assert taken[0] == taken[1]
