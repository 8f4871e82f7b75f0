"""The front page and the check before the form, as somebody without an account meets them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import CalendarDay, Draft
from shared.models.kinds import RegistrationType, WindowStage
from tests import build
from tests.conftest import Database
from tests.portal.teacher import Teacher, a_place, words_of
from tests.portal.test_every_page import counted, nanjing

NUMBER = "20063200131000456"
MOST_STATEMENTS = 12
USUAL: dict[str, Any] = {
    "workplace": "public",
    "post": "established",
    "stage": "junior",
    "subject": "语文",
    "history": "never",
    "probation": "none",
    "type_1": "3",
    "issued_1": "2010",
    "held_subject_1": "语文",
}
SetClock = Callable[[datetime], datetime]


def checked(teacher: Teacher, **answers: Any) -> Any:
    return teacher.posts("/check", **(USUAL | answers))


def test_the_check_answers_without_an_account_and_keeps_nothing(teacher: Teacher) -> None:
    answer = checked(teacher, number_1=NUMBER, issued_1="2006")
    said = words_of(answer)
    assert answer.status_code == 200
    assert "应当申报注册" in said
    assert "首次注册" in said
    assert "教师资格定期注册申请网报入口" in said
    assert answer.headers["Cache-Control"] == "no-store"
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    assert NUMBER not in teacher.opens("/check").get_data(as_text=True)


def test_every_question_left_open_is_named_at_once_with_the_way_to_it(teacher: Teacher) -> None:
    answer = teacher.posts("/check")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    head = page.partition('class="errors"')[2].partition("</section>")[0]
    linked = re.findall(r'href="#([^"]+)"', head)
    assert linked == ["workplace", "post", "stage", "history", "probation", "type_1"]
    assert all(page.count(f'id="{name}"') == 1 for name in linked)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"history": "valid"}, "请填写注册有效期"),
        ({"history": "valid", "valid_until": "2099-01-01"}, "注册有效期是5年"),
        ({"history": "valid", "valid_until": "下个月"}, "日期应为年-月-日"),
        ({"probation": "passed", "passed_on": "2090-01-01"}, "不能晚于今天"),
        ({"issued_1": "1995"}, "签发年份应是1996年至今年"),
        ({"issued_1": "九八年"}, "签发年份应是1996年至今年"),
        ({"issued_1": "2095"}, "签发年份应是1996年至今年"),
        ({"number_1": "123"}, "教师资格证书号码应为17位"),
        ({"number_1": "20953200131000456"}, "还没有到"),
        ({"number_1": "9" * 65}, "最多64个字"),
        ({"held_subject_2": "数学"}, "第2本证书：请选择资格种类"),
        ({"workplace": "palace"}, "请从列表中选择"),
        ({"stage": "<b>"}, "请从列表中选择"),
        ({"faults_1": ["lost", "eaten"]}, "请从列表中选择"),
        ({"subject": "语" * 31}, "最多30个字"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(teacher: Teacher, answers: dict[str, Any], told: str) -> None:
    answer = checked(teacher, **answers)
    assert answer.status_code == 422
    assert told in words_of(answer)


def test_a_date_that_its_answer_does_not_ask_for_does_no_harm(teacher: Teacher) -> None:
    answer = checked(teacher, probation="none", passed_on="2090-01-01", valid_until="2011-01-01")
    assert answer.status_code == 200


def test_hostile_words_are_shown_as_words(teacher: Teacher) -> None:
    answer = checked(teacher, held_subject_1='"><script>x</script>', type_2="4", held_subject_2="{{ 7 * 7 }}\x01")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert "{{7*7}}" in page


@pytest.mark.parametrize(
    ("issued", "told", "not_told"),
    [("2007-12-31", "由发证机关在系统中更正", "集中办理"), ("2008-01-01", "市教育局集中办理", "系统中更正")],
)
def test_the_turn_of_2008_parts_the_two_ways_of_correction(
    teacher: Teacher, issued: str, told: str, not_told: str
) -> None:
    said = words_of(checked(teacher, issued_1=issued, faults_1="type_sex_number"))
    assert "请先办好，再申报" in said
    assert told in said
    assert not_told not in said


def test_without_a_date_of_issue_the_number_tells_the_year(teacher: Teacher) -> None:
    said = words_of(checked(teacher, issued_1="", number_1=NUMBER, faults_1="other_data"))
    assert "在证书备注页注明" in said
    assert "集中办理" not in said


def test_of_two_certificates_the_one_of_stage_and_subject_is_named(teacher: Teacher) -> None:
    said = words_of(checked(teacher, type_2="2", issued_2="2005", held_subject_2="语文", faults_2="lost"))
    which = said.partition("注册哪一本证书")[2].partition("证书要先办的事")[0]
    assert which.index("第1本：初级中学教师资格") < which.index("第2本：小学教师资格")
    assert "这本这次不注册" in said
    assert "请先办好，再申报" not in said


def test_what_is_not_in_scope_gets_no_list_and_no_entry(teacher: Teacher) -> None:
    answer = checked(teacher, workplace="higher")
    said = words_of(answer)
    assert "不需要注册，证书继续有效" in said
    assert "要准备什么" not in said
    assert "网报入口" not in said


def test_whoever_is_in_doubt_is_told_whom_to_ask(teacher: Teacher) -> None:
    campaign = build.a_campaign(code="Z-later")
    build.change(campaign.bureau, phone="025-84000001")
    said = words_of(checked(teacher, workplace="unknown", history="unknown"))
    assert "请核实" in said
    assert "南京市教育局，电话：025-84000001" in said


def test_the_papers_are_those_of_the_round_and_of_the_kind(portal: Flask) -> None:
    teacher = Teacher(portal, a_place())
    campaign = build.a_campaign()
    build.a_material(campaign, "教师资格证书")
    build.a_material(campaign, "年度考核证明", registration_type=RegistrationType.PERIODIC)
    build.a_material(campaign, "合影", required=False)
    first = words_of(checked(teacher, probation="passed", passed_on="2012-09-01"))
    assert "教师资格证书：原件1份" in first
    assert "试用期考核合格证明" in first
    assert "年度考核证明" not in first
    assert "合影" not in first
    assert "年度考核证明" in words_of(checked(teacher, history="valid", valid_until=clock.today().isoformat()))


def test_an_answer_can_be_changed_without_beginning_again(teacher: Teacher) -> None:
    answer = checked(teacher, again="1", faults_1=["lost", "other_data"], type_2="2", number_1=NUMBER)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'class="errors"' not in page
    assert re.findall(r'value="(\w+)" checked', page) == [
        "public",
        "established",
        "never",
        "none",
        "other_data",
        "lost",
    ]
    assert f'value="{NUMBER}"' in page
    assert '<details class="another" open>' in page
    result = checked(teacher, faults_1=["lost", "other_data"]).get_data(as_text=True)
    assert len(re.findall(r'type="hidden" name="faults_1"', result)) == 2


def test_the_help_for_two_certificates_has_an_address_of_its_own(teacher: Teacher) -> None:
    assert 'id="certificates"' in teacher.opens("/check").get_data(as_text=True)


@pytest.fixture
def autumn(portal: Flask, at: SetClock) -> Teacher:
    """The round of October 2026: teachers from the 12th, the school from the 19th, the district in November."""
    place = a_place()
    campaign = build.a_campaign(open_stages=())
    hours = {"opens_at": time(8, 30), "closes_at": time(21, 0), "workdays_only": True}
    for stage, first, last in (
        (WindowStage.APPLY, date(2026, 10, 12), date(2026, 10, 26)),
        (WindowStage.SCHOOL_CHECK, date(2026, 10, 19), date(2026, 10, 28)),
        (WindowStage.CONFIRM, date(2026, 10, 12), date(2026, 10, 14)),
        (WindowStage.PRELIMINARY, date(2026, 11, 2), date(2026, 11, 10)),
        (WindowStage.REVIEW, date(2026, 11, 2), date(2026, 11, 10)),
        (WindowStage.FINAL, date(2026, 11, 2), date(2026, 12, 10)),
    ):
        build.a_window(campaign, stage, opens_on=first, closes_on=last, **hours)
    session.expire_all()
    return Teacher(portal, place)


def test_the_front_page_tells_for_each_stage_when_it_opens_and_ends(autumn: Teacher, at: SetClock) -> None:
    at(nanjing(15, time(9, 5)))
    said = words_of(autumn.opens("/"))
    assert "现在是2026年10月15日（周四）09:05，以本系统时间为准" in said
    rows = said.partition("各阶段开放时间")[2].partition("谁需要注册")[0]
    assert "开放中 截止2026年10月26日（周一）21:00" in rows
    assert "未开放 下次开放：2026年10月19日（周一）08:30" in rows
    assert "未开放 下次开放：2026年11月2日（周一）08:30" in rows
    assert "2026-10-12 至 2026-10-14 工作日08:30–21:00 已结束" in rows


def test_the_front_page_asks_the_database_little_even_months_ahead(
    autumn: Teacher, at: SetClock, database: Database
) -> None:
    build.add(CalendarDay(day=date(2026, 11, 2), is_workday=False))
    at(nanjing(1, time(9)))
    with counted(database) as sent:
        said = words_of(autumn.opens("/"))
    assert "2026年11月3日（周二）08:30" in said
    assert len(sent) <= MOST_STATEMENTS, sent


def test_the_check_asks_the_database_little(teacher: Teacher, database: Database) -> None:
    sent_by_hand = teacher.hidden("/check") | USUAL
    with counted(database) as sent:
        assert teacher.client.post("/check", data=sent_by_hand).status_code == 200
    assert len(sent) <= MOST_STATEMENTS, sent


def test_a_closed_round_offers_no_entry_but_the_next_opening(autumn: Teacher, at: SetClock) -> None:
    at(nanjing(17, time(12)))
    said = words_of(checked(autumn))
    assert "网上申报现在未开放，下次开放：2026年10月19日（周一）08:30" in said
    assert "网报入口" not in said


def test_the_front_page_shows_the_address_to_type_and_leads_to_the_check(teacher: Teacher) -> None:
    page = teacher.opens("/").get_data(as_text=True)
    assert "127.0.0.1:8000" in page
    assert 'href="/check"' in page
    assert "教师资格定期注册申请网报入口" in page
    assert "教师〔2013〕9号" in page
