"""A teacher who cannot get in any more stands before the school's officer."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import AccountLink, AuditEntry, Mail
from shared.models.kinds import Role
from shared.services import accounts, recovery
from tests.admin import world
from tests.admin.world import City, application_of, person_of
from tests.conftest import Database

VISITOR = accounts.anonymous("203.0.113.7")
CODE = re.compile(r'<p class="code">([2-9A-Z-]{14})</p>')


@pytest.fixture
def client(database: Database, city: City) -> FlaskClient:
    return world.logged_in(world.the_app(database), city.staff[Role.SCHOOL])


def address(city: City) -> str:
    return f"/applications/{city.application}/reset"


def last(client: FlaskClient, city: City) -> str:
    """What the form brings along by itself."""
    found = re.search(r'name="last"[^>]*value="(\d+)"', client.get(address(city)).text)
    assert found
    return found.group(1)


def codes() -> list[AccountLink]:
    session.rollback()
    return list(session.scalars(select(AccountLink).order_by(AccountLink.id)))


def test_the_page_of_an_application_leads_there(client: FlaskClient, city: City) -> None:
    assert f'href="{address(city)}"' in client.get(f"/applications/details/?id={city.application}").text


def test_without_a_look_at_the_card_there_is_no_code(client: FlaskClient, city: City) -> None:
    answer = client.post(address(city), data={"last": last(client, city)})
    assert answer.status_code == 422
    assert "请先当面核对身份证原件" in answer.text
    assert codes() == []


def test_the_code_is_shown_once_with_where_to_type_it(client: FlaskClient, city: City) -> None:
    data = {"last": last(client, city), "checked": "y"}
    page = client.post(address(city), data=data).text
    found = CODE.search(page)
    assert found
    plain = found.group(1).replace("-", "")
    assert f"http://127.0.0.1:8000/account/new-password/{plain}" in page
    assert "http://127.0.0.1:8000/account/forgotten" in page
    assert 'src="data:image/png;base64,' in page
    again = client.post(address(city), data=data)
    assert again.status_code == 422
    assert "已发放过重设码" in again.text
    for other in (again.text, client.get(address(city)).text):
        assert plain not in other.replace("-", "")
    assert len(codes()) == 1
    recovery.set_new_password(plain, "Qinhuai#2027", by=VISITOR)


def test_the_officer_stands_in_the_audit_and_the_teacher_gets_mail(client: FlaskClient, city: City) -> None:
    client.post(address(city), data={"last": last(client, city), "checked": "y"})
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "give_code")).one()
    assert (entry.actor_id, entry.table_name, entry.row_id) == (
        city.staff[Role.SCHOOL],
        "people",
        application_of(city).person_id,
    )
    mail = session.scalars(select(Mail).where(Mail.to == person_of(city).email)).one()
    assert "已为您的账号发放密码重设码" in mail.subject
    auditor = world.logged_in(client.application, city.staff[Role.AUDITOR])
    assert "发放密码重设码" in auditor.get("/audit-entries/?table_name=people").text


def test_an_officer_of_another_school_finds_nothing(client: FlaskClient, city: City) -> None:
    elsewhere = world.a_city()
    theirs = world.logged_in(client.application, elsewhere.staff[Role.SCHOOL])
    for answer in (theirs.get(address(city)), theirs.post(address(city), data={"last": "0", "checked": "y"})):
        assert answer.status_code == 404
    assert codes() == []


def test_who_may_not_is_not_offered_it(client: FlaskClient, city: City) -> None:
    for role in (Role.POINT, Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR):
        page = world.logged_in(client.application, city.staff[role])
        assert address(city) not in page.get(f"/applications/details/?id={city.application}").text
