"""SCOPE: who may do what to which rows, as SQL. What is not in the table is denied."""

from sqlalchemy import ColumnElement, False_, false

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
    Export,
    Hold,
    Import,
    Institution,
    Mail,
    Material,
    Message,
    NoticeText,
    Objection,
    Person,
    PointSchool,
    PoliticalStatus,
    Print,
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
    StaffSession,
    Subject,
    TeachingBreak,
    Title,
    Window,
)
from shared.models.kinds import Role
from shared.rules.areas import (
    Condition,
    applications,
    asked_by_me,
    bureaus,
    campaigns,
    campaigns_above_me,
    campaigns_above_or_below,
    campaigns_i_see,
    equal,
    everything,
    everything_at_the_top,
    in_my_area,
    links_in_my_area,
    my_batches,
    my_exports,
    my_imports,
    my_log_ins,
    my_own,
    my_sessions,
    my_unshared_views,
    my_views,
    of_my_bureau,
    of_my_point,
    of_my_school,
    people_now_of,
    people_of,
    points_in_my_area,
    requests_from,
    roster_in_my_area,
    roster_of_my_school,
    sessions_in_my_area,
    staff_in_my_area,
    views_for_me,
    wanted_at_my_point,
    windows_i_keep,
)
from shared.rules.rights import Actor, Can

SCOPE: dict[tuple[type[Base], Role, Can], Condition] = {}


def _grant(model: type[Base], role: Role, condition: Condition, *actions: Can) -> None:
    for action in actions:
        SCOPE[(model, role, action)] = condition


# Applications: every role sees its own part, and each move has one kind of person who makes it.
_grant(Application, Role.TEACHER, my_own, Can.VIEW, Can.SUBMIT, Can.AMEND, Can.WITHDRAW, Can.CHANGE_POINT, Can.PRINT)
_grant(Application, Role.SCHOOL, of_my_school, Can.VIEW, Can.EDIT, Can.EXPORT, Can.CHECK, Can.RETURN, Can.PRINT)
_grant(Application, Role.POINT, of_my_point, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT)
_grant(Application, Role.POINT, of_my_point, Can.RETURN, Can.CONFIRM, Can.UNDO_CONFIRM, Can.CORRECT)
_grant(Application, Role.POINT, wanted_at_my_point, Can.CHANGE_POINT)
_grant(Application, Role.DISTRICT, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.PRELIMINARY)
_grant(Application, Role.DISTRICT, in_my_area, Can.UNDO_CONFIRM, Can.CHANGE_POINT, Can.REQUEST_REVOCATION)
_grant(Application, Role.CITY, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.REVIEW)
_grant(Application, Role.CITY, in_my_area, Can.REQUEST_REVOCATION, Can.DECIDE_REVOCATION)
# The city decides first on schools of its own.
_grant(Application, Role.CITY, of_my_bureau, Can.PRELIMINARY, Can.UNDO_CONFIRM, Can.CHANGE_POINT)
_grant(Application, Role.PROVINCE, in_my_area, Can.VIEW, Can.EXPORT, Can.REVEAL, Can.PRINT, Can.FINAL)
_grant(Application, Role.PROVINCE, in_my_area, Can.DECIDE_REVOCATION)
# The school has the photos taken (S1) and brings them all at once (§3.4); the desk does it for schools that cannot.
_grant(Application, Role.SCHOOL, of_my_school, Can.PHOTOGRAPH)
_grant(Application, Role.POINT, of_my_point, Can.PHOTOGRAPH)
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
    _grant(Person, _role, people_of(_condition), Can.REFER)
    for _part in (Event, Receipt, Print, Message, AssessmentYear, TeachingBreak, RevocationRequest):
        _grant(_part, _role, applications(_condition, _part.application_id.expression), Can.VIEW)
    for _part in (AssessmentYear, TeachingBreak, RevocationRequest):
        _grant(_part, _role, applications(_condition, _part.application_id.expression), Can.EXPORT)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR):
    _grant(Hold, _role, applications(_SEES[_role], Hold.application_id.expression), Can.VIEW)
