"""One teacher from the first field to 注册合格, through the services alone."""

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Campaign, Certificate, Draft, Event, NoticeText, Person, Receipt, StaffRequest
from shared.models.kinds import Conclusion, EntryStatus, EthicsGrade, IdKind, PostKind, Role, Sex, Stage
from shared.rules.fields import FIELDS, Input, Step, of_step
from shared.rules.rights import Actor
from shared.services import (
    accounts,
    applications,
    campaigns,
    confirming,
    counter,
    documents,
    drafts,
    forms,
    photos,
    reference,
    status,
    workflow,
)
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build

PORTAL = "https://zhuce.example.gov.cn"

PASSWORD = "Jiaoshi-2026"
VISITOR = accounts.anonymous("192.0.2.7")
IDENTITY = {
    "id_kind": IdKind.RESIDENT,
    "id_number": "３２０１０６１９８５０１０１００１８",
    "certificate_number": "2008 3200 1410 0045 6",
}


def a_phone_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 1200), (120, 160, 220)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def world(database: Any) -> Application:
    """A campaign with papers, a point that serves a school, and somebody else's application there."""
    build.a_campaign(publicity_days=0)
    point = build.a_point()
    build.a_material(session.scalar(select(Campaign)), "教师资格证书")
    build.add(NoticeText(key="terms", edition=1, body="服务条款", published_at=clock.now()))
    return build.an_application(point=point)


def full_answers(like: Application) -> dict[str, Any]:
    values = applications.of_application(like) | IDENTITY
    return {name: value for name, value in values.items() if name != "email"} | {
        "name": "张䶮",
        "certificate_issued_on": date(2008, 7, 1),
        "qualification_type_code": "3",
    }


def a_draft(values: dict[str, Any]) -> str:
    token = drafts.begin(by=VISITOR)
    for step in (Step.IDENTITY, Step.BUREAU, Step.POINT):
        applications.save_draft(
            token, {field.name: values[field.name] for field in of_step(step)}, by=VISITOR, step=step
        )
    return token


def a_teacher(like: Application) -> Actor:
    values = full_answers(like)
    token = a_draft(values)
    terms = campaigns.notice("terms")
    assert terms
    applications.agree(terms.id, by=VISITOR, token=token)
    by = applications.open_account(token, email="zhang@example.cn", password=PASSWORD, by=VISITOR).actor
    application = applications.mine(by=by)
    assert application
    materials = {
        f.name: values[f.name] for f in of_step(Step.MATERIALS) if f.input is not Input.PHOTO and f.name != "email"
    }
    applications.save(application.id, materials, by=by, version=application.version, step=Step.MATERIALS)
    return by


def my(by: Actor) -> Application:
    session.expire_all()
    application = applications.mine(by=by)
    assert application
    return application


def submitted(like: Application) -> Actor:
    by = a_teacher(like)
    photos.put(my(by).id, a_phone_photo(), by=by)
    applications.submit(my(by).id, by=by, version=my(by).version)
    return by


def test_a_teacher_applies_and_is_registered(world: Application) -> None:
    by = submitted(world)
    application = my(by)
    assert (application.stage, application.form_version) == (Stage.SUBMITTED, 1)
    assert application.registration_number == f"{clock.today().year}{application.id:08d}"
    assert application.sex is Sex.MALE
    assert application.person.id_number == "320106198501010018"
    pages = PdfReader(io.BytesIO(forms.printed([application.id], by=by, portal_url=PORTAL))).pages
    text = "".join(page.extract_text() for page in pages)
    assert "张䶮" in text
    assert application.registration_number in text

    school = build.an_actor(Role.SCHOOL, application.school)
    point = build.an_actor(Role.POINT, application.point)
    reference.change(Application, application.id, {"ethics": EthicsGrade.QUALIFIED}, by=school, version=None)
    workflow.move(application.id, "school_pass", by=school)
    desk = confirming.desk(counter.find("３２０１０６ 19850101 0018", by=point)[0].id, by=point)
    confirming.receive(application.id, [m.id for m in desk.materials], by=point)
    receipt = confirming.confirm(application.id, by=point, version=my(by).version, signed_version=1)
    paper = PdfReader(io.BytesIO(documents.receipts_of([application.id], by=point))).pages[0].extract_text()
    assert receipt.number in paper
    assert "320106********0018" in paper

    registered = Wish(conclusion=Conclusion.REGISTERED)
    bureau = application.bureau
    assert bureau
    assert bureau.parent
    workflow.move(application.id, "preliminary", by=build.an_actor(Role.DISTRICT, bureau), wish=registered)
    workflow.move(application.id, "agree", by=build.an_actor(Role.CITY, bureau.parent))
    workflow.move(application.id, "final", by=build.an_actor(Role.PROVINCE, bureau.parent.parent), wish=registered)
    application = my(by)
    assert (application.stage, application.conclusion) == (Stage.CONCLUDED, Conclusion.REGISTERED)
    assert "注册合格，有效期至" in str(status.reminders_for(application)[0].text)
    moves = [event.move for event in status.timeline(application.id, by=by)]
    assert moves == ["submit", "school_pass", "confirm", "preliminary", "agree", "final"]


