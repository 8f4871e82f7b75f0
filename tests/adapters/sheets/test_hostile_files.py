"""Files that are meant to hurt, or were hurt: each is refused with a code, within the limits, and the worker lives."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from shared.adapters.sheets import Unreadable
from tests.adapters.sheets.books import CONTENT_TYPES, HEADINGS, a_cell, by_hand, rows_of, written

ROW = f'<row r="1">{a_cell("A1", "王芳")}</row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

CODES = ("broken", "empty", "encoding", "no_table", "other_package", "protected", "too_heavy", "too_wide")


def outcome(path: Path) -> str:
    """The code of the refusal, or that the file was read; nothing else may come."""
    try:
        rows_of(path)
    except Unreadable as refused:
        return refused.code
    return "read"


def fault(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        rows_of(path)
    return refused.value.code


def holding(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"<html><table><tr><td>1</td></tr></table>", "web_page"),
        (b"\xef\xbb\xbf<TABLE>", "web_page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "xml_spreadsheet"),
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no_table"),
        (b"a,b\n\x81\x20,\xff\xff\n", "encoding"),
        (b"PK\x03\x04 and then nothing", "broken"),
        (OLE + bytes(600), "broken"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_what_it_is(tmp_path: Path, content: bytes, code: str) -> None:
    assert fault(holding(tmp_path / "名单.xls", content)) == code


def test_another_package_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert fault(tmp_path / "a.xlsx") == "other_package"


def test_a_cell_at_the_far_end_of_the_sheet_is_refused(tmp_path: Path) -> None:
    rows = ROW + f'<row r="1048576">{a_cell("XFD1048576", "x")}</row>'
    assert fault(by_hand(tmp_path / "a.xlsx", rows)) == "too_wide"


def test_a_far_cell_in_disguise_meets_the_memory_limit(tmp_path: Path) -> None:
    rows = ROW + "<row r='1048576'><c t='inlineStr' r = 'ZZ1048576'><is><t>x</t></is></c></row>"
    assert fault(by_hand(tmp_path / "a.xlsx", rows)) in ("too_heavy", "broken")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _mebibyte in range(1_100):
                part.write(bytes(1 << 20))
    assert path.stat().st_size < 10_000_000
    assert fault(path) == "bomb"


def test_entities_are_refused(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    workbook = f'<?xml version="1.0"?>{doctype}<workbook><sheets><sheet name="&b;"/></sheets></workbook>'
    assert fault(by_hand(tmp_path / "a.xlsx", ROW, more={"xl/workbook.xml": workbook})) == "broken"


def test_entities_of_a_sheet_are_never_expanded(tmp_path: Path) -> None:
    doctype = f'<!DOCTYPE x [<!ENTITY file SYSTEM "file://{tmp_path}/secret">]>'
    (tmp_path / "secret").write_text("geheim")
    path = by_hand(tmp_path / "a.xlsx", f'<row r="1">{a_cell("A1", "&amp;file; &file;")}</row>', before=doctype)
    try:
        read = str(rows_of(path))
    except Unreadable:
        return
    assert "geheim" not in read


def test_a_link_to_another_workbook_is_not_followed(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>7</v></c></row>'
    assert rows_of(by_hand(tmp_path / "a.xlsx", rows)) == [(1, [("formula", "7")])]


def test_a_million_styles_do_not_matter(tmp_path: Path) -> None:
    one = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    styles = f'<?xml version="1.0"?><styleSheet xmlns="{main}"><cellXfs>{one * 1_000_000}</cellXfs></styleSheet>'
    path = by_hand(tmp_path / "a.xlsx", ROW, more={"xl/styles.xml": styles})
    assert rows_of(path) == [(1, ["王芳"])]


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_workbook_gives_rows_or_a_code(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    content = bytearray(written(tmp_path / "a.xlsx", [HEADINGS] * 50).read_bytes())
    for _hit in range(dice.randrange(1, 30)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    if dice.random() < 1 / 3:
        del content[dice.randrange(len(content)) :]
    assert outcome(holding(tmp_path / "b.xlsx", bytes(content))) in (*CODES, "read")


@pytest.mark.parametrize("seed", range(12))
def test_damaged_xml_gives_rows_or_a_code(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    xml = bytearray((ROW * 3).encode())
    for _hit in range(dice.randrange(1, 12)):
        at = dice.randrange(len(xml))
        xml[at : at + dice.randrange(3)] = struct.pack("B", dice.choice(b"<>&\"'/=\x00\xff 9"))
    assert outcome(by_hand(tmp_path / "a.xlsx", xml.decode("utf-8", "replace"))) in (*CODES, "read")
