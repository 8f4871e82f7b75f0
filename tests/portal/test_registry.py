"""A certificate that the registry knows is filled in and locked (S19); an early number is completed and shown."""

from datetime import date

from shared.db import session
from shared.models import Application, Authority, Certificate
from shared.models.kinds import Sex
from tests import build
from tests.portal.teacher import Teacher, words_of


def a_registered_certificate(teacher: Teacher, **fields: object) -> Certificate:
    values = {
        "number": teacher.certificate_number,
        "id_number": teacher.id_number,
        "name": "王晓燕",
        "sex": Sex.FEMALE,
        "qualification_type_code": "4",
        "subject_code": "111",
        "authority_id": session.query(Authority.id).filter_by(code="320100-1").scalar(),
        "issued_on": date(2010, 7, 2),
    }
    return build.add(Certificate(**(values | fields)))


def test_a_registered_certificate_is_filled_in_and_locked_with_the_reason(teacher: Teacher) -> None:
    a_registered_certificate(teacher)
    teacher.fills_in("read", "terms", "identity", "basics")
    page = teacher.opens("/apply/certificate").get_data(as_text=True)
    assert "不能修改" in page
    for name in ("qualification_type_code", "authority_id", "certificate_subject_code", "certificate_issued_on"):
        assert f'name="{name}"' not in page
    assert "高级中学教师资格" in page
    assert "2010-07-02" in page
    assert teacher.posts("/apply/certificate", authority_id="南京市鼓楼区教育局").location == "/apply/bureau"
    teacher.fills_in("bureau", "school", "point", "attention", "account")
    session.rollback()
    application = session.query(Application).one()
    assert (application.qualification_type_code, application.certificate_subject_code) == ("4", "111")
    assert application.authority.name == "南京市教育局"


def test_another_number_is_not_locked(teacher: Teacher) -> None:
    a_registered_certificate(teacher, number="20103201642000999")
    teacher.fills_in("read", "terms", "identity", "basics")
    page = teacher.opens("/apply/certificate").get_data(as_text=True)
    assert 'name="authority_id"' in page
    assert "不能修改" not in page


def test_somebody_elses_registered_certificate_is_refused(teacher: Teacher) -> None:
    a_registered_certificate(teacher, id_number=build.an_id_number())
    teacher.fills_in("read", "terms")
    assert "已由另一证件号码申报" in words_of(teacher.step("identity"))


def test_a_number_of_fifteen_digits_is_completed_before_everybodys_eyes(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms")
    assert teacher.step("identity", certificate_number="９６３２０１-０６３１００１２３").location == "/apply/basics"
    assert "已自动补全为17位：19963201063100123" in words_of(teacher.opens("/apply/basics"))
    teacher.fills_in("basics")
    page = words_of(teacher.opens("/apply/certificate"))
    assert "号码中的发证年份 1996" in page
    assert "号码中的资格种类 初级中学教师资格" in page
