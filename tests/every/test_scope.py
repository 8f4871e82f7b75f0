"""Every line of SCOPE against a table written out here: which role may do what, and to whose rows."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import Base, session
from shared.models import (
    Application,
    AssessmentYear,
    Batch,
    Bureau,
    Campaign,
    CertificateRequest,
    ConfirmationPoint,
    Event,
    Hold,
    Material,
    Message,
    Objection,
    Person,
    PointSchool,
    Print,
    Receipt,
    RevocationRequest,
    RosterEntry,
    SavedView,
    School,
    Staff,
    StaffRequest,
    TeachingBreak,
    Window,
)
from shared.models.kinds import (
    AssessmentGrade,
    CertificateService,
    Conclusion,
    IdKind,
    RequestKind,
    Role,
    Stage,
    WindowStage,
)
from shared.rules import policy
from shared.rules.policy import SCOPE
from shared.rules.rights import Actor, Can
from shared.services import access
from tests import build
from tests.conftest import Database
from tests.every.scope_table import CODES, TABLE


def test_the_table_and_scope_say_the_same() -> None:
    written = {
        (model, role, action)
        for model, roles in TABLE.items()
        for role, actions in roles.items()
        for action in actions.split()
    }
    in_force = {(model.__name__, role.value, action.value) for model, role, action in SCOPE}
    assert in_force - written == set(), "SCOPE grants what the table does not"
    assert written - in_force == set(), "the table grants what SCOPE does not"


@dataclass
class Side:
    """A district of a city of a province, with one of everything in it; two sides share nothing."""

    places: dict[Role, object]
    rows: dict[type[Base], Base]
    actors: dict[Role, Actor]


def a_side() -> Side:
    nanjing = build.a_nanjing()
    school = build.a_school(bureau=nanjing.gulou)
    point = build.a_point(serving=[school])
    person = build.a_person()
    campaign = build.a_campaign(nanjing.city, open_stages=(WindowStage.APPLY,))
    application = build.an_application(Stage.SUBMITTED, person=person, campaign=campaign, point=point, school=school)
    places = {
        Role.TEACHER: person,
        Role.SCHOOL: school,
        Role.POINT: point,
        Role.DISTRICT: nanjing.gulou,
        Role.CITY: nanjing.city,
        Role.PROVINCE: nanjing.province,
        Role.SUPERUSER: nanjing.city,
        Role.AUDITOR: nanjing.city,
    }
    actors = {role: build.an_actor(role, place) for role, place in places.items()}
    clerk, day = build.staff(Role.POINT, point), date(2026, 11, 5)
    rows = [
        nanjing.gulou,
        school,
        point,
        person,
        campaign,
        application,
        clerk,
        session.scalars(select(PointSchool).where(PointSchool.point_id == point.id)).one(),
        session.scalars(select(Window).where(Window.campaign_id == campaign.id)).one(),
        build.a_material(campaign),
        build.a_publicity(campaign, nanjing.gulou, date(2026, 11, 5), date(2026, 11, 11)),
        build.add(Objection(campaign=campaign, bureau=nanjing.gulou, raised_by="x", received_on=day, body="履历不实")),
        *belongings(application, clerk, school, nanjing.gulou),
    ]
    return Side(places, {type(row): row for row in rows}, actors)


def belongings(application: Application, clerk: Staff, school: School, district: Bureau) -> list[Base]:
    """What else belongs to an application, a school or a district."""
    now, key = clock.now(), application.id
    day, number = date(2025, 3, 1), f"N{build.number()}"
    none = Conclusion.NONE
    made = [
        Event(
            application_id=key,
            at=now,
            move="return",
            actor_name="x",
            from_stage=Stage.SUBMITTED,
            to_stage=Stage.RETURNED,
            from_conclusion=none,
            to_conclusion=none,
            reason="",
            form_version=1,
        ),
        Receipt(
            application_id=key,
            number=number,
            point_id=application.point_id,
            year=2026,
            serial=1,
            form_version=1,
            issued_at=now,
            issued_by_id=clerk.id,
        ),
        Print(application_id=key, form_version=1, code="KODE2345", printed_at=now, printed_by="x"),
        Message(application_id=key, body="请带原件", sender="x", sent_at=now),
        AssessmentYear(application_id=key, year=2025, assessment=AssessmentGrade.QUALIFIED),
        TeachingBreak(application_id=key, begins_on=day, ends_on=day, reason="病假"),
        RosterEntry(
            campaign_id=application.campaign_id,
            school_id=school.id,
            id_kind=IdKind.RESIDENT,
            id_number=build.an_id_number(),
            name="李明",
        ),
        StaffRequest(
            kind=RequestKind.ADD_SCHOOL,
            bureau_id=district.id,
            application_id=key,
            text="x",
            raised_at=now,
            raised_by="x",
        ),
        CertificateRequest(
            person_id=application.person_id,
            bureau_id=district.id,
            service=CertificateService.REISSUE,
            certificate_number="x",
            account="遗失",
            raised_at=now,
        ),
    ]
    made += [
        Hold(application_id=key, reason="待核实", placed_at=now, placed_by_id=clerk.id),
    ]
    build.add(*made)
    return [*made, build.a_revocation_request(application, build.staff(Role.DISTRICT, district))]


@pytest.fixture
def sides(database: Database) -> tuple[Side, Side]:
    return a_side(), a_side()


def allowed(row: Base, by: Actor, action: Can) -> bool:
    model, key = type(row), row.__mapper__.primary_key_from_instance(row)[0]
    found = select(model.__table__.c.id).where(model.__table__.c.id == key, policy.condition(model, by, action))
    return session.scalar(found) is not None


def reaches_foreign_rows(model: type[Base], role: Role, action: Can) -> bool:
    """Auditors look at everything; the desk must be able to name every place when it puts a wrong one right."""
    return role is Role.AUDITOR or (action is Can.REFER and model in (Bureau, School, ConfirmationPoint, Staff))


# Own rows that a line does not reach all the same.
NOT_EVEN_OWN: set[tuple[type[Base], Role, Can]] = {
    (Application, Role.CITY, Can.PRELIMINARY),  # only of schools that are the city's own
    (Application, Role.CITY, Can.UNDO_CONFIRM),
    (Application, Role.CITY, Can.CHANGE_POINT),
    (RevocationRequest, Role.PROVINCE, Can.DECIDE_REVOCATION),  # this one was asked for by the district
}


def test_each_line_reaches_own_rows_and_no_foreign_ones(sides: tuple[Side, Side]) -> None:
    here, there = sides
    wrong = []
    walked = 0
    for model, role, action in SCOPE:
        if model not in here.rows:
            continue
        walked += 1
        by = here.actors[role]
        own = allowed(here.rows[model], by, action)
        foreign = allowed(there.rows[model], by, action)
        line = f"{role} {action} {model.__name__}"
        if own == ((model, role, action) in NOT_EVEN_OWN):
            wrong.append(f"{line}: own row {own}")
        if foreign != reaches_foreign_rows(model, role, action):
            wrong.append(f"{line}: foreign row {foreign}")
    assert wrong == []
    assert walked > 150


def test_what_somebody_works_with_is_their_own(database: Database) -> None:
    nanjing = build.a_nanjing()
    mine, other = build.staff(Role.DISTRICT, nanjing.gulou), build.staff(Role.DISTRICT, nanjing.gulou)
    batch = build.add(Batch(staff_id=mine.id, move="return", made_at=clock.now()))
    view = build.add(SavedView(staff_id=mine.id, table_name="applications", name="x", query=""))
    for row in (batch, view):
        assert allowed(row, access.actor_of_staff(mine), Can.VIEW)
        assert not allowed(row, access.actor_of_staff(other), Can.VIEW)
    assert not allowed(view, access.actor_of_staff(other), Can.EDIT)


def test_a_shared_view_is_seen_below_the_bureau_of_whoever_shares_it(database: Database) -> None:
    nanjing = build.a_nanjing()
    keeper = build.staff(Role.SUPERUSER, nanjing.gulou)
    view = build.add(
        SavedView(
            staff_id=keeper.id, table_name="applications", name="x", query="", shared=True, bureau_id=nanjing.gulou.id
        )
    )
    below = build.an_actor(Role.POINT, build.a_point(bureau=nanjing.gulou))
    assert allowed(view, below, Can.VIEW)
    assert not allowed(view, below, Can.EDIT)
    assert not allowed(view, build.an_actor(Role.DISTRICT, nanjing.xuanwu), Can.VIEW)


def test_every_model_with_a_place_takes_part_in_the_walk(sides: tuple[Side, Side]) -> None:
    without_place = set(CODES.split()) | {"Certificate", "Mail", "AuditEntry", "Batch", "SavedView", "StaffSession"}
    without_place |= {"Export", "Import"}
    assert {model.__name__ for model in sides[0].rows} == set(TABLE) - without_place


def test_whoever_has_no_line_reaches_nothing(sides: tuple[Side, Side]) -> None:
    here, _there = sides
    reached = [
        (role, action, model.__name__)
        for model, row in here.rows.items()
        for role, by in here.actors.items()
        for action in Can
        if (model, role, action) not in SCOPE and action is not Can.REFER and allowed(row, by, action)
    ]
    assert reached == []


def placeless(by: Actor) -> Actor:
    return Actor(role=by.role, id=None, name=by.name)


def test_without_a_place_nothing_is_reached_but_names(sides: tuple[Side, Side]) -> None:
    here, _there = sides
    reached = {
        (model.__name__, role, action)
        for model, role, action in SCOPE
        if model in here.rows and allowed(here.rows[model], placeless(here.actors[role]), action)
    }
    beyond = {line for line in reached if line[1] is not Role.AUDITOR}
    assert {(model, action) for model, _role, action in beyond} == {
        (place, Can.REFER) for place in ("Bureau", "School", "ConfirmationPoint", "Staff")
    }


def test_nobody_without_a_role_reaches_anything(sides: tuple[Side, Side]) -> None:
    here, _there = sides
    command = build.an_actor(None)
    assert not [m for m, row in here.rows.items() for action in Can if allowed(row, command, action)]
    assert not any(policy.may(model, None, action) for model in here.rows for action in Can)


def test_a_superuser_of_the_province_keeps_every_city_below_and_not_the_one_beside(sides: tuple[Side, Side]) -> None:
    here, there = sides
    by = build.an_actor(Role.SUPERUSER, here.places[Role.PROVINCE])
    for model in (Bureau, School, ConfirmationPoint, Staff, Campaign, Window, Material):
        assert allowed(here.rows[model], by, Can.EDIT), model
        assert not allowed(there.rows[model], by, Can.EDIT), model


def test_a_path_that_only_looks_alike_is_foreign(database: Database) -> None:
    """Bureau 1 is not above bureau 12: the path ends with a slash, and wild cards in it mean nothing."""
    nanjing = build.a_nanjing()
    beside = build.add(
        Bureau(
            code="X",
            name="x",
            level=nanjing.gulou.level,
            division_code="320106",
            path=nanjing.gulou.path.rstrip("/") + "9/",
        )
    )
    by = build.an_actor(Role.DISTRICT, nanjing.gulou)
    assert allowed(nanjing.gulou, by, Can.VIEW)
    assert not allowed(beside, by, Can.VIEW)
    wild = Actor(role=Role.DISTRICT, id=1, name="x", bureau_id=1, bureau_path="/%/")
    assert not allowed(nanjing.gulou, wild, Can.VIEW)


def test_a_form_that_was_never_submitted_is_not_seen_by_school_or_point(database: Database) -> None:
    application = build.an_application(Stage.DRAFT)
    for role, place in ((Role.SCHOOL, application.school), (Role.POINT, application.point)):
        assert not allowed(application, build.an_actor(role, place), Can.VIEW)


def test_a_campaign_is_seen_by_all_who_take_part_and_by_the_bureau_that_concludes_it(database: Database) -> None:
    nanjing = build.a_nanjing()
    of_city, of_xuanwu = build.a_campaign(nanjing.city), build.a_campaign(nanjing.xuanwu)
    school = build.a_school(bureau=nanjing.city)
    seen = {
        Role.SCHOOL: (school, True, False),
        Role.POINT: (build.a_point(bureau=nanjing.gulou), True, False),
        Role.DISTRICT: (nanjing.gulou, True, False),
        Role.CITY: (nanjing.city, True, True),
        Role.PROVINCE: (nanjing.province, True, True),
    }
    for role, (place, *expected) in seen.items():
        by = build.an_actor(role, place)
        assert [allowed(campaign, by, Can.VIEW) for campaign in (of_city, of_xuanwu)] == expected, role
    keeper = build.an_actor(Role.SUPERUSER, nanjing.province)
    assert allowed(of_xuanwu, keeper, Can.VIEW)
    assert allowed(of_xuanwu, keeper, Can.EDIT)


def test_person_by_name_only_where_an_application_is_seen(sides: tuple[Side, Side]) -> None:
    here, _there = sides
    stranger = build.a_person()
    for role in (Role.SCHOOL, Role.POINT, Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER):
        assert allowed(here.rows[Person], here.actors[role], Can.REFER), role
        assert not allowed(stranger, here.actors[role], Can.REFER), role
