"""The slips of imported accounts: one page that shows every code, once, to whoever imported them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, Staff
from shared.models.kinds import Role
from shared.services import access
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database
from tests.importing import a_csv, sent, written

HEAD = ("区县", "确认点名称", "操作员姓名", "手机", "用户名")


@pytest.fixture
def client(database: Database, city: City) -> FlaskClient:
    return world.logged_in(world.the_app(database), city.staff[Role.SUPERUSER])


@pytest.fixture
def imported(city: City) -> int:
    by = access.actor_of_staff(session.get_one(Staff, city.staff[Role.SUPERUSER]))
    area = select(Bureau.code).where(Bureau.path.startswith(by.bureau_path)).order_by(Bureau.id.desc())
    rows = [(session.scalar(area.limit(1)), "新确认点", "张操作", "13912345678", name) for name in ("op_a", "op_b")]
    key = sent("operators", a_csv(HEAD, *rows), by=by)
    written(key, by=by)
    return key


def test_all_slips_stand_on_one_page_and_only_once(client: FlaskClient, imported: int) -> None:
    assert f'href="/imports/{imported}/slips"' in client.get(f"/imports/details/?id={imported}").text
    asked = client.get(f"/imports/{imported}/slips")
    assert "共2个新账号" in asked.text
    shown = client.post(f"/imports/{imported}/slips/print")
    assert shown.status_code == 200
    assert shown.text.count('class="code"') == 2
    assert shown.text.count("新确认点 · ") == 2  # each says for which point it is
    assert "op_a" in shown.text
    assert "op_b" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    again = client.post(f"/imports/{imported}/slips/print", headers={"Accept": "text/html"})
    assert again.status_code == 409
    assert "重新发放激活码" in again.text
    assert "重新发放激活码" in client.get(f"/imports/{imported}/slips").text


def test_nobody_else_prints_them(database: Database, city: City, imported: int) -> None:
    app = world.the_app(database)
    other = build.staff(Role.SUPERUSER, session.get_one(Staff, city.staff[Role.SUPERUSER]).bureau).id
    for member in (other, city.staff[Role.DISTRICT], city.staff[Role.AUDITOR]):
        client = world.logged_in(app, member)
        assert client.get(f"/imports/{imported}/slips").status_code == 404
        assert client.post(f"/imports/{imported}/slips/print").status_code == 404
