"""A teacher who cannot get in any more comes in person: look at the identity card, then hand over a code.

The code opens a page on which the teacher sets the password, so that nobody else ever knows it. It is shown in the
answer to the form, once, and is kept nowhere.
"""

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from admin.forms.typed import number_of
from shared.models import Application, Person
from shared.rules.rights import Can
from shared.services import access, links, recovery
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.base import Table


class ResetForm(FlaskForm):  # type: ignore[misc]
    last = HiddenField()
    checked = BooleanField(
        _("已当面核对身份证原件，确认是本人"), [InputRequired(_("请先当面核对身份证原件，再勾选此项"))]
    )


def step(view: "Table", application: Application) -> ResponseReturnValue:
    """Ask whether the card was checked; then show the code."""
    person = access.one(Person, application.person_id, by=by(), to=Can.RESET_PASSWORD)
    key, form = application.id, ResetForm()
    if form.validate_on_submit():
        try:
            slip = recovery.give_code(key, by=by(), portal_url=portal_url(), last=number_of(form.last.data) or 0)
        except Refused as refused:
            show(refused.problems, form)
        else:
            picture = base64.b64encode(slip.picture).decode()
            return view.render("application/code.html", application=view.get_one(key), slip=slip, picture=picture)
    elif not form.is_submitted():
        form.last.data = links.last_code(person.id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return view.render("application/reset.html", application=view.get_one(key), form=form), status


def portal_url() -> str:
    return str(current_app.config["SETTINGS"].portal_url)
