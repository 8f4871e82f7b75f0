"""What somebody has before them: terms in working days, the oldest cases, what came back; and nobody else's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared import clock
from shared.db import session
from shared.models import Application, CalendarDay
from shared.models.kinds import BureauLevel, Role, Stage
from shared.rules import deadlines
from shared.rules.deadlines import Urgency
from shared.rules.rights import Can
from shared.services import agenda, holds, progress, workflow
from shared.services.workflow import Wish
from tests import build
from tests.actors import officer

pytestmark = pytest.mark.usefixtures("database")
At = Callable[[datetime], datetime]


def local(*parts: int) -> datetime:
    """A moment by the users' clock."""
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))  # type: ignore[arg-type,misc]


MONDAY = local(2016, 11, 7, 9, 0)


def plain_week(day: date) -> bool:
    return day.weekday() < 5


def test_the_term_is_ninety_working_days_from_the_end_of_acceptance(at: At) -> None:
    at(MONDAY)
    campaign = build.a_campaign(acceptance_ends_on=date(2016, 11, 10))
    me = build.an_actor(Role.DISTRICT)
    found = agenda.terms(agenda.working_days(), by=me)
    assert [(one.campaign.id, one.deadline.due) for one in found] == [(campaign.id, date(2017, 3, 22))]
    assert found[0].deadline.urgency is Urgency.LATER


def test_a_year_that_nobody_has_entered_is_said_and_not_guessed(at: At) -> None:
    at(local(2099, 1, 5, 9, 0))
    build.a_campaign(acceptance_ends_on=date(2099, 1, 2))
    me = build.an_actor(Role.DISTRICT)
    term = agenda.terms(agenda.working_days(), by=me)[0].deadline
    assert (term.due, term.left, term.urgency) == (None, None, Urgency.UNKNOWN)
    assert "2099年的工作日安排尚未录入" in str(term.text)
    build.add(CalendarDay(day=date(2099, 1, 1), is_workday=False))
    assert agenda.terms(agenda.working_days(), by=me)[0].deadline.due is not None


@pytest.mark.parametrize(
    ("due", "left", "urgency", "text"),
    [
        (date(2016, 11, 4), -1, Urgency.OVER, "已超期1个工作日"),
        (date(2016, 11, 7), 0, Urgency.SOON, "今天截止"),
        (date(2016, 11, 14), 5, Urgency.SOON, "还剩5个工作日"),
        (date(2016, 11, 15), 6, Urgency.LATER, "还剩6个工作日"),
    ],
)
def test_what_is_left_is_counted_in_working_days(due: date, left: int, urgency: Urgency, text: str) -> None:
    found = deadlines.until(due, MONDAY.date(), plain_week)
    assert (found.left, found.urgency, str(found.text)) == (left, urgency, text)


def test_the_oldest_come_first_and_a_foreign_district_sees_none(at: At) -> None:
    at(MONDAY)
    nanjing = build.a_nanjing()
    point = build.a_point(serving=[build.a_school(bureau=nanjing.gulou)])
    build.a_campaign(nanjing.province)
    cases = [build.an_application(Stage.CONFIRMED, point=point) for _one in range(12)]
    for number, one in enumerate(cases):
        build.change(one, stage_at=clock.now() - timedelta(days=number))
    works = agenda.working_days()
    mine = build.an_actor(Role.DISTRICT, nanjing.gulou)
    found = agenda.oldest(Stage.CONFIRMED, works, by=mine, to=Can.PRELIMINARY)
    assert [one.application.id for one in found] == [one.id for one in reversed(cases)][:10]
    assert found[0].days == 7  # from Thursday, 27 October, to Monday, 7 November
    foreign = build.an_actor(Role.DISTRICT, nanjing.xuanwu)
    assert agenda.oldest(Stage.CONFIRMED, works, by=foreign, to=Can.PRELIMINARY) == []


def test_what_the_city_sent_back_waits_for_its_district_until_it_is_decided_again() -> None:
    nanjing = build.a_nanjing()
    build.a_campaign(nanjing.province, publicity_days=0)
    point = build.a_point(serving=[build.a_school(bureau=nanjing.gulou)])
    application = build.an_application(Stage.PRELIMINARY, point=point)
    build.an_application(Stage.CONFIRMED, point=point)
    district = officer(Role.DISTRICT, application)

    def came_back() -> list[int]:
        session.expire_all()
        return [one.id for one in session.scalars(agenda.sent_back(Stage.CONFIRMED, by=district, to=Can.PRELIMINARY))]

    assert came_back() == []
    workflow.move(application.id, "send_back_review", by=officer(Role.CITY, application), wish=Wish(reason="请复查"))
    assert came_back() == [application.id]
    foreign = build.an_actor(Role.DISTRICT, nanjing.xuanwu)
    assert session.scalars(agenda.sent_back(Stage.CONFIRMED, by=foreign, to=Can.PRELIMINARY)).all() == []


