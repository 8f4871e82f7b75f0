"""The same list as LibreOffice saves it: .xlsx, .xls, .ods and .csv, with what is hidden in it."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from shared.adapters.sheets import open_book
from tests.adapters.sheets.books import made

LIBREOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PATIENCE = 120
ID = "320102199001011234"

pytestmark = pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice Calc is not installed: .ci/run installs it")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workbook, saved by LibreOffice in each of its formats."""
    folder = tmp_path_factory.mktemp("office")
    book = made([["学校", "姓名", "证件号码", "签发日期", "学时"]])
    sheet = book.active
    sheet.title = "名单"
    for name in ("王芳", "李强", "赵敏", "孙丽"):
        sheet.append(["一中", name, ID, date(2010, 6, 30), 72])
    sheet["A3"] = None
    sheet.merge_cells("A2:A3")
    sheet.row_dimensions[4].hidden = True
    sheet["E5"] = "=E2+E3"
    kept = book.create_sheet("旧名单")
    kept.append(["姓名"])
    kept.sheet_state = "hidden"
    book.save(folder / "made.xlsx")
    formats = {
        "xlsx": "xlsx",
        "xls": "xls:MS Excel 97",
        "ods": "ods",
        "csv": "csv:Text - txt - csv (StarCalc):44,34,76",
    }
    for name, kind in formats.items():
        place = folder / name
        command = [
            LIBREOFFICE or "",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            kind,
        ]
        subprocess.run(
            [*command, "--outdir", place, folder / "made.xlsx"], check=True, timeout=PATIENCE, capture_output=True
        )
    return folder


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_list_is_read_as_it_is_seen(folder: Path, kind: str) -> None:
    with open_book(folder / kind / f"made.{kind}") as book:
        assert (book.kind, book.hidden_sheets) == (kind, ["旧名单"])
        [sheet] = [(one, list(one.rows)) for one in book.sheets]
    seen, rows = sheet
    assert (seen.name, seen.hidden) == ("名单", [4])
    assert [row for row, _cells in rows] == [1, 2, 3, 5]
    [_headings, first, second, last] = [cells for _row, cells in rows]
    assert first == ["一中", "王芳", ID, ("date", "2010-06-30"), ("number", "72")]
    assert (seen.merged, second[:3]) == (["A2:A3"], ["一中", "李强", ID])
    if kind != "xls":  # its reader does not tell formulas
        assert last[4] == ("formula", "144")


def test_text_that_it_saved_is_read(folder: Path) -> None:
    with open_book(folder / "csv" / "made.csv") as book:
        assert (book.kind, book.encoding) == ("csv", "utf-8")
        rows = list(next(book.sheets).rows)
    assert rows[1] == (2, ["一中", "王芳", ID, "2010-06-30", "72"])
