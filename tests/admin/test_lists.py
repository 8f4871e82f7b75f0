"""Lists in the hand of those who work with them: filters, pages, kept views, full numbers, all that match."""

import html
import re
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.views import rows
from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Batch, CalendarDay, Staff
from shared.models.kinds import RevealReason, Role, Stage
from shared.rules.rights import Actor
from shared.services import access, exports
from shared.services.errors import NotYours
from tests import build
from tests.admin import world
from tests.admin.exporting import ordered
from tests.admin.world import City

LIST = "/applications/"


def keys(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<tr data-id="(\d+)"', page)]


def found(client: FlaskClient, query: str) -> list[int]:
    """The rows of a list, in the order of their keys."""
    return sorted(keys(client.get(f"{LIST}?{query}").text))


def more(city: City, count: int) -> list[int]:
    """Further applications beside the city's own."""
    first = world.application_of(city)
    beside = {"campaign": first.campaign, "point": first.point, "school": first.school}
    made = [build.an_application(Stage.SUBMITTED, **beside).id for _ in range(count)]
    session.commit()
    return made


def actor(key: int) -> Actor:
    return access.actor_of_staff(session.get_one(Staff, key))


def set_to(key: int, **values: object) -> None:
    build.change(session.get_one(Application, key), **values)
    session.commit()


# What an address asks for.


def test_a_day_holds_its_moments_from_midnight_to_midnight(district: FlaskClient, city: City) -> None:
    zone = clock.local(clock.now()).tzinfo
    first, second, third = more(city, 3)
    for key, moment in (
        (first, datetime(2026, 3, 1, 0, 0, tzinfo=zone)),
        (second, datetime(2026, 3, 1, 23, 59, 59, tzinfo=zone)),
        (third, datetime(2026, 3, 2, 0, 0, tzinfo=zone)),
    ):
        set_to(key, submitted_at=moment)
    assert found(district, "submitted_at.from=2026-03-01&submitted_at.to=2026-03-01") == [first, second]
    assert found(district, "submitted_at.from=2026-03-02&submitted_at.to=2026-03-31") == [third]
    assert found(district, "submitted_at.to=2026-02-28") == []


def test_empty_not_empty_and_not_one_of(district: FlaskClient, city: City) -> None:
    first, second = more(city, 2)
    set_to(second, submitted_at=None)
    everything = found(district, "")
    assert found(district, "submitted_at.empty=1") == [second]
    assert found(district, "submitted_at.empty=0") == [key for key in everything if key != second]
    set_to(first, stage=Stage.CONFIRMED)
    assert found(district, "stage.not=submitted&stage.not=returned") == [first]
    assert "状态：不是已提交" in district.get(f"{LIST}?stage.not=submitted").text


def test_conditions_hold_together_or_any_of_them(district: FlaskClient, city: City) -> None:
    first, second, third = more(city, 3)
    set_to(first, stage=Stage.CONFIRMED)
    set_to(second, submitted_at=None)
    both = "stage=confirmed&submitted_at.empty=1"
    assert found(district, both) == []
    assert found(district, f"{both}&match=any") == [first, second]
    page = district.get(f"{LIST}?{both}&match=any").text
    assert "满足任意一项" in page
    assert third not in keys(page)


def test_a_condition_goes_with_one_click_and_the_others_stay(district: FlaskClient, city: City) -> None:
    page = html.unescape(district.get(f"{LIST}?stage=submitted&stage=confirmed&sort=name&page=1").text)
    link = re.search(r'href="([^"]+)" aria-label="去掉条件：状态：已提交"', page)
    assert link is not None
    assert parse_qs(urlsplit(link[1]).query) == {"stage": ["confirmed"], "sort": ["name"]}


def test_what_cannot_be_read_is_told_and_neither_decided_nor_exported(district: FlaskClient, city: City) -> None:
    wrong = "stage=nonsense&submitted_at.from=gestern"
    page = district.get(f"{LIST}?{wrong}").text
    assert "有的条件没有起作用" in page
    assert "“gestern”不是日期" in page
    assert keys(page) == [city.application]
    assert ordered(district, "applications", ["name"], rows="filtered", query=wrong).status_code == 409
    chosen = {"move": "disqualify", "all": "1", "query": wrong}
    assert "这一项，请重新选择" in district.post(f"{LIST}action/", data=chosen, follow_redirects=True).text
    assert session.scalar(select(Batch.id).where(Batch.move == "disqualify")) is None


def test_the_panel_makes_the_address_that_people_read(district: FlaskClient, city: City) -> None:
    form = {
        "stage": ["submitted", "confirmed"],
        "conclusion": ["registered"],
        "conclusion.mode": "not",
        "submitted_at.from": "2026-03-01",
        "point_id.empty": "1",
        "match": "any",
        "column": ["registration_number", "name", "stage"],
        "sort": "name",
        "size": "50",
    }
    answer = district.post(f"{LIST}find/", data=form)
    assert parse_qs(urlsplit(answer.location).query) == {
        "stage": ["submitted", "confirmed"],
        "conclusion.not": ["registered"],
        "point_id.empty": ["1"],
        "submitted_at.from": ["2026-03-01"],
        "match": ["any"],
        "columns": ["registration_number,name,stage"],
        "sort": ["name"],
        "size": ["50"],
    }
    page = district.get(answer.location).text
    assert re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([^<\s]+)", page)[:3] == ["报名号", "姓名", "状态"]


def test_a_filter_with_one_answer_asks_nothing_else(district: FlaskClient, city: City) -> None:
    page = district.get(LIST).text
    assert 'name="held"' in page
    assert 'name="held.mode"' not in page
    assert 'name="assigned.mode"' in page


@pytest.mark.parametrize("table", ["events", "assessment-years", "teaching-breaks", "revocation-requests"])
def test_what_belongs_to_an_application_leads_to_it(district: FlaskClient, city: City, table: str) -> None:
    application = world.application_of(city)
    assert f'<a href="/applications/details/?id={application.id}">{application}</a>' in district.get(f"/{table}/").text


def test_the_column_that_opens_a_row_cannot_be_chosen_away(district: FlaskClient, city: City) -> None:
    page = district.get(f"{LIST}?columns=stage,nonsense,stage").text
    heads = re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([^<\s]+)", page)
    assert heads == ["报名号", "状态"]


def test_everybody_begins_with_the_columns_that_differ(app: Flask, city: City) -> None:
    def heads(role: Role) -> set[str]:
        page = world.logged_in(app, city.staff[role]).get(LIST).text
        return set(re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([^<\s]+)", page))

    assert "注册机构" in heads(Role.PROVINCE)
    assert "确认点" not in heads(Role.PROVINCE)
    assert "确认点" in heads(Role.DISTRICT)
    assert "注册机构" not in heads(Role.DISTRICT)
    assert not {"注册机构", "现任教学校"} & heads(Role.SCHOOL)


# A personal number never stands in an address.


def test_a_number_is_searched_for_under_a_seal(app: Flask, district: FlaskClient, city: City) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    answer = district.post(f"{LIST}find/", data={"q": f" {number} "})
    assert number not in unquote(answer.location)
    assert "q=~" in answer.location
    page = district.get(answer.location).text
    assert keys(page) == [city.application]
    assert number not in page
    typed = district.get(f"{LIST}?q={number}&stage=submitted")
    assert typed.status_code == 302
    assert number not in unquote(typed.location)
    assert "stage=submitted" in typed.location
    other = world.logged_in(app, city.staff[Role.CITY]).get(answer.location).text
    assert "查找内容已失效" in other
    assert number not in other


def test_a_sealed_search_stays_while_a_filter_is_set(district: FlaskClient, city: City) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    sealed = parse_qs(urlsplit(district.post(f"{LIST}find/", data={"q": number}).location).query)["q"][0]
    answer = district.post(f"{LIST}find/", data={"q": "", "kept": sealed, "stage": ["submitted"]})
    assert keys(district.get(answer.location).text) == [city.application]
    again = district.post(f"{LIST}find/", data={"q": "张", "kept": sealed})
    assert "~" not in unquote(again.location)


# Pages.


def test_a_page_far_behind_and_the_last_one_are_reached_in_order(
    district: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a million rows: beyond the cap nothing is counted, and the rows are walked."""
    few = {"MOST_COUNTED": 6, "PAGE_SIZES": (2, 50, 100), "MOST_SKIPPED": 12}
    every = sorted([city.application, *more(city, 14)], reverse=True)  # the newest first
    for name, value in few.items():
        monkeypatch.setattr(rows, name, value)
    for number in (1, 2, 5, 6):
        page = district.get(f"{LIST}?page={number}").text
        assert keys(page) == every[number * 2 - 2 : number * 2], number
        assert "10,000条以上" in page
    assert keys(district.get(f"{LIST}?page=999999").text) == every[10:12]  # as far as pages are turned
    assert keys(district.get(f"{LIST}?page=last").text) == every[-2:]
    assert keys(district.get(f"{LIST}?page=last&sort=registration_number").text) == sorted(every)[-2:]


def test_both_ways_to_a_page_give_the_same_rows(
    district: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found and sorted where they are few, walked to where they are many."""
    more(city, 9)
    monkeypatch.setattr(rows, "PAGE_SIZES", (3, 50, 100))
    address = f"{LIST}?sort=submitted_at&stage=submitted"
    few = [keys(district.get(f"{address}&page={number}").text) for number in (1, 2, 3, 4)]
    assert [len(page) for page in few] == [3, 3, 3, 1]
    monkeypatch.setattr(rows, "MOST_COUNTED", 5)
    assert [keys(district.get(f"{address}&page={number}").text) for number in (1, 2, 3, 4)] == few
    beyond = district.get(f"{address}&page=1000").text
    assert len(keys(beyond)) == 3
    assert "末页" in beyond


# Full numbers.


def test_a_number_is_shown_in_the_list_after_a_reason(district: FlaskClient, city: City) -> None:
    [beside] = more(city, 1)
    number = world.person_of(city).id_number
    other = session.get_one(Application, beside).person.id_number
    session.rollback()
    query = "stage=submitted&sort=name"
    page = html.unescape(district.get(f"{LIST}?{query}").text)
    link = f"{LIST}{city.application}/reveal?query=stage%3Dsubmitted%26sort%3Dname#row-{city.application}"
    assert f'href="{link}"' in page
    asked = district.get(link)
    assert asked.status_code == 200
    assert number not in asked.text
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "reveal")) is None
    shown = district.post(f"{LIST}{city.application}/reveal", data={"query": query, "reason": "papers"}).text
    assert number in shown
    assert other not in shown
    assert keys(shown) == keys(page)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal")).one()
    assert (entry.row_id, entry.changes) == (city.application, {"reason": [None, "核对证件、证书"]})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "请选择查看理由"),
        ({"reason": "curiosity"}, "请从列表中选择"),
        ({"reason": "other"}, "请说明为什么"),
        ({"reason": "other", "note": " "}, "请说明为什么"),
    ],
)
def test_without_a_reason_nothing_is_shown(district: FlaskClient, city: City, data: dict[str, str], told: str) -> None:
    number = world.person_of(city).id_number
    session.rollback()
    answer = district.post(f"{LIST}{city.application}/reveal", data={"query": "", **data})
    assert answer.status_code == 422
    assert told in answer.text
    assert number not in answer.text
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "reveal")) is None


