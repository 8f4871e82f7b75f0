"""A generated table: its list (`listing`, `exporting`), and one row: page, forms, inline edit; it writes by verbs."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict

from admin.forms import tables as forms
from admin.forms.typed import number_of
from admin.views import conflict, history
from admin.views.exporting import Exporting
from shared.db import Base
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.services import access, reference
from shared.services.errors import NotYours, Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

IN_USE = Problem("in_use", "", _("这条记录正在被使用，不能删除"))


class Table(Exporting):
    """What every table of the back office can do once a line of its declaration turns it on."""

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        self.require(Can.VIEW)
        return self.row_page(self.get_one(request.args.get("id")))

    def row_page(self, row: Any, *, masked: bool = True) -> ResponseReturnValue:  # noqa: ANN401
        editable = self.can_edit and access.may(self.model, row.id, by=by(), to=Can.EDIT)
        deletable = self.can_delete and access.may(self.model, row.id, by=by(), to=Can.DELETE)
        columns = self.column_details_list or self.column_list
        return self.render(
            self.details_template,
            row=row,
            columns=columns,
            masked=masked,
            may_reveal=self.may_reveal and access.may(self.model, row.id, by=by(), to=Can.REVEAL),
            history=history.latest(row),
            editable=editable,
            deletable=deletable,
        )

    @expose("/history/")
    def history_view(self) -> ResponseReturnValue:
        """Who did what to one row: see `history`."""
        return history.page(self)

    # Writing: the form reads, a verb writes.

    def create_row(self, values: dict[str, Any], form: FlaskForm) -> Any:  # noqa: ANN401, ARG002
        return reference.create(self.model, values, by=by())

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> Any:  # noqa: ANN401, ARG002
        return reference.change(self.model, key, values, by=by(), version=version)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        self.require(Can.CREATE)
        form = self.prepared(self._create_form_class(), None)
        if form.validate_on_submit():
            try:
                row = self.create_row(forms.values_of(form, self.model, self.form_columns), form)
            except Refused as refused:
                show(refused.problems, form)
            else:
                return self.created(row, form)
        return self._form_page(form, None)

    def created(self, row: Any, form: FlaskForm) -> ResponseReturnValue:  # noqa: ANN401, ARG002
        """What follows a new row."""
        flash(str(_("已新增")), "success")
        return redirect(self.get_url(".create_view") if "again" in request.form else self._page_of(row.id))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        self.require(Can.EDIT)
        try:
            return self._edit()
        except NotYours:
            return conflict.gone(self)

    def _edit(self) -> ResponseReturnValue:
        row = self.row(request.args.get("id"), Can.EDIT)
        key = row.id
        form = self.prepared(self._edit_form_class(obj=row), row)
        if form.validate_on_submit():
            values = forms.values_of(form, self.model, self.edit_columns)
            if conflict.undecided(self.edit_columns):
                return conflict.page(self, row, form, values)
            try:
                self.change_row(key, conflict.settled(row, values), self._version(form), form)
            except Refused as refused:
                row = self.row(key, Can.EDIT)
                if refused.stale:
                    return conflict.page(self, row, form, values)
                show(refused.problems, form)
            else:
                flash(str(_("已保存")), "success")
                return redirect(self._page_of(key))
        return self._form_page(form, row)

    def prepared(self, form: FlaskForm, row: Base | None) -> FlaskForm:  # noqa: ARG002
        """The place for a view to narrow the choices of its form."""
        return form

    @staticmethod
    def _version(form: FlaskForm) -> int:
        number = number_of(form.version.data)
        if number is None:
            abort(HTTPStatus.BAD_REQUEST)
        return number

    def _page_of(self, key: int) -> str:
        return str(self.get_url(".details_view", id=key) if self.can_view_details else self.get_url(".index_view"))

    def _form_page(self, form: FlaskForm, row: Base | None) -> ResponseReturnValue:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        template = self.create_template if row is None else self.edit_template
        opened = conflict.opened(self, row) if row is not None else ""
        return self.render(template, form=form, row=row, opened=opened), status

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Ask first, on a page of its own, then delete."""
        self.require(Can.DELETE)
        row = self.row(request.values.get("id"), Can.DELETE)
        if request.method == "POST":
            self._remove(row)
            flash(str(_("已删除")), "success")
            return redirect(self.get_url(".index_view"))
        return self.render(self.delete_template, row=row, columns=self.column_details_list or self.column_list)

    def _remove(self, row: Base) -> None:
        version = number_of(request.form.get("version")) or 0
        try:
            reference.remove(self.model, inspect(row).identity[0], by=by(), version=version)
        except Refused as refused:
            retirable = "status" in inspect(self.model).columns
            raise refused if retirable else Refused.because(_plainly(refused.problems)) from None

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Change one column from the list."""
        self.require(Can.EDIT)
        name = request.form.get("name", "")
        if name not in self.column_editable_list:
            raise NotYours
        row = self.row(request.form.get("id"), Can.EDIT)
        form = self._list_form_class(MultiDict({name: request.form.get("value", "")}))
        if not form[name].validate(form):
            return jsonify(error=" ".join(str(error) for error in form[name].errors)), HTTPStatus.UNPROCESSABLE_ENTITY
        values = forms.values_of(form, self.model, [name])
        try:
            row = self.change_row(row.id, values, number_of(request.form.get("version")) or 0, form)
        except Refused as refused:
            answer = conflict.cell(self, row.id, name) if refused.stale else {"error": _sentences(refused)}
            return jsonify(**answer), HTTPStatus.CONFLICT
        return jsonify(text=self.value(row, name), value=request.form.get("value", ""), version=row.version)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Rows of another table by name, for a field; for a filter (`filter`) also what is out of use."""
        name, text = request.args.get("name", ""), request.args.get("query", "").strip()
        in_form = "filter" not in request.args and name in self.form_targets and (self.can_create or self.can_edit)
        target = self.form_targets[name] if in_form else self.targets.get(name)
        if target is None:
            raise NotYours
        return jsonify(target.search(text, offered=in_form))

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        raise NotYours


def _sentences(refused: Refused) -> str:
    return " ".join(str(problem.text) for problem in refused.problems)


def _plainly(problems: Iterable[Problem]) -> list[Problem]:
    """The same problems for a table whose rows cannot be retired."""
    return [IN_USE if problem.code == IN_USE.code else problem for problem in problems]
