"""A long list as a file: written by the worker for whoever asked, begun again after a kill, fetched within a week."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Export, FilePiece, Staff
from shared.models.kinds import ExportState, FileUse, Role, Stage
from shared.rules.policy import SCOPE
from shared.rules.rights import Can
from shared.services import access, exporting, exports, files, jobs
from tests import build
from tests.admin import world
from tests.admin.exporting import lines_of, ordered
from tests.admin.world import City
from tests.conftest import Database
from tests.crowd import Killed

ROWS = 12


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What is long is short here; how far a job is, is told on a board of this test's own."""
    board: dict[str, Any] = {}
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    monkeypatch.setattr(exports, "STEP", 2)
    monkeypatch.setattr(jobs, "enqueue", lambda _name, _key: None)
    monkeypatch.setattr(jobs, "tell", lambda name, key, facts: board.__setitem__(f"{name}:{key}", facts))
    monkeypatch.setattr(jobs, "told", lambda name, key: board.get(f"{name}:{key}", {}))
    monkeypatch.setattr(jobs, "ask_to_stop", lambda name, key: board.__setitem__(f"{name}:{key}:stop", True))
    monkeypatch.setattr(jobs, "is_stopping", lambda name, key: bool(board.get(f"{name}:{key}:stop")))
    monkeypatch.setattr(jobs, "forget", lambda name, key: board.pop(f"{name}:{key}", None))
    yield
    exports.work_in(tmp_path)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    made = world.the_app(database)
    exports.work_in(tmp_path / "writing")
    return made


@pytest.fixture
def city(app: Flask) -> City:
    found = world.a_city()
    build.remove(session.get_one(Export, found.rows["exports"]))
    like = world.application_of(found)
    for number in range(ROWS - 1):
        made = build.an_application(Stage.SUBMITTED, campaign=like.campaign, point=like.point, school=like.school)
        build.change(made, name=f"王{number}")
    session.commit()
    return found


@pytest.fixture
def district(app: Flask, city: City) -> FlaskClient:
    return world.logged_in(app, city.staff[Role.DISTRICT])


def asked_for(client: FlaskClient, **choices: Any) -> int:
    """A list that is too long for one answer; the export's number."""
    answer = ordered(client, "applications", ["name", "person.id_number"], **choices)
    assert answer.status_code == 302, answer.text
    return int(answer.location.rpartition("=")[2])


def the(key: int) -> Export:
    session.expire_all()
    return session.get_one(Export, key)


def page(client: FlaskClient, key: int) -> str:
    return client.get(f"/exports/details/?id={key}").text


def fetched(client: FlaskClient, key: int) -> list[list[str]]:
    answer = client.post(f"/exports/{key}/download")
    assert answer.status_code == 200, answer.text
    assert len(answer.data) == answer.content_length
    return lines_of(answer.data)


def pieces() -> int:
    return session.scalar(select(func.count()).select_from(FilePiece)) or 0


def test_the_worker_writes_what_was_asked_for_and_its_owner_fetches_it(district: FlaskClient, city: City) -> None:
    key = asked_for(district)
    assert "正在排队" in page(district, key)
    assert '<meta http-equiv="refresh"' in page(district, key)
    assert district.post(f"/exports/{key}/download").status_code == 409
    exporting.work_off(key)
    assert (the(key).state, the(key).total, exporting.waiting()) == (ExportState.DONE, ROWS, [])
    assert "可以下载" in page(district, key)
    rows = fetched(district, key)
    assert (rows[0], len(rows)) == (["姓名", "证件号码"], ROWS + 1)
    assert {row[1][6:14] for row in rows[1:]} == {"********"}
    assert unquote(the(key).file_name).startswith("教师资格定期注册_定期注册申请_")
    assert "定期注册申请" in district.get("/exports/").text


def test_it_is_noted_before_it_is_written_and_when_it_is_fetched(district: FlaskClient, city: City) -> None:
    key = asked_for(district)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (noted.table_name, noted.changes["rows"]) == ("applications", [None, str(ROWS)])
    exporting.work_off(key)
    fetched(district, key)
    taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "fetch")).one()
    assert (taken.row_id, taken.actor_id) == (key, city.staff[Role.DISTRICT])


