"""Long lists are typed into: what is found, what it may have been, and what is added because it is missing."""

from shared.db import session
from shared.models import Application, Authority, Division, Institution, School, StaffRequest, Subject
from shared.models.kinds import BureauLevel, EntryStatus, RequestKind
from tests import build
from tests.portal.teacher import MATERIALS, Teacher, words_of

TO_CERTIFICATE = ("read", "terms", "identity", "basics")
TO_SCHOOL = (*TO_CERTIFICATE, "certificate", "bureau")


def the_application() -> Application:
    session.rollback()
    return session.query(Application).one()


def suggestions(teacher: Teacher, field: str, text: str) -> list[str]:
    names: list[str] = teacher.client.get(f"/apply/find/{field}", query_string={"q": text}).json["names"]
    return names


def test_names_are_suggested_while_they_are_typed(teacher: Teacher) -> None:
    teacher.fills_in(*TO_SCHOOL)
    assert suggestions(teacher, "school_id", "宁海") == ["宁海中学"]
    assert suggestions(teacher, "school_id", "") == ["宁海中学"]
    assert suggestions(teacher, "residence_code", "鼓楼") == ["江苏省南京市鼓楼区"]
    assert suggestions(teacher, "institution_id", "") == []
    assert teacher.opens("/apply/find/mobile").status_code == 404
    assert Teacher(teacher.app, teacher.place).opens("/apply/find/school_id").status_code == 404


def test_schools_of_another_bureau_are_not_suggested(teacher: Teacher) -> None:
    build.a_school("宁海二中", bureau=build.a_bureau())
    teacher.fills_in(*TO_SCHOOL)
    assert suggestions(teacher, "school_id", "宁海") == ["宁海中学"]


def test_what_is_like_the_typed_name_is_offered_first(teacher: Teacher) -> None:
    build.a_school("宁海中学分校", bureau=session.get(School, teacher.place.school_id).bureau)
    teacher.fills_in(*TO_SCHOOL)
    answer = teacher.step("school", school_id="南京宁海中学")
    page = words_of(answer)
    assert answer.status_code == 422
    assert "您要找的是不是" in page
    assert page.index("宁海中学") < page.index("添加“南京宁海中学”")
    pick = {"school_id": "南京宁海中学", "school_id-pick": str(teacher.place.school_id)}
    assert teacher.step("school", **pick).location == "/apply/point"


def test_a_row_that_was_not_offered_cannot_be_picked(teacher: Teacher) -> None:
    elsewhere = build.a_school("别处小学", bureau=build.a_bureau()).id
    teacher.fills_in(*TO_SCHOOL)
    answer = teacher.step("school", school_id="宁海", **{"school_id-pick": str(elsewhere)})
    assert answer.status_code == 422


def test_a_missing_school_is_added_and_the_application_goes_on(teacher: Teacher) -> None:
    teacher.fills_in(*TO_SCHOOL)
    answer = teacher.step("school", school_id="火星实验学校")
    assert "列表里没有“火星实验学校”" in words_of(answer)
    assert session.query(School).filter_by(name="火星实验学校").count() == 0
    adding = {"school_id": "火星实验学校", "school_id-pick": "new"}
    assert teacher.step("school", **adding).location == "/apply/point"
    assert "已添加“火星实验学校”" in words_of(teacher.opens("/apply/point"))
    assert session.query(StaffRequest).count() == 0, "staff are asked when there is an account"
    teacher.fills_in("point", "attention", "account")
    school = the_application().school
    assert school
    assert (school.status, school.bureau_id) == (EntryStatus.PENDING, teacher.place.bureau_id)
    request = session.query(StaffRequest).one()
    assert (request.kind, request.entry_code, request.text) == (RequestKind.ADD_SCHOOL, school.code, "火星实验学校")
    assert request.application_id == the_application().id
    teacher.fills_in(*MATERIALS, "photo", "check")
    assert the_application().form_version == 1


def test_what_was_added_is_added_once_and_then_found_by_others(teacher: Teacher) -> None:
    adding = {"school_id": "火星实验学校", "school_id-pick": "new"}
    other = Teacher(teacher.app, teacher.place)
    other.fills_in(*TO_SCHOOL)
    teacher.fills_in(*TO_SCHOOL)
    teacher.step("school", **adding)
    assert suggestions(other, "school_id", "火星") == [], "nobody's row yet"
    teacher.fills_in("point", "attention", "account")
    assert suggestions(other, "school_id", "火星") == ["火星实验学校"]
    assert other.step("school", **adding).location == "/apply/point"
    assert session.query(School).filter_by(name="火星实验学校").count() == 1


def test_an_authority_that_no_list_has_is_asked_of_the_city(teacher: Teacher) -> None:
    teacher.fills_in(*TO_CERTIFICATE)
    seal = "南京市鼓楼区文教委员会"
    answer = teacher.step("certificate", authority_id=seal, **{"authority_id-pick": "new"})
    assert answer.location == "/apply/bureau"
    teacher.fills_in("bureau", "school", "point", "attention", "account")
    made = session.query(Authority).filter_by(name=seal).one()
    assert (made.status, made.division_code, made.level) == (EntryStatus.PENDING, "320106", BureauLevel.COUNTY)
    request = session.query(StaffRequest).one()
    assert request.bureau_id == the_application().campaign.bureau_id


def test_a_subject_and_an_institution_can_be_added_too(teacher: Teacher) -> None:
    teacher.fills_in(*TO_CERTIFICATE)
    teacher.step("certificate", certificate_subject_code="珠算", **{"certificate_subject_code-pick": "new"})
    teacher.fills_in("bureau", "school", "point", "attention", "account", "work", "contract")
    answer = teacher.step("education", institution_id="火星师范学校", **{"institution_id-pick": "new"})
    assert answer.location == "/apply/person"
    assert session.query(Subject).filter_by(name="珠算").one().status is EntryStatus.PENDING
    assert session.query(Institution).filter_by(name="火星师范学校").one().status is EntryStatus.PENDING
    kinds = {request.kind for request in session.query(StaffRequest)}
    assert kinds == {RequestKind.ADD_SUBJECT, RequestKind.ADD_INSTITUTION}


def test_nobody_fills_the_lists_with_rubbish(teacher: Teacher) -> None:
    teacher.fills_in(*TO_SCHOOL)
    for name in ("<script>", "校", "a" * 101, "学\u202e校;"):
        answer = teacher.step("school", school_id=name, **{"school_id-pick": "new"})
        assert answer.status_code == 422, name
    for number in range(7):
        answer = teacher.step("school", school_id=f"第{number}火星学校", **{"school_id-pick": "new"})
    assert "添加的条目太多了" in words_of(answer)
    assert session.query(School).filter_by(status=EntryStatus.PENDING).count() == 5


def test_a_place_of_one_name_in_two_cities_is_asked_for(teacher: Teacher) -> None:
    build.add(
        *(
            Division(code=code, name=name, level=level, parent_code=parent)
            for code, name, level, parent in (
                ("320300", "徐州市", BureauLevel.CITY, "320000"),
                ("320302", "鼓楼区", BureauLevel.COUNTY, "320300"),
            )
        )
    )
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education")
    answer = teacher.step("person", residence_code="鼓楼区")
    page = words_of(answer)
    assert answer.status_code == 422
    assert "江苏省南京市鼓楼区" in page
    assert "江苏省徐州市鼓楼区" in page
    assert "添加" not in page
    assert teacher.step("person", residence_code="徐州市鼓楼区").location == "/apply/contact"
