"""应注册未报名 (S23): people who did not apply become applications at the preliminary level."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Authority, Certificate, Event, Import, Person, ReasonCode, Window
from shared.models.kinds import Conclusion, IdKind, ImportState, Origin, RegistrationType, Role, Sex, Stage, WindowStage
from shared.rules.rights import Actor, Can
from shared.services import access, applications, recovery, reviewing, status, workflow
from shared.services.errors import NotYours, Refused
from shared.services.imports import running, undoing, verbs
from shared.services.workflow import Wish
from tests import build
from tests.importing import a_csv, counts, refusals, sent, taken_back, the, written

HEAD = ("证件号码", "姓名", "现任教学校编码", "初审结论", "原因代码", "说明")
PASSWORD = "Plum-Rain-2026"


class Here:
    """A district with one school, and who decides there first."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.campaign = build.a_campaign(self.city.province, publicity_days=0)
        self.campaign_id = self.campaign.id
        self.school = build.a_school(bureau=self.city.gulou)
        self.code = self.school.code
        self.elsewhere = build.a_school(bureau=self.city.xuanwu)
        self.by = build.an_actor(Role.DISTRICT, self.city.gulou)

    def sent(self, *rows: Any, head: Any = HEAD, by: Actor | None = None) -> int:
        return sent("unapplied", a_csv(head, *rows), by=by or self.by, campaign_id=self.campaign_id)

    def row(self, name: str = "张三", number: str = "", **more: str) -> Any:
        values = {"school": self.code, "conclusion": "暂缓注册", "code": "N1", "note": ""} | more
        return (number or build.an_id_number(), name, *values.values())


@pytest.fixture
def here(database: Any) -> Here:
    build.add(ReasonCode(code="N1", name="逾期未申报", conclusion=Conclusion.NONE))
    return Here()


def entered() -> list[Application]:
    session.expire_all()
    mine = select(Application).where(Application.origin == Origin.IMPORT_UNAPPLIED)
    return list(session.scalars(mine.order_by(Application.id)))


def people() -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_whoever_did_not_apply_becomes_an_application_at_the_preliminary_level(here: Here) -> None:
    number = build.an_id_number(sex=Sex.MALE)
    key = here.sent(here.row("张三", number), here.row("李四", conclusion="不合格", note="多次通知未报名"))
    assert (the(key).state, counts(key), entered(), people()) == (ImportState.CHECKED, (2, 0, 0, 0), [], 0)
    assert written(key, by=here.by).state is ImportState.DONE
    first, second = entered()
    assert (first.stage, first.conclusion, first.reason_code, first.reason) == (
        Stage.PRELIMINARY, Conclusion.DEFERRED, "N1", "逾期未申报",
    )  # fmt: skip
    assert (second.conclusion, second.reason) == (Conclusion.REFUSED, "多次通知未报名")
    assert first.registration_number == f"{here.campaign.year}{first.id:08d}"
    assert (first.school_id, first.bureau_id, first.form_version) == (here.school.id, here.city.gulou.id, 0)
    assert (first.sex, first.birth_date, first.decided_on) == (
        Sex.MALE, date(int(number[6:10]), int(number[10:12]), int(number[12:14])), clock.today(),
    )  # fmt: skip
    assert (first.person.id_number, first.person.name, first.person.email) == (number, "张三", "")
    event = session.scalars(select(Event).where(Event.application_id == first.id)).one()
    assert (event.move, event.to_stage, event.actor_id) == ("enter", Stage.PRELIMINARY, here.by.id)
    noted = select(AuditEntry.table_name, AuditEntry.action, AuditEntry.row_id)
    audited = set(map(tuple, session.execute(noted).all()))
    for one in (first, second):
        assert {("applications", "import", one.id), ("applications", "update", one.id)} <= audited
        assert ("people", "import", one.person_id) in audited


def test_they_go_on_through_review_and_final_as_the_others_do(here: Here) -> None:
    written(here.sent(here.row()), by=here.by)
    one = entered()[0]
    workflow.move(one.id, "agree", by=build.an_actor(Role.CITY, here.city.city))
    wish = Wish("逾期未申报", "N1", Conclusion.DEFERRED)
    workflow.move(one.id, "final", by=build.an_actor(Role.PROVINCE, here.city.province), wish=wish)
    assert (entered()[0].stage, entered()[0].conclusion) == (Stage.CONCLUDED, Conclusion.DEFERRED)


