"""Whatever is typed into the portal's own forms gets a sentence, never a fault."""

import pytest

from tests.portal.teacher import BEFORE_ACCOUNT, PASSWORD, Teacher, words_of

UNEQUAL = {"password": PASSWORD, "password_again": PASSWORD + "x"}
TOO_LONG = {"password": "Aa1-" * 40, "password_again": "Aa1-" * 40}


def test_two_unequal_passwords_get_a_sentence_when_the_account_is_opened(teacher: Teacher) -> None:
    teacher.fills_in(*BEFORE_ACCOUNT)
    answer = teacher.step("account", **UNEQUAL)
    assert answer.status_code == 422
    assert "两次输入的密码不一致" in words_of(answer)


def test_a_password_and_an_address_that_are_too_long_get_a_sentence(teacher: Teacher) -> None:
    teacher.fills_in(*BEFORE_ACCOUNT)
    answer = teacher.step("account", **TOO_LONG, email="a" * 250 + "@b.cn")
    assert answer.status_code == 422
    assert "登录密码最多128个字" in words_of(answer)
    assert "电子邮箱最多254个字" in words_of(answer)


@pytest.mark.parametrize(("typed", "told"), [(UNEQUAL, "两次输入的密码不一致"), (TOO_LONG, "登录密码最多128个字")])
def test_a_new_password_that_will_not_do_gets_a_sentence(teacher: Teacher, typed: dict[str, str], told: str) -> None:
    teacher.opens_an_account()
    answer = teacher.posts("/account/password", old_password=PASSWORD, **typed)
    assert answer.status_code == 422
    assert told in words_of(answer)


def test_a_reason_that_is_too_long_gets_a_sentence_and_stays(teacher: Teacher) -> None:
    teacher.opens_an_account()
    answer = teacher.posts("/status/withdraw", reason="忙" * 201)
    assert answer.status_code == 422
    assert "放弃的原因最多200个字" in words_of(answer)
    assert "忙" * 201 in words_of(answer)


def test_control_characters_are_left_out_and_lines_stay_lines(teacher: Teacher) -> None:
    teacher.opens_an_account()
    answer = teacher.posts("/status/withdraw", reason="调动\x01\r\n明年\x07再报", follow=True)
    assert "已放弃申报" in words_of(answer)
    assert "调动\n明年再报" in answer.get_data(as_text=True)


def test_control_characters_do_no_harm_at_the_log_in(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.posts("/account/log-out", at="/status/")
    assert teacher.posts("/account/log-in", id_number="\x01", password="\x01").status_code == 422
    typed = {"id_number": f"{teacher.id_number}\x01", "password": PASSWORD}
    assert teacher.posts("/account/log-in", **typed).location == "/status/"


def test_the_older_of_two_tabs_gives_up_at_the_second_press(teacher: Teacher) -> None:
    teacher.opens_an_account()
    older = teacher.hidden("/status/withdraw")
    teacher.fills_in("work")
    refused = teacher.client.post("/status/withdraw", data=older)
    assert "另一个页面" in words_of(refused)
    version = refused.get_data(as_text=True).partition('name="version" type="hidden" value="')[2].partition('"')[0]
    assert version > older["version"]
    assert teacher.client.post("/status/withdraw", data=older | {"version": version}).status_code == 303
