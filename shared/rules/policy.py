"""SCOPE: who may do what to which rows, as SQL. What is not in the table is denied."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import aliased

from shared.db import Base
from shared.models import (
    Alias,
    Application,
    AssessmentYear,
    AuditEntry,
    Authority,
    Batch,
    Bureau,
    CalendarDay,
    Campaign,
    Certificate,
    CertificateRequest,
    ConfirmationPoint,
    Degree,
    Division,
    Education,
    Ethnicity,
    Event,
    Hold,
    Institution,
    Mail,
    Material,
    Message,
    NoticeText,
    Person,
    PointSchool,
    PoliticalStatus,
    Publicity,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Receipt,
    RevocationRequest,
    RosterEntry,
    SavedView,
    School,
    Staff,
    StaffRequest,
    Subject,
    TeachingBreak,
    Title,
    Window,
)
from shared.models.kinds import Origin, RequestKind, Role, Stage


class Can(StrEnum):
    """What may be done to a row; the moves of an application name one of these, never a role."""

    REFER = "refer"  # see its name beside another row, or choose it in a form
    VIEW = "view"  # its own list and page
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"
    REVEAL = "reveal"  # show a personal value in full, audited
    PRINT = "print"
    SUBMIT = "submit"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    CHECK = "check"  # the school's officer
    RETURN = "return"
    CONFIRM = "confirm"
    UNDO_CONFIRM = "undo_confirm"
    CHANGE_POINT = "change_point"
    CORRECT = "correct"  # change an applicant's data at the desk (S19)
    PRELIMINARY = "preliminary"
    REVIEW = "review"
    FINAL = "final"
    REQUEST_REVOCATION = "request_revocation"
    DECIDE_REVOCATION = "decide_revocation"
    HOLD = "hold"  # stop every decision until something is cleared up, and lift it again
    ASSIGN = "assign"  # say which colleague looks at it
    WRITE = "write"  # a message to the applicant
    MERGE = "merge"  # put a duplicate's place in order: everything points to the other one
    RESET_PASSWORD = "reset_password"  # noqa: S105  let a teacher back in, who has shown the identity card


@dataclass(frozen=True)
class Actor:
    """Who acts, as plain values: permission code never sees a live row. Without a role: a command of the operator's."""

    role: Role | None
    id: int | None
    name: str
    address: str = ""
    school_id: int | None = None
    point_id: int | None = None
    bureau_id: int | None = None
    bureau_path: str = ""


Condition = Callable[[Actor], ColumnElement[bool]]


def everything(_actor: Actor) -> ColumnElement[bool]:
    return true()


def _below(column: ColumnElement[int] | ColumnElement[int | None], actor: Actor) -> ColumnElement[bool]:
    """Rows whose bureau is the actor's own or lies below it in the tree; without a place: none."""
    if not actor.bureau_path:
        return false()
    return column.in_(
        select(Bureau.id).where(Bureau.path.startswith(actor.bureau_path, autoescape=True)).correlate(None)
    )


def _is(column: ColumnElement[int] | ColumnElement[int | None], value: int | None) -> ColumnElement[bool]:
    return column == value if value is not None else false()


def my_own(actor: Actor) -> ColumnElement[bool]:
    return _is(Application.person_id.expression, actor.id)


def _handed_in(one: type[Application] = Application) -> ColumnElement[bool]:
    """An unfinished draft is its teacher's alone; one that the district entered (S23) has no form."""
    return (one.form_version > 0) | (one.origin == Origin.IMPORT_UNAPPLIED)


def of_my_school(actor: Actor) -> ColumnElement[bool]:
    return _is(Application.school_id.expression, actor.school_id) & _handed_in()


def still_attested(actor: Actor) -> ColumnElement[bool]:
    """The school's part closes when the papers are confirmed."""
    return of_my_school(actor) & Application.stage.in_((Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED))


def of_my_point(actor: Actor) -> ColumnElement[bool]:
    return _is(Application.point_id.expression, actor.point_id) & _handed_in()


def of_my_bureau(actor: Actor) -> ColumnElement[bool]:
    return _is(Application.bureau_id.expression, actor.bureau_id) & _handed_in()


def in_my_area(actor: Actor) -> ColumnElement[bool]:
    return _below(Application.bureau_id.expression, actor) & _handed_in()


