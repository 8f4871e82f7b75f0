"""Many failures from one network address, and what an account remembers of its log-ins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AuditEntry, Person
from shared.models.kinds import Role
from shared.rules.accounts import LOG_IN_FAILED, LOGGED_IN
from shared.rules.fields import Step
from shared.services import access, accounts, applications, drafts, recovery, throttle
from shared.services.accounts import hash_password
from shared.services.errors import Refused
from tests import build
from tests.conftest import Database

At = Callable[[datetime], datetime]
OLD, NEW = "Xinghuo-2026", "Qinhuai#2027"
VISITOR = accounts.anonymous("203.0.113.7")
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)


@pytest.fixture
def person(database: Database, at: At) -> Person:
    at(NOON)
    return build.a_person(password_hash=hash_password(OLD))


def entries(action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def failures(count: int, action: str = LOG_IN_FAILED, name: str = "anonymous", accounts_of: int | None = None) -> None:
    """So many entries; `accounts_of`: of that many different accounts."""
    build.add(
        *[
            AuditEntry(
                at=clock.now(),
                actor_name=name,
                address=VISITOR.address,
                action=action,
                table_name="people",
                row_id=each % accounts_of if accounts_of else None,
                changes={},
            )
            for each in range(count)
        ]
    )


def test_more_than_fifty_failures_from_one_address_are_told_to_wait(person: Person, at: At) -> None:
    failures(throttle.MOST)
    throttle.refuse_busy(by=VISITOR)
    failures(1)
    with pytest.raises(Refused, match="15分钟后再试"):
        accounts.log_in_teacher(person.id_number, OLD, address=VISITOR.address)
    with pytest.raises(Refused, match="15分钟后再试"):
        recovery.ask_for_new_password(person.id_number, by=VISITOR, portal_url="https://portal.example.cn")
    assert accounts.log_in_teacher(person.id_number, OLD, address="203.0.113.99")
    at(clock.now() + throttle.WITHIN + timedelta(seconds=1))
    assert accounts.log_in_teacher(person.id_number, OLD, address=VISITOR.address)


def test_an_address_from_which_most_log_in_well_is_not_stopped(person: Person) -> None:
    failures(throttle.MOST + 1)
    failures(throttle.MOST + 1, LOGGED_IN, "王晓燕", accounts_of=throttle.MOST + 1)
    throttle.refuse_busy(by=VISITOR)


def test_nobody_makes_up_for_guessing_by_logging_in_to_an_own_account(person: Person) -> None:
    failures(throttle.MOST + 1)
    failures(throttle.MOST + 1, LOGGED_IN, "王晓燕", accounts_of=1)
    with pytest.raises(Refused, match="15分钟后再试"):
        throttle.refuse_busy(by=VISITOR)


def test_whoever_tries_which_numbers_have_an_account_is_told_to_wait(person: Person) -> None:
    build.a_campaign()
    token = drafts.begin(by=VISITOR)
    known = {"id_kind": person.id_kind, "id_number": person.id_number, "certificate_number": "20103201632000001"}
    for _attempt in range(throttle.MOST + 1):
        with pytest.raises(Refused, match="已有账号"):
            applications.save_draft(token, known, by=VISITOR, step=Step.IDENTITY)
    with pytest.raises(Refused, match="15分钟后再试"):
        applications.save_draft(token, known, by=VISITOR, step=Step.IDENTITY)


def test_a_proxy_that_hides_all_addresses_does_not_stop_everybody(person: Person) -> None:
    for address in ("127.0.0.1", "::1", ""):
        throttle.refuse_busy(by=accounts.anonymous(address))


def test_a_log_in_with_an_unknown_number_is_written_down_too(database: Database) -> None:
    with pytest.raises(Refused, match="账号或密码不正确"):
        accounts.log_in_teacher(build.an_id_number(), OLD, address=VISITOR.address)
    assert [(entry.row_id, entry.address) for entry in entries("login_failed")] == [(None, VISITOR.address)]


def test_the_last_log_ins_are_ones_own(person: Person) -> None:
    with pytest.raises(Refused):
        accounts.log_in_teacher(person.id_number, NEW, address="203.0.113.9")
    accounts.log_in_teacher(person.id_number, OLD, address="203.0.113.8")
    found = accounts.last_log_ins(by=access.actor_of_person(person))
    assert [(entry.action, entry.address) for entry in found] == [
        ("login", "203.0.113.8"),
        ("login_failed", "203.0.113.9"),
    ]
    assert accounts.last_log_ins(by=build.an_actor(Role.TEACHER)) == []
