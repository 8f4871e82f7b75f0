"""After the form: where the application stands, what to do now, and giving it up."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal import saving, sheets
from portal.forms import WithdrawForm
from portal.sheets import Sheet
from shared.models.kinds import Stage
from shared.rules.states import MOVES
from shared.services import applications, campaigns, status
from shared.services.campaigns import Round
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms
from shared.web.login import by

blueprint = Blueprint("status", __name__, url_prefix="/status")

Answer = Response | str | tuple[str, int]
# The way that every application goes, for the line of stages.
WAY = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.CONFIRMED, Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED)
OVER = (Stage.WITHDRAWN, Stage.REVOKED)


@blueprint.get("/")
def show() -> str:
    sheet, batch = sheets.in_hand(), campaigns.current()
    given = {"sheet": sheet, "batch": batch, "can_start": _can_start(sheet, batch), "application": sheet.application}
    if sheet.application is None:
        return render_template("status/none.html", **given)
    number = sheet.application.id
    return render_template(
        "status/show.html",
        **given,
        events=status.timeline(number, by=by()),
        messages=status.messages(number, by=by()),
        reminders=status.reminders_for(sheet.application),
        moves=MOVES,
        way=_way(sheet.stage),
        is_over=sheet.stage in OVER,
    )


def _way(stage: Stage) -> list[tuple[Stage, str]]:
    """The stages to go through, each done, current or to come; whoever is off the way stands before it."""
    whole = WAY if stage in WAY else (stage, *WAY)
    here = whole.index(stage)
    return [(each, "done" if at < here else "current" if at == here else "") for at, each in enumerate(whole)]


def _can_start(sheet: Sheet, batch: Round | None) -> bool:
    """A new application: in the first campaign, in a later one, or after the last was given up."""
    if batch is None or not batch.is_open:
        return False
    last = sheet.application
    return last is None or last.stage in OVER or (last.stage is Stage.CONCLUDED and last.campaign_id != batch.id)


@blueprint.post("/start")
def start() -> Response:
    applications.start(by=by())
    flash(str(_("已按上次申报的内容预填，请逐项核对")), "success")
    return redirect(url_for("wizard.resume"), code=303)


@blueprint.get("/withdraw")
def ask_to_withdraw() -> Answer:
    sheet = sheets.in_hand()
    if not sheet.editable or sheet.application is None:
        return redirect(url_for(".show"))
    form = WithdrawForm()
    form.version.data = str(sheet.version)
    return render_template("status/withdraw.html", form=form, application=sheet.application)


@blueprint.post("/withdraw")
def withdraw() -> Answer:
    sheet, form = sheets.in_hand(), WithdrawForm()
    if sheet.application is None:
        return redirect(url_for(".show"), code=303)
    version = int(form.version.data) if (form.version.data or "").isdecimal() else -1
    if not form.validate():
        return render_template("status/withdraw.html", form=form, application=sheet.application), 422
    try:
        applications.withdraw(sheet.application.id, by=by(), version=version, reason=form.reason.data or "")
    except Refused as refusal:
        if saving.is_stale(refusal):
            saving.renew(form, sheets.in_hand())
        else:
            forms.show(refusal.problems, form)
        return render_template("status/withdraw.html", form=form, application=sheet.application), 422
    flash(str(_("已放弃申报")), "success")
    return redirect(url_for(".show"), code=303)
