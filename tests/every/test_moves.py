"""Every stage × move × role against a table written out here, with everything else satisfied."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Bureau, Event
from shared.models.kinds import Conclusion, Origin, Role, Stage
from shared.rules.rights import Actor
from shared.rules.states import MOVES
from shared.services import workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build
from tests.conftest import Database

STAGES = [
    "draft",
    "submitted",
    "school_checked",
    "confirmed",
    "preliminary",
    "reviewed",
    "concluded",
    "returned",
    "withdrawn",
    "revoked",
]
ROLES = ["teacher", "school", "point", "district", "city", "province", "superuser", "auditor", "nobody"]


class Line(NamedTuple):
    """`paths`: from>to; `roles`: who may, for a district's school; `city_schools`: for one of the city's."""

    paths: str
    roles: str
    city_schools: str
    conclusion: str = ""


TABLE = {
    "submit": Line("draft>submitted", "teacher", "teacher"),
    "resubmit": Line("returned>submitted", "teacher", "teacher"),
    "amend": Line("submitted>submitted school_checked>submitted returned>returned", "teacher", "teacher"),
    "photograph": Line(
        "submitted>submitted school_checked>school_checked returned>returned", "school point", "school point"
    ),
    "withdraw": Line(
        "draft>withdrawn submitted>withdrawn school_checked>withdrawn returned>withdrawn", "teacher", "teacher"
    ),
    "school_pass": Line("submitted>school_checked", "school", "school"),
    "return": Line("submitted>returned school_checked>returned", "school point", "school point"),
    "correct": Line("submitted>submitted school_checked>school_checked", "point", "point"),
    "confirm": Line("submitted>confirmed school_checked>confirmed", "point", "point"),
    "undo_confirm": Line("confirmed>submitted", "point district", "point city"),
    "change_point": Line(
        "draft>draft submitted>submitted school_checked>school_checked returned>returned",
        "teacher point district",
        "teacher point city",
    ),
    "preliminary": Line("confirmed>preliminary", "district", "city", "registered"),
    "revise_preliminary": Line("preliminary>preliminary", "district", "city", "refused"),
    "disqualify": Line(
        "submitted>preliminary school_checked>preliminary returned>preliminary confirmed>preliminary",
        "district",
        "city",
        "deferred",
    ),
    "enter": Line("draft>preliminary", "district", "city", "deferred"),
    "strike": Line("preliminary>withdrawn", "district", "city"),
    "send_back_review": Line("preliminary>confirmed", "city", "city"),
    "agree": Line("preliminary>reviewed", "city", "city"),
    "final": Line("reviewed>concluded preliminary>concluded", "province", "province", "registered"),
    "send_back_final": Line("reviewed>preliminary", "province", "province"),
    "request_revocation": Line("concluded>concluded", "district city", "city"),
    "approve_revocation": Line("concluded>revoked", "city province", "province"),
    "refuse_revocation": Line("concluded>concluded", "city province", "province"),
}
PUBLISHED = ("agree", "final")  # they wait for the end of publicity; before it began the others may still decide
DECIDES_A_REQUEST = ("approve_revocation", "refuse_revocation")
# Unsubmitted forms are their teacher's alone.
SEE_DRAFTS = {"teacher"}
ASKED_BY = {"city": "district", "province": "city"}


def paths(name: str) -> dict[str, str]:
    return dict(path.split(">") for path in TABLE[name].paths.split())


def may(name: str, role: str, stage: str, *, own: bool) -> bool:
    line = TABLE[name]
    allowed = role in (line.city_schools if own else line.roles).split()
    return allowed and stage in paths(name) and (stage != "draft" or role in SEE_DRAFTS)


@dataclass
class World:
    """One application at each stage, complete, papers received, signed as it stands; one actor of each role."""

    database: Database
    own: bool
    ids: dict[str, int]
    actors: dict[str, Actor]
    point_id: int
    home: Bureau

    def prepare(self, name: str, role: str) -> None:
        """Satisfy what only this move asks for."""
        applications = [session.get_one(Application, key) for key in self.ids.values()]
        if name in PUBLISHED:
            yesterday = clock.today() - timedelta(days=1)
            for application in applications:
                build.a_publicity(application.campaign, self.home, date(2026, 1, 1), yesterday)
        if name == "strike":
            for application in applications:
                build.change(application, origin=Origin.IMPORT_UNAPPLIED)
        asking = ASKED_BY.get(role)
        if name in DECIDES_A_REQUEST and asking and not (self.own and asking == "district"):
            requester = build.staff(Role(asking), self.home if asking == "district" else None)
            for application in applications:
                build.a_revocation_request(application, requester)

    def wish(self, name: str) -> Wish:
        conclusion = TABLE[name].conclusion
        return Wish(
            reason="理由充分", point_id=self.point_id, conclusion=Conclusion(conclusion) if conclusion else None
        )

    def snapshot(self) -> dict[int, tuple[str, int, str, int]]:
        columns = (
            Application.id,
            Application.stage,
            Application.version,
            Application.conclusion,
            Application.form_version,
        )
        return {row[0]: tuple(row[1:]) for row in session.execute(select(*columns))}

    def records(self) -> tuple[int, int, int]:
        """How many events, audit entries of applications, and audit entries of whatever else a move brings with it."""
        count = select(func.count())
        own = count.select_from(AuditEntry).where(AuditEntry.table_name == Application.__tablename__)
        other = count.select_from(AuditEntry).where(AuditEntry.table_name != Application.__tablename__)
        return tuple(session.scalar(query) or 0 for query in (count.select_from(Event), own, other))


@pytest.fixture(params=["a district's school", "a school of the city's own"])
def world(request: pytest.FixtureRequest, database: Database) -> World:
    own = request.param != "a district's school"
    nanjing = build.a_nanjing()
    home = nanjing.city if own else nanjing.gulou
    school = build.a_school(bureau=home)
    point = build.a_point(serving=[school])
    teacher = build.a_person()
    ids = {}
    for stage in STAGES:
        campaign = build.a_campaign(nanjing.city, has_school_check=False, has_city_review=False)
        build.a_material(campaign)
        application = build.an_application(
            Stage(stage),
            person=teacher,
            campaign=campaign,
            point=point,
            photo=True,
            signed_version=int(stage != "draft"),
        )
        build.papers_received(application)
        ids[stage] = application.id
    places = {
        "teacher": teacher,
        "school": school,
        "point": point,
        "district": nanjing.gulou,
        "city": nanjing.city,
        "province": nanjing.province,
        "superuser": nanjing.province,
        "auditor": nanjing.province,
    }
    actors = {role: build.an_actor(Role(role), place) for role, place in places.items()}
    return World(database, own, ids, actors | {"nobody": build.an_actor(None)}, point.id, home)


def test_the_table_names_every_move_stage_and_role() -> None:
    assert set(TABLE) == set(MOVES)
    assert set(STAGES) == {stage.value for stage in Stage}
    assert set(ROLES) == {role.value for role in Role} | {"nobody"}
    for name in TABLE:
        assert paths(name) == {start.value: end.value for start, end in MOVES[name].paths.items()}, name


def test_every_cell_moves_or_refuses_and_then_changes_nothing(world: World) -> None:
    wrong = []
    for name in TABLE:
        for role in ROLES:
            with world.database.aside():
                world.prepare(name, role)
                wrong += _cells(world, name, role)
    assert wrong == []


def _cells(world: World, name: str, role: str) -> list[str]:
    """The ten stages of one move and role in one order, so that each is judged beside all the others."""
    before, records = world.snapshot(), world.records()
    outcome = workflow.move_many(list(world.ids.values()), name, by=world.actors[role], wish=world.wish(name))
    after = world.snapshot()
    wrong = []
    for stage, key in world.ids.items():
        cell = f"{role} {name} from {stage}"
        if may(name, role, stage, own=world.own):
            if key not in outcome.moved:
                wrong.append(f"{cell}: refused: {[str(problem.text) for problem in outcome.refused[key]]}")
            elif after[key][0] != paths(name)[stage] or after[key][1] != before[key][1] + 1:
                wrong.append(f"{cell}: became {after[key]}")
        elif key in outcome.moved or not outcome.refused[key] or after[key] != before[key]:
            wrong.append(f"{cell}: allowed: {before[key]} -> {after[key]}")
    moved = len(outcome.moved)
    grown = tuple(new - old for new, old in zip(world.records(), records, strict=True))
    if grown[:2] != (moved, moved) or (grown[2] and not moved):
        wrong.append(f"{role} {name}: {moved} moved, {grown} recorded")
    return wrong


def test_one_at_a_time_gives_the_same_answer(world: World) -> None:
    """The single verb, for each allowed cell and for the same cell by each role that may not."""
    wrong = []
    for name in TABLE:
        for role in ROLES:
            with world.database.aside():
                world.prepare(name, role)
                stage = next(iter(paths(name)))
                before, records = world.snapshot(), world.records()
                try:
                    workflow.move(world.ids[stage], name, by=world.actors[role], wish=world.wish(name))
                    moved = True
                except (Refused, NotYours):
                    moved = False
                changed = (world.snapshot() != before, world.records() != records)
                if moved != may(name, role, stage, own=world.own) or changed != (moved, moved):
                    wrong.append(f"{role} {name} from {stage}: moved {moved}, changed {changed}")
    assert wrong == []
