"""Bulk moves: choose, preview, run. What was previewed is what runs: rows, versions and order are signed."""

from collections import defaultdict
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from admin.forms import moves
from admin.forms.typed import numbers_of
from shared.db import session
from shared.models import Application
from shared.models.kinds import Conclusion, Role
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.rules.states import MOVES, Move
from shared.services import access, workflow
from shared.services.errors import NotYours
from shared.services.workflow import Outcome, Wish
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.applications import Applications

BULK = (
    "school_pass",
    "return",
    "preliminary",
    "disqualify",
    "agree",
    "send_back_review",
    "final",
    "send_back_final",
)
MOST = 1000
PREVIEW_SECONDS = 1800
Groups = list[tuple[str, list[Any]]]


def offered(role: Role | None) -> list[Move]:
    """The bulk moves of a role, by SCOPE."""
    return [MOVES[name] for name in BULK if policy.may(Application, role, MOVES[name].permission)]


def step(view: "Applications") -> ResponseReturnValue:
    """One step of the three: rows come as `rowid` at first, then signed."""
    if "run" in request.form:
        return _run(view)
    if "order" in request.form:
        order = _unsign(request.form["order"])
        name, versions = order["move"], {int(key): version for key, version in order["versions"].items()}
    else:
        name, versions = request.form.get("move", ""), _versions(numbers_of(request.form.getlist("rowid")[:MOST]))
    move = _move(name)
    if not versions:
        flash(str(_("请先在列表中勾选申请，再选择要办理的事项")), "warning")
        return redirect(view.get_url(".index_view"))
    return _preview(view, move, versions)


def _move(name: str) -> Move:
    if name not in {move.name for move in offered(by().role)}:
        raise NotYours
    return MOVES[name]


def _versions(ids: list[int]) -> dict[int, int]:
    """The versions of the chosen rows that the reader sees; others are not there."""
    seen = policy.condition(Application, by(), Can.VIEW)
    found = session.execute(select(Application.id, Application.version).where(Application.id.in_(ids), seen))
    return {row.id: row.version for row in found}


def _preview(view: "Applications", move: Move, versions: dict[int, int]) -> ResponseReturnValue:
    form = moves.form_for(move)()
    asking = moves.asks(move) and "preview" not in request.form
    outcome, order, status = None, _sign(move, versions, None), HTTPStatus.OK
    if not asking:
        if form.validate():
            wish = moves.wish_of(form)
            outcome = workflow.preview(list(versions), move.name, by=by(), wish=wish)
            order = _sign(move, versions, wish)
            if faults := _faults(outcome, form):
                show(faults, form)
                outcome = None
        if outcome is None or not outcome.moved:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(view, "application/preview.html", move, versions, outcome, form=form, order=order), status


def _faults(outcome: Outcome, form: FlaskForm) -> list[Problem]:
    """What is wrong with the order itself, whichever application it is about: that is told at its fields."""
    first: list[Problem] = next(iter(outcome.refused.values()), [])
    return [problem for problem in first if problem.field in form] if not outcome.moved else []


def _run(view: "Applications") -> ResponseReturnValue:
    order = _unsign(request.form.get("order", ""))
    move = _move(order["move"])
    versions = {int(key): version for key, version in order["versions"].items()}
    if order["wish"] is None:
        raise NotYours
    wish = Wish(**order["wish"] | {"conclusion": _conclusion(order["wish"]["conclusion"])})
    outcome = workflow.move_many(list(versions), move.name, by=by(), versions=versions, wish=wish)
    return _page(view, "application/result.html", move, versions, outcome)


def _conclusion(value: str | None) -> Conclusion | None:
    return None if value is None else next(one for one in Conclusion if one.value == value)


def _page(
    view: "Applications", template: str, move: Move, versions: dict[int, int], outcome: Outcome | None, **more: object
) -> str:
    found = session.scalars(access.query(Application, by=by()).where(Application.id.in_(versions)))
    known = {row.id: row for row in found}
    moved = [known[key] for key in outcome.moved if key in known] if outcome else []
    return str(
        view.render(
            template, move=move, total=len(versions), known=list(known.values()), outcome=outcome, moved=moved,
            groups=_groups(outcome, known) if outcome else [], **more,
        )
    )  # fmt: skip


def _groups(outcome: Outcome, known: dict[int, Application]) -> Groups:
    """The applications that stay, under each reason why."""
    found: dict[str, list[Any]] = defaultdict(list)
    for key, problems in outcome.refused.items():
        for problem in problems:
            found[str(problem.text)].append(known.get(key, key))
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="bulk-order")


def _sign(move: Move, versions: dict[int, int], wish: Wish | None) -> str:
    order = {"move": move.name, "versions": versions, "wish": asdict(wish) if wish else None, "by": by().id}
    return str(_signer().dumps(order))


def _unsign(text: str) -> dict[str, Any]:
    """The order as this person has seen it; anybody else's, and an altered one, does not exist."""
    try:
        order: dict[str, Any] = _signer().loads(text, max_age=PREVIEW_SECONDS)
    except BadSignature:
        raise NotYours from None
    if order["by"] != by().id:
        raise NotYours
    return order
