"""The columns of an import: what they are called, and how a cell of somebody's workbook becomes a value."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.models.base import NAME, Entry
from shared.models.kinds import Kind
from shared.rules import dates, spellings
from shared.text import Text, _

# What the reader says of a cell that is no plain text: see shared.adapters.sheets.cells.
Cell = str | tuple[str, str]
NUMBER, DATE, ROUNDED, FORMULA, ERROR = "number", "date", "rounded", "formula", "error"

LARGEST = 2**31 - 1
HEADINGS_WITHIN = 10  # rows from the top: titles and remarks may stand above them
MASKED = "***"
SERIALS = range(10_000, 80_000)  # a day as spreadsheets count: 1927 to 2119
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：\s]")


class As(StrEnum):
    """What a column holds."""

    TEXT = "text"
    LINES = "lines"
    NUMBER_TEXT = "number_text"  # ID, certificate and telephone numbers: text that looks like a number
    DATE = "date"
    WHOLE = "whole"
    YES_NO = "yes_no"
    KIND = "kind"
    ENTRY = "entry"  # a row of another table, by its code, its name or what it was called before


class Unfit(Exception):
    """A cell that cannot be what its column holds; `text` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.message)
        self.text = text


class _Keep:
    """The value of a cell in which a masked number stands: the row keeps what it has."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP = _Keep()


@dataclass(frozen=True)
class Column:
    """One column. `required`: a new row needs it. `note`: what the template explains below its heading.

    `among`: those of `kinds` that may be chosen, `words`: what else they are called in such files.
    `entries`: the table that an ENTRY names a row of, `by_code`: whether its code or its number is stored.
    `secret`: never shown again, neither in a preview nor in an export.
    """

    name: str
    label: Text
    holds: As = As.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    kinds: type[Kind] | None = None
    among: tuple[Kind, ...] = ()
    words: tuple[tuple[str, Kind], ...] = ()
    entries: type[Entry] | None = None
    by_code: bool = False
    longest: int = NAME
    note: Text | None = None
    secret: bool = False

    @property
    def choices(self) -> tuple[Kind, ...]:
        """What a KIND offers."""
        return self.among or tuple(self.kinds or ())

    @property
    def headings(self) -> set[str]:
        """Everything that it may be called, ready to be compared."""
        return {plain_heading(text) for text in (self.label.message, *self.aliases)}


def plain_heading(text: str) -> str:
    """A heading without what people add to it: blanks, stars, remarks in brackets."""
    return _REMARK.sub("", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True)
class Headings:
    """Which column stands where. `unknown` and `twice` are headings as they were written."""

    places: tuple[Column | None, ...]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def columns(self) -> list[Column]:
        return [column for column in self.places if column is not None]


def headings(texts: Sequence[str], columns: Sequence[Column]) -> Headings:
    """What the cells of a row are as headings; a row of data knows none of them."""
    known = {name: column for column in columns for name in column.headings}
    places: list[Column | None] = []
    unknown, twice = [], []
    for text in texts:
        column = known.get(plain_heading(text))
        if column is not None and column in places:
            twice.append(text)
            column = None
        elif column is None and text and plain_heading(text) not in spellings.ADDED:
            unknown.append(text)
        places.append(column)
    return Headings(tuple(places), tuple(unknown), tuple(twice))


def template_of(text: str) -> tuple[str, int] | None:
    """Of which import, and of which edition, the line above a template's headings says that it is."""
    found = spellings.TEMPLATE.search(text)
    return (found[1], int(found[2])) if found else None


def template_mark(name: str, edition: int) -> str:
    """What `template_of` reads."""
    return spellings.TEMPLATE_MARK.format(name=name, edition=edition)


def text_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[1]


Parser = Callable[[Cell], Any]


def parser(column: Column, *, since_1904: bool = False) -> Parser:
    """What turns a cell that is not empty into the column's value; it raises `Unfit`."""
    if column.holds is As.KIND and column.kinds is not None:
        return _kind(column.choices, dict(column.words))
    if column.holds is As.DATE:
        epoch = EPOCH_1904 if since_1904 else EPOCH
        return lambda cell: _day(cell, epoch)
    plain: dict[As, Parser] = {As.WHOLE: _whole, As.YES_NO: _yes_no, As.LINES: _lines, As.NUMBER_TEXT: _number_text}
    return plain.get(column.holds) or _one_line(column.longest)


_SCIENTIFIC = re.compile(r"[0-9]\.[0-9]+E\+[0-9]{2}")


