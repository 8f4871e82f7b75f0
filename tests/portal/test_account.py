"""The account's own pages, and the way back in for whoever has forgotten the password."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared import clock
from shared.db import session
from shared.models import AccountLink, AuditEntry, Mail, Person
from shared.models.kinds import Role
from shared.rules import accounts as rules
from shared.services import recovery
from tests import build
from tests.conftest import Database
from tests.portal.teacher import PASSWORD, Teacher, words_of
from tests.portal.test_every_page import is_sound

At = Callable[[datetime], datetime]
NEW = "Qinhuai#2027"
PORTAL = "http://127.0.0.1:8000"
LINK = re.compile(re.escape(PORTAL) + r"(/account/(?:new-password|verify)/\S+)")
MAILBOX = "wang@example.cn"


@pytest.fixture
def known(teacher: Teacher) -> Teacher:
    """A teacher who has an account and has left."""
    teacher.opens_an_account()
    teacher.posts("/account/log-out", at="/status/")
    return teacher


def mails(to: str = MAILBOX) -> list[Mail]:
    """What has come to a mailbox since the account was opened, which sends the first one."""
    session.rollback()
    return list(session.scalars(select(Mail).where(Mail.to == to).order_by(Mail.id)))[1 if to == MAILBOX else 0 :]


def mailed_path(to: str = MAILBOX) -> str:
    """The path of the link in the newest mail."""
    found = LINK.search(mails(to)[-1].body)
    assert found
    return found.group(1)


def person_of(teacher: Teacher) -> Person:
    session.rollback()
    return session.scalars(select(Person).where(Person.id_number == teacher.id_number)).one()


def asks(teacher: Teacher, id_number: str = "") -> TestResponse:
    return teacher.posts("/account/forgotten", id_number=id_number or teacher.id_number)


def sets(teacher: Teacher, path: str, password: str = NEW) -> TestResponse:
    return teacher.posts(path, password=password, password_again=password)


def test_the_log_in_page_leads_to_the_way_back(teacher: Teacher) -> None:
    assert 'href="/account/forgotten"' in teacher.opens("/account/log-in").get_data(as_text=True)


def test_a_known_and_an_unknown_number_get_the_same_answer(known: Teacher) -> None:
    answers = [asks(known, number) for number in (known.id_number, build.an_id_number(), "没有这个号")]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.get_data() for answer in answers}) == 1
    assert {answer.location for answer in answers} == {"/account/forgotten/sent"}
    assert "如果这个证件号码已有账号" in words_of(known.opens("/account/forgotten/sent"))
    assert len(mails()) == 1


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    assert "王**" in words_of(known.opens(path))
    answer = sets(known, path)
    assert answer.location == "/account/log-in"
    assert "新密码已设置" in words_of(known.opens("/account/log-in"))
    assert known.logs_in().status_code == 422
    assert known.logs_in(password=NEW).status_code == 303


def test_the_link_works_once_and_says_then_what_to_do(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    ready = {**known.hidden(path), "password": NEW, "password_again": NEW}
    assert known.client.post(path, data=ready).status_code == 303
    again = known.client.post(path, data=ready)
    opened = known.opens(path)
    assert (again.status_code, opened.status_code) == (404, 404)
    for answer in (again, opened):
        assert "已失效" in words_of(answer)
        assert "请重新申请" in words_of(answer)


def test_opening_a_link_changes_nothing(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    for _scanner in range(3):
        assert known.opens(path).status_code == 200
    session.rollback()
    assert set(session.scalars(select(AccountLink.used_at))) == {None}
    assert known.logs_in().status_code == 303


def test_a_link_and_where_it_leads_tell_no_other_site_the_secret(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    assert known.opens(path).headers["Referrer-Policy"] == "strict-origin"
    assert known.opens("/account/log-in").headers["Referrer-Policy"] == "same-origin"
    assert path.rpartition("/")[2] not in (sets(known, path).location or "")


def test_over_https_the_form_behind_a_link_can_be_sent(known: Teacher) -> None:
    """There the log of the browser's way is asked for; with "no-referrer" every form would be refused."""
    asks(known)
    path, secure = mailed_path(), "https://localhost"
    known.client.set_cookie("portal_session", "", domain="localhost")
    page = known.client.get(path, base_url=secure).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token.group(1), "password": NEW, "password_again": NEW}
    assert known.client.post(path, data=data, base_url=secure).status_code == 400
    answer = known.client.post(path, data=data, base_url=secure, headers={"Referer": f"{secure}/"})
    assert answer.status_code == 303


def test_whoever_is_logged_in_elsewhere_is_logged_out(known: Teacher) -> None:
    elsewhere = Teacher(known.app, known.place, id_number=known.id_number)
    elsewhere.logs_in()
    assert elsewhere.opens("/status/").status_code == 200
    asks(known)
    sets(known, mailed_path())
    assert elsewhere.opens("/status/").status_code == 303


