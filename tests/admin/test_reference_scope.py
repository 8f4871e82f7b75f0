"""A superuser keeps the own subtree: every page beside a generated table refuses the rows of another district."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shared.db import Base, session
from shared.models import Bureau, Staff
from shared.models.kinds import Role
from tests import build
from tests.admin import world
from tests.admin.world import City

Sent = dict[str, Any]


@pytest.fixture
def strangers(city: City) -> dict[str, int]:
    """Superusers who have no business with the city's district: of the district beside it, and of another province."""
    beside = session.scalars(select(Bureau).where(Bureau.parent_id == _district(city).parent_id)).all()
    other = next(one for one in beside if one.id != city.rows["bureaus"])
    found = {"beside": build.staff(Role.SUPERUSER, other).id, "far away": world.a_city().staff[Role.SUPERUSER]}
    session.commit()
    return found


def _district(city: City) -> Bureau:
    return session.get_one(Bureau, city.rows["bureaus"])


def _twin(city: City) -> int:
    return build.a_school("另一所学校", bureau=_district(city)).id


# The page, and what is sent to it; each is right for whoever keeps the district, as the third test shows.
POSTS: dict[str, tuple[str, Callable[[City], Sent]]] = {
    "move": ("/bureaus/move/?id={bureaus}", lambda city: {"parent_id": _district(city).parent_id, "version": 1}),
    "retire": ("/schools/retire/", lambda city: {"id": city.rows["schools"], "version": 1}),
    "edit": ("/schools/edit/?id={schools}", lambda _city: {"name": "改名小学", "version": 1}),
    "in the list": (
        "/schools/ajax/update/",
        lambda city: {"id": city.rows["schools"], "name": "name", "value": "改名小学", "version": 1},
    ),
    "merge": (
        "/schools/merge/",
        lambda city: {"id": city.rows["schools"], "into": _twin(city), f"version-{city.rows['schools']}": 1},
    ),
    "schools of a point": (
        "/confirmation-points/schools/",
        lambda city: {"id": city.rows["confirmation_points"], "do": "stop", "school": city.rows["schools"]},
    ),
    "order": (
        "/materials/order/",
        lambda city: {"campaign": city.rows["campaigns"], "do": "down", "key": city.rows["materials"]},
    ),
    "delete": ("/point-schools/delete/", lambda city: {"id": city.rows["point_schools"], "version": 1}),
}
# What holds for the whole nation is kept at the top alone.
AT_THE_TOP: dict[str, tuple[str, Sent]] = {
    "rename": ("/authorities/rename/?id={authorities}", {"name": "新名", "old_name": "alias", "version": "1"}),
    "merge": ("/authorities/merge/", {"id": "1", "into": "2"}),
    "edition": ("/notice-texts/edition/", {"key": "terms", "body": "正文", "do": "preview"}),
    "edit": ("/notice-texts/edit/?id={notice_texts}", {"body": "正文", "version": "1"}),
    "calendar": ("/calendar-days/year/", {"year": "2050", "text": "元旦：1月1日放假", "do": "save"}),
    "a day": ("/calendar-days/new/", {"day": "2050-01-03"}),
}


def _contents() -> list[Any]:
    rows = [session.execute(table.select().order_by(*table.primary_key)).all() for table in KEPT]
    session.rollback()
    return rows


KEPT = [
    Base.metadata.tables[name]
    for name in ("bureaus", "schools", "point_schools", "materials", "authorities", "notice_texts", "calendar_days")
]


@pytest.mark.parametrize("who", ["beside", "far away"])
@pytest.mark.parametrize("page", POSTS)
def test_the_superuser_of_another_place_changes_nothing_here(
    app: Flask, city: City, strangers: dict[str, int], page: str, who: str
) -> None:
    address, made = POSTS[page]
    sent = made(city)
    session.commit()
    before = _contents()
    client = world.logged_in(app, strangers[who])
    if (page, who) == ("move", "far away"):
        sent |= {"parent_id": session.get_one(Staff, strangers[who]).bureau_id}
    assert client.post(address.format(**city.rows), data=sent).status_code == 404
    assert _contents() == before


@pytest.mark.parametrize("page", AT_THE_TOP)
def test_a_district_keeps_nothing_of_the_whole_nation(
    app: Flask, city: City, strangers: dict[str, int], page: str
) -> None:
    address, sent = AT_THE_TOP[page]
    before = _contents()
    client = world.logged_in(app, strangers["beside"])
    assert client.post(address.format(**city.rows), data=sent).status_code == 404
    assert _contents() == before
    top = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert top.post(address.format(**city.rows), data=sent).status_code != 404


@pytest.mark.parametrize("page", POSTS)
def test_the_own_superuser_reaches_each_of_these_pages(app: Flask, city: City, page: str) -> None:
    address, made = POSTS[page]
    sent = made(city)
    session.commit()
    keeper = world.logged_in(app, city.staff[Role.SUPERUSER])
    assert keeper.post(address.format(**city.rows), data=sent).status_code in (200, 302, 409, 422)


@pytest.mark.parametrize("role", [Role.SUPERUSER, Role.CITY, Role.PROVINCE, Role.AUDITOR])
def test_an_account_is_not_lifted_above_its_keeper(app: Flask, city: City, role: Role) -> None:
    district = _district(city)
    keeper, member = (build.staff(Role.SUPERUSER, district) for _one in range(2))
    levels = {"district": district.id, "city": district.parent_id, "top": district.parent.parent_id}  # type: ignore[union-attr]
    place = levels["top" if role in (Role.PROVINCE, Role.AUDITOR) else "city"]
    key, data = member.id, {"name": member.name, "active": "y", "version": str(member.version)}
    session.commit()
    client = world.logged_in(app, keeper.id)
    lifted = client.post(f"/staff/edit/?id={key}", data=data | {"role": role.value, "bureau_id": str(place)})
    assert lifted.status_code == 422
    assert "不在您的管理范围内" in lifted.text
    member = session.get_one(Staff, key)
    assert (member.role, member.bureau_id, str(member.version)) == (Role.SUPERUSER, levels["district"], data["version"])
    session.rollback()
    own = data | {"role": "district", "bureau_id": str(levels["district"])}
    assert client.post(f"/staff/edit/?id={key}", data=own).status_code == 302


def test_an_account_above_is_out_of_reach(app: Flask, city: City) -> None:
    keeper = build.staff(Role.SUPERUSER, _district(city)).id
    session.commit()
    client = world.logged_in(app, keeper)
    pages = ("edit/?id={}", "{}/code", "{}/second-factor", "{}/sessions", "{}/reveal")
    for role in (Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR):
        for page in pages:
            assert client.post(f"/staff/{page.format(city.staff[role])}").status_code == 404, (role, page)
    for page in pages:
        assert client.post(f"/staff/{page.format(city.staff[Role.DISTRICT])}").status_code != 404, page
