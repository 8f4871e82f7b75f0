"""The one way to a row: SCOPE's condition is part of the query, so a foreign row does not exist."""

from typing import Any, TypeVar

from sqlalchemy import Select, event, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from shared import clock
from shared.db import Base, session, writing
from shared.models import (
    Application,
    AssessmentYear,
    AuditEntry,
    CertificateRequest,
    Event,
    Hold,
    Mail,
    Message,
    Person,
    Print,
    Publicity,
    Receipt,
    RevocationRequest,
    RosterEntry,
    Staff,
    StaffRequest,
    TeachingBreak,
)
from shared.models.kinds import Role
from shared.rules import policy
from shared.rules.rights import Actor, Can
from shared.services.errors import NotYours

M = TypeVar("M", bound=Base)

# Rows about people: the back office's session never reads one that its viewer may not see.
GUARDED: tuple[type[Base], ...] = (
    Application,
    AssessmentYear,
    AuditEntry,
    CertificateRequest,
    Event,
    Hold,
    Mail,
    Message,
    Person,
    Print,
    Publicity,
    Receipt,
    RevocationRequest,
    RosterEntry,
    Staff,
    StaffRequest,
    TeachingBreak,
)


def query(model: type[M], *, by: Actor, to: Can = Can.VIEW) -> Select[M]:
    """All rows of `model` that `by` may do `to` to."""
    return select(model).where(policy.condition(model, by, to))


def one(model: type[M], key: object, *, by: Actor, to: Can = Can.VIEW, lock: bool = False) -> M:
    """The row with the number `key`, locked for writing if asked; `NotYours` where there is none for `by`."""
    statement = query(model, by=by, to=to).where(model.__table__.c.id == key)
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None:
        raise NotYours
    return row


def may(model: type[Base], key: object, *, by: Actor, to: Can) -> bool:
    """Whether `by` may do `to` to the row with the number `key`."""
    columns = model.__table__.c
    return session.scalar(select(columns.id).where(columns.id == key, policy.condition(model, by, to))) is not None


def is_in_force(staff: Staff) -> bool:
    """Whether the account may do anything at all: it is neither closed nor has it run out."""
    return staff.active and (staff.valid_until is None or staff.valid_until >= clock.today())


def actor_of_staff(staff: Staff, address: str = "") -> Actor:
    """The plain values by which SCOPE knows a member of staff."""
    place = staff.bureau or (staff.school and staff.school.bureau) or (staff.point and staff.point.bureau)
    return Actor(
        role=staff.role,
        id=staff.id,
        name=staff.name,
        address=address,
        school_id=staff.school_id,
        point_id=staff.point_id,
        bureau_id=staff.bureau_id,
        bureau_path=place.path if place else "",
    )


def actor_of_person(person: Person, address: str = "") -> Actor:
    """The plain values by which SCOPE knows a teacher."""
    return Actor(role=Role.TEACHER, id=person.id, name=person.name, address=address)


def system(name: str) -> Actor:
    """A command or the worker: it acts under its own name and has no rows of its own."""
    return Actor(role=None, id=None, name=name)


def watch(viewer: Actor | None) -> None:
    """From now on pages of this thread read guarded rows only as far as `viewer` may see them; None ends it.

    Verbs ask SCOPE themselves and must see more: the receipts of a point that an applicant has left still count.
    """
    session.info.pop("viewer", None)
    if viewer is not None:
        session.info["viewer"] = viewer


@event.listens_for(Session, "do_orm_execute")
def _second_net(state: ORMExecuteState) -> None:
    viewer: Actor | None = state.session.info.get("viewer")
    if viewer is None or writing() or not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    options: list[Any] = [
        with_loader_criteria(
            model, policy.condition(model, viewer, Can.REFER), include_aliases=True, propagate_to_loaders=False
        )
        for model in GUARDED
    ]
    state.statement = state.statement.options(*options)
