"""Holds (暂停办理): something must be cleared up before anybody decides on an application; the guards ask for them."""

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Hold
from shared.models.kinds import Stage
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access
from shared.services.errors import NotYours, Refused
from shared.text import _

OVER = (Stage.WITHDRAWN, Stage.REVOKED)


@transaction
def place(application_id: int, reason: str, *, by: Actor) -> Hold:
    """From now on nobody decides, until somebody lifts it and says what was found."""
    application = access.one(Application, application_id, by=by, to=Can.HOLD, lock=True)
    if not reason.strip():
        raise Refused(Problem("reason", "reason", _("请填写暂停办理的原因，其他审核人员会看到")))
    if application.stage in OVER:
        raise Refused(Problem("stage", "", _("申请已经结束，不需要暂停办理")))
    if open_on(application_id, by=by) is not None:
        raise Refused(Problem("held", "", _("申请已经暂停办理，请先查清并解除原来的暂停")))
    hold = Hold(application_id=application_id, reason=reason.strip(), placed_at=clock.now(), placed_by_id=by.id)
    session.add(hold)
    session.flush()
    return hold


@transaction
def lift(hold_id: int, finding: str, *, by: Actor) -> Hold:
    """It is cleared up: say what was found. Nobody below the bureau that placed a hold lifts it."""
    hold = access.one(Hold, hold_id, by=by, lock=True)
    if not access.may(Application, hold.application_id, by=by, to=Can.HOLD):
        raise NotYours
    if hold.lifted_at is not None:
        raise Refused(Problem("lifted", "", _("暂停已经解除，请刷新页面")))
    if not finding.strip():
        raise Refused(Problem("finding", "finding", _("请填写查实的情况，再解除暂停")))
    if not may_lift(hold, by=by):
        bureau = hold.placed_by.bureau.name if hold.placed_by.bureau else ""
        raise Refused(Problem("above", "", _("暂停由{bureau}提出，只能由该机构或上级解除", bureau=bureau)))
    hold.lifted_at, hold.lifted_by_id, hold.finding = clock.now(), by.id, finding.strip()
    return hold


def open_on(application_id: int, *, by: Actor) -> Hold | None:
    """The hold that is open on the application, if its reader sees holds."""
    wanted = access.query(Hold, by=by).where(Hold.application_id == application_id, Hold.lifted_at.is_(None))
    return session.scalar(wanted)


def may_lift(hold: Hold, *, by: Actor) -> bool:
    """The bureau that placed it, and those above."""
    home = hold.placed_by.bureau
    return bool(by.bureau_path) and home is not None and home.path.startswith(by.bureau_path)
