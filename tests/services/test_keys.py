"""A new data key: everything personal is written anew, and the old key is no longer needed."""

import pytest
from sqlalchemy import select

from shared import db
from shared.db import session
from shared.models import Application, AuditEntry, Draft, Person
from shared.services import access, keys
from tests import build
from tests.conftest import KEY

BY = access.system("rotate-data-key")
NEW = bytes(reversed(range(64)))


def silently(_table, _done, _total):
    """Nobody watches."""


def raw(column):
    return session.connection().exec_driver_sql(f"SELECT {column.name} FROM {column.table.name}").scalar()


@pytest.fixture
def person(database):
    return build.an_application(mobile="13800138000").person


def test_the_new_key_alone_reads_everything_afterwards(person):
    number = person.id_number
    db.use_keys((NEW, KEY))
    keys.rotate(by=BY, progress=silently)
    db.use_keys((NEW,))
    session.expire_all()
    assert session.scalars(select(Person.id_number)).one() == number
    assert session.scalars(select(Application.mobile)).one() == "13800138000"


def test_people_are_found_by_their_number_again(person):
    number = person.id_number
    db.use_keys((NEW, KEY))
    by_number = select(Person.name).where(Person.id_number == number)
    assert session.scalar(by_number) is None
    keys.rotate(by=BY, progress=silently)
    assert session.scalar(by_number) == person.name


def test_what_is_stored_is_different_and_empty_stays_empty(person):
    before = bytes(raw(Person.__table__.c.id_number))
    db.use_keys((NEW, KEY))
    keys.rotate(by=BY, progress=silently)
    assert bytes(raw(Person.__table__.c.id_number)) != before
    assert raw(Application.__table__.c.landline) is None


def test_it_goes_on_past_the_first_batch_and_tells_how_far_it_is(database, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    for _ in range(5):
        build.a_person()
    told = []
    done = keys.rotate(by=BY, progress=lambda *step: told.append(step))
    assert done["people"] == 5
    assert [step for step in told if step[0] == "people"] == [("people", 2, 5), ("people", 4, 5), ("people", 5, 5)]


def test_a_value_that_no_key_reads_stops_it_and_nothing_is_changed(person):
    before = bytes(raw(Person.__table__.c.id_number))
    db.use_keys((NEW,))
    with pytest.raises(ValueError, match="DATA_KEY"):
        keys.rotate(by=BY, progress=silently)
    assert bytes(raw(Person.__table__.c.id_number)) == before


def test_every_encrypted_column_is_known_by_its_type():
    assert {table.name for table in keys.encrypted_columns()} >= {
        "people",
        "staff",
        "applications",
        Draft.__tablename__,
    }


def test_the_audit_says_who_did_it_to_which_table(person):
    keys.rotate(by=BY, progress=silently)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "rotate_data_key")).all()
    assert {entry.table_name for entry in entries} == {table.name for table in keys.encrypted_columns()}
    assert {entry.actor_name for entry in entries} == {"rotate-data-key"}
