"""Answers between forms, drafts and rows: kept as JSON in a draft, as columns in an application."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from shared.db import session
from shared.models import (
    Application,
    Certificate,
    ConfirmationPoint,
    Division,
    Person,
    Photo,
    PointSchool,
    School,
    Subject,
)
from shared.models.kinds import EntryStatus, IdKind, Stage
from shared.rules.checks import Problem, Severity
from shared.rules.fields import BY_NAME, FIELDS, Input, raw
from shared.rules.form import FormFacts
from shared.text import _

AGREED = "agreed"  # beside the fields: number of the notice → when it was agreed to

Answers = Mapping[str, Any]


def to_json(answers: Answers) -> str:
    """Answers as a draft keeps them."""
    return json.dumps({key: _plain(value) for key, value in answers.items()}, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def from_json(text: str) -> dict[str, Any]:
    """A draft's answers in their own types."""
    return {key: _typed(key, value) for key, value in json.loads(text).items()}


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401
    field = BY_NAME.get(name)
    if field is None or value is None:
        return value
    if field.input is Input.DATE:
        return date.fromisoformat(value)
    kinds: Any = field.kinds  # calling an enumeration looks a member up by its value
    return kinds(value) if kinds else value


def of_application(application: Application) -> dict[str, Any]:
    """The answers that an application holds."""
    return {field.name: raw(field, application) for field in FIELDS if field.input is not Input.PHOTO}


def whole_form() -> list[ExecutableOption]:
    """Load with an application, in the same statement, every row of reference data that its fields name."""
    named = [getattr(Application, field.relation) for field in FIELDS if field.input is Input.ENTRY]
    return [joinedload(relation) for relation in (*named, Application.person, Application.campaign)]


def facts_for(answers: Answers, application: Application | None = None) -> FormFacts:
    """What the rules need to know of the rows that `answers` point to."""
    school = session.get(School, answers["school_id"]) if answers.get("school_id") else None
    point = session.get(ConfirmationPoint, answers["point_id"]) if answers.get("point_id") else None
    serves = select(PointSchool.id).where(
        PointSchool.point_id == answers.get("point_id"), PointSchool.school_id == answers.get("school_id")
    )
    return FormFacts(
        certificate_is_anothers=anothers_application(answers) is not None or _registered_to_another(answers),
        school_bureau_id=school.bureau_id if school else None,
        point_bureau_id=point.bureau_id if point else None,
        point_is_active=bool(point and point.active),
        point_serves_school=bool(point and school and session.scalar(serves)),
        certificate_subject=_subject(answers.get("certificate_subject_code")),
        taught_subject=_subject(answers.get("teaching_subject_code")),
        residence_can_be_narrowed=_has_parts(answers.get("residence_code")),
        has_photo=bool(application and session.scalar(select(exists().where(Photo.application_id == application.id)))),
    )


def _has_parts(division_code: str | None) -> bool:
    """Whether the list knows districts of this division: then one of them must be chosen."""
    if not division_code:
        return False
    part = select(Division.id).where(Division.parent_code == division_code, Division.status == EntryStatus.ACTIVE)
    return session.scalar(part.limit(1)) is not None


def settle_places(values: dict[str, Any], before: Answers) -> list[Problem]:
    """Keep school and point in step with the bureau and with each other; tell what was changed on the way.

    A school of another bureau is dropped, and so is its point; a point that does not serve the school gives way to one
    that does, because a wrong point must never be a dead end.
    """
    if values.get("bureau_id") != before.get("bureau_id"):
        homes = {
            "school_id": select(School.bureau_id).where(School.id == values.get("school_id")),
            "point_id": select(ConfirmationPoint.bureau_id).where(ConfirmationPoint.id == values.get("point_id")),
        }
        for name, home in homes.items():
            if session.scalar(home) != values.get("bureau_id"):
                values[name] = None
    if not values.get("school_id") or not values.get("point_id"):
        return []
    serving = (
        select(ConfirmationPoint)
        .join(PointSchool, PointSchool.point_id == ConfirmationPoint.id)
        .where(PointSchool.school_id == values["school_id"], ConfirmationPoint.status == EntryStatus.ACTIVE)
        .order_by(ConfirmationPoint.id)
    )
    points = session.scalars(serving).all()
    if not points or values["point_id"] in [point.id for point in points]:
        return []
    values["point_id"] = points[0].id
    text = _("原来选择的确认点不服务该校，确认点已改为“{point}”", point=points[0].name)
    return [Problem("point.switched", "point_id", text, Severity.WARN)]


def _subject(code: str | None) -> str:
    return session.scalar(select(Subject.name).where(Subject.code == code)) or "" if code else ""


def is_person(answers: Answers) -> ColumnElement[bool]:
    """The condition on people that finds who `answers` are about."""
    kind = answers.get("id_kind") or IdKind.RESIDENT
    return (Person.id_kind == kind) & (Person.id_number == (answers.get("id_number") or ""))


def anothers_application(answers: Answers) -> Application | None:
    """An application of somebody else that was submitted with the same certificate number."""
    number = answers.get("certificate_number")
    if not number or not answers.get("id_number"):
        return None
    return session.scalar(
        select(Application)
        .join(Person)
        .where(
            Application.certificate_number == number,
            Application.form_version > 0,
            Application.stage.not_in((Stage.WITHDRAWN, Stage.REVOKED)),
            ~is_person(answers),
        )
        .order_by(Application.id)
        .limit(1)
    )


def _registered_to_another(answers: Answers) -> bool:
    number, holder = answers.get("certificate_number"), answers.get("id_number")
    if not number or not holder:
        return False
    known = select(Certificate.id).where(Certificate.number == number, Certificate.id_number != holder)
    return session.scalar(known) is not None
