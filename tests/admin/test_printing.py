"""Papers of a list from the door: who prints what, at once or by the worker, and what the audit knows."""

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from admin.views import printing
from shared.db import session
from shared.models import Application, AuditEntry, Export, Staff
from shared.models.kinds import Conclusion, ExportState, FileUse, Role, Stage
from shared.services import access, exporting, exports, files, jobs
from shared.services.errors import NotYours
from shared.services.printing import binding, kinds
from tests import build
from tests.admin import world
from tests.admin.exporting import lines
from tests.admin.world import City
from tests.conftest import Database

ORDER = {"right": "0", "down": "0"}


@pytest.fixture
def app(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """No worker hears of an order, the test does its work; and nobody else writes where this test does."""
    monkeypatch.setattr(jobs, "enqueue", lambda _name, _key: None)
    made = world.the_app(database)
    exports.work_in(tmp_path / "writing")
    return made


def ordered(client: FlaskClient, paper: str, query: str = "", **choices: str) -> Any:
    return client.post("/applications/print/", data=ORDER | {"paper": paper, "query": query} | choices)


def like(city: City, stage: Stage, **fields: Any) -> Application:
    one = session.scalars(select(Application).where(Application.id == city.rows["applications"])).one()
    return build.an_application(stage, campaign=one.campaign, point=one.point, school=one.school, **fields)


def test_a_few_papers_come_at_once_and_the_audit_is_told(app: Flask, city: City) -> None:
    like(city, Stage.CONCLUDED, conclusion=Conclusion.DEFERRED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    answer = ordered(client, "notices")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    assert "暂缓注册、注册不合格告知书" in unquote(answer.headers["Content-Disposition"])
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.table_name, entry.changes["file_format"][1], entry.changes["rows"][1]) == ("applications", "pdf", "1")


def test_many_are_bound_by_the_worker_and_fetched(app: Flask, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "AT_ONCE", 2)
    for _one in range(3):
        like(city, Stage.SUBMITTED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    answer = ordered(client, "forms", query="stage=submitted")
    assert answer.status_code == 302
    row = session.scalars(select(Export)).all()[-1]
    key = row.id
    exporting.work_off(key)
    assert session.get_one(Export, key).state is ExportState.DONE
    content = b"".join(files.pieces(FileUse.EXPORT, key))
    submitted = session.scalars(select(Application).where(Application.stage == Stage.SUBMITTED)).all()
    mine = [one for one in submitted if one.printed_version == 1]
    assert len(mine) >= 3
    assert len(PdfReader(io.BytesIO(content)).pages) == 2 * len(mine)
    for one in mine:
        build.change(session.get_one(Application, one.id), stage=Stage.WITHDRAWN)
    assert client.post(f"/exports/{key}/download").data == content  # also when they have moved on


def test_a_school_prints_no_stickers_and_an_auditor_nothing(app: Flask, city: City) -> None:
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    page = school.get("/applications/print/").text
    assert ['value="forms"' in page, 'value="roster"' in page, 'value="stickers"' in page] == [True, True, False]
    assert ordered(school, "stickers").status_code == 422
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    assert auditor.get("/applications/print/").status_code == 404
    assert "/applications/print/" not in auditor.get("/applications/?view=all").text


def test_an_order_for_a_paper_of_others_is_not_made_by_the_worker(app: Flask, city: City) -> None:
    like(city, Stage.CONCLUDED)
    school = session.get_one(Staff, city.staff[Role.SCHOOL])
    order = exports.Order("applications", "", ("stickers", "0", "0"), exports.PDF)
    with pytest.raises(NotYours), exporting.MAKERS["applications"](order, access.actor_of_staff(school)):
        pass


@pytest.mark.parametrize("offsets", [{"right": "9"}, {"down": "-4.5"}, {"right": "links"}])
def test_offsets_stay_on_the_label(app: Flask, city: City, offsets: dict[str, str]) -> None:
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    answer = ordered(client, "stickers", **offsets)
    assert (answer.status_code, "之间的毫米数" in answer.text) == (422, True)


def test_where_nothing_fits_a_sentence_says_so(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    answer = ordered(client, "stickers", query="stage=draft")
    assert (answer.status_code, "没有适合这种材料的申请" in answer.text) == (422, True)


def test_too_many_are_refused_before_they_are_all_read(app: Flask, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST", 1)
    for _one in range(3):
        like(city, Stage.SUBMITTED)
    answer = ordered(world.logged_in(app, city.staff[Role.DISTRICT]), "forms")
    assert (answer.status_code, "请先用筛选缩小范围" in answer.text) == (422, True)
    statement = select(Application).where(Application.stage == Stage.SUBMITTED)
    assert len(binding.pile(statement, kinds.BY_NAME["forms"], 1)) == 2  # one more tells that there are too many


def test_the_roster_is_printed_as_it_is_narrowed(app: Flask, city: City) -> None:
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    rows = lines(school.post("/roster/export", data={"file_format": "csv"}))[1:]
    answer = school.post("/roster/export", data={"file_format": "pdf"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert rows
    assert f"共{len(rows)}人" in words
    assert not re.search(r"[0-9]{17}[0-9X]", words)  # numbers are masked here, too


def test_a_list_that_is_no_paper_is_a_workbook_whatever_is_asked() -> None:
    assert exports.format_of({"file_format": "pdf"}) == exports.XLSX
    assert exports.format_of({"file_format": "pdf"}, exports.PDF) == exports.PDF


def test_staff_see_who_printed_a_form_and_whether_it_still_counts(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    key = like(city, Stage.SUBMITTED).id
    client.post(f"/applications/{key}/form.pdf")
    page = re.sub(r"(<[^>]+>|\s)+", " ", client.get(f"/applications/details/?id={key}").text)
    assert re.search("申请表的打印记录.*第1版 · +有效", page)
    build.change(session.get_one(Application, key), form_version=2)
    page = re.sub(r"(<[^>]+>|\s)+", " ", client.get(f"/applications/details/?id={key}").text)
    assert re.search("申请表的打印记录.*第1版 · +已作废", page)
