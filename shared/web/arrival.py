"""When a request reached the server: whether a window is open is judged by that moment, not by when its turn came."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask

from shared import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "HTTP_X_REQUEST_START"
STAMP = re.compile(r"t=([0-9]{1,11}(?:\.[0-9]{1,6})?)")  # nginx's $msec: seconds and milliseconds
OLDEST = timedelta(seconds=120)  # nothing waits longer than this; an older one is a clock that goes wrong


class Doorkeeper:
    """Notes the time at the door, before a slow upload is read to its end."""

    def __init__(self, app: "WSGIApplication", *, behind_proxy: bool) -> None:
        self.app, self.behind_proxy = app, behind_proxy

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        here = clock.now()
        before = _at_the_proxy(environ.get(HEADER, ""), here) if self.behind_proxy else None
        with clock.arrived(before or here):
            return self.app(environ, start_response)


def _at_the_proxy(text: str, here: datetime) -> datetime | None:
    """The moment that the proxy wrote down; None unless it lies a little before `here`."""
    stamp = STAMP.fullmatch(text)
    if stamp is None:
        return None
    moment = datetime.fromtimestamp(float(stamp[1]), UTC)
    return moment if timedelta(0) <= here - moment <= OLDEST else None


def init_app(app: Flask, *, behind_proxy: bool) -> None:
    """Stand before everything else; a client can write the header too, so only a proxy's is believed."""
    app.wsgi_app = Doorkeeper(app.wsgi_app, behind_proxy=behind_proxy)  # type: ignore[method-assign]