def test_open_holds_and_what_is_mine_are_found() -> None:
    application = build.an_application(Stage.CONFIRMED)
    me = officer(Role.DISTRICT, application)
    holds.place(application.id, "核实学历", by=me)
    build.change(application, assigned_to_id=me.id)
    assert [one.application_id for one in session.scalars(agenda.held(by=me))] == [application.id]
    assert session.scalars(agenda.assigned(by=me)).all() == [application]
    colleague = officer(Role.DISTRICT, application)
    assert session.scalars(agenda.assigned(by=colleague)).all() == []


def a_city_at_work() -> tuple[build.Nanjing, int, list[Application]]:
    nanjing = build.a_nanjing()
    campaign = build.a_campaign(nanjing.province)
    rows = []
    for bureau, stages in (
        (nanjing.gulou, (Stage.SUBMITTED, Stage.RETURNED, Stage.CONCLUDED, Stage.DRAFT, Stage.WITHDRAWN)),
        (nanjing.xuanwu, (Stage.CONFIRMED,)),
    ):
        point = build.a_point(serving=[build.a_school(bureau=bureau)])
        rows += [build.an_application(stage, point=point, campaign=campaign) for stage in stages]
    build.an_application(Stage.SUBMITTED, campaign=build.a_campaign(nanjing.province))
    return nanjing, campaign.id, rows


def test_a_city_sees_its_districts_and_the_province_its_cities() -> None:
    nanjing, campaign, _rows = a_city_at_work()
    city = progress.of_campaign(campaign, by=build.an_actor(Role.CITY, nanjing.city))
    assert {str(bar.label): dict(bar.counts) for bar in city.bars} == {
        nanjing.gulou.name: {Stage.SUBMITTED: 2, Stage.CONCLUDED: 1},
        nanjing.xuanwu.name: {Stage.CONFIRMED: 1},
    }
    assert {bar.name for bar in city.bars} == {"bureau_id"}
    assert city.total.total == 4
    assert city.total.open == 3
    only_city = progress.of_campaign(campaign, by=build.an_actor(Role.PROVINCE, nanjing.province))
    assert {str(bar.label) for bar in only_city.bars} == {nanjing.gulou.name, nanjing.xuanwu.name}
    build.a_bureau(level=BureauLevel.CITY, parent=nanjing.province)
    province = progress.of_campaign(campaign, by=build.an_actor(Role.PROVINCE, nanjing.province))
    assert [(str(bar.label), bar.total, bar.name) for bar in province.bars] == [(nanjing.city.name, 4, "")]


def test_a_district_sees_its_schools_and_no_other_district() -> None:
    nanjing, campaign, rows = a_city_at_work()
    assert rows[0].school is not None
    found = progress.of_campaign(campaign, by=build.an_actor(Role.DISTRICT, nanjing.gulou))
    assert [(str(bar.label), bar.key, bar.total) for bar in found.bars] == [(rows[0].school.name, rows[0].school_id, 3)]


def test_more_places_than_a_chart_holds_are_added_up() -> None:
    nanjing = build.a_nanjing()
    campaign = build.a_campaign(nanjing.province)
    for _one in range(progress.MOST_BARS + 3):
        school = build.a_school(bureau=nanjing.gulou)
        build.an_application(campaign=campaign, point=build.a_point(serving=[school]))
    found = progress.of_campaign(campaign.id, by=build.an_actor(Role.DISTRICT, nanjing.gulou))
    assert (len(found.bars), found.places) == (20, 23)
    assert found.rest is not None
    assert (str(found.rest.label), found.rest.total) == ("其余3个", 3)
    assert found.total.total == 23


def test_days_are_those_of_the_users_calendar(at: At) -> None:
    nanjing = build.a_nanjing()
    campaign = build.a_campaign(nanjing.province)
    point = build.a_point(serving=[build.a_school(bureau=nanjing.gulou)])
    # 00:30 in Shanghai is still the day before in UTC.
    for moment in (local(2016, 11, 7, 0, 30), local(2016, 11, 6, 23, 30), local(2016, 10, 1, 9, 0)):
        at(moment)
        build.an_application(campaign=campaign, point=point)
    at(MONDAY)
    found = dict(progress.by_day(campaign.id, by=build.an_actor(Role.DISTRICT, nanjing.gulou)))
    assert len(found) == 14
    assert {day: count for day, count in found.items() if count} == {date(2016, 11, 7): 1, date(2016, 11, 6): 1}
    foreign = build.an_actor(Role.DISTRICT, nanjing.xuanwu)
    assert sum(count for _day, count in progress.by_day(campaign.id, by=foreign)) == 0
