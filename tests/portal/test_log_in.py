"""Logging in and out, and what happens to half-filled pages when a log-in runs out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared import clock
from shared.db import session
from shared.models import Agreement, Application
from shared.web.login import IDLE_SECONDS
from tests import build
from tests.portal.teacher import PASSWORD, Teacher, words_of

At = Callable[[datetime], datetime]


@pytest.fixture
def later(at: At) -> Callable[[], object]:
    """Let so much time pass that a log-in runs out."""
    return lambda: at(clock.now() + timedelta(seconds=IDLE_SECONDS + 60))


def test_a_teacher_leaves_and_comes_back_with_the_id_number(teacher: Teacher) -> None:
    teacher.opens_an_account()
    answer = teacher.posts("/account/log-out", at="/status/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "关闭浏览器" in words_of(teacher.opens("/left"))
    assert teacher.opens("/status/").status_code == 303
    assert teacher.logs_in().location == "/status/"
    assert "您尚未提交" in words_of(teacher.opens("/status/"))


def test_a_wrong_password_and_an_unknown_number_get_the_same_sentence(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.posts("/account/log-out", at="/status/")
    wrong = teacher.logs_in(password="Falsch-2026")
    stranger = Teacher(teacher.app, teacher.place).logs_in()
    assert wrong.status_code == stranger.status_code == 422
    assert "账号或密码不正确" in words_of(wrong)
    assert "账号或密码不正确" in words_of(stranger)


def test_a_link_to_another_site_is_not_followed_after_the_log_in(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.posts("/account/log-out", at="/status/")
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = teacher.logs_in(f"/account/log-in?next={target}")
        assert answer.location == "/status/"
        teacher.posts("/account/log-out", at="/status/")


def test_a_draft_is_carried_on_by_its_cookie(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    assert teacher.opens("/apply/").location == "/apply/basics"
    assert "继续填写申请" in words_of(teacher.opens("/"))


def test_nothing_typed_is_lost_when_the_log_in_runs_out_in_step_seven(
    teacher: Teacher, later: Callable[[], object]
) -> None:
    teacher.opens_an_account()
    typed = teacher.answers("work") | {"joined_on": "二零一零年八月"} | teacher.hidden("/apply/work")
    later()
    answer = teacher.client.post("/apply/work", data=typed)
    assert answer.location == "/account/log-in?next=/apply/work"
    assert "您填写的内容已保存" in words_of(teacher.opens(answer.location))
    assert teacher.logs_in(answer.location).location == "/apply/work"
    page = teacher.opens("/apply/work").get_data(as_text=True)
    assert "已恢复" in page
    assert "二零一零年八月" in page
    assert '<option selected value="103">' in page
    assert teacher.step("work").location == "/apply/contract"
    assert "已恢复" not in teacher.opens("/apply/work").get_data(as_text=True)


def test_nothing_typed_is_lost_after_leaving_in_another_tab(teacher: Teacher) -> None:
    teacher.opens_an_account()
    typed = teacher.answers("work") | teacher.hidden("/apply/work")
    teacher.posts("/account/log-out", at="/status/")
    foreign = teacher.client.post("/apply/work", data=typed, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 400
    answer = teacher.client.post("/apply/work", data=typed, headers={"Origin": "http://localhost"})
    assert teacher.logs_in(answer.location).location == "/apply/work"
    assert '<option selected value="103">' in teacher.opens("/apply/work").get_data(as_text=True)


def test_what_one_person_typed_is_not_shown_to_the_next_at_the_same_machine(
    teacher: Teacher, later: Callable[[], object]
) -> None:
    other = Teacher(teacher.app, teacher.place)
    other.opens_an_account()
    other.fills_in("work", "contract", "education", "person")
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    typed = teacher.answers("contact") | {"address": "南京市秘密路9号"} | teacher.hidden("/apply/contact")
    later()
    answer = teacher.client.post("/apply/contact", data=typed)
    other.client = teacher.client
    assert other.logs_in(answer.location).location == "/apply/contact"
    assert "秘密路" not in other.opens("/apply/contact").get_data(as_text=True)


def test_a_form_whose_token_ran_out_is_shown_again_with_everything_typed(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms")
    answer = teacher.client.post("/apply/identity", data=teacher.answers("identity"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "请再点一次按钮" in page
    assert f'value="{teacher.id_number}"' in page
    assert f'value="{teacher.certificate_number}"' in page


def test_a_new_password_ends_the_old_one(teacher: Teacher) -> None:
    teacher.opens_an_account()
    new = "Qinhuai#2027"
    answer = teacher.posts("/account/password", old_password=PASSWORD, password=new, password_again=new, follow=True)
    assert "密码已修改" in words_of(answer)
    teacher.posts("/account/log-out", at="/status/")
    assert teacher.logs_in().status_code == 422
    assert teacher.logs_in(password=new).status_code == 303


def test_whoever_gave_up_may_start_again_with_what_was_entered(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    teacher.fills_in("check")
    answer = teacher.posts("/status/withdraw", reason="明年再报", follow=True)
    assert "已放弃申报" in words_of(answer)
    assert "开始新的申报" in words_of(answer)
    assert teacher.posts("/status/start", at="/status/").location == "/apply/"
    reads_everything_again(teacher)
    session.rollback()
    numbers = session.query(Application.registration_number, Application.certificate_number).all()
    assert len(numbers) == 2
    assert {number for _own, number in numbers} == {teacher.certificate_number}


def reads_everything_again(teacher: Teacher) -> None:
    """A new application is a new agreement to each text; what was entered before is looked over again."""
    assert teacher.opens("/apply/").location == "/apply/read"
    assert teacher.opens("/apply/check").location == "/apply/read"
    for slug, following in (("read", "terms"), ("terms", "identity"), ("attention", "work")):
        if slug == "attention":
            teacher.fills_in("identity", "basics", "certificate", "bureau", "school", "point")
        answer = teacher.step(slug)
        assert answer.location in (f"/apply/{following}", "/apply/check"), words_of(answer)
    last = session.query(Application).order_by(Application.id.desc()).first()
    assert session.query(Agreement).filter_by(application_id=last.id if last else 0).count() == 3


def test_the_form_is_downloaded_as_pdf(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    assert teacher.posts("/files/form.pdf", at="/status/").status_code == 409
    teacher.fills_in("check")
    answer = teacher.posts("/files/form.pdf", at="/status/")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_nobody_sees_anothers_application(teacher: Teacher) -> None:
    foreign = build.an_application().registration_number
    teacher.opens_an_account()
    assert foreign not in words_of(teacher.opens("/status/"))
