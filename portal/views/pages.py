"""Pages for everybody: what this is, when it is open, and the word of farewell."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template

from portal import sheets
from portal.checklist import AT_HAND
from portal.steps import STEPS
from shared import clock
from shared.services import campaigns

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def front() -> str:
    return render_template(
        "front.html",
        batch=campaigns.current(),
        sheet=sheets.in_hand(),
        steps=STEPS,
        at_hand=AT_HAND,
        now=clock.now(),
        address=urlsplit(current_app.config["SETTINGS"].portal_url).netloc,
    )


@blueprint.get("/left")
def left() -> str:
    return render_template("left.html")
