"""How fast a bulk decision is: 5,000 applications from confirmed to preliminary, on both databases.

Beside it in the same run: the floor (one UPDATE and two plain INSERTs; no rights, guards or windows asked) and the
usual way (the ORM: load, change and flush row by row, with the same event and audit). Run with `make bench`.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Event
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules.rights import Actor
from shared.services import access, audit, batches, workflow
from shared.services.workflow import Wish
from tests import build
from tests.actors import officer
from tests.crowd import a_crowd

ROWS = 5_000


@pytest.fixture
def district(own_database: Any) -> Actor:
    """A district whose 5,000 applications are all confirmed."""
    build.a_campaign(publicity_days=0)
    ids = a_crowd(ROWS, point=build.a_point())
    return officer(Role.DISTRICT, session.get_one(Application, ids[0]))


def in_a_batch(ids: list[int], *, by: Actor) -> None:
    """All of what staff do: choose all that the list shows, preview, run."""
    key = batches.choose("preliminary", access.query(Application, by=by).where(Application.id.in_(ids)), by=by)
    batches.preview(key, Wish(conclusion=Conclusion.REGISTERED), by=by)
    batches.start(key, by=by)
    batches.work_off(key)


def by_the_table_of_moves(ids: list[int], *, by: Actor) -> None:
    workflow.move_many(ids, "preliminary", by=by, wish=Wish(conclusion=Conclusion.REGISTERED))


@transaction
def floor(ids: list[int], *, by: Actor) -> None:
    change = update(Application).where(Application.id.in_(ids))
    change = change.values(stage=Stage.PRELIMINARY, conclusion=Conclusion.REGISTERED)
    session.execute(change, execution_options={"recorded": True, "synchronize_session": False})
    session.execute(insert(Event), [_event(key, by) for key in ids])
    audit.record_many("applications", {key: {"stage": ["confirmed", "preliminary"]} for key in ids}, by=by)


@transaction
def row_by_row(ids: list[int], *, by: Actor) -> None:
    for key in ids:
        application = session.get_one(Application, key)
        application.stage, application.conclusion = Stage.PRELIMINARY, Conclusion.REGISTERED
        session.add(Event(**_event(key, by)))
        session.flush()


def _event(key: int, by: Actor) -> dict[str, Any]:
    return {
        "application_id": key,
        "at": clock.now(),
        "move": "preliminary",
        "actor_role": by.role,
        "actor_id": by.id,
        "actor_name": by.name,
        "from_stage": Stage.CONFIRMED,
        "to_stage": Stage.PRELIMINARY,
        "from_conclusion": Conclusion.NONE,
        "to_conclusion": Conclusion.REGISTERED,
        "reason": "",
        "form_version": 1,
    }


@pytest.mark.parametrize("way", [floor, by_the_table_of_moves, in_a_batch, row_by_row])
def test_bulk_decision(way: Callable[..., None], district: Actor, request: pytest.FixtureRequest) -> None:
    ids = list(session.scalars(select(Application.id)))
    begin = time.perf_counter()
    way(ids, by=district)
    taken = time.perf_counter() - begin
    decided = select(func.count()).select_from(Application).where(Application.stage == Stage.PRELIMINARY)
    assert session.scalar(decided) == session.scalar(select(func.count()).select_from(Event)) == ROWS
    engine = request.node.callspec.params["own_database"]
    print(f"\n{engine:<11} {way.__name__:<22} {taken:6.2f} s {ROWS / taken:8.0f} rows/s", end="")  # noqa: T201
