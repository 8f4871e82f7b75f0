"""What comes after the form, by HTTP: step 8, the status page, reading it, another point, the next campaign."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from shared import clock
from shared.db import session
from shared.models import (
    Application,
    AssessmentYear,
    Campaign,
    ConfirmationPoint,
    Mail,
    Message,
    PointSchool,
    StaffRequest,
    Window,
)
from shared.models.kinds import (
    AssessmentGrade,
    Conclusion,
    EthicsGrade,
    RequestKind,
    RequestState,
    Stage,
)
from tests import build
from tests.conftest import Database
from tests.portal.teacher import HIDDEN, Teacher, words_of
from tests.portal.test_every_page import counted, is_sound

MOST_STATEMENTS = 12
PAGES = ("/status/", "/status/form", "/status/point", "/status/withdraw", "/apply/done")


@pytest.fixture
def submitted(teacher: Teacher) -> Teacher:
    """A teacher who has handed in, in a campaign with a list of papers."""
    campaign = session.query(Campaign).one()
    build.a_material(campaign, "教师资格证书")
    build.change(session.get_one(ConfirmationPoint, teacher.place.point_id), address="宁海路1号", phone="025-83311111")
    teacher.fills_in_everything()
    teacher.fills_in("check")
    return teacher


def the_application() -> Application:
    session.rollback()
    return session.query(Application).order_by(Application.id.desc()).first() or pytest.fail("no application")


def another_point(**days: date) -> int:
    """The number of a second point that serves the teacher's school."""
    school = the_application().school
    assert school
    facts = {"address": "汉口路2号", "phone": "025-83322222"} | days
    return build.a_point("鼓楼区第二确认点", serving=[school], bureau=school.bureau, **facts).id


def statements(teacher: Teacher, path: str, database: Database) -> list[str]:
    with counted(database) as sent:
        assert teacher.opens(path).status_code == 200, path
    return sent


# --- step 8 --------------------------------------------------------------------------------------------------------


def test_step_eight_has_number_code_next_steps_and_papers(submitted: Teacher) -> None:
    answer = submitted.opens("/apply/done")
    page, words = answer.get_data(as_text=True), words_of(answer)
    application = the_application()
    assert application.registration_number in words
    assert f"{application.registration_number}-1" in unescape(
        re.search(r'<img src="data:image/svg[^>]*alt="([^"]*)"', page)[1]
    )
    assert "2099年12月31日24:00前把签名的申请表" in words
    assert "鼓楼区第一确认点（地址：宁海路1号；电话：025-83311111）" in words
    assert "教师资格证书（原件1份）" in words
    summary = words_of(answer).partition("报名号")[2].partition("下载申请表（PDF）")[0]
    for kept in (application.registration_number, "王晓燕", "已提交", "接下来"):
        assert kept in summary


def test_the_code_says_what_the_printed_form_says(submitted: Teacher) -> None:
    page = submitted.opens("/apply/done").get_data(as_text=True)
    picture = unquote(unescape(re.search(r'src="(data:image/svg[^"]*)"', page)[1]))
    assert picture.startswith("data:image/svg+xml")
    assert "<path" in picture


def test_submitting_leaves_a_mail_and_another_one_can_be_asked_for(submitted: Teacher) -> None:
    application = the_application()
    told = [mail for mail in session.query(Mail).order_by(Mail.id) if "申请已提交" in mail.subject]
    assert [mail.to for mail in told] == [application.person.email]
    for mail in session.query(Mail):
        build.change(mail, state="sent")
    answer = submitted.posts("/status/mail", at="/apply/done", follow=True, back="done")
    assert "邮件正在发往w***@example.cn" in words_of(answer)
    assert "提交完成" in words_of(answer)
    session.rollback()
    assert session.query(Mail).count() == 3, "and the one that proves the address"


def test_step_eight_stays_reachable_and_says_only_what_is_still_to_be_done(submitted: Teacher) -> None:
    build.change(the_application(), stage=Stage.CONFIRMED)
    words = words_of(submitted.opens("/apply/done"))
    assert the_application().registration_number in words
    assert "双面打印" not in words
    build.change(the_application(), stage=Stage.CONCLUDED, conclusion=Conclusion.REGISTERED)
    assert "接下来" not in words_of(submitted.opens("/apply/done"))


