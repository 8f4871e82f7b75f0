"""Applications in the back office: one page with everything, single moves, bulk moves in three steps."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Application, AuditEntry, Event
from shared.models.kinds import Conclusion, EthicsGrade, Role, Stage
from shared.rules.fields import FIELDS, Input
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database


@pytest.fixture
def city(database: Database) -> City:
    return world.a_city()


@pytest.fixture
def app(database: Database, city: City) -> Flask:
    return world.the_app(database)


def more(city: City, count: int, stage: Stage = Stage.SUBMITTED, **fields: object) -> list[int]:
    """Further applications beside the city's own."""
    first = world.application_of(city)
    keys = [
        build.an_application(
            stage, campaign=first.campaign, point=first.point, school=first.school, photo=True, **fields
        ).id
        for _ in range(count)
    ]
    session.commit()
    return keys


def order_on(page: str) -> str:
    """The signed order that a preview page carries."""
    found = re.findall(r'name="order" value="([^"]+)"', page)
    return html.unescape(found[-1])


def choose(client: FlaskClient, move: str, keys: list[int], **data: str) -> str:
    answer = client.post("/applications/action/", data={"move": move, "rowid": [str(key) for key in keys], **data})
    return answer.text


def stages(keys: list[int]) -> list[Stage]:
    session.rollback()
    return list(session.scalars(select(Application.stage).where(Application.id.in_(keys)).order_by(Application.id)))


def test_the_page_shows_every_field_of_the_form(app: Flask, city: City) -> None:
    page = world.logged_in(app, city.staff[Role.DISTRICT]).get(f"/applications/details/?id={city.application}").text
    missing = [str(field.label) for field in FIELDS if field.input is not Input.PHOTO and str(field.label) not in page]
    assert not missing
    assert f"/applications/{city.application}/photo.jpg" in page
    assert "2025" in page


def test_an_application_is_found_by_its_id_number_and_by_its_name(app: Flask, city: City) -> None:
    more(city, 2)
    build.change(world.application_of(city), name="欧阳小明")
    number, registration = world.person_of(city).id_number, world.application_of(city).registration_number
    session.commit()
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    for text in (number, number.lower(), "欧阳", registration):
        found = re.findall(
            r"<td class=\"number\">.*?>(\d+)</a>", client.get(f"/applications/?q={text}", follow_redirects=True).text
        )
        assert found == [registration], text


def test_buttons_are_the_moves_of_the_reader(app: Flask, city: City) -> None:
    address = f"/applications/details/?id={city.application}"
    school = world.logged_in(app, city.staff[Role.SCHOOL]).get(address).text
    assert f"/applications/{city.application}/move/school_pass" in school
    assert "move/preliminary" not in school
    auditor = world.logged_in(app, city.staff[Role.AUDITOR]).get(address).text
    assert "/move/" not in auditor


