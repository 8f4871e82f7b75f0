"""Answers between forms, drafts and rows: kept as JSON in a draft, as columns in an application."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from shared import clock
from shared.db import session
from shared.models import (
    Application,
    Certificate,
    ConfirmationPoint,
    Division,
    Person,
    Photo,
    School,
    Subject,
)
from shared.models.kinds import EntryStatus, IdKind, Stage
from shared.rules import places
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
    """What the rules need to know of the rows that `answers` point to, in one statement."""
    school, point = answers.get("school_id"), answers.get("point_id")
    part = Division.parent_code == (answers.get("residence_code") or ""), Division.status == EntryStatus.ACTIVE
    asked = {
        "certificate_is_anothers": or_(_applied_by_another(answers).exists(), _registered_to_another(answers).exists()),
        "school_bureau_id": _scalar(School.bureau_id, School.id == school),
        "point_bureau_id": _scalar(ConfirmationPoint.bureau_id, ConfirmationPoint.id == point),
        "point_is_active": exists().where(ConfirmationPoint.id == point, places.takes_papers(clock.arrival_day())),
        "point_serves_school": places.serves(point, school, clock.arrival_day()),
        "certificate_subject": _scalar(Subject.name, Subject.code == answers.get("certificate_subject_code")),
        "taught_subject": _scalar(Subject.name, Subject.code == answers.get("teaching_subject_code")),
        "residence_can_be_narrowed": exists().where(*part),
        "has_photo": exists().where(Photo.application_id == (application.id if application else None)),
    }
    found = session.execute(select(*[what.label(name) for name, what in asked.items()])).mappings().one()
    names = ("certificate_subject", "taught_subject")
    return FormFacts(**(dict(found) | {name: found[name] or "" for name in names}))


def _scalar(column: Any, condition: ColumnElement[bool]) -> Any:  # noqa: ANN401  a scalar subquery
    return select(column).where(condition).scalar_subquery()


def registered(answers: Answers) -> Certificate | None:
    """The certificate as the registry knows it: this number, of this very person."""
    number, holder = answers.get("certificate_number"), answers.get("id_number")
    if not number or not holder:
        return None
    return session.scalar(select(Certificate).where(Certificate.number == number, Certificate.id_number == holder))


def as_registered(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with what the registry says of the certificate: it is not entered a second time (S19)."""
    known = registered(answers)
    if known is None:
        return answers
    return answers | {field.name: getattr(known, field.registered) for field in FIELDS if field.registered}


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
    if values.get("school_id") != before.get("school_id"):
        nature = session.scalar(select(School.nature).where(School.id == values.get("school_id")))
        values["school_nature"] = nature or values.get("school_nature")
    if not values.get("school_id") or not values.get("point_id"):
        return []
    serving = (
        select(ConfirmationPoint)
        .where(
            places.takes_papers(clock.arrival_day()),
            places.serves(ConfirmationPoint.id, values["school_id"], clock.arrival_day()),
        )
        .order_by(ConfirmationPoint.id)
    )
    points = session.scalars(serving).all()
    if not points or values["point_id"] in [point.id for point in points]:
        return []
    values["point_id"] = points[0].id
    text = _("原来选择的确认点已不受理或不服务该校，确认点已改为“{point}”", point=points[0].name)
    return [Problem("point.switched", "point_id", text, Severity.WARN)]


def is_person(answers: Answers) -> ColumnElement[bool]:
    """The condition on people that finds who `answers` are about."""
    kind = answers.get("id_kind") or IdKind.RESIDENT
    return (Person.id_kind == kind) & (Person.id_number == (answers.get("id_number") or ""))


def anothers_application(answers: Answers) -> Application | None:
    """An application of somebody else that was submitted with the same certificate number."""
    return session.scalar(_applied_by_another(answers).order_by(Application.id).limit(1))


def _applied_by_another(answers: Answers) -> Select[Application]:
    return (
        select(Application)
        .join(Person)
        .where(
            Application.certificate_number == (answers.get("certificate_number") or ""),
            Application.form_version > 0,
            Application.stage.not_in((Stage.WITHDRAWN, Stage.REVOKED)),
            ~is_person(answers),
        )
    )


def _registered_to_another(answers: Answers) -> Select[Certificate]:
    return select(Certificate).where(
        Certificate.number == (answers.get("certificate_number") or ""),
        Certificate.id_number != (answers.get("id_number") or ""),
    )