def test_a_change_after_printing_is_told_on_every_page_of_the_form(submitted: Teacher) -> None:
    assert submitted.posts("/files/form.pdf", at="/status/").status_code == 200
    for path in ("/status/", "/apply/check", "/apply/done"):
        assert "此前打印的作废" not in words_of(submitted.opens(path)), path
    submitted.step("contact", mobile="13900139000")
    for path in ("/status/", "/apply/check", "/apply/done"):
        assert "申请表已变更（第2版），此前打印的作废，请重新打印签名" in words_of(submitted.opens(path)), path


def test_the_applicant_sees_which_print_still_counts(submitted: Teacher) -> None:
    assert "申请表的打印记录" not in words_of(submitted.opens("/status/"))
    submitted.posts("/files/form.pdf", at="/status/")
    assert re.search("第1版 有效", words_of(submitted.opens("/status/")))
    submitted.step("contact", mobile="13900139000")
    submitted.posts("/files/form.pdf", at="/status/")
    rows = re.findall("第[0-9]版 (?:有效|已作废)", words_of(submitted.opens("/status/")))
    assert rows == ["第2版 有效", "第1版 已作废"]


# --- status --------------------------------------------------------------------------------------------------------


def milestones(teacher: Teacher) -> list[str]:
    page = teacher.opens("/status/").get_data(as_text=True)
    found = re.search(r'<ol class="way.*?</ol>', page, re.DOTALL)
    assert found
    items = re.findall(r"<li.*?</li>", found[0], re.DOTALL)
    assert found[0].count('aria-current="step"') == 1
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip() for item in items]


def test_the_way_marks_the_present_stage_by_a_word_and_plans_the_rest(submitted: Teacher) -> None:
    way = milestones(submitted)
    assert len(way) == 7
    assert way[0].startswith("开始填写 已完成 · ")
    assert way[1].startswith("已提交 当前阶段 · ")
    assert way[2] == "学校审校 计划 · 2000年1月1日至2099年12月31日"
    build.change(session.query(Campaign).one(), has_school_check=False, has_city_review=False)
    assert len(milestones(submitted)) == 5


@pytest.mark.parametrize("stage", Stage)
def test_the_status_page_is_sound_at_every_stage(submitted: Teacher, database: Database, stage: Stage) -> None:
    decided = stage in (Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED, Stage.REVOKED)
    conclusion = Conclusion.DEFERRED if decided else Conclusion.NONE
    build.change(the_application(), stage=stage, conclusion=conclusion, reason="少40学时")
    for path in PAGES:
        is_sound_or_leads_on(submitted, path, database)
    words = words_of(submitted.opens("/status/"))
    assert re.search("重要提醒：|请注意：|提示：", words)


def is_sound_or_leads_on(teacher: Teacher, path: str, database: Database) -> None:
    if teacher.opens(path).status_code == 200:
        is_sound(teacher, path, database)


def test_no_page_asks_the_database_more_than_twelve_times(submitted: Teacher, database: Database) -> None:
    another_point()
    worst = {path: len(statements(submitted, path, database)) for path in PAGES}
    assert max(worst.values()) <= MOST_STATEMENTS, worst
    build.change(the_application(), stage=Stage.PRELIMINARY, conclusion=Conclusion.REGISTERED, decided_on=clock.today())
    assert len(statements(submitted, "/status/", database)) <= MOST_STATEMENTS


def test_messages_and_answers_of_staff_are_shown_newest_first(submitted: Teacher) -> None:
    application, now = the_application(), clock.now()
    for days, body in ((2, "先前的留言"), (1, "后来的留言")):
        sent = now - timedelta(days=days)
        build.add(Message(application_id=application.id, body=body, sender="李老师", sent_at=sent))
    build.add(
        StaffRequest(
            kind=RequestKind.ADD_INSTITUTION,
            text="某某师范学校",
            bureau_id=application.bureau_id,
            application_id=application.id,
            raised_at=now,
            raised_by="王晓燕",
            state=RequestState.REFUSED,
            answer="请用合并后的校名",
        )
    )
    words = words_of(submitted.opens("/status/"))
    assert words.index("后来的留言") < words.index("先前的留言")
    assert re.search("申请新增毕业学校 · +未同意 +某某师范学校 +答复：请用合并后的校名", words)


