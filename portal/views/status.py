"""After the form: where the application stands, what to do now, reading it, and giving it up."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import reading, saving, sheets
from portal.forms import WithdrawForm
from shared import clock
from shared.models.kinds import Stage
from shared.rules.states import label_of
from shared.services import applications, campaigns, informing, photos, prints, status
from shared.services.errors import Refused
from shared.text import _
from shared.web import forms
from shared.web.login import by

if TYPE_CHECKING:
    from shared.models import Application

blueprint = Blueprint("status", __name__, url_prefix="/status")

Answer = Response | str | tuple[str, int]


@blueprint.get("/")
def show() -> str:
    own = status.history(by=by())
    sheet, batch = sheets.in_hand(), campaigns.current()
    application = sheet.application
    given = {"sheet": sheet, "batch": batch, "application": application}
    given["can_start"] = status.may_start(application, batch)
    if application is None:
        return render_template("status/none.html", **given)
    events = status.timeline(application.id, by=by())
    return render_template(
        "status/show.html",
        **given,
        **_cycle(application),
        events=events,
        earlier=own[1:],
        messages=status.messages(application.id, by=by()),
        prints=prints.latest(application, by=by()),
        requests=status.requests(application.id, by=by()),
        reminders=status.reminders_for(application),
        move_label=label_of,
        way=status.way_of(application, events),
        is_over=application.stage in status.OVER,
    )


def _cycle(application: "Application") -> dict[str, object]:
    """The registration that is over: until when it holds, and from when the next one is due."""
    opens = status.next_window(application)
    return {
        "is_concluded": application.stage is Stage.CONCLUDED,
        "next_window": opens,
        "is_early": opens is not None and clock.today() < opens,
    }


@blueprint.get("/form", defaults={"number": ""})
@blueprint.get("/form/<number>")
def form(number: str) -> str:
    """The whole form to read and to print; of an earlier registration by its number."""
    application = status.own(number, by=by(), whole=True) or abort(404)
    return render_template(
        "status/form.html",
        application=application,
        sections=reading.whole(application),
        has_photo=photos.get(application.id, by=by()) is not None,
    )


@blueprint.post("/mail")
def mail() -> Response:
    """The whole by mail once more (S16: keep it)."""
    application = applications.mine(by=by()) or abort(404)
    address = informing.send_again(application.id, by=by())
    flash(str(_("邮件正在发往{address}，几分钟后请查收，也看看垃圾邮件箱", address=address)), "success")
    back = url_for("wizard.show", slug="done") if request.form.get("back") == "done" else url_for(".show")
    return redirect(back, code=303)


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
    version = saving.version_of(request.form)
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
