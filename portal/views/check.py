"""The check before the form: whether somebody has to register, when, and what to settle first (S2, S3, S25).

Certificate numbers are personal, so the answers are posted; nothing is stored, and the result can be printed.
"""

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm

from portal.checklist import AT_HAND
from portal.forms_check import PLACES, CheckForm, mistakes, situation
from shared import clock
from shared.rules import eligibility
from shared.rules.fields import BY_NAME
from shared.services import campaigns, reference
from shared.web import forms

blueprint = Blueprint("check", __name__, url_prefix="/check")

SUBJECT = BY_NAME["certificate_subject_code"]
Answer = str | tuple[str, int]


@blueprint.get("")
def ask() -> str:
    return _questions(CheckForm())


@blueprint.post("")
def answer() -> Answer:
    form = CheckForm()
    if "again" in request.form:  # back from the result, to change an answer
        return _questions(form)
    today = clock.today()
    valid, found = form.validate(), mistakes(form, today)
    if found or not valid:
        forms.show(found, form)
        return _questions(form), 422
    said = eligibility.judge(situation(form), today=today)
    batch = campaigns.current()
    papers = campaigns.papers(batch.id, said.registration_type) if batch else []
    return render_template(
        "check/result.html", said=said, batch=batch, papers=papers, today=today, at_hand=AT_HAND, sent=_sent(form)
    )


def _questions(form: FlaskForm) -> str:
    subjects = [label for _code, label in reference.choices(SUBJECT, {})]
    return render_template("check/form.html", form=form, places=PLACES, subjects=subjects, batch=campaigns.current())


def _sent(form: FlaskForm) -> list[tuple[str, str]]:
    """The answers as they came, for the way back to them: nothing else keeps them."""
    names = [field.name for field in form if field.name != "csrf_token"]
    return [(name, value) for name in names for value in request.form.getlist(name)]
