"""The activation slips of imported accounts: asked for once by whoever imported them, printed, and kept nowhere."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.views.keeping import admin_url
from shared.services.imports import slips
from shared.web.login import by

blueprint = Blueprint("slips", __name__)


@blueprint.get("/imports/<int:key>/slips")
def index(key: int) -> ResponseReturnValue:
    """How many slips there would be, and that they are shown once; or why there are none."""
    count, problem = slips.waiting(key, by=by()), slips.why_not(key, by=by())
    return render_template("imports/slips.html", key=key, count=count, problem=problem)


@blueprint.post("/imports/<int:key>/slips/print")
def give(key: int) -> ResponseReturnValue:
    """The slips stand in the answer itself: they are kept nowhere from which a later page could take them."""
    made = slips.give(key, by=by(), admin_url=admin_url())
    return render_template("imports/printed.html", slips=made)
