"""One's own files: the application form as PDF, the photo, and a look at a photo before it is saved."""

from io import BytesIO

from flask import Blueprint, abort, make_response, request, send_file
from werkzeug.wrappers import Response

from portal.views.account import portal_url
from shared.services import applications, forms, photos, status
from shared.services.errors import Refused
from shared.web.login import by

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.post("/form.pdf")
def form() -> Response:
    """Printing is noted with the form's version, so this is no GET."""
    application = applications.mine(by=by()) or abort(404)
    content = forms.printed([application.id], by=by(), portal_url=portal_url())
    name = f"{application.registration_number}-{application.form_version}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


@blueprint.get("/photo.jpg")
def photo() -> Response:
    """Of the newest application, or of the earlier one with the number `n`."""
    application = status.own(request.args.get("n", ""), by=by()) or abort(404)
    content = photos.get(application.id, by=by(), size="master") or abort(404)
    return send_file(BytesIO(content), mimetype="image/jpeg")


@blueprint.post("/preview")
def preview() -> Response:
    """The chosen file as a browser can show it, or the sentence that says why not; nothing is kept."""
    application = applications.mine(by=by()) or abort(404)
    chosen = request.files.get("photo")
    try:
        content = photos.upright(application.id, chosen.read() if chosen else b"", by=by())
    except Refused as refusal:
        answer = make_response("\n".join(str(problem.text) for problem in refusal.problems), 422)
        answer.mimetype = "text/plain"
        return answer
    return send_file(BytesIO(content), mimetype="image/jpeg")
