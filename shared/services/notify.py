"""Mail: written into the outbox by the verb that causes it, delivered by the worker when that verb has committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, insert, select, update

from shared import clock
from shared.adapters.mail import Mailbox, MailFailed
from shared.db import session, transaction
from shared.models import Mail
from shared.models.kinds import MailState
from shared.rules.rights import Actor

FIRST_WAIT = timedelta(minutes=1)
MOST_ATTEMPTS = 8  # the last one about two hours after the first
BATCH = 100


@dataclass
class Delivery:
    """What became of the mails that were due."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Letter:
    id: int
    to: str
    subject: str
    body: str
    attempts: int


@transaction
def queue(to: str, subject: str, body: str, *, by: Actor) -> None:
    """Put a message into the outbox; it goes out only if the caller's transaction is committed."""
    session.add(Mail(to=to, subject=subject, body=body, due_at=clock.now()))


@transaction
def queue_many(letters: Sequence[tuple[str, str, str]], *, by: Actor) -> None:
    """Put many messages into the outbox in one statement: to whom, subject and body of each."""
    due = clock.now()
    rows = [{"to": to, "subject": subject, "body": body, "due_at": due} for to, subject, body in letters]
    if rows:
        session.execute(insert(Mail), rows)


def deliver_due(*, by: Actor, mailbox: Mailbox, sender: str, now: datetime) -> Delivery:
    """Send what is due, each message in transactions of its own.

    A message is claimed before it is sent, so two workers never send it at the same time. Whoever dies in between
    leaves it claimed until its next turn: a message may then arrive twice, but none is lost.
    """
    delivery = Delivery()
    for letter in _due(now):
        if not _claim(letter, now, by=by):
            continue
        try:
            mailbox.send(sender, letter.to, letter.subject, letter.body, sent_at=now)
        except MailFailed as error:
            gives_up = error.permanent or letter.attempts + 1 >= MOST_ATTEMPTS
            _settle(letter.id, MailState.FAILED if gives_up else MailState.WAITING, fault=str(error), by=by)
            delivery.failed += gives_up
            delivery.postponed += not gives_up
        else:
            _settle(letter.id, MailState.SENT, sent_at=now, by=by)
            delivery.sent += 1
    return delivery


def _due(now: datetime) -> list[_Letter]:
    columns = (Mail.id, Mail.to, Mail.subject, Mail.body, Mail.attempts)
    due = select(*columns).where(Mail.state == MailState.WAITING, Mail.due_at <= now).order_by(Mail.due_at).limit(BATCH)
    return [_Letter(*row) for row in session.execute(due)]


@transaction
def _claim(letter: _Letter, now: datetime, *, by: Actor) -> bool:
    """Count the attempt and set the next one, unless somebody else has done so since the message was read."""
    change = (
        update(Mail)
        .where(Mail.id == letter.id, Mail.state == MailState.WAITING, Mail.attempts == letter.attempts)
        .values(attempts=letter.attempts + 1, due_at=now + FIRST_WAIT * 2**letter.attempts, version=Mail.version + 1)
    )
    result = session.execute(change, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


@transaction
def _settle(
    key: int,
    state: MailState,
    *,
    by: Actor,
    fault: str = "",
    sent_at: datetime | None = None,
) -> None:
    values = {"state": state, "fault": fault, "sent_at": sent_at, "version": Mail.version + 1}
    if state is MailState.SENT:
        values["body"] = ""  # it holds answers, and links that open an account: nobody needs them here any more
    change = update(Mail).where(Mail.id == key).values(values)
    session.execute(change, execution_options={"synchronize_session": False})