def test_any_other_reason_is_written_down(district: FlaskClient, city: City) -> None:
    data = {"reason": "other", "note": "公安机关来函查询"}
    assert district.post(f"{LIST}{city.application}/reveal", data=data).status_code == 200
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal")).one()
    assert entry.changes == {"reason": [None, "其他（请说明）：公安机关来函查询"]}


def test_who_has_no_grant_is_shown_nothing(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    mine, foreign = city.application, elsewhere.application
    for role, address in (
        (Role.SCHOOL, f"/applications/{mine}"),
        (Role.SUPERUSER, f"/applications/{mine}"),
        (Role.AUDITOR, f"/applications/{mine}"),
        (Role.DISTRICT, f"/applications/{foreign}"),
        (Role.SUPERUSER, f"/people/{city.rows['people']}"),
        (Role.PROVINCE, f"/roster-entries/{city.rows['roster_entries']}"),
        (Role.SUPERUSER, f"/schools/{city.rows['schools']}"),
    ):
        client = world.logged_in(app, city.staff[role])
        assert client.get(f"{address}/reveal?query=").status_code == 404, (role, address)
        assert client.post(f"{address}/reveal", data={"query": "", "reason": "papers"}).status_code == 404
        table = address.rpartition("/")[0]
        if address != f"/applications/{foreign}":
            assert "/reveal" not in client.get(f"{table}/?view=all").text, (role, address)
    by = actor(city.staff[Role.AUDITOR])
    with pytest.raises(NotYours):
        exports.reveal(Application, mine, by=by, reason=RevealReason.PAPERS)
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "reveal")) is None


