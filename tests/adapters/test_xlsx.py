"""Workbooks that are given out are what Excel, LibreOffice and we ourselves read again."""

import tracemalloc
from pathlib import Path

from openpyxl import load_workbook

from shared.adapters.sheets import open_book
from shared.adapters.xlsx import Heading, Marked, writing

ID = "320102199001011234"
HEADINGS = [
    Heading("证件号码", "18位", required=True),
    Heading("初审结论", choices=["暂缓注册", "注册不合格"]),
    Heading("说明"),
]


def a_book(path: Path, *rows: list[object], title: str = "") -> Path:
    with writing(path, "名单", HEADINGS, title=title, author="江苏省教育厅") as sheet:
        for row in rows:
            sheet.write(row)  # type: ignore[arg-type]
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", [ID, "暂缓注册", "=1+1"], [ID, "", "-5"], title="模板版本：3")
    with open_book(path) as book:
        assert book.hidden_sheets == ["choices"]
        rows = [cells for _row, cells in next(book.sheets).rows]
    assert rows == [
        ["模板版本：3"],
        ["证件号码", "初审结论", "说明"],
        ["18位"],
        [ID, "暂缓注册", "=1+1"],
        [ID, "", "-5"],
    ]


def test_numbers_that_are_names_stay_text(tmp_path: Path) -> None:
    sheet = load_workbook(a_book(tmp_path / "a.xlsx", [ID, "", ""]))["名单"]
    assert (sheet["A3"].value, sheet["A3"].data_type, sheet["A3"].number_format) == (ID, "s", "@")
    assert sheet.column_dimensions["A"].width > len(ID) / 2


def test_nothing_that_looks_like_a_formula_is_one(tmp_path: Path) -> None:
    sheet = load_workbook(a_book(tmp_path / "a.xlsx", [ID, "", "=HYPERLINK(1)"]))["名单"]
    assert (sheet["C3"].data_type, sheet["C3"].value, sheet["C3"].quotePrefix) == ("s", "=HYPERLINK(1)", True)


def test_choices_are_offered_from_a_sheet_that_nobody_sees(tmp_path: Path) -> None:
    book = load_workbook(a_book(tmp_path / "a.xlsx"))
    assert [cell.value for cell in book["choices"]["A"]] == ["暂缓注册", "注册不合格"]
    assert book["choices"].sheet_state == "hidden"
    [rule] = book["名单"].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ("'choices'!$A$1:$A$2", "B3:B5003")


def test_a_wrong_cell_is_seen(tmp_path: Path) -> None:
    sheet = load_workbook(a_book(tmp_path / "a.xlsx", [Marked("3201"), "", ""]))["名单"]
    assert (sheet["A3"].value, sheet["A3"].fill.fgColor.rgb) == ("3201", "FFFFC7CE")


def test_many_rows_take_no_more_memory_than_few(tmp_path: Path) -> None:
    tracemalloc.start()
    a_book(tmp_path / "a.xlsx", *([[ID, "暂缓注册", "说明"]] * 30_000))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024  # held in memory they would be 60 MB
