"""The review page: everything on one page, the suggestion, the decision, and the next one of the list."""

import html
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import (
    Application,
    AuditEntry,
    Certificate,
    Message,
    ReasonCode,
    TeachingBreak,
)
from shared.models.kinds import Conclusion, EthicsGrade, Origin, RegistrationType, Role, Sex, Stage
from shared.rules.fields import FIELDS, Input
from shared.services import workflow
from shared.services.workflow import Wish
from tests import build
from tests.admin import world
from tests.admin.reviewing import actor, confirmed, counted, five_years, sent, words_on
from tests.admin.world import City
from tests.conftest import Database


def test_the_page_shows_every_field_of_the_form_and_all_that_belongs_to_it(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    five_years(key)
    build.add(
        TeachingBreak(application_id=key, begins_on=date(2023, 1, 1), ends_on=date(2023, 2, 1), reason="产假"),
        Message(application_id=key, body="请带原件", sender="李四", sent_at=clock.now()),
    )
    session.commit()
    page = words_on(district.get(f"/review/{key}/").text)
    missing = [str(field.label) for field in FIELDS if field.input is not Input.PHOTO and str(field.label) not in page]
    assert not missing
    for told in ("合计 360", "产假", "请带原件", "已收", "系统建议", "全部办理过程"):
        assert told in page, told


def test_what_the_registry_says_otherwise_is_marked(district: FlaskClient, city: City) -> None:
    same, other = confirmed(city, 2)
    for key, name, issued in ((same, None, date(2010, 7, 1)), (other, "王小燕", date(2011, 7, 1))):
        row = session.get_one(Application, key)
        build.add(
            Certificate(
                number=row.certificate_number,
                id_number=row.person.id_number,
                name=name or row.name,
                sex=row.sex or Sex.FEMALE,
                qualification_type_code=row.qualification_type_code,
                subject_code=row.certificate_subject_code,
                authority_id=row.authority_id,
                issued_on=issued,
            )
        )
    session.commit()
    assert "≠" not in district.get(f"/review/{same}/").text
    page = words_on(district.get(f"/review/{other}/").text)
    assert "≠ 证书库：王小燕" in page
    assert "≠ 证书库：2011-07-01" in page


def test_what_the_last_registration_says_otherwise_is_marked(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    row = session.get_one(Application, key)
    earlier = build.a_campaign(row.campaign.bureau)
    build.an_application(
        Stage.CONCLUDED, person=row.person, campaign=earlier, point=row.point, school=row.school, major="数学",
        teaching_subject_code="111", certificate_number=row.certificate_number, sex=row.sex,
    )  # fmt: skip
    late = build.an_application(
        Stage.CONFIRMED, person=row.person, campaign=build.a_campaign(row.campaign.bureau), point=row.point,
        school=row.school, certificate_number=row.certificate_number,
    )  # fmt: skip
    session.commit()
    page = words_on(district.get(f"/review/{late.id}/").text)
    assert "≠ 上次注册：" in page
    assert "以前的申请" in page


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "系统建议：注册合格"),
        ({"ethics": EthicsGrade.UNQUALIFIED}, "系统建议：注册不合格 师德考核不合格"),
        ({"ethics": None}, "系统建议：不能判断，请核实 尚无师德考核结论"),
    ],
)
def test_the_suggestion_gives_its_reasons(
    district: FlaskClient, city: City, facts: dict[str, object], told: str
) -> None:
    [key] = confirmed(city, **facts)
    assert told in words_on(district.get(f"/review/{key}/").text)


def test_a_good_conclusion_is_chosen_and_a_bad_one_only_when_the_officer_adopts_it(
    district: FlaskClient, city: City
) -> None:
    good, bad = confirmed(city)[0], confirmed(city, registration_type=RegistrationType.PERIODIC)[0]
    five_years(bad, hours=10)
    build.add(ReasonCode(code="D1", name="培训学时不足", conclusion=Conclusion.DEFERRED))
    session.commit()
    chosen = re.compile(r'<input[^>]*checked[^>]*value="(\w+)"')
    assert chosen.findall(district.get(f"/review/{good}/").text)[0] == "registered"
    page = district.get(f"/review/{bad}/").text
    assert not [value for value in chosen.findall(page) if value in {"registered", "deferred", "refused"}]
    assert "培训学时不足：共50学时" in page
    adopted = district.get(f"/review/{bad}/?adopt=1&stage=confirmed").text
    assert "deferred" in chosen.findall(adopted)
    assert re.search(r'<option selected value="D1">', adopted)
    assert "培训学时不足：共50学时" in re.search(r"<textarea[^>]*>(.*?)</textarea>", adopted, re.DOTALL)[1]


