"""“添加”: what the lists lack is entered in place, waits for staff, and the application goes on (S11, S15, S25)."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, literal, select

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Authority, Bureau, Division, Institution, School, StaffRequest, Subject
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, RequestKind
from shared.rules.checks import Problem
from shared.rules.fields import FIELDS, Field
from shared.rules.rights import Actor
from shared.services import audit, drafts, finding, reference
from shared.services.drafts import Owner
from shared.services.errors import Refused
from shared.text import _

Values = Mapping[str, Any]

MOST = 5
NAME = re.compile(r"[\w·.,&'’\-（）()《》“”、 ]{2,100}", re.UNICODE)
ADDABLE = tuple(field for field in FIELDS if field.addable)
PREFIX = "T"  # of the codes of added rows, before the day: what was never asked for is cleared away by it
KEEP_DAYS = 60  # longer than a draft is kept that may name the row
CHUNK, MOST_A_NIGHT = 200, 2_000


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
    if not drafts.count_addition(owner, MOST, by=by):
        text = _("添加的条目太多了，请先联系学校或所在区教育局核实")
        raise Refused(Problem("too_many", field.name, text))
    row = MAKE[kind](name, values)
    row.code = f"{PREFIX}{clock.today():%Y%m%d}{secrets.token_hex(4)}"
    row.status = EntryStatus.PENDING
    session.add(row)
    session.flush()
    return reference.key(field, row)


def _pending(field: Field, name: str, values: Values) -> Any:  # noqa: ANN401  a statement
    model = reference.entries(field)
    found = select(model).where(model.name == name, model.status == EntryStatus.PENDING).limit(1)
    if model is School:
        return found.where(School.bureau_id == values["bureau_id"])
    return found.where(reference.fits_type(values)) if model is Subject else found


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
    """The place that a name contains: of several districts of one name the one whose city is named."""
    inside = session.scalars(
        select(Division).where(literal(name).contains(Division.name)).order_by(Division.code).limit(MOST * 10)
    )
    scored = [(sum(len(part.name) for part in _chain(row) if part.name in name), row.code, row) for row in inside]
    return max(scored, default=(0, "", None))[2]


def _chain(division: Division) -> list[Division]:
    return [division, *_chain(division.parent)] if division.parent else [division]


def _division_of_bureau(values: Values) -> Division:
    """Where nothing in the name says the place: the applicant's own city, or else any; staff will look at it."""
    code = select(Bureau.division_code).where(Bureau.id == values.get("bureau_id")).scalar_subquery()
    own = session.scalar(select(Division).where(Division.code == code))
    return own or session.scalars(select(Division).order_by(Division.code).limit(1)).one()


def gone(values: Values) -> list[Problem]:
    """Rows that a draft names and that are no longer there: cleared away, or merged by staff."""
    named = [field for field in ADDABLE if values.get(field.name) and not finding.name_of(field, values[field.name])]
    return [Problem("gone", field.name, _("“{label}”已不在列表里，请重新填写", label=field.label)) for field in named]


def clear_away(*, by: Actor) -> int:
    """Delete added rows that nothing came to name within sixty days; return how many.

    What is looked for is looked for outside the transactions that delete: in SQLite nobody else can write meanwhile.
    """
    gone_away = 0
    for model in dict.fromkeys(reference.entries(field) for field in ADDABLE):
        unused = _unused(model)
        for start in range(0, len(unused), CHUNK):
            gone_away += _delete(model, unused[start : start + CHUNK], by=by)
    return gone_away


def _unused(model: type[Entry]) -> list[int]:
    oldest = f"{PREFIX}{clock.today() - timedelta(days=KEEP_DAYS):%Y%m%d}"
    asked = exists().where(StaffRequest.entry_code == model.code)
    added = (model.status == EntryStatus.PENDING, model.code.startswith(PREFIX), model.code < oldest)
    old = select(model.id, model.code).where(*added, ~asked).order_by(model.id).limit(MOST_A_NIGHT)
    rows = {row.id: row.code for row in session.execute(old)}
    for table in Base.metadata.sorted_tables if rows else ():
        for key in table.foreign_keys:
            if key.column.table is model.__table__:
                wanted = list(rows) if key.column.name == "id" else list(rows.values())
                used = set(session.scalars(select(key.parent).where(key.parent.in_(wanted)).distinct()))
                rows = {number: code for number, code in rows.items() if number not in used and code not in used}
    session.rollback()
    return list(rows)


@transaction
def _delete(model: type[Entry], keys: list[int], *, by: Actor) -> int:
    old = delete(model).where(model.id.in_(keys), model.status == EntryStatus.PENDING)
    session.execute(old, execution_options={"recorded": True, "synchronize_session": False})
    audit.record("clear_away", model.__tablename__, None, {"rows": [str(len(keys)), None]}, by=by)
    return len(keys)
