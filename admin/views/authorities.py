"""Issuing authorities by place, with the names they had before and who succeeded them; and giving one a new name."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Optional

from admin.forms.typed import number_of
from admin.views.ground import Beside
from shared.db import session
from shared.models import Authority, Division
from shared.models.base import NAME
from shared.rules.rights import Can
from shared.services import aliases, renaming
from shared.services.errors import NotYours, Refused
from shared.services.renaming import OldName
from shared.text import _
from shared.web.forms import AtMost, Lenient, one_line, show
from shared.web.login import by


class RenameForm(FlaskForm):
    """The new name, and what becomes of the old one."""

    version = HiddenField()
    name = StringField(_("新名称"), [DataRequired(_("请填写新名称")), AtMost(NAME, _("新名称"))], filters=[one_line])
    old_name = RadioField(
        _("原名称"),
        choices=[
            SelectChoice(OldName.HISTORY.value, _("机构更名：原名称保留为历史名称，供旧证书选用")),
            SelectChoice(OldName.ALIAS.value, _("名称录错：改正，原名称只作为别名供查找")),
        ],
        default=OldName.HISTORY.value,
    )
    on = Lenient(_("新名称启用日期"), [Optional()], description=_("机构更名时填写；原名称到前一天为止"))


class Tree(Beside):
    """For the table of authorities: by place instead of as one long list."""

    @expose("/tree/")
    def tree_view(self) -> ResponseReturnValue:
        """One division: those below it, and its authorities with validity and successors."""
        self.require(Can.VIEW)
        code = request.args.get("division", "")
        here = session.scalar(select(Division).where(Division.code == code)) if code else None
        if code and here is None:
            raise NotYours
        rows = renaming.of_division(here) if here else []
        return str(
            self.render(
                "tree/authorities.html",
                here=here,
                above=_above(here),
                branches=renaming.branches(here),
                rows=[(row, renaming.successors(row), [alias.name for alias in aliases.of(row)]) for row in rows],
            )
        )

    @expose("/rename/", methods=("GET", "POST"))
    def rename_view(self) -> ResponseReturnValue:
        """Ask for the new name; what is refused is told at its field."""
        self.require(Can.EDIT)
        row: Authority = self.row(request.args.get("id"), Can.EDIT)
        form = RenameForm(version=row.version)
        if form.validate_on_submit():
            try:
                made = renaming.rename(
                    row.id,
                    form.name.data,
                    by=by(),
                    version=number_of(form.version.data) or 0,
                    old_name=OldName(form.old_name.data),
                    on=form.on.data,
                )
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已更名为“{name}”", name=made.name)), "success")
                return redirect(str(self.get_url(".tree_view", division=made.division_code)))
        return self.render("tree/rename.html", form=form, row=row), 422 if form.is_submitted() else 200


def _above(division: Division | None) -> list[Division]:
    found: list[Division] = []
    while division is not None and division.parent is not None:
        division = division.parent
        found.insert(0, division)
    return found
