"""The worker: mail each minute, long work, a look at the tables each hour, and at night it clears away what is old."""

import gc
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from huey import crontab
from sqlalchemy import delete

from shared import clock, db
from shared.adapters.mail import Mailbox
from shared.db import session, transaction
from shared.models import AccountLink, Draft
from shared.rules.rights import Actor
from shared.services import (
    access,
    activation,
    additions,
    audit,
    batches,
    exporting,
    jobs,
    notify,
    reminding,
    schema,
    sessions,
)
from shared.services.imports import running, verbs
from shared.services.jobs import Foreman, Job, make_queue

if TYPE_CHECKING:
    from shared.config import Settings

log = logging.getLogger(__name__)

WORKERS = 3  # two long jobs leave one for the mail
DRAFT_DAYS = 30  # promised in the notice about personal data (PIPL article 19)
LINK_DAYS = 30  # long since void; the audit keeps who asked and who came back


@transaction
def delete_old_drafts(*, by: Actor, now: datetime) -> int:
    """Delete what people without an account left behind more than thirty days ago; return how many."""
    old = delete(Draft).where(Draft.saved_at < now - timedelta(days=DRAFT_DAYS)).returning(Draft.id)
    return len(session.scalars(old, execution_options={"synchronize_session": False}).all())


@transaction
def delete_old_links(*, by: Actor, now: datetime) -> int:
    """Delete links to accounts that are older than thirty days; return how many."""
    old = delete(AccountLink).where(AccountLink.made_at < now - timedelta(days=LINK_DAYS)).returning(AccountLink.id)
    count = len(session.scalars(old, execution_options={"recorded": True, "synchronize_session": False}).all())
    if count:
        audit.record("delete", AccountLink.__tablename__, None, {"rows": [None, str(count)]}, by=by)
    return count


# Long work by its name: whoever asks for it writes `jobs.enqueue(name, key)`.
JOBS = {
    "batch": Job(batches.work_off, batches.waiting),
    exporting.JOB: Job(exporting.work_off, exporting.waiting, one_by_one=True),
    verbs.JOB: Job(running.work_off, running.waiting, one_by_one=True),
}


def make_tasks(settings: "Settings") -> Any:  # noqa: ANN401
    """The queue with its periodic tasks, on the database that `settings` name."""
    jobs.connect(settings)
    huey = make_queue(settings)
    mailbox = Mailbox(settings.mail_url)
    by = access.system("worker")

    def deliver_mail() -> None:
        try:
            delivery = notify.deliver_due(by=by, mailbox=mailbox, sender=settings.mail_from, now=clock.now())
            if delivery != notify.Delivery():
                log.info("mail: %s", delivery)
        finally:
            session.remove()

    def clear_away() -> None:
        try:
            log.info("drafts deleted: %d", delete_old_drafts(by=by, now=clock.now()))
            log.info("links deleted: %d", delete_old_links(by=by, now=clock.now()))
            log.info("added rows deleted: %d", additions.clear_away(by=by))
            log.info("activation codes expired: %d", activation.clear_away(by=by, now=clock.now()))
            log.info("log-ins deleted: %d", sessions.clear_away(by=by, now=clock.now()))
            log.info("imported files deleted: %d", verbs.clear_away(by=by, now=clock.now()))
            log.info("batches deleted: %d", batches.clear_away(by=by, now=clock.now()))
            log.info("exported files removed: %d", exporting.clear_away(by=by, now=clock.now()))
        finally:
            session.remove()

    def remind() -> None:
        now = clock.now()
        try:
            if reminding.is_waking(now):
                log.info("applicants reminded: %d", reminding.remind_applicants(by=by, now=now))
                log.info("staff told: %d", reminding.tell_staff(by=by, now=now))
        finally:
            session.remove()

    def learn() -> None:
        engine = db.connected()
        if engine is not None:
            schema.learn(engine)

    huey.periodic_task(crontab())(deliver_mail)
    huey.periodic_task(crontab(minute="15"))(learn)
    huey.periodic_task(crontab(minute="5"))(remind)
    Foreman(JOBS).attend(huey)
    huey.periodic_task(crontab(hour="3", minute="30"))(clear_away)
    return huey


def run(settings: "Settings") -> None:
    """Work until SIGINT or SIGTERM, finishing the task at hand."""
    db.connect(settings)
    if not exporting.MAKERS:
        log.warning("long exports wait for a worker that knows the back office: flask --app admin worker")
    tasks = make_tasks(settings)
    gc.freeze()  # all that is loaded stays: looking through it again and again takes a fifth of an import's time
    tasks.create_consumer(workers=WORKERS).run()