def test_nobody_reviews_whom_they_entered(here: Here) -> None:
    member = build.staff(Role.DISTRICT, here.city.gulou, id_number=build.an_id_number())
    by = access.actor_of_staff(member)
    written(here.sent(here.row(), by=by), by=by)
    also_me = build.staff(Role.CITY, here.city.city, id_number=member.id_number)
    with pytest.raises(Refused, match="复核须由他人办理"):
        workflow.move(entered()[0].id, "agree", by=access.actor_of_staff(also_me))


def test_everything_that_is_known_is_kept(here: Here) -> None:
    head = ("证件类型", "证件号码", "姓名", "性别", "证书号码", "资格种类", "任教学科", "认定机构", "签发日期",
            "现任教学校编码", "任教学段", "现任教学科", "初审结论", "原因代码", "说明", "依据文号")  # fmt: skip
    number, certificate = build.an_id_number(), build.a_certificate_number()
    key = here.sent(("居民身份证", number, "张三", "女", certificate, "3", "110", "320106-1", "2010-07-01", here.code,
                     "初级中学", "110", "初审暂缓注册", "N1", "外出未归", "宁教〔2026〕9号"), head=head)  # fmt: skip
    assert refusals(key) == {}
    written(key, by=here.by)
    one = entered()[0]
    assert (one.certificate_number, one.qualification_type_code, one.certificate_subject_code) == (
        certificate, "3", "110",
    )  # fmt: skip
    assert (one.authority.code, one.certificate_issued_on, one.teaching_subject_code) == (
        "320106-1", date(2010, 7, 1), "110",
    )  # fmt: skip
    assert one.reason == "外出未归（依据：宁教〔2026〕9号）"


def test_an_account_that_is_there_is_used_and_the_last_conclusion_says_which_registration_it_is(here: Here) -> None:
    person = build.a_person("张三")
    earlier = build.a_campaign(here.city.province)
    build.an_application(Stage.CONCLUDED, person=person, campaign=earlier, school=here.school,
                         point=build.a_point(serving=[here.school]), conclusion=Conclusion.DEFERRED)  # fmt: skip
    before = people()
    written(here.sent(here.row("张三", person.id_number)), by=here.by)
    assert people() == before
    assert (entered()[0].person_id, entered()[0].registration_type) == (person.id, RegistrationType.REAPPLY)


def test_whoever_was_entered_gets_an_account_by_a_code_of_the_district(here: Here) -> None:
    number = build.an_id_number()
    written(here.sent(here.row("张三", number)), by=here.by)
    one = entered()[0]
    slip = recovery.give_code(one.id, by=here.by, portal_url="https://portal.example", last=0)
    nobody = build.an_actor(None)
    plain = recovery.check_code(number, slip.code, by=nobody)
    recovery.set_new_password(plain, PASSWORD, by=nobody)
    person = session.get_one(Person, entered()[0].person_id)
    assert person.password_hash
    shown = status.timeline(one.id, by=access.actor_of_person(person))
    assert [event.move for event in shown] == ["enter"]


def test_the_review_shows_them_and_offers_no_move_of_an_import(here: Here) -> None:
    written(here.sent(here.row()), by=here.by)
    case = reviewing.case(entered()[0].id, by=here.by)
    assert not case.has_form
    assert [event.move for event in case.opinions] == ["enter"]
    deciding, others = reviewing.deciding_moves(case.application, by=here.by)
    assert {move.name for move in [*deciding, *others]} & {"enter", "strike"} == set()
    assert "revise_preliminary" in {move.name for move in deciding}


def test_the_same_file_again_changes_nothing(here: Here) -> None:
    row = here.row()
    written(here.sent(row), by=here.by)
    assert counts(here.sent(row)) == (0, 0, 1, 0)
    other = (*row[:3], "注册不合格", *row[4:])
    assert "已经报名" in refusals(here.sent(other))[2][0]


