"""The cases on an officer's desk, and the review page as text."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from shared.db import session
from shared.models import (
    AssessmentYear,
    Staff,
)
from shared.models.kinds import AssessmentGrade, Role, Stage
from shared.rules.rights import Actor
from shared.services import access
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database


def confirmed(city: City, count: int = 1, **fields: object) -> list[int]:
    """Applications that wait for the district, papers received."""
    first = world.application_of(city)
    keys = []
    for _ in range(count):
        row = build.an_application(
            fields.get("stage", Stage.CONFIRMED),
            campaign=first.campaign,
            point=first.point,
            school=first.school,
            photo=True,
            **{name: value for name, value in fields.items() if name != "stage"},
        )
        build.papers_received(row, session.get_one(Staff, city.staff[Role.POINT]))
        keys.append(row.id)
    session.commit()
    return keys


def five_years(key: int, *, failed: tuple[int, ...] = (), hours: int = 72) -> None:
    grades = {year: AssessmentGrade.UNQUALIFIED if year in failed else AssessmentGrade.QUALIFIED for year in range(5)}
    build.add(
        *(
            AssessmentYear(application_id=key, year=2021 + year, assessment=grade, training_hours=hours)
            for year, grade in grades.items()
        )
    )
    session.commit()


def words_on(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def sent(client: FlaskClient, page: str, move: str, **values: str) -> tuple[int, str]:
    """Fill the form of `move` on the page as it stands, and press its button: the status and where it leads."""
    form = re.search(rf'<form[^>]+action="([^"]+/decide/{move}[^"]*)".*?</form>', page, re.DOTALL)
    assert form, f"no form for {move}"
    version = re.search(rf'name="{move}-version"[^>]*value="(\d+)"', form[0])
    assert version
    data = {f"{move}-version": version[1]} | {f"{move}-{name}": value for name, value in values.items()}
    answer = client.post(html.unescape(form[1]), data=data)
    return answer.status_code, answer.headers.get("Location", "") or answer.text


def actor(city: City, role: Role) -> Actor:
    return access.actor_of_staff(session.get_one(Staff, city.staff[role]))


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to the database inside."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