# The desk is told that there is one, so that nobody is surprised; what it is about stays with those who decide.
_grant(Hold, Role.POINT, applications(of_my_point, Hold.application_id.expression), Can.REFER)
for _shown in (Event, Message, Print, Receipt):
    _grant(_shown, Role.TEACHER, applications(my_own, _shown.application_id.expression), Can.VIEW)
_grant(StaffRequest, Role.TEACHER, asked_by_me, Can.VIEW)
_grant(RevocationRequest, Role.CITY, requests_from(Role.DISTRICT), Can.DECIDE_REVOCATION)
_grant(RevocationRequest, Role.PROVINCE, requests_from(Role.CITY), Can.DECIDE_REVOCATION)

# Code tables hold for the whole country: the topmost bureau's superusers keep them, all staff may look things up.
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
    _grant(_model, Role.SUPERUSER, everything, Can.VIEW, Can.EXPORT)
    _grant(_model, Role.SUPERUSER, everything_at_the_top, Can.CREATE, Can.EDIT)
    _grant(_model, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

_grant(Alias, Role.SUPERUSER, everything_at_the_top, Can.DELETE)
for _merged in (Authority, Institution, Subject):
    _grant(_merged, Role.SUPERUSER, everything_at_the_top, Can.MERGE)

# Places and people: a superuser keeps the own subtree.
_AREAS: dict[type[Base], Condition] = {
    Bureau: bureaus(Bureau.id.expression),
    School: bureaus(School.bureau_id.expression),
    ConfirmationPoint: bureaus(ConfirmationPoint.bureau_id.expression),
    PointSchool: points_in_my_area,
    Publicity: bureaus(Publicity.bureau_id.expression),
    Objection: bureaus(Objection.bureau_id.expression),
    StaffRequest: bureaus(StaffRequest.bureau_id.expression),
    CertificateRequest: bureaus(CertificateRequest.bureau_id.expression),
    RosterEntry: roster_in_my_area,
}
for _model, _area in _AREAS.items():
    for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER):
        _grant(_model, _role, _area, Can.VIEW, Can.EXPORT)
    _grant(_model, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)
for _place in (Bureau, School, ConfirmationPoint):
    _grant(_place, Role.SUPERUSER, _AREAS[_place], Can.CREATE, Can.EDIT)
_grant(PointSchool, Role.SUPERUSER, links_in_my_area, Can.CREATE)
_grant(PointSchool, Role.SUPERUSER, points_in_my_area, Can.DELETE)
_grant(School, Role.SUPERUSER, _AREAS[School], Can.MERGE)
for _list in (Publicity, Objection):
    _grant(_list, Role.DISTRICT, _AREAS[_list], Can.CREATE, Can.EDIT)
_grant(StaffRequest, Role.SUPERUSER, _AREAS[StaffRequest], Can.EDIT)
_grant(RosterEntry, Role.SCHOOL, roster_of_my_school, Can.VIEW, Can.REVEAL, Can.EXPORT)
for _role in (Role.DISTRICT, Role.SUPERUSER):
    _grant(RosterEntry, _role, roster_in_my_area, Can.CREATE, Can.EDIT)
_grant(RosterEntry, Role.DISTRICT, roster_in_my_area, Can.REVEAL)  # it keeps the list; above it the masked ones do
_grant(School, Role.SCHOOL, lambda actor: equal(School.id.expression, actor.school_id), Can.VIEW)
# The desk corrects the present post (S19) and a wrong point (never a dead end), also to another district's.
for _role in STAFF_ROLES:
    for _place in (Bureau, School, ConfirmationPoint):
        _grant(_place, _role, everything, Can.REFER)
    _grant(Staff, _role, everything, Can.REFER)