def test_somebody_else_at_the_same_machine_is_logged_out_too(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    other = Teacher(known.app, known.place)
    other.opens_an_account()
    known.client = other.client
    sets(known, path)
    assert other.opens("/status/").status_code == 303


def test_a_weak_password_is_refused_and_the_link_stays_good(known: Teacher) -> None:
    asks(known)
    path = mailed_path()
    refused = sets(known, path, "kurz")
    assert refused.status_code == 422
    assert "密码须为8至128个字符" in words_of(refused)
    assert "不能与原密码相同" in words_of(sets(known, path, PASSWORD))
    assert sets(known, path).status_code == 303


def test_too_many_attempts_from_one_address_are_told_to_wait(known: Teacher, at: At) -> None:
    at(clock.now())
    network = {"REMOTE_ADDR": "203.0.113.7"}
    for _attempt in range(51):
        build.add(
            AuditEntry(
                at=clock.now(),
                actor_name="anonymous",
                address="203.0.113.7",
                action="login_failed",
                table_name="people",
                changes={},
            )
        )
    for path in ("/account/forgotten", "/account/log-in"):
        data = {**known.hidden(path), "id_number": known.id_number, "password": PASSWORD}
        busy = known.client.post(path, data=data, environ_base=network)
        assert busy.status_code == 422
        assert "请15分钟后再试" in words_of(busy)
    assert mails() == []
    at(clock.now() + timedelta(minutes=16))
    assert known.client.post("/account/log-in", data=data, environ_base=network).status_code == 303


def a_code_for(teacher: Teacher) -> str:
    """The code that the school's officer hands to the teacher."""
    person = person_of(teacher)
    application = build.an_application(person=person, campaign=build.a_campaign())
    officer = build.an_actor(Role.SCHOOL, application.school)
    return recovery.give_code(application.id, by=officer, portal_url=PORTAL, last=0).code


def types_code(teacher: Teacher, code: str, id_number: str = "") -> TestResponse:
    page = teacher.hidden("/account/forgotten")
    data = {"by-code-id_number": id_number or teacher.id_number, "by-code-code": code}
    return teacher.client.post("/account/forgotten/code", data={**page, **data})


def test_a_code_from_the_school_leads_to_a_new_password(known: Teacher) -> None:
    code = a_code_for(known)
    answer = types_code(known, code.lower())
    assert answer.status_code == 303
    assert sets(known, answer.location).location == "/account/log-in"
    assert known.logs_in(password=NEW).status_code == 303
    assert types_code(known, code).status_code == 422


def test_a_wrong_code_and_an_unknown_number_get_the_same_page(known: Teacher) -> None:
    code = a_code_for(known)
    stranger = build.an_id_number()
    pages = []
    for number, typed in ((known.id_number, "ABCD-EFGH-JKMN"), (stranger, code), (stranger, "ABCD-EFGH-JKMN")):
        answer = types_code(known, typed, number)
        assert answer.status_code == 422
        pages.append(words_of(answer))
        assert '<details class="more" open>' in answer.get_data(as_text=True)
    assert len(set(pages)) == 1
    assert "证件号码或重设码不正确" in pages[0]


def test_the_account_page_says_which_address_is_proved_and_who_came_in(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.posts("/account/log-out", at="/status/")
    teacher.logs_in(password="Falsch-2026")
    teacher.logs_in()
    page = words_of(teacher.opens("/account/"))
    assert "w***@example.cn" in page
    assert "未验证" in page
    assert teacher.id_number not in page
    assert "127.0.0.1 登录成功" in page
    assert "127.0.0.1 密码错误" in page


def test_the_present_address_is_proved_from_the_account_page(teacher: Teacher) -> None:
    teacher.opens_an_account()
    assert "验证邮件已发送" in words_of(teacher.posts("/account/email/again", at="/account/", follow=True))
    path = mailed_path()
    assert "用于王**的账号" in words_of(teacher.opens(path))
    assert person_of(teacher).email_verified_at is None
    answer = teacher.posts(path, follow=True)
    assert "邮箱w***@example.cn已验证" in words_of(answer)
    assert "未验证" not in words_of(teacher.opens("/account/"))


def test_a_new_address_waits_until_its_link_is_followed(teacher: Teacher) -> None:
    teacher.opens_an_account()
    answer = teacher.posts("/account/email", email="new@school.example.cn", password=PASSWORD, follow=True)
    assert "新邮箱n***@school.example.cn等待验证" in words_of(answer)
    assert person_of(teacher).email == MAILBOX
    stranger = Teacher(teacher.app, teacher.place)  # the mail is read on the phone, where nobody is logged in
    done = stranger.posts(mailed_path("new@school.example.cn"))
    assert done.location == "/account/log-in"
    assert person_of(teacher).email == "new@school.example.cn"
    assert "改用邮箱n***@school.example.cn" in mails()[-1].body


def test_a_new_address_needs_the_password(teacher: Teacher) -> None:
    teacher.opens_an_account()
    refused = teacher.posts("/account/email", email="new@school.example.cn", password="Falsch-2026")
    assert refused.status_code == 422
    assert "登录密码不正确" in words_of(refused)
    assert mails("new@school.example.cn") == []


def test_after_three_mails_within_an_hour_the_page_says_so(teacher: Teacher) -> None:
    teacher.opens_an_account()
    for _mail in range(rules.MOST_MAILS_AN_HOUR - 1):  # the first went out when the account was opened
        teacher.posts("/account/email/again", at="/account/")
    assert "最多发送3封验证邮件" in words_of(teacher.posts("/account/email/again", at="/account/", follow=True))
    assert len(mails()) == rules.MOST_MAILS_AN_HOUR - 1


def test_every_page_behind_a_good_link_is_sound(known: Teacher, database: Database) -> None:
    asks(known)
    is_sound(known, mailed_path(), database)
    known.logs_in()
    known.posts("/account/email/again", at="/account/")
    is_sound(known, mailed_path(), database)
    is_sound(known, "/account/", database)