def _applications(condition: Condition, column: ColumnElement[int] | ColumnElement[int | None]) -> Condition:
    """The same rows as of applications, for a table that belongs to one."""
    return lambda actor: column.in_(select(Application.id).where(condition(actor)).correlate(None))


def _bureaus(column: ColumnElement[int] | ColumnElement[int | None]) -> Condition:
    return lambda actor: _below(column, actor)


def _campaigns(column: ColumnElement[int]) -> Condition:
    return lambda actor: column.in_(
        select(Campaign.id).where(_below(Campaign.bureau_id.expression, actor)).correlate(None)
    )


def _points_in_my_area(actor: Actor) -> ColumnElement[bool]:
    points = select(ConfirmationPoint.id).where(_below(ConfirmationPoint.bureau_id.expression, actor)).correlate(None)
    return PointSchool.point_id.in_(points)


def _staff_in_my_area(actor: Actor) -> ColumnElement[bool]:
    schools = select(School.id).where(_below(School.bureau_id.expression, actor)).correlate(None)
    points = select(ConfirmationPoint.id).where(_below(ConfirmationPoint.bureau_id.expression, actor)).correlate(None)
    return _below(Staff.bureau_id.expression, actor) | Staff.school_id.in_(schools) | Staff.point_id.in_(points)


def _people_of(condition: Condition) -> Condition:
    return lambda actor: Person.id.in_(select(Application.person_id).where(condition(actor)).correlate(None))


def _people_now_of(condition: Condition) -> Condition:
    """People by the last application they handed in: a school that somebody has left has no say any more."""

    def matched(actor: Actor) -> ColumnElement[bool]:
        later = aliased(Application)
        newer = select(later.id).where(later.person_id == Application.person_id, later.id > Application.id)
        last = select(Application.id).where(condition(actor), ~newer.where(_handed_in(later)).exists())
        return last.where(Application.person_id == Person.id).correlate(Person).exists()

    return matched


def _roster_in_my_area(actor: Actor) -> ColumnElement[bool]:
    return RosterEntry.school_id.in_(
        select(School.id).where(_below(School.bureau_id.expression, actor)).correlate(None)
    )


def _above(column: ColumnElement[int] | ColumnElement[int | None], actor: Actor) -> ColumnElement[bool]:
    """Rows whose bureau is the actor's own or lies above it in the tree; without a place: none."""
    ids = [int(part) for part in actor.bureau_path.strip("/").split("/") if part]
    return column.in_(ids) if ids else false()


def _campaigns_above_me(actor: Actor) -> ColumnElement[bool]:
    """The campaigns that a place takes part in: its own bureau's and those of the bureaus above."""
    return _above(Campaign.bureau_id.expression, actor)


def _campaigns_above_or_below(actor: Actor) -> ColumnElement[bool]:
    """Of a bureau also those of the bureaus below: it reviews and concludes what they began."""
    return _campaigns_above_me(actor) | _below(Campaign.bureau_id.expression, actor)


def _requests_from(role: Role) -> Condition:
    """Revocations asked for by the level below, in the actor's area."""

    def condition(actor: Actor) -> ColumnElement[bool]:
        asked = RevocationRequest.requested_by_id.in_(select(Staff.id).where(Staff.role == role).correlate(None))
        mine = RevocationRequest.application_id.in_(select(Application.id).where(in_my_area(actor)).correlate(None))
        return asked & mine

    return condition


def _my_views(actor: Actor) -> ColumnElement[bool]:
    return _is(SavedView.staff_id.expression, actor.id)


def _views_for_me(actor: Actor) -> ColumnElement[bool]:
    """One's own saved views, and those that a superuser at or above one's place shares."""
    return _my_views(actor) | (SavedView.shared & _above(SavedView.bureau_id.expression, actor))


def _asked_by_me(actor: Actor) -> ColumnElement[bool]:
    """One's own requests; not the report that a certificate number was used twice, which names somebody else."""
    mine = _applications(my_own, StaffRequest.application_id.expression)(actor)
    return mine & (StaffRequest.kind != RequestKind.DUPLICATE_CERTIFICATE)


SCOPE: dict[tuple[type[Base], Role, Can], Condition] = {}


def _grant(model: type[Base], role: Role, condition: Condition, *actions: Can) -> None:
    for action in actions:
        SCOPE[(model, role, action)] = condition


