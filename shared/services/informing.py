"""What an applicant is told by mail: written into the outbox in the transaction of the move itself (S16)."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import joinedload

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, AuditEntry, Mail, Material, Message
from shared.models.kinds import MailState, WindowStage
from shared.rules import masking
from shared.rules.checks import Problem
from shared.rules.dates import until
from shared.rules.fields import Input, Section, in_section, shown
from shared.rules.guards import Order
from shared.rules.rights import Actor
from shared.rules.states import status_label
from shared.services import access, audit, letters, notify, outlook, windows
from shared.services.errors import Refused
from shared.text import Text, _, in_chinese

log = logging.getLogger(__name__)
MOST_AN_HOUR, SENT_AGAIN = 3, "mail_again"
MOMENT = "%Y-%m-%d %H:%M"
_MESSAGES = Base.metadata.tables[Message.__tablename__]


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


def returned(application_ids: list[int], order: Order, by: Actor) -> None:
    """That the form must be mended, why, and until when: as a 留言 beside the status, and by mail."""
    _leave_word(application_ids, order.reason, order, by)
    _tell(application_ids, "returned", by, reason=order.reason)


def return_taken_back(application_ids: list[int], order: Order, by: Actor) -> None:
    """That there is nothing to mend after all: whoever was told of a return is told of its end."""
    with in_chinese():
        word = str(_("退回修改已撤销，申请恢复为退回前的状态，不需要修改"))
    _leave_word(application_ids, word, order, by)
    _tell(application_ids, "return_taken_back", by)


def sent_back(application_ids: list[int], order: Order, by: Actor) -> None:
    """That what was accepted must be mended or completed: as a 留言 beside the status, and by mail."""
    _leave_word(application_ids, order.reason, order, by)
    _tell(application_ids, "sent_back", by, reason=order.reason)


def photographed(application_ids: list[int], order: Order, by: Actor) -> None:
    """That staff have put another photo in place, so that what was printed before is not what the desk expects."""
    with in_chinese():
        done = order.reason or _("照片已更换")
        word = str(_("{done}，申请表有了新的版本。已经打印的请重新打印、签名，确认时交最新的一份", done=done))
    _leave_word(application_ids, word, order, by)
    _tell(application_ids, "message", by, message=word)


def reminded(application_ids: list[int], word: str, order: Order, by: Actor) -> None:
    """Something that has to be done soon: as a 留言 beside the status, and by mail."""
    _leave_word(application_ids, word, order, by)
    _tell(application_ids, "reminded", by, message=word)


def _leave_word(application_ids: list[int], word: str, order: Order, by: Actor) -> None:
    """The same 留言 for each, however many they are in one statement."""
    said = {"body": word, "sender": by.name, "sent_at": order.now}
    rows = [{"application_id": application_id} | said for application_id in application_ids]
    session.execute(insert(Message), rows, execution_options={"recorded": True})
    columns = _MESSAGES.c
    new = columns.application_id.in_(application_ids) & (columns.sent_at == order.now) & (columns.body == word)
    audit.record_set("insert", _MESSAGES, new, {"body": [None, audit.as_text(word)]}, by=by)


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
    wanted = select(Application).where(Application.id.in_(application_ids)).order_by(Application.id)
    alongside = (Application.person, Application.campaign, Application.bureau)
    found = session.scalars(wanted.options(*(joinedload(relation) for relation in alongside))).all()
    written = [(one.person.email, _letter(one, name, **more)) for one in found if one.person.email]
    notify.queue_many([(to, *letter) for to, letter in written if letter is not None], by=by)


def _letter(application: Application, name: str, **more: object) -> tuple[str, str] | None:
    """Subject and body; None, and a line in the log, if it cannot be written: nobody fails to submit for that."""
    with in_chinese():
        facts = _facts(application) | more | (_MORE[name](application) if name in _MORE else {})
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


def _deadline(application: Application) -> dict[str, Any]:
    last = windows.end_of(outlook.spans(application, WindowStage.APPLY, WindowStage.SCHOOL_CHECK))
    is_ahead = last is not None and last > clock.local(clock.now()).replace(tzinfo=None)
    return {"mend_by": until(last) if last is not None and is_ahead else None}


_MORE = {"submitted": _whole, "returned": _deadline}
_SCHOOL = Section.SCHOOL


def _answers(section: Section, application: Application) -> list[tuple[Text, str]]:
    fields = [field for field in in_section(section) if field.input is not Input.PHOTO]
    return [(field.label, value) for field in fields if (value := shown(field, application))]


def paper_in_words(paper: Material) -> Text:
    """教师资格证书（原件1份）."""
    facts = {"name": paper.name, "copies": paper.copies}
    return _("{name}（原件{copies}份）", **facts) if paper.original else _("{name}（复印件{copies}份）", **facts)
