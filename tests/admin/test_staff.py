"""Accounts of staff, as a superuser keeps them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, Staff
from shared.models.kinds import Role
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database

PASSWORD = "Qinhuai#2026"


@pytest.fixture
def city(database: Database) -> City:
    return world.a_city()


@pytest.fixture
def client(database: Database, city: City) -> FlaskClient:
    return world.logged_in(world.the_app(database), city.staff[Role.SUPERUSER])


def entered(city: City, **changes: str) -> dict[str, str]:
    values = {"username": "newcomer", "name": "王新", "role": "school", "active": "y", "password": PASSWORD}
    return values | {"school_id": str(city.rows["schools"])} | changes


def the_newcomer() -> Staff | None:
    session.rollback()
    return session.scalar(select(Staff).where(Staff.username == "newcomer"))


def test_a_new_account_must_change_its_first_password(client: FlaskClient, city: City) -> None:
    assert client.post("/staff/new/", data=entered(city)).status_code == 302
    staff = the_newcomer()
    assert staff is not None
    assert staff.must_change_password
    assert staff.password_hash.startswith("$argon2id$")
    log_in = client.application.test_client()
    answer = log_in.post("/login", data={"username": "newcomer", "password": PASSWORD}, follow_redirects=True)
    assert "您用的是初始密码" in answer.text


def test_role_and_place_must_fit(client: FlaskClient, city: City) -> None:
    wrong = {
        "请选择确认点": entered(city, role="point"),
        "市级复核员只能设在市级教育行政部门": entered(city, role="city", bureau_id=str(city.rows["bureaus"])),
        "密码须为10至128个字符": entered(city, password="Abc#1"),
        "请从列表中选择": entered(city, role="teacher"),
        "请填写初始密码": entered(city, password=""),
    }
    for sentence, data in wrong.items():
        answer = client.post("/staff/new/", data=data)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert PASSWORD not in answer.text
    assert the_newcomer() is None


def test_a_name_that_is_taken_gets_a_sentence(client: FlaskClient, city: City) -> None:
    build.staff(Role.SCHOOL, username="newcomer")
    session.commit()
    assert "用户名已被使用" in client.post("/staff/new/", data=entered(city)).text


def test_nobody_makes_accounts_in_another_area(client: FlaskClient) -> None:
    elsewhere = world.a_city()
    assert client.post("/staff/new/", data=entered(elsewhere)).status_code == 404
    assert the_newcomer() is None


def test_a_district_makes_no_auditor(database: Database, city: City) -> None:
    district = session.get_one(Bureau, city.rows["bureaus"])
    keeper = build.staff(Role.SUPERUSER, district).id
    session.commit()
    client = world.logged_in(world.the_app(database), keeper)
    data = entered(city, role="auditor", bureau_id=str(city.rows["bureaus"]))
    assert "只能设在最高一级" in client.post("/staff/new/", data=data).text


def test_closing_an_account_ends_its_log_ins(client: FlaskClient, city: City) -> None:
    officer = city.staff[Role.SCHOOL]
    theirs = world.logged_in(client.application, officer)
    assert theirs.get("/").status_code == 200
    row = session.get_one(Staff, officer)
    data = {"version": str(row.version), "name": row.name, "role": "school", "school_id": str(row.school_id)}
    session.rollback()
    assert client.post(f"/staff/edit/?id={officer}", data=data).status_code == 302
    assert theirs.get("/", headers={"Accept": "text/html"}).status_code == 302


def test_nobody_edits_the_own_account(client: FlaskClient, city: City) -> None:
    key = city.staff[Role.SUPERUSER]
    row = session.get_one(Staff, key)
    data = {"version": str(row.version), "name": "我", "role": "superuser", "bureau_id": str(row.bureau_id)}
    session.rollback()
    assert "不能修改自己的账号" in client.post(f"/staff/edit/?id={key}", data=data).text