def test_a_draft_can_be_given_up_and_is_told_that_it_was_not_submitted(teacher: Teacher) -> None:
    teacher.opens_an_account()
    assert "这份申请还没有提交" in words_of(teacher.opens("/status/withdraw"))
    assert teacher.posts("/status/withdraw").status_code == 303
    assert the_application().stage is Stage.WITHDRAWN
    assert "从上次的内容预填" in words_of(teacher.opens("/status/"))


# --- the whole form ------------------------------------------------------------------------------------------------


def test_the_whole_form_can_be_read_after_the_confirmation_with_what_the_school_attests(submitted: Teacher) -> None:
    application = the_application()
    build.add(
        AssessmentYear(
            application_id=application.id, year=2025, assessment=AssessmentGrade.QUALIFIED, training_hours=80
        )
    )
    build.change(application, stage=Stage.CONFIRMED, ethics=EthicsGrade.EXCELLENT)
    answer = submitted.opens("/status/form")
    words = words_of(answer)
    for said in (submitted.id_number, "13800138000", "汉语言文学", "鼓楼区第一确认点", "师德优秀", "合格，80学时"):
        assert said in words, said
    assert "/files/photo.jpg?" in answer.get_data(as_text=True)
    assert "/status/form" in submitted.opens("/status/").get_data(as_text=True)
    assert 'name="mobile"' not in answer.get_data(as_text=True)


def test_somebody_elses_form_does_not_exist(submitted: Teacher) -> None:
    foreign = build.an_application(Stage.SUBMITTED, photo=True).registration_number
    assert submitted.opens(f"/status/form/{foreign}").status_code == 404
    assert submitted.opens(f"/files/photo.jpg?n={foreign}").status_code == 404
    assert submitted.opens("/status/form/nothing").status_code == 404


# --- another confirmation point ------------------------------------------------------------------------------------


def test_another_point_is_chosen_with_its_address_and_the_page_says_that_the_print_is_void(submitted: Teacher) -> None:
    point = another_point(opens_on=date(2096, 10, 15), closes_on=date(2096, 10, 16))
    build.a_point("玄武区确认点")
    words = words_of(submitted.opens("/status/point"))
    for said in ("鼓楼区第一确认点", "鼓楼区第二确认点", "汉口路2号", "025-83322222", "2096年10月15日至2096年10月16日"):
        assert said in words, said
    assert "此前打印的申请表作废" in words
    assert "玄武区确认点" not in words
    assert submitted.posts("/status/point", point=str(point)).status_code == 303
    assert (the_application().point_id, the_application().form_version) == (point, 2)
    assert "确认点已更换" in words_of(submitted.opens("/status/"))


def test_without_a_choice_or_with_a_foreign_one_the_page_says_so(submitted: Teacher) -> None:
    another_point()
    stranger = build.a_point("玄武区确认点").id
    for given in ({}, {"point": ""}, {"point": "x"}, {"point": str(stranger)}):
        answer = submitted.posts("/status/point", **given)
        assert answer.status_code == 422, given
        assert "鼓楼区第二确认点" in words_of(answer)
    assert the_application().form_version == 1


def test_an_older_tab_is_told_and_its_second_press_changes_the_point(submitted: Teacher) -> None:
    point = another_point()
    older = submitted.hidden("/status/point")
    submitted.step("contact", mobile="13900139000")
    refused = submitted.client.post("/status/point", data=older | {"point": str(point)})
    assert refused.status_code == 422
    assert "另一个页面改动过" in words_of(refused)
    page = refused.get_data(as_text=True)
    assert re.search(rf'value="{point}" checked', page)
    again = older | dict(HIDDEN.findall(page)) | {"point": str(point)}
    assert submitted.client.post("/status/point", data=again).status_code == 303
    assert the_application().point_id == point


