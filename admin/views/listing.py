"""A table's list: search, filters, columns, pages, one row in full; everything is read inside SCOPE."""

from collections.abc import Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import JSON, Select, String, inspect
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from admin.forms.reveal import RevealForm
from admin.views import cells, filters, rows, searching
from admin.views.declared import Declared
from admin.views.rows import Asked
from shared.db import Base
from shared.models.kinds import RevealReason
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.services import access, exports, saved_views
from shared.services.errors import NotYours, Refused
from shared.web.forms import show
from shared.web.login import by


class Listing(Declared):
    """How the rows of a declared table are found and shown."""

    def get_query(self, to: Can = Can.VIEW) -> Select[Any]:
        return access.query(self.model, by=by(), to=to)

    def searched(self, text: str) -> Any:  # noqa: ANN401  a SQL condition
        """The condition of the search box."""
        return searching.search(self.model, self.column_searchable_list, text)

    def asked(self, arguments: MultiDict[str, str]) -> Asked:
        """What `arguments` of an address, or of a kept query string, ask for."""
        return Asked.read(arguments, self.filters, self.column_sortable_list, self.all_columns)

    def selection(self, arguments: MultiDict[str, str], to: Can = Can.VIEW) -> Select[Any]:
        """The rows that a list's address stands for, of those that the reader may do `to` to.

        Refused where a part of the address cannot be read: to go on without it would mean more rows than were meant.
        """
        asked = self.asked(arguments)
        if asked.faults:
            raise Refused(*(Problem("filter", "", fault) for fault in asked.faults))
        return self._narrowed(asked, to)

    def _narrowed(self, asked: Asked, to: Can = Can.VIEW) -> Select[Any]:
        statement = self.get_query(to)
        if asked.text and self.column_searchable_list:
            statement = statement.where(self.searched(asked.text))
        return statement if asked.condition is None else statement.where(asked.condition)

    def _loading(self, columns: Sequence[str]) -> list[Any]:
        """Relations that the columns show, each read for all rows at once."""
        relations = inspect(self.model).relationships
        names = dict.fromkeys(name.split(".")[0] for name in columns)
        return [selectinload(relations[name].class_attribute) for name in names if name in relations]

    # What the templates ask.

    @property
    def papers(self) -> Sequence[Any]:
        """What the reader may print of the list's rows."""
        return ()

    @property
    def all_columns(self) -> list[str]:
        """The columns that a reader may choose from."""
        return [*self.column_list, *self.column_more]

    @property
    def usual_columns(self) -> list[str]:
        """The columns of a reader who has chosen none."""
        return list(self.column_list)

    def columns_of(self, asked: Asked) -> list[str]:
        """The columns of the list; the one by which a row is opened is always among them."""
        chosen = list(asked.columns or self.usual_columns)
        return chosen if not self.column_link or self.column_link in chosen else [self.column_link, *chosen]

    def list_url(self, query: str = "") -> str:
        """The list as `query` asks for it; without one all rows, also where a saved view opens by itself."""
        return f"{self.get_url(f'{self.endpoint}.index_view')}?{query or 'view=all'}"

    def page_of(self, row: Any, asked: Asked) -> str:  # noqa: ANN401, ARG002  a row of the view's model
        """Where a row of the list leads."""
        return str(self.get_url(f"{self.endpoint}.details_view", id=row.id))

    def leads(self, row: Any, name: str) -> str:  # noqa: ANN401  a row of the view's model
        """Where a value leads: to the application that a row belongs to; "" for plain text."""
        return str(url_for("applications.details_view", id=row.application_id)) if name == "application" else ""

    def badge(self, row: Base, name: str) -> str:  # noqa: ARG002
        """The classes of the badge that a value is shown as; "" for plain text."""
        return ""

    def full(self, row: Base, name: str) -> str:
        """As `value`, personal values unmasked."""
        return cells.cell(row, name, masked=False) if name in self.personal else self.value(row, name)

    @cached_property
    def personal(self) -> frozenset[str]:
        """The columns whose values are masked."""
        names = {*self.all_columns, *(self.column_details_list or ())}
        return frozenset(name for name in names if cells.is_personal(self.model, name))

    @property
    def may_reveal(self) -> bool:
        return bool(self.personal) and policy.may(self.model, by().role, Can.REVEAL)

    def revealing(self, columns: Sequence[str]) -> str:
        """The first personal one of `columns`, where the list offers to show a row in full; "" for none."""
        return next((name for name in columns if name in self.personal), "") if self.may_reveal else ""

    def is_short(self, name: str) -> bool:
        """Whether a column holds numbers, dates or words of a list, which read better on one line."""
        column = inspect(self.model).columns.get(name)
        return name.endswith("id_number") or (column is not None and not isinstance(column.type, (String, JSON)))

    @staticmethod
    def raw(row: Base, name: str) -> str:
        """The value of an editable column as its form field takes it."""
        value = getattr(row, name)
        if isinstance(value, bool):
            return "1" if value else ""
        return "" if value is None else str(value)

    def list_extras(self) -> dict[str, Any]:
        """What the list's template gets besides the rows."""
        return {"inline": self._list_form_class() if self.can_edit and self.column_editable_list else None}

    # What the reader does.

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if not request.args and (usual := saved_views.usual(self.endpoint, by=by())):
            return redirect(self.list_url(usual.query))
        asked = self.asked(request.args)
        if asked.is_open:  # typed into the address by hand; it does not stay there
            return redirect(self.list_url(asked.query()))
        return self.list_page(asked)

    def list_page(self, asked: Asked, *, revealed: int | None = None) -> ResponseReturnValue:
        """The list; of the row `revealed` with personal values in full."""
        columns = self.columns_of(asked)
        page = rows.page(
            self._narrowed(asked), self.model, asked, newest_first=self.newest_first, options=self._loading(columns)
        )
        return self.render(
            self.list_template,
            page=page,
            asked=page.asked,
            columns=columns,
            revealing=self.revealing(columns),
            filters=self.filters,
            views=saved_views.seen(self.endpoint, by=by()),
            revealed=revealed,
            **self.list_extras(),
        )

    @expose("/find/", methods=("POST",))
    def find_view(self) -> ResponseReturnValue:
        """Search box and filter panel lead to a readable address, in which no personal number stands."""
        self.require(Can.VIEW)
        form = request.form
        pairs = list(filters.from_form(self.filters, form))
        typed = form.get("q", "").strip()
        pairs.append(("q", searching.written(typed) if typed else form.get("kept", "")))
        if chosen := form.getlist("column"):
            wanted = [name for name in self.all_columns if name in chosen]
            pairs.append(("columns", "" if wanted == self.usual_columns else ",".join(wanted)))
        pairs += [(name, form.get(name, "")) for name in ("match", "sort", "desc", "size")]
        return redirect(self.list_url(self.asked(MultiDict(pairs)).query()))

    @expose("/<int:key>/reveal", methods=("GET", "POST"))
    def reveal(self, key: int) -> ResponseReturnValue:
        """One row with personal values in full, in its list (`query`) or on its page; the audit remembers why."""
        if not self.may_reveal:
            raise NotYours
        row = self.row(key, Can.REVEAL)
        query = request.values.get("query")
        form = RevealForm()
        if form.validate_on_submit():
            try:
                exports.reveal(
                    self.model, key, by=by(), reason=RevealReason(form.reason.data), note=form.note.data or ""
                )
            except Refused as refused:
                show(refused.problems, form)
            else:
                return self._in_full(key, query)
        back = self.get_url(".details_view", id=key) if query is None else self.list_url(query)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("table/reveal.html", row=row, form=form, query=query, back=back), status

    def _in_full(self, key: int, query: str | None) -> ResponseReturnValue:
        if query is None:
            return self.row_page(self.get_one(key), masked=False)
        return self.list_page(self.asked(filters.arguments_of(query)), revealed=key)

    def row_page(self, row: Any, *, masked: bool = True) -> ResponseReturnValue:  # noqa: ANN401
        """The page of one row."""
        raise NotImplementedError
