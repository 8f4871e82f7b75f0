"""Merging duplicates of reference data: everything points to the row that stays, and the old spelling is an alias.

Set-based, in one transaction; merged rows are retired and name their survivor, they are never deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, delete, exists, select, update

from shared.db import session, transaction
from shared.models import Alias, Authority, School, Subject
from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules import certificate
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, aliases, audit, pointers
from shared.services.aliases import MERGEABLE
from shared.services.errors import NotYours, Refused
from shared.services.pointers import Pointer
from shared.services.reference import STALE
from shared.text import _

MOST = 20
FEW = Problem("few", "", _("请选择两条或更多要合并的记录，并指明保留哪一条"))
MANY = Problem("many", "", _("一次最多合并{most}条，请分几次办理", most=MOST))
NOTE = _("合并前的名称")


@dataclass(frozen=True)
class Preview:
    """What a merge would do: which rows go, what points to them, under which names the survivor will be found."""

    keep: Entry
    away: list[Entry]
    moves: list[tuple[Pointer, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(number for _pointer, number in self.moves)


def preview(model: type[Entry], keys: Sequence[int], into: int, *, by: Actor) -> Preview:
    """What merging `keys` into the row `into` would change; nothing is written."""
    keep, away = _rows(model, keys, into, by=by)
    names = [row.name for row in away] + [alias.name for row in away for alias in aliases.of(row)]
    return Preview(
        keep,
        away,
        moves=pointers.counts(model, away),
        names=list(dict.fromkeys(name for name in names if name != keep.name)),
        problems=_problems(model, keep, away),
    )


@transaction
def merge(model: type[Entry], keys: Sequence[int], into: int, *, by: Actor, versions: Mapping[int, int]) -> int:
    """Merge `keys` into `into`, if all are still as `versions` saw them; return how many rows point elsewhere now."""
    keep, away = _rows(model, keys, into, by=by, lock=True)
    if any(versions.get(row.id) != row.version for row in (keep, *away)):
        raise Refused(STALE)
    problems = _problems(model, keep, away)
    if problems:
        raise Refused.because(problems)
    for row in away:
        aliases.add(keep, row.name, str(NOTE))
        _inherit(keep, row)
        row.status, row.merged_into_id = EntryStatus.RETIRED, keep.id  # type: ignore[attr-defined]
    session.flush()
    moved = sum(_point(pointer, row, keep, by) for row in away for pointer in pointers.of(model))
    for row in away:
        _collapse(model, row, keep, by)
    told: audit.Changes = {"name": [", ".join(row.name for row in away), keep.name], "rows": [None, str(moved)]}
    audit.record("merge", model.__tablename__, keep.id, told, by=by)
    session.expire_all()
    return moved


def _rows(
    model: type[Entry], keys: Sequence[int], into: int, *, by: Actor, lock: bool = False
) -> tuple[Entry, list[Entry]]:
    if model not in MERGEABLE:
        raise NotYours
    wanted = sorted({*keys, into})  # in one order for everybody: two merges never wait for each other
    if len(wanted) > MOST:
        raise Refused(MANY)
    rows = {key: access.one(model, key, by=by, to=Can.MERGE, lock=lock) for key in wanted}
    keep = rows.pop(into)
    return keep, list(rows.values())


def _problems(model: type[Entry], keep: Entry, away: list[Entry]) -> list[Problem]:
    """Everything that speaks against it, at once."""
    if not away:
        return [FEW]
    found = []
    gone = [row for row in (keep, *away) if row.merged_into_id is not None]  # type: ignore[attr-defined]
    found += [Problem("merged", "", _("“{name}”已经合并过，请另选", name=row.name)) for row in gone]
    if keep.status is EntryStatus.RETIRED and keep not in gone:
        text = _("保留的“{name}”已停用，请先恢复使用，或保留另一条", name=keep.name)
        found.append(Problem("retired", "", text))
    if model is School and len({row.bureau_id for row in (keep, *away)}) > 1:  # type: ignore[attr-defined]
        text = _("这些学校属于不同的教育行政部门，不能合并；确是同一所的，请先更正主管部门")
        found.append(Problem("bureau", "", text))
    if model is Subject and any(row.name == certificate.NO_SUBJECT for row in (keep, *away)):
        text = _("“{name}”表示证书上没有学科，不能合并", name=certificate.NO_SUBJECT)
        found.append(Problem("none", "", text))
    return found


def _inherit(keep: Entry, row: Entry) -> None:
    """What the survivor must know to stand for both: a subject's certificates, a school's kind."""
    if isinstance(keep, Subject) and isinstance(row, Subject):
        both = {*keep.qualification_types.split(";"), *row.qualification_types.split(";")}
        keep.qualification_types = "" if "" in both else ";".join(sorted(both))
        keep.teachable = keep.teachable or row.teachable
    if isinstance(keep, School) and isinstance(row, School):
        keep.nature = keep.nature or row.nature
    if isinstance(keep, Authority) and keep.successor_code == row.code:
        keep.successor_code = None  # nobody succeeds to themselves


def _point(pointer: Pointer, row: Entry, keep: Entry, by: Actor) -> int:
    """Let what points to `row` point to `keep`; each changed row is in the audit."""
    table, column, here = pointer.table, pointer.column, pointer.at([row])
    old, new = pointer.key(row), pointer.key(keep)
    if table.name in pointers.LINKS:
        for others in pointers.unique_with(column):
            twin = table.alias()
            same = and_(twin.c[column.name] == new, *(twin.c[one.name] == one for one in others))
            double = here & exists(select(twin.c.id).where(same))
            audit.record_set("delete", table, double, {column.name: [str(old), None]}, by=by)
            session.execute(delete(table).where(double))
    audit.record_set("update", table, here, {column.name: [str(old), str(new)]}, by=by)
    values: dict[Any, Any] = {column: new}
    if "version" in table.c:
        values[table.c.version] = table.c.version + 1
    return session.connection().execute(update(table).where(here).values(values)).rowcount


def _collapse(model: type[Entry], row: Entry, keep: Entry, by: Actor) -> None:
    """What had been merged into `row`, and its other names, belong to the survivor."""
    for before in session.scalars(select(model).where(model.merged_into_id == row.id)):  # type: ignore[attr-defined]
        before.merged_into_id = keep.id  # type: ignore[attr-defined]
    for alias in aliases.of(row):
        aliases.add(keep, alias.name, alias.note)
    table, own = Alias.__table__, aliases.own(model, row.id)
    audit.record_set("delete", table, own, {"row_id": [str(row.id), None]}, by=by)  # type: ignore[arg-type]
    session.flush()
    session.execute(delete(table).where(own))  # type: ignore[arg-type]
