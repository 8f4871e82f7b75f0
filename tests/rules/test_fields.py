"""FIELDS: the one list of the form."""

from datetime import date

import pytest

from shared.models import Application, Ethnicity, Person, School, Subject
from shared.models.kinds import IdKind, Sex
from shared.rules.fields import (
    BY_NAME,
    FIELDS,
    MASKS,
    Field,
    Input,
    Mask,
    Section,
    Step,
    in_section,
    of_step,
    raw,
    shown,
    words,
)


@pytest.fixture
def application() -> Application:
    person = Person(id_kind=IdKind.RESIDENT, id_number="320106198001010014", name="王晓燕", email="wang@example.cn")
    return Application(
        person=person,
        name="王晓燕",
        sex=Sex.FEMALE,
        birth_date=date(1980, 1, 1),
        mobile="13812345678",
        landline="",
        ethnicity_code="01",
        ethnicity=Ethnicity(code="01", name="汉族"),
        school_id=3,
        school=School(code="S", name="第一中学"),
        certificate_subject_code="000",
        certificate_subject=Subject(code="000", name="无"),
    )


def test_no_name_and_no_label_stands_twice() -> None:
    assert len(BY_NAME) == len(FIELDS)
    assert len({str(field.label) for field in FIELDS}) == len(FIELDS)


def test_every_field_is_in_one_section_and_one_step() -> None:
    assert sorted(f.name for section in Section for f in in_section(section)) == sorted(BY_NAME)
    assert sorted(f.name for step in Step for f in of_step(step)) == sorted(BY_NAME)


def test_the_steps_ask_in_the_order_of_the_form() -> None:
    assert [field.name for field in of_step(Step.IDENTITY)] == ["id_kind", "id_number", "certificate_number"]
    assert [field.name for field in of_step(Step.POINT)] == ["point_id"]
    assert [field.name for field in of_step(Step.SCHOOL)] == ["ethics", "probation_passed_on"]


def test_the_school_fills_what_the_school_attests_and_the_teacher_the_rest() -> None:
    assert {field.name for field in in_section(Section.SCHOOL)} == {field.name for field in of_step(Step.SCHOOL)}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_field_says_how_it_is_entered(field: Field) -> None:
    assert (field.kinds is not None) == (field.input is Input.KIND)
    assert (field.entries is not None) == (field.input is Input.ENTRY)
    assert str(field.label)
    assert field.longest > 0


def test_the_document_is_the_account_and_nobody_corrects_it_at_the_desk() -> None:
    assert {field.name for field in FIELDS if field.of_person} == {"id_kind", "id_number", "email"}
    assert not any(field.correctable for field in FIELDS if field.of_person)


def test_the_desk_corrects_the_post_and_the_certificate_and_nothing_else() -> None:
    """S19: the point (a move of its own), the present post, and the certificate."""
    correctable = {field.section for field in FIELDS if field.correctable}
    assert correctable == {Section.POST, Section.CERTIFICATE}
    certificate = {field.name for field in in_section(Section.CERTIFICATE) if not field.correctable}
    assert certificate == set()


def test_sex_and_birthday_come_from_the_number() -> None:
    assert [field.name for field in FIELDS if field.derived] == ["sex", "birth_date"]


def test_every_way_of_masking_is_known() -> None:
    assert set(MASKS) == set(Mask) - {Mask.NONE}
    personal = {field.name for field in FIELDS if field.mask is not Mask.NONE}
    assert personal == {"id_number", "mobile", "landline", "email"}


def test_the_value_of_the_person_and_of_the_application(application: Application) -> None:
    assert raw(BY_NAME["id_number"], application) == "320106198001010014"
    assert raw(BY_NAME["school_id"], application) == 3
    assert raw(BY_NAME["postcode"], application) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("id_kind", "居民身份证"),
        ("id_number", "320106********0014"),
        ("mobile", "138****5678"),
        ("email", "w***@example.cn"),
        ("sex", "女"),
        ("birth_date", "1980-01-01"),
        ("ethnicity_code", "汉族"),
        ("school_id", "第一中学"),
        ("certificate_subject_code", "无"),
        ("name", "王晓燕"),
        ("landline", ""),
        ("title_code", ""),
        ("postcode", ""),
        ("photo", ""),
    ],
)
def test_a_value_is_shown_in_words_with_personal_ones_masked(application: Application, name: str, text: str) -> None:
    assert shown(BY_NAME[name], application) == text


def test_whoever_may_sees_a_personal_value_in_full(application: Application) -> None:
    assert shown(BY_NAME["id_number"], application, masked=False) == "320106198001010014"
    assert shown(BY_NAME["mobile"], application, masked=False) == "13812345678"


def test_words_of_a_value_that_is_no_row() -> None:
    assert words(BY_NAME["sex"], Sex.MALE) == "男"
    assert words(BY_NAME["mobile"], "13812345678") == "13812345678"
    assert words(BY_NAME["mobile"], "13812345678", masked=True) == "138****5678"


@pytest.mark.parametrize(
    ("name", "relation"),
    [("school_id", "school"), ("certificate_subject_code", "certificate_subject"), ("putonghua_code", "putonghua")],
)
def test_the_relation_of_a_chosen_row_is_named_after_its_column(name: str, relation: str) -> None:
    assert BY_NAME[name].relation == relation
