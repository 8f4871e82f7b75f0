"""Decisions that come as a file: 已报名不符合条件 (S24) by the district, 终审结果 by the province."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from shared import clock
from shared.adapters.sheets.child import ABOVE
from shared.db import session
from shared.models import Application, AuditEntry, Event, Hold, Import, Mail, Message, Person, ReasonCode, Window
from shared.models.kinds import Conclusion, ImportState, Role, Stage, WindowStage
from shared.rules.rights import Actor
from shared.services import access, holds, status, workflow
from shared.services.errors import NotYours, Refused
from shared.services.imports import deciding, formats, running, undoing, verbs
from shared.services.workflow import Wish
from tests import build
from tests.importing import a_csv, counts, refusals, said, sent, taken_back, the, written

HEAD = ("报名号", "姓名", "初审意见", "原因代码", "说明")
BY_PERSON = ("身份证号", "姓名", "初审意见", "原因代码", "说明")
FINAL = ("报名号", "姓名", "终审结论", "原因代码", "说明")
DEFERRING = (("D1", "未完成规定的培训学时"), ("D2", "中止教学一学期以上"))
SetClock = Callable[[datetime], datetime]
COLUMNS = [column for column in Application.__table__.columns if column.key != "version"]


class Here:
    """A campaign in which a district, its city and the province decide."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.campaign = build.a_campaign(self.city.province, publicity_days=0)
        self.campaign_id = self.campaign.id
        self.school = build.a_school(bureau=self.city.gulou)
        self.point = build.a_point(serving=[self.school])
        self.elsewhere = build.a_school(bureau=self.city.xuanwu)
        self.by = build.an_actor(Role.DISTRICT, self.city.gulou)
        self.province = build.an_actor(Role.PROVINCE, self.city.province)

    def one(self, stage: Stage = Stage.CONFIRMED, **fields: Any) -> Application:
        return build.an_application(
            stage, campaign=self.campaign, **({"school": self.school, "point": self.point} | fields)
        )

    def sent(self, *rows: Any, head: Any = HEAD, by: Actor | None = None) -> int:
        return sent("unqualified", a_csv(head, *rows), by=by or self.by, campaign_id=self.campaign_id)

    def final(self, *rows: Any) -> int:
        return sent("final_results", a_csv(FINAL, *rows), by=self.province, campaign_id=self.campaign_id)


@pytest.fixture
def here(database: Any) -> Here:
    build.add(*[ReasonCode(code=code, name=name, conclusion=Conclusion.DEFERRED) for code, name in DEFERRING])
    return Here()


def a_row(one: Application, opinion: str = "初审暂缓注册", code: str = "D1", note: str = "", name: str = "") -> Any:
    return (one.registration_number, name or one.name, opinion, code, note)


def stands(one: Application) -> tuple[Stage, Conclusion, str | None, str]:
    found = session.get_one(Application, inspect(one).identity, populate_existing=True)
    return found.stage, found.conclusion, found.reason_code, found.reason


def as_it_is(key: int) -> tuple[Any, ...]:
    session.expire_all()
    return tuple(session.execute(select(*COLUMNS).where(Application.id == key)).one())


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED, Stage.CONFIRMED])
def test_whoever_does_not_qualify_is_deferred_or_refused_also_without_confirmation(here: Here, stage: Stage) -> None:
    first, second = here.one(stage), here.one(stage)
    key = here.sent(a_row(first, note="还差40学时"), a_row(second, "初审不合格", "F1"))
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (0, 2, 0, 0))
    assert stands(first)[0] is stage
    assert written(key, by=here.by).state is ImportState.DONE
    assert stands(first) == (Stage.PRELIMINARY, Conclusion.DEFERRED, "D1", "还差40学时")
    assert stands(second)[:3] == (Stage.PRELIMINARY, Conclusion.REFUSED, "F1")
    assert "职业道德" in second.reason  # the reason's own name, where nothing was written
    assert first.decided_on == clock.today()


def test_they_go_on_through_review_and_final_as_the_others_do(here: Here) -> None:
    one = here.one()
    written(here.sent(a_row(one)), by=here.by)
    workflow.move(one.id, "agree", by=build.an_actor(Role.CITY, here.city.city))
    wish = Wish("学时不足", "D1", Conclusion.DEFERRED)
    workflow.move(one.id, "final", by=here.province, wish=wish)
    assert stands(one)[:2] == (Stage.CONCLUDED, Conclusion.DEFERRED)