# All that match, and nothing.


def test_all_that_match_are_offered_with_their_number(
    district: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(city, 24)
    page = district.get(f"{LIST}?stage=submitted").text
    assert "选择全部符合条件的25条" in page
    assert len(keys(page)) == 20
    assert "选择全部" not in district.get(f"{LIST}?stage=submitted&size=50").text
    monkeypatch.setattr(rows, "MOST_COUNTED", 22)
    assert "选择全部符合条件的10,000条以上" in district.get(f"{LIST}?stage=submitted").text


def test_an_empty_list_says_what_to_do(app: Flask, district: FlaskClient, city: City) -> None:
    page = district.get(f"{LIST}?stage=revoked&sort=name").text
    assert "没有符合条件的记录" in page
    assert re.search(r'href="/applications/\?sort=name">清除全部条件', page)
    keeper = world.logged_in(app, city.staff[Role.SUPERUSER])
    build.remove(session.get_one(CalendarDay, city.rows["calendar_days"]))
    session.commit()
    assert session.scalar(select(CalendarDay.id)) is None
    assert "还没有记录。点“新增”添加第一条" in keeper.get("/calendar-days/?view=all").text
    key = build.staff(Role.POINT, build.a_point()).id
    session.commit()
    assert "您的范围内还没有记录" in world.logged_in(app, key).get(f"{LIST}?view=all").text
