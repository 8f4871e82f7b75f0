"""What no column of an application says, as filters of the list: whether it is on hold, and who looks at it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, String, false, or_, select

from admin.views.cells import YES
from admin.views.rows import Filter
from shared.models import Application, Hold
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import assigning
from shared.text import Text, _
from shared.web.login import by

ME, NOBODY = "me", "nobody"


@dataclass(frozen=True)
class Answers:
    """Stands where a filter has its column: a condition for each of the few values, made when the list is read."""

    conditions: Mapping[str, Callable[[], ColumnElement[bool]]]
    type: String = field(default_factory=String)
    nullable: bool = False
    foreign_keys: tuple[Any, ...] = ()

    def in_(self, values: Iterable[str]) -> ColumnElement[bool]:
        found = [self.conditions[value]() for value in values if value in self.conditions]
        return or_(*found) if found else false()


def _held() -> ColumnElement[bool]:
    if not policy.may(Hold, by().role, Can.VIEW):
        return false()
    return Application.id.in_(select(Hold.application_id).where(Hold.lifted_at.is_(None)).correlate(None))


def _filter(name: str, label: Text, **values: tuple[Text, Callable[[], ColumnElement[bool]]]) -> Filter:
    words: dict[str, Text | str] = {value: word for value, (word, _condition) in values.items()}
    answers = Answers({value: condition for value, (_word, condition) in values.items()})
    return Filter(name, label, answers, choices=lambda: words)


FILTERS = (
    _filter("held", _("暂停办理"), yes=(YES, _held)),
    _filter(
        "assigned",
        _("分派"),
        **{
            ME: (_("我"), lambda: Application.assigned_to_id == by().id),
            NOBODY: (_("无人"), lambda: assigning.nobodys(by=by())),
        },
    ),
)
