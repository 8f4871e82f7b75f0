"""A campaign in numbers: how many applications of each place, reason or day stand where; each is in one column."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, null, select

from shared import clock
from shared.db import session
from shared.models import Application, Bureau, ConfirmationPoint, ReasonCode, School
from shared.models.kinds import Conclusion, Stage
from shared.rules import policy
from shared.rules.rights import Actor, Can
from shared.rules.states import status_label
from shared.text import Text, _

MOST_DAYS = 60
NOBODYS = _("（未填写）")


@dataclass(frozen=True)
class Column:
    """Applications at one stage, of the concluded ones those with one conclusion."""

    stage: Stage
    conclusion: Conclusion | None = None

    @property
    def label(self) -> Text:
        return status_label(self.stage, self.conclusion or Conclusion.NONE)

    def arguments(self) -> dict[str, str]:
        """How the list of applications is narrowed to them."""
        more = {"conclusion": self.conclusion.value} if self.conclusion else {}
        return dict(stage=self.stage.value, **more)


COLUMNS = (
    *(Column(stage) for stage in (Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.SCHOOL_CHECKED)),
    *(Column(stage) for stage in (Stage.CONFIRMED, Stage.PRELIMINARY, Stage.REVIEWED)),
    *(Column(Stage.CONCLUDED, one) for one in (Conclusion.REGISTERED, Conclusion.DEFERRED, Conclusion.REFUSED)),
    *(Column(stage) for stage in (Stage.REVOKED, Stage.WITHDRAWN)),
)


@dataclass(frozen=True)
class Line:
    """One place, reason or day. `arguments`: how the list is narrowed to it, None where no list can be."""

    label: Text | str
    arguments: Mapping[str, str] | None
    counts: Mapping[Column, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


Labels = Callable[[Iterable[Any]], Mapping[Any, str]]


@dataclass(frozen=True)
class Dimension:
    """By what the numbers are told apart: a column of applications, and what its values are called."""

    name: str
    label: Text
    column: Any
    called: Labels


def _rows_called(model: Any, key: Any) -> Labels:  # noqa: ANN401  a table with names
    return lambda keys: {row[0]: row[1] for row in session.execute(select(key, model.name).where(key.in_(keys)))}


BY_DAY = "submitted_at"
DIMENSIONS = (
    Dimension("bureau_id", _("注册机构"), Application.bureau_id, _rows_called(Bureau, Bureau.id)),
    Dimension("school_id", _("任教学校"), Application.school_id, _rows_called(School, School.id)),
    Dimension("point_id", _("确认点"), Application.point_id, _rows_called(ConfirmationPoint, ConfirmationPoint.id)),
    Dimension("reason_code", _("原因"), Application.reason_code, _rows_called(ReasonCode, ReasonCode.code)),
    Dimension(BY_DAY, _("提交日期"), null(), lambda _keys: {}),
)
BY_NAME = {one.name: one for one in DIMENSIONS}


def of(campaign_id: int, dimension: Dimension, *, by: Actor) -> tuple[list[Line], Line]:
    """The lines of a table, the fullest first (days in order), and their sum."""
    mine = Application.campaign_id == campaign_id, policy.condition(Application, by, Can.VIEW)
    lines = _by_day(mine) if dimension.name == BY_DAY else _by_value(dimension, mine)
    total: dict[Column, int] = defaultdict(int)
    for line in lines:
        for column, count in line.counts.items():
            total[column] += count
    return lines, Line(_("合计"), {}, total)


def _by_value(dimension: Dimension, mine: Sequence[ColumnElement[bool]]) -> list[Line]:
    found = _counted(dimension.column, mine)
    called = dimension.called([key for key in found if key is not None])
    lines = [
        Line(NOBODYS, {f"{dimension.name}.empty": "1"}, counts)
        if key is None
        else Line(called.get(key, str(key)), {dimension.name: str(key)}, counts)
        for key, counts in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.total, str(line.label)))


def _by_day(mine: Sequence[ColumnElement[bool]]) -> list[Line]:
    """By the users' calendar: the last days on which anything was handed in, what came before, and what never was."""
    first, last = session.execute(
        select(func.min(Application.submitted_at), func.max(Application.submitted_at)).where(*mine)
    ).one()
    if first is None or last is None:
        days: list[date] = []
    else:
        end, start = clock.local(last).date(), clock.local(first).date()
        begin = max(start, end - timedelta(days=MOST_DAYS - 1))
        days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    before = [(Application.submitted_at < clock.midnight(day), literal(number)) for number, day in enumerate(days)]
    bucket = case((Application.submitted_at.is_(None), literal(-1)), *before, else_=literal(len(days)))
    found = _counted(bucket, mine)
    lines = [_earlier(days, found[0])] if days and 0 in found else []
    lines += [_day(day, found[number]) for number, day in enumerate(days, 1) if number in found]
    return [*lines, *([Line(_("尚未提交"), {f"{BY_DAY}.empty": "1"}, found[-1])] if -1 in found else [])]


def _earlier(days: Sequence[date], counts: Mapping[Column, int]) -> Line:
    until = (days[0] - timedelta(days=1)).isoformat()
    return Line(_("{day}以前", day=days[0].isoformat()), {f"{BY_DAY}.to": until}, counts)


def _day(day: date, counts: Mapping[Column, int]) -> Line:
    return Line(day.isoformat(), {f"{BY_DAY}.from": day.isoformat(), f"{BY_DAY}.to": day.isoformat()}, counts)


def _counted(key: Any, mine: Sequence[ColumnElement[bool]]) -> dict[Any, dict[Column, int]]:  # noqa: ANN401
    columns = {(one.stage, one.conclusion): one for one in COLUMNS}
    groups = key.label("key"), Application.stage, Application.conclusion
    part = select(*groups, func.count().label("size")).where(*mine).group_by(*groups).subquery()
    found: dict[Any, dict[Column, int]] = {}
    for value, stage, conclusion, size in session.execute(select(part)):
        column = columns.get((stage, conclusion)) or columns[stage, None]
        counts = found.setdefault(value, {})
        counts[column] = counts.get(column, 0) + size
    return found
