"""Two people change one row: the second sees both versions, chooses, and loses nothing of what was typed."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.db import session
from shared.models import Application, NoticeText, School, Staff, Window
from shared.models.kinds import EntryStatus, EthicsGrade, Role, Stage
from tests import build
from tests.admin import world
from tests.admin.world import City


def form_of(page: str) -> dict[str, str | list[str]]:
    """What the browser would send of the page's form if nothing were typed."""
    form = re.findall(r'<form class="card form".*?</form>', page, flags=re.DOTALL)[0]
    found: dict[str, str | list[str]] = {"differs": re.findall(r'name="differs" value="(\w+)"', form)}
    for box in re.findall(r"<input [^>]*>", form):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', box))
        if facts.get("name") not in (None, "differs") and (
            facts.get("type") not in ("radio", "checkbox") or " checked" in box
        ):
            found[facts["name"]] = unescape(facts.get("value", ""))
    for name, inside in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        found[name] = next(iter(re.findall(r'selected value="([^"]*)"', inside)), "")
    for name, inside in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, flags=re.DOTALL):
        found[name] = unescape(inside).strip()
    return found


def opened(client: FlaskClient, table: str, key: int) -> dict[str, str | list[str]]:
    return form_of(client.get(f"/{table}/edit/?id={key}").text)


def chosen(page: str) -> dict[str, str]:
    """Which of the two versions is chosen beforehand, by field."""
    names = re.findall(r'name="differs" value="(\w+)"', page)
    marked = dict(re.findall(r'name="keep-(\w+)" value="(\w+)" required [^>]* checked>', page))
    return {name: marked.get(name, "") for name in names}


def a_school(city: City) -> int:
    return city.rows["schools"]


def rename(key: int, **values: object) -> None:
    build.change(session.get_one(School, key), **values)
    session.commit()


def test_the_second_of_two_sees_what_it_was_and_both_versions(keeper: FlaskClient, city: City) -> None:
    key = a_school(city)
    was = session.get_one(School, key).name
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"name": "后改的"})
    assert late.status_code == 409
    cells = re.findall(r"<tr.*?</tr>", late.text.split('class="rows conflict"')[1], flags=re.DOTALL)[1]
    assert [text in cells for text in (was, "后改的", "先改的")] == [True] * 3
    assert "测试准备" in late.text  # who was faster
    assert chosen(late.text) == {"name": ""}  # both meant it, so somebody has to say
    assert session.get_one(School, key).name == "先改的"


def test_what_one_of_them_alone_changed_is_chosen_beforehand(keeper: FlaskClient, city: City) -> None:
    key = a_school(city)
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"status": "retired"})
    assert chosen(late.text) == {"name": "theirs", "status": "mine"}
    done = keeper.post(f"/schools/edit/?id={key}", data=form_of(late.text))
    assert done.status_code == 302
    school = session.get_one(School, key)
    assert (school.name, school.status) == ("先改的", EntryStatus.RETIRED)


@pytest.mark.parametrize(("choice", "name"), [("mine", "后改的"), ("theirs", "先改的")])
def test_the_choice_is_saved_against_the_version_that_was_shown(
    keeper: FlaskClient, city: City, choice: str, name: str
) -> None:
    key = a_school(city)
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"name": "后改的"})
    assert keeper.post(f"/schools/edit/?id={key}", data=form_of(late.text) | {"keep-name": choice}).status_code == 302
    assert session.get_one(School, key).name == name


def test_without_a_choice_nothing_is_saved_and_nothing_lost(keeper: FlaskClient, city: City) -> None:
    key = a_school(city)
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"name": "后改的", "status": "retired"})
    again = keeper.post(f"/schools/edit/?id={key}", data=form_of(late.text))
    assert again.status_code == 409
    assert "还有没选的" in again.text
    assert form_of(again.text)["name"] == "后改的"
    assert session.get_one(School, key).status is EntryStatus.ACTIVE


