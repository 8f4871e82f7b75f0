"""Coming in, leaving, and the first password."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin.views.session import inside
from shared.config import SettingsError
from shared.models.kinds import Role
from shared.services.accounts import hash_password
from tests import build
from tests.admin import world
from tests.conftest import Database

PASSWORD = "Qinhuai#2026"
NEW = "Xuanwu#2027"
HTML = {"Accept": "text/html"}


@pytest.fixture
def app(database: Database) -> Flask:
    build.staff(Role.DISTRICT, username="zhangsan", name="张三", password_hash=hash_password(PASSWORD))
    build.staff(
        Role.DISTRICT, username="lisi", name="李四", password_hash=hash_password(PASSWORD), must_change_password=True
    )
    return world.the_app(database)


def log_in(client: FlaskClient, username: str, password: str = PASSWORD, *, to: str = "") -> str:
    answer = world.log_in(client, username, password, to=to)
    return answer.headers.get("Location", "") if answer.status_code == 302 else answer.text


def test_the_right_password_opens_the_door(app: Flask) -> None:
    client = app.test_client()
    assert log_in(client, "zhangsan") == "/"
    assert "张三" in client.get("/").text


def test_a_wrong_password_and_a_wrong_name_get_the_same_sentence(app: Flask) -> None:
    answers = [log_in(app.test_client(), name, "Wrong#2026") for name in ("zhangsan", "nobody")]
    assert all("账号或密码不正确" in answer for answer in answers)
    assert "zhangsan" in answers[0]
    assert "Wrong#2026" not in answers[0]


def test_a_page_asked_for_before_the_log_in_is_shown_after_it(app: Flask) -> None:
    client = app.test_client()
    asked = client.get("/schools/?q=S1", headers=HTML).headers["Location"]
    assert asked == "/login?next=/schools/?q%3DS1"
    assert log_in(client, "zhangsan", to="/schools/%3Fq%3DS1") == "/schools/?q=S1"


@pytest.mark.parametrize("target", ["https://example.cn/", "//example.cn", "/\\example.cn", "javascript:1", ""])
def test_the_log_in_leads_to_no_other_site(target: str) -> None:
    assert inside(target) == ""


def test_an_initial_password_must_be_changed_before_anything_else(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "lisi")
    assert client.get("/applications/").headers["Location"] == "/password"
    answer = client.post("/password", data={"old_password": PASSWORD, "password": NEW, "again": NEW})
    assert answer.headers["Location"] == "/"
    assert client.get("/applications/").status_code == 200


def test_a_new_password_is_judged_and_must_be_typed_twice(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "zhangsan")
    weak = client.post("/password", data={"old_password": PASSWORD, "password": "weak", "again": "weak"})
    assert weak.status_code == 422
    assert "密码须为10至128个字符" in weak.text
    twice = client.post("/password", data={"old_password": PASSWORD, "password": NEW, "again": "other"})
    assert "两次输入的新密码不一致" in twice.text


def test_five_wrong_old_passwords_lock_the_account_as_at_the_door(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "zhangsan")
    for _attempt in range(5):
        wrong = client.post("/password", data={"old_password": "Wrong#2026", "password": NEW, "again": NEW})
        assert "原密码不正确" in wrong.text
    right = client.post("/password", data={"old_password": PASSWORD, "password": NEW, "again": NEW})
    assert right.status_code == 422
    assert "账号已锁定" in right.text
    assert "账号已锁定" in log_in(app.test_client(), "zhangsan")


def test_changing_the_password_ends_the_other_log_ins(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    log_in(here, "zhangsan")
    log_in(there, "zhangsan")
    here.post("/password", data={"old_password": PASSWORD, "password": NEW, "again": NEW})
    assert here.get("/").status_code == 200
    assert there.get("/", headers=HTML).headers["Location"].startswith("/login")


def test_who_has_left_is_out(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "zhangsan")
    client.post("/logout")
    assert client.get("/", headers=HTML).status_code == 302


def test_half_a_setting_is_told_in_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    from admin import create_app

    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("SECRET_KEY_ADMIN", "short")
    with pytest.raises(SystemExit) as stop:
        create_app()
    assert "SECRET_KEY_ADMIN is too short" in str(stop.value)
    assert not isinstance(stop.value, SettingsError)
