"""The tree of bureaus, and moving a part of it to another place."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from wtforms import HiddenField

from admin.forms.lookup import Lookup, Target
from admin.forms.typed import number_of
from admin.views.ground import Beside
from shared.models import Bureau
from shared.rules.rights import Can
from shared.services import trees
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import by


class Tree(Beside):
    """For the table of bureaus: who lies below whom."""

    @expose("/tree/")
    def tree_view(self) -> ResponseReturnValue:
        """Everything in the reader's area, each bureau below the one above it."""
        self.require(Can.VIEW)
        return str(self.render("tree/bureaus.html", nodes=trees.tree(by=by())))

    @expose("/move/", methods=("GET", "POST"))
    def move_view(self) -> ResponseReturnValue:
        """Say what moves along, ask for the new place."""
        self.require(Can.EDIT)
        row: Bureau = self.row(request.args.get("id"), Can.EDIT)
        form = self._place_form()(version=row.version)
        if form.validate_on_submit():
            try:
                trees.move(row.id, form.parent_id.data, by=by(), version=number_of(form.version.data) or 0)
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已移动，下级部门、学校和人员的范围随之改变")), "success")
                return redirect(str(self.get_url(".tree_view")))
        status = 422 if form.is_submitted() else 200
        return self.render("tree/move.html", form=form, row=row, below=trees.below(row)), status

    def _place_form(self) -> type[FlaskForm]:
        fields = {
            "version": HiddenField(),
            "parent_id": Lookup(
                _("新的上级部门"),
                target=Target(Bureau, "parent_id"),
                url=lambda: self.get_url(".ajax_lookup", name="parent_id"),
            ),
        }
        return type("PlaceForm", (FlaskForm,), fields)
