"""Which confirmation points a school's teachers may go to, as SQL, the same for every list, rule and move."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from shared.models import ConfirmationPoint, PointSchool, School
from shared.models.kinds import EntryStatus


def serves(point_id: Any, school_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  columns, or values for them
    """Whether the point serves the school; a school that no point serves yet may go to any of its bureau's.

    A school that a teacher has added must not be a dead end (S15), and papers stay within the bureau that registers.
    """
    point, school = aliased(ConfirmationPoint), aliased(School)
    linked = exists().where(PointSchool.point_id == point_id, PointSchool.school_id == school_id)
    known = exists().where(PointSchool.school_id == school_id)
    nearby = exists().where(point.id == point_id, school.id == school_id, point.bureau_id == school.bureau_id)
    return or_(linked, and_(not_(known), nearby))


def takes_papers(today: date) -> ColumnElement[bool]:
    """Points that are in use and whose last day, if they have one of their own, is not over."""
    closes = ConfirmationPoint.closes_on.expression
    return and_(ConfirmationPoint.status == EntryStatus.ACTIVE, or_(closes.is_(None), closes >= today))
