"""What differs, and how it is told."""

from datetime import date

from shared.models import Application, Authority, Certificate, Person, QualificationType, Subject
from shared.models.kinds import IdKind, Sex
from shared.rules.comparing import in_words, since_version, with_registry

CHINESE, MATHS = Subject(code="110", name="语文"), Subject(code="120", name="数学")
JUNIOR = QualificationType(code="3", name="初级中学教师资格")
GULOU = Authority(id=7, name="南京市鼓楼区教育局")


def _application(**fields: object) -> Application:
    person = Person(id_kind=IdKind.RESIDENT, id_number="320106198001010014", name="王晓燕", email="wang@example.cn")
    values = {
        "certificate_number": "20103201632000001",
        "name": "王晓燕",
        "sex": Sex.FEMALE,
        "qualification_type_code": "3",
        "qualification_type": JUNIOR,
        "authority_id": 7,
        "authority": GULOU,
        "certificate_subject_code": "110",
        "certificate_subject": CHINESE,
        "certificate_issued_on": date(2010, 7, 1),
    }
    return Application(person=person, **(values | fields))


def _certificate(**fields: object) -> Certificate:
    values = {
        "number": "20103201632000001",
        "id_number": "320106198001010014",
        "name": "王晓燕",
        "sex": Sex.FEMALE,
        "qualification_type_code": "3",
        "qualification_type": JUNIOR,
        "subject_code": "110",
        "subject": CHINESE,
        "authority_id": 7,
        "authority": GULOU,
        "issued_on": date(2010, 7, 1),
    }
    return Certificate(**(values | fields))


def test_what_agrees_with_the_registry_is_not_told() -> None:
    assert with_registry(_application(), _certificate()) == []


def test_what_the_registry_says_stands_beside_what_the_form_says() -> None:
    known = _certificate(subject_code="120", subject=MATHS, issued_on=date(2011, 7, 1), name="王小燕")
    found = {one.field.name: (one.old, one.new) for one in with_registry(_application(), known)}
    assert found == {
        "name": ("王小燕", "王晓燕"),
        "certificate_subject_code": ("数学", "语文"),
        "certificate_issued_on": ("2011-07-01", "2010-07-01"),
    }


def test_another_holders_number_is_masked_unless_the_caller_may_see_it() -> None:
    known = _certificate(id_number="320106199912120026")
    [masked] = with_registry(_application(), known)
    assert (masked.old, masked.new) == ("320106********0026", "320106********0014")
    [whole] = with_registry(_application(), known, masked=False)
    assert (whole.old, whole.new) == ("320106199912120026", "320106198001010014")


FIRST = {"stage": ["draft", "submitted"], "form_version": ["0", "1"]}
SECOND = [{"form_version": ["1", "2"]}, {"major": ["中文", "汉语言文学"], "post_kind": ["other", "established"]}]
THIRD = [{"form_version": ["2", "3"], "point_id": ["4", "5"]}, {"major": ["汉语言文学", "文学"], "reason": ["", "x"]}]


def test_what_changed_is_told_from_the_version_that_was_signed() -> None:
    changes = [FIRST, *SECOND, *THIRD]
    assert since_version(changes, 2) == {"point_id": ("4", "5"), "major": ("汉语言文学", "文学")}
    assert since_version(changes, 1) == {
        "point_id": ("4", "5"),
        "post_kind": ("other", "established"),
        "major": ("中文", "文学"),
    }
    assert since_version(changes, 3) == {}


def test_what_was_changed_back_is_no_difference() -> None:
    back = [{"form_version": ["3", "4"]}, {"major": ["文学", "汉语言文学"], "point_id": ["5", "4"]}]
    assert since_version([FIRST, *SECOND, *THIRD, *back], 2) == {}


def test_two_numbers_with_one_mask_are_still_a_difference() -> None:
    change = [{"form_version": ["1", "2"]}, {"mobile": ["138****5678", "138****5678"]}]
    assert since_version(change, 1) == {"mobile": ("138****5678", "138****5678")}


def test_what_the_school_writes_by_hand_makes_no_print_void() -> None:
    assert since_version([{"form_version": ["1", "2"]}, {"ethics": [None, "qualified"]}], 1) == {}


def test_differences_are_told_in_words_and_in_the_forms_order() -> None:
    pairs = since_version([FIRST, *SECOND, *THIRD], 1)
    told = in_words(pairs, lambda field, text: f"{field.name} {text}")
    assert [(str(one.label), one.old, one.new) for one in told] == [
        ("确认点", "point_id 4", "point_id 5"),
        ("岗位性质", "其他", "在编在岗"),
        ("所学专业", "中文", "文学"),
    ]
