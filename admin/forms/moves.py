"""What a move asks for, as a form made from its row in MOVES."""

from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField

from admin.forms.review import AssignManyForm, HoldForm, LiftManyForm
from admin.forms.tables import Offered, options
from admin.forms.typed import number_of
from shared import clock
from shared.db import session
from shared.models import Application, ConfirmationPoint, ReasonCode
from shared.models.kinds import Conclusion, EntryStatus
from shared.rules import places
from shared.rules.guards import POINT_FITS
from shared.rules.states import MOVES, Move
from shared.services.workflow import Wish
from shared.text import _
from shared.web.forms import AtMost, many_lines

LONGEST_REASON = 500
EITHER = _("暂缓注册或注册不合格")


def form_for(move: Move, application: Application | None = None) -> type[FlaskForm]:
    """The form of `move`; `application` where it is about one only."""
    fields: dict[str, Any] = {"version": HiddenField()}
    if move.conclusions:
        fields["conclusion"] = _conclusion(move)
        fields["reason_code"] = _reason_code(move)
    if move.conclusions or move.needs_reason:
        label = _("理由（申请人会看到）")
        fields["reason"] = TextAreaField(
            label, [AtMost(LONGEST_REASON, label)], filters=[many_lines], render_kw={"rows": 3}
        )
    if POINT_FITS in move.guards and application is not None:
        fields["point_id"] = _point(application)
    return type("MoveForm", (FlaskForm,), fields)


# What is asked for with a deed that is no move.
_OTHERS: dict[str, type[FlaskForm]] = {"assign": AssignManyForm, "hold": HoldForm, "lift": LiftManyForm}


def form_for_many(name: str) -> type[FlaskForm]:
    """The form of a deed that is done with many at once."""
    return _OTHERS.get(name) or form_for(MOVES[name])


def asks(name: str) -> bool:
    """Whether a deed needs anything besides the rows themselves."""
    move = MOVES.get(name)
    return move is None or bool(move.conclusions or move.needs_reason or POINT_FITS in move.guards)


def wish_of(form: FlaskForm) -> Wish:
    """What was entered, as the workflow wants it."""

    def entered(name: str) -> Any:  # noqa: ANN401
        return form[name].data if name in form else None

    return Wish(
        reason=entered("reason") or entered("finding") or "",
        reason_code=entered("reason_code"),
        conclusion=entered("conclusion"),
        point_id=entered("point_id"),
        colleague_id=entered("assigned_to_id"),
    )


def filled_with(wish: Wish) -> dict[str, Any]:
    """The values of `wish` under the names of the forms' fields."""
    return vars(wish) | {"finding": wish.reason, "assigned_to_id": wish.colleague_id}


def _conclusion(move: Move) -> RadioField:
    def read(value: object) -> object:
        return next((one for one in move.conclusions if one.value == value), None)

    choices = [SelectChoice(one.value, one.label) for one in move.conclusions]
    return RadioField(_("注册结论"), choices=choices, coerce=read, validate_choice=False)


def _reason_code(move: Move) -> SelectField:
    """The codes that fit a conclusion of the move, under the conclusion; some are for either that is not 合格."""
    decided = [one for one in move.conclusions if one is not Conclusion.REGISTERED]
    groups = {one: one.label for one in decided} | {Conclusion.NONE: EITHER}
    wanted = select(ReasonCode).where(ReasonCode.conclusion.in_(groups), ReasonCode.status == EntryStatus.ACTIVE)
    order = list(groups)
    rows = sorted(session.scalars(wanted), key=lambda row: (order.index(row.conclusion), row.code))
    choices = [SelectChoice(row.code, f"{row.code} {row.name}", optgroup=groups[row.conclusion]) for row in rows]
    return SelectField(
        _("原因代码"),
        [Offered()],
        choices=[SelectChoice("", _("无")), *choices],
        coerce=lambda value: value or None,
        validate_choice=False,
    )


def _point(application: Application) -> SelectField:
    """The points that take papers and serve the applicant's school: no other can be right."""
    wanted = select(ConfirmationPoint).where(
        places.takes_papers(clock.today()), places.serves(ConfirmationPoint.id, application.school_id, clock.today())
    )
    rows = session.scalars(wanted.order_by(ConfirmationPoint.name))
    choices = options({row.id: row.name for row in rows})
    return SelectField(
        _("新的确认点"),
        [Offered()],
        choices=choices,
        coerce=number_of,
        validate_choice=False,
    )
