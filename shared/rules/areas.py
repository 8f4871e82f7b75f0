"""Which rows are somebody's: the own application, those of a place, those below a bureau. SQL conditions for SCOPE."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import aliased

from shared.models import (
    Application,
    AuditEntry,
    Batch,
    Bureau,
    Campaign,
    ConfirmationPoint,
    Export,
    Import,
    Person,
    PointSchool,
    RevocationRequest,
    RosterEntry,
    SavedView,
    School,
    Staff,
    StaffRequest,
    StaffSession,
    Window,
)
from shared.models.kinds import Origin, RequestKind, Role
from shared.rules.accounts import LOG_INS
from shared.rules.rights import Actor

Condition = Callable[[Actor], ColumnElement[bool]]


def everything(_actor: Actor) -> ColumnElement[bool]:
    return true()


def everything_at_the_top(actor: Actor) -> ColumnElement[bool]:
    """What holds for the whole country is kept by those of the topmost bureau alone."""
    at_the_top = actor.bureau_path.count("/") == 2  # noqa: PLR2004  a path of one: /1/
    return true() if at_the_top else false()


def below(column: ColumnElement[int] | ColumnElement[int | None], actor: Actor) -> ColumnElement[bool]:
    """Rows whose bureau is the actor's own or lies below it in the tree; without a place: none."""
    if not actor.bureau_path:
        return false()
    return column.in_(
        select(Bureau.id).where(Bureau.path.startswith(actor.bureau_path, autoescape=True)).correlate(None)
    )


def equal(column: ColumnElement[int] | ColumnElement[int | None], value: int | None) -> ColumnElement[bool]:
    return column == value if value is not None else false()


def my_own(actor: Actor) -> ColumnElement[bool]:
    return equal(Application.person_id.expression, actor.id)


def handed_in(one: type[Application] = Application) -> ColumnElement[bool]:
    """An unfinished draft is its teacher's alone; one that the district entered (S23) has no form."""
    return (one.form_version > 0) | (one.origin == Origin.IMPORT_UNAPPLIED)


def of_my_school(actor: Actor) -> ColumnElement[bool]:
    return equal(Application.school_id.expression, actor.school_id) & handed_in()


def of_my_point(actor: Actor) -> ColumnElement[bool]:
    return equal(Application.point_id.expression, actor.point_id) & handed_in()


def wanted_at_my_point(actor: Actor) -> ColumnElement[bool]:
    """What is here, and what stands at another point although mine serves the school: it may be taken over (S19)."""
    served = select(PointSchool.school_id).where(equal(PointSchool.point_id.expression, actor.point_id)).correlate(None)
    return of_my_point(actor) | (Application.school_id.in_(served) & handed_in())


def of_my_bureau(actor: Actor) -> ColumnElement[bool]:
    return equal(Application.bureau_id.expression, actor.bureau_id) & handed_in()


def in_my_area(actor: Actor) -> ColumnElement[bool]:
    return below(Application.bureau_id.expression, actor) & handed_in()


def applications(condition: Condition, column: ColumnElement[int] | ColumnElement[int | None]) -> Condition:
    """The same rows as of applications, for a table that belongs to one.

    Asked of each row (EXISTS), here and for people: IN would let SQLite list a whole province for the sake of one row.
    """
    return lambda actor: _exists(Application.id == column, condition(actor), beside=column)


