"""Applications in the back office: one page with everything, single moves; the helpers of bulk moves."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Application, AuditEntry
from shared.models.kinds import EthicsGrade, Role, Stage
from shared.rules.fields import FIELDS, Input
from tests import build
from tests.admin import world
from tests.admin.world import City


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


def choose(client: FlaskClient, move: str, keys: list[int]) -> str:
    """The page that the choice leads to."""
    data = {"move": move, "rowid": [str(key) for key in keys]}
    return client.post("/applications/action/", data=data, follow_redirects=True).text


def form_on(page: str, verb: str) -> str:
    """The address to which a batch's page sends `verb`."""
    found = re.search(rf'"(/batches/[0-9]+/{verb})"', page)
    assert found, page
    return found[1]


def send(client: FlaskClient, page: str, verb: str, **data: str) -> str:
    """What the page says after its button for `verb` was pressed."""
    return client.post(form_on(page, verb), data=data, follow_redirects=True).text


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
    asked = client.get(f"/applications/{city.application}/reveal").text
    assert number not in asked
    assert number in client.post(f"/applications/{city.application}/reveal", data={"reason": "contact"}).text
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "reveal"))
    assert entry is not None
    assert (entry.row_id, entry.actor_id) == (city.application, city.staff[Role.DISTRICT])
    assert entry.changes == {"reason": [None, "联系本人"]}


def test_the_start_page_counts_what_waits(app: Flask, city: City) -> None:
    more(city, 2)
    page = world.logged_in(app, city.staff[Role.SCHOOL]).get("/").text
    assert "3件" in page
    assert "/applications/?stage=submitted" in page