def test_the_draft_ends_with_the_account_and_keeps_what_was_agreed_to(world: Application) -> None:
    by = a_teacher(world)
    assert session.scalar(select(Draft).where(Draft.token_hash.is_not(None))) is None
    terms = campaigns.notice("terms")
    assert terms
    assert applications.agreed(my(by).id, by=by) == {terms.id}
    assert accounts.log_in_teacher("320106198501010018", PASSWORD, address="192.0.2.1").actor.id == by.id


def test_every_problem_of_an_unfinished_form_is_told_at_once(world: Application) -> None:
    by = a_teacher(world)
    build.change(my(by), major=None, mobile="123")
    with pytest.raises(Refused) as refused:
        applications.submit(my(by).id, by=by, version=my(by).version)
    assert {problem.field for problem in refused.value.problems} >= {"major", "mobile", "photo"}
    assert my(by).stage is Stage.DRAFT


def test_a_certificate_of_somebody_else_is_refused_and_reported(world: Application) -> None:
    token = drafts.begin(by=VISITOR)
    answers = IDENTITY | {"certificate_number": world.certificate_number}
    with pytest.raises(Refused) as refused:
        applications.save_draft(token, answers, by=VISITOR, step=Step.IDENTITY)
    assert [problem.field for problem in refused.value.problems] == ["certificate_number"]
    with pytest.raises(Refused):
        applications.save_draft(token, answers, by=VISITOR, step=Step.IDENTITY)
    reports = session.scalars(select(StaffRequest)).all()
    assert len(reports) == 1
    assert reports[0].bureau_id == world.bureau_id


def test_an_id_number_with_an_account_is_sent_to_the_log_in(world: Application) -> None:
    submitted(world)
    with pytest.raises(Refused, match="请先登录"):
        applications.save_draft(drafts.begin(by=VISITOR), IDENTITY, by=VISITOR, step=Step.IDENTITY)


def test_a_change_after_submission_makes_a_new_version_and_voids_the_print(world: Application) -> None:
    by = submitted(world)
    forms.printed([my(by).id], by=by, portal_url=PORTAL)
    applications.save(my(by).id, {"major": "汉语言文学"}, by=by, version=my(by).version)
    assert my(by).form_version == 1, "nothing was changed"
    applications.save(my(by).id, {"major": "历史学"}, by=by, version=my(by).version)
    assert (my(by).form_version, my(by).printed_version) == (2, 1)
    assert "第2版" in str(status.reminders_for(my(by))[0].text)


def test_a_second_submit_of_the_same_form_is_told_so(world: Application) -> None:
    by = submitted(world)
    with pytest.raises(Refused, match="已提交"):
        applications.submit(my(by).id, by=by, version=my(by).version)


def test_the_older_of_two_tabs_is_told(world: Application) -> None:
    by = a_teacher(world)
    old = my(by).version
    applications.save(my(by).id, {"major": "历史学"}, by=by, version=old, step=Step.MATERIALS)
    with pytest.raises(Refused, match="另一个页面"):
        applications.save(my(by).id, {"major": "地理学"}, by=by, version=old, step=Step.MATERIALS)


