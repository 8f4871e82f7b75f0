"""What happened to a row: who may read it, what it tells, how it is narrowed; and the auditor's list."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from admin.views import trail
from shared import clock
from shared.db import Base, session
from shared.models import Application, AuditEntry, Person, School, Staff
from shared.models.kinds import Role, Stage
from shared.rules.rights import Actor, Can
from shared.services import access, assigning, history, workflow
from shared.services.workflow import Wish
from tests import build
from tests.admin import exporting, world
from tests.admin.world import City

At = Callable[[datetime], datetime]
SOMEBODY = Actor(role=Role.SUPERUSER, id=7, name="王主任", address="192.0.2.9")


def rows_of(page: str) -> list[str]:
    """The entries of a history, newest first, as text."""
    body = re.findall(r'class="rows history".*?<tbody>(.*?)</tbody>', page, flags=re.DOTALL)
    found = re.findall(r"<tr.*?</tr>", body[0], flags=re.DOTALL) if body else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def rename(city: City, name: str, by: Actor = SOMEBODY) -> None:
    build.change(session.get_one(School, city.rows["schools"]), by=by, name=name)
    session.commit()


def test_a_row_tells_who_changed_what_when_and_from_where(app: Flask, city: City) -> None:
    was = session.get_one(School, city.rows["schools"]).name
    rename(city, "新校名")
    page = world.logged_in(app, city.staff[Role.SUPERUSER]).get(f"/schools/history/?id={city.rows['schools']}").text
    newest = rows_of(page)[0]
    for told in (clock.local(clock.now()).strftime("%Y-%m-%d"), "王主任", "192.0.2.9", "修改", "名称", was, "新校名"):
        assert told in newest
    assert "新增" in rows_of(page)[-1]


def test_the_details_page_shows_the_last_entries_to_whoever_may_read_them(app: Flask, city: City) -> None:
    rename(city, "新校名")
    address = f"/schools/details/?id={city.rows['schools']}"
    for role in (Role.SUPERUSER, Role.AUDITOR):
        assert rows_of(world.logged_in(app, city.staff[role]).get(address).text), role
    page = world.logged_in(app, city.staff[Role.DISTRICT]).get(address).text
    assert "更改记录" not in page
    assert "192.0.2.9" not in page


def test_officers_of_bureaus_read_the_history_of_their_applications(app: Flask, city: City) -> None:
    address = f"/applications/history/?id={city.application}"
    for role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR):
        assert rows_of(world.logged_in(app, city.staff[role]).get(address).text), role
    stranger = world.a_city()
    for role in (Role.SCHOOL, Role.POINT):
        assert world.logged_in(app, city.staff[role]).get(address).status_code == 404, role
    assert world.logged_in(app, stranger.staff[Role.DISTRICT]).get(address).status_code == 404


def test_bulk_moves_and_commands_are_told_too(app: Flask, city: City) -> None:
    officer = Actor(Role.SCHOOL, 1, "李老师", "192.0.2.1", school_id=world.application_of(city).school_id)
    workflow.move_many([city.application], "return", by=officer, wish=Wish(reason="请补充"))
    build.change(world.application_of(city), by=Actor(None, None, "命令行"), name="改名")
    session.commit()
    page = world.logged_in(app, city.staff[Role.DISTRICT]).get(f"/applications/history/?id={city.application}").text
    command, bulk = rows_of(page)[:2]
    assert "命令行" in command
    assert "李老师" in bulk
    assert str(Stage.SUBMITTED.label) in bulk
    assert str(Stage.RETURNED.label) in bulk


def test_personal_values_are_masked_in_a_history(app: Flask, city: City) -> None:
    number, email = build.an_id_number(), "somebody@example.cn"
    build.change(session.get_one(Person, city.rows["people"]), id_number=number, email=email)
    session.commit()
    page = world.logged_in(app, city.staff[Role.SUPERUSER]).get(f"/people/history/?id={city.rows['people']}").text
    assert number not in page
    assert email not in page
    assert f"{number[:6]}********{number[-4:]}" in page


def test_no_column_of_the_trail_is_called_by_its_code() -> None:
    later = {"batch_rows", "drafts", "exports", "file_pieces", "import_rows", "imports"}  # not told column by column
    bare = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in later and column.name not in ("id", "version")
        if str(trail.label_of(column.name, column)) == column.name
    }
    assert bare == set()


def test_a_history_is_narrowed_by_field_person_and_day(app: Flask, city: City, at: At) -> None:
    key = city.rows["schools"]
    rename(city, "甲校")
    at(datetime.now(UTC) + timedelta(days=3))
    rename(city, "乙校", by=Actor(Role.SUPERUSER, 8, "赵主任"))
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    today = clock.today()

    def found(query: str) -> list[str]:
        return rows_of(client.get(f"/schools/history/?id={key}&{query}").text)

    assert len(found("field=name")) == 3  # made, and changed twice
    assert len(found("field=nature")) == 1
    assert len(found("person=赵主任")) == 1
    assert [row for row in found(f"from={today}") if "乙校" not in row] == []
    assert len(found(f"from={today}")) == 1
    assert all("乙校" not in row for row in found(f"to={today - timedelta(days=1)}"))
    assert len(found(f"to={today - timedelta(days=1)}")) == 2
    for nonsense in ("field=no_such", 'field="', "person=nobody"):
        assert found(nonsense) == []
        assert "没有符合条件的更改记录" in client.get(f"/schools/history/?id={key}&{nonsense}").text
    assert len(found("from=someday&page=x")) == 3


def test_a_long_history_has_pages(app: Flask, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 2)
    for name in ("甲校", "乙校", "丙校"):
        rename(city, name)
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    address = f"/schools/history/?id={city.rows['schools']}&person=王主任"
    first, second = (client.get(f"{address}&page={page}").text for page in (1, 2))
    assert ["丙校" in rows_of(first)[0], "甲校" in rows_of(second)[0]] == [True, True]
    assert "第1页，共2页" in first
    assert rows_of(client.get(f"{address}&page=99").text) == rows_of(second)
    assert "person=" in re.findall(r'<a class="button quiet" href="([^"]+page=2[^"]*)"', first)[0]


def test_whoever_was_overtaken_is_told_only_about_rows_of_their_own(city: City) -> None:
    application = world.application_of(city)
    version = application.version
    build.change(application, name="改名")
    own, foreign = build.an_actor(Role.SCHOOL, application.school), build.an_actor(Role.SCHOOL, build.a_school())
    told = [history.since(Application, city.application, version, by=by, to=Can.EDIT) for by in (own, foreign)]
    assert [len(entries) for entries in told] == [1, 0]
    assert history.since(Application, city.application, version + 1, by=own, to=Can.EDIT) == []


def test_an_assignment_hides_nothing_from_whoever_was_overtaken(city: City) -> None:
    application = world.application_of(city)
    version, colleague = application.version, session.get_one(Staff, city.staff[Role.DISTRICT])
    by = access.actor_of_staff(colleague)
    build.change(application, name="改名")
    assigning.assign(city.application, colleague.id, by=by)
    [told] = history.since(Application, city.application, version, by=by, to=Can.VIEW)
    assert list(told.changes) == ["name"]


def test_the_audit_is_filtered_by_days_of_the_users_clock(app: Flask, city: City, at: At) -> None:
    for name, moment in (("甲校", "2031-03-01T00:05+08:00"), ("乙校", "2031-03-02T23:55+08:00")):
        at(datetime.fromisoformat(moment))
        rename(city, name)
    at(datetime.fromisoformat("2031-03-02T23:59+08:00"))
    client = world.logged_in(app, city.staff[Role.AUDITOR])
    for query, told in (
        ("at.from=2031-03-01&at.to=2031-03-01", ["甲校"]),
        ("at.from=2031-03-02&at.to=2031-03-02", ["乙校"]),
        ("at.from=2031-03-01", ["甲校", "乙校"]),
        ("at.to=2031-02-28", []),
    ):
        page = client.get(f"/audit-entries/?table_name=schools&action=update&{query}").text
        assert [name for name in ("甲校", "乙校") if f"→ {name}" in page] == told, query


def test_the_auditor_exports_what_was_filtered_and_that_is_noted(app: Flask, city: City) -> None:
    rename(city, "新校名")
    client = world.logged_in(app, city.staff[Role.AUDITOR])
    columns = ["at", "action", "table_name", "changes"]
    wanted = "table_name=schools&action=update"
    lines = exporting.lines(exporting.ordered(client, "audit-entries", columns, rows="filtered", query=wanted))
    assert len(lines) > 1
    assert {line[lines[0].index("操作")] for line in lines[1:]} == {"修改"}
    assert any("新校名" in line[-1] for line in lines)
    noted = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (noted.action, noted.table_name) == ("export", "audit_entries")