def test_an_applicant_is_told_what_a_batch_would_tell(here: Here) -> None:
    imported, batched = here.one(), here.one()
    written(here.sent(a_row(imported, note="学时不足")), by=here.by)
    wish = Wish("学时不足", "D1", Conclusion.DEFERRED)
    assert workflow.move_many([batched.id], "disqualify", by=here.by, wish=wish).moved

    def told(one: Application) -> list[Any]:
        by = build.an_actor(Role.TEACHER, one.person)
        facts = [
            (event.move, event.from_stage, event.to_stage, event.to_conclusion, event.reason_code, event.reason)
            for event in status.timeline(one.id, by=by)
        ]
        mails = select(Mail.subject).where(Mail.to == one.person.email)
        return [facts, session.scalars(mails).all(), status.messages(one.id, by=by), stands(one)]

    assert told(imported) == told(batched)
    assert told(imported)[0]
    mine = AuditEntry.table_name == "applications", AuditEntry.row_id == imported.id, AuditEntry.action == "update"
    rows = select(AuditEntry.changes).where(*mine)
    assert session.scalars(rows).one()["conclusion"] == ["none", "deferred"]


def test_each_row_keeps_its_own_reason(here: Here) -> None:
    ones = [here.one() for _number in range(3)]
    key = here.sent(*[a_row(one, note=f"还差{index}学时") for index, one in enumerate(ones)])
    written(key, by=here.by)
    assert [stands(one)[3] for one in ones] == ["还差0学时", "还差1学时", "还差2学时"]
    events = {event.application_id: event.reason for event in session.scalars(select(Event))}
    assert [events[one.id] for one in ones] == ["还差0学时", "还差1学时", "还差2学时"]
    assert all(event.move == "disqualify" for event in session.scalars(select(Event)))


def test_an_identity_number_tells_the_application_as_well(here: Here) -> None:
    one = here.one()
    number = one.person.id_number
    key = here.sent((number.lower(), one.name, "暂缓注册", "D4", ""), head=BY_PERSON)
    assert counts(key) == (0, 1, 0, 0)
    written(key, by=here.by)
    assert stands(one)[0] is Stage.PRELIMINARY


def test_the_same_file_again_changes_nothing(here: Here) -> None:
    one = here.one()
    written(here.sent(a_row(one)), by=here.by)
    assert counts(here.sent(a_row(one))) == (0, 0, 1, 0)
    assert refusals(here.sent(a_row(one, "不合格", "F1"))) == {
        2: [": 当前状态是“初审暂缓注册”，不能再导入结论；确需更改的，请在申请详情页办理"]
    }


def test_every_row_that_does_not_fit_is_refused_with_a_sentence(here: Here) -> None:
    one, other = here.one(), here.one()
    foreign = here.one(school=here.elsewhere, point=build.a_point(serving=[here.elsewhere]))
    later = build.an_application(Stage.CONFIRMED, campaign=build.a_campaign(here.city.province), school=here.school,
                                 point=here.point)  # fmt: skip
    draft = here.one(Stage.DRAFT)
    gone = here.one(Stage.WITHDRAWN)
    key = here.sent(
        a_row(one, name="别人"),
        a_row(one, "初审不合格", "D1"),
        a_row(one, code=""),
        a_row(one, code="X7"),
        a_row(one, "合格", ""),
        ("", one.name, "暂缓注册", "D1", ""),
        a_row(foreign),
        a_row(later),
        a_row(draft),
        a_row(gone),
        a_row(other),
        a_row(other),
    )
    lost = "registration_number: 本批次没有这件申请，或者不在您的办理范围内，请核对报名号和证件号码"
    assert refusals(key) == {
        2: [f"name: 与申请上的姓名“{one.name}”不一致，请核对"],
        3: ["reason_code: 原因代码与结论不符，请重新选择"],
        4: ["reason_code: 必须填写"],
        5: ["reason_code: 没有找到“X7”，或者有几个同名的，请改填代码"],
        6: ["conclusion: “合格”不在可填的范围内：暂缓注册、注册不合格", "reason_code: 必须填写"],
        7: [": 请填写报名号或证件号码"],
        **{row: [lost] for row in (8, 9, 10, 11)},
        13: ["registration_number: 与第12行重复"],
    }


