"""What demo teachers ask to be added: one that is new, and two that are there under another spelling."""

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Bureau, Institution, School, StaffRequest
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, RequestKind, Stage
from shared.services.demo.places import FIRST_DISTRICT

_SCHOOLS = ("鼓楼区致远中学（南校区）", "鼓楼区星辰实验小学")
_INSTITUTION = "南京师大"


def build() -> dict[str, int]:
    """The pending rows and the requests about them, where they are missing and somebody has handed something in."""
    district = session.scalars(select(Bureau).where(Bureau.code == FIRST_DISTRICT)).one()
    mine = select(Application).where(Application.bureau_id == district.id, Application.stage == Stage.SUBMITTED)
    teacher = session.scalar(mine.order_by(Application.id).limit(1))
    known = session.scalar(select(School.id).where(School.code == _code(1)))
    if teacher is None or known is not None:
        return {"staff_requests": 0}
    for place, name in enumerate(_SCHOOLS, 1):
        school = School(code=_code(place), name=name, bureau_id=district.id, status=EntryStatus.PENDING)
        _ask(school, RequestKind.ADD_SCHOOL, district.id, teacher)
    institution = Institution(code=_code(3), name=_INSTITUTION, status=EntryStatus.PENDING)
    _ask(institution, RequestKind.ADD_INSTITUTION, teacher.campaign.bureau_id, teacher)
    session.flush()
    return {"staff_requests": 3}


def _code(place: int) -> str:
    return f"DEMO-T{place}"


def _ask(entry: Entry, kind: RequestKind, bureau_id: int, teacher: Application) -> None:
    session.add(entry)
    session.add(
        StaffRequest(
            kind=kind,
            bureau_id=bureau_id,
            text=entry.name,
            entry_code=entry.code,
            application_id=teacher.id,
            raised_at=clock.now(),
            raised_by=teacher.name or "",
        )
    )
