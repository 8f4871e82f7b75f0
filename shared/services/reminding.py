"""Reminders that nobody asked for: to applicants before the close, to staff of what waits for them.

What was sent is noted in the transaction of the mail, and a note is unique: whoever dies in between sends it later,
and nobody gets the same one twice.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Campaign, Event, Reminder, Staff
from shared.models.kinds import EntryStatus, Stage, WindowStage
from shared.rules import policy
from shared.rules.dates import until
from shared.rules.guards import Order
from shared.rules.rights import Actor, Can
from shared.services import access, agenda, informing, letters, notify, windows
from shared.text import Text, _, in_chinese

DAYS = (1, 3)  # before the close; whoever missed the first gets the second
WAKING = range(8, 21)  # hours of the day at which mail may come
AT_A_TIME = 500
MEND = (WindowStage.APPLY, WindowStage.SCHOOL_CHECK)
CLOSING = {Stage.DRAFT: (WindowStage.APPLY,), Stage.RETURNED: MEND}
SAID = {
    Stage.DRAFT: _("您的申请还没有提交，仅暂存不算报名。请在{ends}前登录提交，逾期不能补报"),
    Stage.RETURNED: _("您的申请已退回修改。请在{ends}前登录修改并重新提交"),
}
PRINT_AGAIN = _("申请表有了新的版本（第{version}版），此前打印的作废。请重新打印、签名，确认时交最新的一份")

# What waits for whoever has the right to it.
DUTIES = (
    (Can.CHECK, Stage.SUBMITTED, _("待学校审校")),
    (Can.CONFIRM, Stage.SCHOOL_CHECKED, _("待现场确认")),
    (Can.PRELIMINARY, Stage.CONFIRMED, _("待初审")),
    (Can.REVIEW, Stage.PRELIMINARY, _("待复核")),
    (Can.FINAL, Stage.REVIEWED, _("待终审")),
)


def is_waking(now: datetime) -> bool:
    """Whether people may be written to at this moment."""
    return clock.local(now).hour in WAKING


def remind_applicants(*, by: Actor, now: datetime) -> int:
    """Remind whoever has not handed in shortly before the close, and whoever holds a void print; how many."""
    return sum(_before_the_close(by, now)) + sum(_void_prints(by, now))


def _before_the_close(by: Actor, now: datetime) -> Iterator[int]:
    running = select(Campaign.id).where(Campaign.status == EntryStatus.ACTIVE)
    places = select(Application.campaign_id, Application.bureau_id, Application.stage).distinct()
    open_ones = places.where(Application.stage.in_(CLOSING), Application.campaign_id.in_(running))
    local = clock.local(now).replace(tzinfo=None)
    for campaign_id, bureau_id, stage in session.execute(open_ones).all():
        ends = windows.end_of(windows.spans(campaign_id, CLOSING[stage], bureau_id))
        if ends is None:
            continue
        days = next((days for days in DAYS if timedelta(0) < ends - local <= timedelta(days=days)), None)
        if days is None:
            continue
        here = Application.campaign_id == campaign_id, Application.bureau_id.is_not_distinct_from(bureau_id)
        text = Text(SAID[stage].message, {"ends": until(ends)})
        yield from _in_parts(f"{stage.value}:{days}:{ends:%y%m%d%H%M}", (*here, Application.stage == stage), text, by)


def _void_prints(by: Actor, now: datetime) -> Iterator[int]:
    """Once for each version, when half a day has passed quietly: most print again at once."""
    handed_in = Application.stage.in_((Stage.SUBMITTED, Stage.SCHOOL_CHECKED))
    void = (Application.printed_version > 0) & (Application.printed_version < Application.form_version)
    lately = select(Event.id).where(Event.application_id == Application.id, Event.at > now - timedelta(hours=12))
    versions = select(Application.form_version).where(handed_in, void).distinct()
    for version in session.scalars(versions).all():
        here = handed_in, void, Application.form_version == version, ~lately.exists()
        text = Text(PRINT_AGAIN.message, {"version": version})
        yield from _in_parts(f"void:{version}", here, text, by)


def _in_parts(kind: str, here: Sequence[ColumnElement[bool]], text: Text, by: Actor) -> Iterator[int]:
    while count := _remind(kind, here, text, by=by):
        yield count


@transaction
def _remind(kind: str, here: Sequence[ColumnElement[bool]], text: Text, *, by: Actor) -> int:
    told = select(Reminder.id).where(Reminder.application_id == Application.id, Reminder.kind == kind)
    wanted = select(Application.id).where(*here, ~told.exists()).order_by(Application.id).limit(AT_A_TIME)
    keys = list(session.scalars(wanted))
    if not keys:
        return 0
    now = clock.now()
    session.execute(insert(Reminder), [{"application_id": key, "kind": kind, "sent_at": now} for key in keys])
    with in_chinese():
        word = str(text)
    informing.reminded(keys, word, Order(now, clock.today(), None), by)
    return len(keys)


def tell_staff(*, by: Actor, now: datetime) -> int:
    """In the morning, what waits for each member of staff who has an address; nothing where nothing waits."""
    kind = f"digest:{clock.local(now):%y%m%d}"
    told = select(Reminder.id).where(Reminder.staff_id == Staff.id, Reminder.kind == kind)
    wanted = select(Staff.id).where(Staff.active, Staff.email != "", ~told.exists()).order_by(Staff.id).limit(AT_A_TIME)
    count = 0
    while keys := session.scalars(wanted).all():  # whoever was told, or has nothing waiting, is noted
        count += sum(_tell(key, kind, by=by) for key in keys)
    return count


@transaction
def _tell(key: int, kind: str, *, by: Actor) -> int:
    staff = session.get_one(Staff, key)
    session.add(Reminder(staff_id=key, kind=kind, sent_at=clock.now()))
    if not access.is_in_force(staff):
        return 0
    lines = list(_waiting(access.actor_of_staff(staff)))
    if lines:
        notify.queue(staff.email, *letters.write("digest", name=staff.name, lines=lines), by=by)
    session.flush()
    return len(lines) > 0


def _waiting(reader: Actor) -> Iterator[tuple[Text, int]]:
    for right, stage, label in DUTIES:
        if policy.may(Application, reader.role, right):
            waiting = agenda.waiting(stage, by=reader, to=right).with_only_columns(Application.id).order_by(None)
            if count := session.scalar(select(func.count()).select_from(waiting.subquery())):
                yield label, count
