"""What happened to one row, on its page and on a page of its own, for those who have the right to its history."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect

from admin.forms.typed import number_of
from admin.views import trail
from shared.rules.rights import Can
from shared.services import history
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.declared import Declared
    from shared.text import Text


def latest(row: Any) -> Sequence[history.Entry] | None:  # noqa: ANN401  any row
    """The last entries about `row` for its page; None for readers without the right."""
    model = type(row)
    return history.last(model, row.id, by=by()) if history.may_read(model, row.id, by=by()) else None


def page(view: "Declared") -> ResponseReturnValue:
    """Everything about one row, narrowed as the address asks."""
    row = view.row(request.args.get("id"), Can.HISTORY)
    past = history.of(view.model, row.id, by=by(), asked=_asked())
    columns = inspect(view.model).columns
    fields: dict[str, Text | str] = {name: trail.label_of(name, columns.get(name)) for name in past.fields}
    people = {name: trail.name_of(name) for name in past.people}
    return view.render("table/history.html", row=row, past=past, asked=past.asked, fields=fields, people=people)


def address(asked: history.Asked, **changes: object) -> dict[str, object]:
    """The arguments of the same page with `changes`; what is as usual is left out."""
    found: dict[str, object] = {"id": request.args.get("id"), "field": asked.field, "person": asked.person}
    found |= {"from": asked.first or "", "to": asked.last or "", "page": asked.page if asked.page > 1 else ""}
    return {name: value for name, value in {**found, **changes}.items() if value != ""}


def _asked() -> history.Asked:
    return history.Asked(
        field=request.args.get("field", ""),
        person=request.args.get("person", ""),
        first=_day("from"),
        last=_day("to"),
        page=number_of(request.args.get("page")) or 1,
    )


def _day(name: str) -> date | None:
    """A day of the address; one that is no day narrows nothing, and its field is shown empty."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
