"""The eight steps by HTTP, on both databases."""

import re
from datetime import date
from html import unescape

from shared.db import session
from shared.models import Agreement, Application
from shared.models.kinds import PostKind, Stage
from shared.rules.fields import FIELDS, Step
from tests import build
from tests.portal.teacher import HIDDEN, Teacher, words_of


def the_application() -> Application:
    session.rollback()
    return session.query(Application).one()


def test_a_teacher_applies_from_the_first_step_to_the_registration_number(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    assert the_application().stage is Stage.DRAFT
    answer = teacher.step("check")
    assert answer.location == "/apply/done"
    application = the_application()
    assert application.stage is Stage.SUBMITTED
    assert application.form_version == 1
    page = words_of(teacher.opens("/apply/done"))
    assert application.registration_number in page
    assert "第1版" in page


def test_the_whole_form_is_shown_before_it_is_submitted(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    page = words_of(teacher.opens("/apply/check"))
    for field in FIELDS:
        if field.step is not Step.SCHOOL:
            assert str(field.label) in page, field.name
    for value in (teacher.id_number, teacher.certificate_number, "宁海中学", "鼓楼区第一确认点", "汉语言文学"):
        assert value in page


def test_agreeing_to_each_text_is_kept_with_the_application(teacher: Teacher) -> None:
    teacher.opens_an_account()
    assert session.query(Agreement).filter_by(application_id=the_application().id).count() == 3


def test_the_terms_must_be_ticked(teacher: Teacher) -> None:
    teacher.fills_in("read")
    answer = teacher.posts("/apply/terms")
    assert answer.status_code == 422
    assert "请勾选" in words_of(answer)


def test_a_text_that_was_changed_while_it_was_read_must_be_read_again(teacher: Teacher) -> None:
    answer = teacher.step("read", notice="999999")
    assert answer.status_code == 422
    assert "刚刚更新过" in words_of(answer)


def test_a_number_with_a_wrong_check_character_is_told_at_the_field_and_everything_typed_stays(
    teacher: Teacher,
) -> None:
    teacher.fills_in("read", "terms")
    wrong = teacher.id_number[:-1] + ("1" if teacher.id_number[-1] != "1" else "2")
    answer = teacher.step("identity", id_number=wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "校验码不对" in page
    assert 'href="#id_number"' in page
    assert f'value="{wrong}"' in page
    assert f'value="{teacher.certificate_number}"' in page


def test_a_certificate_number_under_somebody_elses_id_is_refused_and_everything_typed_stays(teacher: Teacher) -> None:
    other = Teacher(teacher.app, teacher.place)
    other.fills_in_everything()
    assert other.step("check").status_code == 303
    teacher.fills_in("read", "terms")
    answer = teacher.step("identity", certificate_number=other.certificate_number)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "已由另一证件号码申报" in page
    assert f'value="{teacher.id_number}"' in page


def test_an_id_number_that_has_an_account_is_asked_to_log_in(teacher: Teacher) -> None:
    teacher.opens_an_account()
    again = Teacher(teacher.app, teacher.place, id_number=teacher.id_number)
    again.fills_in("read", "terms")
    answer = again.step("identity")
    assert answer.status_code == 422
    assert "已有账号，请先登录" in words_of(answer)


def test_a_step_out_of_order_leads_to_the_first_open_one_and_says_so(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms")
    for answer in (teacher.opens("/apply/point"), teacher.client.get("/apply/check")):
        assert answer.location == "/apply/identity"
    assert "请先完成“身份信息”" in words_of(teacher.opens("/apply/identity"))


def test_nobody_reaches_the_materials_without_an_account(teacher: Teacher) -> None:
    assert teacher.opens("/apply/work").location.startswith("/account/log-in")


def test_a_warning_is_shown_and_stops_nobody(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity", "basics")
    answer = teacher.step("certificate", certificate_issued_on="2011-07-01")
    assert answer.location == "/apply/bureau"
    page = teacher.opens("/apply/bureau")
    assert "请注意： 证书信息：" in words_of(page)
    assert 'href="/apply/certificate">返回修改' in page.get_data(as_text=True)
    teacher.fills_in("bureau")
    assert "请注意" not in words_of(teacher.opens("/apply/school")), "each doubt is told once"


def test_what_is_missing_is_told_at_each_field(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    answer = teacher.step("basics", name="", ethnicity_code="")
    page = words_of(answer)
    assert answer.status_code == 422
    assert "请填写姓名" in page
    assert "请选择民族" in page


def test_a_second_submit_does_no_harm_and_says_so(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    token = teacher.hidden("/apply/check")
    assert teacher.client.post("/apply/check", data=token).location == "/apply/done"
    again = teacher.client.post("/apply/check", data=token, follow_redirects=True)
    assert "您已经提交过了" in words_of(again)
    assert the_application().form_version == 1


def test_an_account_is_opened_once_even_when_the_form_is_sent_twice(teacher: Teacher) -> None:
    teacher.opens_an_account()
    again = teacher.posts("/apply/account", at="/apply/work", follow=True, **teacher.answers("account"))
    assert "账号已经开通" in words_of(again)


def test_submitting_tells_everything_that_is_missing_with_the_way_to_it(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    build.change(the_application(), mobile=None, major=None)
    assert teacher.opens("/apply/check").location == "/apply/education"
    answer = teacher.client.post("/apply/check", data=teacher.hidden("/apply/education"))
    assert answer.location == "/apply/education"
    assert the_application().stage is Stage.DRAFT


def test_a_change_after_submission_makes_a_new_version(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    teacher.fills_in("check")
    answer = teacher.step("contact", mobile="13900139000")
    assert answer.location == "/apply/check"
    assert the_application().form_version == 2
    assert the_application().stage is Stage.SUBMITTED


def test_the_older_of_two_tabs_is_told(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract")
    older = teacher.hidden("/apply/education")
    teacher.step("work", joined_on="2011-08-01")
    answer = teacher.client.post("/apply/education", data=teacher.answers("education") | older)
    assert answer.status_code == 422
    assert "另一个页面" in words_of(answer)
    assert 'value="汉语言文学"' in answer.get_data(as_text=True)
    assert "保存的内容与本页不同" not in words_of(answer)


def test_the_older_tab_shows_what_is_stored_and_its_second_press_saves(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work")
    typed = teacher.answers("work") | {"joined_on": "2012-08-01"}
    older = teacher.hidden("/apply/work")
    teacher.step("work", joined_on="2011-08-01", post_kind="other")
    refused = teacher.client.post("/apply/work", data=typed | older)
    assert refused.status_code == 422
    stored = words_of(refused).partition("保存的内容与本页不同")[2]
    assert re.match(rf" +进本单位时间 +2011-08-01 +岗位性质 +{the_application().post_kind.label} ", stored)
    assert 'value="2012-08-01"' in refused.get_data(as_text=True)
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(refused.get_data(as_text=True))}
    token = {"csrf_token": older["csrf_token"]}
    assert teacher.client.post("/apply/work", data=typed | hidden | token).status_code == 303
    assert the_application().joined_on == date(2012, 8, 1)
    assert the_application().post_kind is PostKind.ESTABLISHED


def test_the_older_of_two_tabs_submits_at_the_second_press(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    older = teacher.hidden("/apply/check")
    teacher.step("contact", mobile="13900139000")
    refused = teacher.client.post("/apply/check", data=older)
    assert "另一个页面" in words_of(refused)
    assert "13900139000" in words_of(refused)
    hidden = dict(HIDDEN.findall(refused.get_data(as_text=True)))
    assert teacher.client.post("/apply/check", data=older | hidden).location == "/apply/done"


def test_nothing_that_is_pasted_is_cut_before_it_can_be_read(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    assert "maxlength" not in teacher.opens("/apply/contact").get_data(as_text=True)
    assert teacher.step("contact", mobile=" 138 0013 8000 ", postcode="２１ ００ ２４").status_code == 303
    assert (the_application().mobile, the_application().postcode) == ("13800138000", "210024")
    assert "手机号码应为11位数字" in words_of(teacher.step("contact", mobile="138001380001380013800"))
    assert "通讯地址最多100个字" in words_of(teacher.step("contact", address="路" * 101))


def test_blanks_alone_are_no_answer(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract")
    answer = teacher.step("education", major=" \x07\u3000")
    assert answer.status_code == 422
    assert "请填写所学专业" in words_of(answer)


def test_sex_and_birth_date_come_from_the_number_and_are_not_asked(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms", "identity")
    page = teacher.opens("/apply/basics").get_data(as_text=True)
    assert 'name="sex"' not in page
    assert 'name="birth_date"' not in page
    number = teacher.id_number
    assert f"{number[6:10]}-{number[10:12]}-{number[12:14]}" in page


def test_the_accounts_own_number_cannot_be_changed(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.step("identity", id_number=build.an_id_number())
    assert the_application().person.id_number == teacher.id_number
