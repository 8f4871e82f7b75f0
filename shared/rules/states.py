"""MOVES: every change of an application's stage, as one table.

A move is possible from the stages in `paths`, for those whom SCOPE gives `permission`, while one of `windows` is
open, and when every guard holds; all guards that fail are told at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal

from shared.db import UTCDateTime
from shared.models import Application
from shared.models.kinds import Conclusion, Stage, WindowStage
from shared.rules.dates import years_later
from shared.rules.four_eyes import TAKE_BACK
from shared.rules.guards import (
    APPLIED,
    CHECKED,
    COMPLETE,
    ENTERED,
    ETHICS,
    NO_REQUEST,
    NOT_HELD,
    NOT_OWN,
    OTHERS_ASKED,
    OTHERS_DECIDED_BEFORE,
    OTHERS_DECIDED_FIRST,
    OTHERS_DECIDED_LATER,
    PAPERS,
    PLACES,
    POINT_FITS,
    PUBLISHED,
    REGISTERED,
    REQUEST,
    REVIEWED,
    REVISABLE,
    SIGNED,
    UNDISPUTED,
    UNPUBLISHED,
    Guard,
    Order,
)
from shared.rules.rights import Can
from shared.text import Text, _

REGISTRATION_YEARS = 5  # 暂行办法 article 4: registration is renewed every five years


def _one_step(_order: Order) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Move:
    """One row of the table. `conclusions`: those that may be decided with it; `effects`: other columns that it sets.

    `bulk`: may be made for many at once, `by_file`: by an import alone, so no page offers it. `undo`: what must hold
    for taking back a batch of it; without, it is for good.
    """

    name: str
    label: Text
    permission: Can
    paths: Mapping[Stage, Stage]
    guards: tuple[Guard, ...] = ()
    windows: tuple[WindowStage, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    needs_reason: bool = False
    effects: Callable[[Order], dict[str, Any]] = field(default=_one_step)
    bulk: bool = False
    by_file: bool = False
    undo: tuple[Guard, ...] | None = None


DECISIONS = (Conclusion.REGISTERED, Conclusion.DEFERRED, Conclusion.REFUSED)
_NEXT_VERSION = case((Application.form_version > 0, Application.form_version + 1), else_=0)


def _submits(order: Order) -> dict[str, Any]:
    first = case((Application.form_version == 0, 1), else_=Application.form_version)
    return {
        "form_version": first,
        "submitted_at": func.coalesce(Application.submitted_at, literal(order.now, UTCDateTime())),
    }


def _changes_the_form(_order: Order) -> dict[str, Any]:
    # Whatever was signed is void from now on (S20).
    return {"form_version": _NEXT_VERSION, "signed_version": 0}


def _changes_the_point(order: Order) -> dict[str, Any]:
    return _changes_the_form(order) | {"point_id": order.point_id}


def _confirms(order: Order) -> dict[str, Any]:
    return {} if order.signed_version is None else {"signed_version": order.signed_version}


def _voids_the_signature(_order: Order) -> dict[str, Any]:
    return {"signed_version": 0}


def _decides(order: Order) -> dict[str, Any]:
    return {"conclusion": order.conclusion, "reason_code": order.reason_code, "reason": order.reason}


def _decides_first(order: Order) -> dict[str, Any]:
    # A conclusion must be publicised after it was made: one that was changed needs a publicity of its own.
    return _decides(order) | {"decided_on": order.today}


def _takes_the_conclusion_back(_order: Order) -> dict[str, Any]:
    return {"conclusion": Conclusion.NONE, "reason_code": None, "reason": "", "decided_on": None}


def _concludes(order: Order) -> dict[str, Any]:
    until = five_years_after(order.today) if order.conclusion is Conclusion.REGISTERED else None
    return _decides(order) | {"valid_until": until}


def five_years_after(day: date) -> date:
    """The last day of a registration that begins on `day`; one of 29 February ends on 28 February."""
    return years_later(day, REGISTRATION_YEARS)


_S = Stage
_BEFORE_CONFIRMATION = (_S.DRAFT, _S.SUBMITTED, _S.SCHOOL_CHECKED, _S.RETURNED)
_APPLY = (WindowStage.APPLY,)
# Somebody who was sent back after the teachers' window has closed may still mend the form while schools check (§2.2).
_MEND = (WindowStage.APPLY, WindowStage.SCHOOL_CHECK)
_CONFIRM = (WindowStage.CONFIRM,)

# Four eyes for every act of a level; no conclusion while something has to be cleared up, but it may be sent back.
_FIRST = (OTHERS_DECIDED_LATER, NOT_OWN)
_SECOND = (OTHERS_DECIDED_FIRST, NOT_OWN)
_THIRD = (OTHERS_DECIDED_BEFORE, NOT_OWN)

TO_THE_TEACHER = ("return", "undo_confirm")  # from then on the teacher has to act once more
MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("submit", _("提交"), Can.SUBMIT, {_S.DRAFT: _S.SUBMITTED}, (COMPLETE, PLACES), _APPLY, effects=_submits),
        Move(
            "resubmit",
            _("重新提交"),
            Can.SUBMIT,
            {_S.RETURNED: _S.SUBMITTED},
            (COMPLETE, PLACES),
            _MEND,
            effects=_submits,
        ),
        Move(
            "amend",
            _("修改"),
            Can.AMEND,
            {_S.SUBMITTED: _S.SUBMITTED, _S.SCHOOL_CHECKED: _S.SUBMITTED, _S.RETURNED: _S.RETURNED},
            windows=_MEND,
            effects=_changes_the_form,
        ),
        Move(  # while the teacher might do it; like a correction at the desk it leaves the school's check as it is
            "photograph",
            _("更换照片"),
            Can.PHOTOGRAPH,
            {stage: stage for stage in (_S.SUBMITTED, _S.SCHOOL_CHECKED, _S.RETURNED)},
            (NOT_OWN,),
            windows=_MEND,
            effects=_changes_the_form,
            by_file=True,
        ),
        Move("withdraw", _("放弃申报"), Can.WITHDRAW, dict.fromkeys(_BEFORE_CONFIRMATION, _S.WITHDRAWN)),
        Move(
            "school_pass",
            _("审校通过"),
            Can.CHECK,
            {_S.SUBMITTED: _S.SCHOOL_CHECKED},
            (ETHICS, NOT_OWN),
            (WindowStage.SCHOOL_CHECK,),
            bulk=True,
            undo=(),
        ),
        Move(
            "return",
            _("退回修改"),
            Can.RETURN,
            {_S.SUBMITTED: _S.RETURNED, _S.SCHOOL_CHECKED: _S.RETURNED},
            needs_reason=True,
            effects=_voids_the_signature,
            bulk=True,
            undo=(),
        ),
        Move(
            "correct",
            _("现场更正"),
            Can.CORRECT,
            {_S.SUBMITTED: _S.SUBMITTED, _S.SCHOOL_CHECKED: _S.SCHOOL_CHECKED},
            (NOT_OWN,),
            windows=_CONFIRM,
            effects=_changes_the_form,
        ),
        Move(
            "confirm",
            _("现场确认"),
            Can.CONFIRM,
            {_S.SUBMITTED: _S.CONFIRMED, _S.SCHOOL_CHECKED: _S.CONFIRMED},
            (PLACES, CHECKED, PAPERS, SIGNED, NOT_OWN),
            _CONFIRM,
            effects=_confirms,
        ),
        Move(
            "undo_confirm",
            _("撤销确认"),
            Can.UNDO_CONFIRM,
            {_S.CONFIRMED: _S.SUBMITTED},
            (APPLIED,),
            needs_reason=True,
            effects=_voids_the_signature,
        ),
        Move(
            "change_point",
            _("更换确认点"),
            Can.CHANGE_POINT,
            {stage: stage for stage in _BEFORE_CONFIRMATION},
            (POINT_FITS,),
            effects=_changes_the_point,
        ),
        Move(
            "preliminary",
            _("初审"),
            Can.PRELIMINARY,
            {_S.CONFIRMED: _S.PRELIMINARY},
            (*_FIRST, NOT_HELD),
            windows=(WindowStage.PRELIMINARY,),
            conclusions=DECISIONS,
            effects=_decides_first,
            bulk=True,
            undo=(UNPUBLISHED,),
        ),
        Move(  # a move of its own, so that no bulk decision overturns an earlier one unseen
            "revise_preliminary",
            _("更改初审结论"),
            Can.PRELIMINARY,
            {_S.PRELIMINARY: _S.PRELIMINARY},
            (REVISABLE, *_FIRST, NOT_HELD),
            (WindowStage.PRELIMINARY,),
            conclusions=DECISIONS,
            needs_reason=True,
            effects=_decides_first,
        ),
        Move(  # S24: also those whose papers nobody has confirmed
            "disqualify",
            _("不符合注册条件"),
            Can.PRELIMINARY,
            dict.fromkeys((_S.SUBMITTED, _S.SCHOOL_CHECKED, _S.RETURNED, _S.CONFIRMED), _S.PRELIMINARY),
            (*_FIRST, NOT_HELD),
            windows=(WindowStage.PRELIMINARY,),
            conclusions=(Conclusion.DEFERRED, Conclusion.REFUSED),
            effects=_decides_first,
            bulk=True,
            undo=(UNPUBLISHED,),
        ),
        Move(  # S23: the district enters who should have applied and did not; they never pass confirmation (§2.2, 8)
            "enter",
            _("应注册未报名登记"),
            Can.PRELIMINARY,
            {_S.DRAFT: _S.PRELIMINARY},
            (ENTERED, *_FIRST, NOT_HELD),
            windows=(WindowStage.PRELIMINARY,),
            conclusions=(Conclusion.DEFERRED, Conclusion.REFUSED),
            effects=_decides_first,
            by_file=True,
        ),
        Move(  # an event cannot be deleted, so whoever was entered by mistake stays, as one that is over
            "strike",
            _("撤销应注册未报名登记"),
            Can.PRELIMINARY,
            {_S.PRELIMINARY: _S.WITHDRAWN},
            (ENTERED, UNPUBLISHED, NOT_OWN),
            windows=(WindowStage.PRELIMINARY,),
            effects=_takes_the_conclusion_back,
            by_file=True,
        ),
        Move(
            "send_back_review",
            _("复核退回初审"),
            Can.REVIEW,
            {_S.PRELIMINARY: _S.CONFIRMED},
            _SECOND,
            windows=(WindowStage.REVIEW,),
            needs_reason=True,
            effects=_takes_the_conclusion_back,
            bulk=True,
            undo=(),
        ),
        Move(
            "agree",
            _("复核通过"),
            Can.REVIEW,
            {_S.PRELIMINARY: _S.REVIEWED},
            (PUBLISHED, UNDISPUTED, *_SECOND, NOT_HELD),
            (WindowStage.REVIEW,),
            bulk=True,
            undo=(),
        ),
        Move(  # nothing undoes it: what was concluded changes only by a revocation, asked for and approved
            "final",
            _("终审"),
            Can.FINAL,
            {_S.REVIEWED: _S.CONCLUDED, _S.PRELIMINARY: _S.CONCLUDED},
            (REVIEWED, PUBLISHED, UNDISPUTED, *_THIRD, NOT_HELD),
            (WindowStage.FINAL,),
            conclusions=DECISIONS,
            effects=_concludes,
            bulk=True,
        ),
        Move(
            "send_back_final",
            _("终审退回"),
            Can.FINAL,
            {_S.REVIEWED: _S.PRELIMINARY},
            _THIRD,
            windows=(WindowStage.FINAL,),
            needs_reason=True,
            bulk=True,
            undo=(),
        ),
        Move(
            "request_revocation",
            _("申请撤销注册"),
            Can.REQUEST_REVOCATION,
            {_S.CONCLUDED: _S.CONCLUDED},
            (REGISTERED, NO_REQUEST),
            needs_reason=True,
        ),
        Move(
            "approve_revocation",
            _("同意撤销注册"),
            Can.DECIDE_REVOCATION,
            {_S.CONCLUDED: _S.REVOKED},
            (REQUEST, OTHERS_ASKED, NOT_OWN, NOT_HELD),
            needs_reason=True,
        ),
        Move(
            "refuse_revocation",
            _("不同意撤销注册"),
            Can.DECIDE_REVOCATION,
            {_S.CONCLUDED: _S.CONCLUDED},
            (REQUEST, OTHERS_ASKED, NOT_OWN),
            needs_reason=True,
        ),
    )
}

TAKEN_BACK = _("撤回批量办理")

_DECIDED: dict[tuple[Stage, Conclusion], Text] = {
    (Stage.PRELIMINARY, Conclusion.REGISTERED): _("初审：注册合格"),
    (Stage.PRELIMINARY, Conclusion.DEFERRED): _("初审暂缓注册"),
    (Stage.PRELIMINARY, Conclusion.REFUSED): _("初审不合格"),
    (Stage.REVIEWED, Conclusion.REGISTERED): _("市级复核意见：注册合格"),
    (Stage.REVIEWED, Conclusion.DEFERRED): _("市级复核意见：暂缓注册"),
    (Stage.REVIEWED, Conclusion.REFUSED): _("市级复核意见：注册不合格"),
    (Stage.CONCLUDED, Conclusion.REGISTERED): _("注册合格"),
    (Stage.CONCLUDED, Conclusion.DEFERRED): _("暂缓注册"),
    (Stage.CONCLUDED, Conclusion.REFUSED): _("注册不合格"),
}


def status_label(stage: Stage, conclusion: Conclusion) -> Text:
    """The status in words, from stage and conclusion together."""
    return _DECIDED.get((stage, conclusion), stage.label)


def label_of(name: str) -> Text | str:
    """What a move is called in a history, where also the taking back of one stands."""
    return TAKEN_BACK if name == TAKE_BACK else MOVES[name].label if name in MOVES else name


def becomes(move: Move, stage: Stage, conclusion: Conclusion, order: Order) -> Text:
    """The status in words that `move` would leave."""
    left = move.effects(order).get("conclusion", conclusion)
    return status_label(move.paths.get(stage, stage), left)


def moves_from(stage: Stage) -> list[Move]:
    """The moves that people make from `stage`."""
    return [move for move in MOVES.values() if stage in move.paths and not move.by_file]


def needs_a_reason(move: Move, conclusion: Conclusion | None) -> bool:
    """Whoever is sent back, deferred or refused is owed a reason (行政许可法 article 38)."""
    return move.needs_reason or conclusion in (Conclusion.DEFERRED, Conclusion.REFUSED)
