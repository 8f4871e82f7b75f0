"""What reference tables ask of an imported row beside their columns: the rules that their forms' verbs keep, too."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from shared.db import session
from shared.models import QualificationType
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


RULES: Mapping[str, Rules] = {
    "authorities": Rules(checks=(in_order("valid_from", "valid_to"),)),
    "confirmation_points": Rules(checks=(in_order("opens_on", "closes_on"),)),
    "subjects": Rules(prepare=(types_by_code,)),
}
