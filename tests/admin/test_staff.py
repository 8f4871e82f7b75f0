"""Accounts of staff, as a superuser keeps them."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared import clock
from shared.db import session
from shared.models import AuditEntry, Bureau, Staff, StaffSession
from shared.models.kinds import Role
from shared.rules.accounts import LOGGED_IN
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database

PASSWORD, CHOSEN = "Qinhuai#2026", "Xuanwu#2027"
ID_NUMBER = "320106198501010018"


HTML = {"Accept": "text/html"}


@pytest.fixture
def client(database: Database, city: City) -> FlaskClient:
    return world.logged_in(world.the_app(database), city.staff[Role.SUPERUSER])


def entered(city: City, **changes: str) -> dict[str, str]:
    values = {
        "username": "newcomer",
        "name": "王新",
        "role": "school",
        "active": "y",
        "password": PASSWORD,
        "id_number": ID_NUMBER,
    }
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
        "请填写本人的身份证号码": entered(city, id_number=""),
        "校验码不对": entered(city, id_number="320106198501010019"),
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
    answer = client.post("/staff/new/", data=entered(elsewhere))
    assert answer.status_code == 422
    assert "不在您的管理范围内" in answer.text
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


def the_code(page: str) -> str:
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)
    assert found, "no code on this page"
    return found[0]


def activated(client: FlaskClient, code: str) -> TestResponse:
    data = {"username": "newcomer", "code": code, "password": CHOSEN, "again": CHOSEN}
    return client.application.test_client().post("/activate", data=data)


def test_without_a_password_the_account_is_opened_by_a_code_that_is_shown_once(client: FlaskClient, city: City) -> None:
    code = the_code(client.post("/staff/new/", data=entered(city, password="")).text)
    staff = the_newcomer()
    assert staff is not None
    assert staff.password_hash == ""
    assert code not in client.get(f"/staff/details/?id={staff.id}").text
    assert activated(client, code).headers["Location"] == "/login"
    browser = client.application.test_client()
    assert world.log_in(browser, "newcomer", CHOSEN).headers["Location"] == "/"
    assert browser.get("/").status_code == 200  # chosen by its owner: nothing to change
    assert "已用过" in activated(client, code).text


def test_everybody_reads_the_own_log_ins_and_nobody_elses(database: Database, city: City) -> None:
    for role, address in ((Role.SCHOOL, "192.0.2.11"), (Role.POINT, "192.0.2.12")):
        told = {
            "action": LOGGED_IN,
            "actor_name": "x",
            "table_name": "staff",
            "row_id": city.staff[role],
            "changes": {},
        }
        build.add(AuditEntry(at=clock.now(), address=address, **told))
    session.commit()
    page = world.logged_in(world.the_app(database), city.staff[Role.SCHOOL]).get("/account/").text
    assert "192.0.2.11" in page
    assert "192.0.2.12" not in page


def test_the_user_name_opens_the_account(client: FlaskClient, city: City) -> None:
    assert f'<a href="/staff/details/?id={city.staff[Role.POINT]}">' in client.get("/staff/").text


def test_a_forgotten_password_is_chosen_anew_with_a_code(client: FlaskClient, city: City) -> None:
    client.post("/staff/new/", data=entered(city))
    staff = the_newcomer()
    assert staff is not None
    page, version = f"/staff/{staff.id}/code", str(staff.version)
    session.rollback()
    slip = client.post(page, data={"version": version})
    assert "刚刚已发放过" in client.post(page, data={"version": version}).text
    assert activated(client, the_code(slip.text)).status_code == 302


def test_a_superuser_sees_and_ends_the_log_ins_of_the_area(client: FlaskClient, city: City) -> None:
    officer = city.staff[Role.SCHOOL]
    here, there = (world.logged_in(client.application, officer) for _each in range(2))
    page = f"/staff/{officer}/sessions"
    first = session.scalars(
        select(StaffSession.id).where(StaffSession.staff_id == officer).order_by(StaffSession.id)
    ).first()
    session.rollback()
    client.post(page, data={"session": str(first)})
    assert [one.get("/", headers=HTML).status_code for one in (here, there)] == [302, 200]
    client.post(page, data={})
    assert there.get("/", headers=HTML).status_code == 302
    assert "现在没有在任何地方登录" in client.get(page).text


def test_a_district_keeps_its_own_people_and_nobody_above_or_beside(database: Database, city: City) -> None:
    district = session.get_one(Bureau, city.rows["bureaus"])
    keeper = build.staff(Role.SUPERUSER, district).id
    above = session.get_one(Staff, city.staff[Role.SUPERUSER]).bureau_id
    session.commit()
    client = world.logged_in(world.the_app(database), keeper)
    assert client.get(f"/staff/details/?id={city.staff[Role.SCHOOL]}").status_code == 200
    for role in (Role.CITY, Role.PROVINCE, Role.SUPERUSER):
        for page in ("details/?id={}", "{}/code", "{}/second-factor", "{}/sessions"):
            assert client.get("/staff/" + page.format(city.staff[role])).status_code == 404, (role, page)
    data = entered(city, role="superuser", school_id="", bureau_id=str(above))
    assert client.post("/staff/new/", data=data).status_code == 422  # nobody above is made from below
    assert the_newcomer() is None
    assert client.post("/staff/new/", data=data | {"bureau_id": str(city.rows["bureaus"])}).status_code == 302


def test_a_district_looks_at_code_tables_and_changes_none(database: Database, city: City) -> None:
    keeper = build.staff(Role.SUPERUSER, session.get_one(Bureau, city.rows["bureaus"])).id
    session.commit()
    client = world.logged_in(world.the_app(database), keeper)
    for table in ("subjects", "institutions", "authorities", "reason-codes", "calendar-days", "notice-texts"):
        row = city.rows[table.replace("-", "_")]
        answer = client.get(f"/{table}/")
        assert answer.status_code == 200, table
        assert f"/{table}/new/" not in answer.text, table
        assert client.get(f"/{table}/details/?id={row}").status_code == 200, table
        assert client.get(f"/{table}/new/").status_code == 404, table
        assert client.get(f"/{table}/edit/?id={row}").status_code == 404, table
    assert client.get("/subjects/merge/").status_code == 404
    assert client.get("/schools/merge/").status_code == 200  # its own schools it keeps
