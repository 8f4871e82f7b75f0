"""The pages on which superusers keep reference data, and that nobody reaches a foreign row through them."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Authority, CalendarDay, Material, NoticeText, PointSchool, School, Subject
from shared.models.kinds import EntryStatus, Role
from tests import build
from tests.admin import world
from tests.admin.world import City


def test_a_foreign_row_has_none_of_these_pages(keeper: FlaskClient, app: Flask, city: City) -> None:
    there = world.a_city()
    pages = {
        "/bureaus/move/?id={bureaus}": True,
        "/confirmation-points/schools/?id={confirmation_points}": True,
        "/schools/retire/?id={schools}": True,
        "/materials/order/?campaign={campaigns}": True,
        "/authorities/rename/?id={authorities}": False,  # the same for everybody
        "/notice-texts/preview/?id={notice_texts}": False,
    }
    district = world.logged_in(app, city.staff[Role.DISTRICT])
    for page, is_mine in pages.items():
        assert keeper.get(page.format(**city.rows)).status_code == 200, page
        assert district.get(page.format(**city.rows)).status_code == 404, page
        assert keeper.get(page.format(**there.rows)).status_code == (404 if is_mine else 200), page
    posts = {
        "/bureaus/move/?id={bureaus}": {},
        "/confirmation-points/schools/": {"id": "{confirmation_points}", "do": "serve"},
        "/schools/retire/": {"id": "{schools}", "version": "1"},
        "/materials/order/": {"campaign": "{campaigns}", "do": "up", "key": "{materials}"},
    }
    for page, data in posts.items():
        sent = {name: value.format(**there.rows) for name, value in data.items()}
        assert keeper.post(page.format(**there.rows), data=sent).status_code == 404, page


def test_a_row_in_use_is_retired_and_restored(keeper: FlaskClient, city: City) -> None:
    key = city.rows["schools"]
    page = keeper.get(f"/schools/retire/?id={key}").text
    assert "正在引用它的记录" in page
    version = session.get_one(School, key).version
    session.rollback()
    assert keeper.post("/schools/retire/", data={"id": key, "version": 99}).status_code == 409
    assert keeper.post("/schools/retire/", data={"id": key, "version": version}).status_code == 302
    session.expire_all()
    assert session.get_one(School, key).status is EntryStatus.RETIRED
    assert "恢复使用" in keeper.get(f"/schools/retire/?id={key}").text
    assert keeper.post("/schools/retire/", data={"id": key, "version": version + 1}).status_code == 302
    session.expire_all()
    assert session.get_one(School, key).status is EntryStatus.ACTIVE


def test_where_a_subject_is_used_and_for_whom_is_said_in_words(keeper: FlaskClient, city: City) -> None:
    subject = build.add(Subject(code="T9", name="劳动", qualification_types="2;3", teachable=True))
    application = world.application_of(city)
    build.change(application, certificate_subject_code="T9")
    build.a_certificate(application)
    key = subject.id
    session.commit()
    page = keeper.get(f"/subjects/retire/?id={key}").text
    assert "<td>定期注册申请</td><td>证书任教学科</td><td>1</td>" in page
    assert "<td>证书信息库</td>" in page
    assert "小学教师资格、初级中学教师资格" in keeper.get("/subjects/?q=T9").text


def test_a_published_notice_leads_to_the_next_edition(keeper: FlaskClient, city: City) -> None:
    key = city.rows["notice_texts"]
    assert keeper.get(f"/notice-texts/edit/?id={key}").status_code == 200
    build.change(session.get_one(NoticeText, key), published_at=clock.now())
    session.commit()
    assert keeper.get(f"/notice-texts/edit/?id={key}").location == "/notice-texts/edition/?key=terms"


def test_an_authority_is_found_by_its_place_and_renamed(keeper: FlaskClient, city: City) -> None:
    assert "江苏省" in keeper.get("/authorities/tree/").text
    page = keeper.get("/authorities/tree/?division=320106").text
    assert "南京市鼓楼区教育局" in page
    assert keeper.get("/authorities/tree/?division=999999").status_code == 404
    row = session.scalars(select(Authority).where(Authority.code == "320106-1")).one()
    key, version = row.id, row.version
    session.rollback()
    data = {"name": "鼓楼区教体局", "old_name": "history", "version": version}
    told = keeper.post(f"/authorities/rename/?id={key}", data=data)
    assert told.status_code == 422
    assert "请填写新名称启用的日期" in told.text
    assert keeper.post(f"/authorities/rename/?id={key}", data=data | {"on": "2026-01-01"}).status_code == 302
    page = keeper.get("/authorities/tree/?division=320106").text
    assert "2025-12-31" in page
    assert "→" in page


def test_schools_are_pasted_into_a_points_list(keeper: FlaskClient, city: City) -> None:
    own = session.get_one(School, city.rows["schools"])
    new = build.a_school("新桥小学", bureau=own.bureau).id
    session.commit()
    point = city.rows["confirmation_points"]
    data = {"id": point, "do": "serve", "names": "新桥小学\n没有的学校"}
    told = keeper.post("/confirmation-points/schools/", data=data)
    assert told.status_code == 422
    assert "没有的学校</textarea>" in told.text, "what was not understood stays to be corrected"
    session.expire_all()
    served = select(PointSchool.school_id).where(PointSchool.point_id == point)
    assert set(session.scalars(served)) == {own.id, new}
    session.rollback()
    assert keeper.post(
        "/confirmation-points/schools/", data={"id": point, "do": "stop", "school": [new]}
    ).status_code == 302  # fmt: skip
    session.expire_all()
    assert set(session.scalars(served)) == {city.rows["schools"]}


def test_papers_move_and_are_copied(keeper: FlaskClient, city: City) -> None:
    campaign = city.rows["campaigns"]
    first = city.rows["materials"]
    page = keeper.get(f"/materials/order/?campaign={campaign}")
    assert page.status_code == 200
    data = {"campaign": campaign, "do": "down", "key": first}
    assert keeper.post("/materials/order/", data=data).status_code == 302
    assert keeper.post("/materials/order/", data=data | {"do": "x"}).status_code == 404
    session.expire_all()
    assert session.get_one(Material, first).position == 1


def test_a_year_is_previewed_then_saved(keeper: FlaskClient, city: City) -> None:
    assert "系统不会猜测" in keeper.get("/calendar-days/year/?year=2050").text
    data = {"year": 2050, "text": "元旦：1月1日至3日放假", "do": "preview"}
    page = keeper.post("/calendar-days/year/", data=data)
    assert page.status_code == 200
    assert "还没有保存" in page.text
    before = session.query(CalendarDay).count()
    assert keeper.post("/calendar-days/year/", data=data | {"text": "元旦", "do": "save"}).status_code == 422
    assert session.query(CalendarDay).count() == before
    session.rollback()
    assert keeper.post("/calendar-days/year/", data=data | {"do": "save"}).status_code == 302
    assert session.query(CalendarDay).count() == before + 1, "the other two are a weekend"


def test_the_next_edition_is_seen_before_it_is_saved(keeper: FlaskClient, city: City) -> None:
    held = session.get_one(NoticeText, city.rows["notice_texts"])
    build.change(held, published_at=clock.now())
    session.commit()
    data = {"key": "terms", "body": "一、目的\n为了办理注册\n\n结尾", "do": "preview"}
    page = keeper.post("/notice-texts/edition/", data=data)
    assert page.status_code == 200
    assert "<h2>一、目的</h2>" in page.text
    count = session.query(NoticeText).count()
    session.rollback()
    answer = keeper.post("/notice-texts/edition/", data=data | {"do": "save", "at_once": "1"})
    assert answer.status_code == 302
    assert session.query(NoticeText).count() == count + 1
    assert "<h2>一、目的</h2>" in keeper.get(answer.location).text
    assert keeper.get("/notice-texts/edition/?key=nothing").status_code == 404
