"""Excel in, at the door: who may send what, what is shown, what is written, taken back, and fetched."""

import io
import re
from urllib.parse import unquote

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, Import, School
from shared.models.kinds import ImportState, Role
from shared.services.imports import formats, running
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.importing import a_workbook, an_album, the

HEAD = ("代码", "名称", "教育行政部门", "学校性质")


def sends(client, *rows, kind="schools", head=HEAD):
    """The page that follows, and the import, which the worker has looked at."""
    data = {"file": (io.BytesIO(a_workbook(head, *rows)), "送来的.xlsx")}
    answer = client.post(f"/imports/send/?kind={kind}", data=data)
    assert answer.status_code == 302, answer.text
    key = session.scalars(select(Import.id).order_by(Import.id.desc())).first()
    waiting = client.get(answer.location).text
    assert "正在排队" in waiting
    running.work_off(key)
    return key, client.get(answer.location).text


def test_what_is_offered_follows_scope(app: Flask, city: City) -> None:
    offered = {
        role: set(re.findall(r"kind=([a-z_]+)", world.logged_in(app, city.staff[role]).get("/imports/send/").text))
        for role in (Role.SCHOOL, Role.DISTRICT, Role.CITY, Role.SUPERUSER, Role.AUDITOR)
    }
    assert "roster_entries" in offered[Role.DISTRICT]
    assert "schools" not in offered[Role.DISTRICT]
    assert {"schools", "subjects", "confirmation_points", "roster_entries"} <= offered[Role.SUPERUSER]
    assert offered[Role.AUDITOR] == set()
    assert "subjects" not in offered[Role.CITY] | offered[Role.SCHOOL]


def test_a_file_is_looked_at_written_and_taken_back(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    bureau = session.scalars(select(School.bureau_id)).first()
    code = session.get_one(School, city.rows["schools"]).bureau.code
    key, page = sends(client, ("9001", "新建小学", code, "公办小学"), ("9002", "新建中学", code, ""))
    assert "导入这2行" in page
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    client.post(f"/imports/{key}/start", data={"digest": digest})
    running.work_off(key)
    assert the(key).state is ImportState.DONE
    assert session.scalars(select(School.name).where(School.code.in_(["9001", "9002"]))).all()
    assert bureau
    assert "2行将恢复" in client.get(f"/imports/{key}/undo").text
    client.post(f"/imports/{key}/undo")
    running.work_off(key)
    assert the(key).state is ImportState.UNDONE
    assert not session.scalars(select(School.name).where(School.code.in_(["9001", "9002"]))).all()


def test_the_marked_file_is_fetched_and_the_audit_knows(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    key, page = sends(client, ("9001", "新建小学", "没有这个局", "公办小学"))
    assert "没有找到“没有这个局”" in page
    answer = client.post(f"/imports/{key}/download/marked")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet["F2"].value.startswith("教育行政部门：没有找到")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.table_name, entry.row_id, entry.changes["use"]) == ("imports", key, [None, "faults"])
    assert client.post(f"/imports/{key}/download/other").status_code == 404


def test_nobody_sees_or_moves_the_import_of_somebody_else(app: Flask, city: City) -> None:
    other = world.a_city()
    key, _page = sends(world.logged_in(app, city.staff[Role.SUPERUSER]), ("9001", "甲", "乙", ""))
    client = world.logged_in(app, other.staff[Role.SUPERUSER])
    for address in (f"/imports/details/?id={key}", f"/imports/{key}/rows", f"/imports/{key}/progress",
                    f"/imports/{key}/undo"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in ("start", "cancel", "undo", "download/file", "download/marked"):
        assert client.post(f"/imports/{key}/{address}").status_code == 404, address
    assert "送来的.xlsx" not in client.get("/imports/?view=all").text


def test_who_may_not_keep_a_table_gets_neither_its_template_nor_its_page(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    for address in ("/imports/send/?kind=schools", "/imports/template/schools", "/imports/send/?kind=nothing"):
        assert client.get(address).status_code == 404, address
    assert client.post("/imports/send/?kind=schools", data={"file": (io.BytesIO(b"x"), "a")}).status_code == 404


def test_every_table_has_a_template_that_it_understands(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    by = build.an_actor(Role.SUPERUSER, session.get_one(School, city.rows["schools"]).bureau.parent.parent)
    names = [form.name for form in formats.offered(by)]
    assert len(names) > 15
    for name in names:
        book = load_workbook(io.BytesIO(client.get(f"/imports/template/{name}").data))
        first = [cell.value for cell in book.active[2]]
        assert first == [str(column.label) for column in formats.named(name).columns], name
        assert f"模板：{name}/1" in book.active["A1"].value
        assert book.active["A3"].value.startswith("说明：")


def test_photos_come_in_an_archive_and_have_no_template(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    page = client.get("/imports/send/?kind=photos").text
    assert 'accept=".zip"' in page
    assert "怎样准备压缩包" in page
    assert "下载模板" not in page
    assert client.get("/imports/template/photos").status_code == 404
    campaign = re.search(r'<option selected value="(\d+)"', page)[1]
    data = {"file": (io.BytesIO(an_album(("320106198501010018.jpg", b"x"))), "照片.zip"), "campaign": campaign}
    answer = client.post("/imports/send/?kind=photos", data=data)
    key = session.scalars(select(Import.id).order_by(Import.id.desc())).first()
    running.work_off(key)
    for shown in (client.get(answer.location).text, client.get(f"/imports/{key}/rows").text):
        assert "320106********0018.jpg" in shown
        assert "320106198501010018" not in shown
    assert "照片-不能导入的名单" in unquote(
        client.post(f"/imports/{key}/download/marked").headers["Content-Disposition"]
    )


@pytest.mark.parametrize("missing", ["file", "campaign"])
def test_what_is_missing_is_asked_for(app: Flask, city: City, missing: str) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {} if missing == "file" else {"file": (io.BytesIO(b"x"), "a.csv"), "campaign": ""}
    answer = client.post("/imports/send/?kind=roster_entries", data=data)
    assert answer.status_code == 422
    assert {"file": "请选择要导入的文件", "campaign": "请选择注册批次"}[missing] in answer.text
