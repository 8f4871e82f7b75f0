"""From a file to lines: which sheet, which row has the headings, what each cell is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from shared.adapters.sheets import Book, Row, Sheet, Unreadable, open_book
from shared.adapters.xlsx import CHOICES
from shared.rules import importing, spellings
from shared.rules.importing import As, Column, Headings, Parser, Unfit, text_of
from shared.services.imports.formats import Format, Line
from shared.text import Text, _

CHUNK = 1_000
NAMED = 20  # of what was left out, so many are named

FAULTS = {
    "too_many_bytes": _("文件超过{value}MB，请分成几个文件"),
    "too_many_rows": _("文件超过{value}行，请分成几个文件"),
    "too_heavy": _("文件太复杂，无法读取。请新建一个工作簿，只把数据“粘贴为数值”后再上传"),
    "broken": _("文件已损坏，无法读取。请用表格软件打开后另存为.xlsx，再上传"),
    "broken_line": _("第{value}行无法读取，请检查这一行的引号和分隔符"),
    "empty": _("文件是空的"),
    "encoding": _("无法识别文本的编码，请另存为.xlsx，或UTF-8编码的.csv"),
    "no_table": _("文件里没有表格"),
    "web_page": _("这是一个网页文件，不是工作簿。请用表格软件打开后另存为.xlsx，再上传"),
    "xml_spreadsheet": _("这是旧式XML表格。请用表格软件打开后另存为.xlsx，再上传"),
    "pdf": _("这是PDF文件，不是工作簿。请上传.xlsx、.xls、.ods或.csv文件"),
    "protected": _("文件有密码保护，无法读取。请去掉密码后再上传"),
    "binary_workbook": _("这是.xlsb文件。请用表格软件打开后另存为.xlsx，再上传"),
    "other_package": _("这不是表格文件。请上传.xlsx、.xls、.ods或.csv文件"),
    "bomb": _("文件展开后过大，无法读取。请新建一个工作簿，只把数据“粘贴为数值”后再上传"),
    "too_wide": _("表格的列太多，请只保留模板中的列"),
    "too_many_formulas": _("文件里的公式太多，请全部复制后“粘贴为数值”，再上传"),
}


class Unusable(Exception):
    """The file cannot be imported; `texts` say why and what to do."""

    def __init__(self, *texts: Text) -> None:
        super().__init__(*(text.message for text in texts))
        self.texts = texts


@dataclass
class Reading:
    """A file being read: its columns, its rows in chunks, and at the end what was left out of it."""

    headings: Headings
    above: list[Row]  # the headings' row and what stands over it, as they are
    lines: Iterator[list[Line]]
    raw: Iterator[Row]  # the same rows unread; whoever takes these takes no lines
    notes: list[Text] = field(default_factory=list)


@contextmanager
def opened(path: Path, form: Format) -> Iterator[Reading]:
    """Read the file at `path` as a `form`. Raises `Unusable`, here or while its rows are read."""
    if form.archive is not None:
        with form.archive.read(path) as lines:
            yield Reading(Headings(form.columns, (), ()), [], lines, iter(()))
        return
    try:
        with open_book(path, max_rows=form.max_rows) as book:
            yield _sheet_of(book, form)
    except Unreadable as fault:
        raise Unusable(Text(FAULTS.get(fault.code, FAULTS["broken"]).message, {"value": fault.value})) from None


def _sheet_of(book: Book, form: Format) -> Reading:
    """The first visible sheet that has the format's headings."""
    best: tuple[int, Headings | None] = (0, None)
    passed: list[str] = []
    for sheet in book.sheets:
        first = list(islice(sheet.rows, importing.HEADINGS_WITHIN))
        place, found = _headings_among(first, form)
        if not _lacking(found, form):
            _refuse_other_templates(first[:place], form)
            _refuse_twice(found)
            return _reading(book, sheet, form, (first, place, found), passed)
        if len(found.columns) > best[0]:
            best = (len(found.columns), found)
        passed.append(sheet.name)
        _refuse_other_templates(first, form)
    raise Unusable(_why_not(best[1], form))


def _headings_among(rows: Sequence[Row], form: Format) -> tuple[int, Headings]:
    """The row that looks most like headings."""
    candidates = [importing.headings([text_of(cell) for cell in cells], form.columns) for _number, cells in rows]
    if not candidates:
        return 0, Headings((), (), ())
    place = max(range(len(candidates)), key=lambda index: len(candidates[index].columns))
    return place, candidates[place]


def _lacking(found: Headings, form: Format) -> list[Column]:
    """The columns without which nothing can be told."""
    return [column for column in form.columns if column.name in form.key and column not in found.places]


def _why_not(found: Headings | None, form: Format) -> Text:
    wanted = "、".join(column.label.message for column in form.columns if column.name in form.key)
    if found is None:
        return _(
            "没有找到标题行。前{rows}行中应有一行写着列名：{wanted}", rows=importing.HEADINGS_WITHIN, wanted=wanted
        )
    lacking = "、".join(column.label.message for column in _lacking(found, form))
    if found.unknown:
        unknown = _few(found.unknown)
        return _(
            "缺少这些列：{lacking}；不认识这些列：{unknown}。请改列名，或者下载新模板对照补上",
            lacking=lacking,
            unknown=unknown,
        )
    return _("缺少这些列：{lacking}。请下载新模板，对照补上", lacking=lacking)


