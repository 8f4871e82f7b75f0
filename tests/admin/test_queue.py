"""The queue of “添加” requests as staff work through it."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.db import session
from shared.models import School, StaffRequest
from shared.models.kinds import EntryStatus, RequestState, Role
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
