"""How names are compared: spellings that mean the same, abbreviations, and names that merely share an ending."""

import pytest

from shared.rules import likeness

INSTITUTIONS = (
    "南京师范大学",
    "南京大学",
    "云南师范大学",
    "华南师范大学",
    "华东师范大学",
    "东南大学",
    "苏州大学",
    "江苏大学",
    "北京师范大学",
    "东北师范大学",
)
SCHOOLS = ("南京市宁海中学", "南京市宁海中学分校", "南京师范大学附属中学", "南京市第二十九中学", "金陵中学")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("南师大", "南京师范大学"),
        ("南大", "南京大学"),
        ("苏大", "苏州大学"),
        ("北师大", "北京师范大学"),
        ("华师大", "华东师范大学"),
    ],
)
def test_an_abbreviation_finds_first_what_begins_like_it(typed: str, meant: str) -> None:
    assert likeness.ranked(typed, INSTITUTIONS, 6)[0] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("宁海中学", "南京市宁海中学"),
        ("南京宁海中学", "南京市宁海中学"),
        ("南师附中", "南京师范大学附属中学"),
        ("金陵中学河西分校", "金陵中学"),
    ],
)
def test_a_short_form_finds_the_school(typed: str, meant: str) -> None:
    assert likeness.ranked(typed, SCHOOLS, 6)[0] == meant


def test_what_only_shares_an_ending_is_not_alike() -> None:
    assert likeness.ranked("火星中学", SCHOOLS, 6) == []


def test_widths_brackets_and_blanks_make_no_difference() -> None:
    assert likeness.plain("南京大学（苏州 校区）") == likeness.plain("南京大学(苏州校区)")
    assert likeness.plain("ＵＣＬＡ\u200b") == "ucla"


def test_pairs_are_each_named_once() -> None:
    assert likeness.pairs("哈哈哈哈") == ["哈哈"]
    assert likeness.pairs("无") == ["无"]
