"""Batches that meet: others over the same applications, a window that closes, and whoever tries what is not theirs."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, Event
from shared.models.kinds import BatchState, Conclusion, Stage
from shared.services import assigning, batches, workflow
from shared.services.errors import NotYours
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database
from tests.crowd import a_crowd, districts_actor, previewed, states, the, why
from tests.services.test_batches import SetClock, at_once

CHANGED = "打开页面后申请已被他人更改，请刷新页面后再操作"
GONE_ON = "当前状态是“初审：注册合格”，不能初审"


@pytest.mark.usefixtures("database")
def test_of_two_batches_over_the_same_applications_the_second_skips_them_all() -> None:
    ids = a_crowd(3)
    mine, theirs = districts_actor(ids), districts_actor(ids)
    first = previewed(ids, mine)
    second = previewed(ids, theirs, wish=Wish("缺材料", "D4", Conclusion.DEFERRED))
    for key, by in ((first, mine), (second, theirs)):
        batches.start(key, by=by)
        batches.work_off(key)
    assert why(second) == {GONE_ON: 3}
    assert (the(first).moved, the(second).moved) == (3, 0)
    assert session.scalars(select(Application.conclusion).distinct()).all() == [Conclusion.REGISTERED]


def test_two_batches_at_the_same_moment_decide_each_application_once(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "CHUNK", 2)
    ids = a_crowd(15)
    keys = []
    for by in (districts_actor(ids), districts_actor(ids)):
        keys.append(previewed(ids, by))
        batches.start(keys[-1], by=by)
    assert at_once(*[lambda key=key: batches.work_off(key) for key in keys]) == [None, None]
    assert states(ids) == [Stage.PRELIMINARY] * 15
    assert session.scalar(select(func.count()).select_from(Event)) == 15
    assert sum(the(key).moved for key in keys) == 15
    assert sum(the(key).skipped for key in keys) == 15
    assert {reason for key in keys for reason in why(key)} <= {GONE_ON, CHANGED}
    assert {the(key).state for key in keys} == {BatchState.DONE}


@pytest.mark.usefixtures("database")
def test_nothing_runs_when_the_window_has_closed_since_the_preview(at: SetClock) -> None:
    campaign = build.a_campaign()
    window = next(one for one in campaign.windows if one.stage.value == "preliminary")
    build.change(window, closes_on=date(2026, 11, 5))
    ids = a_crowd(2, campaign=campaign)
    by = districts_actor(ids)
    at(datetime(2026, 11, 5, 23, 59))  # noqa: DTZ001
    key = previewed(ids, by)
    assert the(key).skipped == 0
    at(datetime(2026, 11, 6, 0, 1))  # noqa: DTZ001
    batches.start(key, by=by)
    batches.work_off(key)
    assert states(ids) == [Stage.CONFIRMED] * 2
    assert [count for reason, count in why(key).items() if "初审" in reason] == [2]


@pytest.mark.usefixtures("database")
def test_whatever_left_the_own_area_since_the_preview_stays() -> None:
    for name, wish in (("preliminary", None), ("assign", assigning.NOBODY), ("hold", None)):
        ids = a_crowd(2)
        by = districts_actor(ids)
        asked = Wish(reason="待核", conclusion=Conclusion.REGISTERED, colleague_id=wish)
        if name == "assign":
            assigning.assign_many(ids, by.id, by=by)
        key = previewed(ids, by, name, asked)
        assert the(key).skipped == 0
        build.change(session.get_one(Application, ids[0]), bureau_id=build.a_nanjing().gulou.id)
        batches.start(key, by=by)
        batches.work_off(key)
        assert why(key)["不在您的办理范围内"] == 1, name
        assert the(key).moved == 1, name
        build.change(session.get_one(Application, ids[0]), bureau_id=session.get_one(Application, ids[1]).bureau_id)


@pytest.mark.usefixtures("database")
def test_every_verb_of_a_foreign_batch_does_not_exist() -> None:
    ids = a_crowd(1)
    owner, stranger = districts_actor(ids), districts_actor(ids)
    key = previewed(ids, owner)
    for verb in (batches.start, batches.cancel, batches.start_undoing):
        with pytest.raises(NotYours):
            verb(key, by=stranger)
    with pytest.raises(NotYours):
        batches.preview(key, Wish(conclusion=Conclusion.REFUSED, reason="x"), by=stranger)
    assert batches.wish_of(the(key)).conclusion is Conclusion.REGISTERED
    assert states(ids) == [Stage.CONFIRMED]
