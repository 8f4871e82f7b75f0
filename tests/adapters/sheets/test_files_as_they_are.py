"""What people really send is read as they see it, and what they do not see is told and left out."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from shared.adapters.sheets import Unreadable, open_book
from tests.adapters.sheets.books import HEADINGS, a_cell, by_hand, made, rows_of, written

ID = "320102199001011234"


def a_table(name: str = "王芳") -> list[list[object]]:
    return [HEADINGS, [ID, name, "2010-06-30"]]


def test_texts_are_read_as_they_are_typed(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path / "a.xlsx", a_table()))
    assert rows == [(1, HEADINGS), (2, [ID, "王芳", "2010-06-30"])]


def test_blanks_that_nobody_sees_are_cut(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path / "a.xlsx", a_table("\u3000王芳\u00a0 \u200b")))[1][1][1] == "王芳"


def test_whole_numbers_have_no_point(tmp_path: Path) -> None:
    [(_row, cells)] = rows_of(written(tmp_path / "a.xlsx", [[72, 72.5, -3]]))
    assert cells == [("number", "72"), ("number", "72.5"), ("number", "-3")]


def test_a_number_that_excel_has_rounded_is_marked(tmp_path: Path) -> None:
    [(_row, cells)] = rows_of(written(tmp_path / "a.xlsx", [[320102199001011234, 100000000000000]]))
    assert cells == [("rounded", "3.20102E+17"), ("number", "100000000000000")]


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_are_the_same_in_both_calendars_of_excel(tmp_path: Path, *, since_1904: bool) -> None:
    path = written(
        tmp_path / "a.xlsx",
        [[date(2010, 6, 30), datetime.fromisoformat("2010-06-30 08:05")]],
        {"date_1904": since_1904},
    )
    with open_book(path) as book:
        assert book.since_1904 is since_1904
        [(_row, cells)] = list(next(book.sheets).rows)
    assert cells == [("date", "2010-06-30"), ("date", "2010-06-30 08:05:00")]


def test_hidden_rows_are_told_and_left_out(tmp_path: Path) -> None:
    book = made([*a_table(), *a_table()[1:], *a_table()[1:]])
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    with open_book(tmp_path / "a.xlsx") as opened:
        sheet = next(opened.sheets)
        assert [row for row, _cells in sheet.rows] == [1, 2, 4]
        assert sheet.hidden == [3]


def test_hidden_sheets_are_told_and_left_out(tmp_path: Path) -> None:
    book = made(a_table())
    book.active.title = "名单"
    for name, state in (("旧名单", "hidden"), ("参数", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(HEADINGS)
        sheet.sheet_state = state
    book.save(tmp_path / "a.xlsx")
    with open_book(tmp_path / "a.xlsx") as opened:
        assert opened.hidden_sheets == ["旧名单", "参数"]
        assert [sheet.name for sheet in opened.sheets] == ["名单"]


def test_a_merged_cell_is_meant_for_each_of_its_rows(tmp_path: Path) -> None:
    book = made([["学校", "姓名"], ["一中", "王芳"], [None, "李强"], ["二中", "赵敏"]])
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    with open_book(tmp_path / "a.xlsx") as opened:
        sheet = next(opened.sheets)
        assert [cells for _row, cells in sheet.rows][1:] == [["一中", "王芳"], ["一中", "李强"], ["二中", "赵敏"]]
        assert sheet.merged == ["A2:A3"]


def test_a_formula_is_marked_with_what_it_came_to(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c>' + a_cell("B1", "王芳") + "</row>"
    assert rows_of(by_hand(tmp_path / "a.xlsx", rows)) == [(1, [("formula", "2"), "王芳"])]


def test_what_a_formula_could_not_compute_is_marked(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c>' + a_cell("B1", "王芳") + "</row>"
    assert rows_of(by_hand(tmp_path / "a.xlsx", rows)) == [(1, [("error", ""), "王芳"])]


def test_blank_rows_keep_their_numbers_and_say_nothing(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path / "a.xlsx", [["", ""], HEADINGS, ["", " "], [ID, "王芳"]]))
    assert rows == [(2, HEADINGS), (4, [ID, "王芳"])]


def test_rows_and_cells_without_addresses_are_counted(tmp_path: Path) -> None:
    one = '<c t="inlineStr"><is><t>王芳</t></is></c>'
    assert rows_of(by_hand(tmp_path / "a.xlsx", f"<row>{one}</row><row>{one}{one}</row>")) == [
        (1, ["王芳"]),
        (2, ["王芳", "王芳"]),
    ]


def test_macros_are_told_and_never_run(tmp_path: Path) -> None:
    path = by_hand(
        tmp_path / "a.xlsm", f'<row r="1">{a_cell("A1", "王芳")}</row>', more={"xl/vbaProject.bin": b"macros"}
    )
    with open_book(path) as book:
        assert book.macros
        assert [cells for _row, cells in next(book.sheets).rows] == [["王芳"]]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_files_are_read_in_every_encoding_that_offices_use(
    tmp_path: Path, encoding: str, told: str, separator: str
) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(a_table("王芳\n（女）"))
    with open_book(path) as book:
        assert (book.kind, book.encoding) == ("csv", told)
        assert list(next(book.sheets).rows) == [(1, HEADINGS), (2, [ID, "王芳\n（女）", "2010-06-30"])]


def test_the_content_counts_and_not_the_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", a_table()).rename(tmp_path / "a.csv")
    with open_book(path) as book:
        assert book.kind == "xlsx"


def test_rows_that_nobody_asks_for_are_not_waited_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [[f"行{number}"] for number in range(5_000)])
    with open_book(path) as book:
        assert next(next(book.sheets).rows) == (1, ["行0"])


def test_more_rows_than_allowed_are_refused_with_the_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [["行"]] * 40)
    with pytest.raises(Unreadable) as refused, open_book(path, max_rows=10) as book:
        list(next(book.sheets).rows)
    assert (refused.value.code, refused.value.value) == ("too_many_rows", 10)
