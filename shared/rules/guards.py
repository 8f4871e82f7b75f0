"""What must hold before a move: SQL conditions, so that one application and ten thousand are judged alike.

A condition sees the application it is asked about and the order of whoever moves it; true means go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, not_, or_, select, true

from shared.models import (
    Application,
    Campaign,
    ConfirmationPoint,
    Material,
    Objection,
    Photo,
    Publicity,
    ReceivedPaper,
    RevocationRequest,
    School,
    Staff,
)
from shared.models.kinds import Conclusion, ObjectionState, Origin, RequestState, Role, Stage
from shared.rules import four_eyes, places
from shared.rules.four_eyes import Level
from shared.text import Text, _


@dataclass(frozen=True)
class Order:
    """What somebody asks for with a move: the facts that guards and effects need, and the moment."""

    now: datetime
    today: date
    role: Role | None
    actor_id: int | None = None
    reason: str = ""
    reason_code: str | None = None
    conclusion: Conclusion | None = None
    point_id: int | None = None
    signed_version: int | None = None
    reasons: Mapping[int, str] = field(default_factory=dict)  # by application, in place of the one for all


Condition = Callable[[Order], ColumnElement[bool]]


@dataclass(frozen=True)
class Guard:
    """A condition that must hold, and the sentence for whoever it stops; `detail` reads what fills its {detail}."""

    code: str
    text: Text
    holds: Condition
    detail: Callable[[], ColumnElement[Any]] | None = None

    def said(self, detail: object = None) -> Text:
        """The sentence for one application."""
        return self.text if self.detail is None else Text(self.text.message, {"detail": detail})


def _campaign(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(column).where(Campaign.id == Application.campaign_id).scalar_subquery()


def _is_complete(_order: Order) -> ColumnElement[bool]:
    # The rules of the single fields are asked before; this is the last net for what no application may lack.
    filled = [Application.name, Application.certificate_number, Application.school_id, Application.bureau_id]
    return and_(
        *[column.is_not(None) for column in [*filled, Application.point_id, Application.mobile]],
        exists().where(Photo.application_id == Application.id),
    )


def _places_agree(order: Order) -> ColumnElement[bool]:
    """The school lies under the bureau that registers, and the point serves it; else strangers would decide."""
    home = exists().where(School.id == Application.school_id, School.bureau_id == Application.bureau_id)
    agree = and_(home, places.serves(Application.point_id, Application.school_id, order.today))
    missing = [column.is_(None) for column in (Application.school_id, Application.bureau_id, Application.point_id)]
    return or_(agree, *missing)  # what is missing is told by COMPLETE


def _was_checked(_order: Order) -> ColumnElement[bool]:
    return or_(Application.stage != Stage.SUBMITTED, not_(_campaign(Campaign.has_school_check.expression)))


def papers_are_complete(_order: Order | None) -> ColumnElement[bool]:
    """Every paper that is asked for has been received."""
    # Nested two deep, so what it belongs to is said: SQLAlchemy correlates by itself only one level up.
    received = exists().where(ReceivedPaper.application_id == Application.id, ReceivedPaper.material_id == Material.id)
    missing = exists().where(
        Material.campaign_id == Application.campaign_id,
        Material.required,
        or_(Material.registration_type.is_(None), Material.registration_type == Application.registration_type),
        not_(received.correlate(Application, Material)),
    )
    return not_(missing)


def _is_signed_as_it_stands(order: Order) -> ColumnElement[bool]:
    signed = Application.signed_version if order.signed_version is None else literal(order.signed_version)
    return signed == Application.form_version


def _point_fits(order: Order) -> ColumnElement[bool]:
    usable = exists().where(ConfirmationPoint.id == order.point_id, places.takes_papers(order.today))
    return and_(usable, places.serves(order.point_id, Application.school_id, order.today))


def _publicity(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A publicity of the application's district that its present conclusion was part of."""
    own = (Publicity.campaign_id == Application.campaign_id, Publicity.bureau_id == Application.bureau_id)
    return exists().where(*own, Publicity.starts_on > Application.decided_on, *conditions)


def _publicity_not_begun(order: Order) -> ColumnElement[bool]:
    return or_(Application.stage != Stage.PRELIMINARY, not_(_publicity(Publicity.starts_on <= order.today)))


def _publicity_over(order: Order) -> ColumnElement[bool]:
    without = _campaign(Campaign.publicity_days.expression) == 0
    return or_(Application.stage != Stage.PRELIMINARY, without, _publicity(Publicity.ends_on < order.today))