def test_returning_needs_a_reason_and_tells_it(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    version = str(world.application_of(city).version)
    session.rollback()
    address = f"/applications/{city.application}/move/return"
    assert "请填写理由" in client.post(address, data={"version": version}).text
    assert client.post(address, data={"version": version, "reason": "照片不清楚"}).status_code == 302
    assert stages([city.application]) == [Stage.RETURNED]
    assert "照片不清楚" in client.get(f"/applications/details/?id={city.application}").text


def test_a_decision_on_an_old_page_loses(app: Flask, city: City) -> None:
    version = world.application_of(city).version
    build.change(world.application_of(city), address="新地址")
    session.commit()
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    late = client.post(f"/applications/{city.application}/move/school_pass", data={"version": str(version)})
    assert late.status_code == 422
    assert "已被他人更改" in late.text
    assert stages([city.application]) == [Stage.SUBMITTED]


def test_moves_of_others_do_not_exist(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    for name in ("final", "confirm", "submit", "nonsense"):
        assert client.post(f"/applications/{city.application}/move/{name}", data={"version": "1"}).status_code == 404


def test_the_school_attests_until_the_papers_are_accepted(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    address = f"/applications/edit/?id={city.application}"
    data = {"version": str(world.application_of(city).version), "ethics": "excellent"}
    session.rollback()
    assert client.post(address, data=data | {"name": "改名"}).status_code == 302
    after = world.application_of(city)
    assert after.ethics is EthicsGrade.EXCELLENT
    assert after.name != "改名"
    [late] = more(city, 1, Stage.CONFIRMED)
    version = session.get_one(Application, late).version
    session.rollback()
    answer = client.post(f"/applications/edit/?id={late}", data={"version": str(version), "ethics": "basic"})
    assert "材料已确认受理" in answer.text


def test_showing_a_number_in_full_is_recorded(app: Flask, city: City) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    assert number in client.post(f"/applications/{city.application}/reveal").text
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "reveal"))
    assert entry is not None
    assert (entry.row_id, entry.actor_id) == (city.application, city.staff[Role.DISTRICT])


def test_a_bulk_move_is_previewed_then_run(app: Flask, city: City) -> None:
    keys = [city.application, *more(city, 2)]
    done = more(city, 1, Stage.CONFIRMED)
    without = more(city, 1, ethics=None)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys + done + without)
    assert "3件可以办理" in preview
    assert "2件不能办理" in preview
    assert "师德结论尚未填写" in preview
    assert stages(keys) == [Stage.SUBMITTED] * 3
    result = client.post("/applications/action/", data={"order": order_on(preview), "run": "1"}).text
    assert "已办理3件" in result
    assert "跳过2件" in result
    assert stages(keys) == [Stage.SCHOOL_CHECKED] * 3
    assert session.scalar(select(Event.actor_id).where(Event.move == "school_pass").limit(1)) == city.staff[Role.SCHOOL]


def test_a_bulk_decision_asks_for_conclusion_and_reason_first(app: Flask, city: City) -> None:
    keys = more(city, 2, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    asked = choose(client, "preliminary", keys)
    assert "预览结果" in asked
    assert "可以办理" not in asked
    data = {"order": order_on(asked), "preview": "1", "conclusion": "deferred"}
    assert "请填写理由" in client.post("/applications/action/", data=data).text
    preview = client.post("/applications/action/", data=data | {"reason": "培训学时不足"}).text
    assert "2件可以办理" in preview
    assert "培训学时不足" in preview
    client.post("/applications/action/", data={"order": order_on(preview), "run": "1"})
    assert stages(keys) == [Stage.PRELIMINARY] * 2
    row = session.get_one(Application, keys[0])
    assert (row.conclusion, row.reason) == (Conclusion.DEFERRED, "培训学时不足")


def test_what_changed_after_the_preview_is_skipped(app: Flask, city: City) -> None:
    keys = more(city, 2)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    order = order_on(choose(client, "school_pass", keys))
    build.change(session.get_one(Application, keys[0]), address="新地址")
    session.commit()
    result = client.post("/applications/action/", data={"order": order, "run": "1"}).text
    assert "已办理1件" in result
    assert "已被他人更改" in result
    assert stages(keys) == [Stage.SUBMITTED, Stage.SCHOOL_CHECKED]


def test_an_order_is_good_for_its_author_only_and_cannot_be_altered(app: Flask, city: City) -> None:
    keys = more(city, 1)
    order = order_on(choose(world.logged_in(app, city.staff[Role.SCHOOL]), "school_pass", keys))
    other = world.logged_in(app, city.staff[Role.POINT])
    assert other.post("/applications/action/", data={"order": order, "run": "1"}).status_code == 404
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    assert client.post("/applications/action/", data={"order": "x" + order, "run": "1"}).status_code == 404
    assert client.post("/applications/action/", data={"run": "1"}).status_code == 404
    assert stages(keys) == [Stage.SUBMITTED]


def test_an_order_that_was_never_previewed_does_not_run(app: Flask, city: City) -> None:
    keys = more(city, 1, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    order = order_on(choose(client, "preliminary", keys))
    data = {"order": order, "run": "1", "conclusion": "registered"}
    assert client.post("/applications/action/", data=data).status_code == 404
    assert stages(keys) == [Stage.CONFIRMED]


def test_foreign_rows_drop_out_of_the_selection(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", [city.application, elsewhere.application])
    assert "您勾选了1件申请" in preview


def test_the_start_page_counts_what_waits(app: Flask, city: City) -> None:
    more(city, 2)
    page = world.logged_in(app, city.staff[Role.SCHOOL]).get("/").text
    assert "3件" in page
    assert "/applications/?stage=submitted" in page
