"""A campaign that follows the last one, and times that bureaus set for themselves."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AuditEntry, Campaign, Material, Window
from shared.models.kinds import EntryStatus, Role, Stage, WindowStage
from shared.rules.rights import Actor
from shared.services import campaigns, reference, rounds, status, windows, workflow
from shared.services.errors import NotYours, Refused
from tests import build
from tests.actors import teacher

pytestmark = pytest.mark.usefixtures("database")


class Here:
    """A city's campaign with hours, papers and a district's own days."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        fields = {"code": "NJ2026", "name": "南京市2026年定期注册", "year": 2026, "status": EntryStatus.ACTIVE}
        self.campaign = build.a_campaign(
            self.city.city, open_stages=(), acceptance_ends_on=date(2026, 11, 10), **fields
        )
        self.keeper = build.an_actor(Role.SUPERUSER, self.city.city)
        hours = {"opens_at": time(8, 30), "closes_at": time(21)}
        days = {"opens_on": date(2026, 10, 12), "closes_on": date(2026, 10, 26), "workdays_only": True}
        build.a_window(self.campaign, WindowStage.APPLY, **days, **hours)
        own = {"opens_on": date(2026, 10, 19), "closes_on": date(2026, 10, 30), "workdays_only": False}
        build.a_window(self.campaign, WindowStage.APPLY, bureau_id=self.city.gulou.id, **own, **hours)
        shut = {"opens_on": date(2026, 10, 20), "closes_on": date(2026, 10, 20), "workdays_only": False}
        noon = {"opens_at": time(11), "closes_at": time(13)}
        build.a_window(self.campaign, WindowStage.APPLY, is_closure=True, **shut, **noon)
        build.a_material(self.campaign, "聘用合同", copies=2)

    def plan(self, **other: object) -> rounds.Plan:
        facts = {"code": "NJ2027", "name": "南京市2027年定期注册", "year": 2027, "first_day": date(2027, 10, 11)}
        return rounds.Plan(**(facts | other))


@pytest.fixture
def here() -> Here:
    return Here()


def test_the_next_campaign_is_made_in_one_step(here: Here) -> None:
    key = rounds.follow(here.campaign.id, here.plan(), by=here.keeper).id
    session.expire_all()
    made = session.get_one(Campaign, key)
    assert (made.status, made.acceptance_ends_on, made.bureau_id) == (
        EntryStatus.PENDING,
        date(2027, 11, 9),
        here.city.city.id,
    )
    days = [(one.bureau_id, one.opens_on, one.closes_on, one.opens_at, one.is_closure) for one in made.windows]
    assert days == [
        (None, date(2027, 10, 11), date(2027, 10, 25), time(8, 30), False),
        (here.city.gulou.id, date(2027, 10, 18), date(2027, 10, 29), time(8, 30), False),
    ]
    assert [(paper.name, paper.copies) for paper in made.materials] == [("聘用合同", 2)]
    noted = session.scalars(
        select(AuditEntry.table_name).where(AuditEntry.action == "insert", AuditEntry.actor_id == here.keeper.id)
    )
    assert sorted(set(noted)) == [Campaign.__tablename__, Material.__tablename__, Window.__tablename__]


def test_teachers_do_not_meet_it_before_it_is_in_use(here: Here) -> None:
    today = clock.today()
    key = rounds.follow(here.campaign.id, here.plan(first_day=today), by=here.keeper).id
    assert campaigns.current().id == here.campaign.id  # type: ignore[union-attr]
    reference.change(Campaign, key, {"status": EntryStatus.ACTIVE}, by=here.keeper, version=1)
    assert campaigns.current().id == key  # type: ignore[union-attr]


def test_a_year_later_is_proposed(here: Here) -> None:
    plan = rounds.proposal(here.campaign)
    assert plan == rounds.Plan("NJ2027", "南京市2027年定期注册", 2027, date(2027, 10, 12))
    build.change(here.campaign.windows[0], opens_on=date(2024, 2, 29))
    session.expire_all()
    assert rounds.proposal(here.campaign).first_day == date(2025, 2, 28)


def test_a_code_that_is_taken_and_a_campaign_without_days_get_a_sentence(here: Here) -> None:
    with pytest.raises(Refused):
        rounds.follow(here.campaign.id, here.plan(code="NJ2026"), by=here.keeper)
    bare = build.a_campaign(here.city.city, open_stages=())
    with pytest.raises(Refused, match="没有教师网上申报的开放时间"):
        rounds.follow(bare.id, here.plan(), by=here.keeper)
    assert session.query(Campaign).count() == 2