def test_a_teacher_who_withdrew_may_start_again(world: Application) -> None:
    by = submitted(world)
    first = my(by)
    applications.withdraw(first.id, by=by, version=first.version)
    assert applications.start(by=by) != first.id
    assert my(by).stage is Stage.DRAFT
    assert my(by).major == "汉语言文学", "a new application starts from the last one's data"
    assert applications.start(by=by) == my(by).id, "a second click makes no second application"


def test_a_form_signed_before_a_correction_is_not_confirmed(world: Application) -> None:
    by = submitted(world)
    application = my(by)
    school = build.an_actor(Role.SCHOOL, application.school)
    point = build.an_actor(Role.POINT, application.point)
    reference.change(Application, application.id, {"ethics": EthicsGrade.QUALIFIED}, by=school, version=None)
    workflow.move(application.id, "school_pass", by=school)
    confirming.correct(application.id, {"post_kind": PostKind.OTHER, "name": "别人"}, by=point, version=my(by).version)
    assert my(by).post_kind is PostKind.OTHER
    assert my(by).name == "张䶮", "the desk may not change the name"
    build.papers_received(my(by))
    with pytest.raises(Refused, match="重新打印"):
        confirming.confirm(application.id, by=point, version=my(by).version, signed_version=1)
    assert counter.case(application.id, by=point, paper=1).void
    assert not counter.case(application.id, by=point, paper=2).void
    confirming.confirm(application.id, by=point, version=my(by).version, signed_version=2)
    assert my(by).stage is Stage.CONFIRMED


def test_a_certificate_that_the_registry_knows_is_locked_at_the_desk(world: Application) -> None:
    point = build.an_actor(Role.POINT, world.point)
    known = {name: getattr(world, name) for name in ("name", "sex", "qualification_type_code", "authority_id")}
    known |= {"number": world.certificate_number, "id_number": world.person.id_number, "issued_on": date(2010, 7, 1)}
    build.add(Certificate(subject_code=world.certificate_subject_code, **known))
    wished = {"certificate_issued_on": date(2010, 7, 2), "post_kind": PostKind.OTHER}
    confirming.correct(world.id, wished, by=point, version=world.version)
    session.expire_all()
    assert (world.certificate_issued_on, world.post_kind) == (date(2010, 7, 1), PostKind.OTHER)


def test_an_undone_confirmation_voids_its_receipt(world: Application) -> None:
    build.change(world, stage=Stage.SCHOOL_CHECKED)
    build.papers_received(world)
    point = build.an_actor(Role.POINT, world.point)
    first = confirming.confirm(world.id, by=point, version=world.version, signed_version=1).number
    session.expire_all()
    confirming.undo(world.id, by=point, version=world.version, reason="照片不符")
    receipt = session.scalar(select(Receipt).where(Receipt.number == first))
    assert receipt
    assert receipt.voided_at
    assert "已作废" in PdfReader(io.BytesIO(documents.receipts_of([world.id], by=point))).pages[0].extract_text()


def test_another_point_finds_nobody(world: Application) -> None:
    elsewhere = build.an_actor(Role.POINT, build.a_point())
    for text in (world.registration_number, world.person.id_number, f"{world.registration_number}-1"):
        with pytest.raises(NotYours):
            counter.find(text, by=elsewhere)


def test_five_wrong_passwords_lock_the_account(world: Application) -> None:
    a_teacher(world)
    for _attempt in range(5):
        with pytest.raises(Refused, match="不正确"):
            accounts.log_in_teacher("320106198501010018", "wrong", address="192.0.2.1")
    with pytest.raises(Refused, match="已锁定"):
        accounts.log_in_teacher("320106198501010018", PASSWORD, address="192.0.2.1")


def test_a_new_password_ends_other_sessions(world: Application) -> None:
    by = a_teacher(world)
    assert by.id
    accounts.change_password(PASSWORD, "Another-2026", by=by)
    assert accounts.teacher(by.id, 0, "") is None
    assert accounts.teacher(by.id, 1, "")


