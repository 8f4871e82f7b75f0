"""Many applications at once, alike but for whose they are; and the batches in which they are decided."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from shared.db import session, transaction
from shared.models import Application, Batch, Person
from shared.models.kinds import Conclusion, IdKind, Role, Stage
from shared.rules.rights import Actor
from shared.services import access, batches, tallying
from shared.services.errors import Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import codes, officer

PASS = Wish(conclusion=Conclusion.REGISTERED)


def a_crowd(count: int, stage: Stage = Stage.CONFIRMED, **fields: Any) -> list[int]:
    """`count` applications at `stage`, by their numbers; the fields are those of `build.an_application`."""
    first = build.an_application(stage, **fields)
    people = [
        Person(id_kind=IdKind.RESIDENT, id_number=f"crowd-{build.number()}", name="张三", email="z@example.cn")
        for _ in range(count - 1)
    ]
    if people:
        build.add(*people)
        columns = [column.key for column in Application.__table__.columns if column.key != "id"]
        like = {name: getattr(first, name) for name in columns}
        rows = [like | {"person_id": who.id, "registration_number": f"B{who.id:09d}"} for who in people]
        _insert(rows, by=build.SYSTEM)
    alike = select(Application.id).where(Application.id >= first.id).order_by(Application.id).limit(count)
    return list(session.scalars(alike))


@transaction
def _insert(rows: list[dict[str, Any]], *, by: Actor) -> None:
    session.execute(insert(Application), rows, execution_options={"recorded": True})


def districts_actor(ids: list[int]) -> Actor:
    return officer(Role.DISTRICT, session.get_one(Application, ids[0]))


def chosen(ids: list[int], by: Actor, move: str = "preliminary") -> int:
    return batches.choose(move, access.query(Application, by=by).where(Application.id.in_(ids)), by=by)


def previewed(ids: list[int], by: Actor, move: str = "preliminary", wish: Wish = PASS) -> int:
    key = chosen(ids, by, move)
    batches.preview(key, wish, by=by)
    return key


def run(ids: list[int], by: Actor, move: str = "preliminary", wish: Wish = PASS) -> int:
    key = previewed(ids, by, move, wish)
    batches.start(key, by=by)
    batches.work_off(key)
    return key


def the(key: int) -> Batch:
    session.expire_all()
    return session.get_one(Batch, key)


def states(ids: list[int]) -> list[Stage]:
    session.expire_all()
    return list(session.scalars(select(Application.stage).where(Application.id.in_(ids)).order_by(Application.id)))


def why(key: int) -> dict[str, int]:
    """Every reason for which rows of the batch stayed, and how many did."""
    return {str(text): group.count for group in tallying.groups(key) for text in group.reasons}


def refusal(verb: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        verb()
    return codes(refused.value)


class Killed(BaseException):
    """The process is gone."""
