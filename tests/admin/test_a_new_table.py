"""A new table of reference data is a model, a migration, a line of SCOPE, a declaration; all else follows."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import menu
from admin.views import labels, trail
from shared.db import Base, session
from shared.models import AuditEntry, Ethnicity, SavedView, Staff
from shared.models.kinds import EntryStatus, ImportState, Role
from shared.rules.policy import SCOPE
from shared.rules.rights import Can
from shared.services import access
from tests import build
from tests.admin import a_new_table, world
from tests.admin.a_new_table import Course, Courses
from tests.admin.exporting import ordered
from tests.admin.world import City
from tests.conftest import Database
from tests.importing import a_workbook, counts, sent, taken_back, written

HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook" / "back-office-tables.md"
PARTS = re.compile(r"# \[(\w+)\]\n(.*?)(?=\n*# \[)", re.DOTALL)


@pytest.fixture
def city(database: Database, monkeypatch: pytest.MonkeyPatch) -> City:
    """A city whose bureaus know training courses: made as a developer makes them."""
    assert database.connection is not None
    context = MigrationContext.configure(database.connection, opts={"target_metadata": Base.metadata})
    with Operations.context(context):
        a_new_table.upgrade()
    for name, label in a_new_table.LABELS.items():
        monkeypatch.setitem(labels.LABELS, name, label)  # type: ignore[arg-type]
    monkeypatch.setitem(trail._MODELS, "courses", Course)
    for (model, role, action), rows in [*SCOPE.items()]:
        if model is Ethnicity:  # what CODE_TABLES gives to each of its tables
            monkeypatch.setitem(SCOPE, (Course, role, action), rows)
    monkeypatch.setattr(menu, "VIEWS", (*menu.VIEWS, (menu.VIEWS[4][0], (Courses,))))
    return world.a_city()


def three_courses() -> None:
    build.add(
        Course(code="K1", name="信息技术应用", hours=36, held_on=date(2025, 7, 1)),
        Course(code="K2", name="信息技术提高", hours=72, held_on=date(2026, 7, 1)),
        Course(code="K3", name="师德修养", hours=12, status=EntryStatus.RETIRED),
    )
    session.commit()


def codes(page: str) -> list[str]:
    return re.findall(r"<tr data-id=.*?<td[^>]*>(K\d)</td>", page, flags=re.DOTALL)


def course(code: str) -> Course:
    return session.scalars(select(Course).where(Course.code == code)).one()


def test_the_handbook_shows_these_very_lines() -> None:
    """In the product the model stands on Entry itself, beside the others."""
    source = Path(a_new_table.__file__).read_text("utf-8").replace("class Course(Apart)", "class Course(Entry)")
    parts = PARTS.findall(source)
    assert [name for name, _text in parts] == ["model", "migration", "declaration", "labels"]
    page = HANDBOOK.read_text("utf-8")
    for name, text in parts:
        assert text.strip() in page, name
    declared = next(text for name, text in parts if name == "declaration")
    assert len(declared.strip().splitlines()) <= 10


def test_the_migration_makes_what_the_model_says(database: Database, city: City) -> None:
    assert database.connection is not None
    only = {"compare_type": True, "include_name": lambda name, kind, _parents: kind != "table" or name == "courses"}
    context = MigrationContext.configure(database.connection, opts=only)
    assert compare_metadata(context, Course.metadata) == []


def test_it_stands_in_the_menu_with_an_empty_list_that_says_what_to_do(keeper: FlaskClient) -> None:
    assert "/courses/" in keeper.get("/").text
    page = keeper.get("/courses/").text
    assert "教师五年内可以参加的培训" in page
    assert "还没有记录" in page
    assert 'href="/courses/new/"' in page


def test_rows_are_found_filtered_and_sorted_by_an_address(keeper: FlaskClient) -> None:
    three_courses()
    for address, found in {
        "": ["K1", "K2", "K3"],
        "q=信息": ["K1", "K2"],
        "q=K3": ["K3"],
        "status=retired": ["K3"],
        "status.not=retired": ["K1", "K2"],
        "hours.from=36&hours.to=60": ["K1"],
        "hours=12&hours=72": ["K2", "K3"],
        "status=active&hours.to=40": ["K1"],
        "status=retired&hours=72&match=any": ["K2", "K3"],
        "held_on.from=2026-01-01": ["K2"],
        "held_on.empty=1": ["K3"],
        "sort=code&desc=1": ["K3", "K2", "K1"],
    }.items():
        assert codes(keeper.get(f"/courses/?{address}").text) == found, address


def test_a_row_is_made_opened_changed_and_tells_its_history(keeper: FlaskClient) -> None:
    data = {"code": "K9", "name": "心理辅导", "hours": "24", "held_on": "2026-08-01", "status": "active"}
    assert keeper.post("/courses/new/", data=data | {"hours": "许多"}).status_code == 422
    assert keeper.post("/courses/new/", data=data).status_code == 302
    key, version = course("K9").id, course("K9").version
    session.rollback()
    assert "2026-08-01" in keeper.get(f"/courses/details/?id={key}").text
    changed = {"version": str(version), "name": "心理健康", "hours": "30", "held_on": "", "status": "active"}
    assert keeper.post(f"/courses/edit/?id={key}", data=changed).status_code == 302
    row = course("K9")
    assert (row.code, row.name, row.hours, row.held_on) == ("K9", "心理健康", 30, None)
    session.rollback()
    told = keeper.get(f"/courses/history/?id={key}").text
    for words in ("学时", "24", "30", "举办日期", "心理辅导", "心理健康"):
        assert words in told, words
    assert keeper.post("/courses/new/", data=data).status_code == 422  # the code is taken
    assert keeper.post(f"/courses/edit/?id={key}", data=changed).status_code == 409  # the version is an old one


def test_a_value_is_changed_in_the_list_under_its_version(keeper: FlaskClient) -> None:
    three_courses()
    key, version = course("K1").id, course("K1").version
    session.rollback()
    assert 'data-inline="/courses/ajax/update/"' in keeper.get("/courses/").text
    cell = {"id": str(key), "version": str(version), "name": "hours", "value": "40"}
    assert keeper.post("/courses/ajax/update/", data=cell | {"value": "许多"}).status_code == 422
    answer = keeper.post("/courses/ajax/update/", data=cell)
    assert answer.json == {"text": "40", "value": "40", "version": version + 1}
    assert keeper.post("/courses/ajax/update/", data=cell | {"value": "41"}).status_code == 409
    assert course("K1").hours == 40
    entry = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "courses", AuditEntry.row_id == key))
    assert [one.changes.get("hours") for one in entry][-1] == ["36", "40"]


def test_a_row_is_retired_and_comes_back(keeper: FlaskClient) -> None:
    three_courses()
    key, version = course("K1").id, course("K1").version
    session.rollback()
    page = keeper.get(f"/courses/retire/?id={key}").text
    assert "停用" in page
    assert keeper.post(f"/courses/retire/?id={key}", data={"version": str(version)}).status_code == 302
    row = course("K1")
    assert row.status is EntryStatus.RETIRED
    cell = {"id": str(key), "version": str(row.version), "name": "status", "value": "active"}
    session.rollback()
    assert keeper.post("/courses/ajax/update/", data=cell).status_code == 200
    assert course("K1").status is EntryStatus.ACTIVE


def test_the_list_is_exported_as_it_is_filtered(keeper: FlaskClient) -> None:
    three_courses()
    answer = ordered(keeper, "courses", ["code", "hours"], rows="filtered", query="q=信息")
    assert answer.get_data().decode("utf-8-sig") == "代码,学时\r\nK1,36\r\nK2,72\r\n"


def test_a_file_of_rows_is_imported_and_taken_back(city: City, keeper: FlaskClient) -> None:
    three_courses()
    by = access.actor_of_staff(session.get_one(Staff, city.staff[Role.SUPERUSER]))
    rows = (("代码", "名称", "学时", "举办日期"), ("K1", "信息技术应用", 40, "2025-07-01"), ("K9", "心理辅导", 24, ""))
    key = sent("courses", a_workbook(*rows), by=by)
    assert counts(key) == (1, 1, 0, 0)
    assert "<ins>40</ins>" in keeper.get(f"/imports/details/?id={key}").text
    assert written(key, by=by).state is ImportState.DONE
    assert (course("K1").hours, course("K9").name) == (40, "心理辅导")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "courses", AuditEntry.action == "import"))
    assert [one.row_id for one in entry] == [course("K9").id]
    assert taken_back(key, by=by).undone == 2
    assert course("K1").hours == 36
    assert session.scalar(select(Course.id).where(Course.code == "K9")) is None


def test_columns_are_chosen_and_the_choice_is_kept_as_a_view(keeper: FlaskClient) -> None:
    three_courses()
    answer = keeper.post("/courses/find/", data={"q": "信息", "column": ["code", "hours"], "sort": "name", "desc": "1"})
    assert answer.status_code == 302
    query = answer.location.partition("?")[2]
    page = keeper.get(answer.location).text
    assert codes(page) == ["K2", "K1"]
    assert re.findall(r'<th scope="col"[^>]*>\s*(?:<a[^>]*>)?([^<\s]+)', page) == ["代码", "学时", "操作"]
    assert keeper.post("/saved-views/", data={"table": "courses", "name": "信息类", "query": query}).status_code == 302
    view = session.scalars(select(SavedView).where(SavedView.table_name == "courses")).one()
    assert (view.name, unquote(view.query)) == ("信息类", "q=信息&columns=code,hours&sort=name&desc=1")
    assert "信息类</a>" in keeper.get("/courses/?view=all").text


def test_who_has_no_grant_finds_no_such_table(app: Flask, city: City) -> None:
    three_courses()
    key = course("K1").id
    session.rollback()
    for role in (Role.SCHOOL, Role.POINT, Role.DISTRICT, Role.CITY, Role.PROVINCE):
        client = world.logged_in(app, city.staff[role])
        assert "/courses/" not in client.get("/").text
        for address in ("", "new/", f"details/?id={key}", f"edit/?id={key}", f"history/?id={key}"):
            assert client.get(f"/courses/{address}").status_code == 404, (role, address)
        for address in ("export/", "ajax/update/", "find/", f"retire/?id={key}"):
            assert client.post(f"/courses/{address}", data={"id": str(key)}).status_code == 404, (role, address)
        assert client.get("/saved-views/?table=courses").status_code == 404
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    assert codes(auditor.get("/courses/").text) == ["K1", "K2", "K3"]
    assert auditor.get("/courses/new/").status_code == 404
    cell = {"id": str(key), "version": "1", "name": "hours", "value": "1"}
    assert auditor.post("/courses/ajax/update/", data=cell).status_code == 404
    assert course("K1").hours == 36


def test_without_a_line_in_scope_nobody_has_it(
    app: Flask, city: City, keeper: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(SCOPE, (Course, Role.SUPERUSER, Can.VIEW))
    assert keeper.get("/courses/").status_code == 404
