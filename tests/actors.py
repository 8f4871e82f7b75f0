"""The people around an application, and how they are refused."""

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, Event
from shared.models.kinds import Role
from shared.rules.rights import Actor
from shared.services import workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from tests.build import an_actor

NO_WISH = Wish()


def codes(refused: Refused) -> set[str]:
    return {problem.code for problem in refused.problems}


def why_not(
    application: Application, name: str, *, by: Actor, wish: Wish = NO_WISH, version: int | None = None
) -> Refused:
    """The refusal of a move that must not happen."""
    before = (application.stage, application.version, events())
    with pytest.raises(Refused) as refused:
        workflow.move(application.id, name, by=by, wish=wish, version=version)
    assert (application.stage, application.version, events()) == before
    return refused.value


def events() -> int:
    return session.scalar(select(func.count()).select_from(Event)) or 0


def operator(application: Application) -> Actor:
    return an_actor(Role.POINT, application.point)


def teacher(application: Application) -> Actor:
    return an_actor(Role.TEACHER, application.person)


def officer(role: Role, application: Application) -> Actor:
    """The bureau officer above an application's district."""
    assert application.bureau is not None
    district = application.bureau
    city = district.parent
    place = {Role.DISTRICT: district, Role.CITY: city, Role.PROVINCE: city and city.parent}[role]
    return an_actor(role, place)
