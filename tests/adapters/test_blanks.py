"""Forms that are laid out once and filled in many times say the same as if each had been laid out."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from pypdf import PdfReader

from shared.adapters import blanks, pdf
from tests.adapters.test_pdf import LONG_SCHOOL, NOWHERE, a_page, prepared_fonts, rightmost_end_of_text

__all__ = ["prepared_fonts"]

NAMES = ["张䶮", "李㼆", "王𠮷", "阿卜杜拉·买买提", "<b>&amp;"]


def a_sheet(name: str, school: str = "", literal: str = "") -> blanks.Sheet:
    slot = blanks.Slots()
    cells = (
        f"<td style='width: 30mm'>姓名：{slot(name)}。{literal}</td><td style='width: 60mm'>{slot(school, 60, 10)}</td>"
    )
    return blanks.Sheet(f"<html lang='zh-CN'><body><table><tr>{cells}</tr></table></body></html>", slot.lines, {})


def pages(*sheets: blanks.Sheet) -> list[str]:
    reader = PdfReader(BytesIO(blanks.draw(sheets, title="试")))
    return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]


def test_each_name_is_where_it_belongs_and_can_be_copied() -> None:
    assert pages(*(a_sheet(name) for name in NAMES)) == [f"姓名：{name}。" for name in NAMES]


def test_the_paper_is_laid_out_once_for_values_of_as_many_lines() -> None:
    blanks._blank.cache_clear()
    pages(a_sheet("甲", "一小"), a_sheet("乙", "二小"), a_sheet("丙", LONG_SCHOOL), a_sheet("丁", ""))
    assert blanks._blank.cache_info().misses == 3


def test_a_long_value_is_broken_and_whole() -> None:
    [page] = pages(a_sheet("甲", LONG_SCHOOL))
    assert page == f"姓名：甲。{LONG_SCHOOL}"
    reader = PdfReader(BytesIO(blanks.draw([a_sheet("甲", LONG_SCHOOL)], title="试")))
    assert rightmost_end_of_text(reader) < float(reader.pages[0].mediabox.width)


@pytest.mark.parametrize("character", [NOWHERE, "\ue000", "\ue001", "\ue002"])
def test_a_value_or_text_with_a_character_of_no_font_is_refused(character: str) -> None:
    for sheet in (a_sheet(f"张{character}"), a_sheet("张", "一小", literal=character)):
        with pytest.raises(pdf.MissingGlyphs) as refused:
            pages(sheet)
        assert refused.value.characters == (character,)


def test_other_papers_are_drawn_at_the_same_time() -> None:
    blanks._blank.cache_clear()
    with ThreadPoolExecutor(2) as pool:
        filled = [pool.submit(pages, a_sheet(name, LONG_SCHOOL[:n])) for n, name in enumerate(NAMES * 2)]
        whole = [pool.submit(a_page, f"<p>第{n}页</p>") for n in range(10)]
    assert [one.result()[0][3 : 3 + len(name)] for one, name in zip(filled, NAMES * 2, strict=True)] == NAMES * 2
    assert [one.result().pages[0].extract_text().strip() for one in whole] == [f"第{n}页" for n in range(10)]
