from datetime import date

import pytest

from shared.models.kinds import IdKind, Sex
from shared.rules import identity

TODAY = date(2016, 10, 10)

RESIDENT_NUMBERS = [
    "320106198501010018",
    "32010419880808000X",
    "32011519921231004X",
    "320103197503150029",  # 白下区, merged in 2013
    "320124197503150020",  # 溧水县, a district since 2013
]
RESIDENCE_NUMBERS = [
    (IdKind.HK_MACAO_RESIDENCE, "810000199003070015"),
    (IdKind.HK_MACAO_RESIDENCE, "820000198812120024"),
    (IdKind.TAIWAN_RESIDENCE, "830000198706050036"),
]


def codes(kind: IdKind, number: str, today: date = TODAY) -> list[str]:
    return [problem.code for problem in identity.problems_with(kind, number, today=today)]


def with_check_character(body: str) -> str:
    """The sum is taken here by the other definition of ISO 7064 MOD 11-2, not by the table of weights."""
    product = 0
    for digit in body:
        product = (product + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - product) % 11]


@pytest.mark.parametrize("number", RESIDENT_NUMBERS)
def test_a_resident_number_is_accepted_whatever_district_issued_it(number: str) -> None:
    assert codes(IdKind.RESIDENT, number) == []


@pytest.mark.parametrize(("kind", "number"), RESIDENCE_NUMBERS)
def test_a_residence_permit_number_is_accepted_for_its_own_kind(kind: IdKind, number: str) -> None:
    assert codes(kind, number) == []


@pytest.mark.parametrize("year", range(1950, 1999))
def test_no_year_of_birth_is_refused_for_a_district_that_was_named_later(year: int) -> None:
    assert codes(IdKind.RESIDENT, with_check_character(f"320115{year}0101001"), date(2017, 1, 2)) == []


def test_the_check_character_must_fit() -> None:
    assert codes(IdKind.RESIDENT, "320106198501010010") == ["id.checksum"]


def test_any_single_wrong_digit_is_noticed() -> None:
    number = "320106198501010018"
    for place, right in enumerate(number):
        for wrong in set("0123456789") - {right}:
            assert codes(IdKind.RESIDENT, number[:place] + wrong + number[place + 1 :]) != []


def test_a_day_that_never_was_is_refused_although_the_check_character_fits() -> None:
    assert codes(IdKind.RESIDENT, "320102197902290022") == ["id.date"]


@pytest.mark.parametrize("birth", ["20161011", "18850101"])
def test_a_birth_after_today_or_before_1900_is_refused(birth: str) -> None:
    assert codes(IdKind.RESIDENT, with_check_character(f"320106{birth}001")) == ["id.date"]


def test_date_and_check_character_are_told_together() -> None:
    assert codes(IdKind.RESIDENT, "320102197902290023") == ["id.date", "id.checksum"]


def test_a_number_of_fifteen_digits_is_refused_with_the_way_out() -> None:
    (problem,) = identity.problems_with(IdKind.RESIDENT, "320106850101001", today=TODAY)
    assert problem.code == "id.fifteen_digits"
    assert problem.field == "id_number"
    assert problem.blocks
    assert "18位" in str(problem.text)


@pytest.mark.parametrize("number", ["32010619850101001", "3201061985010100188", "X20106198501010018", "¹" * 18 + "号"])
def test_another_form_is_refused(number: str) -> None:
    assert codes(IdKind.RESIDENT, number) == ["id.form"]


@pytest.mark.parametrize("kind", list(IdKind))
def test_an_empty_number_is_asked_for(kind: IdKind) -> None:
    assert codes(kind, "   ") == ["id.missing"]


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("19981010", []),  # 18 today
        ("19981011", ["id.age"]),
        ("19451011", []),  # 71 tomorrow
        ("19451010", ["id.age"]),
    ],
)
def test_an_age_outside_18_to_70_only_warns(birth: str, expected: list[str]) -> None:
    problems = identity.problems_with(IdKind.RESIDENT, with_check_character(f"320106{birth}001"), today=TODAY)
    assert [problem.code for problem in problems] == expected
    assert not any(problem.blocks for problem in problems)


def test_a_residence_permit_has_the_area_of_its_kind() -> None:
    assert codes(IdKind.HK_MACAO_RESIDENCE, "830000198706050036") == ["id.area"]
    assert codes(IdKind.TAIWAN_RESIDENCE, "810000199003070015") == ["id.area"]
    assert codes(IdKind.HK_MACAO_RESIDENCE, "320106198501010018") == ["id.area"]


def test_a_residence_permit_entered_as_a_resident_card_warns() -> None:
    (problem,) = identity.problems_with(IdKind.RESIDENT, "820000198812120024", today=TODAY)
    assert (problem.code, problem.blocks) == ("id.kind", False)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (IdKind.HK_MACAO_PERMIT, "H12345678"),
        (IdKind.HK_MACAO_PERMIT, "m1234567801"),
        (IdKind.TAIWAN_PERMIT, "12345678"),
        (IdKind.TAIWAN_PERMIT, "1234567801"),
    ],
)
def test_a_travel_permit_is_accepted_with_and_without_its_version(kind: IdKind, number: str) -> None:
    assert codes(kind, number) == []
    assert identity.born(kind, number) is None
    assert identity.sex(kind, number) is None


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (IdKind.HK_MACAO_PERMIT, "A12345678"),
        (IdKind.HK_MACAO_PERMIT, "H123456789"),
        (IdKind.HK_MACAO_PERMIT, "12345678"),
        (IdKind.TAIWAN_PERMIT, "123456789"),
        (IdKind.TAIWAN_PERMIT, "H12345678"),
        (IdKind.TAIWAN_PERMIT, "320106198501010018"),
    ],
)
def test_a_travel_permit_of_another_form_is_refused(kind: IdKind, number: str) -> None:
    assert codes(kind, number) == ["id.form"]


@pytest.mark.parametrize(
    "typed",
    [
        "32010419880808000x",
        "３２０１０４１９８８０８０８０００ｘ",
        " 320104 19880808 000x ",
        "320104\u300019880808\u200b000X",
        "\ufeff32010419880808000×",
    ],
)
def test_a_number_typed_with_a_chinese_keyboard_is_stored_in_one_way(typed: str) -> None:
    assert identity.normalise(IdKind.RESIDENT, typed) == "32010419880808000X"
    assert codes(IdKind.RESIDENT, typed) == []


def test_birth_and_sex_are_read_from_the_number() -> None:
    assert identity.born(IdKind.RESIDENT, "320106198501010018") == date(1985, 1, 1)
    assert identity.sex(IdKind.RESIDENT, "320106198501010018") is Sex.MALE
    assert identity.born(IdKind.HK_MACAO_RESIDENCE, "820000198812120024") == date(1988, 12, 12)
    assert identity.sex(IdKind.HK_MACAO_RESIDENCE, "820000198812120024") is Sex.FEMALE


@pytest.mark.parametrize("number", ["", "320106", "320102197902290022"])
def test_no_birth_is_read_from_an_impossible_number(number: str) -> None:
    assert identity.born(IdKind.RESIDENT, number) is None
