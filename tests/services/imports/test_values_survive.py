"""Whatever a table may hold comes back unchanged from a workbook of the template's shape."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.adapters.xlsx import Heading, writing
from shared.models import Subject
from shared.models.kinds import IdKind
from shared.rules import dates, importing, spellings
from shared.rules.importing import KEEP, As, Column, Unfit
from shared.services.imports import reading
from shared.services.imports.formats import Format
from shared.text import _

COLUMNS = (
    Column("text", _("姓名")),
    Column("lines", _("说明"), As.LINES),
    Column("number", _("证件号码"), As.NUMBER_TEXT),
    Column("day", _("签发日期"), As.DATE),
    Column("whole", _("学时"), As.WHOLE),
    Column("yes", _("在编"), As.YES_NO),
    Column("kind", _("证件类型"), As.KIND, kinds=IdKind),
    Column("entry", _("学科"), As.ENTRY, entries=Subject),
)
FORM = Format("everything", _("样样"), COLUMNS, ("number",), None, lambda _by: True)  # type: ignore[arg-type]


def as_held(column: Column) -> st.SearchStrategy[Any]:
    """Texts as a column holds them: somebody typed them into a page or a file, and they were read."""
    read = importing.parser(column)

    def held(text: str) -> Any:
        try:
            return read(text.strip()) if text.strip() else None
        except Unfit:
            return None

    typed = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n×１ａ_x=+-@'\"&<"), max_size=80)
    return typed.map(held).filter(lambda value: value is not KEEP and value != "")


VALUES: dict[As, Any] = {
    As.TEXT: as_held(Column("", _("名称"))),
    As.LINES: as_held(Column("", _("说明"), As.LINES)),
    As.NUMBER_TEXT: as_held(Column("", _("号码"), As.NUMBER_TEXT)),
    As.DATE: st.dates(dates.EARLIEST, date(2199, 12, 31)),
    As.WHOLE: st.integers(-importing.LARGEST, importing.LARGEST),
    As.YES_NO: st.booleans(),
    As.KIND: st.sampled_from(IdKind),
    As.ENTRY: as_held(Column("", _("名称"))),
}
ROW = st.tuples(
    *(VALUES[column.holds].filter(lambda value: value is not None) if column.name == "number"
      else st.none() | VALUES[column.holds] for column in COLUMNS)
)  # fmt: skip
ODD = ("=1+1", "@x", "_x0041_", "1E5", "007", "12-1", "TRUE", "#N/A", "说明：如此", "模板", "𠮷野家")


def came_back(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The rows out of a workbook into which they were written."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        title = importing.template_mark(FORM.name, FORM.edition)
        heads = [Heading(str(column.label), spellings.EXPLANATION if not n else "") for n, column in enumerate(COLUMNS)]
        with writing(path, "样样", heads, title=title) as sheet:
            for row in rows:
                sheet.write([importing.shown(value) for value in row])
        with reading.opened(path, FORM) as found:
            lines = [line for some in found.lines for line in some]
        assert [line.problems for line in lines] == [[]] * len(lines)
        return [[line.values[column.name] for column in COLUMNS] for line in lines]


@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ROW, min_size=1, max_size=40))
@example([(odd, odd, "A1", None, None, None, None, odd) for odd in ODD])
def test_any_rows_survive_a_workbook(rows: list[tuple[Any, ...]]) -> None:
    assert came_back(rows) == [list(row) for row in rows]


def test_every_type_of_column_is_tried() -> None:
    assert {column.holds for column in COLUMNS} == set(As) == VALUES.keys()
