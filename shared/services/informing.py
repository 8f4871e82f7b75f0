"""What an applicant is told by mail: written into the outbox in the transaction of the move itself (S16)."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, AuditEntry, Mail, Material, Message
from shared.models.kinds import MailState
from shared.rules import masking
from shared.rules.checks import Problem
from shared.rules.fields import Input, Section, in_section, shown
from shared.rules.guards import Order
from shared.rules.rights import Actor
from shared.rules.states import status_label
from shared.services import access, audit, letters, notify, outlook
from shared.services.errors import Refused
from shared.text import Text, _, in_chinese

log = logging.getLogger(__name__)
MOST_AN_HOUR, SENT_AGAIN = 3, "mail_again"
MOMENT = "%Y-%m-%d %H:%M"


def submitted(application_ids: list[int], _order: Order, by: Actor) -> None:
    """The whole: number, answers, next steps, and how to log in."""
    _tell(application_ids, "submitted", by)


def resubmitted(application_ids: list[int], _order: Order, by: Actor) -> None:
    """That it is on its way again, and which version must be signed."""
    _tell(application_ids, "resubmitted", by)


def withdrawn(application_ids: list[int], _order: Order, by: Actor) -> None:
    """That it was given up, in case it was somebody else who pressed the button."""
    _tell(application_ids, "withdrawn", by)


def written_to(application_id: int, message: str, *, by: Actor) -> None:
    """What a member of staff has written, for those who do not look at the portal every day."""
    _tell([application_id], "message", by, message=message)


def sent_back(application_ids: list[int], order: Order, by: Actor) -> None:
    """That what was accepted must be mended or completed: as a 留言 beside the status, and by mail."""
    for application_id in application_ids:
        session.add(Message(application_id=application_id, body=order.reason, sender=by.name, sent_at=order.now))
    _tell(application_ids, "sent_back", by, reason=order.reason)


@transaction
def send_again(application_id: int, *, by: Actor) -> str:
    """Send the whole once more, as it stands now; the masked address that it goes to."""
    application = access.one(Application, application_id, by=by)
    letter = _letter(application, "submitted")
    if application.form_version == 0 or letter is None:
        raise Refused(Problem("draft", "", _("申请尚未提交，提交后才能发送")))
    address = application.person.email
    waiting = select(Mail.id).where(Mail.to == address, Mail.subject == letter[0], Mail.state == MailState.WAITING)
    if session.scalar(waiting.limit(1)) is None:  # pressing twice sends one
        if _sent_lately(application_id) >= MOST_AN_HOUR:
            raise Refused(Problem("often", "", _("一小时内最多再发3次。请先检查收件箱和垃圾邮件，一小时后再试")))
        audit.record(SENT_AGAIN, Application.__tablename__, application_id, by=by)
        notify.queue(address, *letter, by=by)
    return masking.email(address)


def _sent_lately(application_id: int) -> int:
    mine = AuditEntry.table_name == Application.__tablename__, AuditEntry.row_id == application_id
    lately = AuditEntry.action == SENT_AGAIN, AuditEntry.at > clock.now() - timedelta(hours=1)
    return session.scalar(select(func.count()).where(*mine, *lately)) or 0


def _tell(application_ids: list[int], name: str, by: Actor, **more: object) -> None:
    for application in session.scalars(select(Application).where(Application.id.in_(application_ids))):
        letter = _letter(application, name, **more)
        if letter is not None and application.person.email:
            notify.queue(application.person.email, *letter, by=by)


def _letter(application: Application, name: str, **more: object) -> tuple[str, str] | None:
    """Subject and body; None, and a line in the log, if it cannot be written: nobody fails to submit for that."""
    with in_chinese():
        facts = _facts(application) | more | (_whole(application) if name == "submitted" else {})
        try:
            return letters.write(name, **facts)
        except Exception:
            log.exception("the mail %r of application %s could not be written", name, application.id)
            return None


def _facts(application: Application) -> dict[str, Any]:
    bureau = application.bureau or application.campaign.bureau
    return {
        "applicant": application.name or application.person.name,
        "number": application.registration_number,
        "campaign": application.campaign.name,
        "version": application.form_version,
        "status": status_label(application.stage, application.conclusion),
        "moment": clock.local(clock.now()).strftime(MOMENT),
        "id_number": masking.id_number(application.person.id_number),
        "office": f"{bureau.name} {bureau.phone}".strip(),
    }


def _whole(application: Application) -> dict[str, Any]:
    ahead = outlook.of_application(application)
    handed_in = application.submitted_at
    return {
        "submitted_at": clock.local(handed_in).strftime(MOMENT) if handed_in else "",
        "steps": ahead.steps,
        "papers": [paper_in_words(paper) for paper in ahead.papers],
        "sections": [(section.label, _answers(section, application)) for section in Section if section is not _SCHOOL],
    }


_SCHOOL = Section.SCHOOL


def _answers(section: Section, application: Application) -> list[tuple[Text, str]]:
    fields = [field for field in in_section(section) if field.input is not Input.PHOTO]
    return [(field.label, value) for field in fields if (value := shown(field, application))]


def paper_in_words(paper: Material) -> Text:
    """教师资格证书（原件1份）."""
    facts = {"name": paper.name, "copies": paper.copies}
    return _("{name}（原件{copies}份）", **facts) if paper.original else _("{name}（复印件{copies}份）", **facts)
