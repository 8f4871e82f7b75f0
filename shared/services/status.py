"""What an applicant reads after the form: the way so far, messages, and what to do now."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from shared.db import session
from shared.models import Application, Event, Message, Publicity, Receipt
from shared.models.kinds import WindowStage
from shared.rules import reminders
from shared.rules.policy import Actor
from shared.services import access, windows

APPLY = (WindowStage.APPLY,)
MEND = (WindowStage.APPLY, WindowStage.SCHOOL_CHECK)
RENEWAL_DAYS = 60  # 暂行办法 article 13: within the 60 days before the present registration ends


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


def reminders_for(application: Application) -> list[reminders.Reminder]:
    """What the applicant must see and do now (红字提醒)."""
    receipt = select(Receipt.number).where(Receipt.application_id == application.id, Receipt.voided_at.is_(None))
    decided = application.decided_on or date.max  # without a conclusion there is none to publicise
    publicity = select(Publicity.starts_on, Publicity.ends_on).where(
        Publicity.campaign_id == application.campaign_id,
        Publicity.bureau_id == application.bureau_id,
        Publicity.starts_on > decided,
    )
    shown = session.execute(publicity.order_by(Publicity.starts_on.desc()).limit(1)).one_or_none()
    until = application.valid_until
    return reminders.reminders(
        reminders.Situation(
            stage=application.stage,
            conclusion=application.conclusion,
            form_version=application.form_version,
            printed_version=application.printed_version,
            is_reissued=application.certificate_reissued_on is not None,
            ends=windows.ends(application.campaign_id, *APPLY),
            mend_by=windows.ends(application.campaign_id, *MEND),
            reason=_last_reason(application),
            receipt_number=session.scalar(receipt) or "",
            publicity=(shown.starts_on, shown.ends_on) if shown else None,
            valid_until=until,
            next_window=until - timedelta(days=RENEWAL_DAYS) if until else None,
        )
    )


def _last_reason(application: Application) -> str:
    given = select(Event.reason).where(Event.application_id == application.id, Event.reason != "")
    return session.scalar(given.order_by(Event.id.desc()).limit(1)) or ""