def test_two_numbers_of_different_applications_contradict_each_other(here: Here) -> None:
    one, other = here.one(), here.one()
    head = ("报名号", "证件号码", "姓名", "初审意见", "原因代码")
    row = (one.registration_number, other.person.id_number, one.name, "暂缓注册", "D1")
    assert refusals(here.sent(row, head=head)) == {2: ["id_number: 报名号和证件号码不是同一件申请，请核对"]}
    masked = (one.registration_number, "320106********1234", one.name, "暂缓注册", "D1")
    assert counts(here.sent(masked, head=head)) == (0, 1, 0, 0)
    alone = ("", "320106********1234", one.name, "暂缓注册", "D1")
    assert "请填写完整号码" in refusals(here.sent(alone, head=head))[2][0]


@pytest.mark.parametrize("stage", [Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED])
def test_what_is_decided_already_stays(here: Here, stage: Stage) -> None:
    one = here.one(stage)
    before = as_it_is(one.id)
    key = here.sent(a_row(one))
    assert "不能再导入结论" in refusals(key)[2][0]
    assert as_it_is(one.id) == before


def test_holds_windows_and_four_eyes_stop_a_file_as_they_stop_a_decision(here: Here) -> None:
    held, own = here.one(), here.one()
    holds.place(held.id, "有人举报", by=here.by)
    me = build.staff(Role.DISTRICT, here.city.gulou, id_number=own.person.id_number)
    found = refusals(here.sent(a_row(held), a_row(own), by=access.actor_of_staff(me)))
    assert found == {
        2: [": 申请已暂停办理（有人举报），查清并解除暂停后才能作出结论"],
        3: [": 这是您本人的申请，须由他人办理，请转交同事"],
    }
    assert session.scalars(select(Hold)).one().lifted_at is None
    window = session.scalars(select(Window).where(Window.stage == WindowStage.PRELIMINARY)).one()
    build.change(window, closes_on=date(2001, 1, 1))
    assert refusals(here.sent(a_row(here.one())))[2] == [": 区县初审已经截止，如有疑问请联系所在区教育局"]


def test_whoever_sent_a_file_in_time_is_not_late(here: Here, at: SetClock) -> None:
    at(datetime(2026, 10, 12, 17, 0))  # noqa: DTZ001
    one = here.one()
    window = session.scalars(select(Window).where(Window.stage == WindowStage.PRELIMINARY)).one()
    build.change(window, closes_on=date(2026, 10, 12))
    key = here.sent(a_row(one))
    verbs.start(key, by=here.by, digest=the(key).digest)
    at(datetime(2026, 10, 13, 9, 0))  # noqa: DTZ001
    running.work_off(key)
    assert the(key).state is ImportState.DONE
    assert stands(one)[0] is Stage.PRELIMINARY


def test_a_decision_that_came_first_is_shown_again(here: Here) -> None:
    one, other = here.one(), here.one()
    key = here.sent(a_row(one), a_row(other))
    workflow.move(one.id, "preliminary", by=here.by, wish=Wish(conclusion=Conclusion.REGISTERED))
    verbs.start(key, by=here.by, digest=the(key).digest)
    running.work_off(key)
    running.work_off(key)
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (0, 1, 0, 1))
    assert stands(one)[1] is Conclusion.REGISTERED
    assert stands(other)[0] is Stage.CONFIRMED


def test_taking_back_leaves_every_column_as_it_was_but_for_what_went_on(here: Here) -> None:
    ones = [here.one(stage) for stage in (Stage.SUBMITTED, Stage.RETURNED, Stage.CONFIRMED)]
    ids = [one.id for one in ones]
    before = [as_it_is(key) for key in ids]
    key = here.sent(*[a_row(one) for one in ones])
    written(key, by=here.by)
    workflow.move(ones[2].id, "agree", by=build.an_actor(Role.CITY, here.city.city))
    assert [(str(text), count) for text, count in undoing.preview(key, by=here.by)] == [
        ("办理之后状态已变为“市级复核意见：暂缓注册”，不能撤回", 1)
    ]
    row = taken_back(key, by=here.by)
    assert (row.state, row.undone) == (ImportState.UNDONE, 2)
    assert [as_it_is(one) for one in ids[:2]] == before[:2]
    assert stands(ones[2])[0] is Stage.REVIEWED
    moves = session.scalars(select(Event.move).where(Event.application_id == ids[0]).order_by(Event.id)).all()
    assert moves == ["disqualify", "take_back"]


