"""What people type or what stands in an address: never an error of ours, cleaned before it is stored."""

import html
import re
from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.forms.typed import LARGEST_NUMBER, number_of
from admin.menu import Menu
from shared.db import session
from shared.models import Application, NoticeText, School, Window
from shared.models.kinds import Role, Stage
from tests import build
from tests.admin import world
from tests.admin.world import City

HUGE = ("99999999999999999999", "9" * 25, "9" * 5000, str(LARGEST_NUMBER + 1))
MARK = "\N{RIGHT-TO-LEFT OVERRIDE}"
BELL = "\a"


def addresses(app: Flask) -> Iterator[tuple[str, str, bool]]:
    """The list of each table with each of its filters by a row, the look-up of that filter, and whether by number."""
    views = [view for view in app.extensions["admin"][0]._views if hasattr(view, "targets")]
    assert len(views) == len([view for view in Menu().views if hasattr(view, "targets")])
    for view in views:
        for name, target in view.targets.items():
            yield view.url, name, target.key.type.python_type is int


def test_every_filter_by_a_row_of_another_table_answers(app: Flask, city: City) -> None:
    client, wrong, walked = world.logged_in(app, city.staff[Role.AUDITOR]), [], 0
    for url, name, _by_number in addresses(app):
        found = client.get(f"{url}/ajax/lookup/?name={name}&query=")
        assert found.status_code == 200, (url, name)
        keys = [str(key) for key, _label in found.json or []][:1]
        for value in (*keys, "x", "-1", *HUGE):
            status = client.get(f"{url}/", query_string={name: value}).status_code
            walked += 1
            if status != 200:
                wrong.append(f"{url}/?{name}={value[:30]}: {status}")
    assert not wrong, "\n".join(wrong)
    assert walked > 50


def test_a_filter_by_a_row_finds_it_and_shows_its_name(app: Flask, city: City) -> None:
    other = build.a_school("别的小学", bureau=session.get_one(School, city.rows["schools"]).bureau)
    key = other.id
    session.commit()
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    number = world.application_of(city).registration_number
    name = session.get_one(School, city.rows["schools"]).name
    session.rollback()
    page = client.get(f"/applications/?school_id={city.rows['schools']}").text
    assert number in page
    assert f"学校：{name} <a" in page
    page = client.get(f"/applications/?school_id={key}").text
    assert number not in page
    assert "学校：别的小学 <a" in page


@pytest.mark.parametrize("number", HUGE, ids=["20 digits", "25 digits", "5000 digits", "one too many"])
def test_a_number_that_no_column_holds_is_no_fault(app: Flask, city: City, number: str) -> None:
    point, school = (world.logged_in(app, city.staff[role]) for role in (Role.POINT, Role.SCHOOL))
    version = {"version": str(world.application_of(city).version)}
    session.rollback()
    desk, mine = f"/desk/{city.application}", f"/applications/{city.application}"
    for field in ("version", "signed_version", "material"):
        data = version | {"signed_version": "1"} | {field: number}
        assert point.post(f"{desk}/confirm", data=data).status_code == 422, field
    assert point.get(f"/desk/{number}/").status_code == 404
    assert point.post(f"{desk}/correct", data={"version": number, "school_id": number}).status_code == 422
    assert point.post(f"{desk}/point", data=version | {"point_id": number}).status_code == 422
    assert school.get(f"/applications/{number}/photo.jpg").status_code == 404
    assert school.get(f"/applications/details/?id={number}").status_code == 404
    assert school.get(f"/applications/?page={number}&size={number}").status_code == 200
    assert school.post(f"{mine}/move/school_pass", data={"version": number}).status_code == 400
    assert school.post("/applications/action/", data={"move": "school_pass", "rowid": number}).status_code == 302


def test_a_number_that_a_column_cannot_hold_is_refused_at_its_field(keeper: FlaskClient, city: City) -> None:
    data = {"campaign_id": str(city.rows["campaigns"]), "position": HUGE[0], "name": "复印件", "copies": "1"}
    assert "数字太大" in keeper.post("/materials/new/", data=data).text
    data = {"campaign_id": HUGE[0], "position": "7", "name": "复印件", "copies": "1"}
    answer = keeper.post("/materials/new/", data=data)
    assert answer.status_code == 422
    assert f"没有找到“{HUGE[0]}”" in answer.text
    late = {"id": str(city.rows["schools"]), "version": HUGE[0], "name": "name", "value": "新名"}
    assert keeper.post("/schools/ajax/update/", data=late).status_code == 409
    late = {"id": str(city.rows["windows"]), "version": HUGE[0]}
    assert keeper.post("/windows/delete/", data=late).status_code == 409


