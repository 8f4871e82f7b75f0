"""The school's check of one teacher: everything on one page, the sheet saved together, then the next one."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from admin.forms import school
from admin.forms.school import SheetForm
from admin.forms.typed import number_of
from admin.views import conflict, review
from shared.db import session
from shared.models import Application, Person
from shared.models.kinds import Stage
from shared.rules import attestation, conclusion, policy
from shared.rules.fields import Section
from shared.rules.rights import Can
from shared.rules.states import MOVES
from shared.services import access, attesting, reviewing, roster
from shared.services.attesting import PASS, RETURN
from shared.services.errors import NotYours, Refused
from shared.text import Text, _
from shared.web.login import by

if TYPE_CHECKING:
    from flask_admin import BaseView

DONE: dict[str, Text] = {
    "": _("{name}：已保存"),
    PASS: _("{name}：审校通过"),
    RETURN: _("{name}：已退回修改，理由已告知"),
}


def checks() -> bool:
    """Whether the reader checks applications, by SCOPE."""
    return policy.may(Application, by().role, Can.CHECK)


def require() -> None:
    """These pages are for whoever checks; for all others they do not exist."""
    if not checks():
        raise NotYours


def save(view: "BaseView", key: int) -> ResponseReturnValue:
    """What was typed stays on the page until all of it can be kept."""
    require()
    application = access.one(Application, key, by=by(), to=Can.EDIT)
    name, form, then = application.name, SheetForm(), _then()
    if not form.validate():
        school.show(attesting.faults_of(application, form.sheet, then), form, beside=False)  # all faults at once
        return page(view, key, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        version = number_of(form.version.data) or 0
        attesting.save(key, form.sheet, by=by(), version=version, then=then, reason=form.reason.data or "")
    except Refused as refused:
        school.show(conflict.told(form, key, refused, to=Can.EDIT), form)
        return page(view, key, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(str(Text(DONE[then].message, {"name": name})), "success")
    campaign = number_of(request.args.get("campaign"))
    following = roster.following(key, by=by(), campaign_id=campaign) if then else key
    if following is None:
        return redirect(view.get_url(".next", campaign=campaign))
    return redirect(view.get_url(".case", key=following, campaign=campaign))


def page(view: "BaseView", key: int, form: SheetForm | None = None) -> str:
    """The page of one application, with what was just sent if it was not accepted."""
    require()
    case = reviewing.case(key, by=by())
    application = case.application
    closed = attesting.may_fill_in(application, by=by())
    sheet = attesting.sheet_of(application)
    campaign = number_of(request.args.get("campaign"))
    waiting = roster.waiting(by=by(), campaign_id=campaign)
    return str(
        view.render(
            "school/case.html",
            case=case,
            application=application,
            sections=[pair for pair in review.sections(case, masked=True) if pair[0] is not Section.SCHOOL],
            sheet=sheet,
            required_hours=conclusion.REQUIRED_HOURS,
            form=None if closed else form or school.opened(sheet, application.version),
            closed=closed,
            asks_for_years=attestation.asks_for_years(application.registration_type) or bool(sheet.years),
            # The papers come after the school: here they are taken to be complete.
            suggestion=reviewing.suggestion(application, [], set()) if case.has_form and _begun(application) else None,
            stopped=_obstacles(application) if application.stage is Stage.SUBMITTED and not closed else [],
            passes=application.stage is Stage.SUBMITTED,
            returns=application.stage in MOVES[RETURN].paths,
            following=roster.following(key, by=by(), campaign_id=campaign),
            waiting=session.scalar(
                select(func.count()).select_from(waiting.with_only_columns(Application.id).subquery())
            ),
            may_reset=access.may(Person, application.person_id, by=by(), to=Can.RESET_PASSWORD),
            campaign=campaign,
        )
    )


def _begun(application: Application) -> bool:
    """Whether the school has said anything yet: of nothing, nothing follows."""
    return application.ethics is not None or bool(application.years)


def _obstacles(application: Application) -> list[Any]:
    """Why it cannot be passed whatever is entered: not for what the sheet itself will say."""
    found = reviewing.obstacles(application, MOVES[PASS], by=by())
    return [problem for problem in found if problem.code != "no_ethics"]


def _then() -> str:
    """The button that was pressed; Enter presses the first, which only saves."""
    wanted = request.form.get("then", "")
    return wanted if wanted in DONE else ""