def _objection(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """An objection to a list that the application is on: to all of it, or to this person."""
    own = (Objection.campaign_id == Application.campaign_id, Objection.bureau_id == Application.bureau_id)
    whom = Objection.registration_number.in_(("", Application.registration_number))
    return exists().where(*own, whom, *conditions)


def _no_open_objection(_order: Order) -> ColumnElement[bool]:
    return not_(_objection(Objection.state == ObjectionState.OPEN))


def _may_be_revised(order: Order) -> ColumnElement[bool]:
    """Before it is publicised; afterwards because of an objection that was right (§2.2)."""
    upheld = Objection.state == ObjectionState.UPHELD, Objection.received_on > Application.decided_on
    return or_(_publicity_not_begun(order), _objection(*upheld))


def _was_reviewed(_order: Order) -> ColumnElement[bool]:
    return or_(Application.stage == Stage.REVIEWED, not_(_campaign(Campaign.has_city_review.expression)))


def _is_registered(_order: Order) -> ColumnElement[bool]:
    return Application.conclusion == Conclusion.REGISTERED


def _open_request(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        RevocationRequest.application_id == Application.id, RevocationRequest.state == RequestState.OPEN, *conditions
    )


def _no_open_request(_order: Order) -> ColumnElement[bool]:
    return not_(_open_request())


def _asked_by_the_level_below(order: Order) -> ColumnElement[bool]:
    below = {Role.CITY: Role.DISTRICT, Role.PROVINCE: Role.CITY}.get(order.role or Role.TEACHER)
    asked = select(Staff.id).where(Staff.role == below).correlate(None)
    return _open_request(RevocationRequest.requested_by_id.in_(asked)) if below else not_(true())


def _was_entered(_order: Order) -> ColumnElement[bool]:
    return Application.origin == Origin.IMPORT_UNAPPLIED


def _has_a_form(_order: Order) -> ColumnElement[bool]:
    return Application.origin == Origin.SELF


def _has_ethics(_order: Order) -> ColumnElement[bool]:
    return Application.ethics.is_not(None)


def _decided_nothing_else(level: Level) -> Condition:
    return lambda order: four_eyes.decided_no_other_level(level, order.actor_id)


def _is_not_held(_order: Order) -> ColumnElement[bool]:
    return not_(four_eyes.open_hold().exists())


COMPLETE = Guard("incomplete", _("申请材料不完整，请补齐后再提交"), _is_complete)
PLACES = Guard("places", _("任教学校、注册机构和确认点不一致，请先更正"), _places_agree)
CHECKED = Guard("unchecked", _("学校尚未审校，请先由学校审校员审校通过"), _was_checked)
ETHICS = Guard("no_ethics", _("师德结论尚未填写，请先填写师德结论"), _has_ethics)
PAPERS = Guard("papers", _("纸质材料不齐，请核对材料清单，收齐后再确认"), papers_are_complete)
SIGNED = Guard("unsigned", _("签名的申请表不是当前版本，请申请人重新打印并签名"), _is_signed_as_it_stands)
POINT_FITS = Guard("point", _("所选确认点未启用或不服务该校，请另选确认点"), _point_fits)
UNPUBLISHED = Guard("published", _("初审结论已开始公示，不能再直接修改；请由市级退回后重新初审"), _publicity_not_begun)
PUBLISHED = Guard("unpublished", _("公示尚未结束，公示期满后才能继续"), _publicity_over)
REVIEWED = Guard("unreviewed", _("市级尚未复核，请等待复核完成"), _was_reviewed)
ENTERED = Guard("applied", _("这是本人提交的申请，不是导入的应注册未报名人员"), _was_entered)
APPLIED = Guard("entered", _("本人没有报名，没有可以撤销的现场确认"), _has_a_form)
REGISTERED = Guard("unregistered", _("只有注册合格的申请才能撤销"), _is_registered)
NO_REQUEST = Guard("requested", _("已有待处理的撤销申请，请等待上一级处理"), _no_open_request)
REQUEST = Guard("unrequested", _("没有下一级提出的撤销申请，不能处理"), _asked_by_the_level_below)
UNDISPUTED = Guard("objection", _("公示中的异议还没有查清，查清后才能继续"), _no_open_objection)
REVISABLE = Guard("published", _("已开始公示，异议成立或者复核退回后才能更改初审结论"), _may_be_revised)
NOT_OWN = Guard(
    "own", _("这是您本人的申请，须由他人办理，请转交同事"), lambda order: four_eyes.is_another_persons(order.actor_id)
)
NOT_HELD = Guard(
    "held",
    _("申请已暂停办理（{detail}），查清并解除暂停后才能作出结论"),
    _is_not_held,
    lambda: four_eyes.open_hold().scalar_subquery(),
)
OTHERS_DECIDED_LATER = Guard(
    "two_levels",
    _("您已作出本申请的复核或终审结论，初审须由他人办理，请转交同事"),
    _decided_nothing_else(Level.PRELIMINARY),
)
OTHERS_DECIDED_FIRST = Guard(
    "two_levels",
    _("您已作出本申请的初审或终审结论，复核须由他人办理，请转交同事"),
    _decided_nothing_else(Level.REVIEW),
)
OTHERS_DECIDED_BEFORE = Guard(
    "two_levels",
    _("您已作出本申请的初审或复核结论，终审须由他人办理，请转交同事"),
    _decided_nothing_else(Level.FINAL),
)
OTHERS_ASKED = Guard(
    "own_request",
    _("这项撤销申请是您本人提出的，须由他人审批，请转交同事"),
    lambda order: four_eyes.asked_by_somebody_else(order.actor_id),
)