_grant(Staff, Role.SUPERUSER, staff_in_my_area, Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT, Can.REVEAL)
_grant(Staff, Role.AUDITOR, everything, Can.VIEW)
# Whoever keeps the accounts rings a colleague; teachers are told apart by a masked number, and found by the whole one.
_grant(Person, Role.SUPERUSER, people_of(in_my_area), Can.VIEW)
_grant(Person, Role.SCHOOL, people_now_of(of_my_school), Can.RESET_PASSWORD)
_grant(Person, Role.DISTRICT, people_now_of(in_my_area), Can.RESET_PASSWORD)
_grant(Person, Role.AUDITOR, everything, Can.VIEW)
_grant(Certificate, Role.AUDITOR, everything, Can.VIEW)
_grant(Certificate, Role.SUPERUSER, everything, Can.VIEW)
_grant(Certificate, Role.SUPERUSER, everything_at_the_top, Can.CREATE, Can.EDIT)
_grant(Mail, Role.AUDITOR, everything, Can.VIEW)
_grant(AuditEntry, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

# What somebody works with is their own; a shared view is seen below the bureau of whoever shared it.
_grant(SavedView, Role.SUPERUSER, my_views, Can.SHARE)
for _role in STAFF_ROLES:
    _grant(SavedView, _role, my_views, Can.CREATE, Can.DELETE)
    # Who may not share keeps no hold of what was shared before: others open it under its name.
    _grant(SavedView, _role, my_views if _role is Role.SUPERUSER else my_unshared_views, Can.EDIT)
    _grant(SavedView, _role, views_for_me, Can.VIEW)
for _role in (Role.SCHOOL, Role.POINT, Role.DISTRICT, Role.CITY, Role.PROVINCE):  # whoever makes moves
    _grant(Batch, _role, my_batches, Can.VIEW, Can.EDIT)
_grant(Batch, Role.AUDITOR, everything, Can.VIEW)
for _role in STAFF_ROLES:
    _grant(Export, _role, my_exports, Can.VIEW, Can.EDIT)
    if _role is not Role.AUDITOR:
        _grant(Import, _role, my_imports, Can.VIEW, Can.EDIT)
for _file in (Import, Export):
    _grant(_file, Role.AUDITOR, everything, Can.VIEW)
for _role in STAFF_ROLES:
    _grant(StaffSession, _role, my_sessions, Can.VIEW, Can.DELETE)
    _grant(AuditEntry, _role, everything if _role is Role.AUDITOR else my_log_ins, Can.REFER)
_grant(StaffSession, Role.SUPERUSER, sessions_in_my_area, Can.VIEW, Can.DELETE)

# Campaigns are seen by all who take part and kept by the superuser of their bureau.
for _role in STAFF_ROLES:
    _grant(Campaign, _role, campaigns_above_me, Can.VIEW)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER):
    _grant(Campaign, _role, campaigns_above_or_below, Can.VIEW, Can.EXPORT)
_grant(Campaign, Role.SUPERUSER, bureaus(Campaign.bureau_id.expression), Can.CREATE, Can.EDIT)
_grant(Campaign, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)
_grant(
    Material,
    Role.SUPERUSER,
    campaigns(Material.campaign_id.expression),
    *(Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE, Can.EXPORT),
)
_grant(Window, Role.SUPERUSER, campaigns_i_see(Window.campaign_id.expression), Can.VIEW, Can.EXPORT)
_grant(Window, Role.SUPERUSER, windows_i_keep, Can.CREATE, Can.EDIT, Can.DELETE)
for _setting in (Window, Material):
    _grant(_setting, Role.AUDITOR, everything, Can.VIEW, Can.EXPORT)

# The history of a row: superusers and the auditor of whatever they see, officers of the applications of their area.
# The records are themselves what happened, so they have none.
RECORDS = (AuditEntry, Batch, Event, Export, Import, Mail)
for (_model, _role, _action), _seen in list(SCOPE.items()):
    if _action is Can.VIEW and _role in (Role.SUPERUSER, Role.AUDITOR) and _model not in RECORDS:
        _grant(_model, _role, _seen, Can.HISTORY)
for _role in (Role.DISTRICT, Role.CITY, Role.PROVINCE):
    _grant(Application, _role, in_my_area, Can.HISTORY)


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


def only_own_bureau(model: type[Base], actor: Actor, action: Can) -> bool:
    """Whether the actor sees more than it may do `action` to: a city decides first on its own schools alone."""
    return actor.role is not None and SCOPE.get((model, actor.role, action)) is of_my_bureau


def offers(model: type[Base], actor: Actor, action: Can) -> bool:
    """The same for one reader: a line that reaches no row at all from this reader's place offers nothing."""
    return may(model, actor.role, action) and not isinstance(condition(model, actor, action), False_)