def test_a_decision_opens_the_next_of_the_filtered_list(district: FlaskClient, city: City) -> None:
    keys = confirmed(city, 3)
    other = confirmed(city, 1, stage=Stage.SUBMITTED)[0]
    page = district.get(f"/review/{keys[2]}/?stage=confirmed").text
    assert "第1件 / 共3件" in words_on(page).replace("第1件  /", "第1件 /")
    status, where = sent(district, page, "preliminary", conclusion="registered")
    assert (status, where) == (302, f"/review/{keys[1]}/?stage=confirmed")
    page = district.get(where).text
    assert "初审，现在是“初审：注册合格”" in words_on(page)
    assert f"/review/{keys[2]}/?stage=confirmed" in html.unescape(page)  # the way back to it
    assert str(other) not in re.findall(r'data-step="\w+"[^>]*href="/review/(\d+)/', page)
    sent(district, page, "preliminary", conclusion="registered")
    status, where = sent(
        district, district.get(f"/review/{keys[0]}/?stage=confirmed").text, "preliminary", conclusion="registered"
    )
    assert (status, where) == (302, "/applications/?stage=confirmed")
    session.rollback()
    assert {session.get_one(Application, key).stage for key in keys} == {Stage.PRELIMINARY}


def test_the_list_is_walked_in_its_own_order_or_from_the_oldest(district: FlaskClient, city: City) -> None:
    keys = confirmed(city, 3)

    def steps(address: str) -> dict[str, str]:
        return dict(re.findall(r'data-step="(\w+)"[^>]*href="/review/(\d+)/', district.get(address).text))

    middle = f"/review/{keys[1]}/?stage=confirmed"
    assert steps(middle) == {"previous": str(keys[2]), "next": str(keys[0])}
    assert steps(f"{middle}&oldest=1") == {"previous": str(keys[0]), "next": str(keys[2])}
    assert steps(f"/review/{keys[0]}/?stage=confirmed") == {"previous": str(keys[1])}


def test_the_menu_leads_to_the_one_that_has_waited_longest(district: FlaskClient, city: City) -> None:
    assert "没有等待您审核的申请" in district.get("/review/").text
    keys = confirmed(city, 2)
    assert district.get("/review/").headers["Location"] == f"/review/{keys[0]}/?stage=confirmed&oldest=1"


