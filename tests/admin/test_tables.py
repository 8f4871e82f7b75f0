"""What every generated table does: find, filter, hide, write through verbs, tell in sentences."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from admin.views import rows
from shared.db import session
from shared.models import AuditEntry, Bureau, School, Staff, Window
from shared.models.kinds import EntryStatus, Role, SchoolNature
from tests import build
from tests.admin import world
from tests.admin.world import City


def names(page: str) -> list[str]:
    """The second cells of the list's rows."""
    found = re.findall(r"<tr data-id=.*?</tr>", page, flags=re.DOTALL)
    return [re.sub(r"<[^>]+>|✎", " ", row).split()[1] for row in found]


def a_named_school(city: City, *titles: str) -> list[int]:
    bureau = session.scalar(select(School).where(School.id == city.rows["schools"])).bureau  # type: ignore[union-attr]
    keys = [build.a_school(title, bureau=bureau, nature=SchoolNature.PUBLIC_PRIMARY).id for title in titles]
    session.commit()
    return keys


def test_a_search_finds_by_the_beginning_and_by_the_code(app: Flask, city: City) -> None:
    a_named_school(city, "琅琊路小学", "琅琊路小学分校", "拉萨路小学")
    code = session.scalar(select(School.code).where(School.name == "拉萨路小学"))
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert names(client.get("/schools/?q=琅琊路").text) == ["琅琊路小学", "琅琊路小学分校"]
    assert names(client.get(f"/schools/?q={code}").text) == ["拉萨路小学"]
    assert names(client.get("/schools/?q=%").text) == []
    assert "没有符合条件的记录" in client.get("/schools/?q=没有这所").text


def test_filters_stand_in_the_address_by_name_and_may_be_several(app: Flask, city: City) -> None:
    a_named_school(city, "琅琊路小学")
    build.a_school("停办小学", status=EntryStatus.RETIRED, nature=SchoolNature.PRIVATE_PRIMARY)
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert names(client.get("/schools/?status=retired").text) == ["停办小学"]
    both = client.get("/schools/?nature=public_primary&nature=private_primary").text
    assert names(both) == ["琅琊路小学", "停办小学"]
    for address in ("/schools/?status=nonsense", "/schools/?bureau_id=99999999999999"):
        page = client.get(address).text
        assert "这一项，请重新选择" in page
        assert len(names(page)) == 3  # what cannot be read drops no row