def test_only_whoever_decides_first_may_send_such_a_file_in(here: Here) -> None:
    places = ((Role.SCHOOL, here.school), (Role.POINT, here.point), (Role.PROVINCE, here.city.province),
              (Role.SUPERUSER, here.city.province), (Role.AUDITOR, here.city.province))  # fmt: skip
    for role, place in places:
        with pytest.raises(NotYours):
            here.sent(by=build.an_actor(role, place))
    with pytest.raises(NotYours):
        sent("final_results", b"x", by=here.by, campaign_id=here.campaign.id)
    assert session.scalar(select(Import.id)) is None
    city = build.an_actor(Role.CITY, here.city.city)  # decides first on its own schools, and on no district's
    assert "不在您的办理范围内" in refusals(here.sent(a_row(here.one()), by=city))[2][0]


def test_the_province_concludes_by_file(here: Here) -> None:
    good, other, early = here.one(Stage.REVIEWED), here.one(Stage.REVIEWED), here.one(Stage.PRELIMINARY)
    key = here.final(
        (good.registration_number, good.name, "合格", "", ""),
        (other.registration_number, other.name, "暂缓", "D2", "停教一年"),
        (early.registration_number, early.name, "合格", "", ""),
    )
    assert refusals(key) == {4: [": 市级尚未复核，请等待复核完成"]}
    written(key, by=here.province, partial=True)
    assert stands(good) == (Stage.CONCLUDED, Conclusion.REGISTERED, None, "")
    assert good.valid_until is not None
    assert good.valid_until > clock.today() + timedelta(days=1800)
    assert stands(other) == (Stage.CONCLUDED, Conclusion.DEFERRED, "D2", "停教一年")
    assert stands(early)[0] is Stage.PRELIMINARY


def test_a_file_of_more_decisions_than_one_transaction_should_make_is_refused(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats._formats, "unqualified", replace(deciding.UNQUALIFIED, max_rows=1))
    rows = [a_row(here.one()) for _number in range(ABOVE + 2)]
    row = the(here.sent(*rows))
    assert row.state is ImportState.UNREADABLE
    assert "1行" in said(row.faults)[0]


def test_a_registration_has_no_reason_to_refuse_it(here: Here) -> None:
    one = here.one(Stage.REVIEWED)
    key = here.final((one.registration_number, one.name, "合格", "D1", ""))
    assert refusals(key) == {2: ["reason_code: 原因代码与结论不符，请重新选择"]}


def test_what_the_province_concluded_is_for_good(here: Here) -> None:
    one = here.one(Stage.REVIEWED)
    key = here.final((one.registration_number, one.name, "合格", "", ""))
    written(key, by=here.province)
    with pytest.raises(Refused, match="最终结论，不能撤回"):
        taken_back(key, by=here.province)
    assert stands(one)[0] is Stage.CONCLUDED


def test_nobody_concludes_what_they_decided_before(here: Here) -> None:
    one = here.one(Stage.CONFIRMED)
    member = build.staff(Role.DISTRICT, here.city.gulou, id_number=build.an_id_number())
    written(here.sent(a_row(one), by=access.actor_of_staff(member)), by=access.actor_of_staff(member))
    workflow.move(one.id, "agree", by=build.an_actor(Role.CITY, here.city.city))
    again = build.staff(Role.PROVINCE, here.city.province, id_number=member.id_number)
    content = a_csv(FINAL, (one.registration_number, one.name, "暂缓", "D1", ""))
    key = sent("final_results", content, by=access.actor_of_staff(again), campaign_id=here.campaign.id)
    assert refusals(key) == {2: [": 您已作出本申请的初审或复核结论，终审须由他人办理，请转交同事"]}


def test_names_are_compared_as_they_are_read(here: Here) -> None:
    who = build.a_person("阿依古丽·买买提")
    one = here.one(person=who)
    assert counts(here.sent(a_row(one, name="阿依古丽 • 买买提"))) == (0, 1, 0, 0)
    assert session.scalar(select(Message.id)) is None
    assert session.scalar(select(Person.name).where(Person.id == who.id)) == "阿依古丽·买买提"


def test_what_was_taken_back_can_be_sent_in_again(here: Here) -> None:
    one = here.one()
    told = a_row(one, note="学时不足")
    key = here.sent(told)
    written(key, by=here.by)
    row = taken_back(key, by=here.by)
    assert (row.undone, said(row.faults)) == (1, [])
    assert counts(here.sent(told)) == (0, 1, 0, 0)
