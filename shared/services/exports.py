"""Lists that leave the building as files, and personal data that leave their mask: noted before they go."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from shared import clock
from shared.adapters import comma, xlsx
from shared.db import Base, transaction
from shared.models.kinds import RevealReason
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit
from shared.services.errors import Refused
from shared.text import Text, _, in_chinese

M = TypeVar("M", bound=Base)
Cell = str | int

XLSX, CSV, PDF = "xlsx", "csv", "pdf"
TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv",
    PDF: "application/pdf",
}
AT_ONCE = 5_000  # rows that are fetched by the request itself; more are written by the worker
STEP = 1_000  # rows between two reports of how far it is
ABOVE = 2  # title and headings
LONGEST_SHEET_NAME = 31
LONGEST_SELECTION = 300
MARK = _("{table}；导出人：{who}；导出时间：{at}；{personal}；共{count}行；范围：{selection}")
MASKED, WITHOUT, IN_FULL = _("个人信息已遮盖"), _("不含个人信息"), _("个人信息完整显示（{why}）")
NAMES = _("含姓名等个人信息")
FILE = _("教师资格定期注册_{table}_{at}_{who}")
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')

WITHOUT_NOTE = Problem("note", "note", _("请说明为什么要查看完整号码"))
_folder = Path(tempfile.gettempdir())


@dataclass(frozen=True)
class Order:
    """What somebody wants as a file; `reason` where personal values are wanted in full."""

    table: str  # by which the maker of its rows is known
    query: str  # the address of the list
    columns: tuple[str, ...]
    file_format: str
    reason: RevealReason | None = None
    note: str = ""

    @property
    def why(self) -> str:
        """The reason in words, as the audit keeps it."""
        return "" if self.reason is None else "：".join(filter(None, (self.reason.label.message, self.note)))


@dataclass(frozen=True)
class Sheet:
    """What is to be written: `rows` are read while they are, `total` says how many there will be."""

    table: str  # as the audit calls it
    name: Text
    headings: Sequence[Text]
    rows: Iterator[Sequence[Cell]]
    total: int
    selection: str = ""  # which rows, in words; "" for all
    is_personal: bool = False  # whether a column holds what is masked
    is_about_people: bool = False  # whether rows tell of people, be it only by name
    # How papers are bound, in place of `rows`; it is given the file's place and who hears how many are done.
    bind: Callable[[Path, Callable[[int], None]], None] | None = None
    at_once: int = 0  # how many the request itself makes, where not AT_ONCE

    def mark(self, order: Order, *, by: Actor, at: datetime) -> Text:
        """What stands above the rows, so that whoever finds the file knows where it came from."""
        return Text(
            MARK.message,
            {
                "table": self.name,
                "who": by.name,
                "at": clock.local(at).strftime("%Y-%m-%d %H:%M"),
                "personal": self.personal(order),
                "count": f"{self.total:,}",
                "selection": self.shown,
            },
        )

    @property
    def shown(self) -> Text | str:
        """Which rows, in words."""
        return self.selection[:LONGEST_SELECTION] or _("全部")

    def personal(self, order: Order) -> Text:
        """Whether personal values are masked, and if not, why."""
        if not self.is_personal:
            return NAMES if self.is_about_people else WITHOUT
        return Text(IN_FULL.message, {"why": order.why}) if order.reason else MASKED

    def file_name(self, order: Order, *, by: Actor, at: datetime) -> str:
        """What, when and who: a CSV has no other place for it."""
        with in_chinese():
            moment = clock.local(at).strftime("%Y%m%d-%H%M")
            said = str(Text(FILE.message, {"table": self.name, "at": moment, "who": by.name}))
        return f"{NOT_IN_A_NAME.sub('_', said)}.{order.file_format}"


def format_of(form: Mapping[str, str], *also: str) -> str:
    """The format that a form asks for, one of both or `also`; a workbook unless it says otherwise."""
    wanted = form.get("file_format", XLSX)
    return wanted if wanted in (XLSX, CSV, *also) else XLSX


def work_in(folder: Path) -> None:
    """Keep files in `folder` while they are written."""
    global _folder  # noqa: PLW0603  one place per process, from the settings
    _folder = folder


@contextmanager
def scratch(name: str = "") -> Iterator[Path]:
    """A place for files until the block ends; one with a `name` still has what a killed process had finished there."""
    _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = _folder / name if name else Path(tempfile.mkdtemp(prefix="now-", dir=_folder))
    place.mkdir(mode=0o700, exist_ok=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(*, now: datetime, older_than: timedelta) -> None:
    """Remove what killed processes left behind."""
    for place in _folder.iterdir() if _folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another has just tidied up
            if place.stat().st_mtime < (now - older_than).timestamp():
                shutil.rmtree(place, ignore_errors=True)


def check(order: Order, sheet: Sheet) -> None:
    """Refuse what cannot be written, or may not be without a reason."""
    problems = []
    if order.reason is RevealReason.OTHER and not order.note:
        problems.append(WITHOUT_NOTE)
    most = xlsx.MAX_ROWS - ABOVE
    if order.file_format == XLSX and sheet.total > most:
        told = _("共{count}行，一个Excel工作表最多{most}行，请改选CSV或先用筛选缩小范围",
                 count=f"{sheet.total:,}", most=f"{most:,}")  # fmt: skip
        problems.append(Problem("many", "file_format", told))
    if problems:
        raise Refused.because(problems)


@transaction
def record(order: Order, sheet: Sheet, *, by: Actor) -> None:
    """Note what `by` takes out of the system: which rows and columns of which table, masked or why not."""
    with in_chinese():
        told: dict[str, Any] = {
            "rows": sheet.total,
            "selection": sheet.shown,
            "columns": "、".join(str(heading) for heading in sheet.headings),
            "personal": sheet.personal(order),
            "file_format": order.file_format,
        }
        changes: audit.Changes = {name: [None, audit.as_text(str(value))] for name, value in told.items()}
    audit.record("export", sheet.table, None, changes, by=by)


def write(
    folder: Path,
    sheet: Sheet,
    order: Order,
    *,
    by: Actor,
    at: datetime,
    told: Callable[[int], None] = lambda _done: None,
) -> Path:
    """Write the file, row by row, in Chinese; `told` hears now and then how many are written."""
    path = folder / f"export.{order.file_format}"
    if sheet.bind is not None:
        with in_chinese():
            sheet.bind(path, told)
        return path
    with in_chinese(), _writing(path, sheet, order, by=by, at=at) as out:
        for done, row in enumerate(sheet.rows, 1):
            out.write(row)
            if done % STEP == 0:
                told(done)
    return path


def _writing(path: Path, sheet: Sheet, order: Order, *, by: Actor, at: datetime) -> Any:  # noqa: ANN401  either writer
    headings = [str(heading) for heading in sheet.headings]
    if order.file_format == CSV:
        return comma.writing(path, headings)
    name = re.sub(r"[\[\]:*?/\\]", " ", str(sheet.name))[:LONGEST_SHEET_NAME]
    columns = [xlsx.Heading(heading) for heading in headings]
    return xlsx.writing(path, name, columns, title=str(sheet.mark(order, by=by, at=at)), author=by.name)


@transaction
def reveal(model: type[M], key: int, *, by: Actor, reason: RevealReason, note: str = "") -> M:
    """The row, whose personal values `by` is about to see in full; `NotYours` where the role may not."""
    row = access.one(model, key, by=by, to=Can.REVEAL)
    if reason is RevealReason.OTHER and not note:
        raise Refused(WITHOUT_NOTE)
    why = "：".join(filter(None, (reason.label.message, note)))
    audit.record("reveal", model.__tablename__, key, {"reason": [None, why]}, by=by)
    return row
