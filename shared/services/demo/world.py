"""What the demo's teachers can choose from, read once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from shared.adapters.photo import Photo
from shared.db import session
from shared.models import (
    Authority,
    Bureau,
    Campaign,
    ConfirmationPoint,
    Division,
    Institution,
    Material,
    NoticeText,
    PointSchool,
    Receipt,
    School,
    Staff,
    Subject,
)
from shared.models.kinds import BureauLevel, EntryStatus, Role, SchoolNature
from shared.services.demo.places import CITY, DISTRICTS, FIRST_SCHOOL
from shared.services.demo.portraits import portraits

_NANJING, _JIANGSU = "3201", "32"


@dataclass(frozen=True)
class Place:
    """A school with the bureau above it and the points that serve it."""

    id: int
    name: str
    nature: SchoolNature
    bureau_id: int
    bureau_code: str
    point_ids: list[int]


@dataclass(frozen=True)
class Officer:
    """Who may have made a move."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True)
class World:
    """Plain values of the rows around an application."""

    campaign_id: int
    year: int
    today: date
    bureau_ids: dict[str, int]
    schools: list[Place]
    officers: dict[tuple[Role, int], Officer]
    point_codes: dict[int, str]
    serials: dict[int, int]
    authorities: list[Authority]
    institutions: list[int]
    subjects: dict[str, list[Subject]]
    districts: list[str]
    birthplaces: list[str]
    material_ids: list[int]
    notice_ids: list[int]
    photos: list[Photo]

    @property
    def first_school(self) -> Place:
        return self.schools[0]

    def serial(self, point_id: int) -> int:
        """The next number of a receipt at this point."""
        self.serials[point_id] += 1
        return self.serials[point_id]


def read(campaign: Campaign, today: date) -> World:
    """Everything, with the school of the plain log-in first."""
    points = {point.id: point.code for point in session.scalars(select(ConfirmationPoint))}
    serials = select(Receipt.point_id, func.max(Receipt.serial).label("last")).where(Receipt.year == campaign.year)
    divisions = session.scalars(
        select(Division).where(Division.status == EntryStatus.ACTIVE).order_by(Division.code)
    ).all()
    counties = [row.code for row in divisions if row.level is BureauLevel.COUNTY]
    return World(
        campaign_id=campaign.id,
        year=campaign.year,
        today=today,
        bureau_ids={row.code: row.id for row in session.execute(select(Bureau.code, Bureau.id))},
        schools=_schools(),
        officers=_officers(),
        point_codes=points,
        serials=defaultdict(
            int, {row.point_id: row.last for row in session.execute(serials.group_by(Receipt.point_id))}
        ),
        authorities=list(session.scalars(select(Authority).where(Authority.division_code.startswith(_NANJING)))),
        institutions=list(session.scalars(select(Institution.id).where(Institution.status == EntryStatus.ACTIVE))),
        subjects=_subjects(),
        districts=[code for code in counties if code.startswith(_NANJING)],
        birthplaces=[code for code in counties if code.startswith(_JIANGSU)],
        material_ids=list(session.scalars(select(Material.id).where(Material.campaign_id == campaign.id))),
        notice_ids=list(session.scalars(select(NoticeText.id).where(NoticeText.edition == 1))),
        photos=portraits(),
    )


def _schools() -> list[Place]:
    serving: dict[int, list[int]] = defaultdict(list)
    for link in session.scalars(select(PointSchool).order_by(PointSchool.point_id)):
        serving[link.school_id].append(link.point_id)
    rows = session.execute(
        select(School, Bureau.code)
        .join(Bureau, School.bureau_id == Bureau.id)
        .where(Bureau.code.in_((CITY, *DISTRICTS)))
    )
    found = {
        school.code: Place(school.id, school.name, school.nature, school.bureau_id, code, serving[school.id])
        for school, code in rows
        if school.nature is not None and serving[school.id] and school.code.startswith(f"S{code}")
    }
    return [found.pop(FIRST_SCHOOL), *(found[code] for code in sorted(found))]


def _officers() -> dict[tuple[Role, int], Officer]:
    """The first member of staff of each role at each place."""
    found: dict[tuple[Role, int], Officer] = {}
    for staff in session.scalars(select(Staff).order_by(Staff.id)):
        place = staff.school_id or staff.point_id or staff.bureau_id
        if place is not None:
            found.setdefault((staff.role, place), Officer(staff.id, staff.name, staff.role))
    return found


def _subjects() -> dict[str, list[Subject]]:
    """What can be taught with a certificate of each type."""
    found: dict[str, list[Subject]] = defaultdict(list)
    teachable = select(Subject).where(Subject.teachable, Subject.status == EntryStatus.ACTIVE).order_by(Subject.code)
    for subject in session.scalars(teachable):
        for type_code in filter(None, subject.qualification_types.split(";")):
            found[type_code].append(subject)
    return found
