"""What an applicant reads after the form: the way so far, messages, requests, and what to do now."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from shared.db import session
from shared.models import (
    Application,
    Certificate,
    CertificateRequest,
    Event,
    Message,
    Publicity,
    ReasonCode,
    Receipt,
    StaffRequest,
)
from shared.models.kinds import CertificateService, Conclusion, Origin, Stage, WindowStage
from shared.rules import reminders
from shared.rules.dates import Days
from shared.rules.rights import Actor
from shared.rules.way import Course, Milestone, Passage, way
from shared.services import access, answers, outlook, windows
from shared.services.campaigns import Round
from shared.text import Text

APPLY = (WindowStage.APPLY,)
MEND = (WindowStage.APPLY, WindowStage.SCHOOL_CHECK)
RENEWAL_DAYS = 60  # 暂行办法 article 13: within the 60 days before the present registration ends
PUBLICISED = (Stage.PRELIMINARY, Stage.REVIEWED)
DECIDED = (*PUBLICISED, Stage.CONCLUDED)  # later reasons, of a request to revoke for example, are not the conclusion's
OVER = (Stage.WITHDRAWN, Stage.REVOKED)


def timeline(application_id: int, *, by: Actor) -> Sequence[Event]:
    """What happened to the application, oldest first."""
    return session.scalars(
        access.query(Event, by=by).where(Event.application_id == application_id).order_by(Event.id)
    ).all()


def messages(application_id: int, *, by: Actor) -> Sequence[Message]:
    """What staff wrote to the applicant, newest first."""
    return session.scalars(
        access.query(Message, by=by)
        .where(Message.application_id == application_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
    ).all()


def requests(application_id: int, *, by: Actor) -> Sequence[StaffRequest]:
    """What the applicant asked staff to add, with their answers, newest first."""
    return session.scalars(
        access.query(StaffRequest, by=by)
        .where(StaffRequest.application_id == application_id)
        .order_by(StaffRequest.id.desc())
    ).all()


def history(*, by: Actor) -> Sequence[Application]:
    """All applications of a teacher, newest first, each with its campaign and places."""
    own = access.query(Application, by=by).order_by(Application.id.desc())
    named = (Application.campaign, Application.point, Application.bureau)
    return session.scalars(own.options(*(joinedload(relation) for relation in named))).all()


def own(number: str, *, by: Actor, whole: bool = False) -> Application | None:
    """One's own application with this registration number, without one the newest; `whole` as for a whole form."""
    found = access.query(Application, by=by).order_by(Application.id.desc()).limit(1)
    if number:
        found = found.where(Application.registration_number == number)
    return session.scalar(found.options(*answers.whole_form()) if whole else found)


def may_start(last: Application | None, batch: Round | None) -> bool:
    """Whether a new application can be begun: the first, one of a later campaign, or after the last was given up."""
    if batch is None or not batch.is_open:
        return False
    if last is None or last.stage in OVER:
        return True
    if last.campaign_id == batch.id:
        return False
    return last.stage is Stage.CONCLUDED or _was_left_behind(last)


def _was_left_behind(last: Application) -> bool:
    """Whether it was never accepted, and its own campaign takes no more papers."""
    times = outlook.spans(last, *MEND, WindowStage.CONFIRM)
    is_over = not windows.open_now(times) and windows.next_of(times) is None
    return is_over and last.stage in reminders.CHANGEABLE


def next_window(application: Application) -> date | None:
    """The day from which somebody who is registered may apply again."""
    until = application.valid_until
    return until - timedelta(days=RENEWAL_DAYS) if until else None


def way_of(application: Application, events: Sequence[Event]) -> list[Milestone]:
    """Every stage of the campaign's chain, as far as this application has come."""
    campaign = application.campaign
    applied = application.origin is Origin.SELF
    return way(
        Course(
            stage=application.stage,
            conclusion=application.conclusion,
            begun_at=application.created_at if applied else None,
            stage_at=application.stage_at,
            has_school_check=campaign.has_school_check,
            has_city_review=campaign.has_city_review,
            passages=tuple(Passage(event.from_stage, event.to_stage, event.at) for event in events),
            plans=outlook.plans(application),
        )
    )


def reminders_for(application: Application) -> list[reminders.Reminder]:
    """What the applicant must see and do now (红字提醒)."""
    office = application.bureau or application.campaign.bureau
    return reminders.reminders(
        reminders.Situation(
            stage=application.stage,
            conclusion=application.conclusion,
            form_version=application.form_version,
            printed_version=application.printed_version,
            reason_code=application.reason_code,
            publicity=_publicity(application),
            valid_until=application.valid_until if application.conclusion is Conclusion.REGISTERED else None,
            next_window=next_window(application),
            office=office.name,
            phone=office.phone,
            **_hours(application),
            **_known(application),
        )
    )


def why_returned(application: Application) -> Text | None:
    """The reason and the deadline, for somebody who was sent back and is about to mend it."""
    return reminders_for(application)[0].text if application.stage is Stage.RETURNED else None


def _hours(application: Application) -> dict[str, Any]:
    """When it can be handed in, which only somebody who still has to do so asks."""
    mending = application.stage is Stage.RETURNED
    times = outlook.spans(application, *(MEND if mending else APPLY))
    is_open = application.stage not in reminders.TO_BE_HANDED_IN or windows.open_now(times)
    return {
        "is_open": is_open,
        "opening": None if is_open else windows.next_of(times),
        "ends": windows.end_of(outlook.spans(application, *APPLY)),
        "mend_by": windows.end_of(outlook.spans(application, *MEND)),
        "hand_in_by": windows.end_of(outlook.spans(application, WindowStage.SCHOOL_CHECK)),
    }


def _known(application: Application) -> dict[str, Any]:
    """What other tables know of the application, in one statement."""
    receipt = select(Receipt.number).where(Receipt.application_id == application.id, Receipt.voided_at.is_(None))
    said = select(Event.reason).where(Event.application_id == application.id, Event.reason != "")
    condition = select(ReasonCode.name).where(ReasonCode.code == application.reason_code)
    reissue = exists().where(
        CertificateRequest.person_id == application.person_id,
        CertificateRequest.service == CertificateService.REISSUE,
    )
    found = session.execute(
        select(
            receipt.limit(1).scalar_subquery().label("receipt"),
            said.order_by(Event.id.desc()).limit(1).scalar_subquery().label("reason"),
            condition.scalar_subquery().label("condition"),
            reissue.label("reissue"),
            exists().where(Certificate.number == application.certificate_number).label("certificate"),
        )
    ).one()
    dates = (application.certificate_reissued_on, application.certificate_issued_on)
    return {
        "receipt_number": found.receipt or "",
        "reason": application.reason if application.stage in DECIDED else found.reason or "",
        "condition": found.condition or "",
        "certificate_is_known": found.certificate,
        "is_reissued": found.reissue or application.certificate_reissued_on is not None,
        "has_reissue_dates": None not in dates,
    }


def _publicity(application: Application) -> Days | None:
    """The publicity that the present conclusion is part of: one that began after it was made."""
    if application.stage not in PUBLICISED or application.decided_on is None:
        return None
    shown = session.execute(
        select(Publicity.starts_on, Publicity.ends_on)
        .where(
            Publicity.campaign_id == application.campaign_id,
            Publicity.bureau_id == application.bureau_id,
            Publicity.starts_on > application.decided_on,
        )
        .order_by(Publicity.starts_on.desc())
        .limit(1)
    ).one_or_none()
    return (shown.starts_on, shown.ends_on) if shown else None
