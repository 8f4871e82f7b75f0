"""The roster page: numbers that filter, a search, a file, and who may see which school."""

import csv
import re
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, RosterEntry
from shared.models.kinds import Conclusion, IdKind, Role, Stage
from tests import build
from tests.admin import world
from tests.admin.reviewing import counted, words_on
from tests.admin.world import City
from tests.conftest import Database


@pytest.fixture
def school(app: Flask, city: City) -> FlaskClient:
    return world.logged_in(app, city.staff[Role.SCHOOL])


def listed(city: City, name: str) -> RosterEntry:
    first = world.application_of(city)
    return build.add(
        RosterEntry(
            campaign_id=first.campaign_id,
            school_id=first.school_id,
            id_kind=IdKind.RESIDENT,
            id_number=build.an_id_number(),
            name=name,
        )
    )


def applied(city: City, stage: Stage, name: str, **fields: object) -> int:
    first = world.application_of(city)
    row = build.an_application(
        stage, person=build.a_person(name), campaign=first.campaign, point=first.point, school=first.school, **fields
    )
    return row.id


def rows_in(page: str) -> list[str]:
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert body
    return [words_on(row).strip() for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)]


def test_the_page_shows_who_is_missing_and_who_came_unlisted(school: FlaskClient, city: City) -> None:
    listed(city, "赵没来")
    session.commit()
    lines = rows_in(school.get("/roster/").text)
    assert [line.split()[0] for line in lines] == ["李四", "赵没来", "王晓燕"]
    assert all("未报名" in line for line in lines[:2])
    assert "不在底册" in lines[2]
    assert "待审校" in lines[2]
    assert "重设密码" in lines[2]
    assert "重设密码" not in lines[0]


def test_a_number_on_top_narrows_the_list(school: FlaskClient, city: City) -> None:
    applied(city, Stage.RETURNED, "钱退回")
    session.commit()
    page = school.get("/roster/").text
    address = re.search(r'href="([^"]*group=returned[^"]*)"', page)
    assert address
    narrowed = school.get(address[1].replace("&amp;", "&")).text
    assert [line.split()[0] for line in rows_in(narrowed)] == ["钱退回"]
    assert re.search(r'group=returned"[^>]*aria-current="true"', narrowed)
    assert "现在没有这样的教师" in school.get("/roster/?group=elsewhere").text


def test_a_conclusion_is_marked_as_in_every_other_list(school: FlaskClient, city: City) -> None:
    build.change(world.application_of(city), stage=Stage.PRELIMINARY, conclusion=Conclusion.REFUSED)
    session.commit()
    assert '<span class="badge preliminary refused">初审不合格</span>' in school.get("/roster/").text


def test_a_search_keeps_the_group_and_hides_the_number(school: FlaskClient, city: City) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    answer = school.post("/roster/find?group=waiting", data={"q": number})
    assert answer.status_code == 302
    where = answer.headers["Location"]
    assert number not in where
    assert "group=waiting" in where
    page = school.get(where).text
    assert [line.split()[0] for line in rows_in(page)] == ["王晓燕"]
    assert number not in page
    assert "没有找到" in school.get("/roster/?q=某某").text


def test_without_a_list_nobody_is_called_missing(school: FlaskClient, city: City) -> None:
    for entry in session.scalars(select(RosterEntry)):
        build.remove(entry)
    session.commit()
    page = school.get("/roster/").text
    assert "还没有导入本校的应注册人员底册" in page
    assert "不在底册</span>" not in page
    assert len(rows_in(page)) == 1


def test_the_file_is_masked_harmless_and_on_record(school: FlaskClient, city: City) -> None:
    entry = listed(city, "=1+1")
    number = entry.id_number
    session.commit()
    answer = school.post("/roster/export?group=missing", data={"file_format": "csv"})
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line[0] for line in lines[1:]] == ["李四", "'=1+1"]
    assert number not in answer.text
    assert lines[2][1].endswith(number[-4:])
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (audited.table_name, audited.changes["rows"]) == ("roster_entries", [None, "2"])
    assert audited.changes["personal"] == [None, "个人信息已遮盖"]


def test_a_bureau_chooses_one_of_its_schools_and_only_reads(app: Flask, city: City) -> None:
    other = world.a_city()
    district = world.logged_in(app, city.staff[Role.DISTRICT])
    here, there = city.rows["schools"], other.rows["schools"]
    chooser = district.get("/roster/").text
    assert f"school={here}" in chooser
    assert f"school={there}" not in chooser
    page = district.get(f"/roster/?school={here}").text
    assert len(rows_in(page)) == 2
    assert "/roster/next" not in page
    assert district.post(f"/roster/export?school={here}").status_code == 200
    for address in (f"/roster/?school={there}", f"/roster/?school={here}&campaign=999999"):
        assert district.get(address).status_code == 404
    assert district.post(f"/roster/export?school={there}").status_code == 404


def test_a_school_sees_no_other_school(school: FlaskClient, app: Flask, city: City) -> None:
    other = world.a_city()
    for address in (f"/roster/?school={other.rows['schools']}", f"/roster/?campaign={other.rows['campaigns']}"):
        assert school.get(address).status_code == 404
    neighbour = build.a_school(bureau=world.application_of(city).bureau)
    session.commit()
    assert school.get(f"/roster/?school={neighbour.id}").status_code == 404
    assert world.logged_in(app, city.staff[Role.POINT]).get("/roster/").status_code == 404


def test_the_page_asks_the_database_a_bounded_number_of_times(
    school: FlaskClient, city: City, database: Database
) -> None:
    asked = []
    for more in (0, 30):
        for index in range(more):
            listed(city, f"甲{index}")
            applied(city, Stage.SUBMITTED, f"乙{index}")
        session.commit()
        session.remove()
        with counted(database) as statements:
            assert school.get("/roster/").status_code == 200
        asked.append(len([one for one in statements if "SAVEPOINT" not in one]))
    assert asked[0] == asked[1] <= 15, asked
