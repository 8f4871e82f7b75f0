"""What teachers add waits for staff; what nobody came to name is cleared away."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, AuditEntry, School, StaffRequest
from shared.models.kinds import EntryStatus, Stage
from shared.rules.fields import BY_NAME
from shared.rules.rights import Actor
from shared.services import access, additions, drafts, workflow
from tests import build
from tests.conftest import Database

VISITOR = access.system("访客")


def an_added_school(name: str = "火星实验学校") -> int:
    application = build.an_application()
    token = drafts.begin(by=VISITOR)
    key = additions.add(BY_NAME["school_id"], name, {"bureau_id": application.bureau_id}, token, by=VISITOR)
    assert isinstance(key, int)
    return key


def test_a_name_is_added_once(database: Database) -> None:
    first = an_added_school()
    school = session.get_one(School, first)
    token = drafts.begin(by=VISITOR)
    again = additions.add(BY_NAME["school_id"], school.name, {"bureau_id": school.bureau_id}, token, by=VISITOR)
    assert again == first


def test_what_nobody_names_is_deleted_after_sixty_days(database: Database, at: Callable[[datetime], datetime]) -> None:
    forgotten = an_added_school()
    named = build.an_application(school=session.get_one(School, an_added_school("土星实验学校")))
    kept = named.school_id
    at(clock.now() + timedelta(days=59))
    assert additions.clear_away(by=VISITOR) == 0
    at(clock.now() + timedelta(days=3))
    assert additions.clear_away(by=VISITOR) == 1
    assert session.get(School, forgotten) is None
    assert session.get(School, kept) is not None
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "clear_away")) is not None


def test_staff_are_asked_once_for_a_row_that_two_applications_name(database: Database) -> None:
    school = session.get_one(School, an_added_school())
    for _number in range(2):
        application = build.an_application(school=school)
        ask_staff(application, by=VISITOR)
    assert len(session.scalars(select(StaffRequest)).all()) == 1


@transaction
def ask_staff(application: Application, *, by: Actor) -> None:
    additions.ask_staff(session.get_one(Application, application.id))


def test_a_school_that_no_point_serves_goes_to_any_of_its_bureau_and_no_other(database: Database) -> None:
    point = build.a_point()
    school = build.a_school(bureau=point.bureau)
    build.change(school, status=EntryStatus.PENDING)
    application = build.an_application(school=school, point=point, stage=Stage.DRAFT, photo=True)
    owner = access.actor_of_person(application.person)
    assert workflow.preview([application.id], "submit", by=owner).moved == [application.id]
    elsewhere = build.a_point(bureau=build.a_bureau())
    build.change(application, point_id=elsewhere.id)
    refused = workflow.preview([application.id], "submit", by=owner).refused[application.id]
    assert [problem.code for problem in refused] == ["places"]


def test_a_draft_whose_row_is_gone_is_asked_again_and_not_told_of_an_account(database: Database) -> None:
    key = an_added_school()
    row = session.get_one(School, key)
    assert additions.gone({"school_id": key}) == []
    build.remove(row)
    problems = additions.gone({"school_id": key, "institution_id": None})
    assert [(problem.code, problem.field) for problem in problems] == [("gone", "school_id")]
