"""留言: what staff write to an applicant; the portal shows it beside the status, and a mail says the same (S16)."""

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Message
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, informing
from shared.services.errors import Refused
from shared.text import _

LONGEST = 1000


@transaction
def send(application_id: int, body: str, *, by: Actor) -> Message:
    """Write to the applicant; nothing about the application itself changes."""
    access.one(Application, application_id, by=by, to=Can.WRITE)
    text = body.strip()
    if not text:
        raise Refused(Problem("body", "body", _("请填写留言，写明请申请人做什么、最晚什么时候")))
    if len(text) > LONGEST:
        raise Refused(Problem("body", "body", _("留言最多{most}个字，请写短一些", most=LONGEST)))
    message = Message(application_id=application_id, body=text, sender=by.name, sent_at=clock.now())
    session.add(message)
    session.flush()
    informing.written_to(application_id, text, by=by)
    return message
