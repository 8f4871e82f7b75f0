"""Mails are written in Chinese, from templates of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared import text
from shared.services import letters
from shared.text import _


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(letters, "TEMPLATES", tmp_path)
    monkeypatch.setattr(letters, "_portal", "https://registration.example.cn")
    letters._template.cache_clear()
    yield tmp_path
    letters._template.cache_clear()


def test_the_first_line_is_the_subject_and_the_rest_the_body(templates: Path) -> None:
    (templates / "x.txt").write_text("关于{{ name }}\n\n{{ name }}：\n请登录{{ portal }}。\n\n", encoding="utf-8")
    assert letters.write("x", name="A&B") == ("关于A&B", "A&B：\n请登录https://registration.example.cn。\n")


def test_values_are_chinese_whatever_the_reader_has_chosen(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_translate", lambda _message: "submitted")
    (templates / "x.txt").write_text("{{ state }}\n", encoding="utf-8")
    assert letters.write("x", state=_("已提交"))[0] == "已提交"
    assert str(_("已提交")) == "submitted"


def test_a_value_that_is_missing_is_a_fault_and_not_a_gap(templates: Path) -> None:
    (templates / "x.txt").write_text("{{ name }}\n", encoding="utf-8")
    with pytest.raises(UndefinedError):
        letters.write("x")
