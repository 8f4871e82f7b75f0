"""The confirmation points that the rows of one file name: found, or to be made, and what the file says of each.

Several rows name one point and must agree about it; what is said first is told with the row that says it.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from shared.db import session
from shared.models import Bureau, ConfirmationPoint, Division, ImportRow, PointSchool, School, Staff
from shared.models.kinds import EntryStatus
from shared.rules import policy, spellings
from shared.rules.rights import Can
from shared.services import aliases
from shared.services.imports.formats import Line, Run
from shared.services.imports.tables import EDITED, IN_USE, used
from shared.text import Text, _

OF_POINT = ("point_name", "address", "schools")
COLUMN = {"point_name": "name", "address": "address"}
PART = "_point"  # what a row did to its point, beside the account's former values
NAMED = 10
OTHER_CODE = _("本区县已有同名的确认点，编码与这里不一致，请核对")


@dataclass
class Plan:
    """One point. `found`: its number when the file was first looked at; `id`: once it is there."""

    bureau: Bureau
    found: int | None = None
    id: int | None = None
    code: str | None = None
    now: dict[str, Any] = field(default_factory=dict)
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)  # and by which row of the file

    @property
    def name(self) -> str:
        return str(self.said["point_name"][0] if "point_name" in self.said else self.now.get("point_name", ""))


@dataclass
class Work:
    """What a row wants beside its account."""

    password: str | None = None
    plan: Plan | None = None
    point: dict[str, Any] = field(default_factory=dict)  # of its point what this row is the first to say
    makes: bool = False


def look(lines: Sequence[Line], run: Run) -> None:
    """Find the point of each line, or plan a new one; refuse what is not in the reader's area or not clear."""
    bureaus = run.once("bureaus", lambda: _bureaus(run))
    for line in lines:
        text = line.values.get("district")
        found = bureaus.get(text) if text else None
        if text and found is None:
            line.refuse("district", _("没有找到“{text}”，或者不在您的管理范围内", text=text[:40]))
        line.work.plan = Plan(found) if found else None
    ready = [line for line in lines if line.work.plan and line.values.get("point_name")]
    _find(ready, run)
    _find_schools(ready, run)


def _bureaus(run: Run) -> Mapping[str, Bureau]:
    """By code, by name, and by its district's name or code where that names one bureau only."""
    seen = select(Bureau, Division).join(Division, Division.code == Bureau.division_code)
    seen = seen.where(policy.condition(Bureau, run.by, Can.VIEW), Bureau.status != EntryStatus.RETIRED)
    rows = session.execute(seen.order_by(Bureau.id)).all()
    by_division: dict[str, list[Bureau]] = {}
    for bureau, division in rows:
        for text in (division.code, division.name):
            by_division.setdefault(text, []).append(bureau)
    found = {text: some[0] for text, some in by_division.items() if len(some) == 1}
    return found | {bureau.name: bureau for bureau, _one in rows} | {bureau.code: bureau for bureau, _one in rows}


def _find(lines: Sequence[Line], run: Run) -> None:
    known: dict[Any, Plan] = run.found.setdefault("points", {})
    codes = {line.values["point_code"] for line in lines} - {None}
    names = {line.values["point_name"] for line in lines}
    point = ConfirmationPoint
    wanted = select(point).where(point.code.in_(codes) | point.name.in_(names))
    mine = policy.condition(point, run.by, Can.EDIT)
    served: dict[int, list[int]] = {}
    rows = session.execute(wanted.add_columns(mine.label("mine"))).all()
    links = select(PointSchool).where(PointSchool.point_id.in_([row.id for row, _mine in rows]))
    for link in session.scalars(links.order_by(PointSchool.school_id)):
        served.setdefault(link.point_id, []).append(link.school_id)
    there: dict[Any, tuple[ConfirmationPoint, bool]] = {}
    for row, is_mine in rows:
        there[row.code] = row, is_mine
        there[row.bureau_id, row.name] = row, is_mine
    for line in lines:
        code, name, bureau = line.values["point_code"], line.values["point_name"], line.work.plan.bureau
        told_by = code or (bureau.id, name)
        plan = known.get(told_by)
        if plan is None and told_by in there:
            row, is_mine = there[told_by]
            if not is_mine or row.bureau_id != bureau.id:
                line.refuse("point_code", _("编码“{code}”已用于别的区县的确认点，请核对", code=row.code))
                continue
            if row.status is not EntryStatus.ACTIVE:
                line.refuse("point_name", _("这个确认点没有启用，请先在“确认点”中启用"))
                continue
            now = {"point_name": row.name, "address": row.address, "schools": tuple(served.get(row.id, ()))}
            plan = known.get(("id", row.id)) or Plan(bureau, row.id, row.id, row.code, now)
            known |= {("id", row.id): plan, row.code: plan, (bureau.id, row.name): plan}
        elif plan is None and (bureau.id, name) in there:
            line.refuse("point_code", OTHER_CODE)
            continue
        plan = plan or Plan(bureau, code=code)
        if plan.bureau.id != bureau.id:
            line.refuse("district", _("同一确认点的区县前后不一致，请核对"))
        line.work.plan = plan


