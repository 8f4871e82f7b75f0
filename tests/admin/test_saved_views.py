"""Saved views: one's own, the one that a list opens with, and those that a superuser shares."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import SavedView, Staff
from shared.models.kinds import Role
from shared.rules.rights import Actor
from shared.services import access, saved_views
from shared.services.errors import NotYours, Refused
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database

LIST = "/applications/"


def actor(key: int) -> Actor:
    return access.actor_of_staff(session.get_one(Staff, key))


def save(client: FlaskClient, name: str, query: str, **more_: str) -> SavedView:
    data = {"table": "applications", "name": name, "query": query, **more_}
    assert client.post("/saved-views/", data=data).status_code == 302
    return session.scalars(select(SavedView).where(SavedView.name == name).order_by(SavedView.id.desc())).first()  # type: ignore[return-value]


def act(client: FlaskClient, key: int, what: str, **data: str) -> int:
    return client.post(f"/saved-views/{key}/{what}", data={"table": "applications", **data}).status_code


def test_a_view_is_kept_by_its_owner_alone(app: Flask, district: FlaskClient, city: City) -> None:
    view = save(district, "三月提交", "stage=submitted&submitted_at.from=2026-03-01&page=7&nonsense=1")
    key, owner = view.id, view.staff_id
    assert (owner, view.query) == (city.staff[Role.DISTRICT], "stage=submitted&submitted_at.from=2026-03-01")
    assert "三月提交</a>" in district.get(f"{LIST}?view=all").text
    for role in (Role.CITY, Role.SCHOOL, Role.SUPERUSER):
        other = world.logged_in(app, city.staff[role])
        assert "三月提交" not in other.get(f"{LIST}?view=all").text
        for what in ("rename", "usual", "plain", "delete", "share", "unshare"):
            assert act(other, key, what, name="别人的") == 404, (role, what)
    session.rollback()
    assert session.get_one(SavedView, key).name == "三月提交"
    session.rollback()
    assert act(district, key, "rename", name="本月") == 302
    assert session.get_one(SavedView, key).name == "本月"
    session.rollback()
    assert act(district, key, "delete") == 302
    assert session.get(SavedView, key) is None


def test_a_view_may_be_what_the_list_opens_with(district: FlaskClient, city: City) -> None:
    key = save(district, "常用", "stage=confirmed", usual="1").id
    session.rollback()
    opened = district.get(LIST)
    assert opened.status_code == 302
    assert opened.location.endswith("?stage=confirmed")
    assert district.get(f"{LIST}?view=all").status_code == 200
    assert act(district, key, "plain") == 302
    assert district.get(LIST).status_code == 200


def test_a_name_is_needed_and_not_twice(district: FlaskClient, city: City) -> None:
    save(district, "常用", "stage=confirmed")
    for name, told in (("", "请填写视图名称"), ("常用", "已有同名的视图"), ("长" * 101, "不能超过100个字")):
        data = {"table": "applications", "name": name, "query": "stage=submitted"}
        assert told in district.post("/saved-views/", data=data, follow_redirects=True).text
    for table in ("staff", "nonsense", ""):
        assert district.post("/saved-views/", data={"table": table, "name": "x", "query": ""}).status_code == 404


def test_a_superuser_shares_a_view_with_all_below_without_what_was_searched(app: Flask, city: City) -> None:
    elsewhere = world.a_city()
    keeper = world.logged_in(app, city.staff[Role.SUPERUSER])
    key = save(keeper, "全省待办", "q=王五&stage=confirmed").id
    session.rollback()
    assert act(keeper, key, "share") == 302
    assert session.get_one(SavedView, key).query == "stage=confirmed"
    session.rollback()
    for role in (Role.SCHOOL, Role.POINT, Role.DISTRICT, Role.CITY, Role.PROVINCE):
        reader = world.logged_in(app, city.staff[role])
        page = reader.get(f"{LIST}?view=all").text
        assert 'href="/applications/?stage=confirmed">全省待办</a>' in page, role
        assert act(reader, key, "rename", name="改名") == 404
        assert act(reader, key, "unshare") == 404
    stranger = world.logged_in(app, elsewhere.staff[Role.DISTRICT])
    assert "全省待办</a>" not in stranger.get(f"{LIST}?view=all").text
    assert act(keeper, key, "unshare") == 302
    assert "全省待办</a>" not in world.logged_in(app, city.staff[Role.CITY]).get(f"{LIST}?view=all").text


def test_who_may_not_share_any_more_keeps_no_hold_of_what_is_shared(database: Database, city: City) -> None:
    """Others open it under its name: who is no superuser any more can take it away, but not make it another."""
    by = actor(city.staff[Role.SUPERUSER])
    key = saved_views.save("applications", "全省待办", "stage=confirmed", by=by).id
    saved_views.share(key, by=by)
    demoted = Actor(role=Role.PROVINCE, id=by.id, name=by.name, bureau_id=by.bureau_id, bureau_path=by.bureau_path)
    with pytest.raises(NotYours):
        saved_views.rename(key, "另一个", by=demoted)
    with pytest.raises(NotYours):
        saved_views.share(key, by=demoted)
    saved_views.remove(key, by=demoted)
    assert session.get(SavedView, key) is None


def test_nobody_keeps_more_views_than_can_be_looked_through(
    database: Database, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    by = actor(city.staff[Role.CITY])
    for name in ("一", "二"):
        saved_views.save("applications", name, "", by=by)
    with pytest.raises(Refused, match="已达50个"):
        saved_views.save("applications", "三", "", by=by)
    saved_views.save("schools", "三", "", by=by)  # another list has room
