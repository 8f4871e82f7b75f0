"""Reminders: before the close, of a void print, and the morning's word to staff; each once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Campaign, Mail, Message, Reminder
from shared.models.kinds import EntryStatus, Role, Stage, WindowStage
from shared.services import access, forms, informing, reminding, workflow
from tests import build
from tests.actors import teacher

pytestmark = pytest.mark.usefixtures("database")

BY = access.system("worker")
CLOSE = datetime(2026, 10, 26, 21, tzinfo=clock.local(datetime.now(UTC)).tzinfo)


def before(**ago: float) -> datetime:
    """A moment before the close, as the server counts."""
    return CLOSE - timedelta(**ago)


def a_campaign(**fields: Any) -> Campaign:
    campaign = build.a_campaign(open_stages=(), status=EntryStatus.ACTIVE, **fields)
    days = {"opens_on": date(2026, 10, 12), "closes_on": date(2026, 10, 26), "workdays_only": False}
    build.a_window(campaign, WindowStage.APPLY, **days, opens_at=time(8, 30), closes_at=time(21))
    later = {"opens_on": date(2026, 10, 12), "closes_on": date(2026, 10, 30), "workdays_only": False}
    build.a_window(campaign, WindowStage.SCHOOL_CHECK, **later, opens_at=time(8, 30), closes_at=time(21))
    return campaign


def remind(**ago: float) -> int:
    return reminding.remind_applicants(by=BY, now=before(**ago))


def told(application: Application) -> list[str]:
    rows = select(Message.body).where(Message.application_id == application.id).order_by(Message.id)
    return list(session.scalars(rows))


def test_a_draft_is_reminded_three_days_and_one_day_before_the_close_each_once() -> None:
    draft = build.an_application(Stage.DRAFT, campaign=a_campaign())
    found = [
        remind(days=3, seconds=1),
        remind(days=3),
        remind(days=2),
        remind(days=1),
        remind(hours=1),
        remind(hours=0),
    ]
    assert found == [0, 1, 0, 1, 0, 0]
    [first, second] = told(draft)
    assert first == second == "您的申请还没有提交，仅暂存不算报名。请在2026年10月26日21:00前登录提交，逾期不能补报"
    mails = session.scalars(select(Mail)).all()
    assert [(mail.to, str(draft.registration_number) in mail.subject) for mail in mails] == [
        (draft.person.email, True)
    ] * 2
    assert first in mails[0].body


def test_whoever_was_returned_is_reminded_of_the_schools_close_and_nobody_else_is() -> None:
    campaign = a_campaign()
    others = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.CONFIRMED, Stage.WITHDRAWN, Stage.PRELIMINARY)
    for stage in others:
        build.an_application(stage, campaign=campaign)
    returned = build.an_application(Stage.RETURNED, campaign=campaign)
    assert [remind(days=1), remind(days=-2), remind(days=-4, hours=1)] == [0, 1, 1]
    assert told(returned) == ["您的申请已退回修改。请在2026年10月30日21:00前登录修改并重新提交"] * 2


def test_times_of_a_district_and_a_later_close_count() -> None:
    campaign = a_campaign()
    draft = build.an_application(Stage.DRAFT, campaign=campaign)
    assert draft.bureau is not None
    own = {"opens_on": date(2026, 10, 12), "closes_on": date(2026, 10, 28), "workdays_only": False}
    window = build.a_window(campaign, WindowStage.APPLY, bureau_id=draft.bureau_id, **own, closes_at=time(18))
    assert [remind(days=2), remind(days=-1, hours=3)] == [0, 1]
    build.change(window, closes_on=date(2026, 10, 31))
    assert [remind(days=-4, hours=4)] == [1]
    assert ["28日18:00" in told(draft)[0], "31日18:00" in told(draft)[1]] == [True, True]


def test_a_campaign_out_of_use_reminds_nobody() -> None:
    build.an_application(Stage.DRAFT, campaign=a_campaign())
    build.change(session.scalars(select(Campaign)).one(), status=EntryStatus.RETIRED)
    assert remind(days=1) == 0


def test_nobody_is_reminded_twice_though_the_worker_dies_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "AT_A_TIME", 2)
    campaign = a_campaign()
    drafts = [build.an_application(Stage.DRAFT, campaign=campaign) for _one in range(5)]
    tell, calls = informing.reminded, list[int]()

    def dies_at_the_second(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("power cut")
        tell(*arguments)

    monkeypatch.setattr(informing, "reminded", dies_at_the_second)
    with pytest.raises(OSError, match="power cut"):
        remind(days=1)
    session.rollback()
    assert remind(days=1) == 3
    assert [len(told(one)) for one in drafts] == [1] * 5
    assert len(session.scalars(select(Mail)).all()) == len(session.scalars(select(Reminder)).all()) == 5


def test_a_void_print_is_told_when_it_has_been_quiet_and_once_a_version(
    at: Callable[[datetime], datetime],
) -> None:
    application, now = build.an_application(Stage.SUBMITTED), clock.now()
    key, by = application.id, teacher(application)
    forms.printed([key], by=by, portal_url="http://portal")
    assert reminding.remind_applicants(by=BY, now=now + timedelta(days=1)) == 0
    at(now + timedelta(hours=1))
    workflow.move(key, "amend", by=by)
    moments = [now + timedelta(hours=hours) for hours in (12, 14, 40)]
    assert [reminding.remind_applicants(by=BY, now=moment) for moment in moments] == [0, 1, 0]
    assert "第2版" in told(session.get_one(Application, key))[0]


def test_staff_are_told_in_the_morning_what_waits_for_them() -> None:
    school = build.a_school()
    for _one in range(2):
        build.an_application(Stage.SUBMITTED, school=school)
    officer = build.staff(Role.SCHOOL, school, email="school@example.com", name="李老师")
    build.staff(Role.SCHOOL, build.a_school(), email="idle@example.com")
    build.staff(Role.SCHOOL, school, email="")
    build.staff(Role.SCHOOL, school, email="gone@example.com", active=False)
    now = clock.now()
    assert [reminding.tell_staff(by=BY, now=now) for _twice in range(2)] == [1, 0]
    [mail] = session.scalars(select(Mail)).all()
    assert (mail.to, mail.subject) == (officer.email, "教师资格定期注册：今天有2件等您办理")
    assert all(word in mail.body for word in ("李老师", "待学校审校：2件"))
    assert reminding.tell_staff(by=BY, now=now + timedelta(days=1)) == 1


@pytest.mark.parametrize(("hour", "expected"), [(7, False), (8, True), (20, True), (21, False)])
def test_nobody_is_written_to_at_night(hour: int, expected: bool) -> None:
    assert reminding.is_waking(before().replace(hour=hour)) is expected
