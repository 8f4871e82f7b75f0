"""Bureaus come in from a file as they do from their form: each has its place in the tree."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, Import
from shared.models.kinds import ImportState, Role
from shared.services.imports import running
from tests import build
from tests.admin import world
from tests.admin.world import City
from tests.importing import a_workbook, counts, refusals, the

HEAD = ("代码", "名称", "层级", "行政区划", "上级部门", "状态")


@pytest.fixture
def keeper(app: Flask, city: City) -> FlaskClient:
    """The province's superuser."""
    return world.logged_in(app, city.staff[Role.SUPERUSER])


def top(city: City) -> Bureau:
    return session.scalars(select(Bureau).where(Bureau.parent_id.is_(None), Bureau.id == _root(city))).one()


def _root(city: City) -> int:
    return int(session.get_one(Bureau, city.rows["bureaus"]).path.split("/")[1])


def sends(client: FlaskClient, *rows: tuple[str, ...]) -> int:
    data = {"file": (io.BytesIO(a_workbook(HEAD, *rows)), "教育局.xlsx")}
    assert client.post("/imports/send/?kind=bureaus", data=data).status_code == 302
    key = session.scalars(select(Import.id).order_by(Import.id.desc())).first()
    running.work_off(key)
    return key


def test_a_new_bureau_has_its_place_in_the_tree(keeper: FlaskClient, city: City) -> None:
    root = top(city)
    path, division = root.path, root.division_code
    key = sends(keeper, ("B901", "新城市教育局", "市级", division, root.code, ""))
    assert counts(key) == (1, 0, 0, 0), refusals(key)
    keeper.post(f"/imports/{key}/start", data={"digest": the(key).digest})
    running.work_off(key)
    new = session.scalars(select(Bureau).where(Bureau.code == "B901")).one()
    number = new.id
    assert new.path == f"{path}{number}/"
    below = sends(keeper, ("B902", "新城市东区教育局", "区县级", division, "新城市教育局", "使用中"))
    keeper.post(f"/imports/{below}/start", data={"digest": the(below).digest})
    running.work_off(below)
    lowest = session.scalars(select(Bureau).where(Bureau.code == "B902")).one()
    assert lowest.path == f"{path}{number}/{lowest.id}/"
    keeper.post(f"/imports/{key}/undo")
    running.work_off(key)
    assert (the(key).state, the(key).undone) == (ImportState.UNDONE, 0)  # somebody is below it
    assert session.get(Bureau, number)


WRONG = {
    "parent_id: 新增时必须填写": ("B901", "新区教育局", "区县级", "{division}", "", ""),
    "不能作为“新省教育厅”的上级": ("B901", "新省教育厅", "省级", "{division}", "{root}", ""),
    "parent_id: 没有找到": ("B901", "新区教育局", "区县级", "{division}", "没有这个局", ""),
    "name: 必须填写": ("{old}", "", "区县级", "{division}", "", ""),
    "division_code: 必须填写": ("{old}", "{name}", "区县级", "", "", ""),
    "level: 已有部门的层级不能通过导入更改": ("{old}", "{name}", "市级", "", "", ""),
    "parent_id: 已有部门的上级不能通过导入更改": ("{old}", "{name}", "区县级", "", "{root}", ""),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_place_that_cannot_be_is_refused(keeper: FlaskClient, city: City, sentence: str) -> None:
    root = top(city)
    old = session.scalars(select(Bureau).where(Bureau.path.startswith(root.path), Bureau.level == "county")).first()
    names = {"division": root.division_code, "root": root.code, "old": old.code, "name": old.name}
    key = sends(keeper, tuple(text.format(**names) for text in WRONG[sentence]))
    assert re.search(re.escape(sentence), " ".join(refusals(key).get(2, []))), refusals(key)
    assert counts(key)[3] == 1


def test_a_district_keeps_its_own_bureau_whose_superior_is_not_its_own(app: Flask, city: City) -> None:
    own = session.get_one(Bureau, city.rows["bureaus"])
    assert own.parent is not None
    member = build.staff(Role.SUPERUSER, own).id
    row = (own.code, own.name + "（新）", str(own.level.label), own.division_code, own.parent.code, "")
    beyond = ("B903", "别区教育局", "区县级", own.division_code, own.parent.code, "")
    key = sends(world.logged_in(app, member), row, beyond)
    assert counts(key) == (0, 1, 0, 1)
    assert "不在您的管理范围内" in refusals(key)[3][0]


def test_what_a_file_changed_of_bureaus_is_put_back(keeper: FlaskClient, city: City) -> None:
    own = session.get_one(Bureau, city.rows["bureaus"])
    name, number, root = own.name, own.id, top(city)
    assert own.parent is not None
    row = (own.code, "改了名的教育局", str(own.level.label), own.division_code, own.parent.code, "")
    key = sends(keeper, row, ("B904", "新区教育局", "区县级", root.division_code, root.code, ""))
    assert counts(key) == (1, 1, 0, 0), refusals(key)
    keeper.post(f"/imports/{key}/start", data={"digest": the(key).digest})
    running.work_off(key)
    assert session.get_one(Bureau, number).name == "改了名的教育局"
    keeper.post(f"/imports/{key}/undo")
    running.work_off(key)
    assert (the(key).state, the(key).undone) == (ImportState.UNDONE, 2)
    assert session.get_one(Bureau, number).name == name
    assert session.scalar(select(Bureau.id).where(Bureau.code == "B904")) is None