def test_a_third_who_comes_between_is_noticed_too(keeper: FlaskClient, city: City) -> None:
    key = a_school(city)
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"name": "后改的"})
    rename(key, name="第三人改的")
    again = keeper.post(f"/schools/edit/?id={key}", data=form_of(late.text) | {"keep-name": "mine"})
    assert again.status_code == 409
    assert "第三人改的" in again.text
    assert session.get_one(School, key).name == "第三人改的"


def test_keys_and_moments_are_told_in_words(keeper: FlaskClient, city: City) -> None:
    other = build.a_bureau("秦淮区教育局", parent=session.get_one(School, a_school(city)).bureau.parent)
    key, name = a_school(city), session.get_one(School, a_school(city)).bureau.name
    other_key = other.id
    session.commit()
    form = opened(keeper, "schools", key)
    rename(key, bureau_id=other_key)
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"status": "retired"})
    table = late.text.split('class="rows conflict"')[1]
    assert "秦淮区教育局" in table
    assert name in table
    assert "已停用" in table


def test_a_form_without_the_signed_version_asks_about_every_difference(keeper: FlaskClient, city: City) -> None:
    key = a_school(city)
    form = opened(keeper, "schools", key)
    rename(key, name="先改的")
    late = keeper.post(f"/schools/edit/?id={key}", data=form | {"name": "后改的", "opened": "made-up"})
    assert chosen(late.text) == {"name": ""}


def test_times_that_nobody_touched_are_no_difference(keeper: FlaskClient, city: City) -> None:
    key = city.rows["windows"]
    form = opened(keeper, "windows", key)
    build.change(session.get_one(Window, key), workdays_only=not session.get_one(Window, key).workdays_only)
    session.commit()
    late = keeper.post(f"/windows/edit/?id={key}", data=form | {"reason": "修正"})
    assert chosen(late.text) == {"workdays_only": "theirs", "reason": "mine"}


def test_a_long_text_goes_along_line_by_line(keeper: FlaskClient, city: City) -> None:
    key = city.rows["notice_texts"]
    form = opened(keeper, "notice-texts", key)
    build.change(session.get_one(NoticeText, key), body="他人的正文")
    session.commit()
    body = "第一条 “引号” <b>\n第二条"
    late = keeper.post(f"/notice-texts/edit/?id={key}", data=form | {"body": body})
    assert late.status_code == 409
    keeper.post(f"/notice-texts/edit/?id={key}", data=form_of(late.text) | {"keep-body": "mine"})
    assert session.get_one(NoticeText, key).body == body


def test_personal_values_stay_masked_and_passwords_are_typed_again(keeper: FlaskClient, city: City) -> None:
    key = city.staff[Role.SCHOOL]
    build.change(session.get_one(Staff, key), mobile="13812345678")
    session.commit()
    form = opened(keeper, "staff", key)
    build.change(session.get_one(Staff, key), mobile="13911112222")
    session.commit()
    late = keeper.post(f"/staff/edit/?id={key}", data=form | {"mobile": "13733334444", "password": "Qinhuai#2027"})
    table = late.text.split('class="rows conflict"')[1]
    assert "13911112222" not in late.text
    assert "137****4444" in table
    assert "Qinhuai#2027" not in late.text
    done = keeper.post(f"/staff/edit/?id={key}", data=form_of(late.text) | {"keep-mobile": "mine", "password": ""})
    assert done.status_code == 302
    assert session.get_one(Staff, key).mobile == "13733334444"


def test_a_row_deleted_meanwhile_is_told_and_what_was_typed_is_shown(keeper: FlaskClient, city: City) -> None:
    key = build.add(Window(**_like(city))).id
    session.commit()
    form = opened(keeper, "windows", key)
    build.remove(session.get_one(Window, key))
    session.commit()
    gone = keeper.post(f"/windows/edit/?id={key}", data=form | {"closes_on": "2031-01-09"})
    assert gone.status_code == 410
    assert "已被删除" in gone.text
    assert "2031-01-09" in gone.text
    for opening in ("", "made-up"):
        assert keeper.post(f"/windows/edit/?id={key}", data=form | {"opened": opening}).status_code == 404


