"""An account's e-mail address: stored when the link that was sent there is followed, and not before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Mail, Person
from shared.models.kinds import Role
from shared.rules import accounts as rules
from shared.rules.rights import Actor
from shared.services import access, accounts, recovery
from shared.services.accounts import hash_password
from shared.services.errors import NotYours, Refused
from tests import build
from tests.conftest import Database
from tests.mailbox import PORTAL, mails, secret_in

At = Callable[[datetime], datetime]
OLD = "Xinghuo-2026"
VISITOR = accounts.anonymous("203.0.113.7")
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)


@pytest.fixture
def person(database: Database, at: At) -> Person:
    at(NOON)
    return build.a_person(email="wang@example.cn", password_hash=hash_password(OLD))


def me(person: Person) -> Actor:
    return access.actor_of_person(person, "203.0.113.8")


def change(person: Person, new: str = "new@example.cn", password: str = OLD) -> str:
    return recovery.change_email(new, password, by=me(person), portal_url=PORTAL)


def verify(secret: str) -> str:
    return recovery.verify_email(secret, by=VISITOR)


def test_an_address_is_changed_when_its_link_is_followed_and_the_old_one_is_told(person: Person) -> None:
    assert change(person) == "n***@example.cn"
    assert person.email == "wang@example.cn"
    assert recovery.contact(by=me(person)).waiting == "n***@example.cn"
    assert verify(secret_in(mails("new@example.cn")[0])) == "n***@example.cn"
    assert (person.email, person.email_verified_at) == ("new@example.cn", clock.now())
    assert recovery.contact(by=me(person)).waiting == ""
    (notice,) = mails("wang@example.cn")
    assert "n***@example.cn" in notice.body
    assert "new@example.cn" not in notice.body


def test_whoever_reads_mail_at_the_old_address_gets_in_no_more(person: Person) -> None:
    recovery.ask_for_new_password(person.id_number, by=VISITOR, portal_url=PORTAL)
    link = secret_in(mails()[0])
    change(person)
    verify(secret_in(mails("new@example.cn")[0]))
    with pytest.raises(Refused, match="请重新申请"):
        recovery.set_new_password(link, "Qinhuai#2027", by=VISITOR)


def test_the_last_wish_counts(person: Person) -> None:
    change(person, "first@example.cn")
    change(person, "second@example.cn")
    with pytest.raises(Refused, match="已失效"):
        verify(secret_in(mails("first@example.cn")[0]))
    verify(secret_in(mails("second@example.cn")[0]))
    assert person.email == "second@example.cn"


@pytest.mark.parametrize(
    ("new", "password", "sentence"),
    [
        ("new@example.cn", "Falsch-2026", "登录密码不正确"),
        ("wang@example.cn", OLD, "现在的邮箱"),
        ("no address", OLD, "邮箱格式不正确"),
    ],
)
def test_an_address_is_not_changed_for_anything(person: Person, new: str, password: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        change(person, new, password)
    assert session.scalars(select(Mail)).all() == []


def test_a_link_to_an_address_is_good_for_a_day(person: Person, at: At) -> None:
    change(person)
    secret = secret_in(mails("new@example.cn")[0])
    at(clock.now() + timedelta(hours=24))
    with pytest.raises(Refused, match="已失效"):
        verify(secret)
    assert recovery.contact(by=me(person)).waiting == ""


def test_a_link_is_sent_again_to_the_address_that_waits_three_times_an_hour(person: Person) -> None:
    change(person)
    for _again in range(2):
        recovery.send_again(by=me(person), portal_url=PORTAL)
    with pytest.raises(Refused, match="最多发送3封"):
        recovery.send_again(by=me(person), portal_url=PORTAL)
    assert len(mails("new@example.cn")) == rules.MOST_MAILS_AN_HOUR
    assert mails("wang@example.cn") == []


def test_the_present_address_is_proved_by_its_link_and_nobody_is_told(person: Person) -> None:
    assert recovery.send_verification(person.id, by=me(person), portal_url=PORTAL)
    verify(secret_in(mails()[0]))
    assert person.email_verified_at == clock.now()
    assert len(mails()) == 1
    assert recovery.send_verification(person.id, by=me(person), portal_url=PORTAL)
    assert len(mails()) == 1


def test_nobody_has_mail_sent_to_another_person(person: Person) -> None:
    with pytest.raises(NotYours):
        recovery.send_verification(person.id, by=build.an_actor(Role.TEACHER), portal_url=PORTAL)
