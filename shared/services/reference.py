"""Reference data: what a field may be chosen from, and the generic verbs by which the back office keeps tables."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from shared import clock
from shared.db import Base, session, transaction
from shared.models import (
    Authority,
    Bureau,
    ConfirmationPoint,
    Division,
    Institution,
    QualificationType,
    School,
    StaffRequest,
    Subject,
)
from shared.models.base import Entry
from shared.models.kinds import BureauLevel, EntryStatus, RequestState
from shared.rules import places, policy
from shared.rules.checks import Problem
from shared.rules.fields import Field
from shared.rules.rights import Actor, Can
from shared.services import access, aliases
from shared.services.errors import NotYours, Refused
from shared.text import Text, _

R = TypeVar("R", bound=Base)
Answers = Mapping[str, Any]

SEPARATOR = " › "
# What a certificate or a diploma says stays true though the name goes out of use; a school must be there today.
RANK = {level: rank for rank, level in enumerate(BureauLevel)}  # the province first
TOLD_OF_ONCE = (Authority, Institution, Subject)

STALE = Problem("stale", "", _("打开页面后这条记录已被他人更改，请刷新页面，核对后再保存"))
# A name of the database's own constraints, and the sentence for whoever runs into it.
IN_USE = Problem("in_use", "", _("这条记录正在被使用，不能删除；可以把状态改为“已停用”"))
MERGED = Problem("merged", "status", _("这条记录已并入别的记录，不能恢复使用"))
OUTSIDE = Problem("outside", "", _("所选的单位不在您的管理范围内，请另选后再保存"))
TAKEN = Problem("taken", "", _("代码或名称与已有记录重复，请核对后再保存"))
INVALID = Problem("invalid", "", _("填写的内容不符合要求，请核对必填项和取值范围后再保存"))


def choices(field: Field, answers: Answers) -> list[tuple[str, str]]:
    """What `field` may be chosen from, narrowed by the answers so far: value as text, and label."""
    return [(str(key(field, row)), str(row)) for row in session.scalars(offered(field, answers))]


def grouped(field: Field, answers: Answers) -> list[tuple[str, str, str]]:
    """The bureaus to choose from, each with the province and city it lies in: 江苏省 › 南京市."""
    rows = session.execute(offered(field, answers).join(Division, Division.code == Bureau.division_code)
                           .add_columns(Division)).all()  # fmt: skip
    return [(str(key(field, bureau)), str(bureau), _within(division)) for bureau, division in rows]


def _within(division: Division) -> str:
    """The names above a district; a city lies in itself."""
    above = division if division.level is not BureauLevel.COUNTY else division.parent or division
    return SEPARATOR.join([above.parent.name, above.name] if above.parent else [above.name])


def entries(field: Field) -> type[Entry]:
    """The table that `field` is chosen from."""
    if field.entries is None:
        message = f"{field.name} is not chosen from reference data"
        raise ValueError(message)
    return field.entries


def key(field: Field, row: Entry) -> int | str:
    """What an application holds of a chosen row: its number or its code."""
    return row.id if field.name.endswith("_id") else row.code


def key_column(field: Field) -> Any:  # noqa: ANN401  a column
    """The column of `key`."""
    return entries(field).id if field.name.endswith("_id") else entries(field).code


def offered(field: Field, answers: Answers) -> Select[Any]:
    """The rows that `field` may be chosen from."""
    model = entries(field)
    statement: Select[Any] = select(model).where(aliases.unmerged(model)).order_by(model.code)
    statement = statement.where(_in_use(field, answers))
    if field.addable:
        statement = statement.where(_known(field, answers))
    if field.name == "certificate_subject_code":
        return statement.where(fits_type(answers))
    if field.name == "teaching_subject_code":
        return statement.where(Subject.teachable)  # names of former days are in use for certificates alone (§4.5)
    if model is QualificationType:
        return statement.where(QualificationType.registrable)
    if model is Bureau:
        return statement.where(Bureau.level != BureauLevel.PROVINCE, Bureau.status == EntryStatus.ACTIVE)
    if model is ConfirmationPoint:
        return _points(statement, answers)
    if model is School:
        return statement.where(School.bureau_id == answers.get("bureau_id"))
    if model is Institution:
        return statement.order_by(None).order_by(Institution.name)
    return statement if field.addable or model is Division else statement.where(model.status == EntryStatus.ACTIVE)


def _in_use(field: Field, answers: Answers) -> ColumnElement[bool]:
    """What went out of use is offered no more; abolished divisions stand in household registers and old numbers."""
    model = entries(field)
    if model is Division:
        return true()
    in_use = model.status != EntryStatus.RETIRED
    told_of_once = model in TOLD_OF_ONCE and field.name != "teaching_subject_code"
    return or_(in_use, _held(field, answers)) if told_of_once else in_use


def _held(field: Field, answers: Answers) -> ColumnElement[bool]:
    """The row that the form names already stays right when it goes out of use; not one that was never let in."""
    turned_down = select(StaffRequest.id).where(
        StaffRequest.entry_code == entries(field).code, StaffRequest.state == RequestState.REFUSED
    )
    return and_(key_column(field) == answers.get(field.name), ~turned_down.exists())


def _known(field: Field, answers: Answers) -> ColumnElement[bool]:
    """What somebody added is shown to that person, and to everybody once staff have been asked to look at it."""
    model = entries(field)
    asked = select(StaffRequest.entry_code).where(StaffRequest.state != RequestState.REFUSED)
    own = key_column(field) == answers.get(field.name)
    return or_(model.status != EntryStatus.PENDING, own, model.code.in_(asked))


def fits_type(answers: Answers) -> Any:  # noqa: ANN401  a SQL condition
    """Subjects of the chosen type of qualification, and those of every type."""
    chosen = answers.get("qualification_type_code")
    if not chosen:
        return Subject.id > 0
    return (Subject.qualification_types == "") | Subject.qualification_types.contains(chosen)


def _points(statement: Select[Any], answers: Answers) -> Select[Any]:
    """Points of the chosen bureau that take papers, and once the school is known only those that serve it."""
    offered = statement.where(
        ConfirmationPoint.bureau_id == answers.get("bureau_id"), places.takes_papers(clock.arrival_day())
    )
    if answers.get("school_id"):
        return offered.where(places.serves(ConfirmationPoint.id, answers["school_id"], clock.arrival_day()))
    return offered


@transaction
def create(model: type[R], values: Mapping[str, Any], *, by: Actor) -> R:
    """A new row of `model`, if the row as it will stand is one that `by` may create."""
    if not policy.offers(model, by, Can.CREATE):
        raise NotYours
    row = model(**values)
    session.add(row)
    _flush()
    _lay_path(row)
    if not access.may(model, _key(row), by=by, to=Can.CREATE):
        raise Refused(OUTSIDE)
    return row


@transaction
def change(model: type[R], key: int, values: Mapping[str, Any], *, by: Actor, version: int | None) -> R:
    """Change a row that `by` may edit into one that `by` may still edit; `Refused` if it changed meanwhile."""
    row = access.one(model, key, by=by, to=Can.EDIT, lock=True)
    if version is not None and getattr(row, "version", version) != version:
        raise Refused(STALE)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if getattr(row, "merged_into_id", None) and row.status is not EntryStatus.RETIRED:  # type: ignore[attr-defined]
        raise Refused(MERGED)
    _flush()
    _lay_path(row)
    if not access.may(model, key, by=by, to=Can.EDIT):
        raise Refused(OUTSIDE)
    return row


@transaction
def remove(model: type[R], key: int, *, by: Actor, version: int | None = None) -> None:
    """Delete a row that nothing uses; whatever is in use is retired instead."""
    row = access.one(model, key, by=by, to=Can.DELETE, lock=True)
    if version is not None and getattr(row, "version", version) != version:
        raise Refused(STALE)
    session.delete(row)
    _flush()


def _key(row: Base) -> int:
    return int(row.id)  # type: ignore[attr-defined]


def _flush() -> None:
    """Write, and turn what the database refuses into a sentence."""
    try:
        session.flush()
    except StaleDataError:
        raise Refused(STALE) from None
    except IntegrityError as fault:
        raise Refused(_sentence(str(fault.orig))) from None


# What the database calls a rule that a form can break, and the sentence for the field.
BROKEN_RULES = {
    "ck_windows_dates": Problem("dates", "closes_on", _("结束日期不能早于开始日期")),
    "ck_windows_hours": Problem("hours", "closes_at", _("每日结束时间应晚于开始时间；开放到午夜请填00:00")),
    "ck_publicities_dates": Problem("dates", "ends_on", _("结束日期不能早于开始日期")),
    "ck_teaching_breaks_dates": Problem("dates", "ends_on", _("结束日期不能早于开始日期")),
    "ck_authorities_validity": Problem("dates", "valid_to", _("结束日期不能早于开始日期")),
    "ck_assessment_years_hours": Problem("hours", "training_hours", _("培训学时不能小于0")),
}


def _sentence(fault: str) -> Problem:
    lowered = fault.lower()
    for name, problem in BROKEN_RULES.items():
        if name in lowered:
            return problem
    if "unique" in lowered:
        return TAKEN
    return IN_USE if "foreign key" in lowered else INVALID


def is_above(parent: BureauLevel, level: BureauLevel) -> bool:
    """Whether a bureau of `level` can stand below one of the level `parent`."""
    return RANK[parent] < RANK[level]


def not_above(parent: str, level: BureauLevel, name: str) -> Text:
    """Why the bureau `name` cannot stand below `parent`, which has this level."""
    return _("“{parent}”是{level}，不能作为“{name}”的上级", parent=parent, level=level.label, name=name)


def path_of(above: str, key: int) -> str:
    """Where a bureau stands in the tree: the numbers down to its own; `above` is its superior's path."""
    return f"{above or '/'}{key}/"


def _lay_path(row: Base) -> None:
    """A bureau's path follows from its parent's; the whole subtree moves with it."""
    if not isinstance(row, Bureau):
        return
    parent = session.get(Bureau, row.parent_id) if row.parent_id else None
    path = path_of(parent.path if parent else "", row.id)
    if parent is not None and (problem := _misplaced(row, parent)):
        raise Refused(problem)
    old = row.path
    if path == old:
        return
    row.path = path
    if old:
        below = session.scalars(select(Bureau).where(Bureau.path.startswith(old, autoescape=True), Bureau.id != row.id))
        for bureau in below:
            bureau.path = path + bureau.path.removeprefix(old)
    _flush()


def _misplaced(row: Bureau, parent: Bureau) -> Problem | None:
    if f"/{row.id}/" in parent.path:
        return Problem("cycle", "parent_id", _("上级机构不能是它自己或它的下级"))
    if is_above(parent.level, row.level):
        return None
    return Problem("level", "parent_id", not_above(parent.name, parent.level, row.name))