def test_only_whoever_keeps_the_campaign_makes_the_next_one(here: Here) -> None:
    for by in (build.an_actor(Role.SUPERUSER, here.city.gulou), build.an_actor(Role.CITY, here.city.city)):
        with pytest.raises(NotYours):
            rounds.follow(here.campaign.id, here.plan(), by=by)


def seen(here: Here, moment: str, *, district: bool = True) -> rounds.Seen:
    school = build.a_school(bureau=here.city.gulou if district else here.city.city)
    zone = clock.local(clock.now()).tzinfo
    session.expire_all()
    return rounds.seen(here.campaign, school, datetime.fromisoformat(moment).replace(tzinfo=zone))[0]


def test_what_a_teacher_sees_at_a_moment(here: Here) -> None:
    early = seen(here, "2026-10-14T12:00")
    assert (early.is_open, early.today) == (False, [])
    assert str(early.said) == "教师网上申报现在未开放，下次开放时间：2026-10-19 08:30"
    assert seen(here, "2026-10-14T12:00", district=False).is_open
    noon = seen(here, "2026-10-20T12:00")
    assert not noon.is_open
    assert [[at.strftime("%H:%M") for at in pair] for pair in noon.today] == [["08:30", "11:00"], ["13:00", "21:00"]]
    weekend = seen(here, "2026-10-25T12:00"), seen(here, "2026-10-25T12:00", district=False)
    assert [one.is_open for one in weekend] == [True, False]
    late = seen(here, "2026-10-30T21:00")
    assert (late.is_open, late.opens, str(late.said)[:11]) == (False, None, "教师网上申报已经截止，")
    assert late.ends.strftime("%Y-%m-%d %H:%M") == "2026-10-30 21:00"  # type: ignore[union-attr]


def test_a_year_whose_calendar_is_unknown_is_said(here: Here) -> None:
    build.change(here.campaign.windows[0], closes_on=date(2040, 1, 10))
    with pytest.raises(Refused, match="2040年的工作日安排尚未录入"):
        seen(here, "2040-01-05T12:00", district=False)


def test_a_districts_own_days_decide_who_may_hand_in() -> None:
    city = build.a_nanjing()
    campaign = build.a_campaign(city.city)
    always = {"opens_on": date(2000, 1, 1), "closes_on": date(2000, 1, 2)}
    build.a_window(campaign, WindowStage.APPLY, bureau_id=city.gulou.id, **always)
    build.a_window(campaign, WindowStage.SCHOOL_CHECK, bureau_id=city.gulou.id, **always)
    school = build.a_school(bureau=city.gulou)
    there = build.an_application(Stage.SUBMITTED, campaign=campaign, school=school)
    elsewhere = build.an_application(Stage.SUBMITTED, campaign=campaign, school=build.a_school(bureau=city.city))
    assert "已经截止" in str(refusals(there, teacher(there)))
    assert refusals(elsewhere, teacher(elsewhere)) == []
    assert status.reminders_for(there)
    with pytest.raises(Refused, match="已经截止"):
        workflow.move(there.id, "amend", by=teacher(there))


def refusals(application: object, by: Actor) -> list[str]:
    key = application.id  # type: ignore[attr-defined]
    found = workflow.preview([key], "amend", by=by).refused.get(key, [])
    return [str(problem.text) for problem in found]


def test_a_district_sets_its_own_days_and_nobody_elses(here: Here) -> None:
    keeper = build.an_actor(Role.SUPERUSER, here.city.gulou)
    window = {
        "campaign_id": here.campaign.id, "stage": WindowStage.CONFIRM, "opens_on": date(2026, 10, 1),
        "closes_on": date(2026, 10, 2), "opens_at": time(8), "closes_at": time(17), "reason": "延长",
    }  # fmt: skip
    made = reference.create(Window, window | {"bureau_id": here.city.gulou.id}, by=keeper)
    for bureau_id in (None, here.city.city.id):
        with pytest.raises(Refused):
            reference.create(Window, window | {"bureau_id": bureau_id}, by=keeper)
        with pytest.raises(Refused):
            reference.change(Window, made.id, {"bureau_id": bureau_id}, by=keeper, version=made.version)
        session.rollback()
    general = next(one for one in here.campaign.windows if one.bureau_id is None)
    with pytest.raises(NotYours):
        reference.change(Window, general.id, {"closes_on": date(2026, 12, 1)}, by=keeper, version=general.version)
    assert windows.spans(here.campaign.id, [WindowStage.CONFIRM], here.city.gulou.id)[0].closes_on == date(2026, 10, 2)
