"""The confirmation desk, as an operator goes through it."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, select

from shared.db import session
from shared.models import Application, Material, Receipt, ReceivedPaper
from shared.models.kinds import Role, Stage
from shared.services import holds
from tests import build
from tests.actors import officer
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


def test_the_operator_finds_by_number_document_and_scan(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    registration, number = world.application_of(city).registration_number, world.person_of(city).id_number
    session.rollback()
    for text, paper in ((registration, ""), (f" {number.lower()} ", ""), (f"{registration}-1", "?paper=1")):
        answer = client.post("/desk/", data={"text": text})
        assert answer.headers.get("Location") == f"/desk/{city.application}/{paper}", text
    old = client.post("/desk/", data={"text": f"{registration}-9"}, follow_redirects=True).text
    assert "请重新打印并签名" in old


def test_what_is_not_found_gets_a_sentence(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    answer = client.post("/desk/", data={"text": "202699999999"})
    assert answer.status_code == 422
    assert "没有找到“202699999999”" in answer.text
    assert 'value="202699999999"' in answer.text


def test_an_applicant_of_another_point_is_told_which_and_nothing_else(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    foreign, person = world.application_of(elsewhere), world.person_of(elsewhere)
    number, name, id_number = foreign.registration_number, person.name, person.id_number
    point = foreign.point.name  # type: ignore[union-attr]
    session.rollback()
    client = world.logged_in(app, city.staff[Role.POINT])
    page = client.post("/desk/", data={"text": f"{number}-1"}).text
    assert f"报名号{number}选的是“{point}”" in page
    assert "登录网上申报系统更换确认点" in page
    assert name not in page
    by_document = client.post("/desk/", data={"text": id_number}).text
    assert f"没有找到“{id_number}”" in by_document
    assert point not in by_document
    assert client.post("/desk/take", data={"number": number}).status_code == 404


def test_an_applicant_of_a_served_school_is_taken_over(app: Flask, city: City) -> None:
    application = world.application_of(city)
    other = build.a_point("另一确认点", serving=[application.school])  # type: ignore[list-item]
    operator, point, number = build.staff(Role.POINT, other).id, other.id, application.registration_number
    session.commit()
    client = world.logged_in(app, operator)
    page = client.post("/desk/", data={"text": number}).text
    assert "转到本确认点办理" in page
    key = world.application_of(city).id
    session.rollback()
    assert client.get(f"/desk/{key}/").status_code == 404
    answer = client.post("/desk/take", data={"number": number})
    assert answer.headers["Location"] == f"/desk/{key}/"
    assert (world.application_of(city).point_id, world.application_of(city).form_version) == (point, 2)


def test_what_was_corrected_is_told_with_the_void_paper(app: Flask, city: City) -> None:
    build.change(world.application_of(city), joined_on=date(2011, 9, 1), form_version=2, signed_version=0)
    session.commit()
    client = world.logged_in(app, city.staff[Role.POINT])
    page = client.get(f"/desk/{city.application}/?paper=1").text
    assert "签名的申请表是第1版，数据是第2版：请重新打印并签名" in page
    assert "进本单位时间：2010-08-01 → 2011-09-01" in page
    assert "Δ 第1版：2010-08-01" in page
    assert "已作废" not in client.get(f"/desk/{city.application}/?paper=2").text


def test_a_wrong_paper_in_the_version_field_gets_a_sentence(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    registration, version = world.application_of(city).registration_number, str(world.application_of(city).version)
    session.rollback()
    papers = {"material": str(city.rows["materials"]), "version": version}
    address = f"/desk/{city.application}/confirm"
    other = client.post(address, data=papers | {"signed_version": "202688888888-1"})
    assert "扫的是报名号202688888888的申请表，不是这一位的" in other.text
    assert (
        "请扫申请表上的二维码，或填写右上角的版本号" in client.post(address, data=papers | {"signed_version": "x"}).text
    )
    done = client.post(address, data=papers | {"signed_version": f"{registration}-1"})
    assert done.headers["Location"] == f"/desk/{city.application}/receipt"


def test_missing_papers_are_asked_for_by_name_all_at_once(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    name = session.get_one(Material, city.rows["materials"]).name
    session.rollback()
    answer = client.post(f"/desk/{city.application}/confirm", data={"then": "return"})
    assert answer.headers["Location"] == f"/desk/{city.application}/back"
    page = client.get(answer.headers["Location"]).text
    assert f"请补交材料：{name}。" in page
    version = str(world.application_of(city).version)
    session.rollback()
    sent = {"version": version, "reason": f"请补交材料：{name}。"}
    assert client.post(f"/desk/{city.application}/back", data=sent).headers["Location"] == "/desk/"
    assert world.application_of(city).stage is Stage.RETURNED
    session.rollback()
    assert "已退回修改。请申请人在网上改好" in client.get(f"/desk/{city.application}/").text


def test_what_the_registry_says_is_marked_and_put_into_the_form(app: Flask, city: City) -> None:
    application = world.application_of(city)
    build.a_certificate(application, issued_on=date(2009, 7, 1))
    version = str(application.version)
    session.commit()
    client = world.logged_in(app, city.staff[Role.POINT])
    page = client.get(f"/desk/{city.application}/").text
    assert "≠ 证书库：2009-07-01" in page
    assert "证书信息锁定" in page
    assert 'name="certificate_issued_on"' not in client.get(f"/desk/{city.application}/correct").text
    answer = client.post(f"/desk/{city.application}/adopt", data={"version": version})
    assert answer.headers["Location"] == f"/desk/{city.application}/?paper=1"
    assert str(world.application_of(city).certificate_issued_on) == "2009-07-01"
    session.rollback()
    assert "≠" not in client.get(f"/desk/{city.application}/").text


def test_the_days_list_shows_what_this_point_has_confirmed(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    assert "这一天本确认点还没有办理" in client.get("/desk/today").text
    version = str(world.application_of(city).version)
    session.rollback()
    papers = {"material": str(city.rows["materials"]), "version": version, "signed_version": "1"}
    assert client.post(f"/desk/{city.application}/confirm", data=papers).status_code == 302
    receipt = session.scalar(select(Receipt.number))
    session.rollback()
    assert str(receipt) in client.get("/desk/today").text
    assert str(receipt) in client.get("/desk/").text  # the last one, to come back to
    answer = client.post("/desk/", data={"text": str(receipt)})
    assert answer.headers["Location"] == f"/desk/{city.application}/"
    assert "已经确认，不需要再办" in client.get(f"/desk/{city.application}/").text


def test_from_the_papers_to_the_receipt_and_back(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}"
    version = str(world.application_of(city).version)
    session.rollback()
    papers = {"material": str(city.rows["materials"]), "version": version}
    missing = client.post(f"{address}/confirm", data={"version": version, "signed_version": "1"})
    assert "纸质材料不齐，还缺：" in missing.text
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


def test_the_notice_of_what_is_missing_is_printed_at_the_desk(app: Flask, city: City) -> None:
    number = str(world.application_of(city).registration_number)
    build.a_material(world.application_of(city).campaign, name="聘用合同")
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}"
    assert "打印材料补正通知" not in client.get(f"{address}/").text  # nothing was brought yet
    client.post(f"{address}/confirm", data={"material": str(city.rows["materials"]), "save": "1"})
    page = client.get(f"{address}/").text
    assert "打印材料补正通知" in page
    fields = re.findall(r'name="(query|paper)" value="([^"]*)"', page.partition("/applications/print/")[2])
    answer = client.post("/applications/print/", data=dict(fields))
    text = re.sub(r"\s", "", PdfReader(io.BytesIO(answer.data)).pages[0].extract_text())
    assert all(word in text for word in (number, "材料补正通知", "1.聘用合同"))


def test_a_voided_receipt_is_told_at_once(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}"
    row = world.application_of(city)
    given = {
        "material": str(city.rows["materials"]),
        "version": str(row.version),
        "signed_version": str(row.form_version),
    }
    client.post(f"{address}/confirm", data=given)
    number = session.scalars(select(Receipt.number)).one()
    assert "已作废" not in client.post("/desk/", data={"text": number}, follow_redirects=True).text
    client.post(f"{address}/undo", data={"reason": "误操作", "version": str(world.application_of(city).version)})
    session.expire_all()
    assert session.scalars(select(Receipt.voided_at)).one() is not None
    assert "这张受理凭证已作废" in client.post("/desk/", data={"text": number}, follow_redirects=True).text


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


def test_a_correction_that_comes_too_late_tells_what_was_changed(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    address = f"/desk/{city.application}/correct"
    before = world.application_of(city)
    data = {field: str(getattr(before, field) or "") for field in CORRECTED} | {"version": str(before.version)}
    session.rollback()
    assert client.post(address, data=data | {"joined_on": "2011-9-1"}).status_code == 302
    late = client.post(address, data=data | {"joined_on": "2012-9-1"})
    assert late.status_code == 422
    assert "打开页面后这件申请已被他人更改" in late.text
    assert "2011-09-01" in late.text
    assert "2012-9-1" in late.text or "2012-09-01" in late.text  # what was typed is still there
    assert str(session.get_one(Application, city.application).joined_on) == "2011-09-01"
    session.rollback()
    shown = re.search(r'name="version"[^>]*value="(\d+)"', late.text)
    assert shown
    again = client.post(address, data=data | {"joined_on": "2012-9-1", "version": shown[1]})
    assert again.status_code == 302, again.text
    assert str(session.get_one(Application, city.application).joined_on) == "2012-09-01"


def test_a_second_press_gives_the_same_receipt_and_leaves_the_papers(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    version, address = str(world.application_of(city).version), f"/desk/{city.application}"
    session.rollback()
    sent = {"material": str(city.rows["materials"]), "version": version, "signed_version": "1"}
    for papers in (sent, sent | {"material": ""}):
        assert client.post(f"{address}/confirm", data=papers).headers["Location"] == f"{address}/receipt"
    assert len(session.scalars(select(Receipt)).all()) == 1
    assert session.scalars(select(ReceivedPaper.material_id)).all() == [city.rows["materials"]]


def test_a_hold_is_told_without_its_reason_and_does_not_stop_the_desk(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.POINT])
    assert "暂停办理" not in client.get(f"/desk/{city.application}/").text
    application = world.application_of(city)
    holds.place(application.id, "师德举报", by=officer(Role.DISTRICT, application))
    page = client.get(f"/desk/{city.application}/").text
    assert "审核机构已对本件暂停办理" in page
    assert "师德举报" not in page
    assert "确认并出具受理凭证" in page


def test_a_withdrawn_application_is_found_and_says_what_to_do(app: Flask, city: City) -> None:
    build.change(world.application_of(city), stage=Stage.WITHDRAWN)
    session.commit()
    page = world.logged_in(app, city.staff[Role.POINT]).get(f"/desk/{city.application}/").text
    assert "申请人已放弃申报。要继续，请申请人在网上重新申报" in page
    assert "确认并出具受理凭证" not in page


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
