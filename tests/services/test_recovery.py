"""The way back into an account: who gets mail, how long and how often a secret is good, and what is written down."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AccountLink, Application, AuditEntry, Mail, Person
from shared.models.kinds import Role, Stage
from shared.rules import accounts as rules
from shared.rules.rights import Actor
from shared.services import access, accounts, links, locks, recovery, worker
from shared.services.accounts import hash_password
from shared.services.errors import NotYours, Refused
from tests import build
from tests.conftest import Database
from tests.mailbox import PORTAL, mails, secret_in

At = Callable[[datetime], datetime]
OLD, NEW, NEWER = "Xinghuo-2026", "Qinhuai#2027", "Xuanwu#2028"
VISITOR = accounts.anonymous("203.0.113.7")
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)  # twelve by the users' clock
HOUR = timedelta(hours=1)


@pytest.fixture
def person(database: Database, at: At) -> Person:
    at(NOON)
    return build.a_person(email="wang@example.cn", password_hash=hash_password(OLD))


def me(person: Person) -> Actor:
    return access.actor_of_person(person, "203.0.113.8")


def ask(id_number: str) -> None:
    recovery.ask_for_new_password(id_number, by=VISITOR, portal_url=PORTAL)


def asked(person: Person) -> str:
    """The secret that was mailed to the person who asked for it."""
    ask(person.id_number)
    return secret_in(mails(person.email)[-1])


def set_password(secret: str, password: str = NEW) -> None:
    recovery.set_new_password(secret, password, by=VISITOR)


def is_void(secret: str) -> bool:
    with pytest.raises(Refused, match="请重新申请"):
        set_password(secret, NEWER)
    return True


def entries(action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def later(at: At, span: timedelta) -> None:
    at(clock.now() + span)


# Asking by mail


def test_the_mail_has_the_link_and_no_number_in_full(person: Person) -> None:
    secret = asked(person)
    mail = mails()[0]
    assert len(secret) > 40
    assert "王**老师" in mail.body
    assert person.name not in mail.body
    assert person.id_number not in mail.body
    assert "2026-10-12 13:00前有效" in mail.body


def test_of_the_secret_only_the_hash_is_kept_and_the_audit_has_not_even_that(person: Person) -> None:
    secret = asked(person)
    link = session.scalars(select(AccountLink)).one()
    assert secret not in link.token_hash
    kept = [str(entry.changes) for entry in session.scalars(select(AuditEntry))]
    assert not [text for text in kept if link.token_hash in text or secret in text]


def test_an_unknown_number_gets_no_mail_and_an_entry_in_the_audit(person: Person) -> None:
    ask(build.an_id_number())
    assert session.scalars(select(Mail)).all() == []
    assert [(entry.row_id, entry.address) for entry in entries("ask_password")] == [(None, VISITOR.address)]


def test_the_answer_takes_the_same_time_for_everybody(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [0.0], []
    monkeypatch.setattr(recovery.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(recovery.time, "sleep", waits.append)
    for number in (person.id_number, build.an_id_number()):
        ask(number)
    assert waits == [recovery.SECONDS_TO_ANSWER] * 2


def test_three_mails_an_hour_are_enough(person: Person, at: At) -> None:
    for _ask in range(5):
        ask(person.id_number)
    assert len(mails()) == rules.MOST_MAILS_AN_HOUR
    later(at, HOUR + timedelta(seconds=1))
    ask(person.id_number)
    assert len(mails()) == rules.MOST_MAILS_AN_HOUR + 1


def test_a_person_without_an_address_gets_no_mail(database: Database) -> None:
    ask(build.a_person(email="").id_number)
    assert session.scalars(select(AccountLink)).all() == []


# Setting the password


def test_a_new_password_ends_every_session_and_lifts_the_lock(person: Person) -> None:
    build.change(person, locked_until=clock.now() + HOUR, failed_logins=3)
    epoch = person.session_epoch
    set_password(asked(person))
    assert accounts.teacher(person.id, epoch, "") is None
    assert (person.locked_until, person.failed_logins) == (None, 0)
    assert accounts.log_in_teacher(person.id_number, NEW, address="203.0.113.8").actor.id == person.id


def test_a_link_is_good_for_an_hour(person: Person, at: At) -> None:
    secret = asked(person)
    later(at, HOUR)
    assert is_void(secret)


def test_until_then_it_is_good(person: Person, at: At) -> None:
    secret = asked(person)
    later(at, HOUR - timedelta(seconds=1))
    set_password(secret)


def test_one_used_link_uses_up_all_the_others(person: Person) -> None:
    first, second = asked(person), asked(person)
    set_password(second)
    assert is_void(first)
    assert is_void(second)


def test_a_link_of_another_kind_opens_nothing(person: Person) -> None:
    recovery.send_verification(person.id, by=me(person), portal_url=PORTAL)
    assert is_void(secret_in(mails()[-1]))


def test_a_followed_link_proves_the_address_it_was_sent_to(person: Person) -> None:
    set_password(asked(person))
    assert person.email_verified_at == clock.now()


def test_but_not_one_that_came_after_it(person: Person) -> None:
    secret = asked(person)
    build.change(person, email="other@example.cn")
    set_password(secret)
    assert person.email_verified_at is None


def test_neither_a_weak_password_nor_the_present_one_is_taken(person: Person) -> None:
    secret = asked(person)
    for password, sentence in ((OLD, "不能与原密码相同"), ("abc", "密码须为"), (person.id_number + "Aa", "证件号码")):
        with pytest.raises(Refused, match=sentence):
            set_password(secret, password)
    set_password(secret)


def test_who_set_it_stands_in_the_audit(person: Person) -> None:
    set_password(asked(person))
    (entry,) = entries("new_password")
    assert (entry.row_id, entry.actor_id, entry.actor_role) == (person.id, person.id, Role.TEACHER)
    assert entry.address == VISITOR.address


# Codes from the school


@pytest.fixture
def application(person: Person) -> Application:
    return build.an_application(Stage.SUBMITTED, person=person)


def officer(application: Application, role: Role = Role.SCHOOL) -> Actor:
    return build.an_actor(role, application.school if role is Role.SCHOOL else application.bureau)


def a_code(application: Application, by: Actor | None = None) -> str:
    who = by or officer(application)
    last = links.last_code(application.person_id)
    return recovery.give_code(application.id, by=who, portal_url=PORTAL, last=last).code


def check(person: Person, code: str) -> str:
    return recovery.check_code(person.id_number, code, by=VISITOR)


def test_a_code_is_easy_to_read_and_hard_to_guess(application: Application) -> None:
    code = a_code(application)
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}", code)
    assert not set(code) & set("01OILU")
    assert len(rules.CODE_SIGNS) ** rules.CODE_LENGTH > 2**50


def test_a_code_is_typed_as_people_type(application: Application, person: Person) -> None:
    code = a_code(application)
    plain = code.replace("-", "")
    for typed in (
        code,
        plain,
        plain.lower(),
        code.replace("-", " "),
        code.replace("-", "—"),
        f" {plain[:4]}－{plain[4:]}",
    ):
        assert check(person, typed) == plain
    set_password(code.lower())
    assert accounts.log_in_teacher(person.id_number, NEW, address="203.0.113.8")


def test_a_code_is_good_for_a_day_and_only_for_its_person(application: Application, person: Person, at: At) -> None:
    code, other = a_code(application), build.a_person()
    with pytest.raises(Refused, match="证件号码或重设码不正确"):
        check(other, code)
    later(at, timedelta(hours=24))
    with pytest.raises(Refused, match="证件号码或重设码不正确"):
        check(person, code)
    assert is_void(code)


def test_a_wrong_code_an_unknown_number_and_a_locked_account_get_the_same_sentence(
    application: Application, person: Person
) -> None:
    code = a_code(application)
    said = set()
    for number, typed in (
        *[(person.id_number, "AAAA-BBBB-CCCC")] * rules.FAILURES_TO_LOCK,
        (person.id_number, code),
        (build.an_id_number(), code),
        (person.id_number, "x"),
    ):
        with pytest.raises(Refused) as refused:
            recovery.check_code(number, typed, by=VISITOR)
        said.add(str(refused.value))
    assert len(said) == 1
    assert locks.is_locked(person)
    assert len(entries("code_failed")) == rules.FAILURES_TO_LOCK + 3


def test_a_new_code_ends_the_one_before_and_lifts_the_lock(application: Application, person: Person) -> None:
    first = a_code(application)
    build.change(person, locked_until=clock.now() + HOUR)
    second = a_code(application)
    assert is_void(first)
    assert check(person, second)


def test_a_form_that_is_sent_twice_gives_one_code(application: Application, person: Person) -> None:
    by = officer(application)
    slip = recovery.give_code(application.id, by=by, portal_url=PORTAL, last=0)
    with pytest.raises(Refused, match="已发放过"):
        recovery.give_code(application.id, by=by, portal_url=PORTAL, last=0)
    assert check(person, slip.code)


def test_sessions_end_when_the_password_is_set_and_not_before(application: Application, person: Person) -> None:
    epoch = person.session_epoch
    code = a_code(application)
    assert accounts.teacher(person.id, epoch, "") is not None
    set_password(code)
    assert accounts.teacher(person.id, epoch, "") is None
    assert person.email_verified_at is None  # nobody has read any mail


def test_the_teacher_is_told_and_the_audit_says_who_gave_it_to_whom(application: Application, person: Person) -> None:
    by = officer(application)
    code = a_code(application, by)
    (mail,) = mails()
    assert by.name in mail.body
    assert code not in mail.body
    assert code.replace("-", "") not in mail.body
    (entry,) = entries("give_code")
    assert (entry.actor_id, entry.actor_role, entry.row_id) == (by.id, Role.SCHOOL, person.id)


def test_the_district_may_and_nobody_else(application: Application) -> None:
    assert a_code(application, officer(application, Role.DISTRICT))
    city = application.bureau.parent
    strangers = [
        build.an_actor(Role.SCHOOL, build.a_school(bureau=application.bureau)),
        build.an_actor(Role.POINT, application.point),
        build.an_actor(Role.DISTRICT, build.a_bureau(parent=city)),
        build.an_actor(Role.CITY, city),
        build.an_actor(Role.SUPERUSER, city),
    ]
    for by in strangers:
        with pytest.raises(NotYours):
            a_code(application, by)


def test_a_school_that_somebody_has_left_has_no_say_any_more(application: Application, person: Person) -> None:
    before = officer(application)
    new_school = build.a_school(bureau=application.bureau)
    now = build.an_application(
        Stage.SUBMITTED, person=person, campaign=build.a_campaign(application.bureau.parent), school=new_school
    )
    with pytest.raises(NotYours):
        a_code(application, before)
    assert a_code(now, build.an_actor(Role.SCHOOL, new_school))


# Clearing away


def test_links_older_than_thirty_days_are_deleted(person: Person, at: At) -> None:
    asked(person)
    later(at, timedelta(days=20))
    asked(person)
    later(at, timedelta(days=11))
    by = access.system("worker")
    assert worker.delete_old_links(by=by, now=clock.now()) == 1
    assert len(session.scalars(select(AccountLink)).all()) == 1
    assert entries("delete")[0].changes == {"rows": [None, "1"]}
    assert worker.delete_old_links(by=by, now=clock.now()) == 0
