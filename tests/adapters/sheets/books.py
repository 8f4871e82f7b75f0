"""Workbooks for tests, made by three writers: XlsxWriter, openpyxl, and by hand."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import Workbook

from shared.adapters.sheets import Row, open_book

HEADINGS = ["证件号码", "姓名", "签发日期"]

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = f"""<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">
<sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def by_hand(path: Path, rows_xml: str, *, more: Mapping[str, str | bytes] | None = None, before: str = "") -> Path:
    """An .xlsx of exactly this XML: one sheet with `rows_xml`; `more` replaces or adds parts."""
    sheet = f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{rows_xml}</sheetData></worksheet>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELS.format(kind=f"{OFFICE}/officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELS.format(kind=f"{OFFICE}/worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def a_cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def written(path: Path, rows: Sequence[Sequence[Any]], options: Mapping[str, Any] | None = None) -> Path:
    """An .xlsx of XlsxWriter's; days need an option for their format."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", **(options or {})})
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def made(rows: Sequence[Sequence[Any]]) -> Workbook:
    """A workbook of openpyxl's, to be changed further and saved."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    return book


def rows_of(path: Path) -> list[Row]:
    """The rows of the first visible sheet."""
    with open_book(path) as book:
        return list(next(book.sheets).rows)
