"""What the pages offer and refuse: codes that fit, texts that stay, one place for one person, what is to be done."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Agreement, AuditEntry, Material, NoticeText, ReasonCode, ReceivedPaper, Staff
from shared.models.kinds import Conclusion, EthicsGrade, RequestState, Role, Stage
from tests import build
from tests.admin import world
from tests.admin.test_casework import choose, more, send, stages
from tests.admin.world import City


def a_notice(**fields: object) -> int:
    key = build.add(NoticeText(key="terms", edition=build.number() + 100, body="第一条\n第二条", **fields)).id
    session.commit()
    return key


def test_a_published_text_cannot_be_rewritten(app: Flask, city: City) -> None:
    key = a_notice(published_at=clock.now() - timedelta(days=1))
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    next_edition = client.get(f"/notice-texts/edit/?id={key}")
    assert (next_edition.status_code, "/edition" in next_edition.location) == (302, True)
    moment = clock.local(session.get_one(NoticeText, key).published_at).strftime("%Y-%m-%dT%H:%M")
    data = {"version": "1", "body": "第一条\r\n第二条", "published_at": moment}
    answer = client.post(f"/notice-texts/edit/?id={key}", data=data | {"body": "全文改写"})
    assert answer.status_code == 422
    assert 'id="body-error"><li>这个版次已发布，不能再改；请新增一个版次' in answer.text
    assert "已发布" in client.post(f"/notice-texts/edit/?id={key}", data=data | {"published_at": ""}).text
    assert client.post(f"/notice-texts/edit/?id={key}", data=data).status_code == 302
    assert session.get_one(NoticeText, key).body == "第一条\n第二条"
    assert client.post("/notice-texts/delete/", data={"id": str(key), "version": "1"}).status_code == 404


def test_a_text_that_is_not_published_may_be_changed(app: Flask, city: City) -> None:
    key = a_notice()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"version": "1", "body": "第一条\n第三条", "published_at": "2099-01-01T08:00"}
    assert client.post(f"/notice-texts/edit/?id={key}", data=data).status_code == 302
    late = client.post(f"/notice-texts/edit/?id={key}", data={"version": "2", "body": "x", "published_at": ""})
    assert "已发布" in late.text
    data = {"version": "2", "body": "第一条\n第三条", "published_at": ""}
    assert client.post(f"/notice-texts/edit/?id={key}", data=data).status_code == 302
    assert session.get_one(NoticeText, key).published_at is None
    assert session.scalar(select(Agreement)) is None


def test_reason_codes_are_those_of_the_move_by_conclusion(app: Flask, city: City) -> None:
    for code, conclusion in (("D1", Conclusion.DEFERRED), ("F1", Conclusion.REFUSED), ("R1", Conclusion.REGISTERED)):
        a_reason_code(code, conclusion)
    [key] = more(city, 1, Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    address = f"/applications/{key}/move/preliminary"
    page = client.get(address).text
    groups = dict(re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page, flags=re.DOTALL))
    assert 'value="D1"' in groups["暂缓注册"]
    assert 'value="F1"' in groups["注册不合格"]
    assert 'value="R1"' not in page
    data = {"version": "1", "conclusion": "deferred", "reason_code": "F1", "reason": "培训学时不足"}
    answer = client.post(address, data=data)
    assert answer.status_code == 422
    assert 'id="reason_code-error"><li>原因代码与结论不符' in answer.text
    asked = choose(client, "preliminary", [key])
    assert 'id="reason_code-error"><li>原因代码与结论不符' in send(client, asked, "preview", **data)


def a_reason_code(code: str, conclusion: Conclusion) -> None:
    found = session.scalar(select(ReasonCode).where(ReasonCode.code == code))
    if found is None:
        build.add(ReasonCode(code=code, name=f"原因{code}", conclusion=conclusion))
    session.commit()


def test_no_bulk_decision_overturns_an_earlier_one(app: Flask, city: City) -> None:
    [fresh] = more(city, 1, Stage.CONFIRMED)
    [decided] = more(city, 1, Stage.PRELIMINARY, conclusion=Conclusion.REGISTERED)
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    page = client.get("/applications/").text
    assert '<option value="preliminary">' in page
    assert '<option value="revise_preliminary">' not in page
    assert choose(client, "revise_preliminary", [decided]).count("页面不存在")
    asked = choose(client, "preliminary", [fresh, decided])
    preview = send(client, asked, "preview", conclusion="deferred", reason="培训学时不足")
    assert "1件将变为“初审暂缓注册”" in preview
    assert "当前状态是“初审：注册合格”，不能初审" in preview
    send(client, preview, "run")
    assert stages([fresh, decided]) == [Stage.PRELIMINARY] * 2
    details = client.get(f"/applications/details/?id={decided}").text
    assert f"/applications/{decided}/move/revise_preliminary" in details
    assert "更改初审结论" in details


def test_a_school_opinion_without_ethics_is_refused_at_the_field(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    before = world.application_of(city).ethics
    data = {"version": str(world.application_of(city).version), "ethics": ""}
    session.rollback()
    answer = client.post(f"/applications/edit/?id={city.application}", data=data)
    assert answer.status_code == 422
    assert 'id="ethics-error"><li>请选择师德结论' in answer.text
    assert world.application_of(city).ethics is before is EthicsGrade.QUALIFIED


def test_one_place_for_one_person(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"username": "newcomer", "name": "王新", "role": "school", "active": "y", "password": "Qinhuai#2026"}
    data |= {"id_number": "320106198501010018"}
    data |= {"school_id": str(city.rows["schools"]), "bureau_id": str(city.rows["bureaus"])}
    answer = client.post("/staff/new/", data=data)
    assert 'id="bureau_id-error"><li>学校审校员只需选择学校，请清空教育行政部门' in answer.text
    session.rollback()
    assert session.scalar(select(Staff).where(Staff.username == "newcomer")) is None
    assert client.post("/staff/new/", data=data | {"bureau_id": ""}).status_code == 302


def test_what_cannot_be_retired_is_not_told_to_be(app: Flask, city: City) -> None:
    material = session.get_one(Material, city.rows["materials"])
    key, version = material.id, material.version
    mine = {"application_id": city.application, "received_by_id": city.staff[Role.POINT]}
    build.add(ReceivedPaper(**mine, material_id=key, received_at=clock.now()))
    session.commit()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    answer = client.post("/materials/delete/", data={"id": str(key), "version": str(version)})
    assert answer.status_code == 409
    assert "这条记录正在被使用，不能删除" in answer.text
    assert "已停用" not in answer.text


def test_the_start_page_tells_only_those_who_can_act(app: Flask, city: City) -> None:
    told = {}
    for role in city.staff:
        page = world.logged_in(app, city.staff[role]).get("/").text
        told[role] = {name for name in ("staff-requests", "certificate-requests", "revocation-requests")
                      if f'href="/{name}/?state={RequestState.OPEN.value}"' in page}  # fmt: skip
    assert told[Role.SUPERUSER] == {"staff-requests"}
    assert told[Role.CITY] == told[Role.PROVINCE] == {"revocation-requests"}
    assert [role for role, names in told.items() if names] == [Role.CITY, Role.PROVINCE, Role.SUPERUSER]


def test_every_page_of_a_row_is_headed_by_what_the_row_is(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.AUDITOR])
    wrong = []
    for name, key in city.rows.items():
        answer = client.get(f"/{name.replace('_', '-')}/details/?id={key}")
        if answer.status_code == 404:
            continue  # no view of its own
        heading = re.sub(r"<[^>]+>", "", re.findall(r"<h1>(.*?)</h1>", answer.text, flags=re.DOTALL)[0]).strip()
        if not heading or "&lt;" in heading or re.fullmatch(r"第\d+号记录", heading):
            wrong.append(f"{name}: {heading}")
    assert not wrong, wrong
    assert "第" in client.get(f"/notice-texts/details/?id={city.rows['notice_texts']}").text.partition("<h1>")[2][:20]


def test_the_audit_speaks_in_words(app: Flask, city: City) -> None:
    officer = session.get_one(Staff, city.staff[Role.SCHOOL])
    build.change(officer, active=False, role=Role.AUDITOR, school_id=None, bureau_id=city.rows["bureaus"])
    build.change(session.get_one(NoticeText, city.rows["notice_texts"]), published_at=clock.now().replace(year=2025))
    session.commit()
    login = app.test_client()
    login.post("/login", data={"username": "nobody", "password": "x"})
    login.post("/login", data={"username": session.get_one(Staff, city.staff[Role.CITY]).username, "password": "x"})
    client = world.logged_in(app, city.staff[Role.AUDITOR])
    page = client.get("/audit-entries/?table_name=staff&size=100").text
    assert "角色：学校审校员 → 审计员" in page
    assert "启用：是 → 否" in page
    assert "session_epoch" not in page
    page = client.get("/audit-entries/?table_name=notice_texts&size=100").text
    assert re.search(r"发布时间：2025-\d\d-\d\d \d\d:\d\d<", page)
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "login_failed")) is not None
    page = client.get("/audit-entries/?q=未登录").text
    assert "登录失败" in page
    assert "anonymous" not in page
    assert "anonymous" not in client.get(f"/staff/details/?id={city.staff[Role.CITY]}").text