def test_unknown_and_known_names_get_the_same_answer(world: Application) -> None:
    sentences = set()
    for number in (world.person.id_number, "32010419880808000X"):
        with pytest.raises(Refused) as refused:
            accounts.log_in_teacher(number, "wrong", address="192.0.2.1")
        sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_every_field_is_on_the_printed_form(world: Application) -> None:
    rows = {label for block in forms.blocks(world) for row in block["rows"] for label, _value in row}
    assert rows == {str(field.label) for field in FIELDS if field.input is not Input.PHOTO}


def test_a_text_file_is_no_photo(world: Application) -> None:
    by = a_teacher(world)
    with pytest.raises(Refused) as refused:
        photos.put(my(by).id, b"not a picture", by=by)
    assert refused.value.problems[0].field == "photo"


def test_names_of_people_and_events_belong_to_their_application(world: Application) -> None:
    by = submitted(world)
    assert session.scalar(select(Person.name).where(Person.id == by.id)) == "张䶮"
    assert session.scalar(select(Event.actor_role).where(Event.application_id == my(by).id)) is Role.TEACHER


def test_a_submitted_form_stays_with_its_bureau(world: Application) -> None:
    by = submitted(world)
    elsewhere = build.a_bureau("南京市玄武区教育局", division="320102")
    with pytest.raises(Refused, match="不能更换注册机构"):
        applications.save(my(by).id, {"bureau_id": elsewhere.id}, by=by, version=my(by).version, step=Step.BUREAU)


def test_a_draft_that_changes_its_bureau_chooses_school_and_point_again(world: Application) -> None:
    by = a_teacher(world)
    elsewhere = build.a_school(bureau=build.a_bureau("南京市玄武区教育局", division="320102"))
    values = {"bureau_id": elsewhere.bureau_id}
    applications.save(my(by).id, values, by=by, version=my(by).version, step=Step.BUREAU)
    assert (my(by).bureau_id, my(by).school_id, my(by).point_id) == (elsewhere.bureau_id, None, None)


def test_a_new_school_brings_a_point_that_serves_it(world: Application) -> None:
    by = submitted(world)
    assert world.point
    new = build.a_school(bureau=world.point.bureau)
    build.a_point(serving=[new], status=EntryStatus.RETIRED)
    applications.save(my(by).id, {"school_id": new.id}, by=by, version=my(by).version, step=Step.BUREAU)
    assert my(by).point_id == world.point.id, "no open point serves it: any of the bureau's will do"
    applications.save(my(by).id, {"school_id": world.school_id}, by=by, version=my(by).version, step=Step.BUREAU)
    serving = build.a_point(serving=[new])
    warnings = applications.save(my(by).id, {"school_id": new.id}, by=by, version=my(by).version, step=Step.MATERIALS)
    assert "point.switched" in [problem.code for problem in warnings]
    assert (my(by).school_id, my(by).point_id) == (new.id, serving.id)


def test_the_household_register_names_a_district(world: Application) -> None:
    by = a_teacher(world)
    for wrong in ("320000", "320100"):
        with pytest.raises(Refused, match="区县"):
            applications.save(my(by).id, {"residence_code": wrong}, by=by, version=my(by).version, step=Step.MATERIALS)


def test_numbers_are_kept_as_plain_digits(world: Application) -> None:
    by = a_teacher(world)
    typed = {"mobile": "１３８ 0013-8001", "postcode": "２１００２４ "}
    applications.save(my(by).id, typed, by=by, version=my(by).version, step=Step.MATERIALS)
    assert (my(by).mobile, my(by).postcode) == ("13800138001", "210024")
    with pytest.raises(Refused, match="手机号码"):
        applications.save(my(by).id, {"mobile": "13٠٠١٣٨٠٠٠٠"}, by=by, version=my(by).version, step=Step.MATERIALS)


def test_a_certificate_of_the_future_is_refused(world: Application) -> None:
    answers = IDENTITY | {"certificate_number": "20993200131000456"}
    with pytest.raises(Refused, match="2099"):
        applications.save_draft(drafts.begin(by=VISITOR), answers, by=VISITOR, step=Step.IDENTITY)
