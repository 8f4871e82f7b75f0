"""The start page of each role: what it shows, whose rows it counts, and with how few statements."""

import re

import pytest
from flask import Flask
from sqlalchemy import event

from shared.db import session
from shared.models.kinds import Role, Stage
from shared.rules.policy import STAFF_ROLES
from shared.services import exports, holds, workflow
from shared.services.exports import Order, Sheet
from shared.services.workflow import Wish
from shared.text import _
from tests import build
from tests.actors import officer
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database

MOST_STATEMENTS = 12


def start(app: Flask, city: City, role: Role) -> str:
    answer = world.logged_in(app, city.staff[role]).get("/")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("role", "stage"),
    [
        (Role.SCHOOL, Stage.SUBMITTED),
        (Role.POINT, Stage.SCHOOL_CHECKED),
        (Role.DISTRICT, Stage.CONFIRMED),
        (Role.CITY, Stage.PRELIMINARY),
        (Role.PROVINCE, Stage.REVIEWED),
    ],
)
def test_what_waits_is_counted_for_whoever_it_waits_for(app: Flask, city: City, role: Role, stage: Stage) -> None:
    build.change(world.application_of(city), stage=stage)
    elsewhere = world.a_city()
    build.change(world.application_of(elsewhere), stage=stage)
    page = start(app, city, role)
    assert "等您办理" in page
    assert f"状态为“{stage.label}”的申请" in page
    assert re.search(rf'stage={stage.value}">1件</a>', page)


def test_holds_and_assigned_cases_are_tiles_with_a_list_behind_them(app: Flask, city: City) -> None:
    application = world.application_of(city)
    build.change(application, stage=Stage.CONFIRMED)
    holds.place(application.id, "核实", by=officer(Role.DISTRICT, application))
    build.change(application, assigned_to_id=city.staff[Role.DISTRICT])
    number = application.registration_number
    client = world.logged_in(app, city.staff[Role.DISTRICT])
    page = client.get("/").text
    for name in ("held", "mine"):
        assert re.search(rf'/waiting/{name}/"><strong>1</strong>', page), name
        assert number in client.get(f"/waiting/{name}/").text, name
    assert "现在没有这样的申请" in client.get("/waiting/sent-back/").text
    assert client.get("/waiting/everything/").status_code == 404


def test_a_school_sees_what_came_back_and_opens_the_reasons(app: Flask, city: City) -> None:
    application = world.application_of(city)
    workflow.move(
        application.id, "return", by=build.an_actor(Role.SCHOOL, application.school), wish=Wish(reason="合同缺公章")
    )
    client = world.logged_in(app, city.staff[Role.SCHOOL])
    assert re.search(r'href="/roster/returned"><strong>1</strong> <span>退回的申请', client.get("/").text)
    assert "合同缺公章" in client.get("/roster/returned").text
    assert "退回的申请" not in start(app, city, Role.DISTRICT)


@pytest.mark.parametrize(
    ("role", "stage", "address"), [(Role.SCHOOL, Stage.SUBMITTED, "roster"), (Role.POINT, Stage.SCHOOL_CHECKED, "desk")]
)
def test_the_oldest_cases_open_where_they_are_worked_on(
    app: Flask, city: City, role: Role, stage: Stage, address: str
) -> None:
    build.change(world.application_of(city), stage=stage)
    assert f'href="/{address}/{city.application}/"' in start(app, city, role)


def test_a_city_begins_at_either_of_its_queues_and_with_its_own_schools(app: Flask, city: City) -> None:
    districts = world.application_of(city)
    build.change(districts, stage=Stage.CONFIRMED)
    bureau = districts.bureau.parent
    school = build.a_school(bureau=bureau)
    of_the_city = build.an_application(Stage.CONFIRMED, campaign=districts.campaign, school=school).id
    for_review = build.an_application(Stage.PRELIMINARY, campaign=districts.campaign, school=districts.school).id
    narrow, first = f"stage=confirmed&amp;bureau_id={bureau.id}", f"/review/{of_the_city}/?"
    session.commit()
    client = world.logged_in(app, city.staff[Role.CITY])
    page = client.get("/").text
    assert re.search(rf'{narrow}">1件</a>', page)
    assert 'href="/review/?stage=preliminary"' in page
    begun = client.get("/review/?stage=confirmed").headers["Location"]
    assert begun.startswith(first)
    assert "第1件 / 共1件" in client.get(begun).text
    assert client.get("/review/?stage=preliminary").headers["Location"].startswith(f"/review/{for_review}/?")


def test_the_auditor_reads_what_was_exported_in_words(app: Flask, city: City) -> None:
    order = Order("applications", "", ("name",), "csv")
    taken = Sheet("applications", _("定期注册申请"), [_("姓名")], iter(()), total=3)
    exports.record(order, taken, by=build.an_actor(Role.DISTRICT))
    page = start(app, city, Role.AUDITOR)
    assert "定期注册申请 · 3条" in page


def test_the_chart_says_its_figures_in_a_table(app: Flask, city: City) -> None:
    page = start(app, city, Role.PROVINCE)
    assert 'role="img"' in page
    assert "各单位的办理进度" in page
    assert 'style="' not in page
    assert re.search(r"<th scope=\"row\">合计</th>", page)


def test_keepers_see_requests_accounts_and_mails(app: Flask, city: City) -> None:
    superuser, auditor = start(app, city, Role.SUPERUSER), start(app, city, Role.AUDITOR)
    assert "新增申请" in superuser
    assert "尚未启用的账号" in superuser
    assert "发送失败的邮件" not in superuser
    assert "发送失败的邮件" in auditor
    assert "等您办理" not in superuser + auditor


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_start_page_takes_few_statements(app: Flask, city: City, database: Database, role: Role) -> None:
    for _one in range(5):
        build.an_application(Stage.CONFIRMED)
    client = world.logged_in(app, city.staff[role])
    client.get("/")
    said: list[str] = []

    def count(*arguments: object) -> None:
        if not str(arguments[2]).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            said.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", count)
    assert client.get("/").status_code == 200
    event.remove(database.engine, "before_cursor_execute", count)
    assert len(said) <= MOST_STATEMENTS, "\n".join(said)
