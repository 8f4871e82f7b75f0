"""The roster of a school: everybody who must register beside everybody who applied, and how far each is."""

import pytest

from shared.db import session
from shared.models import Application, Campaign, Person, RosterEntry, School
from shared.models.kinds import IdKind, Origin, Role, Stage
from shared.rules.rights import Actor
from shared.services import access, roster, workflow
from shared.services.roster import Standing
from shared.services.workflow import Wish
from tests import build

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def school() -> School:
    school = build.a_school(bureau=build.a_nanjing().gulou)
    build.a_point(serving=[school])
    return school


@pytest.fixture
def campaign(school: School) -> Campaign:
    return build.a_campaign(school.bureau)


@pytest.fixture
def officer(school: School) -> Actor:
    return build.an_actor(Role.SCHOOL, school)


def listed(person: Person | None, school: School, campaign: Campaign, name: str = "") -> RosterEntry:
    number = person.id_number if person else build.an_id_number()
    return build.add(
        RosterEntry(
            campaign_id=campaign.id,
            school_id=school.id,
            id_kind=IdKind.RESIDENT,
            id_number=number,
            name=name or (person.name if person else "未报名者"),
        )
    )


def applied(
    stage: Stage, school: School, campaign: Campaign, *, name: str = "", on_the_list: bool = True, **fields: object
) -> Application:
    person = build.a_person(name or f"教师{build.number()}")
    if on_the_list:
        listed(person, school, campaign)
    return build.an_application(stage, person=person, school=school, campaign=campaign, **fields)


def test_everybody_stands_where_they_are(school: School, campaign: Campaign, officer: Actor) -> None:
    stages = {
        Stage.DRAFT: Standing.BEGUN,
        Stage.SUBMITTED: Standing.WAITING,
        Stage.RETURNED: Standing.RETURNED,
        Stage.SCHOOL_CHECKED: Standing.CHECKED,
        Stage.CONFIRMED: Standing.ACCEPTED,
        Stage.PRELIMINARY: Standing.ACCEPTED,
        Stage.CONCLUDED: Standing.ACCEPTED,
        Stage.REVOKED: Standing.ACCEPTED,
        Stage.WITHDRAWN: Standing.MISSING,
    }
    for stage in stages:
        applied(stage, school, campaign, name=stage.value)
    listed(None, school, campaign, "没来")
    found = roster.read(school.id, campaign.id, by=officer)
    assert {line.name: line.standing for line in found.lines} == {
        stage.value: standing for stage, standing in stages.items()
    } | {"没来": Standing.MISSING}
    assert [line.withdrawn for line in found.lines if line.standing is Standing.MISSING] == [True, False]
    assert found.counts == {
        "listed": 10, "applied": 7, "missing": 2, "begun": 1, "waiting": 1, "printed": 0, "returned": 1,
        "checked": 1, "accepted": 4, "unlisted": 0, "elsewhere": 0,
    }  # fmt: skip


def test_of_a_draft_only_that_it_was_begun_is_told(school: School, campaign: Campaign, officer: Actor) -> None:
    draft = applied(Stage.DRAFT, school, campaign, name="起草")
    [line] = roster.read(school.id, campaign.id, by=officer).lines
    assert line.standing is Standing.BEGUN
    assert (line.application_id, line.person_id, line.number, line.since) == (None, None, "", None)
    assert draft.person.id_number not in line.id_number


def test_of_an_application_at_another_school_only_that_there_is_one(
    school: School, campaign: Campaign, officer: Actor
) -> None:
    elsewhere = build.a_school(bureau=school.bureau)
    row = applied(Stage.SUBMITTED, elsewhere, campaign, on_the_list=False)
    listed(row.person, school, campaign)
    [line] = roster.read(school.id, campaign.id, by=officer).lines
    assert line.standing is Standing.ELSEWHERE
    assert (line.application_id, line.number, line.stage) == (None, "", None)


def test_whoever_applied_without_standing_on_the_list_comes_after_it(
    school: School, campaign: Campaign, officer: Actor
) -> None:
    stranger = applied(Stage.SUBMITTED, school, campaign, name="不在册", on_the_list=False)
    applied(Stage.DRAFT, school, campaign, on_the_list=False)  # nobody's business yet
    applied(Stage.WITHDRAWN, school, campaign, on_the_list=False)
    listed(None, school, campaign, "在册")
    listed(stranger.person, build.a_school(bureau=school.bureau), campaign)  # on another school's list
    found = roster.read(school.id, campaign.id, by=officer)
    assert [(line.name, line.listed) for line in found.lines] == [("在册", True), ("不在册", False)]
    assert found.counts["unlisted"] == 1
    assert [line.name for line in roster.read(school.id, campaign.id, by=officer, group="unlisted").lines] == ["不在册"]


def test_who_comes_again_after_giving_up_has_applied(school: School, campaign: Campaign, officer: Actor) -> None:
    first = applied(Stage.WITHDRAWN, school, campaign)
    build.an_application(Stage.SUBMITTED, person=first.person, school=school, campaign=campaign)
    [line] = roster.read(school.id, campaign.id, by=officer).lines
    assert line.standing is Standing.WAITING
    assert not line.withdrawn


def test_an_application_of_another_campaign_does_not_count(school: School, campaign: Campaign, officer: Actor) -> None:
    row = applied(Stage.CONCLUDED, school, build.a_campaign(school.bureau), on_the_list=False)
    listed(row.person, school, campaign)
    [line] = roster.read(school.id, campaign.id, by=officer).lines
    assert line.standing is Standing.MISSING