# Applications: every role sees its own part, and each move has one kind of person who makes it.
_grant(Application, Role.TEACHER, my_own, Can.VIEW, Can.SUBMIT, Can.AMEND, Can.WITHDRAW, Can.CHANGE_POINT, Can.PRINT)
_grant(Application, Role.SCHOOL, of_my_school, Can.VIEW, Can.EDIT, Can.EXPORT, Can.CHECK, Can.RETURN, Can.PRINT)
_grant(Application, Role.POINT, of_my_point, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT)
_grant(Application, Role.POINT, of_my_point, Can.RETURN, Can.CONFIRM, Can.UNDO_CONFIRM, Can.CHANGE_POINT, Can.CORRECT)
_grant(Application, Role.DISTRICT, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.PRELIMINARY)
_grant(Application, Role.DISTRICT, in_my_area, Can.UNDO_CONFIRM, Can.CHANGE_POINT, Can.REQUEST_REVOCATION)
_grant(Application, Role.CITY, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.REVIEW)
_grant(Application, Role.CITY, in_my_area, Can.REQUEST_REVOCATION, Can.DECIDE_REVOCATION)
# The city decides first on schools of its own.
_grant(Application, Role.CITY, of_my_bureau, Can.PRELIMINARY, Can.UNDO_CONFIRM, Can.CHANGE_POINT)
_grant(Application, Role.PROVINCE, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.FINAL)
_grant(Application, Role.PROVINCE, in_my_area, Can.DECIDE_REVOCATION)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE):
    _grant(Application, _role, in_my_area, Can.HOLD, Can.ASSIGN, Can.WRITE)
_grant(Application, Role.SCHOOL, of_my_school, Can.WRITE)
_grant(Application, Role.POINT, of_my_point, Can.WRITE)
_grant(Application, Role.SUPERUSER, in_my_area, Can.VIEW, Can.EXPORT)
_grant(Application, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

# What belongs to an application is seen by whoever sees the application.
_SEES: dict[Role, Condition] = {
    Role.SCHOOL: of_my_school,
    Role.POINT: of_my_point,
    Role.DISTRICT: in_my_area,
    Role.CITY: in_my_area,
    Role.PROVINCE: in_my_area,
    Role.SUPERUSER: in_my_area,
    Role.AUDITOR: everything,
}
for _role, _condition in _SEES.items():
    _grant(Person, _role, _people_of(_condition), Can.REFER)
    for _part in (Event, Receipt, Message, AssessmentYear, TeachingBreak, RevocationRequest):
        _grant(_part, _role, _applications(_condition, _part.application_id.expression), Can.VIEW)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR):
    _grant(Hold, _role, _applications(_SEES[_role], Hold.application_id.expression), Can.VIEW)
for _attested in (AssessmentYear, TeachingBreak):
    _mine = _applications(still_attested, _attested.application_id.expression)
    _grant(_attested, Role.SCHOOL, _mine, Can.CREATE, Can.EDIT, Can.DELETE)
for _shown in (Event, Message, Receipt):
    _grant(_shown, Role.TEACHER, _applications(my_own, _shown.application_id.expression), Can.VIEW)
_grant(StaffRequest, Role.TEACHER, _asked_by_me, Can.VIEW)
_grant(RevocationRequest, Role.CITY, _requests_from(Role.DISTRICT), Can.DECIDE_REVOCATION)
_grant(RevocationRequest, Role.PROVINCE, _requests_from(Role.CITY), Can.DECIDE_REVOCATION)

