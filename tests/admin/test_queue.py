"""The queue of “添加” requests as staff work through it."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Institution, School, StaffRequest
from shared.models.kinds import EntryStatus, RequestKind, RequestState, Role
from tests import build
from tests.admin import world
from tests.conftest import Database
from tests.services.test_requests import an_asked_school


@pytest.fixture
def app(database: Database) -> Flask:
    return world.the_app(database)


@pytest.fixture
def asked(database: Database, app: Flask) -> tuple[int, int, int]:
    """A superuser and two requests, each about a school of the district."""
    keeper = build.staff(Role.SUPERUSER, build.a_nanjing().province).id
    first, second = an_asked_school("火星实验学校").id, an_asked_school("土星实验学校").id
    session.commit()
    return keeper, first, second


def test_an_answer_opens_the_next_request(app: Flask, asked: tuple[int, int, int]) -> None:
    keeper, first, second = asked
    client = world.logged_in(app, keeper)
    page = client.get("/staff-requests/queue/").text
    assert "火星实验学校" in page
    assert "待处理2件" in page
    data = {"request": first, "request_version": 1, "do": "refuse", "answer": ""}
    empty = client.post("/staff-requests/queue/", data=data)
    assert empty.status_code == 422
    assert "请填写答复" in empty.text
    answer = client.post("/staff-requests/queue/", data=data | {"answer": "请填写全称"})
    assert answer.location == f"/staff-requests/queue/?id={second}"
    session.expire_all()
    assert session.get_one(StaffRequest, first).state is RequestState.REFUSED


def test_a_new_school_is_accepted_with_its_kind(app: Flask, asked: tuple[int, int, int]) -> None:
    keeper, first, _second = asked
    client = world.logged_in(app, keeper)
    data = {"request": first, "request_version": 1, "do": "accept", "version": 1}
    wrong = client.post("/staff-requests/queue/", data=data | {"name": ""})
    assert wrong.status_code == 422
    data |= {"name": "南京火星实验学校", "nature": "public_nine_year"}
    assert client.post("/staff-requests/queue/", data=data).status_code == 302
    session.expire_all()
    school = session.scalars(select(School).where(School.name == "南京火星实验学校")).one()
    assert (school.status, school.nature.value) == (EntryStatus.ACTIVE, "public_nine_year")


def test_a_typed_name_says_which_one_it_is(app: Flask, asked: tuple[int, int, int]) -> None:
    keeper, first, _second = asked
    client = world.logged_in(app, keeper)
    request = session.get_one(StaffRequest, first)
    there = build.a_school("火星学校", bureau=request.bureau).id
    session.commit()
    found = client.get("/staff-requests/queue/entries/schools?query=火星学校").json
    assert [there, "火星学校"] in found
    assert client.get("/staff-requests/queue/entries/staff").status_code == 404
    data = {"request": first, "request_version": 1, "do": "same", "other-text": "火星学校"}
    assert client.post("/staff-requests/queue/", data=data).status_code == 302
    session.expire_all()
    assert session.get_one(StaffRequest, first).state is RequestState.APPROVED


def test_a_foreign_request_does_not_exist(app: Flask, asked: tuple[int, int, int]) -> None:
    _keeper, first, _second = asked
    stranger = build.staff(Role.SUPERUSER, build.a_bureau()).id
    session.commit()
    client = world.logged_in(app, stranger)
    assert client.get(f"/staff-requests/queue/?id={first}").status_code == 404
    data = {"request": first, "request_version": 1, "do": "refuse", "answer": "不行"}
    assert client.post("/staff-requests/queue/", data=data).status_code == 404
    assert "没有待办的新增申请" in client.get("/staff-requests/queue/").text


def test_a_district_passes_up_what_is_kept_for_the_whole_nation(app: Flask, database: Database) -> None:
    """Institutions are the topmost bureau's to keep: below it there is one button, and no way around it."""
    nanjing = build.a_nanjing()
    district, city, top = (
        build.staff(Role.SUPERUSER, bureau).id for bureau in (nanjing.gulou, nanjing.city, nanjing.province)
    )
    added = build.change(session.scalars(select(Institution)).first(), name="火星师范学校", status=EntryStatus.PENDING)
    asked = build.add(
        StaffRequest(
            kind=RequestKind.ADD_INSTITUTION,
            entry_code=added.code,
            text=added.name,
            raised_by="张三",
            raised_at=clock.now(),
            bureau=nanjing.gulou,
        )
    ).id
    entry, ways_up = added.id, ((district, nanjing.city.id), (city, nanjing.province.id))
    session.commit()
    page = "/staff-requests/queue/"
    for keeper, above in ways_up:
        client = world.logged_in(app, keeper)
        shown = client.get(page).text
        assert "由上级部门统一维护" in shown
        assert "转交上级部门" in shown
        assert 'value="accept"' not in shown
        version = session.get_one(StaffRequest, asked).version
        session.rollback()
        data = {"request": asked, "request_version": version}
        for do in ("accept", "same", "refuse"):
            tried = client.post(page, data=data | {"do": do, "answer": "好", "keep": entry})
            assert tried.status_code in (404, 422), do
        assert client.post(page, data=data | {"do": "up"}).status_code == 302
        session.expire_all()
        assert session.get_one(StaffRequest, asked).bureau_id == above
        assert session.get_one(StaffRequest, asked).state is RequestState.OPEN
    assert "没有待办的新增申请" in world.logged_in(app, district).get(page).text
    last = world.logged_in(app, top)
    assert 'value="accept"' in last.get(page).text
    assert "转交上级部门" not in last.get(page).text
    session.rollback()
    form = {
        "request": asked,
        "request_version": session.get_one(StaffRequest, asked).version,
        "version": session.scalar(select(Institution.version).where(Institution.id == entry)),
    }
    session.rollback()
    assert last.post(page, data=form | {"do": "accept", "name": "火星师范学校"}).status_code == 302
    session.expire_all()
    assert session.get_one(StaffRequest, asked).state is RequestState.APPROVED
