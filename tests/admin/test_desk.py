"""The confirmation desk, as an operator goes through it."""

import pytest
from flask import Flask
from sqlalchemy import delete, select

from shared.db import session
from shared.models import Application, Receipt
from shared.models.kinds import Role, Stage
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database


@pytest.fixture
def city(database: Database) -> City:
    found = world.a_city()
    build.change(world.application_of(found), stage=Stage.SCHOOL_CHECKED)
    session.execute(delete(Receipt), execution_options={"recorded": True})
    session.commit()
    return found


@pytest.fixture
def app(database: Database, city: City) -> Flask:
    return world.the_app(database)


def test_the_operator_finds_by_number_document_and_scan(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    registration, number = world.application_of(city).registration_number, world.person_of(city).id_number
    session.rollback()
    for text in (registration, f" {number.lower()} ", f"{registration}-1"):
        answer = client.post("/desk/", data={"text": text})
        assert answer.headers.get("Location") == f"/desk/{city.application}/", text
    old = client.post("/desk/", data={"text": f"{registration}-9"}, follow_redirects=True).text
    assert "请重新打印并签名" in old


def test_what_is_not_found_gets_a_sentence(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    foreign = world.application_of(elsewhere).registration_number
    session.rollback()
    client = world.logged_in(app, city.staff[Role.POINT])
    answer = client.post("/desk/", data={"text": foreign})
    assert answer.status_code == 422
    assert f"没有找到“{foreign}”" in answer.text
    assert f'value="{foreign}"' in answer.text


def test_from_the_papers_to_the_receipt_and_back(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}"
    version = str(world.application_of(city).version)
    session.rollback()
    papers = {"material": str(city.rows["materials"]), "version": version}
    missing = client.post(f"{address}/confirm", data={"version": version, "signed_version": "1"})
    assert "纸质材料不齐" in missing.text
    old = client.post(f"{address}/confirm", data=papers | {"signed_version": "9"})
    assert "签名的申请表不是当前版本" in old.text
    done = client.post(f"{address}/confirm", data=papers | {"signed_version": "1"})
    assert done.headers["Location"] == f"{address}/receipt"
    receipt = session.scalar(select(Receipt))
    assert receipt is not None
    assert receipt.number in client.get(f"{address}/receipt").text
    version = str(world.application_of(city).version)
    session.rollback()
    assert client.post(f"{address}/undo", data={"version": version}).status_code == 422
    undone = client.post(f"{address}/undo", data={"version": version, "reason": "点错了"})
    assert undone.status_code == 302
    assert world.application_of(city).stage is Stage.SUBMITTED
    assert client.get(f"{address}/receipt").status_code == 404


def test_papers_on_the_desk_are_remembered(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}"
    client.post(f"{address}/confirm", data={"material": str(city.rows["materials"]), "save": "1"})
    assert f'value="{city.rows["materials"]}" checked' in client.get(f"{address}/").text


def test_the_page_hides_numbers_until_the_operator_asks(app: Flask, city: City) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    client = world.logged_in(app, city.staff[Role.POINT])
    assert number not in client.get(f"/desk/{city.application}/").text
    assert number in client.post(f"/desk/{city.application}/reveal").text


def test_a_correction_makes_the_signed_paper_void(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}/correct"
    before = world.application_of(city)
    data = {field: str(getattr(before, field) or "") for field in CORRECTED} | {"version": str(before.version)}
    session.rollback()
    page = client.get(address).text
    assert data["certificate_number"] in page
    answer = client.post(address, data=data | {"joined_on": "2011-9-1"})
    assert answer.status_code == 302, answer.text
    after = session.get_one(Application, city.application)
    assert (str(after.joined_on), after.form_version) == ("2011-09-01", 2)


def test_a_wrong_point_is_never_a_dead_end(app: Flask, city: City) -> None:
    application = world.application_of(city)
    other = build.a_point("新确认点", serving=[application.school])  # type: ignore[list-item]
    key, version = other.id, str(application.version)
    session.commit()
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}/point"
    assert "新确认点" in client.get(address).text
    assert client.post(address, data={"version": version, "point_id": str(key)}).status_code == 302
    assert world.application_of(city).point_id == key
    assert client.get(f"/desk/{city.application}/").status_code == 404


CORRECTED = (
    "certificate_number",
    "qualification_type_code",
    "authority_id",
    "certificate_subject_code",
    "certificate_issued_on",
    "teaching_stage",
    "teaching_subject_code",
    "title_code",
    "school_id",
    "locality",
    "school_nature",
    "joined_on",
    "contract_from",
    "contract_to",
    "post_kind",
)
