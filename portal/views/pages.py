"""Pages for everybody: what this is, when it is open, and the word of farewell."""

from flask import Blueprint, render_template

from portal import sheets
from portal.steps import STEPS
from shared.services import campaigns

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def front() -> str:
    return render_template("front.html", batch=campaigns.current(), sheet=sheets.in_hand(), steps=STEPS)


@blueprint.get("/left")
def left() -> str:
    return render_template("left.html")
