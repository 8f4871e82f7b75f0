"""Merging duplicates in the back office: choose, preview, run; who may, and what is told."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Application, School
from shared.models.kinds import EntryStatus, Role
from tests import build
from tests.admin import world
from tests.admin.world import City


@pytest.fixture
def twin(city: City) -> int:
    """A school of nearly the same name as the city's own."""
    school = session.get_one(School, city.rows["schools"])
    build.change(school, name="南京宁海中学")
    key = build.a_school("宁海中学", bureau=school.bureau).id
    session.commit()
    return key


def test_the_page_of_a_row_leads_to_merging_and_names_look_alikes(keeper: FlaskClient, city: City, twin: int) -> None:
    own = city.rows["schools"]
    assert f"/schools/merge/?id={own}" in keeper.get(f"/schools/details/?id={own}").text
    page = keeper.get(f"/schools/merge/?id={own}").text
    assert "名称相近的记录" in page
    assert f'name="id" value="{twin}"' in page


def test_preview_then_merge(keeper: FlaskClient, city: City, twin: int) -> None:
    own = city.rows["schools"]
    page = keeper.get(f"/schools/merge/?id={own}&id={twin}&into={twin}&preview=1").text
    assert "保留“宁海中学”" in page
    assert re.search(rf'href="/applications/\?school_id={own}">1<', page), "the rows can be looked at first"
    assert session.get_one(School, own).merged_into_id is None
    versions = {f"version-{key}": session.get_one(School, key).version for key in (own, twin)}
    session.rollback()
    stale = keeper.post("/schools/merge/", data={"id": own, "into": twin, **versions, f"version-{twin}": 99})
    assert stale.status_code == 409
    answer = keeper.post("/schools/merge/", data={"id": own, "into": twin, **versions})
    assert answer.location == f"/schools/details/?id={twin}"
    session.expire_all()
    gone = session.get_one(School, own)
    assert (gone.merged_into_id, gone.status) == (twin, EntryStatus.RETIRED)
    assert session.scalars(select(Application.school_id).where(Application.school_id == own)).all() == []


def test_a_typed_name_adds_a_row_also_without_script(keeper: FlaskClient, city: City, twin: int) -> None:
    page = keeper.get("/schools/merge/?add-text=宁海中学").text
    assert f'value="{twin}" aria-label="合并宁海中学" checked' in page
    assert "没有找到“北海中学”" in keeper.get("/schools/merge/?add-text=北海中学").text


def test_one_row_or_none_to_keep_is_told(keeper: FlaskClient, city: City, twin: int) -> None:
    for address in (f"?id={twin}&preview=1", f"?id={twin}&into={twin}&preview=1"):
        page = keeper.get(f"/schools/merge/{address}").text
        assert "请选择两条或更多要合并的记录，并指明保留哪一条" in page
        assert "确定合并" not in page


def test_a_foreign_row_does_not_exist(app: Flask, keeper: FlaskClient, city: City, twin: int) -> None:
    foreign = build.a_school(bureau=build.a_bureau()).id
    session.commit()
    assert keeper.get(f"/schools/merge/?id={foreign}").status_code == 404
    assert keeper.post("/schools/merge/", data={"id": foreign, "into": twin}).status_code == 404
    assert session.get_one(School, foreign).merged_into_id is None
    district = world.logged_in(app, city.staff[Role.DISTRICT])
    assert district.get("/schools/merge/").status_code == 404
