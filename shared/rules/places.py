"""Which confirmation points a school's teachers may go to, as SQL, the same for every list, rule and move."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from shared.models import ConfirmationPoint, PointSchool, School
from shared.models.kinds import EntryStatus


def serves(point_id: Any, school_id: Any, today: date) -> ColumnElement[bool]:  # noqa: ANN401  columns, or values
    """Whether the point serves the school; a school that no open point serves may go to any of its bureau's.

    A school that a teacher has added, or whose point has closed, must not be a dead end (S15), and papers stay within
    the bureau that registers.
    """
    point, school, other = aliased(ConfirmationPoint), aliased(School), aliased(ConfirmationPoint)
    linked = exists().where(PointSchool.point_id == point_id, PointSchool.school_id == school_id)
    served = exists().where(
        PointSchool.school_id == school_id, PointSchool.point_id == other.id, takes_papers(today, other)
    )
    nearby = exists().where(point.id == point_id, school.id == school_id, point.bureau_id == school.bureau_id)
    return or_(linked, and_(not_(served), nearby))


def takes_papers(today: date, point: Any = ConfirmationPoint) -> ColumnElement[bool]:  # noqa: ANN401  the table or an alias
    """Points that are in use and whose last day, if they have one of their own, is not over."""
    return and_(point.status == EntryStatus.ACTIVE, or_(point.closes_on.is_(None), point.closes_on >= today))