def test_numbers_are_read_by_one_rule() -> None:
    assert number_of(" 12 ") == 12
    assert number_of(LARGEST_NUMBER) == LARGEST_NUMBER
    assert [number_of(text) for text in ("", None, "-1", "1.5", "²", *HUGE)] == [None] * 9


def test_texts_are_stored_without_signs_that_nobody_sees(keeper: FlaskClient, city: City) -> None:
    data = {"code": f" S-{BELL}1", "name": f" {MARK}清凉山{BELL}小学 ", "status": "active"}
    data |= {"bureau_id": str(city.rows["bureaus"])}
    assert keeper.post("/schools/new/", data=data).status_code == 302
    school = session.scalar(select(School).where(School.code == "S-1"))
    assert school is not None
    assert school.name == "清凉山小学"


@pytest.mark.parametrize("blank", ["   ", "\u3000", MARK, BELL])
def test_a_text_of_nothing_is_refused_at_its_field(keeper: FlaskClient, city: City, blank: str) -> None:
    data = {"code": "S-2", "name": blank, "bureau_id": str(city.rows["bureaus"]), "status": "active"}
    answer = keeper.post("/schools/new/", data=data)
    assert answer.status_code == 422
    assert 'id="name-error"><li>请填写名称' in answer.text
    school = session.get_one(School, city.rows["schools"])
    inline = {"id": str(school.id), "version": str(school.version), "name": "name", "value": blank}
    session.rollback()
    answer = keeper.post("/schools/ajax/update/", data=inline)
    assert answer.status_code == 422
    assert answer.json == {"error": "请填写名称"}
    assert session.get_one(School, city.rows["schools"]).name


def test_lines_of_a_notice_stay_lines(keeper: FlaskClient) -> None:
    data = {"key": "terms", "edition": "77", "body": f"第一条\r\n\r\n第二{BELL}条{MARK}\r\n"}
    assert keeper.post("/notice_texts/new/".replace("_", "-"), data=data).status_code == 302
    assert session.scalar(select(NoticeText.body).where(NoticeText.edition == 77)) == "第一条\n\n第二条"


def test_a_reason_of_blanks_is_no_reason(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    data = {"version": str(world.application_of(city).version), "reason": f" {MARK} "}
    session.rollback()
    assert "请填写理由" in client.post(f"/applications/{city.application}/move/return", data=data).text


def test_a_wrong_window_says_what_is_wrong_at_its_field(keeper: FlaskClient, city: City) -> None:
    right = {"campaign_id": str(city.rows["campaigns"]), "stage": "apply", "workdays_only": "y"}
    right |= {"opens_on": "2031-03-01", "closes_on": "2031-03-31", "opens_at": "08:30", "closes_at": "17:00"}
    right |= {"reason": "x"}
    wrong = {
        "closes_on-error": ({"closes_on": "2031-02-01"}, "结束日期不能早于开始日期"),
        "closes_at-error": ({"closes_at": "08:00"}, "应晚于开始时间"),
        "opens_at-error": ({"opens_at": "25:00"}, "时间应为时:分，如08:30"),
        "opens_on-error": ({"opens_on": "2031-02-30"}, "日期应为年-月-日"),
    }
    for place, (change, sentence) in wrong.items():
        page = keeper.post("/windows/new/", data=right | change).text
        assert sentence in page.partition(f'id="{place}"')[2].partition("</ul>")[0], place
    assert keeper.post("/windows/new/", data=right | {"opens_at": "08：30"}).status_code == 302
    assert session.scalar(select(Window.opens_at).where(Window.opens_on == date(2031, 3, 1))) == time(8, 30)


def test_the_desk_repeats_only_the_beginning_of_what_was_typed(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    page = client.post("/desk/", data={"text": "7" * 10_000}).text
    told = re.findall("没有找到“(.*?)”", html.unescape(page))
    assert told == ["7" * 40 + "…"]


def test_beyond_the_last_page_is_the_last_page(app: Flask, city: City) -> None:
    first = world.application_of(city)
    for _ in range(21):
        build.an_application(Stage.SUBMITTED, campaign=first.campaign, point=first.point, school=first.school)
    session.commit()
    page = world.logged_in(app, city.staff[Role.DISTRICT]).get("/applications/?page=999").text
    assert "第2页，共2页" in page
    assert session.scalar(select(Application.registration_number).order_by(Application.id).limit(1)) in page
