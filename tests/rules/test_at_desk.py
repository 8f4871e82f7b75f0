"""What a scanner or a person puts into the field of the desk."""

import pytest

from shared.models.kinds import Stage
from shared.rules.at_desk import STANDING, Scan, read, version_on_paper
from shared.rules.states import MOVES


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        ("202600000012-3", Scan("202600000012", 3)),
        (" ２０２６００００００１２－３\r\n", Scan("202600000012", 3)),
        ("202600000012", Scan("202600000012")),
        ("32010619800101001x", Scan("32010619800101001X")),
        ("2026-P12-00007", Scan("2026-P12-00007", is_receipt=True)),
        ("   ", Scan("")),
    ],
)
def test_a_scan_is_read_whatever_keyboard_it_came_from(text: str, scan: Scan) -> None:
    assert read(text) == scan


def test_the_version_is_typed_or_scanned_from_this_applicants_form() -> None:
    assert version_on_paper("3", "202600000012") == 3
    assert version_on_paper("202600000012-3", "202600000012") == 3
    assert "不是这一位的" in str(version_on_paper("202600000099-3", "202600000012"))
    assert "请扫申请表上的二维码" in str(version_on_paper("三", "202600000012"))


def test_whoever_cannot_be_confirmed_is_told_why() -> None:
    assert set(STANDING) == set(Stage) - set(MOVES["confirm"].paths)