def _odd(cell: tuple[str, str]) -> str:
    """The text of a cell that is no plain text, unless it must be mended first."""
    kind, text = cell
    if kind == FORMULA:
        raise Unfit(_("单元格是公式，请复制后选择“粘贴为数值”，再重新上传"))
    if kind == ERROR:
        raise Unfit(_("单元格里是错误值{value}，请改正", value=text))
    if kind == ROUNDED:
        raise _lost(text)
    return text


def _lost(text: str) -> Unfit:
    return Unfit(_("号码被表格软件改成了{value}，末尾几位已经丢失。请把这一列设为“文本”格式，重新填写", value=text))


def _one_line(longest: int) -> Parser:
    def read(cell: Cell) -> str:
        if not isinstance(cell, str):
            if cell[0] == DATE:
                raise Unfit(_("内容被表格软件变成了日期{value}。请把这一列设为“文本”格式，重新填写", value=cell[1]))
            cell = _odd(cell)
        text = cell if cell.isalnum() else " ".join(cell.split())
        if not text.isprintable():  # what nobody sees may stand before a blank
            text = " ".join("".join(filter(str.isprintable, text)).split())
        if len(text) > longest:
            raise Unfit(_("最多{longest}个字，现在有{length}个", longest=longest, length=len(text)))
        return text

    return read


def _lines(cell: Cell) -> str:
    return (cell if isinstance(cell, str) else _odd(cell)).replace("\r\n", "\n").strip()


def _number_text(cell: Cell) -> Any:  # noqa: ANN401  text, or KEEP
    text = cell if isinstance(cell, str) else _odd(cell)
    if MASKED in text:
        return KEEP
    if not (text.isascii() and text.isalnum()):
        if _SCIENTIFIC.fullmatch(text.strip().upper()):  # what a table of numbers became when it was saved as text
            raise _lost(text.strip())
        text = text.strip().lstrip("'‘’")  # typed to keep a number text, and kept by programs that do not know that
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c.isprintable())
        text = text.replace("×", "X")  # what Chinese keyboards offer for the check character
        text = unicodedata.normalize("NFKC", text.upper())  # capitals of letters with marks may fall into two
    if len(text) > NAME:
        raise Unfit(_("最多{longest}个字，现在有{length}个", longest=NAME, length=len(text)))
    return text.upper()


def _whole(cell: Cell) -> int:
    text = unicodedata.normalize("NFKC", cell if isinstance(cell, str) else _odd(cell)).replace(",", "").strip()
    try:
        value = int(text)
    except ValueError:
        raise Unfit(_("“{value}”不是整数，请填写数字", value=text[:20])) from None
    if abs(value) > LARGEST:
        raise Unfit(_("数字太大，请检查"))
    return value


def _yes_no(cell: Cell) -> bool:
    text = unicodedata.normalize("NFKC", cell if isinstance(cell, str) else _odd(cell)).strip().casefold()
    if text in spellings.MEANS_YES or text in spellings.MEANS_NO:
        return text in spellings.MEANS_YES
    raise Unfit(_("请填“是”或“否”，不能填“{value}”", value=text[:20]))


def _kind(kinds: Sequence[Kind], words: Mapping[str, Kind]) -> Parser:
    known = {plain_heading(name): member for member in kinds for name in (member.label.message, member.value)}
    known |= {member.label.message: member for member in kinds}
    known |= words
    offered = "、".join(member.label.message for member in kinds)

    def read(cell: Cell) -> Kind:
        text = cell if isinstance(cell, str) else _odd(cell)
        found = known.get(text) or known.get(plain_heading(text))
        if found is None:
            raise Unfit(_("“{value}”不在可填的范围内：{offered}", value=text[:20], offered=offered))
        return found

    return read


def _day(cell: Cell, epoch: date) -> date:
    if isinstance(cell, str):
        return _day_in(cell)
    kind, text = cell
    if kind == DATE:
        return _day_in(text[:10])
    text = _odd(cell)
    if text.isdecimal() and int(text) in SERIALS:
        return epoch + timedelta(days=int(text))
    return _day_in(text)


def _day_in(text: str) -> date:
    try:
        return dates.read(unicodedata.normalize("NFKC", text))
    except dates.NoDay as fault:
        raise Unfit(fault.text) from None


def shown(value: Any) -> str:  # noqa: ANN401  of any column
    """A value as a file that can be imported again has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return spellings.YES if value else spellings.NO
    if isinstance(value, Kind):
        return value.label.message
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
