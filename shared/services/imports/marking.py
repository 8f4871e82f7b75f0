"""Workbooks that are given to people: the template of a format, and their own file with what is wrong marked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from shared.adapters.xlsx import Heading, Marked, Value, writing
from shared.db import session
from shared.models import ImportRow
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, ImportAction
from shared.rules import importing, policy, spellings
from shared.rules.importing import As, Column, text_of
from shared.rules.rights import Actor, Can
from shared.services import aliases
from shared.services.imports.formats import Archive, Format
from shared.services.imports.reading import Reading, opened
from shared.text import Text, _, in_chinese

MOST_CHOICES = 5_000
ROWS_AT_ONCE = 1_000
NOTES = {
    As.DATE: _("年-月-日，如2016-08-01"),
    As.YES_NO: _("填“是”或“否”"),
    As.WHOLE: _("填整数"),
    As.NUMBER_TEXT: _("按文本填写，不要变成科学计数"),
    As.ENTRY: _("填名称或代码"),
    As.KIND: _("从列表中选"),
}
ABOVE = _("{label}导入模板　红色列名为新增时必填　从说明的下一行开始填写　{mark}")


def template(path: Path, form: Format, *, by: Actor) -> None:
    """An empty workbook at `path` with headings, explanations and today's reference data to choose from."""
    with in_chinese():
        title = str(
            Text(ABOVE.message, {"label": form.label, "mark": importing.template_mark(form.name, form.edition)})
        )
        headings = [_heading(column, form, by) for column in form.columns]
        first = headings[0]
        headings[0] = Heading(first.label, spellings.EXPLANATION + first.note, first.required, first.choices)
        with writing(path, str(form.label)[:31], headings, title=title, author=by.name):
            pass


def explained(form: Format) -> list[tuple[Column, bool, str]]:
    """Each column, whether a new row needs it, and what to write there; for the page that offers the template."""
    return [(column, _needed(column, form), _note(column, form)) for column in form.columns]


def _needed(column: Column, form: Format) -> bool:
    return column.required or column.name in form.key


def _note(column: Column, form: Format) -> str:
    notes = [_("必填") if _needed(column, form) else None, column.note or NOTES.get(column.holds)]
    return str(_("，")).join(str(one) for one in notes if one)


def _heading(column: Column, form: Format, by: Actor) -> Heading:
    return Heading(str(column.label), _note(column, form), _needed(column, form), _choices(column, by))


def _choices(column: Column, by: Actor) -> Sequence[str]:
    if column.kinds is not None:
        return [member.label.message for member in column.choices]
    if column.holds is As.YES_NO:
        return [importing.shown(True), importing.shown(False)]
    return _names(column.entries, by) if column.entries is not None else ()


def _names(model: type[Entry], by: Actor) -> Sequence[str]:
    """The names on offer; those that are not unique by their code, and none at all where they are too many."""
    offered = select(model.code, model.name).where(
        policy.condition(model, by, Can.REFER), model.status == EntryStatus.ACTIVE, aliases.unmerged(model)
    )
    rows = session.execute(offered.order_by(model.code).limit(MOST_CHOICES + 1)).all()
    if len(rows) > MOST_CHOICES:
        return ()
    codes: dict[str, list[str]] = defaultdict(list)
    for code, name in rows:
        codes[name].append(code)
    return [name if len(codes[name]) == 1 else code for code, name in rows]


def marked(path: Path, target: Path, form: Format, import_id: int, *, by: Actor, only_refused: bool) -> None:
    """The user's file at `path` once more at `target`, bad cells coloured, with the row it had and the reasons.

    `only_refused`: without the rows that are in already, so that the rest can be mended and sent in again. The rows are
    others than in the file, which may have a title or hidden rows: reasons that name a row mean those of the file.
    """
    with in_chinese(), opened(path, form) as reading:
        names = [text_of(cell) for cell in reading.above[-1][1]]
        kept = [place for place, name in enumerate(names) if importing.plain_heading(name) not in spellings.ADDED]
        added = [Heading(spellings.ORIGINAL_ROW), Heading(spellings.REASONS)]
        headings = [*(Heading(names[place]) for place in kept), *added]
        with writing(target, str(form.label)[:31], headings, author=by.name) as sheet:
            reasons = _Reasons(import_id)
            for number, cells in reading.raw:
                faults = reasons.of(number)
                if faults or not only_refused:
                    texts = [text_of(cell) for cell in cells]
                    sheet.write([*_row(reading, texts, faults, kept), str(number), _told(reading, faults)])


def listed(target: Path, form: Format, import_id: int, *, by: Actor) -> None:
    """The refused files of an archive, which cannot itself be marked: which, what it is called, and why."""
    with in_chinese():
        labels = {column.name: column.label for column in form.columns}
        headings = [Heading(name) for name in (spellings.FILE_PLACE, spellings.FILE_NAME, spellings.REASONS)]
        with writing(target, str(form.label)[:31], headings, author=by.name) as sheet:
            for row in _refused(import_id):
                sheet.write([str(row.number), Archive.name_of(row), "；".join(_sentences(_faults_of(row), labels))])


def _row(
    reading: Reading, cells: list[str], faults: Mapping[str, Sequence[Text]], kept: Sequence[int]
) -> Iterator[Value]:
    places = reading.headings.places
    for place in kept:
        column, text = places[place], cells[place] if place < len(cells) else ""
        shown = "" if column is not None and column.secret else text
        yield Marked(shown) if column is not None and column.name in faults else shown


def _told(reading: Reading, faults: Mapping[str, Sequence[Text]]) -> Value:
    labels = {column.name: column.label for column in reading.headings.columns}
    return Marked("；".join(_sentences(faults, labels))) if faults else ""


def _sentences(faults: Mapping[str, Sequence[Text]], labels: Mapping[str, Text]) -> Iterator[str]:
    for name, texts in faults.items():
        for text in texts:
            yield f"{labels[name]}：{text}" if name in labels else str(text)


class _Reasons:
    """Why rows were refused, asked for in the order of the file."""

    def __init__(self, import_id: int) -> None:
        self._rows = _refused(import_id)
        self._next = next(self._rows, None)

    def of(self, number: int) -> Mapping[str, Sequence[Text]]:
        while self._next is not None and self._next.number < number:
            self._next = next(self._rows, None)
        if self._next is None or self._next.number != number:
            return {}
        return _faults_of(self._next)


def _refused(import_id: int) -> Iterator[ImportRow]:
    """The rows that were refused, in the order of the file; a few at a time."""
    refused = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.action == ImportAction.REFUSED)
    refused, last = refused.order_by(ImportRow.number).limit(ROWS_AT_ONCE), 0
    while some := session.scalars(refused.where(ImportRow.number > last)).all():
        last = some[-1].number
        yield from some


def _faults_of(row: ImportRow) -> Mapping[str, Sequence[Text]]:
    found: dict[str, list[Text]] = defaultdict(list)
    for column, packed in row.reasons:
        found[column].append(Text.unpacked(packed))
    return found
