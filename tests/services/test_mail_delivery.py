"""Mail goes out once, after the transaction that wrote it, and is tried again when the server does not answer."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.adapters.mail import Mailbox, MailFailed
from shared.config import Settings
from shared.db import session, transaction
from shared.models import Campaign, Draft, Mail
from shared.models.kinds import MailState
from shared.services import access, notify, schema, worker
from shared.services.notify import Delivery
from tests import build

BY = access.system("worker")
SENDER = "no-reply@example.cn"


@dataclass
class Post:
    """A mail server: it takes what it is given, or says why not."""

    refusal: MailFailed | None = None
    taken: list[str] = field(default_factory=list)

    def send(self, sender, to, subject, text, *, sent_at):
        if self.refusal:
            raise self.refusal
        self.taken.append(to)


def deliver(post, later=timedelta()):
    return notify.deliver_due(by=BY, mailbox=post, sender=SENDER, now=clock.now() + later)


def the_mail():
    session.expire_all()
    return session.scalars(select(Mail)).one()


@pytest.fixture
def queued(database):
    notify.queue("wang@example.cn", "已退回", "请修改后重新提交。", by=BY)


def test_a_queued_mail_is_sent_once(queued):
    post = Post()
    assert deliver(post) == Delivery(sent=1)
    assert deliver(post, timedelta(days=1)) == Delivery()
    assert post.taken == ["wang@example.cn"]
    assert the_mail().state is MailState.SENT


def test_a_mail_of_a_verb_that_fails_never_goes_out(database):
    @transaction
    def verb(*, by):
        notify.queue("wang@example.cn", "已提交", "报名号……", by=by)
        raise LookupError

    with pytest.raises(LookupError):
        verb(by=BY)
    assert session.scalars(select(Mail)).all() == []


def test_a_server_that_is_down_is_asked_again_later_and_less_and_less_often(queued):
    post = Post(MailFailed("no answer", permanent=False))
    assert deliver(post) == Delivery(postponed=1)
    assert deliver(post) == Delivery()  # not due yet
    assert deliver(post, timedelta(minutes=1, seconds=5)) == Delivery(postponed=1)
    assert deliver(post, timedelta(minutes=2)) == Delivery()
    post.refusal = None
    assert deliver(post, timedelta(minutes=4)) == Delivery(sent=1)
    assert the_mail().attempts == 3
    assert the_mail().fault == ""


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(queued):
    assert deliver(Post(MailFailed("no such user", permanent=True))) == Delivery(failed=1)
    assert deliver(Post(), timedelta(days=1)) == Delivery()
    assert (the_mail().state, the_mail().fault) == (MailState.FAILED, "no such user")


def test_a_server_that_never_answers_is_given_up_in_the_end(queued):
    post = Post(MailFailed("no answer", permanent=False))
    outcomes = [deliver(post, timedelta(days=day)) for day in range(notify.MOST_ATTEMPTS + 1)]
    assert outcomes[-2:] == [Delivery(failed=1), Delivery()]


def test_a_mail_that_another_worker_has_just_claimed_is_left_to_it(queued):
    class Slow(Post):
        def send(self, *args, **kwargs):
            super().send(*args, **kwargs)
            assert deliver(second) == Delivery()

    first, second = Slow(), Post()
    assert deliver(first) == Delivery(sent=1)
    assert second.taken == []


def test_one_faulty_mail_does_not_keep_the_others_waiting(queued, tmp_path):
    notify.queue("not an address", "已退回", "请修改。", by=BY)
    assert deliver(Mailbox(f"file://{tmp_path}")) == Delivery(sent=1, failed=1)
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_drafts_that_nobody_finished_are_deleted_after_thirty_days(database):
    campaign = build.a_campaign()
    for name, age in (("old", 31), ("new", 29)):
        build.add(
            Draft(token_hash=name, campaign_id=campaign.id, answers="{}", saved_at=clock.now() - timedelta(days=age))
        )
    assert worker.delete_old_drafts(by=BY, now=clock.now()) == 1
    assert session.scalars(select(Draft.token_hash)).one() == "new"
    assert session.scalars(select(Campaign)).one() == campaign


def test_the_worker_knows_its_tasks_on_either_database(own_database, tmp_path):
    settings = Settings.read(
        {
            "APP_ENV": "development",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": own_database.engine.url.render_as_string(False),
        }
    )
    huey = worker.make_tasks(settings)
    try:
        notify.queue("wang@example.cn", "已退回", "请修改。", by=BY)
        tasks = {name.rpartition(".")[2]: task for name, task in huey._registry._registry.items()}
        assert set(tasks) == {"deliver_mail", "clear_away", "job", "learn", "look_around", "remind"}
        tasks["deliver_mail"]().execute()
        assert the_mail().state is MailState.SENT
        assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1
        tasks["remind"]().execute()  # nobody to remind
    finally:
        huey.storage.close()


@pytest.mark.parametrize("own_database", ["sqlite"], indirect=True)
def test_sqlite_is_told_how_full_its_tables_are(own_database):
    notify.queue("wang@example.cn", "已退回", "请修改。", by=BY)
    session.remove()
    schema.learn(own_database.engine)
    with own_database.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT idx FROM sqlite_stat1 WHERE tbl = 'mails'").scalars().all()
    assert "ix_mails_state_due_at" in told
