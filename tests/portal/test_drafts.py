"""Nothing that was typed is lost: held while it is typed, found on another device, told where two tabs disagree."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

from flask import Flask

from shared import clock
from shared.db import session
from shared.models import Application, Draft
from shared.services.worker import delete_old_drafts
from tests import build
from tests.portal.teacher import HIDDEN, Teacher, words_of


def on_another_device(teacher: Teacher) -> Teacher:
    other = Teacher(teacher.app, teacher.place, teacher.id_number, teacher.certificate_number)
    assert other.logs_in().status_code == 303
    return other


def test_what_is_typed_is_held_and_the_moment_is_told(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms")
    typed = teacher.hidden("/apply/identity") | {"id_number": "32010", "certificate_number": "2010"}
    answer = teacher.client.post("/apply/identity/hold", data=typed)
    assert answer.json == {"held": clock.local(clock.now()).strftime("%H:%M")}
    page = teacher.opens("/apply/identity").get_data(as_text=True)
    assert 'value="32010"' in page
    assert "没有保存的内容已恢复" in page
    teacher.fills_in("identity")
    assert "已恢复" not in teacher.opens("/apply/identity").get_data(as_text=True)


def test_each_page_says_when_it_was_saved(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    assert f"已保存 {clock.local(clock.now()):%H:%M}" in words_of(teacher.opens("/apply/basics"))
    teacher.fills_in("basics", "certificate", "bureau", "school", "point", "attention", "account", "work")
    assert "已保存" in words_of(teacher.opens("/apply/contract"))


def test_going_back_keeps_what_was_typed(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity", "basics")
    answer = teacher.step("certificate", certificate_issued_on="1999-99-99", go="back")
    assert answer.location == "/apply/basics"
    page = teacher.opens("/apply/certificate").get_data(as_text=True)
    assert "1999-99-99" in page
    assert teacher.step("certificate").location == "/apply/bureau"


def test_a_page_that_was_refused_is_whole_when_it_is_opened_again(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity", "basics")
    assert teacher.step("certificate", authority_id="火星教育局").status_code == 422
    page = teacher.opens("/apply/certificate").get_data(as_text=True)
    assert 'value="火星教育局"' in page
    assert 'value="2010-07-01"' in page


def test_another_device_goes_on_where_the_first_was_left(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract")
    typed = teacher.answers("education") | teacher.hidden("/apply/education") | {"major": "汉语言"}
    assert teacher.client.post("/apply/education/hold", data=typed).status_code == 200
    other = on_another_device(teacher)
    assert other.opens("/apply/").location == "/apply/education"
    page = other.opens("/apply/education").get_data(as_text=True)
    assert 'value="汉语言"' in page
    assert "已恢复" in page


def test_passwords_are_never_held(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity", "basics", "certificate", "bureau", "school", "point", "attention")
    typed = teacher.hidden("/apply/account") | {"password": "Geheim-2026", "email": "x@example.cn"}
    assert teacher.client.post("/apply/account/hold", data=typed).status_code == 409
    teacher.step("account", password_again="anders")
    session.rollback()
    assert "Geheim" not in session.query(Draft).one().answers


def test_nothing_is_held_for_a_stranger_or_after_confirmation(teacher: Teacher, portal: Flask) -> None:
    stranger = Teacher(portal, teacher.place)
    typed = stranger.hidden("/apply/read") | {"id_number": "1"}
    assert stranger.client.post("/apply/identity/hold", data=typed).status_code == 409
    teacher.fills_in_everything()
    teacher.fills_in("check")
    typed = teacher.hidden("/apply/contact")
    build.change(session.query(Application).one(), stage="confirmed")
    assert teacher.client.post("/apply/contact/hold", data=typed).status_code == 409


def test_the_older_of_two_tabs_is_told_before_there_is_an_account(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    older = teacher.hidden("/apply/basics")
    teacher.step("basics", name="王小燕")
    refused = teacher.client.post("/apply/basics", data=teacher.answers("basics") | older)
    assert refused.status_code == 422
    assert "另一个页面" in words_of(refused)
    assert 'value="王晓燕"' in refused.get_data(as_text=True)
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(refused.get_data(as_text=True))}
    token = {"csrf_token": older["csrf_token"]}
    assert teacher.client.post("/apply/basics", data=teacher.answers("basics") | hidden | token).status_code == 303


def test_holding_what_is_typed_makes_no_other_tab_old(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    form = teacher.hidden("/apply/basics")
    teacher.client.post("/apply/identity/hold", data=form | {"id_number": "3"})
    assert teacher.client.post("/apply/basics", data=teacher.answers("basics") | form).status_code == 303


def test_a_page_that_was_sent_twice_is_saved_once(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    teacher.fills_in("check")
    sent = teacher.answers("contact") | teacher.hidden("/apply/contact") | {"mobile": "13900139000"}
    assert teacher.client.post("/apply/contact", data=sent).status_code == 303
    replayed = teacher.client.post("/apply/contact", data=sent)
    assert replayed.status_code == 303, "the same values again change nothing"
    assert session.query(Application).one().form_version == 2


def test_a_stolen_cookie_of_the_draft_opens_nothing_once_there_is_an_account(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity", "basics", "certificate", "bureau", "school", "point", "attention")
    thief = teacher.app.test_client()
    thief.set_cookie("portal_session", teacher.client.get_cookie("portal_session").value)
    assert teacher.id_number in thief.get("/apply/identity").get_data(as_text=True)
    teacher.fills_in("account")
    for path in ("/apply/identity", "/apply/work", "/status/", "/files/photo.jpg", "/apply/find/school_id"):
        answer = thief.get(path, follow_redirects=True)
        assert teacher.id_number not in answer.get_data(as_text=True)
        assert "王晓燕" not in answer.get_data(as_text=True)


def test_a_cookie_of_before_the_password_was_changed_opens_nothing(teacher: Teacher) -> None:
    teacher.opens_an_account()
    stolen = teacher.client.get_cookie("portal_session").value
    new = "Qinhuai#2027"
    teacher.posts("/account/password", old_password="Xinghuo-2026", password=new, password_again=new)
    thief = teacher.app.test_client()
    thief.set_cookie("portal_session", stolen)
    assert thief.get("/status/").status_code == 303


def test_old_drafts_are_cleared_away_and_an_application_never_is(
    teacher: Teacher, at: Callable[[datetime], datetime]
) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work")
    at(clock.now() + timedelta(days=31))
    assert delete_old_drafts(by=build.SYSTEM, now=clock.now()) == 1
    assert session.query(Application).count() == 1


def test_whoever_leaves_a_shared_computer_takes_the_draft_away(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    answer = teacher.posts("/account/log-out", at="/apply/basics")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert teacher.opens("/apply/identity").location == "/apply/read"
    assert teacher.id_number not in teacher.opens("/").get_data(as_text=True)