def test_what_was_typed_is_kept_when_a_decision_does_not_go(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    page = district.get(f"/review/{key}/").text
    status, again = sent(district, page, "preliminary", conclusion="deferred", reason_code="D4")
    assert status == 422
    assert "请填写理由" in again
    status, again = sent(district, page, "preliminary", conclusion="registered", reason_code="D4", reason="学时")
    assert status == 422
    assert "原因代码与结论不符" in again
    assert ">学时</textarea>" in again.replace("\r\n", "")


def test_an_old_page_loses(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    page = district.get(f"/review/{key}/").text
    build.change(session.get_one(Application, key), address="新地址")
    session.commit()
    status, again = sent(district, page, "preliminary", conclusion="registered")
    assert status == 422
    assert "已被他人更改" in again


def test_four_eyes_are_told_before_anything_is_typed(app: Flask, city: City) -> None:
    [key] = confirmed(city)
    row = session.get_one(Application, key)
    build.change(row, bureau=row.bureau.parent, school=build.a_school(bureau=row.bureau.parent))
    build.change(row.campaign, publicity_days=0)
    session.commit()
    client = world.logged_in(app, city.staff[Role.CITY])
    assert sent(client, client.get(f"/review/{key}/").text, "preliminary", conclusion="registered")[0] == 302
    page = words_on(client.get(f"/review/{key}/").text)
    assert "复核须由他人办理" in page
    version = session.get_one(Application, key).version
    session.rollback()
    answer = client.post(f"/review/{key}/decide/agree", data={"agree-version": str(version)})
    assert answer.status_code == 422
    assert "复核须由他人办理" in answer.text


def test_it_is_sent_back_with_a_reason(app: Flask, city: City) -> None:
    [key] = confirmed(city, stage=Stage.PRELIMINARY)
    client = world.logged_in(app, city.staff[Role.CITY])
    page = client.get(f"/review/{key}/?stage=preliminary").text
    assert "公示尚未结束" in page
    assert sent(client, page, "send_back_review")[0] == 422
    assert sent(client, page, "send_back_review", reason="请核对学时")[0] == 302
    session.rollback()
    assert session.get_one(Application, key).stage is Stage.CONFIRMED
    assert "请核对学时" in words_on(client.get(f"/review/{key}/").text)


def test_showing_numbers_in_full_is_recorded(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    number = session.get_one(Application, key).person.id_number
    session.rollback()
    assert number not in district.get(f"/review/{key}/").text
    assert number in district.post(f"/review/{key}/reveal").text
    assert session.scalar(select(AuditEntry.row_id).where(AuditEntry.action == "reveal")) == key


def test_somebody_whom_the_district_entered_has_no_form(district: FlaskClient, city: City) -> None:
    """S23: a person who should have applied and did not."""
    [key] = confirmed(
        city, stage=Stage.PRELIMINARY, origin=Origin.IMPORT_UNAPPLIED, conclusion=Conclusion.DEFERRED, form_version=0,
        signed_version=0, major=None, address=None, mobile=None, ethnicity_code=None,
    )  # fmt: skip
    page = words_on(district.get(f"/review/{key}/").text)
    assert "应注册未报名导入" in page
    assert "没有申请表和材料" in page
    assert "系统建议" not in page
    assert "纸质材料" not in page
    assert "通讯地址" not in page


def test_reviews_of_others_do_not_exist(app: Flask, city: City) -> None:
    [key] = confirmed(city)
    there = world.a_city()
    stranger = world.logged_in(app, there.staff[Role.DISTRICT])
    for address in ("", "decide/preliminary", "hold", "lift", "assign", "write", "reveal"):
        answer = stranger.post(f"/review/{key}/{address}") if address else stranger.get(f"/review/{key}/")
        assert answer.status_code == 404, address
    own = world.logged_in(app, city.staff[Role.DISTRICT])
    for wanted in ("agree", "final", "confirm", "return", "nonsense"):
        assert own.post(f"/review/{key}/decide/{wanted}").status_code == 404, wanted
    for role in (Role.SCHOOL, Role.POINT, Role.SUPERUSER, Role.AUDITOR):
        assert world.logged_in(app, city.staff[role]).get(f"/review/{key}/").status_code == 404


def test_earlier_opinions_are_told_with_their_reasons(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    wish = Wish(conclusion=Conclusion.DEFERRED, reason="学时不足", reason_code="D4")
    workflow.move(key, "preliminary", by=actor(city, Role.DISTRICT), wish=wish)
    session.commit()
    page = words_on(district.get(f"/review/{key}/").text)
    assert re.search(r"初审 → 初审暂缓注册 .*D4 学时不足", page)
    assert "更改初审结论" in page


def test_the_page_asks_the_database_a_bounded_number_of_times(
    district: FlaskClient, city: City, database: Database
) -> None:
    """However much belongs to the application and however long the list is."""
    first, second = confirmed(city, 2)
    five_years(second)
    confirmed(city, 10)
    build.add(*(Message(application_id=second, body="x", sender="y", sent_at=clock.now()) for _ in range(20)))
    session.commit()
    asked = []
    for key in (first, second):
        session.remove()
        with counted(database) as statements:
            assert district.get(f"/review/{key}/?stage=confirmed").status_code == 200
        asked.append(len(statements))
    assert asked[1] <= asked[0] + 1
    assert max(asked) <= 60, asked


@pytest.mark.parametrize(("below", "chosen"), [(Conclusion.REGISTERED, ["registered"]), (Conclusion.DEFERRED, [])])
def test_nothing_is_chosen_against_the_conclusion_of_the_level_below(
    app: Flask, city: City, below: Conclusion, chosen: list[str]
) -> None:
    [key] = confirmed(city, stage=Stage.REVIEWED, conclusion=below)
    page = world.logged_in(app, city.staff[Role.PROVINCE]).get(f"/review/{key}/").text
    assert "系统建议：注册合格" in words_on(page)
    assert re.findall(r'<input[^>]*checked[^>]*name="final-conclusion"[^>]*value="(\w+)"', page) == chosen