def test_reason_filter_and_search_are_those_of_the_order(district: FlaskClient, city: City) -> None:
    number = world.person_of(city).id_number
    session.commit()
    found = district.post("/applications/find/", data={"q": number}).location.partition("?")[2]
    assert number not in found
    exports.AT_ONCE = 0
    key = asked_for(district, rows="filtered", query=found, personal="full", reason="papers")
    assert number not in str(session.execute(select(Export.__table__.c.columns, Export.__table__.c.note)).all())
    exporting.work_off(key)
    assert [row[1] for row in fetched(district, key)[1:]] == [number]


def test_a_killed_worker_leaves_nothing_to_fetch_and_begins_again(
    district: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = asked_for(district)
    told: list[int] = []

    def dies(_key: int, _total: int, _begun: object, done: int) -> None:
        told.append(done)
        if done > 4:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_tell", dies)
        with pytest.raises(Killed):
            exporting.work_off(key)
    session.remove()
    assert told == [2, 4, 6]
    assert (the(key).state, exporting.waiting(), pieces()) == (ExportState.WAITING, [key], 0)
    assert district.post(f"/exports/{key}/download").status_code == 409
    left = tmp_path / "writing" / f"export-{key}"
    left.mkdir(parents=True)  # as after a real kill, when nobody tidies up
    (left / "export.csv").write_text("half")
    exporting.work_off(key)
    assert len(fetched(district, key)) == ROWS + 1
    assert not left.exists()


def test_a_kill_while_the_file_is_kept_leaves_none_of_it(
    district: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, real = asked_for(district), files.keep

    def dies(*given: Any) -> Any:
        real(*given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files, "keep", dies)
        with pytest.raises(Killed):
            exporting.work_off(key)
    session.remove()
    assert (the(key).state, pieces()) == (ExportState.WAITING, 0)
    exporting.work_off(key)
    assert len(fetched(district, key)) == ROWS + 1


def test_progress_is_told_and_the_page_can_be_left(district: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    key, seen, real = asked_for(district), [], exporting._tell

    def tells(*given: Any) -> None:
        real(*given)
        seen.append(exporting.told(session.get_one(Export, key)))

    monkeypatch.setattr(exporting, "_tell", tells)
    exporting.work_off(key)
    assert [one["done"] for one in seen] == [2, 4, 6, 8, 10, 12]
    assert {one["total"] for one in seen} == {ROWS}
    assert all(one["left"] >= 0 for one in seen)
    told = district.get(f"/exports/{key}/progress").get_json()
    assert (told["finished"], told["total"]) == (True, ROWS)


def test_who_cancels_gets_nothing_and_the_worker_stops(district: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = asked_for(district)
    assert "已取消导出" in district.post(f"/exports/{waiting}/cancel", follow_redirects=True).text
    exporting.work_off(waiting)
    assert (the(waiting).state, pieces()) == (ExportState.CANCELLED, 0)
    assert district.post(f"/exports/{waiting}/cancel").status_code == 409
    running, told, real = asked_for(district), [], exporting._tell

    def cancelled_soon(*given: Any) -> None:
        told.append(given[-1])
        if len(told) == 2:
            exporting.cancel(running, by=access.actor_of_staff(session.get_one(Staff, the(running).staff_id)))
        real(*given)

    monkeypatch.setattr(exporting, "_tell", cancelled_soon)
    exporting.work_off(running)
    assert told == [2, 4]
    assert (the(running).state, pieces()) == (ExportState.CANCELLED, 0)
    assert district.post(f"/exports/{running}/download").status_code == 409


def test_a_file_is_gone_after_a_week_and_the_page_says_so(district: FlaskClient) -> None:
    key, by = asked_for(district), access.system("worker")
    exporting.work_off(key)
    assert "文件保留到" in page(district, key)
    assert exporting.clear_away(by=by, now=clock.now() + timedelta(days=6)) == 0
    assert len(fetched(district, key)) == ROWS + 1
    build.change(the(key), ended_at=clock.now() - timedelta(days=7, minutes=1))
    session.commit()
    assert exporting.clear_away(by=by, now=clock.now()) == 1
    assert (files.is_kept(FileUse.EXPORT, key), pieces()) == (False, 0)
    assert "文件已删除" in page(district, key)
    answer = district.post(f"/exports/{key}/download")
    assert answer.status_code == 409
    assert "请回到列表重新导出" in answer.text
    assert exporting.clear_away(by=by, now=clock.now()) == 0


def test_it_is_its_owners_and_the_auditor_sees_that_it_was_made(app: Flask, city: City, district: FlaskClient) -> None:
    key = asked_for(district)
    exporting.work_off(key)
    for role in (Role.SCHOOL, Role.CITY, Role.SUPERUSER):
        other = world.logged_in(app, city.staff[role])
        assert other.get(f"/exports/details/?id={key}").status_code == 404
        assert other.get(f"/exports/{key}/progress").status_code == 404
        for what in ("cancel", "download"):
            assert other.post(f"/exports/{key}/{what}").status_code == 404
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    assert "可以下载" in page(auditor, key)
    assert "/download" not in page(auditor, key)
    assert auditor.post(f"/exports/{key}/download").status_code == 404


def test_whose_account_was_switched_off_gets_no_file(app: Flask, city: City, district: FlaskClient) -> None:
    key = asked_for(district)
    build.change(session.get_one(Staff, city.staff[Role.DISTRICT]), active=False)
    session.commit()
    exporting.work_off(key)
    assert (the(key).state, pieces()) == (ExportState.FAILED, 0)
    assert "账号已停用，没有生成文件" in page(world.logged_in(app, city.staff[Role.AUDITOR]), key)


def test_a_table_that_may_no_longer_be_exported_fails_with_a_sentence(
    app: Flask, city: City, district: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked_for(district)
    monkeypatch.delitem(SCOPE, (Application, Role.DISTRICT, Can.EXPORT))
    exporting.work_off(key)
    assert the(key).state is ExportState.FAILED
    assert "账号已没有导出这个列表的权限" in page(district, key)


def test_who_may_no_longer_make_a_file_may_not_fetch_it_either(
    district: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked = asked_for(district)
    full = asked_for(district, personal="full", reason="papers")
    for key in (masked, full):
        exporting.work_off(key)
    monkeypatch.delitem(SCOPE, (Application, Role.DISTRICT, Can.REVEAL))
    assert district.post(f"/exports/{full}/download").status_code == 404
    assert len(fetched(district, masked)) == ROWS + 1
    monkeypatch.delitem(SCOPE, (Application, Role.DISTRICT, Can.EXPORT))
    assert district.post(f"/exports/{masked}/download").status_code == 404


def test_what_breaks_is_told_and_does_not_come_again(district: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    key = asked_for(district)

    def breaks(*_given: Any, **_named: Any) -> Any:
        raise OSError("disk full")

    monkeypatch.setattr(exports, "write", breaks)
    exporting.work_off(key)
    assert (the(key).state, exporting.waiting()) == (ExportState.FAILED, [])
    assert "请再导出一次" in page(district, key)


def test_nobody_fills_the_queue(district: FlaskClient) -> None:
    for _one in range(exporting.MOST_WAITING):
        asked_for(district)
    answer = ordered(district, "applications", ["name"])
    assert answer.status_code == 422
    assert "您已有5个导出正在生成" in answer.text


def test_a_worker_that_knows_no_tables_leaves_them_to_one_that_does(
    district: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked_for(district)
    monkeypatch.setattr(exporting, "MAKERS", {})
    assert exporting.waiting() == []
    exporting.work_off(key)
    assert the(key).state is ExportState.WAITING


def test_a_group_of_a_batch_and_a_schools_roster_go_the_same_way(app: Flask, city: City) -> None:
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    exports.AT_ONCE = 0
    for address in (f"/batches/{city.rows['batches']}/download", "/roster/export"):
        answer = school.post(address, data={"file_format": "csv"})
        assert answer.status_code == 302, address
        key = int(answer.location.rpartition("=")[2])
        exporting.work_off(key)
        assert the(key).state is ExportState.DONE, address
        assert len(fetched(school, key)) == the(key).total + 1
        assert the(key).total > 0
