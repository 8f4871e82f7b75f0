"""Files as people send them in, and imports run to where they wait for somebody."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from shared.db import session
from shared.models import Import, ImportRow
from shared.models.kinds import FileUse
from shared.rules.rights import Actor
from shared.services import files
from shared.services.imports import formats, kinds, running, verbs
from shared.text import Text

Row = Sequence[Any]
formats.register(kinds.FORMATS)


def a_csv(*rows: Row) -> bytes:
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode()


def a_workbook(*rows: Row) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def an_album(*entries: tuple[str, bytes]) -> bytes:
    """A ZIP of no particular day, so that the same entries make the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def sent(kind: str, content: bytes, *, by: Actor, campaign_id: int | None = None, name: str = "名单.csv") -> int:
    """Sent in and checked."""
    key = verbs.receive(kind, io.BytesIO(content), name, by=by, campaign_id=campaign_id)
    running.work_off(key)
    return key


def written(key: int, *, by: Actor, partial: bool = False) -> Import:
    verbs.start(key, by=by, digest=the(key).digest, partial=partial)
    running.work_off(key)
    return the(key)


def taken_back(key: int, *, by: Actor) -> Import:
    verbs.start_undoing(key, by=by)
    running.work_off(key)
    return the(key)


def the(key: int) -> Import:
    session.expire_all()
    return session.get_one(Import, key)


def counts(key: int) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    row = the(key)
    return row.new, row.changed, row.unchanged, row.refused


def refusals(key: int) -> dict[int, list[str]]:
    """By the file's row: column and sentence."""
    rows = session.query(ImportRow).filter_by(import_id=key, action="refused").order_by(ImportRow.number)
    return {row.number: [f"{column}: {Text.unpacked(text)}" for column, text in row.reasons] for row in rows}


def said(texts: Sequence[Any]) -> list[str]:
    return [str(Text.unpacked(text)) for text in texts]


def the_file(use: FileUse, key: int, folder: Path) -> Path:
    path = folder / f"{use}-{key}.xlsx"
    assert files.copy_to(path, use, key)
    return path