def test_every_row_that_does_not_fit_is_refused_with_a_sentence(here: Here) -> None:
    applied, drafting, known = build.a_person("张三"), build.a_person("李四"), build.a_person("王五")
    point = build.a_point(serving=[here.school])
    build.an_application(Stage.SUBMITTED, person=applied, campaign=here.campaign, school=here.school, point=point)
    build.an_application(Stage.DRAFT, person=drafting, campaign=here.campaign, school=here.school, point=point)
    number = build.an_id_number()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    key = here.sent(
        here.row("张三", applied.id_number),
        here.row("李四", drafting.id_number),
        here.row("王武", known.id_number),
        here.row(school=here.elsewhere.code),
        here.row(code="F1"),
        here.row(code=""),
        here.row(conclusion="合格"),
        here.row(number=wrong),
        here.row("张3"),
        here.row(number="320106********1234"),
        here.row(number=number),
        here.row(number=number),
    )
    found = refusals(key)
    assert set(found) == set(range(2, 14)) - {12}
    said = {2: "已经报名", 3: "未提交的申报", 4: "已登记的姓名不是“王武”", 5: f"没有找到“{here.elsewhere.code}”",
            6: "原因代码与结论不符", 7: "reason_code: 必须填写", 8: "“合格”不在可填的范围内", 9: "校验码",
            10: "姓名只能用文字", 11: "请填写完整号码", 13: "与第12行重复"}  # fmt: skip
    for row, words in said.items():
        assert any(words in text for text in found[row]), (row, found[row])


def test_a_certificate_of_somebody_else_is_refused(here: Here) -> None:
    authority = session.scalar(select(Authority.id).where(Authority.code == "320106-1"))
    mine, anothers, used = (build.a_certificate_number() for _number in range(3))
    build.add(Certificate(number=anothers, id_number=build.an_id_number(), name="张三", sex=Sex.FEMALE,
                          qualification_type_code="3", subject_code="110", authority_id=authority,
                          issued_on=date(2010, 7, 1)))  # fmt: skip
    build.an_application(Stage.SUBMITTED, campaign=here.campaign, school=here.school, certificate_number=used,
                         point=build.a_point(serving=[here.school]))  # fmt: skip
    head = (*HEAD[:5], "证书号码")
    rows = [(*here.row()[:5], number) for number in (mine, anothers, used)]
    found = refusals(here.sent(*rows, head=head))
    text = "certificate_number: 这个证书号码属于另一证件号码，请对照证书核对"
    assert found == {3: [text], 4: [text]}


def test_a_closed_window_and_the_own_name_stop_a_row(here: Here) -> None:
    member = build.staff(Role.DISTRICT, here.city.gulou, id_number=build.an_id_number())
    found = refusals(here.sent(here.row(number=member.id_number), by=access.actor_of_staff(member)))
    assert found == {2: [": 这是您本人的申请，须由他人办理，请转交同事"]}
    window = session.scalars(select(Window).where(Window.stage == WindowStage.PRELIMINARY)).one()
    build.change(window, closes_on=date(2001, 1, 1))
    assert refusals(here.sent(here.row()))[2] == [": 区县初审已经截止，如有疑问请联系所在区教育局"]


def test_a_city_enters_people_of_its_own_schools_alone(here: Here) -> None:
    own = build.a_school(bureau=here.city.city)
    by = build.an_actor(Role.CITY, here.city.city)
    key = here.sent(here.row(), here.row(school=own.code), by=by)
    assert refusals(key) == {2: ["school_id: 这所学校的教师不由您初审"]}
    assert written(key, by=by, partial=True).state is ImportState.DONE
    assert [one.school_id for one in entered()] == [own.id]


def test_only_whoever_decides_first_may_send_such_a_file_in(here: Here) -> None:
    for role, place in ((Role.SCHOOL, here.school), (Role.PROVINCE, here.city.province),
                        (Role.SUPERUSER, here.city.province), (Role.AUDITOR, here.city.province)):  # fmt: skip
        with pytest.raises(NotYours):
            here.sent(by=build.an_actor(role, place))
    assert session.scalar(select(Import.id)) is None