def _exists(*conditions: ColumnElement[bool], beside: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether there is such an application for the row that the column `beside` belongs to."""
    return select(Application.id).where(*conditions).correlate(beside.table).exists()


def bureaus(column: ColumnElement[int] | ColumnElement[int | None]) -> Condition:
    return lambda actor: below(column, actor)


def campaigns(column: ColumnElement[int]) -> Condition:
    return lambda actor: column.in_(
        select(Campaign.id).where(below(Campaign.bureau_id.expression, actor)).correlate(None)
    )


def campaigns_i_see(column: ColumnElement[int]) -> Condition:
    """What belongs to a campaign that the reader's place takes part in, or that a bureau below keeps."""
    return lambda actor: column.in_(select(Campaign.id).where(campaigns_above_or_below(actor)).correlate(None))


def windows_i_keep(actor: Actor) -> ColumnElement[bool]:
    """Those of one's own campaigns, and in a campaign from above those for one's own bureaus."""
    own_campaign = campaigns(Window.campaign_id.expression)(actor)
    own_bureau = below(Window.bureau_id.expression, actor)
    return own_campaign | (own_bureau & campaigns_i_see(Window.campaign_id.expression)(actor))


def points_in_my_area(actor: Actor) -> ColumnElement[bool]:
    points = select(ConfirmationPoint.id).where(below(ConfirmationPoint.bureau_id.expression, actor)).correlate(None)
    return PointSchool.point_id.in_(points)


def links_in_my_area(actor: Actor) -> ColumnElement[bool]:
    """Both ends: a point may fetch applications of the schools that it serves (S19), so none is given a foreign one."""
    schools = select(School.id).where(below(School.bureau_id.expression, actor)).correlate(None)
    return points_in_my_area(actor) & PointSchool.school_id.in_(schools)


def staff_in_my_area(actor: Actor) -> ColumnElement[bool]:
    schools = select(School.id).where(below(School.bureau_id.expression, actor)).correlate(None)
    points = select(ConfirmationPoint.id).where(below(ConfirmationPoint.bureau_id.expression, actor)).correlate(None)
    return below(Staff.bureau_id.expression, actor) | Staff.school_id.in_(schools) | Staff.point_id.in_(points)


def my_log_ins(actor: Actor) -> ColumnElement[bool]:
    """What the audit says about one's own account: who logged in to it, from where."""
    mine = AuditEntry.row_id == (0 if actor.id is None else actor.id)
    return and_(AuditEntry.table_name == Staff.__tablename__, mine, AuditEntry.action.in_(LOG_INS))


def my_sessions(actor: Actor) -> ColumnElement[bool]:
    return equal(StaffSession.staff_id.expression, actor.id)


def sessions_in_my_area(actor: Actor) -> ColumnElement[bool]:
    """One's own, and those of everybody whose account one keeps."""
    return StaffSession.staff_id.in_(select(Staff.id).where(staff_in_my_area(actor)).correlate(None))


def people_of(condition: Condition) -> Condition:
    person = Person.id.expression
    return lambda actor: _exists(Application.person_id == person, condition(actor), beside=person)


def people_now_of(condition: Condition) -> Condition:
    """People by the last application they handed in: a school that somebody has left has no say any more."""

    def matched(actor: Actor) -> ColumnElement[bool]:
        later = aliased(Application)
        newer = select(later.id).where(later.person_id == Application.person_id, later.id > Application.id)
        mine = condition(actor), ~newer.where(handed_in(later)).exists()
        return _exists(Application.person_id == Person.id, *mine, beside=Person.id.expression)

    return matched


def roster_in_my_area(actor: Actor) -> ColumnElement[bool]:
    return RosterEntry.school_id.in_(select(School.id).where(below(School.bureau_id.expression, actor)).correlate(None))


def roster_of_my_school(actor: Actor) -> ColumnElement[bool]:
    return equal(RosterEntry.school_id.expression, actor.school_id)


def above(column: ColumnElement[int] | ColumnElement[int | None], actor: Actor) -> ColumnElement[bool]:
    """Rows whose bureau is the actor's own or lies above it in the tree; without a place: none."""
    ids = [int(part) for part in actor.bureau_path.strip("/").split("/") if part]
    return column.in_(ids) if ids else false()


def campaigns_above_me(actor: Actor) -> ColumnElement[bool]:
    """The campaigns that a place takes part in: its own bureau's and those of the bureaus above."""
    return above(Campaign.bureau_id.expression, actor)


def campaigns_above_or_below(actor: Actor) -> ColumnElement[bool]:
    """Of a bureau also those of the bureaus below: it reviews and concludes what they began."""
    return campaigns_above_me(actor) | below(Campaign.bureau_id.expression, actor)


def requests_from(role: Role) -> Condition:
    """Revocations asked for by the level below, in the actor's area."""

    def condition(actor: Actor) -> ColumnElement[bool]:
        asked = RevocationRequest.requested_by_id.in_(select(Staff.id).where(Staff.role == role).correlate(None))
        return asked & applications(in_my_area, RevocationRequest.application_id.expression)(actor)

    return condition


def my_views(actor: Actor) -> ColumnElement[bool]:
    return equal(SavedView.staff_id.expression, actor.id)


def my_unshared_views(actor: Actor) -> ColumnElement[bool]:
    return my_views(actor) & ~SavedView.shared


def my_imports(actor: Actor) -> ColumnElement[bool]:
    """What the reader sent in."""
    return equal(Import.staff_id.expression, actor.id)


def my_exports(actor: Actor) -> ColumnElement[bool]:
    """What the reader took out."""
    return equal(Export.staff_id.expression, actor.id)


def my_batches(actor: Actor) -> ColumnElement[bool]:
    return equal(Batch.staff_id.expression, actor.id)


def views_for_me(actor: Actor) -> ColumnElement[bool]:
    """One's own saved views, and those that a superuser at or above one's place shares."""
    return my_views(actor) | (SavedView.shared & above(SavedView.bureau_id.expression, actor))


def asked_by_me(actor: Actor) -> ColumnElement[bool]:
    """One's own requests; not the report that a certificate number was used twice, which names somebody else."""
    mine = applications(my_own, StaffRequest.application_id.expression)(actor)
    return mine & (StaffRequest.kind != RequestKind.DUPLICATE_CERTIFICATE)