def _find_schools(lines: Iterable[Line], run: Run) -> None:
    """The served schools of each line as numbers; the point's bureau keeps them, or one below it does."""
    known: dict[str, School | None] = run.found.setdefault("schools", {})
    texts = {line.number: spellings.LISTED.split(line.values["schools"] or "") for line in lines}
    wanted = {text.strip() for some in texts.values() for text in some} - known.keys() - {""}
    if wanted:
        mine = policy.condition(School, run.by, Can.VIEW)
        found = aliases.resolve_many(School, sorted(wanted), mine)
        known.update({text: found.get(text) for text in wanted})
    paths = run.once("paths", lambda: {row.id: row.path for row in session.execute(select(Bureau.id, Bureau.path))})
    for line in lines:
        if line.values["schools"] is None:
            continue
        ids = set()
        for text in filter(None, map(str.strip, texts[line.number])):
            school = known[text]
            if school is None or not paths[school.bureau_id].startswith(line.work.plan.bureau.path):
                line.refuse("schools", _("学校“{text}”没有找到，或者不属于这个区县", text=text[:40]))
            elif school.status is EntryStatus.RETIRED and school.id not in line.work.plan.now.get("schools", ()):
                line.refuse("schools", _("学校“{text}”已停用", text=text[:40]))
            else:
                ids.add(school.id)
        line.values["schools"] = tuple(sorted(ids))


def state(line: Line, run: Run) -> None:
    """Take down what the line says of its point, unless an earlier one says something else."""
    work: Work = line.work
    assert work.plan is not None  # noqa: S101  a line without one has been refused
    known: dict[Any, Plan] = run.found["points"]
    code, by_name = line.values["point_code"], (work.plan.bureau.id, line.values["point_name"])
    if code and code not in known and by_name in known:
        line.refuse("point_code", OTHER_CODE)
        return
    plan = work.plan = known.get(code or by_name, work.plan)
    if plan.bureau.id != by_name[0]:
        line.refuse("district", _("同一确认点的区县前后不一致，请核对"))
    values = {name: line.values[name] for name in OF_POINT if line.values[name] is not None}
    for name, value in values.items():
        if name in plan.said and plan.said[name][0] != value:
            line.refuse(name, _("与第{row}行对同一确认点的填写不一致，请改成一样", row=plan.said[name][1]))
    if line.problems:
        return
    work.makes = plan.found is None and not plan.said
    for name, value in values.items():
        if name not in plan.said:
            plan.said[name] = value, line.number
            if value != plan.now.get(name):
                work.point[name] = value
    known |= {by_name: plan} | ({code: plan} if code else {})
    _tell(plan, work, run)


def _tell(plan: Plan, work: Work, run: Run) -> None:
    kind = "new points" if plan.found is None else "changed points"
    names: dict[int, str] = run.found.setdefault(kind, {})
    if work.makes or work.point:
        names[id(plan)] = plan.name
    listed = "、".join(list(names.values())[:NAMED])
    if not names:
        return
    if plan.found is None:
        run.notes[kind] = _("将新增{count}个确认点：{names}", count=len(names), names=listed)
    else:
        text = _("将更改{count}个已有确认点的名称、地址或服务学校：{names}", count=len(names), names=listed)
        run.notes[kind] = text


def shown(work: Work, names: Callable[[Iterable[int]], str]) -> dict[str, list[str | None]]:
    """What a line changes of a point that was there: old and new; of the schools those that go and those that come."""
    if work.plan is None or work.plan.found is None:
        return {}
    told: dict[str, list[str | None]] = {}
    for name, value in work.point.items():
        old = work.plan.now[name]
        if name == "schools":
            gone, come = set(old) - set(value), set(value) - set(old)
            told[name] = [names(gone) or None, names(come) or None]
        else:
            told[name] = [old, value]
    return told


def write(lines: Iterable[Line], run: Run) -> None:
    """Make and change the points of these lines, and note with each line what it takes to put its point back."""
    going = [line for line in lines if line.work.makes or line.work.point]
    made = [line.work.plan for line in going if line.work.makes]
    new = [(plan, _new(plan)) for plan in made]
    session.add_all(row for _plan, row in new)
    session.flush()
    for plan, row in new:
        plan.id = row.id
    ids = {int(line.work.plan.id) for line in going}
    mine = policy.condition(ConfirmationPoint, run.by, Can.EDIT)
    wanted = select(ConfirmationPoint).where(ConfirmationPoint.id.in_(ids), mine)
    rows = {row.id: row for row in session.scalars(wanted.with_for_update(of=ConfirmationPoint))}
    if rows.keys() != ids:
        raise PermissionError(ConfirmationPoint.__tablename__)
    for line in going:
        _apply(line, rows[line.work.plan.id], run)
    session.flush()
    for line in going:
        line.before[PART]["left"] = rows[line.work.plan.id].version