# Code tables: superusers keep them, everyone on the staff may look things up.
CODE_TABLES: tuple[type[Base], ...] = (
    Alias,
    Authority,
    CalendarDay,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    NoticeText,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Subject,
    Title,
)
STAFF_ROLES = tuple(role for role in Role if role is not Role.TEACHER)
for _model in CODE_TABLES:
    for _role in STAFF_ROLES:
        _grant(_model, _role, everything, Can.REFER)
    _grant(_model, Role.SUPERUSER, everything, Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    _grant(_model, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

_grant(Alias, Role.SUPERUSER, everything, Can.DELETE)
for _merged in (Authority, Institution, Subject):
    _grant(_merged, Role.SUPERUSER, everything, Can.MERGE)

# Places and people: a superuser keeps the own subtree.
_AREAS: dict[type[Base], Condition] = {
    Bureau: _bureaus(Bureau.id.expression),
    School: _bureaus(School.bureau_id.expression),
    ConfirmationPoint: _bureaus(ConfirmationPoint.bureau_id.expression),
    PointSchool: _points_in_my_area,
    Publicity: _bureaus(Publicity.bureau_id.expression),
    StaffRequest: _bureaus(StaffRequest.bureau_id.expression),
    CertificateRequest: _bureaus(CertificateRequest.bureau_id.expression),
    RosterEntry: _roster_in_my_area,
}
for _model, _area in _AREAS.items():
    for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER):
        _grant(_model, _role, _area, Can.VIEW, Can.EXPORT)
    _grant(_model, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)
for _place in (Bureau, School, ConfirmationPoint, PointSchool):
    _grant(_place, Role.SUPERUSER, _AREAS[_place], Can.CREATE, Can.EDIT)
_grant(PointSchool, Role.SUPERUSER, _points_in_my_area, Can.DELETE)
_grant(School, Role.SUPERUSER, _AREAS[School], Can.MERGE)
_grant(Publicity, Role.DISTRICT, _AREAS[Publicity], Can.CREATE, Can.EDIT)
_grant(StaffRequest, Role.SUPERUSER, _AREAS[StaffRequest], Can.EDIT)
_grant(RosterEntry, Role.SCHOOL, lambda actor: _is(RosterEntry.school_id.expression, actor.school_id), Can.VIEW)
_grant(School, Role.SCHOOL, lambda actor: _is(School.id.expression, actor.school_id), Can.VIEW)
# The desk corrects the present post (S19) and a wrong point (never a dead end), also to another district's.
for _role in STAFF_ROLES:
    for _place in (Bureau, School, ConfirmationPoint):
        _grant(_place, _role, everything, Can.REFER)
    _grant(Staff, _role, everything, Can.REFER)
_grant(Staff, Role.SUPERUSER, _staff_in_my_area, Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
_grant(Staff, Role.AUDITOR, everything, Can.VIEW)
_grant(Person, Role.SUPERUSER, _people_of(in_my_area), Can.VIEW)
_grant(Person, Role.SCHOOL, _people_now_of(of_my_school), Can.RESET_PASSWORD)
_grant(Person, Role.DISTRICT, _people_now_of(in_my_area), Can.RESET_PASSWORD)
_grant(Person, Role.AUDITOR, everything, Can.VIEW)
_grant(Certificate, Role.AUDITOR, everything, Can.VIEW)
_grant(Certificate, Role.SUPERUSER, everything, Can.VIEW)
_grant(Mail, Role.AUDITOR, everything, Can.VIEW)
_grant(AuditEntry, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

# What somebody works with is their own; a shared view is seen below the bureau of whoever shared it.
for _role in STAFF_ROLES:
    _grant(SavedView, _role, _my_views, Can.CREATE, Can.EDIT, Can.DELETE)
    _grant(SavedView, _role, _views_for_me, Can.VIEW)
    _grant(Batch, _role, lambda actor: _is(Batch.staff_id.expression, actor.id), Can.VIEW)
_grant(Batch, Role.AUDITOR, everything, Can.VIEW)

# Campaigns are seen by all who take part and kept by the superuser of their bureau.
for _role in STAFF_ROLES:
    _grant(Campaign, _role, _campaigns_above_me, Can.VIEW)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER):
    _grant(Campaign, _role, _campaigns_above_or_below, Can.VIEW)
_grant(Campaign, Role.SUPERUSER, _bureaus(Campaign.bureau_id.expression), Can.CREATE, Can.EDIT)
_grant(Campaign, Role.AUDITOR, everything, Can.VIEW)
for _setting in (Window, Material):
    _own = _campaigns(_setting.campaign_id.expression)
    _grant(_setting, Role.SUPERUSER, _own, Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE)
    _grant(_setting, Role.AUDITOR, everything, Can.VIEW)


def condition(model: type[Base], actor: Actor, action: Can) -> ColumnElement[bool]:
    """Which rows of `model` the `actor` may do `action` to; none where the table has no line."""
    if actor.role is None:
        return false()
    found = SCOPE.get((model, actor.role, action))
    if action is Can.REFER and found is None:
        found = SCOPE.get((model, actor.role, Can.VIEW))
    return found(actor) if found else false()


def may(model: type[Base], role: Role | None, action: Can) -> bool:
    """Whether the table has a line at all: for menus and buttons, never instead of the condition."""
    return role is not None and (model, role, action) in SCOPE
