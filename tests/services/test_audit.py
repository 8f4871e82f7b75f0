"""Nothing is written without saying who, and what was written down stays."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from shared.db import session, transaction
from shared.models import Application, AuditEntry, Event, Mail, Person, Staff, Subject
from shared.models.kinds import Role, Stage
from shared.models.records import PROTECTED
from shared.rules.rights import Actor
from shared.services import audit, workflow
from shared.services.audit import UnrecordedWrite
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database

pytestmark = pytest.mark.usefixtures("database")
KEEPER = Actor(role=Role.SUPERUSER, id=7, name="管理员", address="192.0.2.9")


def newest(table: str) -> AuditEntry:
    """The last entry about `table`."""
    found = select(AuditEntry).where(AuditEntry.table_name == table).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalars(found).one()


def test_a_new_row_without_an_actor_is_refused() -> None:
    session.add(Subject(code="900", name="新学科"))
    with pytest.raises(UnrecordedWrite, match="Subject"):
        session.flush()


def test_a_change_without_an_actor_is_refused() -> None:
    session.scalars(select(Subject)).first().name = "改名"
    with pytest.raises(UnrecordedWrite):
        session.flush()


def test_a_deletion_without_an_actor_is_refused() -> None:
    session.delete(session.scalars(select(Subject)).first())
    with pytest.raises(UnrecordedWrite):
        session.flush()


def test_a_verb_without_by_is_refused() -> None:
    @transaction
    def rename() -> None:
        session.scalars(select(Subject)).first().name = "改名"

    with pytest.raises(UnrecordedWrite):
        rename()
    assert session.scalar(select(Subject.id).where(Subject.name == "改名")) is None


def test_the_actor_is_forgotten_when_the_verb_is_over() -> None:
    build.add(Subject(code="900", name="新学科"))
    session.add(Subject(code="901", name="又一学科"))
    with pytest.raises(UnrecordedWrite):
        session.flush()


def test_an_insert_an_update_and_a_deletion_are_each_written_down_with_who_and_from_where() -> None:
    row = build.add(Subject(code="900", name="新学科"), by=KEEPER)
    key = row.id
    made = newest("subjects")
    assert (made.action, made.row_id, made.changes["name"]) == ("insert", key, [None, "新学科"])
    assert (made.actor_role, made.actor_id, made.actor_name, made.address) == (Role.SUPERUSER, 7, "管理员", "192.0.2.9")
    build.change(row, by=KEEPER, name="新名称")
    changed = newest("subjects")
    assert (changed.action, changed.row_id, changed.changes) == ("update", key, {"name": ["新学科", "新名称"]})

    @transaction
    def remove(*, by: Actor) -> None:
        session.delete(session.get_one(Subject, key))

    remove(by=KEEPER)
    gone = newest("subjects")
    assert (gone.action, gone.row_id) == ("delete", key)
    assert gone.changes["name"] == ["新名称", None]


def test_a_change_back_to_the_same_value_leaves_no_entry() -> None:
    row = build.add(Subject(code="900", name="新学科"), by=KEEPER)
    last = newest("subjects").id
    build.change(row, by=KEEPER, name="新学科")
    assert newest("subjects").id == last


def test_personal_values_are_masked_and_secrets_are_never_written_down() -> None:
    person = build.a_person(id_number="320106198001010014", password_hash="argon2-secret")
    clerk = build.staff(Role.POINT, mobile="13812345678")
    stored = newest("people")
    assert stored.row_id == person.id
    assert stored.changes["id_number"] == [None, "320106********0014"]
    assert stored.changes["password_hash"] == [None, "***"]
    assert newest("staff").changes["mobile"] == [None, "138****5678"]
    build.change(clerk, mobile="13987654321")
    assert newest("staff").changes == {"mobile": ["138****5678", "139****4321"]}


def test_pictures_are_not_copied_into_the_audit() -> None:
    build.a_photo(build.an_application(Stage.DRAFT))
    assert newest("photos").changes["master"] == [None, "***"]


@pytest.mark.parametrize(
    "write",
    [
        update(Application).values(major="数学"),
        delete(Application),
        insert(Subject).values(code="900", name="新学科"),
        update(Staff).values(active=False),
    ],
    ids=["update", "delete", "insert", "update of staff"],
)
def test_a_set_based_write_that_is_not_recorded_is_refused(write: object) -> None:
    with pytest.raises(UnrecordedWrite, match="must be recorded"):
        session.execute(write)


def test_a_recorded_set_based_write_is_written_down_row_by_row() -> None:
    @transaction
    def retire(*, by: Actor) -> None:
        change = update(Subject).where(Subject.code == "111").values(teachable=False)
        session.execute(change, execution_options={"recorded": True})
        key = session.scalars(select(Subject.id).where(Subject.code == "111")).one()
        audit.record_many("subjects", {key: {"teachable": ["True", "False"]}}, by=by)

    retire(by=KEEPER)
    noted = newest("subjects")
    assert (noted.action, noted.changes, noted.actor_name) == ("update", {"teachable": ["True", "False"]}, "管理员")


def test_looking_at_a_personal_value_can_be_written_down_too() -> None:
    @transaction
    def reveal(*, by: Actor) -> None:
        audit.record("reveal", "people", 5, by=by)

    reveal(by=KEEPER)
    assert (newest("people").action, newest("people").row_id) == ("reveal", 5)


def test_mail_on_its_way_is_no_matter_for_the_audit() -> None:
    session.add(Mail(to="t@example.cn", subject="通知", body="正文", due_at=datetime.now(UTC)))
    session.flush()
    assert session.scalars(select(AuditEntry).where(AuditEntry.table_name == "mails")).all() == []


def test_what_is_rolled_back_leaves_no_entry() -> None:
    @transaction
    def fail(*, by: Actor) -> None:
        session.add(Subject(code="900", name="新学科"))
        session.flush()
        assert newest("subjects").actor_name == "管理员"
        message = "something else went wrong"
        raise LookupError(message)

    with pytest.raises(LookupError):
        fail(by=KEEPER)
    assert session.scalars(select(AuditEntry).where(AuditEntry.actor_name == "管理员")).all() == []
    assert session.scalar(select(Subject).where(Subject.code == "900")) is None


@pytest.fixture
def records(database: Database) -> None:
    """At least one row in each protected table."""
    application = build.an_application(Stage.SUBMITTED)
    by = build.an_actor(Role.POINT, application.point)
    workflow.move(application.id, "return", by=by, wish=Wish(reason="缺材料"))


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("table", PROTECTED)
@pytest.mark.parametrize("statement", ["UPDATE {} SET actor_name = 'x'", "DELETE FROM {}"])
def test_records_cannot_be_changed_or_deleted_even_by_sql(database: Database, table: str, statement: str) -> None:
    assert database.connection is not None
    session.remove()
    with pytest.raises(DBAPIError, match="kept for ever"), database.connection.begin_nested():
        database.connection.execute(text(statement.format(table)))


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("table", PROTECTED)
def test_records_cannot_be_emptied_on_postgresql(database: Database, table: str) -> None:
    assert database.connection is not None
    session.remove()
    # SQLite has no TRUNCATE: there it is a syntax error, which keeps the rows as well.
    with pytest.raises(DBAPIError), database.connection.begin_nested():
        database.connection.execute(text(f"TRUNCATE {table}"))
    assert database.connection.scalar(text(f"SELECT count(*) FROM {table}")) > 0


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("model", [Event, AuditEntry])
def test_records_cannot_be_changed_through_the_session(model: type[Event] | type[AuditEntry]) -> None:
    session.scalars(select(model)).first().actor_name = "x"
    with pytest.raises(DBAPIError, match="kept for ever"):
        session.flush()


def test_a_person_stays_without_a_trace_of_the_number_in_the_clear() -> None:
    number = build.an_id_number()
    build.change(build.a_person(id_number=number), name="改名")
    everything = [str(entry.changes) for entry in session.scalars(select(AuditEntry))]
    assert session.scalar(select(Person.name).where(Person.id_number == number)) == "改名"
    assert not any(number in entry for entry in everything)
