"""The check page of a school: one form for everything, nothing typed is lost, then the next teacher."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.db import session
from shared.models import Application
from shared.models.kinds import AssessmentGrade, EthicsGrade, RegistrationType, Role, Stage
from shared.rules.fields import FIELDS, Input
from tests import build
from tests.admin import world
from tests.admin.reviewing import counted, five_years, words_on
from tests.admin.world import City
from tests.conftest import Database


@pytest.fixture
def school(app: Flask, city: City) -> FlaskClient:
    return world.logged_in(app, city.staff[Role.SCHOOL])


def waiting(city: City, **fields: object) -> int:
    first = world.application_of(city)
    values = {"registration_type": RegistrationType.PERIODIC, "ethics": None, "stage": Stage.SUBMITTED} | fields
    stage = values.pop("stage")
    row = build.an_application(stage, campaign=first.campaign, point=first.point, school=first.school, **values)
    session.commit()
    return row.id


def filled(page: str, **values: str) -> dict[str, str]:
    """The form as it stands on the page, with `values` typed over it."""
    form = re.search(r'<form class="form sheetform".*?</form>', page, re.DOTALL)
    assert form, "no sheet on the page"
    data = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            data[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        data[name] = chosen[1] if chosen else ""
    assert set(values) - {"then", "reason"} <= set(data), sorted(data)
    return data | values


def five(**more: str) -> dict[str, str]:
    return {f"years-{n}-assessment": "qualified" for n in range(5)} | {
        f"years-{n}-training_hours": "72" for n in range(5)
    } | more  # fmt: skip


def row(key: int) -> Application:
    session.rollback()
    return session.get_one(Application, key)


def test_the_page_shows_every_field_and_the_five_years(school: FlaskClient, city: City) -> None:
    key = waiting(city)
    assert "系统建议" not in school.get(f"/roster/{key}/").text, "of nothing, nothing follows"
    build.change(session.get_one(Application, key), ethics=EthicsGrade.QUALIFIED)
    session.commit()
    page = school.get(f"/roster/{key}/").text
    words = words_on(page)
    assert [str(one.label) for one in FIELDS if one.input is not Input.PHOTO and str(one.label) not in words] == []
    this = row(key).campaign.year
    for year in range(this - 5, this):
        assert f'aria-label="{year}年培训学时"' in page
    assert "按已保存的内容，系统建议：" in words
    assert "材料不齐全" not in words, "the papers come after the school"


def test_saved_passed_and_on_to_the_next(school: FlaskClient, city: City) -> None:
    key, following = waiting(city), waiting(city)
    gap = {"breaks-0-begins_on": "2024-03-01", "breaks-0-ends_on": "2024-07-31", "breaks-0-reason": "产假"}
    data = filled(school.get(f"/roster/{key}/").text, **five(ethics="qualified", then="school_pass", **gap))
    answer = school.post(f"/roster/{key}/save", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/roster/{following}/")
    after = row(key)
    assert after.stage is Stage.SCHOOL_CHECKED
    assert [year.training_hours for year in after.years] == [72] * 5
    assert [(gap.reason, gap.approved) for gap in after.breaks] == [("产假", False)]
    assert "审校通过" in words_on(school.get(f"/roster/{following}/").text)


def test_a_wrong_cell_is_told_and_everything_typed_stays(school: FlaskClient, city: City) -> None:
    key = waiting(city)
    typed = {
        "years-0-training_hours": "七十", "years-1-assessment": "", "years-2-note": "借调期间由借入校考核",
        "breaks-1-begins_on": "2024-02-30", "breaks-1-reason": "病假",
    }  # fmt: skip
    data = filled(school.get(f"/roster/{key}/").text, **five(ethics="excellent", **typed))
    answer = school.post(f"/roster/{key}/save", data=data)
    assert answer.status_code == 422
    page = answer.text
    for text in ("七十", "借调期间由借入校考核", "2024-02-30", "病假"):
        assert f'value="{text}"' in page, text
    assert re.search(r'id="years-0-training_hours-error"><li>请填写数字', page)
    assert 'href="#breaks-1-begins_on"' in page
    assert f"请选择{row(key).campaign.year - 4}年的年度考核结果" in page, "all faults are told at once"
    assert row(key).years == []
    data = filled(page, **{"years-0-training_hours": "70", "breaks-1-begins_on": "", "breaks-1-reason": ""})
    answer = school.post(f"/roster/{key}/save", data=data)
    assert "请填写数字" not in answer.text
    data = filled(answer.text, **{"years-1-assessment": "excellent"})
    assert school.post(f"/roster/{key}/save", data=data).status_code == 302
    assert len(row(key).years) == 5


def test_the_second_of_two_is_told_what_the_first_did_and_loses_nothing(school: FlaskClient, city: City) -> None:
    key = waiting(city)
    opened = school.get(f"/roster/{key}/").text
    first = five(ethics="qualified")
    assert school.post(f"/roster/{key}/save", data=filled(opened, **first)).status_code == 302
    second = school.post(f"/roster/{key}/save", data=filled(opened, **five(ethics="basic")))
    assert second.status_code == 422
    assert "打开页面后这件申请已被他人更改" in second.text
    assert "年度考核与培训" in second.text
    assert row(key).ethics is EthicsGrade.QUALIFIED
    assert school.post(f"/roster/{key}/save", data=filled(second.text)).status_code == 302
    assert row(key).ethics is EthicsGrade.BASIC


def test_it_is_returned_with_a_reason(school: FlaskClient, city: City) -> None:
    key = waiting(city)
    page = school.get(f"/roster/{key}/").text
    refused = school.post(f"/roster/{key}/save", data=filled(page, then="return"))
    assert refused.status_code == 422
    assert "请填写理由" in refused.text
    data = filled(page, then="return", reason="学历与档案不符，请更正")
    assert school.post(f"/roster/{key}/save", data=data).status_code == 302
    assert row(key).stage is Stage.RETURNED
    listed = words_on(school.get("/roster/returned").text)
    assert "学历与档案不符，请更正" in listed


def test_the_own_application_is_somebody_elses(app: Flask, city: City) -> None:
    key = waiting(city)
    member = session.get_one(build.Staff, city.staff[Role.SCHOOL])
    build.change(member, id_number=row(key).person.id_number)
    session.commit()
    school = world.logged_in(app, member.id)
    page = school.get(f"/roster/{key}/").text
    assert "这是您本人的申请" in page
    assert "sheetform" not in page
    assert school.post(f"/roster/{key}/save", data={"then": "school_pass", "ethics": "excellent"}).status_code == 422
    assert row(key).stage is Stage.SUBMITTED
    assert school.get("/roster/next").headers["Location"].startswith(f"/roster/{city.application}/")


def test_what_was_accepted_can_only_be_read(school: FlaskClient, city: City) -> None:
    key = waiting(city, stage=Stage.CONFIRMED, ethics=EthicsGrade.EXCELLENT)
    five_years(key)
    page = school.get(f"/roster/{key}/").text
    assert "材料已确认受理" in page
    assert "sheetform" not in page
    assert str(AssessmentGrade.QUALIFIED.label) in words_on(page)


def test_a_closed_window_is_told_before_anything_is_typed(school: FlaskClient, city: City) -> None:
    first = world.application_of(city)
    closed = build.a_campaign(first.campaign.bureau, open_stages=())
    key = build.an_application(Stage.SUBMITTED, campaign=closed, point=first.point, school=first.school).id
    session.commit()
    page = school.get(f"/roster/{key}/").text
    assert "现在不能办理" in page
    assert 'value="school_pass"' not in page


def test_after_the_last_one_nothing_waits(school: FlaskClient, city: City) -> None:
    build.change(world.application_of(city), stage=Stage.SCHOOL_CHECKED)
    session.commit()
    assert "现在没有等待您审校的申请" in school.get("/roster/next").text


def test_the_page_asks_the_database_a_bounded_number_of_times(
    school: FlaskClient, city: City, database: Database
) -> None:
    asked = []
    for _round in range(2):
        key = waiting(city)
        for _more in range(5 * len(asked)):
            waiting(city)
        five_years(key)
        session.remove()
        with counted(database) as statements:
            assert school.get(f"/roster/{key}/").status_code == 200
        asked.append(len([one for one in statements if "SAVEPOINT" not in one]))
    assert asked[1] <= asked[0], asked
    assert asked[0] <= 45, asked
