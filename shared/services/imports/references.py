"""What reference tables ask of an imported row beside their columns: the rules that their forms' verbs keep, too."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, QualificationType
from shared.models.kinds import ImportAction
from shared.services import reference
from shared.services.imports.formats import Line, Run
from shared.services.imports.tables import Check, Rules
from shared.text import _

_SEPARATORS = re.compile(r"[;；,，、\s]+")


def in_order(first: str, last: str) -> Check:
    """A period ends no earlier than it begins."""

    def check(line: Line, _run: Run) -> None:
        begins, ends = line.values.get(first), line.values.get(last)
        if begins and ends and ends < begins:
            line.refuse(last, _("结束日期不能早于开始日期"))

    return check


def types_by_code(lines: Sequence[Line], run: Run) -> None:
    """The types of qualification that a subject belongs to, by code or by name, as the subject keeps them: 2;3."""
    known = run.once("types", _types)
    for line in lines:
        text = line.values.get("qualification_types")
        if not isinstance(text, str):
            continue
        names = [name for name in _SEPARATORS.split(text) if name]
        unknown = [name for name in names if name not in known]
        if unknown:
            line.refuse("qualification_types", _("没有这种资格：{names}", names="、".join(unknown)))
        line.values["qualification_types"] = ";".join(known[name] for name in names if name in known)


def _types() -> dict[str, str]:
    rows = session.execute(select(QualificationType.code, QualificationType.name)).all()
    return {name: row.code for row in rows for name in (row.code, row.name)}


def in_the_tree(lines: Sequence[Line], run: Run) -> None:  # noqa: ARG001  of every line
    """All bureaus, and before anything else is locked: in the order in which they are locked to be moved."""
    _tree(run)


def below_its_parent(line: Line, run: Run) -> None:
    """A new bureau stands below one of a higher level in the area; old ones change place and level on their pages."""
    if line.action is ImportAction.NEW:
        parent = _tree(run)[line.values["parent_id"]]
        if not parent.path.startswith(run.by.bureau_path):
            line.refuse("parent_id", _("“{parent}”不在您的管理范围内，请改填范围内的部门", parent=parent.name))
        elif not reference.is_above(parent.level, line.values["level"]):
            line.refuse("parent_id", reference.not_above(parent.name, parent.level, line.values["name"]))
        return
    if "level" in line.before:
        line.refuse("level", _("已有部门的层级不能通过导入更改，请打开该部门，点“编辑”更改"))
    if "parent_id" in line.before:
        line.refuse("parent_id", _("已有部门的上级不能通过导入更改，请打开该部门，点“移动”更改"))


def place_of(line: Line, run: Run) -> str:
    """The place of a new bureau in the tree."""
    assert line.row_id is not None  # noqa: S101  it is being written
    return reference.path_of(_tree(run)[line.values["parent_id"]].path, line.row_id)


def _tree(run: Run) -> Mapping[int | None, Any]:
    """Number, name, level and path of all bureaus; while rows are written none of them is moved."""
    every = select(Bureau.id, Bureau.name, Bureau.level, Bureau.path).order_by(Bureau.id)
    every = every.with_for_update(of=Bureau) if run.writing else every
    known: Mapping[int | None, Any] = run.once("tree", lambda: {one.id: one for one in session.execute(every)})
    return known


RULES: Mapping[str, Rules] = {
    "authorities": Rules(checks=(in_order("valid_from", "valid_to"),)),
    "bureaus": Rules(
        prepare=(in_the_tree,),
        checks=(below_its_parent,),
        derived={"path": place_of},
        needed=("parent_id",),
        anywhere=("parent_id",),
    ),
    "confirmation_points": Rules(checks=(in_order("opens_on", "closes_on"),)),
    "subjects": Rules(prepare=(types_by_code,)),
}