def test_nobody_else_learns_that_a_row_was_there(app: Flask, keeper: FlaskClient, city: City) -> None:
    stranger = world.logged_in(app, world.a_city().staff[Role.SUPERUSER])
    key = build.add(Window(**_like(city))).id
    session.commit()
    form = opened(keeper, "windows", key)
    build.remove(session.get_one(Window, key))
    session.commit()
    assert stranger.post(f"/windows/edit/?id={key}", data=form).status_code == 404
    assert keeper.post(f"/windows/edit/?id={key + 99}", data=form).status_code == 404


def _like(city: City) -> dict[str, object]:
    window = session.get_one(Window, city.rows["windows"])
    names = ("campaign_id", "opens_on", "closes_on", "opens_at", "closes_at", "workdays_only", "stage")
    return {name: getattr(window, name) for name in names}


def test_a_value_in_the_list_tells_what_is_there_and_can_be_saved_again(keeper: FlaskClient, city: City) -> None:
    school = session.get_one(School, a_school(city))
    data = {"id": str(school.id), "version": str(school.version), "name": "name", "value": "后改的"}
    rename(school.id, name="先改的")
    told = keeper.post("/schools/ajax/update/", data=data)
    assert told.status_code == 409
    assert told.json is not None
    assert "先改的" in told.json["error"]
    assert (told.json["text"], told.json["value"]) == ("先改的", "先改的")
    saved = keeper.post("/schools/ajax/update/", data=data | {"version": str(told.json["version"])})
    assert saved.status_code == 200


def test_the_schools_opinion_meets_another_one(app: Flask, city: City) -> None:
    officer = world.logged_in(app, city.staff[Role.SCHOOL])
    form = opened(officer, "applications", city.application)
    build.change(world.application_of(city), ethics=EthicsGrade.UNQUALIFIED)
    session.commit()
    late = officer.post(f"/applications/edit/?id={city.application}", data=form | {"ethics": "excellent"})
    assert late.status_code == 409
    assert chosen(late.text)["ethics"] == ""
    done = officer.post(f"/applications/edit/?id={city.application}", data=form_of(late.text) | {"keep-ethics": "mine"})
    assert done.status_code == 302
    assert world.application_of(city).ethics is EthicsGrade.EXCELLENT


def test_a_move_that_comes_too_late_says_what_changed_and_can_be_made_after_reading(app: Flask, city: City) -> None:
    officer = world.logged_in(app, city.staff[Role.SCHOOL])
    version = world.application_of(city).version
    address = f"/applications/{city.application}/move/return?version={version}"
    form = form_of(officer.get(address).text) | {"reason": "材料不清楚"}
    build.change(world.application_of(city), ethics=EthicsGrade.UNQUALIFIED)
    session.commit()
    late = officer.post(address, data=form)
    assert late.status_code == 422
    assert "测试准备" in late.text
    assert "师德结论" in late.text
    assert "材料不清楚" in late.text
    assert world.application_of(city).stage is Stage.SUBMITTED
    assert officer.post(address, data=form_of(late.text)).status_code == 302
    assert session.get_one(Application, city.application).stage is Stage.RETURNED


def test_a_decision_that_comes_too_late_says_what_changed(app: Flask, city: City) -> None:
    is_accepted(city)
    officer = world.logged_in(app, city.staff[Role.DISTRICT])
    version = str(world.application_of(city).version)
    data = {"preliminary-version": version, "preliminary-conclusion": "registered", "preliminary-reason": "无误"}
    build.change(world.application_of(city), ethics=EthicsGrade.UNQUALIFIED)
    session.commit()
    late = officer.post(f"/review/{city.application}/decide/preliminary", data=data)
    assert late.status_code == 422
    assert "测试准备" in late.text
    assert "师德结论" in late.text
    assert "无误" in late.text


def is_accepted(city: City) -> None:
    """The papers are accepted: the district may decide."""
    build.change(world.application_of(city), stage=Stage.CONFIRMED, signed_version=1)
    session.commit()
