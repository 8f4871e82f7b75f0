"""The answer to whoever wants a list as a file: the file itself, or for a long one the page that says how far it is.

What can be exported makes a `Sheet` of an `Order` and is registered for the worker, which has no request to ask.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from shared import clock
from shared.rules.rights import Actor
from shared.services import access, exporting, exports, jobs
from shared.services.exports import TYPES, Order, Sheet
from shared.text import in_chinese
from shared.web.login import acting, by

Make = Callable[[Order], Sheet]


def answer(order: Order, make: Make) -> ResponseReturnValue:
    """Give the file out, or leave it to the worker; the audit is told before either."""
    with in_chinese():
        sheet = make(order)
    exports.check(order, sheet)
    if sheet.total > (sheet.at_once or exports.AT_ONCE):
        key = exporting.begin(order, sheet, by=by())
        jobs.enqueue(exporting.JOB, key)
        return redirect(url_for("exports.details_view", id=key))
    exports.record(order, sheet, by=by())
    now = clock.now()
    with exports.scratch() as folder:
        content = exports.write(folder, sheet, order, by=by(), at=now).read_bytes()
    return as_download(Response(content), sheet.file_name(order, by=by(), at=now))


def as_download(response: Response, name: str) -> Response:
    """Let the browser keep what it gets under `name`."""
    kind = name.rpartition(".")[2]
    response.mimetype = TYPES[kind]
    plain, encoded = f"export.{kind}", quote(name, safe="")  # RFC 6266: a header is ASCII, and so is its fallback
    response.headers["Content-Disposition"] = f"attachment; filename={plain}; filename*=UTF-8''{encoded}"
    return response


def init_app(app: Flask, views: Iterable[Any]) -> None:
    """Let the worker of this app make the rows of every view that can."""
    for view in views:
        if hasattr(view, "sheet"):
            exporting.register(view.endpoint, partial(_for_somebody, app, view.sheet))


@contextmanager
def _for_somebody(app: Flask, make: Make, order: Order, who: Actor) -> Iterator[Sheet]:
    """The rows as `who` would see them, without a request of theirs; the second net is out, too."""
    with app.app_context(), acting(who), in_chinese():
        access.watch(who)
        yield make(order)
