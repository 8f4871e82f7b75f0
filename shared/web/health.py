"""Two addresses for whoever watches the service: is the process alive, and can it work."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from shared.services import schema

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database answers and its tables are those of this code; else 503 with one sentence."""
    try:
        at = schema.current(current_app.extensions["database"])
    except SQLAlchemyError:
        return _not_ready("the database does not answer: check DATABASE_URL and that its server runs")
    if at != schema.head():
        return _not_ready(f"the database is at {at}, the code needs {schema.head()}: run flask --app admin db upgrade")
    return Response("ready\n", mimetype="text/plain")


def _not_ready(why: str) -> Response:
    return Response(why + "\n", status=HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