def _new(plan: Plan) -> ConfirmationPoint:
    code = plan.code or "P" + secrets.token_hex(4).upper()
    address = plan.said.get("address", ("", 0))[0]
    return ConfirmationPoint(code=code, name=plan.name, bureau_id=plan.bureau.id, address=address)


def _apply(line: Line, row: ConfirmationPoint, run: Run) -> None:
    work: Work = line.work
    before = {}
    for name, column in COLUMN.items():
        if name in work.point and not work.makes and getattr(row, column) != work.point[name]:
            before[column] = getattr(row, column)
            setattr(row, column, work.point[name])
    part: dict[str, Any] = {"id": row.id, "made": work.makes, "before": before, "added": [], "removed": []}
    if "schools" in work.point:
        old, new = set(work.plan.now.get("schools", ())) if work.plan else set(), set(work.point["schools"])
        part |= {"added": sorted(new - old), "removed": sorted(old - new)}
        _link(row.id, new - old, run)
        _unlink(row.id, old - new, run)
    line.before[PART] = part


def _link(point_id: int, school_ids: Iterable[int], run: Run) -> None:
    there = set(session.scalars(select(PointSchool.school_id).where(PointSchool.point_id == point_id)))
    links = [PointSchool(point_id=point_id, school_id=key) for key in sorted(set(school_ids) - there)]
    session.add_all(links)
    session.flush()
    mine = policy.condition(PointSchool, run.by, Can.CREATE)
    made = PointSchool.id.in_([link.id for link in links])
    if session.scalar(select(func.count()).select_from(PointSchool).where(made, mine)) != len(links):
        raise PermissionError(PointSchool.__tablename__)


def _unlink(point_id: int, school_ids: Iterable[int], run: Run) -> None:
    gone = select(PointSchool).where(PointSchool.point_id == point_id, PointSchool.school_id.in_(list(school_ids)))
    gone = gone.where(policy.condition(PointSchool, run.by, Can.DELETE))
    for link in session.scalars(gone):
        session.delete(link)


def part_of(row: ImportRow) -> dict[str, Any] | None:
    """What a written row did to its point."""
    found: dict[str, Any] | None = json.loads(row.before or "{}").get(PART)
    return found


def why_not_back(rows: Iterable[ImportRow], run: Run) -> dict[int, Text]:
    """Which rows cannot be taken back for their point's sake: changed since, or in use by others.

    Asked of rows whose accounts are about to go; those that went before are remembered with the run.
    """
    gone: set[int] = run.found.setdefault("gone", set())
    again: set[int] = run.found.setdefault("points put back", set())
    parts = {row.id: (row, part) for row in rows if (part := part_of(row)) is not None}
    ids = {part["id"] for _row, part in parts.values()}
    wanted = select(ConfirmationPoint.id, ConfirmationPoint.version).where(ConfirmationPoint.id.in_(ids))
    versions = {row.id: row.version for row in session.execute(wanted)}
    made = [part["id"] for _row, part in parts.values() if part["made"]]
    held = used(ConfirmationPoint.__table__, made, apart=(Staff.__tablename__,))  # type: ignore[arg-type]
    staffed = session.execute(select(Staff.point_id, Staff.id).where(Staff.point_id.in_(made)))
    held |= {int(point) for point, member in staffed if point is not None and member not in gone}
    kept: dict[int, Text] = {}
    for key, (row, part) in parts.items():
        if part["made"] and part["id"] in held:
            kept[key] = IN_USE
        elif versions.get(part["id"]) != part["left"] and part["id"] not in again:
            kept[key] = EDITED
        else:
            again.add(part["id"])
            continue
        gone.discard(int(row.row_id or 0))
    return kept


def put_back(rows: Iterable[ImportRow], run: Run) -> None:
    """Undo what these rows did to their points, the last first."""
    parts = [part for row in rows if (part := part_of(row)) is not None]
    wanted = select(ConfirmationPoint).where(ConfirmationPoint.id.in_([part["id"] for part in parts]))
    points = {row.id: row for row in session.scalars(wanted)}
    for part in parts:
        point = points[part["id"]]
        _unlink(point.id, part["added"], run)
        session.flush()
        if part["made"]:
            session.delete(point)
            continue
        _link(point.id, part["removed"], run)
        for name, value in part["before"].items():
            setattr(point, name, value)
    session.flush()
