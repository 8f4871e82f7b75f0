"""What a move tells its applicant by mail: one row of the outbox, in the transaction of the move."""

from datetime import date, time

import pytest
from sqlalchemy.exc import SQLAlchemyError

from shared import text
from shared.db import session
from shared.models import Application, Mail
from shared.models.kinds import EntryStatus, RegistrationType, Role, Stage, WindowStage
from shared.rules.rights import Actor
from shared.services import applications, informing, letters, outlook
from shared.services.errors import NotYours, Refused
from tests import build
from tests.conftest import Database


@pytest.fixture
def draft(database: Database) -> Application:
    """A complete draft in a campaign with days and papers."""
    campaign = build.a_campaign(open_stages=(WindowStage.APPLY,), has_school_check=True)
    hours = {"opens_at": time(8, 30), "closes_at": time(17, 0)}
    for stage, last in ((WindowStage.SCHOOL_CHECK, 28), (WindowStage.CONFIRM, 30)):
        build.a_window(campaign, stage, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, last), **hours)
    build.a_material(campaign, "教师资格定期注册申请表", copies=2)
    build.a_material(campaign, "聘用合同", original=False)
    build.a_material(campaign, "试用期考核证明", registration_type=RegistrationType.PERIODIC)
    school = build.a_school("宁海中学")
    point = build.a_point("第一确认点", serving=[school], address="宁海路1号", phone="025-83311111")
    return build.an_application(Stage.DRAFT, campaign=campaign, point=point, photo=True)


def of(application: Application) -> Actor:
    return build.an_actor(Role.TEACHER, application.person)


def submit(application: Application) -> None:
    applications.submit(application.id, by=of(application), version=application.version)


def mails() -> list[Mail]:
    session.rollback()
    return list(session.query(Mail).order_by(Mail.id))


def test_submitting_writes_one_mail_with_the_whole_and_no_number_in_full(draft: Application) -> None:
    submit(draft)
    (mail,) = mails()
    person = draft.person
    assert mail.to == person.email
    assert draft.registration_number in mail.subject
    for said in (
        draft.registration_number,
        "第1版",
        "2026年10月28日17:00前",
        "2026年10月12日至2026年10月30日，在第一确认点（地址：宁海路1号；电话：025-83311111）",
        "教师资格定期注册申请表（原件2份）",
        "聘用合同（复印件1份）",
        "http://127.0.0.1:8000",
        "【现任教工作】\n",
        "现任教学校：宁海中学",
        "所学专业：汉语言文学",
        f"证书号码：{draft.certificate_number}",
    ):
        assert said in mail.body, said
    for hidden in (person.id_number, draft.mobile, "试用期考核证明", "师德"):
        assert hidden not in mail.body, hidden
    assert person.id_number[:6] + "********" + person.id_number[-4:] in mail.body


def test_without_the_submission_there_is_no_mail(draft: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    build.change(draft, mobile=None)
    with pytest.raises(Refused):
        submit(draft)
    assert mails() == []

    def breaks(*_args: object, **_values: object) -> None:
        raise SQLAlchemyError

    build.change(draft, mobile="13800138000")
    monkeypatch.setattr(informing.notify, "queue_many", breaks)
    with pytest.raises(SQLAlchemyError):
        submit(draft)
    session.rollback()
    assert session.get_one(Application, draft.id).stage is Stage.DRAFT


def test_a_mail_that_cannot_be_written_stops_nobody(
    draft: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_args: object, **_values: object) -> None:
        raise ValueError

    monkeypatch.setattr(letters, "write", breaks)
    submit(draft)
    assert mails() == []
    assert session.get_one(Application, draft.id).stage is Stage.SUBMITTED
    assert "could not be written" in caplog.text


def test_a_mail_is_chinese_for_somebody_who_reads_english(draft: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_translate", lambda _message: "English")
    submit(draft)
    assert "English" not in mails()[0].subject + mails()[0].body


def test_handing_in_again_and_giving_up_send_a_short_one_each(draft: Application) -> None:
    build.change(draft, stage=Stage.RETURNED, form_version=2)
    submit(draft)
    session.refresh(draft)
    applications.withdraw(draft.id, by=of(draft), version=draft.version)
    again, given_up = mails()
    assert "重新提交" in again.subject
    assert "第2版" in again.body
    assert "放弃申报" in given_up.subject
    assert "汉语言文学" not in again.body + given_up.body


def test_whoever_has_no_address_gets_none_and_submits_all_the_same(draft: Application) -> None:
    build.change(draft.person, email="")
    build.change(draft, stage=Stage.RETURNED, form_version=1)
    applications.withdraw(draft.id, by=of(draft), version=draft.version)
    assert mails() == []


def test_the_whole_is_sent_again_once_while_it_waits(draft: Application) -> None:
    with pytest.raises(Refused, match="提交后才能发送"):
        informing.send_again(draft.id, by=of(draft))
    submit(draft)
    for _press in range(3):
        assert informing.send_again(draft.id, by=of(draft)).endswith("@example.cn")
    assert len(mails()) == 1
    with pytest.raises(NotYours):
        informing.send_again(draft.id, by=build.an_actor(Role.TEACHER))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, (12, 30)),
        ({"opens_on": date(2026, 10, 15), "closes_on": date(2026, 10, 16)}, (15, 16)),
        ({"opens_on": date(2026, 10, 15)}, (15, 30)),
        ({"closes_on": date(2026, 10, 16)}, (12, 16)),
    ],
)
def test_confirmation_is_on_the_points_own_days(
    draft: Application, days: dict[str, date], expected: tuple[int, int]
) -> None:
    build.change(draft.point, status=EntryStatus.ACTIVE, **days)
    first, last = outlook.plans(draft)[WindowStage.CONFIRM]
    assert (first.day, last.day) == expected


def test_a_point_with_days_of_its_own_needs_no_window(draft: Application) -> None:
    day = date(2026, 10, 15)
    build.change(draft.point, opens_on=day)
    build.change(draft, campaign=build.a_campaign(open_stages=()))
    assert outlook.plans(draft) == {WindowStage.CONFIRM: (day, day)}
