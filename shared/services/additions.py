"""“添加”: what the lists lack is entered in place, waits for staff, and the application goes on (S11, S15, S25)."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, literal, select

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Authority, Bureau, Division, Institution, School, StaffRequest, Subject
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, RequestKind
from shared.rules.checks import Problem
from shared.rules.fields import FIELDS, Field
from shared.rules.policy import Actor
from shared.services import audit, drafts, reference
from shared.services.drafts import Owner
from shared.services.errors import Refused
from shared.text import _

Values = Mapping[str, Any]

ADDED = "added"  # beside the fields of a draft: how many rows came from it
MOST = 5
NAME = re.compile(r"[\w·.,&'’\-（）()《》“”、 ]{2,100}", re.UNICODE)
ADDABLE = tuple(field for field in FIELDS if field.addable)
PREFIX = "T"  # of the codes of added rows, before the day: what was never asked for is cleared away by it
KEEP_DAYS = 30


def _school(name: str, values: Values) -> School:
    return School(name=name, bureau_id=values["bureau_id"])


def _institution(name: str, _values: Values) -> Institution:
    return Institution(name=name)


def _subject(name: str, values: Values) -> Subject:
    return Subject(name=name, qualification_types=values.get("qualification_type_code") or "")


def _authority(name: str, values: Values) -> Authority:
    division = _division_in(name) or _division_of_bureau(values)
    return Authority(name=name, level=division.level, division_code=division.code)


MAKE: dict[RequestKind, Callable[[str, Values], Entry]] = {
    RequestKind.ADD_SCHOOL: _school,
    RequestKind.ADD_INSTITUTION: _institution,
    RequestKind.ADD_SUBJECT: _subject,
    RequestKind.ADD_AUTHORITY: _authority,
}


@transaction
def add(field: Field, name: str, values: Values, owner: Owner, *, by: Actor) -> int | str:
    """Make a pending row for `field`, or find the one that was added before; return what an application holds of it."""
    kind = field.addable
    if kind is None or not NAME.fullmatch(name):
        text = _("“{label}”请填写全称，2至100个字，不要用特殊符号", label=field.label)
        raise Refused(Problem("name", field.name, text))
    known = session.scalar(_pending(field, name, values))
    if known is not None:
        return reference.key(field, known)
    held = drafts.of(owner)
    before = held.answers.get(ADDED, 0) if held else 0
    if before >= MOST:
        text = _("添加的条目太多了，请先联系学校或所在区教育局核实")
        raise Refused(Problem("too_many", field.name, text))
    row = MAKE[kind](name, values)
    row.code = f"{PREFIX}{clock.today():%Y%m%d}{secrets.token_hex(4)}"
    row.status = EntryStatus.PENDING
    session.add(row)
    session.flush()
    drafts.keep(owner, {ADDED: before + 1}, by=by)
    return reference.key(field, row)


def _pending(field: Field, name: str, values: Values) -> Any:  # noqa: ANN401  a statement
    model = reference.entries(field)
    found = select(model).where(model.name == name, model.status == EntryStatus.PENDING).limit(1)
    return found.where(School.bureau_id == values["bureau_id"]) if model is School else found


def ask_staff(application: Application) -> None:
    """Ask staff to look at every added row that an application names. Part of the caller's transaction."""
    for field in ADDABLE:
        row = getattr(application, field.relation)
        if row is None or row.status is not EntryStatus.PENDING or application.bureau_id is None:
            continue
        if session.scalar(select(StaffRequest.id).where(StaffRequest.entry_code == row.code).limit(1)) is None:
            session.add(
                StaffRequest(
                    kind=field.addable,
                    bureau_id=_asked(field, application),
                    text=row.name,
                    entry_code=row.code,
                    application_id=application.id,
                    raised_at=clock.now(),
                    raised_by=application.name or "",
                )
            )


def _asked(field: Field, application: Application) -> int | None:
    """Schools are the district's to know; everything else is asked of the bureau that holds the campaign (S25)."""
    return application.bureau_id if field.addable is RequestKind.ADD_SCHOOL else application.campaign.bureau_id


def _division_in(name: str) -> Division | None:
    """The place that an authority's name begins with: of several districts of one name the one whose city is named."""
    inside = session.scalars(select(Division).where(literal(name).contains(Division.name)).limit(MOST * 10))
    scored = [(sum(len(part.name) for part in _chain(row) if part.name in name), row.code, row) for row in inside]
    return max(scored, default=(0, "", None))[2]


def _chain(division: Division) -> list[Division]:
    return [division, *_chain(division.parent)] if division.parent else [division]


def _division_of_bureau(values: Values) -> Division:
    """Where nothing in the name says the place: the applicant's own city, or else any; staff will look at it."""
    code = select(Bureau.division_code).where(Bureau.id == values.get("bureau_id")).scalar_subquery()
    own = session.scalar(select(Division).where(Division.code == code))
    return own or session.scalars(select(Division).order_by(Division.code).limit(1)).one()


@transaction
def clear_away(*, by: Actor) -> int:
    """Delete added rows that nothing came to name within thirty days; return how many."""
    oldest = f"{PREFIX}{clock.today() - timedelta(days=KEEP_DAYS):%Y%m%d}"
    gone = 0
    for model in dict.fromkeys(reference.entries(field) for field in ADDABLE):
        asked = exists().where(StaffRequest.entry_code == model.code)
        added = (model.status == EntryStatus.PENDING, model.code.startswith(PREFIX), model.code < oldest)
        old = delete(model).where(*added, ~asked, *[~named for named in _named(model)]).returning(model.id)
        keys = session.scalars(old, execution_options={"recorded": True, "synchronize_session": False}).all()
        if keys:
            audit.record("clear_away", model.__tablename__, None, {"rows": [str(len(keys)), None]}, by=by)
        gone += len(keys)
    return gone


def _named(model: type[Entry]) -> Iterator[ColumnElement[bool]]:
    """Whether any table names a row of `model`."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is model.__table__:
                yield exists().where(table.alias().c[key.parent.name] == key.column)