def test_where_only_one_point_serves_the_school_there_is_nothing_to_choose(submitted: Teacher) -> None:
    assert "没有其他服务您学校的确认点" in words_of(submitted.opens("/status/point"))


def test_after_the_confirmation_no_other_point_is_offered(submitted: Teacher) -> None:
    point = another_point()
    sent = submitted.hidden("/status/point") | {"point": str(point)}
    build.change(the_application(), stage=Stage.CONFIRMED)
    assert "/status/point" not in submitted.opens("/status/").get_data(as_text=True)
    for answer in (submitted.opens("/status/point"), submitted.client.post("/status/point", data=sent)):
        assert answer.status_code == 303
        assert answer.location == "/status/"
    assert the_application().point_id != point


def test_before_the_first_submission_the_form_asks_for_the_point(teacher: Teacher) -> None:
    teacher.opens_an_account()
    assert teacher.opens("/status/point").location == "/apply/point"
    assert session.query(PointSchool).count() == 1


# --- the next registration -----------------------------------------------------------------------------------------


def concluded(teacher: Teacher, conclusion: Conclusion) -> Application:
    """The teacher's application is decided and its campaign over; nothing is open."""
    valid = date(2031, 11, 30) if conclusion is Conclusion.REGISTERED else None
    application = the_application()
    build.change(application, stage=Stage.CONCLUDED, conclusion=conclusion, valid_until=valid, reason="少40学时")
    for window in session.query(Window).all():
        build.change(window, closes_on=date(2001, 1, 1))
    return application


@pytest.fixture(params=[Conclusion.REGISTERED, Conclusion.DEFERRED])
def returning(request: pytest.FixtureRequest, submitted: Teacher) -> Teacher:
    concluded(submitted, request.param)
    return submitted


def test_whoever_is_registered_sees_until_when_and_from_when_the_next_one_is_due(submitted: Teacher) -> None:
    concluded(submitted, Conclusion.REGISTERED)
    words = words_of(submitted.opens("/status/"))
    assert re.search("有效期至 +2031年11月30日", words)
    assert re.search("下次开始办理 +2031年10月1日", words)
    assert "开始新的申报" not in words


def test_in_the_next_campaign_one_starts_from_the_last_registration(returning: Teacher) -> None:
    last = the_application()
    number, major, registered = last.registration_number, last.major, last.conclusion is Conclusion.REGISTERED
    build.a_campaign(name="下一批定期注册")
    assert "下一批定期注册正在开放" in words_of(returning.opens("/status/"))
    assert returning.posts("/status/start", at="/status/").location == "/apply/"
    new = the_application()
    assert (new.stage, new.major, new.ethics, new.form_version) == (Stage.DRAFT, major, None, 0)
    assert new.registration_type.value == ("periodic" if registered else "reapply")
    assert returning.opens("/apply/photo").status_code in (200, 303)
    words = words_of(returning.opens("/status/"))
    assert "以前的申报" in words
    assert number in words.partition("以前的申报")[2]
    old = returning.opens(f"/status/form/{number}")
    assert number in words_of(old)
    assert returning.opens(f"/files/photo.jpg?n={number}").status_code == 200
    assert returning.opens("/files/photo.jpg").status_code == 404


def test_a_draft_that_was_left_behind_gives_way_to_the_next_campaign(teacher: Teacher) -> None:
    teacher.opens_an_account()
    for window in session.query(Window).all():
        build.change(window, closes_on=date(2001, 1, 1))
    assert "本批次网上申报已经截止" in words_of(teacher.opens("/status/"))
    build.a_campaign()
    words = words_of(teacher.opens("/status/"))
    assert "从上次的内容预填，开始新的申报" in words
    assert "继续填写并提交" not in words
    assert teacher.posts("/status/start", at="/status/").status_code == 303
    assert "继续填写并提交" in words_of(teacher.opens("/status/"))


def test_the_page_with_two_campaigns_asks_no_more(returning: Teacher, database: Database) -> None:
    build.a_campaign()
    assert len(statements(returning, "/status/", database)) <= MOST_STATEMENTS
    returning.posts("/status/start", at="/status/")
    assert len(statements(returning, "/status/", database)) <= MOST_STATEMENTS
