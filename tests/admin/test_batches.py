"""Bulk decisions at the door: choose in the list, preview, run, progress, result, and take back."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Batch, BatchRow, Event, Hold, Mail, Message, Staff, Window
from shared.models.kinds import BatchState, Conclusion, Role, Stage, WindowStage
from shared.services import batches, jobs
from tests import build
from tests.admin import world
from tests.admin.test_casework import choose, form_on, more, send, stages
from tests.admin.world import City


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the worker is told; nobody does it but the test."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, key: found.append((name, key)))
    return found


def test_a_bulk_move_is_previewed_then_run(app: Flask, city: City) -> None:
    keys = [city.application, *more(city, 2)]
    done, without = more(city, 1, Stage.CONFIRMED), more(city, 1, ethics=None)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys + done + without)
    assert "3件将变为“学校已审校”" in preview
    assert "2件不能办理，将跳过" in preview
    assert "师德结论尚未填写" in preview
    assert stages(keys) == [Stage.SUBMITTED] * 3
    result = send(client, preview, "run")
    assert "已办理3件" in result
    assert "跳过2件" in result
    assert stages(keys) == [Stage.SCHOOL_CHECKED] * 3
    assert session.scalar(select(Event.actor_id).where(Event.move == "school_pass").limit(1)) == city.staff[Role.SCHOOL]
    assert (
        session.scalar(select(AuditEntry.address).where(AuditEntry.table_name == "applications").limit(1)) is not None
    )


def test_a_bulk_decision_asks_for_conclusion_and_reason_and_keeps_the_choice(app: Flask, city: City) -> None:
    keys = more(city, 2, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    asked = choose(client, "preliminary", keys)
    assert "您选择了2件申请" in asked
    assert "将变为" not in asked
    wrong = client.post(form_on(asked, "preview"), data={"conclusion": "deferred"})
    assert wrong.status_code == 422
    assert "请填写理由" in wrong.text
    assert "您选择了2件申请" in wrong.text
    preview = send(client, wrong.text, "preview", conclusion="deferred", reason="培训学时不足")
    assert "2件将变为“初审暂缓注册”" in preview
    assert "培训学时不足" in preview
    send(client, preview, "run")
    assert stages(keys) == [Stage.PRELIMINARY] * 2
    row = session.get_one(Application, keys[0])
    assert (row.conclusion, row.reason) == (Conclusion.DEFERRED, "培训学时不足")


def test_what_was_entered_can_be_changed_before_it_runs(app: Flask, city: City) -> None:
    keys = more(city, 1, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    preview = send(client, choose(client, "preliminary", keys), "preview", conclusion="refused", reason="缺材料")
    key = session.scalar(select(Batch.id).order_by(Batch.id.desc()).limit(1))
    again = client.get(f"/batches/details/?id={key}&ask=1").text
    assert "缺材料" in again
    assert 'value="refused"' in again
    preview = send(client, again, "preview", conclusion="registered")
    assert "1件将变为“初审：注册合格”" in preview
    send(client, preview, "run")
    assert session.get_one(Application, keys[0]).conclusion is Conclusion.REGISTERED


def test_what_changed_after_the_preview_is_skipped(app: Flask, city: City) -> None:
    keys = more(city, 2)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys)
    build.change(session.get_one(Application, keys[0]), address="新地址")
    session.commit()
    result = send(client, preview, "run")
    assert "已办理1件" in result
    assert "已被他人更改" in result
    assert stages(keys) == [Stage.SUBMITTED, Stage.SCHOOL_CHECKED]


def test_all_that_match_are_chosen_not_only_the_page(app: Flask, city: City) -> None:
    keys = more(city, 30, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    number = world.person_of(city).id_number
    session.rollback()
    everything = {"move": "disqualify", "all": "1"}
    page = client.post(
        "/applications/action/", data=everything | {"query": "stage=confirmed"}, follow_redirects=True
    ).text
    assert "您选择了30件申请" in page
    rows = session.scalars(select(BatchRow.application_id).order_by(BatchRow.id.desc()).limit(30)).all()
    assert sorted(rows) == keys
    page = client.post("/applications/action/", data=everything | {"query": f"q={number}"}, follow_redirects=True).text
    assert "您选择了1件申请" in page
    kept = session.scalars(select(Batch.chosen_by).where(Batch.move == "disqualify").order_by(Batch.id)).all()
    assert kept == ["stage=confirmed", ""]  # an ID number is not written once more


def test_foreign_rows_drop_out_of_the_selection(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", [city.application, elsewhere.application])
    assert "您选择了1件申请" in preview


def test_a_tampered_selection_chooses_nothing_that_is_not_there(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    before = session.scalar(select(func.count()).select_from(BatchRow))
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    for rows in (["x"], ["-1"], ["1 OR 1=1"], [str(elsewhere.application)], ["9" * 30]):
        page = client.post("/applications/action/", data={"move": "school_pass", "rowid": rows}, follow_redirects=True)
        assert "请先在列表中勾选申请" in page.text, rows
    for move in ("", "final", "confirm", "no such move"):
        answer = client.post("/applications/action/", data={"move": move, "rowid": str(city.application)})
        assert answer.status_code == 404, move
    session.rollback()
    assert session.scalar(select(func.count()).select_from(BatchRow)) == before


def test_an_empty_choice_leads_back_to_the_list_with_a_sentence(app: Flask, city: City) -> None:
    page = choose(world.logged_in(app, city.staff[Role.SCHOOL]), "school_pass", [])
    assert "请先在列表中勾选申请" in page


def test_an_empty_choice_keeps_the_filter_of_the_list(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    data = {"move": "school_pass", "query": "stage=submitted&stage.not=draft"}
    answer = client.post("/applications/action/", data=data)
    assert answer.headers["Location"] == "/applications/?stage=submitted&stage.not=draft"


def test_a_batch_of_somebody_else_does_not_exist(app: Flask, city: City) -> None:
    keys = more(city, 1)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys)
    other = world.logged_in(app, build.staff(Role.SCHOOL, world.application_of(city).school).id)
    for verb in ("run", "cancel", "preview", "undo", "download"):
        address = form_on(preview, "run").replace("run", verb)
        assert other.post(address).status_code == 404, verb
    assert other.get(form_on(preview, r"rows\?like=[0-9]+").split("?")[0]).status_code == 404
    assert stages(keys) == [Stage.SUBMITTED]


def test_a_batch_that_was_never_previewed_does_not_run(app: Flask, city: City) -> None:
    keys = more(city, 1, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    asked = choose(client, "preliminary", keys)
    address = form_on(asked, "preview").replace("preview", "run")
    assert client.post(address, data={"conclusion": "registered"}).status_code == 404
    assert stages(keys) == [Stage.CONFIRMED]


def test_two_clicks_run_it_once(app: Flask, city: City) -> None:
    keys = more(city, 2)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys)
    send(client, preview, "run")
    second = client.post(form_on(preview, "run"))
    assert second.status_code == 409
    assert "这一批“已办完”，不能再更改" in second.text
    assert session.scalar(select(func.count()).where(Event.move == "school_pass")) == 2


def test_many_are_run_by_the_worker_and_the_page_tells_how_far_it_is(
    app: Flask, city: City, told: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    keys = more(city, 3)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys)
    assert "将在后台办理" in preview
    page = send(client, preview, "run")
    [(name, key)] = told
    assert name == "batch"
    assert "已处理0件，共3件" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert client.get(f"/batches/{key}/progress").json == {
        "done": 0, "total": 3, "text": "已处理0件，共3件", "finished": False
    }  # fmt: skip
    batches.work_off(key)
    assert client.get(f"/batches/{key}/progress").json["finished"] is True
    assert "已办理3件" in client.get(f"/batches/details/?id={key}").text


def test_a_batch_is_taken_back_after_asking(app: Flask, city: City) -> None:
    keys = more(city, 3)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    result = send(client, choose(client, "school_pass", keys), "run")
    build.change(session.get_one(Application, keys[0]), address="新地址")
    session.commit()
    asked = client.get(form_on(result, "undo")).text
    assert "2件将恢复为办理前的状态" in asked
    assert "办理之后申请又有改动，不能撤回" in asked
    assert stages(keys) == [Stage.SCHOOL_CHECKED] * 3
    done = client.post(form_on(result, "undo"), follow_redirects=True).text
    assert "已撤回2件" in done
    assert "1件未能撤回" in done
    assert stages(keys) == [Stage.SCHOOL_CHECKED] + [Stage.SUBMITTED] * 2
    assert "撤回批量办理" in client.get(f"/applications/details/?id={keys[1]}").text


def test_whoever_is_sent_back_in_a_batch_is_told_and_the_page_says_so(app: Flask, city: City) -> None:
    keys = more(city, 2)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = send(client, choose(client, "return", keys), "preview", reason="照片不清楚")
    assert "申请人会收到邮件和留言" in preview
    assert session.scalar(select(func.count()).where(Mail.subject.contains("退回修改"))) == 0
    result = send(client, preview, "run")
    session.rollback()
    assert session.scalar(select(func.count()).where(Mail.subject.contains("已退回修改"))) == 2
    assert session.scalar(select(func.count()).where(Message.body == "照片不清楚")) == 2
    assert "申请人会收到邮件和留言" in client.get(form_on(result, "undo")).text
    client.post(form_on(result, "undo"))
    session.rollback()
    assert session.scalar(select(func.count()).where(Mail.subject.contains("退回修改已撤销"))) == 2


def test_why_a_batch_cannot_be_taken_back_stands_beside_its_result(app: Flask, city: City) -> None:
    keys = more(city, 1, Stage.REVIEWED)
    client = world.logged_in(app, city.staff[Role.PROVINCE])
    preview = send(client, choose(client, "final", keys), "preview", conclusion="registered")
    assert "办理后不能撤回" in preview
    result = send(client, preview, "run")
    assert "“终审”不能撤回" in result
    key = session.scalar(select(Batch.id).order_by(Batch.id.desc()).limit(1))
    assert client.get(f"/batches/{key}/undo").status_code == 409


def test_each_group_is_listed_a_page_at_a_time_and_downloaded(app: Flask, city: City) -> None:
    keys = more(city, 60)
    done = more(city, 2, Stage.CONFIRMED, name="=cmd()")
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys + done)
    key = session.scalar(select(Batch.id).order_by(Batch.id.desc()).limit(1))
    page = client.get(f"/batches/{key}/rows?page=2").text
    assert "第2页，共2页" in page
    like = session.scalar(select(BatchRow.id).where(BatchRow.application_id == done[0]))
    listed = client.get(f"/batches/{key}/rows?like={like}").text
    assert "共2条" in listed
    assert f"/applications/details/?id={done[1]}" in listed
    assert "当前状态是“已确认（已受理）”，不能审校通过" in listed
    answer = client.post(form_on(preview, "download"), data={"like": str(like), "file_format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert lines[0][:2] == ["报名号", "姓名"]
    assert [line[1] for line in lines[1:]] == ["'=cmd()"] * 2
    assert lines[1][4:] == ["已跳过", "当前状态是“已确认（已受理）”，不能审校通过"]
    noted = session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "export")).one()
    assert noted["rows"] == [None, "2"]
    assert noted["columns"] == [None, "报名号、姓名、任教学校、现在的状态、办理情况、原因"]


def test_who_left_the_own_area_is_counted_but_not_named(app: Flask, city: City) -> None:
    keys = more(city, 1)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    choose(client, "school_pass", keys)
    number = session.get_one(Application, keys[0]).registration_number
    build.change(session.get_one(Application, keys[0]), school=build.a_school())
    session.commit()
    key = session.scalar(select(Batch.id).order_by(Batch.id.desc()).limit(1))
    page = client.get(f"/batches/{key}/rows").text
    assert "不在您的办理范围内" in page
    assert number not in page


def test_the_list_of_batches_is_ones_own_and_the_auditor_sees_all(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    send(client, choose(client, "school_pass", more(city, 1)), "run")
    assert "已办完" in client.get("/batches/").text
    assert "<td>审校通过</td>" not in world.logged_in(app, city.staff[Role.DISTRICT]).get("/batches/").text
    auditor = world.logged_in(app, city.staff[Role.AUDITOR])
    key = session.scalar(select(Batch.id).order_by(Batch.id.desc()).limit(1))
    page = auditor.get(f"/batches/details/?id={key}").text
    assert "已办理1件" in page
    assert "撤回这一批" not in page


def test_a_batch_that_is_given_up_changes_nothing(app: Flask, city: City) -> None:
    keys = more(city, 1)
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    preview = choose(client, "school_pass", keys)
    assert "申请没有变动" in send(client, preview, "cancel")
    assert session.scalar(select(Batch.state).order_by(Batch.id.desc()).limit(1)) is BatchState.CANCELLED
    assert client.post(form_on(preview, "run")).status_code == 409
    assert stages(keys) == [Stage.SUBMITTED]


def test_after_the_window_has_closed_nothing_is_taken_back(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    result = send(client, choose(client, "school_pass", more(city, 2)), "run")
    window = session.scalars(select(Window).where(Window.stage == WindowStage.SCHOOL_CHECK)).first()
    build.change(window, closes_on=clock.today() - timedelta(days=1))
    session.commit()
    asked = client.get(form_on(result, "undo")).text
    assert "0件将恢复" in asked
    assert "学校审校已经截止" in asked
    assert ">撤回这" not in asked


def test_many_are_given_to_a_colleague_in_the_same_three_steps(app: Flask, city: City) -> None:
    keys = more(city, 3, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    asked = choose(client, "assign", keys)
    assert "您选择了3件申请" in asked
    me = session.get_one(Staff, city.staff[Role.DISTRICT])
    name = me.name
    assert f">{name}</option>" in asked
    assert ">不分派</option>" in asked
    wrong = client.post(form_on(asked, "preview"), data={"assigned_to_id": ""})
    assert wrong.status_code == 422
    assert "请选择本机构能够审核的同事" in wrong.text
    preview = send(client, wrong.text, "preview", assigned_to_id=str(city.staff[Role.DISTRICT]))
    assert f"3件将变为“由{name}办理”" in preview
    assert "办完后可以撤回这一批。" in preview
    assert "预览后有变动的申请不会办理" not in preview
    assert "已办理3件" in send(client, preview, "run")
    mine = client.get("/applications/?assigned=me&columns=registration_number,assigned_to", follow_redirects=True).text
    session.rollback()
    assert all(session.get_one(Application, key).registration_number in mine for key in keys)
    assert "<td>分派</td>" in client.get("/batches/").text


def test_many_are_held_with_a_reason_and_freed_with_a_finding(app: Flask, city: City) -> None:
    keys = more(city, 2, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    wrong = client.post(form_on(choose(client, "hold", keys), "preview"), data={"reason": ""})
    assert "请填写暂停办理的原因" in wrong.text
    preview = send(client, wrong.text, "preview", reason="证书待核")
    assert "2件将变为“暂停办理”" in preview
    assert "暂停原因" in preview
    assert "申请人会看到" not in preview
    send(client, preview, "run")
    held = client.get("/applications/?held=yes", follow_redirects=True).text
    session.rollback()
    assert all(session.get_one(Application, key).registration_number in held for key in keys)
    wrong = client.post(form_on(choose(client, "lift", keys), "preview"), data={"finding": ""})
    assert "请填写查实的情况" in wrong.text
    assert "已办理2件" in send(client, send(client, wrong.text, "preview", finding="属实"), "run")
    assert session.scalars(select(Hold.finding)).all() == ["属实"] * 2


def test_schools_are_offered_neither_assignments_nor_holds(app: Flask, city: City) -> None:
    page = world.logged_in(app, city.staff[Role.SCHOOL]).get("/applications/").text
    assert '<option value="school_pass">' in page
    for name in ("assign", "hold", "lift"):
        assert f'<option value="{name}">' not in page
        answer = world.logged_in(app, city.staff[Role.SCHOOL]).post(
            "/applications/action/", data={"move": name, "rowid": str(city.application)}
        )
        assert answer.status_code == 404, name