def _refuse_other_templates(rows: Sequence[Row], form: Format) -> None:
    for _number, cells in rows:
        for cell in cells:
            found = importing.template_of(text_of(cell))
            if found is None:
                continue
            name, edition = found
            if name != form.name:
                raise Unusable(_("这是另一种导入的模板，不是“{label}”。请检查选的是不是这个文件", label=form.label))
            if edition > form.edition:
                raise Unusable(_("这个模板比系统新，请从本页重新下载模板"))


def _refuse_twice(found: Headings) -> None:
    if found.twice:
        raise Unusable(_("这些列出现了两次：{names}。请只留一列", names="、".join(found.twice)))


def _reading(
    book: Book, sheet: Sheet, form: Format, top: tuple[list[Row], int, Headings], passed: list[str]
) -> Reading:
    first, place, found = top
    rows = _data(first[place + 1 :], sheet)
    reading = Reading(found, first[: place + 1], iter(()), iter(()))
    reading.notes += _about_the_file(book, sheet, found, passed)
    _refuse_old_template(first[:place], found, form)
    reading.raw = _told(rows, sheet, book, reading)
    reading.lines = _lines(reading.raw, found, since_1904=book.since_1904)
    return reading


def _refuse_old_template(above: Sequence[Row], found: Headings, form: Format) -> None:
    """An old template is understood as long as every needed column is there."""
    editions = [one for _number, cells in above for cell in cells if (one := importing.template_of(text_of(cell)))]
    lacking = [column.label.message for column in form.columns if column.required and column not in found.places]
    if lacking and any(edition < form.edition for _name, edition in editions):
        raise Unusable(_("这是旧模板，缺少这些列：{lacking}。请下载新模板，把数据粘贴过去", lacking="、".join(lacking)))


def _data(rest: Sequence[Row], sheet: Sheet) -> Iterator[Row]:
    """The rows below the headings, without the template's explanation."""
    if rest and rest[0][1] and text_of(rest[0][1][0]).startswith(spellings.EXPLANATION):
        rest = rest[1:]
    yield from rest
    yield from sheet.rows


def _about_the_file(book: Book, sheet: Sheet, found: Headings, passed: Sequence[str]) -> Iterator[Text]:
    if found.unknown:
        yield _("这些列不认识，没有导入：{names}", names=_few(found.unknown))
    if unseen := [name for name in book.hidden_sheets if name != CHOICES]:
        yield _("隐藏的工作表没有导入：{names}", names=_few(unseen))
    if passed:
        yield _("这些工作表没有需要的列，没有导入：{names}", names=_few(passed))
    if book.macros:
        yield _("文件里有宏，已忽略，只读取数据")
    if book.kind == "xlsx" and sheet.name and passed:
        yield _("导入的工作表：{name}", name=sheet.name)


def _told(rows: Iterator[Row], sheet: Sheet, book: Book, reading: Reading) -> Iterator[Row]:
    """The rows, and after the last one what was left out."""
    yield from rows
    if sheet.hidden:
        hidden = [str(number) for number in sheet.hidden]
        reading.notes.append(_("隐藏或筛选掉的行没有导入：第{names}行", names=_few(hidden)))
    if sheet.merged:
        reading.notes.append(_("合并的单元格已按每一行填入相同内容：{names}", names=_few(sheet.merged)))
    others = [other.name for other in book.sheets if _has_rows(other)]
    if others:
        reading.notes.append(_("只导入了一个工作表，其余没有导入：{names}", names=_few(others)))


def _has_rows(sheet: Sheet) -> bool:
    return next(sheet.rows, None) is not None


def _few(names: Sequence[str]) -> Text:
    listed = "、".join(names[:NAMED])
    return (
        _("{names}等{count}个", names=listed, count=len(names))
        if len(names) > NAMED
        else Text("{names}", {"names": listed})
    )


def _lines(rows: Iterator[Row], found: Headings, *, since_1904: bool) -> Iterator[list[Line]]:
    wanted = [
        (place, column, None if column.holds is As.ENTRY else importing.parser(column, since_1904=since_1904))
        for place, column in enumerate(found.places)
        if column is not None
    ]
    names = importing.parser(Column("", _("名称")))
    plain = [(place, column.name, names if parse is None else parse) for place, column, parse in wanted]
    while some := list(islice(rows, CHUNK)):
        yield [_line(number, cells, plain) for number, cells in some]


def _line(number: int, cells: list[importing.Cell], wanted: Sequence[tuple[int, str, Parser]]) -> Line:
    """One row; an empty cell is None, an entry's cell its text."""
    line = Line(number, {})
    values, width = line.values, len(cells)
    for place, name, parse in wanted:
        cell = cells[place] if place < width else ""
        if not cell:  # a formula without a result is no empty cell: it would empty what is there
            values[name] = None
            continue
        try:
            values[name] = parse(cell)
        except Unfit as fault:
            values[name] = None
            line.refuse(name, fault.text)
    return line
