"""Is this printed form the present one? For whoever holds it: no log-in, no personal data, and no hint to guessers."""

from flask import Blueprint, render_template

from portal.forms import PaperForm
from portal.views.account import Answer
from shared.services import accounts, prints
from shared.services.errors import Refused
from shared.web import forms, login

blueprint = Blueprint("paper", __name__, url_prefix="/paper")


@blueprint.get("")
def ask() -> str:
    return render_template("paper.html", form=PaperForm(formdata=None), paper=None)


@blueprint.post("")
def answer() -> Answer:
    form, paper = PaperForm(), None
    if form.validate():
        by = accounts.anonymous(login.address())
        try:
            paper = prints.look_up(form.number.data, form.code.data, by=by)
        except Refused as refusal:
            forms.show(refusal.problems, form)
    return render_template("paper.html", form=form, paper=paper), 200 if paper else 422
