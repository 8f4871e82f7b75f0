"""What reference tables ask of an imported row beside their columns: the rules that their forms' verbs keep, too."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, QualificationType
from shared.models.kinds import ImportAction
from shared.services import reference
from shared.services.imports.formats import Line, Run
from shared.services.imports.tables import NEEDED, SET_ONCE, Check, Rules
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


def below_its_parent(line: Line, run: Run) -> None:
    """A new bureau stands below one of a higher level; an old one changes its place and level on pages of its own."""
    if line.action is ImportAction.NEW:
        parent = _parents(run).get(line.values["parent_id"])
        if parent is None:
            line.refuse("parent_id", NEEDED)
        elif not reference.is_above(parent, line.values["level"]):
            line.refuse("parent_id", reference.not_above(parent, line.values["name"]))
    elif "level" in line.before:
        line.refuse("level", SET_ONCE)


def path_of(line: Line, run: Run) -> str:
    """The place of a new bureau in the tree."""
    assert line.row_id is not None  # noqa: S101  it is being written
    return reference.path_of(_parents(run)[line.values["parent_id"]], line.row_id)


def _parents(run: Run) -> Mapping[int | None, Bureau]:
    """All bureaus by their numbers; while rows are written none of them is moved."""
    every = select(Bureau).with_for_update(read=True) if run.writing else select(Bureau)
    known: Mapping[int | None, Bureau] = run.once("parents", lambda: {one.id: one for one in session.scalars(every)})
    return known


RULES: Mapping[str, Rules] = {
    "authorities": Rules(checks=(in_order("valid_from", "valid_to"),)),
    "bureaus": Rules(checks=(below_its_parent,), derived={"path": path_of}),
    "confirmation_points": Rules(checks=(in_order("opens_on", "closes_on"),)),
    "subjects": Rules(prepare=(types_by_code,)),
}
