from datetime import date

import pytest

from shared.models.kinds import Sex, TeachingStage
from shared.rules import certificate
from shared.rules.certificate import Decoded, Layout

HOLDER = "320106197503150014"
LEGACY = "19963201064000123"
MODERN = "20083200141000456"


def warned(number: str, **known: object) -> list[str]:
    facts: dict[str, object] = {"type_code": "", "sex": None, "issued_on": None, "id_number": ""} | known
    problems = certificate.warnings(number, **facts)  # type: ignore[arg-type]
    assert not any(problem.blocks for problem in problems)
    assert {problem.field for problem in problems} <= {"certificate_number"}
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("963201064000123", LEGACY),
        ("003201064000123", "20003201064000123"),
        ("013201064000123", "20013201064000123"),
        ("2008 3200-1410 00456", MODERN),
        ("２００８３２００１４－１０００４５６", MODERN),
        ("2008-3200—14-1000456\u3000", MODERN),
    ],
)
def test_a_number_is_stored_in_one_way(typed: str, stored: str) -> None:
    assert certificate.normalise(typed) == stored
    assert certificate.problems_with(typed) == []


def test_a_number_of_fifteen_digits_is_read_by_the_layout_of_its_time() -> None:
    assert certificate.decode("963201064000123") == Decoded(
        1996, Layout.LEGACY, "32", "", type_code="4", sex_digit="0", holder_prefix="320106", running="00123"
    )


@pytest.mark.parametrize(("number", "year", "sex_digit"), [(MODERN, 2008, "1"), ("20153200142000123", 2015, "2")])
def test_a_number_since_2001_is_read_by_the_present_layout(number: str, year: int, sex_digit: str) -> None:
    assert certificate.decode(number) == Decoded(
        year, Layout.MODERN, "32", "001", type_code="4", sex_digit=sex_digit, holder_prefix="", running=number[11:]
    )


def test_in_2001_the_holders_area_tells_the_older_layout() -> None:
    number = "20013201064000123"
    legacy = certificate.decode(number, id_number=HOLDER)
    modern = certificate.decode(number, id_number="110101197503150014")
    assert legacy is not None
    assert (legacy.layout, legacy.type_code) == (Layout.LEGACY, "4")
    assert modern is not None
    assert (modern.layout, modern.authority_code) == (Layout.MODERN, "010")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "certificate.missing"),
        (" - ", "certificate.missing"),
        ("苏20083200141000456", "certificate.form"),
        ("2008320014100045", "certificate.length"),
        ("200832001410004567", "certificate.length"),
        ("083200141000456", "certificate.year"),
        ("953201064000123", "certificate.year"),
        ("19953201064000123", "certificate.year"),
        ("30083200141000456", "certificate.year"),
    ],
)
def test_a_text_without_the_shape_of_a_number_is_refused(typed: str, code: str) -> None:
    (problem,) = certificate.problems_with(typed)
    assert (problem.code, problem.field, problem.blocks) == (code, "certificate_number", True)
    assert certificate.decode(typed) is None
    assert warned(typed, type_code="1", sex=Sex.MALE) == []


def test_a_number_that_agrees_with_everything_gives_no_warning() -> None:
    assert warned(LEGACY, type_code="4", sex=Sex.MALE, issued_on=date(1996, 12, 1), id_number=HOLDER) == []
    assert warned("20153200142000123", type_code="4", sex=Sex.FEMALE, issued_on=date(2015, 6, 1)) == []


def test_every_contradiction_is_told_at_once() -> None:
    known = {"type_code": "3", "sex": Sex.FEMALE, "issued_on": date(1997, 1, 5), "id_number": "110101197503150014"}
    assert warned(LEGACY, **known) == [
        "certificate.type_digit",
        "certificate.sex_digit",
        "certificate.issue_year",
        "certificate.holder",
    ]


@pytest.mark.parametrize(
    ("number", "sex", "expected"),
    [
        ("19993201064000123", Sex.MALE, []),
        ("19993201064100123", Sex.FEMALE, []),
        ("20073200140000456", Sex.MALE, []),
        (MODERN, Sex.FEMALE, []),
        ("20093200141000456", Sex.MALE, []),
        ("20093200142000456", Sex.FEMALE, []),
        ("20093200141000456", Sex.FEMALE, ["certificate.sex_digit"]),
        ("20073200141000456", Sex.MALE, ["certificate.sex_digit"]),
        ("20093200147000456", Sex.MALE, ["certificate.sex_digit"]),
    ],
)
def test_the_sex_digit_is_read_as_it_was_meant_in_its_year(number: str, sex: Sex, expected: list[str]) -> None:
    assert warned(number, sex=sex) == expected


def test_until_2007_a_wrong_type_is_replaced_first_and_afterwards_the_city_corrects_it() -> None:
    def advice(number: str) -> str:
        (problem,) = certificate.warnings(number, type_code="2", sex=None, issued_on=None, id_number="")
        return str(problem.text)

    assert "换证" in advice("20073200141000456")
    assert "市级教育行政部门" in advice(MODERN)


def test_a_travel_permit_is_not_compared_with_the_holders_area() -> None:
    assert warned(LEGACY, id_number="H12345678") == []


K, P, J, S = TeachingStage.KINDERGARTEN, TeachingStage.PRIMARY, TeachingStage.JUNIOR, TeachingStage.SENIOR
V, W, D = TeachingStage.VOCATIONAL, TeachingStage.VOCATIONAL_PRACTICE, TeachingStage.SPECIAL
ALLOWED = {
    "1": {K, D},
    "2": {K, P, D},
    "3": {K, P, J, D},
    "4": {K, P, J, S, V, W, D},
    "5": {K, P, J, S, V, W, D},
    "6": {W, D},
    "7": set(),
    "": set(),
}


@pytest.mark.parametrize("type_code", list(ALLOWED))
@pytest.mark.parametrize("stage", list(TeachingStage))
def test_a_certificate_serves_at_its_own_level_and_below(type_code: str, stage: TeachingStage) -> None:
    allowed = stage in ALLOWED[type_code]
    assert certificate.may_teach(type_code, stage) is allowed
    problems = certificate.level_problems(type_code, stage)
    assert [(p.field, p.blocks) for p in problems] == ([] if allowed else [("teaching_stage", True)])


@pytest.mark.parametrize(
    ("type_code", "stage", "code"),
    [
        ("2", J, "certificate.level"),
        ("6", V, "certificate.practice_only"),
        ("7", S, "certificate.not_registrable"),
    ],
)
def test_the_reason_names_the_rule_that_is_broken(type_code: str, stage: TeachingStage, code: str) -> None:
    assert [problem.code for problem in certificate.level_problems(type_code, stage)] == [code]


def test_too_low_a_certificate_is_told_with_the_stage_taught() -> None:
    (problem,) = certificate.level_problems("1", P)
    assert "小学" in str(problem.text)


def test_another_subject_only_warns() -> None:
    (problem,) = certificate.subject_warnings("语文", "数学")
    assert (problem.code, problem.blocks) == ("certificate.subject", False)


@pytest.mark.parametrize(("on_certificate", "taught"), [("语文", "语文"), ("无", "数学"), ("", "数学"), ("语文", "")])
def test_the_same_subject_or_none_on_the_certificate_does_not_warn(on_certificate: str, taught: str) -> None:
    assert certificate.subject_warnings(on_certificate, taught) == []
