"""Statistics: each application in one column, and each number as large as the list that it leads to."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from shared.models import ReasonCode
from shared.models.kinds import Conclusion, Role, Stage
from shared.services import statistics
from tests import build
from tests.admin import world
from tests.admin.world import City


@pytest.fixture
def client(app: Flask, city: City) -> FlaskClient:
    """A district with applications of every column in two schools, and some of another district."""
    build.add(ReasonCode(code="D1", name="培训学时不足", conclusion=Conclusion.DEFERRED))
    first = world.application_of(city)
    schools = [first.school, build.a_school("第二小学", bureau=first.bureau)]
    for number, column in enumerate(statistics.COLUMNS):
        conclusion = column.conclusion or Conclusion.NONE
        more = {"reason_code": "D1"} if conclusion is Conclusion.DEFERRED else {}
        for _one in range(1 + number % 2):
            build.an_application(
                column.stage, campaign=first.campaign, school=schools[number % 2], conclusion=conclusion, **more
            )
    assert first.bureau is not None
    elsewhere = build.a_school(bureau=build.a_bureau("雨花台区教育局", parent=first.bureau.parent))
    build.an_application(Stage.SUBMITTED, campaign=first.campaign, school=elsewhere)
    return world.logged_in(app, city.staff[Role.DISTRICT])


def links(page: str) -> list[tuple[str, int]]:
    table = page.partition("<tbody>")[2]
    found = re.findall(r'<a href="(/applications/[^"]*)">([0-9,]+)</a>', table)
    return [(html.unescape(address), int(count.replace(",", ""))) for address, count in found]


def listed(client: FlaskClient, address: str) -> int:
    page = client.get(address).text
    found = re.search(r"共([0-9,]+)", re.sub(r"<[^>]+>", "", page))
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("dimension", [one.name for one in statistics.DIMENSIONS])
def test_each_number_leads_to_as_many_applications(client: FlaskClient, dimension: str) -> None:
    found = links(client.get(f"/statistics/?by={dimension}").text)
    assert len(found) > len(statistics.COLUMNS)
    for address, count in found:
        assert listed(client, address) == count, address


def test_the_columns_add_up_to_all(client: FlaskClient) -> None:
    sums = set()
    for dimension in statistics.DIMENSIONS:
        page = client.get(f"/statistics/?by={dimension.name}").text
        foot = [int(number) for number in re.findall(r">([0-9]+)<", page.partition("<tfoot>")[2].partition("</tr>")[0])]
        assert sum(foot[1:]) == foot[0]
        sums.add(foot[0])
    assert sums == {listed(client, "/applications/?view=all")}


def test_the_table_goes_out_as_a_workbook(client: FlaskClient) -> None:
    answer = client.post("/statistics/export?by=school_id", data={"file_format": "xlsx"})
    rows: list[Any] = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    heading, *lines, total = rows[1:]
    assert (heading[0], heading[-1], total[0]) == ("任教学校", "合计", "合计")
    assert total[-1] == sum(line[-1] for line in lines) == listed(client, "/applications/?view=all")


def test_columns_in_which_nobody_stands_are_left_out(app: Flask, city: City) -> None:
    page = world.logged_in(app, city.staff[Role.DISTRICT]).get("/statistics/").text  # one application, handed in
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert [word in head for word in ("已提交", "合计", "已初审", "已放弃")] == [True, True, False, False]


def test_a_school_counts_its_own(app: Flask, city: City) -> None:
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    page = school.get("/statistics/?by=school_id").text
    assert page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>") == 1
    assert school.get("/statistics/?campaign=999999").status_code == 404