def test_dates_are_filtered_from_and_to(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert "2030" in client.get("/calendar-days/?day.from=2030-01-01").text
    assert "没有符合条件" in client.get("/calendar-days/?day.to=1999-01-01").text
    assert "“someday”不是日期" in client.get("/calendar-days/?day.from=someday").text


def test_a_page_is_20_50_or_100_rows_and_the_order_is_stable(app: Flask, city: City) -> None:
    a_named_school(city, *["同名小学"] * 30)
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    first, second = (client.get(f"/schools/?q=同名&sort=name&page={page}").text for page in (1, 2))
    keys = [int(key) for page in (first, second) for key in re.findall(r'<tr data-id="(\d+)"', page)]
    assert len(keys) == 30
    assert keys == sorted(keys)
    assert len(names(client.get("/schools/?q=同名&size=9999").text)) == 20
    assert len(names(client.get("/schools/?q=同名&size=50").text)) == 30
    assert client.get("/schools/?page=999999&sort=password_hash&desc=x").status_code == 200


def test_beyond_the_cap_the_list_says_so(app: Flask, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_COUNTED", 20)
    a_named_school(city, *["同名小学"] * 30)
    page = world.logged_in(app, city.staff[Role.SUPERUSER]).get("/schools/").text
    assert "10,000条以上" in page
    assert "第1页，共" not in page
    assert "下一页" in page


def test_personal_values_are_hidden_in_lists_and_pages(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    person = world.person_of(city)
    number, email = person.id_number, person.email
    searched = client.get(f"/people/?q={number}").location.partition("q=")[2]
    assert number not in searched
    for address in (
        "/applications/",
        f"/applications/details/?id={city.application}",
        f"/people/?q={searched}",
        f"/people/details/?id={city.rows['people']}",
    ):
        page = client.get(address).text
        assert number not in page
        assert email not in page
    assert f"{number[:6]}********{number[-4:]}" in client.get("/people/").text


def test_a_phone_number_is_never_sent_to_the_form(app: Flask, city: City) -> None:
    row = build.change(session.get_one(Staff, city.rows["staff"]), mobile="13812345678")
    key, version = row.id, row.version
    session.commit()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert "13812345678" not in client.get(f"/staff/edit/?id={key}").text
    data = {"version": str(version), "name": "新名", "role": "city", "active": "y"}
    data["bureau_id"] = str(session.get_one(Staff, key).bureau_id)
    session.rollback()
    assert client.post(f"/staff/edit/?id={key}", data=data).status_code == 302
    assert session.get_one(Staff, key).mobile == "13812345678"
    assert session.get_one(Staff, key).name == "新名"


def test_a_new_row_is_written_with_its_author_in_the_audit(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"code": "S-NEW", "name": "新学校", "bureau_id": str(city.rows["bureaus"]), "status": "active"}
    assert client.post("/schools/new/", data=data).status_code == 302
    school = session.scalar(select(School).where(School.code == "S-NEW"))
    assert school is not None
    entry = session.scalar(select(AuditEntry).where(AuditEntry.table_name == "schools", AuditEntry.row_id == school.id))
    assert entry is not None
    assert entry.actor_id == city.staff[Role.SUPERUSER]


def test_a_code_that_is_taken_gets_a_sentence_and_keeps_what_was_typed(app: Flask, city: City) -> None:
    code = session.get_one(School, city.rows["schools"]).code
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"code": code, "name": "又一所", "bureau_id": str(city.rows["bureaus"]), "status": "active"}
    answer = client.post("/schools/new/", data=data)
    assert answer.status_code == 422
    assert "与已有记录重复" in answer.text
    assert "又一所" in answer.text
    assert "IntegrityError" not in answer.text


def test_a_row_cannot_be_put_into_another_city(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"code": "S-FAR", "name": "外地学校", "bureau_id": str(elsewhere.rows["bureaus"]), "status": "active"}
    answer = client.post("/schools/new/", data=data)
    assert answer.status_code == 422
    assert "不在您的管理范围内" in answer.text
    assert "外地学校" in answer.text, "what was typed is still there"
    assert session.scalar(select(School).where(School.code == "S-FAR")) is None


def test_one_value_is_changed_in_the_list(app: Flask, city: City) -> None:
    school = session.get_one(School, city.rows["schools"])
    data = {"id": str(school.id), "version": str(school.version), "name": "status", "value": "retired"}
    session.rollback()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    answer = client.post("/schools/ajax/update/", data=data)
    assert answer.json is not None
    assert answer.json["text"] == "已停用"
    assert answer.json["version"] == int(data["version"]) + 1
    assert client.post("/schools/ajax/update/", data=data).status_code == 409
    assert client.post("/schools/ajax/update/", data=data | {"value": "nonsense"}).status_code == 422
    assert client.post("/schools/ajax/update/", data=data | {"name": "bureau_id"}).status_code == 404


def test_deleting_asks_first_on_a_page_of_its_own(app: Flask, city: City) -> None:
    window = session.get_one(Window, city.rows["windows"])
    key, version = window.id, window.version
    session.rollback()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert "确定要删除吗" in client.get(f"/windows/delete/?id={key}").text
    assert session.get(Window, key) is not None
    session.rollback()
    assert client.post("/windows/delete/", data={"id": str(key), "version": str(version)}).status_code == 302
    assert session.get(Window, key) is None


def test_a_list_is_looked_up_by_typing_and_stays_in_scope(app: Flask, city: City) -> None:
    a_named_school(city, "琅琊路小学")
    world.a_city()
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    found = client.get("/staff/ajax/lookup/?name=school_id&query=琅琊").json
    assert [label for _key, label in found or []] == ["琅琊路小学"]
    campaigns = client.get("/publicities/ajax/lookup/?name=campaign_id&query=").json
    assert [key for key, _label in campaigns or []] == [city.rows["campaigns"]]
    assert client.get("/staff/ajax/lookup/?name=password_hash&query=").status_code == 404


def test_a_typed_name_does_without_script(app: Flask, city: City) -> None:
    bureau = session.get_one(School, city.rows["schools"]).bureau.name
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    data = {"code": "S-TYPED", "name": "无脚本小学", "bureau_id": "", "status": "active"}
    wrong = client.post("/schools/new/", data=data | {"bureau_id-text": "没有这个局"})
    assert "没有找到“没有这个局”" in wrong.text
    assert 'value="没有这个局"' in wrong.text
    assert client.post("/schools/new/", data=data | {"bureau_id-text": bureau}).status_code == 302


def test_the_audit_is_filtered_by_what_was_done_to_which_table(app: Flask, city: City) -> None:
    page = world.logged_in(app, city.staff[Role.AUDITOR]).get("/audit-entries/?table_name=schools&action=insert").text
    assert 'name="table_name" value="schools" checked> 任教学校' in page
    assert 'name="action" value="insert" checked> 新增' in page
    assert names(page)


def test_what_is_retired_is_not_named_anew_and_stays_where_it_is_named(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    bureau, school = city.rows["bureaus"], session.get_one(School, city.rows["schools"])
    name, code = session.get_one(Bureau, bureau).name, school.code
    build.change(session.get_one(Bureau, bureau), status=EntryStatus.RETIRED)
    row = session.get_one(School, city.rows["schools"])
    kept = {"version": str(row.version), "name": "改名小学", "nature": row.nature.value, "status": "active"}
    session.commit()
    assert [bureau, name] not in client.get(f"/schools/ajax/lookup/?name=bureau_id&query={name}").json
    assert [bureau, name] in client.get(f"/schools/ajax/lookup/?name=bureau_id&query={name}&filter=1").json
    found = client.post("/schools/find/", data={"bureau_id.add-text": name}).headers["Location"]
    assert f"bureau_id={bureau}" in found, "a list is narrowed to what is there, in use or not"
    new = {"code": "S-NEW", "name": "新小学", "nature": kept["nature"], "status": "active", "bureau_id": str(bureau)}
    refused = client.post("/schools/new/", data=new)
    assert refused.status_code == 422
    assert f"“{name}”已停用" in refused.text
    key = city.rows["schools"]
    assert client.post(f"/schools/edit/?id={key}", data=kept | {"code": code, "bureau_id": bureau}).status_code == 302
    session.expire_all()
    assert session.get_one(School, key).name == "改名小学"
