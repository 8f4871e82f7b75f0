"""A list as a file at once: only what its reader may take away, masked or with a reason, harmless, and on record."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from admin.views.people import StaffAccounts
from shared.adapters import comma
from shared.adapters.sheets import open_book
from shared.db import session
from shared.models import Application, AuditEntry, School, Staff
from shared.models.kinds import Role, Stage
from shared.services import exports
from tests import build
from tests.admin import world
from tests.admin.exporting import cells, lines, ordered
from tests.admin.world import City
from tests.conftest import Database

LIBREOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]


@pytest.fixture
def app(database: Database) -> Flask:
    return world.the_app(database)


@pytest.fixture
def city(app: Flask) -> City:
    return world.a_city()


@pytest.fixture
def district(app: Flask, city: City) -> FlaskClient:
    return world.logged_in(app, city.staff[Role.DISTRICT])


@pytest.fixture
def keeper(app: Flask, city: City) -> FlaskClient:
    return world.logged_in(app, city.staff[Role.SUPERUSER])


def noted() -> dict[str, str]:
    """What the audit says of the last export."""
    newest = select(AuditEntry).where(AuditEntry.action == "export").order_by(AuditEntry.id.desc()).limit(1)
    return {name: new for name, (_old, new) in session.scalars(newest).one().changes.items()}


def an_application(city: City, name: str = "王芳", stage: Stage = Stage.SUBMITTED) -> Application:
    like = world.application_of(city)
    made = build.an_application(stage, campaign=like.campaign, point=like.point, school=like.school)
    build.change(made, name=name)
    session.commit()
    return made


def test_only_what_the_reader_may_take_away_leaves(app: Flask, city: City) -> None:
    other = world.a_city()
    mine, theirs = (world.application_of(one).registration_number for one in (city, other))
    session.commit()
    for role in (Role.SCHOOL, Role.POINT, Role.DISTRICT):
        client = world.logged_in(app, city.staff[role])
        assert lines(ordered(client, "applications", ["registration_number"])) == [["报名号"], [mine]], role
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    assert {mine, theirs} <= {line[0] for line in lines(ordered(auditor, "applications", ["registration_number"]))}


def test_who_may_only_look_takes_nothing_away(app: Flask, city: City) -> None:
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    assert auditor.get("/staff/").status_code == 200
    assert "/staff/export/" not in auditor.get("/staff/").text
    assert auditor.get("/staff/export/").status_code == 404
    assert ordered(auditor, "staff", ["username"]).status_code == 404


def test_the_filter_is_kept_and_all_is_all(district: FlaskClient, city: City) -> None:
    an_application(city, "李强", Stage.CONFIRMED)
    page = district.get("/applications/?stage=confirmed").text
    assert 'href="/applications/export/?stage=confirmed"' in page
    chosen = district.get("/applications/export/?stage=confirmed").text
    assert "列表中现在的记录：1行" in chosen
    assert "我范围内的全部记录：2行" in chosen
    narrowed = ordered(district, "applications", ["name"], rows="filtered", query="stage=confirmed")
    assert lines(narrowed)[1:] == [["李强"]]
    assert noted()["selection"] == "状态：已确认（已受理）"
    everything = ordered(district, "applications", ["name"], query="stage=confirmed")
    assert len(lines(everything)) == 3
    assert (noted()["rows"], noted()["selection"]) == ("2", "全部")


def test_rows_come_in_the_order_of_the_list(district: FlaskClient, city: City) -> None:
    for name in ("丙", "甲", "乙"):
        an_application(city, name)
    by_key = lines(ordered(district, "applications", ["name"]))[1:4]
    assert by_key == [["乙"], ["甲"], ["丙"]]  # the newest first, as they are listed
    wanted = "sort=registration_number"
    numbers = [line[0] for line in lines(ordered(district, "applications", ["registration_number"], query=wanted))[1:]]
    assert numbers == sorted(numbers)
    assert len(numbers) == 4


def test_columns_are_those_of_the_list_and_can_be_changed(district: FlaskClient, city: City) -> None:
    page = district.get("/applications/export/?columns=registration_number,certificate_number").text
    ticked = re.findall(r'checked[^>]*name="columns"[^>]*value="([^"]+)"', page)
    assert ticked == ["registration_number", "certificate_number"]
    row = lines(ordered(district, "applications", ["stage", "name", "password_hash"]))
    assert row[0] == ["姓名", "状态"]  # in the order of the list, and nothing that it does not have
    assert row[1][1] == "已提交"
    assert noted()["columns"] == "姓名、状态"
    answer = ordered(district, "applications", [])
    assert answer.status_code == 422
    assert "请至少勾选一列" in answer.text
    assert ordered(district, "applications", ["password_hash"]).status_code == 422


def test_personal_values_are_masked_unless_a_reason_is_given(district: FlaskClient, city: City) -> None:
    number = world.person_of(city).id_number
    session.commit()
    masked = lines(ordered(district, "applications", ["person.id_number"]))
    assert masked[0] == ["证件号码"]
    assert number not in masked[1]
    assert masked[1][0].endswith(number[-4:])
    assert noted()["personal"] == "个人信息已遮盖"
    full = {"personal": "full"}
    without = ordered(district, "applications", ["person.id_number"], **full)
    assert without.status_code == 422
    assert "请选择完整显示的理由" in without.text
    other = ordered(district, "applications", ["person.id_number"], **full, reason="other")
    assert other.status_code == 422
    assert "请说明为什么要查看完整号码" in other.text
    told = ordered(district, "applications", ["person.id_number"], **full, reason="other", note="核对社保")
    assert lines(told)[1] == [number]
    assert noted()["personal"] == "个人信息完整显示（其他（请说明）：核对社保）"
    assert number not in str(noted())


def test_who_may_not_reveal_gets_masks_whatever_is_sent(app: Flask, city: City) -> None:
    number = world.person_of(city).id_number
    session.commit()
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    assert 'name="personal"' not in school.get("/applications/export/").text
    answer = ordered(school, "applications", ["person.id_number"], personal="full", reason="contact")
    assert number not in answer.text
    assert noted()["personal"] == "个人信息已遮盖"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_nothing_in_the_file_is_computed(district: FlaskClient, city: City, file_format: str) -> None:
    for name in FORMULAS:
        an_application(city, name)
    answer = ordered(district, "applications", ["name"], file_format=file_format)
    if file_format == "csv":
        assert [line[0] for line in lines(answer)[5:0:-1]] == [f"'{name}" for name in FORMULAS]
    else:
        assert [row[0] for row in cells(answer)[6:1:-1]] == FORMULAS
        assert b"<f>" not in answer.data


def test_a_workbook_says_where_it_came_from(district: FlaskClient, city: City, tmp_path: Path) -> None:
    an_application(city)
    answer = ordered(district, "applications", ["registration_number", "name", "form_version"], file_format="xlsx")
    officer = session.get_one(Staff, city.staff[Role.DISTRICT]).name
    rows = cells(answer)
    for told in ("定期注册申请", f"导出人：{officer}", "含姓名等个人信息", "共2行", "范围：全部"):
        assert told in rows[0][0], told
    assert rows[1] == ["报名号", "姓名"]
    assert rows[2][1] == "王芳"
    (tmp_path / "a.xlsx").write_bytes(answer.data)
    book = load_workbook(tmp_path / "a.xlsx")
    assert (book.active.title, book.properties.creator) == ("定期注册申请", officer)


def test_the_file_is_named_after_what_when_and_who(district: FlaskClient, city: City) -> None:
    build.change(session.get_one(Staff, city.staff[Role.DISTRICT]), name='张/三"')
    session.commit()
    answer = ordered(district, "schools", ["name"])
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    name = unquote(header.partition("filename*=UTF-8''")[2])
    assert re.fullmatch(r"教师资格定期注册_任教学校_[0-9]{8}-[0-9]{4}_张_三_\.csv", name)


def test_codes_go_out_where_they_come_in_again(keeper: FlaskClient, city: City) -> None:
    school = session.get_one(School, city.rows["schools"])
    code, bureau, name = school.code, school.bureau.code, school.bureau.name
    session.commit()
    importable = lines(ordered(keeper, "schools", [], what="importable"))
    assert importable[0] == ["代码", "名称", "教育行政部门", "学校性质", "状态"]
    assert [code, bureau] in [[line[0], line[2]] for line in importable[1:]]
    read = lines(ordered(keeper, "schools", ["code", "bureau"]))
    assert [code, name] in read[1:]


def test_masked_columns_are_no_part_of_what_is_imported_again(
    keeper: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaffAccounts, "takes_files", True)  # no such table has personal columns today
    build.change(session.get_one(Staff, city.staff[Role.CITY]), mobile="13912345678")
    session.commit()
    masked = lines(ordered(keeper, "staff", [], what="importable"))
    assert "手机号码" not in masked[0]
    assert masked[0][:2] == ["用户名", "姓名"]
    full = ordered(keeper, "staff", [], what="importable", personal="full", reason="contact")
    at = lines(full)[0].index("手机号码")
    assert "13912345678" in [line[at] for line in lines(full)[1:]]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_what_went_out_is_read_again_as_it_was(
    keeper: FlaskClient, city: City, tmp_path: Path, file_format: str
) -> None:
    school = session.get_one(School, city.rows["schools"])
    build.change(school, name='-1号\'学校"，"')
    kept = [school.code, school.name, school.bureau.code]
    session.commit()
    answer = ordered(keeper, "schools", [], what="importable", file_format=file_format)
    path = tmp_path / f"a.{file_format}"
    path.write_bytes(answer.data)
    with open_book(path) as book:
        rows = [list(cells) for _number, cells in next(book.sheets).rows]
    assert kept in [row[:3] for row in rows]
    assert ["代码", "名称", "教育行政部门", "学校性质", "状态"] in rows


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'", "''", "'x", "-", "\t=", "王芳", ""])
def test_a_harmless_cell_is_read_as_it_was_meant(text: str) -> None:
    assert not comma.harmless(text).startswith(comma.FORMULA)
    assert comma.meant(comma.harmless(text)) == text


def test_every_place_that_an_import_asks_for_goes_out_by_its_code() -> None:
    app, looked_at = world.make(), 0
    views = {view for view in app.extensions["admin"][0]._views if getattr(view, "importable", ())}
    for view in views:
        for name in view.importable:
            if name.endswith("_id") and view.model.__table__.c[name].foreign_keys:
                assert name in view._relations, (view.endpoint, name)
                looked_at += 1
    assert looked_at == 6  # a bureau's, a school's and a point's bureau, both ends of "serves", the campaign of a paper


def test_what_is_empty_stays_empty(keeper: FlaskClient, city: City) -> None:
    point = lines(ordered(keeper, "confirmation-points", ["contact"]))
    assert point[0] == ["联系人"]
    assert {line[0] for line in point[1:]} == {""}


def test_a_sheet_that_excel_cannot_hold_is_refused(
    district: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_application(city)
    monkeypatch.setattr(exports.xlsx, "MAX_ROWS", 3)
    answer = ordered(district, "applications", ["name"], file_format="xlsx")
    assert answer.status_code == 422
    assert "请改选CSV" in answer.text
    assert ordered(district, "applications", ["name"]).status_code == 200


def test_a_hundred_rows_take_no_more_questions_than_one(district: FlaskClient, city: City, database: Database) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    columns = ["registration_number", "person.id_number", "school", "bureau", "point", "stage"]
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    ordered(district, "applications", columns)
    few = len(asked)
    for _one in range(30):
        an_application(city)
    asked.clear()
    assert len(lines(ordered(district, "applications", columns))) == 32
    assert few > 5
    assert len(asked) <= few


@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice Calc is not installed: .ci/run installs it")
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_libreoffice_reads_it_as_we_wrote_it(
    district: FlaskClient, city: City, tmp_path: Path, file_format: str
) -> None:
    number = world.person_of(city).id_number
    session.commit()
    for name in FORMULAS[:4]:
        an_application(city, name)
    columns = ["name", "person.id_number"]
    full = {"personal": "full", "reason": "papers"}
    answer = ordered(district, "applications", columns, file_format=file_format, **full)
    path = tmp_path / f"a.{file_format}"
    path.write_bytes(answer.data)
    command = [LIBREOFFICE or "", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--infilter=CSV:44,34,76"] if file_format == "csv" else []
    kind = "csv:Text - txt - csv (StarCalc):44,34,76"
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", tmp_path / "out", path],
        check=True,
        timeout=120,
        capture_output=True,
    )
    rows = [line.split(",") for line in (tmp_path / "out" / "a.csv").read_text(encoding="utf-8").splitlines()]
    body = rows[rows.index(["姓名", "证件号码"]) + 1 :]
    quote = "'" if file_format == "csv" else ""
    assert [row[0] for row in body[:4]] == [f"{quote}{name}" for name in reversed(FORMULAS[:4])]
    assert body[4][1] == number or file_format == "csv"  # a CSV has no types: the page says so
