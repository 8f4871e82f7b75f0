"""What a file really is, by its first bytes and not by its name."""

import zipfile
from pathlib import Path

from shared.adapters.apart import Unreadable

ZIP, OLE, UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"\xff\xfe", b"\xfe\xff")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream in which Office keeps a protected workbook
MAX_PARTS, MAX_UNPACKED = 5_000, 1024**3
LOOK = 4_096


def kind_of(path: Path) -> str:
    """xlsx, ods, xls or csv; `Unreadable` for everything else, with what it seems to be."""
    head = path.open("rb").read(LOOK)
    if head.startswith(ZIP):
        return _kind_of_package(path)
    if head.startswith(OLE):
        if ENCRYPTED in path.read_bytes():
            raise Unreadable("protected")
        return "xls"
    _must_be_text(head)
    return "csv"


def _kind_of_package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Unreadable("bomb")
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("protected")
            if "xl/workbook.bin" in names:
                raise Unreadable("binary_workbook")
            if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
                return "xlsx"
            if "mimetype" in names and "spreadsheet" in package.open("mimetype").read(LOOK).decode("ascii", "replace"):
                return "ods"
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Unreadable("broken") from error
    raise Unreadable("other_package")


def _must_be_text(head: bytes) -> None:
    if not head.strip():
        raise Unreadable("empty")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise Unreadable("web_page")  # what many programs export under the name .xls
    if start.startswith(b"<?xml"):
        raise Unreadable("xml_spreadsheet")
    if start.startswith(b"%pdf"):
        raise Unreadable("pdf")
    if b"\x00" in head and not head.startswith(UTF16):
        raise Unreadable("no_table")