def test_whoever_applies_meanwhile_is_not_entered(here: Here) -> None:
    person = build.a_person("张三")
    key = here.sent(here.row("张三", person.id_number), here.row())
    applications.start(by=access.actor_of_person(person))
    verbs.start(key, by=here.by, digest=the(key).digest)
    running.work_off(key)
    running.work_off(key)
    assert (the(key).state, counts(key), entered()) == (ImportState.CHECKED, (1, 0, 0, 1), [])


def test_taking_back_strikes_whoever_nobody_else_has_decided_on(here: Here) -> None:
    rows = [here.row(name) for name in ("张三", "李四", "王五")]
    key = here.sent(*rows)
    written(key, by=here.by)
    first, second, third = (one.id for one in entered())
    workflow.move(second, "agree", by=build.an_actor(Role.CITY, here.city.city))
    build.change(session.get_one(Application, third), address="南京市")
    assert {str(text) for text, _count in undoing.preview(key, by=here.by)} == {"导入之后又被修改过，保留修改后的内容"}
    row = taken_back(key, by=here.by)
    assert (row.state, row.undone) == (ImportState.UNDONE, 1)
    stages = dict(session.execute(select(Application.id, Application.stage)).all())
    assert stages == {first: Stage.WITHDRAWN, second: Stage.REVIEWED, third: Stage.PRELIMINARY}
    struck = session.get_one(Application, first)
    assert (struck.conclusion, struck.reason_code, struck.decided_on) == (Conclusion.NONE, None, None)
    moves = session.scalars(select(Event.move).where(Event.application_id == first).order_by(Event.id)).all()
    assert moves == ["enter", "strike"]
    assert counts(here.sent(rows[0])) == (1, 0, 0, 0)
    written(here.sent(rows[0]), by=here.by)
    assert len(entered()) == 4


def test_what_was_published_is_not_struck(here: Here) -> None:
    key = here.sent(here.row())
    written(key, by=here.by)
    build.change(entered()[0], decided_on=date(2025, 12, 1))
    one = entered()[0]
    build.a_publicity(one.campaign, one.bureau, date(2026, 1, 1), clock.today())
    assert workflow.preview([one.id], "strike", by=here.by).refused[one.id][0].code == "published"


def test_an_application_of_the_own_making_cannot_be_struck(here: Here) -> None:
    one = build.an_application(Stage.PRELIMINARY, campaign=here.campaign, school=here.school,
                               point=build.a_point(serving=[here.school]))  # fmt: skip
    with pytest.raises(Refused, match="本人提交的申请"):
        workflow.move(one.id, "strike", by=here.by)
    assert inspect(one).identity is not None
    assert access.may(Application, one.id, by=here.by, to=Can.PRELIMINARY)


def test_whoever_never_applied_does_not_go_back_to_before_confirmation(here: Here) -> None:
    written(here.sent(here.row()), by=here.by)
    key = entered()[0].id
    workflow.move(key, "send_back_review", by=build.an_actor(Role.CITY, here.city.city), wish=Wish(reason="请复查"))
    with pytest.raises(Refused, match="没有可以撤销的现场确认"):
        workflow.move(key, "undo_confirm", by=here.by, wish=Wish(reason="材料不齐"))
    workflow.move(key, "preliminary", by=here.by, wish=Wish("逾期未申报", "N1", Conclusion.REFUSED))
    assert (entered()[0].stage, entered()[0].conclusion) == (Stage.PRELIMINARY, Conclusion.REFUSED)


def test_travel_permits_count_as_identity_documents(here: Here) -> None:
    key = here.sent(("港澳居民来往内地通行证", "h12345678", "陈大文", "女", here.code, "暂缓注册", "N1"),
                    head=("证件类型", "证件号码", "姓名", "性别", "学校编码", "初审结论", "原因代码"))  # fmt: skip
    assert refusals(key) == {}
    written(key, by=here.by)
    one = entered()[0]
    assert (one.person.id_kind, one.person.id_number, one.birth_date) == (
        IdKind.HK_MACAO_PERMIT, "H12345678", None,
    )  # fmt: skip
