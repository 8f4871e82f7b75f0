"""How superusers keep reference data: names, the tree of bureaus, schools of a point, papers, texts, a year."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AuditEntry, Authority, Bureau, CalendarDay, Division, Material, NoticeText, PointSchool
from shared.models.kinds import BureauLevel, Role
from shared.rules.holidays import Day
from shared.rules.rights import Actor
from shared.rules.workdays import UnknownYear
from shared.services import access, aliases, calendar, confirming, notices, papers, reference, renaming, serving, trees
from shared.services.errors import NotYours, Refused
from shared.services.renaming import OldName
from tests import build
from tests.actors import codes
from tests.build import Nanjing, an_actor
from tests.conftest import Database


@pytest.fixture
def nanjing(database: Database) -> Nanjing:
    return build.a_nanjing()


@pytest.fixture
def keeper(nanjing: Nanjing) -> Actor:
    """A superuser of the province."""
    return an_actor(Role.SUPERUSER, nanjing.province)


def an_authority() -> Authority:
    return session.scalars(select(Authority).where(Authority.code == "320106-1")).one()


def test_a_renamed_authority_leaves_its_old_name_to_old_certificates(keeper: Actor) -> None:
    old = an_authority()
    application = build.an_application(authority_id=old.id)
    made = renaming.rename(
        old.id,
        "南京市鼓楼区教育和体育局",
        by=keeper,
        version=old.version,
        old_name=OldName.HISTORY,
        on=date(2026, 1, 1),
    )
    assert (old.name, old.valid_to, old.successor_code) == ("南京市鼓楼区教育局", date(2025, 12, 31), made.code)
    assert made.valid_from == date(2026, 1, 1)
    assert application.authority_id == old.id, "the seal on the certificate has not changed"
    assert renaming.successors(old) == [made]
    division = session.scalars(select(Division).where(Division.code == old.division_code)).one()
    assert list(renaming.of_division(division)) == [old, made]
    with pytest.raises(Refused) as refused:
        renaming.rename(old.id, "别的", by=keeper, version=old.version, old_name=OldName.HISTORY, on=date(2026, 2, 1))
    assert codes(refused.value) == {"succeeded"}


def test_a_misspelt_authority_is_corrected_and_still_found(keeper: Actor) -> None:
    row = an_authority()
    renaming.rename(row.id, "鼓楼区教育局", by=keeper, version=row.version, old_name=OldName.ALIAS)
    assert row.name == "鼓楼区教育局"
    assert aliases.resolve(Authority, "南京市鼓楼区教育局") == row


def test_every_place_tells_how_many_authorities_it_holds(keeper: Actor) -> None:
    (province,) = renaming.branches(None)
    assert (province.division.name, province.count) == ("江苏省", 2)
    (city,) = renaming.branches(province.division)
    assert {(one.division.name, one.count) for one in renaming.branches(city.division)} == {
        ("玄武区", 0),
        ("鼓楼区", 1),
    }


def test_a_moved_bureau_takes_everything_below_along(keeper: Actor, nanjing: Nanjing) -> None:
    other = build.a_bureau("苏州市教育局", level=BureauLevel.CITY, parent=nanjing.province)
    below = build.a_bureau(parent=nanjing.gulou)
    school = build.a_school(bureau=below)
    officer = an_actor(Role.SUPERUSER, nanjing.city)
    counted = trees.below(nanjing.gulou)
    assert (counted.bureaus, counted.schools) == (1, 1)
    trees.move(nanjing.gulou.id, other.id, by=keeper, version=nanjing.gulou.version)
    assert session.get_one(Bureau, below.id).path == f"{other.path}{nanjing.gulou.id}/{below.id}/"
    assert not access.may(type(school), school.id, by=officer, to=access.Can.VIEW), "the scope follows"
    assert access.may(type(school), school.id, by=an_actor(Role.SUPERUSER, other), to=access.Can.VIEW)


def test_a_bureau_is_not_moved_in_a_circle_nor_out_of_its_keepers_area(keeper: Actor, nanjing: Nanjing) -> None:
    def why_not(row: Bureau, parent: Bureau | None, by: Actor) -> set[str]:
        with pytest.raises(Refused) as refused:
            trees.move(row.id, parent.id if parent else None, by=by, version=row.version)
        return codes(refused.value)

    stranger = build.a_nanjing()
    assert why_not(nanjing.city, nanjing.gulou, keeper) == {"cycle"}
    assert why_not(nanjing.gulou, nanjing.xuanwu, keeper) == {"level"}
    assert why_not(nanjing.gulou, stranger.city, keeper) == {"parent"}
    assert why_not(nanjing.gulou, None, keeper) == {"parent"}
    with pytest.raises(NotYours):
        trees.move(stranger.gulou.id, nanjing.city.id, by=keeper, version=1)


def test_a_bureau_lies_below_a_higher_one_however_it_is_entered(keeper: Actor, nanjing: Nanjing) -> None:
    values = {"code": "B9", "name": "新区教育局", "level": BureauLevel.CITY, "parent_id": nanjing.gulou.id}
    for write in (
        lambda: reference.create(Bureau, values | {"division_code": nanjing.gulou.division_code}, by=keeper),
        lambda: reference.change(Bureau, nanjing.gulou.id, {"level": BureauLevel.CITY}, by=keeper, version=None),
    ):
        with pytest.raises(Refused) as refused:
            write()
        assert codes(refused.value) == {"level"}


def test_the_tree_stands_in_order(keeper: Actor, nanjing: Nanjing) -> None:
    assert [(node.bureau.name, node.depth) for node in trees.tree(by=keeper)] == [
        ("江苏省教育厅", 0), ("南京市教育局", 1), ("南京市鼓楼区教育局", 2), ("南京市玄武区教育局", 2)
    ]  # fmt: skip


def test_a_point_takes_many_schools_at_once_and_lets_them_go(keeper: Actor, nanjing: Nanjing) -> None:
    schools = [build.a_school(name, bureau=nanjing.gulou) for name in ("甲校", "乙校", "丙校")]
    foreign = build.a_school("丁校", bureau=nanjing.xuanwu)
    point = build.a_point(serving=[], bureau=nanjing.gulou)
    assert list(serving.candidates(point)) == sorted(schools, key=lambda row: (row.name, row.id))
    assert [row.name for row in serving.candidates(point, "乙")] == ["乙校"]
    keys, unknown = serving.named(point, ["甲校", f" {schools[1].code} ", "丁校", ""])
    assert (keys, unknown) == ([schools[0].id, schools[1].id], ["丁校"])
    assert serving.serve(point.id, [*keys, schools[0].id], by=keeper) == 2
    assert serving.serve(point.id, keys, by=keeper) == 0
    assert [row.name for row in serving.served(point)] == sorted(["甲校", "乙校"])
    with pytest.raises(Refused):
        serving.serve(point.id, [foreign.id], by=keeper)
    assert serving.stop(point.id, [schools[0].id, foreign.id], by=keeper) == 1
    assert session.scalars(select(PointSchool.school_id).where(PointSchool.point_id == point.id)).all() == [
        schools[1].id
    ]
    with pytest.raises(NotYours):
        serving.serve(point.id, keys, by=an_actor(Role.SUPERUSER, nanjing.xuanwu))


def test_no_point_is_given_a_school_of_another_district(nanjing: Nanjing) -> None:
    """It could fetch the applications of that school, and read them."""
    mine, foreign = build.a_school(bureau=nanjing.gulou), build.a_school(bureau=nanjing.xuanwu)
    application = build.an_application(point=build.a_point(serving=[foreign]), school=foreign)
    point = build.a_point(serving=[], bureau=nanjing.gulou)
    keeper, desk = an_actor(Role.SUPERUSER, nanjing.gulou), an_actor(Role.POINT, point)
    with pytest.raises(Refused, match="不在您的管理范围内"):
        reference.create(PointSchool, {"point_id": point.id, "school_id": foreign.id}, by=keeper)
    with pytest.raises(NotYours):
        confirming.take_over(application.registration_number, by=desk)
    reference.create(PointSchool, {"point_id": point.id, "school_id": mine.id}, by=keeper)
    assert list(serving.served(point)) == [mine]


def test_papers_are_ordered_and_copied_once(keeper: Actor, nanjing: Nanjing) -> None:
    last = build.a_campaign(nanjing.city)
    rows = [build.a_material(last, name) for name in ("申请表", "证书", "合同")]
    papers.shift(rows[2].id, -1, by=keeper)
    papers.shift(rows[0].id, -1, by=keeper)  # the first stays the first
    assert [(row.position, row.name) for row in papers.of(last.id, by=keeper)] == [
        (1, "申请表"), (2, "合同"), (3, "证书")
    ]  # fmt: skip
    new = build.a_campaign(nanjing.city)
    build.a_material(new, "证书")
    assert papers.copy(last.id, new.id, by=keeper) == 2
    assert papers.copy(last.id, new.id, by=keeper) == 0
    assert len(session.scalars(select(Material).where(Material.campaign_id == new.id)).all()) == 3
    with pytest.raises(NotYours):
        papers.copy(last.id, new.id, by=an_actor(Role.SUPERUSER, build.a_nanjing().city))


def test_a_new_edition_leaves_the_published_one_as_it_is(keeper: Actor) -> None:
    first = notices.new_edition("terms", "第一版正文", clock.now(), by=keeper)
    draft = notices.new_edition("terms", "第二版正文", None, by=keeper)
    assert (first.edition, draft.edition, draft.published_at) == (1, 2, None)
    assert session.get_one(NoticeText, first.id).body == "第一版正文"

    def why_not(body: str, **wrong: object) -> set[str]:
        with pytest.raises(Refused) as refused:
            notices.new_edition("terms", body, wrong.get("at"), by=keeper)
        return codes(refused.value)

    assert why_not("第三版") == {"waiting"}
    assert why_not(" ", at=clock.now() - timedelta(days=1)) == {"body", "past", "waiting"}


def test_a_year_is_entered_as_a_whole_and_never_guessed(keeper: Actor) -> None:
    with pytest.raises(UnknownYear):
        calendar.is_workday(date(2050, 3, 1))
    assert calendar.announced(2050) == []
    with pytest.raises(Refused) as refused:
        calendar.enter(2050, [], by=keeper)
    assert codes(refused.value) == {"empty"}
    days = [Day(date(2050, 1, 3), works=False, note="元旦"), Day(date(2050, 1, 8), works=True)]
    calendar.enter(2050, days, by=keeper)
    assert calendar.of_year(2050) == days
    assert [calendar.is_workday(day) for day in (date(2050, 1, 3), date(2050, 1, 8), date(2050, 3, 1))] == [
        False, True, True
    ]  # fmt: skip
    calendar.enter(2050, days[:1], by=keeper)
    assert calendar.of_year(2050) == days[:1]
    told = session.scalars(select(AuditEntry.action).where(AuditEntry.table_name == "calendar_days")).all()
    assert sorted(told) == ["delete", "insert", "insert"]
    with pytest.raises(NotYours):
        calendar.enter(2050, days, by=an_actor(Role.CITY))
    assert session.query(CalendarDay).count() == 1