def test_only_the_print_of_the_present_version_counts(school: School, campaign: Campaign, officer: Actor) -> None:
    applied(Stage.SUBMITTED, school, campaign, form_version=2, printed_version=2, name="已打印")
    applied(Stage.SUBMITTED, school, campaign, form_version=2, printed_version=1, name="打印后又改")
    found = roster.read(school.id, campaign.id, by=officer, group="printed")
    assert [line.name for line in found.lines] == ["已打印"]
    assert found.counts["printed"] == 1


def test_whoever_was_entered_by_the_district_is_told_apart(school: School, campaign: Campaign, officer: Actor) -> None:
    applied(Stage.PRELIMINARY, school, campaign, origin=Origin.IMPORT_UNAPPLIED)
    [line] = roster.read(school.id, campaign.id, by=officer).lines
    assert line.unapplied


def test_a_search_finds_a_part_of_a_name_and_an_id_number(school: School, campaign: Campaign, officer: Actor) -> None:
    wanted = applied(Stage.SUBMITTED, school, campaign, name="欧阳晓燕")
    applied(Stage.SUBMITTED, school, campaign, name="王%")
    applied(Stage.SUBMITTED, school, campaign, name="李晓", on_the_list=False)

    def found(word: str) -> list[str]:
        answer = roster.read(school.id, campaign.id, by=officer, word=word)
        assert answer.counts["listed"] == 2, "the numbers on top are of the whole"
        return [line.name for line in answer.lines]

    assert found("晓") == ["欧阳晓燕", "李晓"]
    assert found("%") == ["王%"]
    assert found(wanted.person.id_number.lower()) == ["欧阳晓燕"]
    assert found("没有") == []


def test_pages_end_where_the_people_end(
    school: School, campaign: Campaign, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "PAGE", 2)
    for name in "甲乙丙":
        listed(None, school, campaign, name)
    answer = roster.read(school.id, campaign.id, by=officer, page=9)
    assert ([line.name for line in answer.lines], answer.page, answer.pages, answer.total) == (["丙"], 2, 2, 3)
    assert [line.name for line in roster.everyone(school.id, campaign.id, by=officer)] == ["甲", "乙", "丙"]


def test_a_foreign_school_has_no_people(school: School, campaign: Campaign) -> None:
    applied(Stage.SUBMITTED, school, campaign)
    applied(Stage.SUBMITTED, school, campaign, on_the_list=False)
    stranger = build.an_actor(Role.SCHOOL, build.a_school(bureau=school.bureau))
    found = roster.read(school.id, campaign.id, by=stranger)
    assert (list(found.lines), found.total, sum(found.counts.values())) == ([], 0, 0)
    district = build.an_actor(Role.DISTRICT, school.bureau)
    assert roster.read(school.id, campaign.id, by=district).total == 2


def test_the_net_of_the_pages_hides_no_draft_from_the_roster(
    school: School, campaign: Campaign, officer: Actor
) -> None:
    applied(Stage.DRAFT, school, campaign)
    row = applied(Stage.SUBMITTED, build.a_school(bureau=school.bureau), campaign, on_the_list=False)
    listed(row.person, school, campaign)
    session.commit()
    access.watch(officer)
    try:
        counts = roster.read(school.id, campaign.id, by=officer).counts
    finally:
        access.watch(None)
    assert (counts["begun"], counts["elsewhere"], counts["missing"]) == (1, 1, 0)


def test_the_next_that_waits_is_never_the_own_one(school: School, campaign: Campaign) -> None:
    first, mine, last = (applied(Stage.SUBMITTED, school, campaign) for _ in range(3))
    me = access.actor_of_staff(build.staff(Role.SCHOOL, school, id_number=mine.person.id_number))
    assert roster.following(first.id, by=me) == last.id
    assert roster.following(last.id, by=me) == first.id
    assert roster.following(0, by=me, campaign_id=campaign.id) == first.id
    assert roster.following(0, by=me, campaign_id=0) is None


def test_what_came_back_is_listed_until_it_is_checked_again(school: School, campaign: Campaign, officer: Actor) -> None:
    to_teacher, to_school, again = (applied(Stage.SCHOOL_CHECKED, school, campaign, photo=True) for _ in range(3))
    applied(Stage.SUBMITTED, school, campaign)  # never came back
    operator = build.an_actor(Role.POINT, to_teacher.point)
    workflow.move(to_teacher.id, "return", by=operator, wish=Wish(reason="合同缺公章"))
    build.change(to_school, stage=Stage.CONFIRMED)
    build.change(again, stage=Stage.CONFIRMED)
    for row in (to_school, again):
        workflow.move(row.id, "undo_confirm", by=operator, wish=Wish(reason="误确认"))
    workflow.move(again.id, "school_pass", by=officer)
    found, total = roster.sent_back(campaign.id, by=officer)
    assert [(one.application.id, one.event.reason) for one in found] == [
        (to_teacher.id, "合同缺公章"), (to_school.id, "误确认"),
    ]  # fmt: skip
    assert total == 2
    stranger = build.an_actor(Role.SCHOOL, build.a_school(bureau=school.bureau))
    assert roster.sent_back(campaign.id, by=stranger) == ([], 0)


def test_passwords_are_reset_for_ones_own_teachers_only(school: School, campaign: Campaign, officer: Actor) -> None:
    mine = applied(Stage.SUBMITTED, school, campaign)
    applied(Stage.DRAFT, school, campaign)
    lines = roster.read(school.id, campaign.id, by=officer).lines
    assert roster.people_to_help(lines, by=officer) == {mine.person_id}
