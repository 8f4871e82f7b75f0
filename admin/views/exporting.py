"""A list as a file: which rows and columns its reader wants, and how each value is written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import Boolean, Integer, inspect, select

from admin.forms.exporting import ALL, FILTERED, FULL, IMPORTABLE, export_form
from admin.views import cells, export, filters, rows
from admin.views.listing import Listing
from admin.views.rows import Asked
from shared.db import Base, session
from shared.models.kinds import RevealReason
from shared.rules import policy
from shared.rules.rights import Can
from shared.services.errors import NotYours, Refused
from shared.services.exports import Cell, Order, Sheet
from shared.web.forms import show
from shared.web.login import by

if TYPE_CHECKING:
    from array import array

AT_ONCE = 500  # rows that are read together


class Exporting(Listing):
    """What a table can do once `on` has Can.EXPORT; see docs/handbook/exports.md."""

    @cached_property
    def importable(self) -> tuple[str, ...]:
        """The columns that an import of this table takes; none where there is no import."""
        return tuple(dict.fromkeys((*self.import_key, *self.form_columns))) if self.takes_files else ()

    @cached_property
    def exportable(self) -> list[str]:
        """The columns that a reader may choose from."""
        return list(dict.fromkeys((*self.all_columns, *(self.column_details_list or ()))))

    @cached_property
    def masked_columns(self) -> frozenset[str]:
        """The personal ones among all that may go into a file."""
        return frozenset(name for name in (*self.exportable, *self.importable) if cells.is_personal(self.model, name))

    @property
    def may_export_in_full(self) -> bool:
        """Whether the reader may take personal values out unmasked, for a reason."""
        return bool(self.masked_columns) and policy.may(self.model, by().role, Can.REVEAL)

    @expose("/export/", methods=("GET", "POST"))
    def export(self) -> ResponseReturnValue:
        """Ask which rows and columns; a POST gives the file, for the audit is told of it."""
        self.require(Can.EXPORT)
        query = request.form.get("query", "") if request.method == "POST" else request.query_string.decode()
        arguments = filters.arguments_of(query)
        asked, statement = self.asked(arguments), self.selection(arguments, Can.EXPORT)
        counts = {FILTERED: rows.count(statement)} if asked.is_narrowed else {}
        form = export_form(self, asked, counts | {ALL: rows.count(self.get_query(Can.EXPORT))})()
        if form.validate_on_submit():
            try:
                return export.answer(self._order(asked, form), self.sheet)
            except Refused as refused:
                show(refused.problems, form)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("export/choose.html", form=form, asked=asked), status

    def _order(self, asked: Asked, form: Any) -> Order:  # noqa: ANN401  the form
        """What was chosen; a masked value could not be imported again, so such columns are left out then."""
        full = self.may_export_in_full and form.personal.data == FULL
        if "what" in form and form.what.data == IMPORTABLE:
            columns = [name for name in self.importable if full or name not in self.masked_columns]
        else:
            columns = [name for name in self.exportable if name in form.columns.data]
        kept = asked if form.rows.data == FILTERED else replace(asked, word="", settings=())
        return Order(
            table=self.endpoint,
            query=kept.query(page="", size="", columns=""),
            columns=tuple(columns),
            file_format=form.file_format.data,
            reason=RevealReason(form.reason.data) if full else None,
            note=(form.note.data or "") if full else "",
        )

    def sheet(self, order: Order) -> Sheet:
        """The rows and columns of `order`, as far as whoever is at work may take them away."""
        self.require(Can.EXPORT)
        if order.reason is not None and not self.may_export_in_full:
            raise NotYours
        arguments = filters.arguments_of(order.query)
        asked, statement = self.asked(arguments), self.selection(arguments, Can.EXPORT)
        known = {*self.exportable, *self.importable}
        columns = [name for name in order.columns if name in known]
        return Sheet(
            table=self.model.__tablename__,
            name=self.label,
            headings=[self.label_of(name) for name in columns],
            rows=self._lines(asked, columns, full=order.reason is not None),
            total=rows.exact_count(statement),
            selection="；".join(chip.text for chip in asked.chips),
            is_personal=not self.masked_columns.isdisjoint(columns),
            is_about_people=cells.is_about_people(self.model),
        )

    def _lines(self, asked: Asked, columns: Sequence[str], *, full: bool) -> Iterator[list[Cell]]:
        """Row by row, in the list's order; SCOPE is asked again for each chunk, and nothing of one is kept."""
        statement = self._narrowed(asked, Can.EXPORT)
        keys = rows.all_keys(statement, self.model, asked, newest_first=self.newest_first)
        options = self._loading([self._relations.get(name, name) for name in columns])
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            wanted = self.get_query(Can.EXPORT).where(inspect(self.model).columns["id"].in_(some)).options(*options)
            found = {row.id: row for row in session.scalars(wanted)}
            open_ = self._open(some) if full else frozenset()
            for key in some:
                if (row := found.get(key)) is not None:
                    yield [self._cell(row, name, full=key in open_) for name in columns]
            found.clear()
            session.expunge_all()
            session.rollback()  # no reading transaction lasts as long as the whole file

    def _open(self, keys: "array[int]") -> frozenset[int]:
        """The rows whose personal values the reader may see in full."""
        column = inspect(self.model).columns["id"]
        mine = select(column).where(column.in_(keys), policy.condition(self.model, by(), Can.REVEAL))
        return frozenset(session.scalars(mine))

    def _cell(self, row: Base, name: str, *, full: bool) -> Cell:
        if name in self._relations:
            related = getattr(row, self._relations[name])
            return "" if related is None else str(getattr(related, "code", related))
        if name in self._numbers:
            number = getattr(row, name)
            return "" if number is None else int(number)
        in_full = full and name in self.masked_columns
        text = cells.cell(row, name, masked=False) if in_full else self.value(row, name)
        return "" if text == cells.NOTHING else text

    @cached_property
    def _relations(self) -> dict[str, str]:
        """The importable columns that hold the number of a row, and the relations that lead to it.

        An import takes the row's code, or its name where it has none.
        """
        found = {}
        for relation in inspect(self.model).relationships:
            for column in relation.local_columns if len(relation.local_columns) == 1 else ():
                if column.key in self.importable and column.key.endswith("_id") and column.foreign_keys:
                    found[column.key] = relation.key
        return found

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """The columns that are written as numbers, with which people calculate."""
        columns = inspect(self.model).columns
        names = [name for name in (*self.exportable, *self.importable) if name in columns]
        plain = [name for name in names if isinstance(columns[name].type, Integer) and not name.endswith("_id")]
        return frozenset(name for name in plain if not isinstance(columns[name].type, Boolean))
