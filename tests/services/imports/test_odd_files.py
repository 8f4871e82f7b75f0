"""Files as people have them, and files that were hurt, through the engine: the same rows, or a sentence."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import xlsxwriter

from shared.adapters import apart
from shared.models.kinds import ImportState, Role
from shared.services.imports import formats, reading
from shared.services.imports.reading import Unusable
from tests import build
from tests.adapters.sheets.books import a_cell, by_hand, made, written
from tests.importing import a_csv, counts, said, sent, the

ID = "320102199001011234"
HEAD = ("证书号码", "姓名", "身份证号", "签发日期")
ROWS = (("20103201631000001", "王芳", ID, date(2010, 6, 30)), ("20103201632000002", "李强", ID, date(2011, 7, 1)))
LIBREOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
KINDS = {"xls": "xls:MS Excel 97", "ods": "ods"}
SEEDS, AT_ONCE = 30, 6  # of each kind, in so many tests


def read(path: Path, name: str = "certificates") -> tuple[list[list[Any]], list[str], list[str]]:
    """The values of the rows, what is wrong with their cells, and what was told about the file."""
    form = formats.named(name)
    assert form is not None
    with reading.opened(path, form) as found:
        lines = [line for some in found.lines for line in some]
    values = [[line.values.get(one) for one in ("number", "name", "id_number", "issued_on")] for line in lines]
    return values, [str(text) for line in lines for _column, text in line.problems], [str(one) for one in found.notes]


def refused(path: Path, name: str = "certificates") -> str:
    with pytest.raises(Unusable) as fault:
        read(path, name)
    return " ".join(str(text) for text in fault.value.texts)


GOOD = [list(row) for row in ROWS]


# As it is.


@pytest.mark.parametrize("above", [(), (("2026年名单",),), (("2026年名单",), ("填表人", "张三")), (("",), ("名单",))])
def test_headings_may_stand_lower(tmp_path: Path, above: Any) -> None:
    assert read(written(tmp_path / "a.xlsx", [*above, HEAD, *ROWS])) == (GOOD, [], [])


def test_headings_may_stand_in_any_order_and_be_written_as_people_do(tmp_path: Path) -> None:
    turned = [("签发日期（年月日）", "身份证件号码 *", "姓 名", "证书 编号")] + [row[::-1] for row in ROWS]
    assert read(written(tmp_path / "a.xlsx", turned)) == (GOOD, [], [])


def test_full_width_digits_and_invisible_blanks_are_understood(tmp_path: Path) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    number, name, one, _day = ROWS[0]
    unseen = f"\u3000{name}\u200b \u200b", f" {one[:6]} {one[6:]}\u00a0"
    rows = [(number.translate(wide), *unseen, "２０１０年６月３０日")]
    assert read(written(tmp_path / "a.xlsx", [HEAD, *rows])) == (GOOD[:1], [], [])


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("day", [date(2010, 6, 30), "2010-06-30", "2010.6.30", "2010/6/30", "20100630", "2010年6月30日",
                                 20100630, "serial"])  # fmt: skip
def test_a_day_is_the_same_however_it_is_written(tmp_path: Path, day: Any, *, since_1904: bool) -> None:
    if day == "serial":
        day = (date(2010, 6, 30) - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days
    path = written(tmp_path / "a.xlsx", [HEAD, (*ROWS[0][:3], day)], {"date_1904": since_1904})
    assert read(path) == (GOOD[:1], [], [])


def test_a_number_that_excel_rounded_is_refused_with_how_to_mend_it(tmp_path: Path) -> None:
    _values, problems, _notes = read(written(tmp_path / "a.xlsx", [HEAD, (*ROWS[0][:2], int(ID), ROWS[0][3])]))
    assert len(problems) == 1
    assert "3.20102E+17" in problems[0]
    assert "设为“文本”格式" in problems[0]


@pytest.mark.parametrize(("cell", "said"), [("3.20102E+17", "末尾几位已经丢失"), (f"'{ID}", ""), (f"‘{ID}", "")])
def test_a_number_that_a_program_wrote_as_text_is_told_or_read(tmp_path: Path, cell: str, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(a_csv(HEAD, (*ROWS[0][:2], cell, "2010-06-30")))
    values, problems, _notes = read(tmp_path / "a.csv")
    assert (values[0][2], [said in one for one in problems]) == ((None, [True]) if said else (ID, []))


def test_what_lacks_a_column_names_those_that_nobody_knows(tmp_path: Path) -> None:
    told = refused(written(tmp_path / "a.xlsx", [("证书的号", "姓名", "身份证号"), ROWS[0][:3]]))
    assert ["缺少这些列：证书号码" in told, "不认识这些列：证书的号" in told] == [True, True]


def test_a_formula_is_refused_with_how_to_mend_it(tmp_path: Path) -> None:
    book = made([HEAD, *ROWS])
    book.active["B2"] = '="王"&"芳"'
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[1] == ["单元格是公式，请复制后选择“粘贴为数值”，再重新上传"]


def test_merged_and_hidden_cells_are_told(tmp_path: Path) -> None:
    book = made([HEAD, *ROWS, ROWS[0]])
    book.active.merge_cells("B2:B3")
    book.active.row_dimensions[4].hidden = True
    book.save(tmp_path / "a.xlsx")
    values, problems, notes = read(tmp_path / "a.xlsx")
    assert ([row[1] for row in values], problems) == (["王芳", "王芳"], [])
    assert ["隐藏" in notes[0], "第4行" in notes[0], "B2:B3" in notes[1]] == [True] * 3


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_files_of_every_encoding_give_the_same(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(a_csv(HEAD, *ROWS).decode().encode(encoding))
    assert read(tmp_path / "a.csv") == (GOOD, [], [])


def test_a_template_of_another_import_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [("模板：roster_entries/1",), HEAD, *ROWS])
    assert "这是另一种导入的模板" in refused(path)


def test_a_template_that_is_newer_than_the_system_is_refused(tmp_path: Path) -> None:
    assert "比系统新" in refused(written(tmp_path / "a.xlsx", [("模板：certificates/99",), HEAD, *ROWS]))


def test_an_old_template_without_a_needed_column_is_refused_in_words(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [("模板：certificates/0",), ("证书号码", "姓名"), ROWS[0][:2]])
    assert refused(path).startswith("这是旧模板，缺少这些列：证件号码")
    rows = [("模板：roster_entries/0",), ("学校编码", "姓名", "身份证号"), ("S1", "王芳", ID)]
    assert read(written(tmp_path / "b.xlsx", rows), "roster_entries")[0] == [[None, "王芳", ID, None]]


# Made by other programs.


def of_xlsxwriter(path: Path) -> Path:
    return written(path / "a.xlsx", [HEAD, *ROWS])


def of_openpyxl(path: Path) -> Path:
    made([HEAD, *ROWS]).save(path / "a.xlsx")
    return path / "a.xlsx"


def by_hands(path: Path) -> Path:
    rows = [HEAD, *((*row[:3], row[3].isoformat()) for row in ROWS)]
    cells = ["".join(a_cell(f"{at}{number}", text) for at, text in zip("ABCD", row, strict=True))
             for number, row in enumerate(rows, 1)]  # fmt: skip
    return by_hand(path / "a.xlsx", "".join(f'<row r="{number}">{one}</row>' for number, one in enumerate(cells, 1)))


def of_libreoffice(kind: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        if not LIBREOFFICE:
            pytest.skip("LibreOffice Calc is not installed: .ci/run installs it")
        return by_libreoffice(of_openpyxl(path), kind)

    return make


def by_libreoffice(file: Path, kind: str) -> Path:
    """`file` as LibreOffice saves it."""
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    command = [str(LIBREOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(file.parent / "out")]
    subprocess.run([*command, str(file)], check=True, timeout=120, capture_output=True)
    return file.parent / "out" / f"a.{kind.partition(':')[0]}"


PROGRAMS = {
    "XlsxWriter": of_xlsxwriter,
    "openpyxl": of_openpyxl,
    "by hand": by_hands,
    "LibreOffice .xlsx": of_libreoffice("xlsx"),
    "LibreOffice .xls": of_libreoffice(KINDS["xls"]),
    "LibreOffice .ods": of_libreoffice(KINDS["ods"]),
    "LibreOffice .csv": of_libreoffice("csv:Text - txt - csv (StarCalc):44,34,76"),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_gives_the_same_rows(tmp_path: Path, program: str) -> None:
    assert read(PROGRAMS[program](tmp_path)) == (GOOD, [], [])


# Hurt.


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    many = [HEAD, *ROWS * 30]
    written(folder / "a.xlsx", many)
    found = {"xlsx": (folder / "a.xlsx").read_bytes(), "csv": a_csv(*many)}
    if LIBREOFFICE:
        for kind in ("xls", "ods"):
            path = of_libreoffice(KINDS[kind])(folder)
            found[kind] = path.read_bytes()
    return found


def flipped(content: bytes, dice: Random) -> bytes:
    """Some bytes are others, and of every third file the end is lost."""
    hurt = bytearray(content)
    for _hit in range(dice.randrange(1, 30)):
        hurt[dice.randrange(len(hurt))] = dice.randrange(256)
    return bytes(hurt[: dice.randrange(len(hurt))] if dice.random() < 1 / 3 else hurt)


def flipped_inside(content: bytes, dice: Random) -> bytes:
    """A sound package of parts that are not: one is hurt, lost or doubled in size."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = dice.choice(names)
        for name in names:
            part = old.read(name)
            if name == hit and dice.random() < 1 / 4:
                continue
            new.writestr(name, flipped(part, dice) if name == hit and part else part)
    return out.getvalue()


HURT = {"xlsx": flipped, "xls": flipped, "ods": flipped, "csv": flipped, "parts": flipped_inside}


def outcome(path: Path) -> list[str]:
    """Whatever is said about a file; anything but rows and sentences is a traceback."""
    try:
        values, problems, notes = read(path)
    except Unusable as fault:
        return [str(text) for text in fault.texts] or [""]
    return [*problems, *notes, f"{len(values)} rows"]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_formula_is_refused_in_files_of_other_programs(tmp_path: Path, kind: str) -> None:
    if not LIBREOFFICE:
        pytest.skip("LibreOffice Calc is not installed: .ci/run installs it")
    book = made([HEAD, *ROWS])
    book.active["B2"] = '="王"&"芳"'
    book.save(tmp_path / "a.xlsx")
    values, problems, _notes = read(by_libreoffice(tmp_path / "a.xlsx", KINDS[kind]))
    assert problems == ["单元格是公式，请复制后选择“粘贴为数值”，再重新上传"]
    assert [row[1] for row in values] == [None, "李强"]


@pytest.mark.parametrize("part", range(AT_ONCE))
@pytest.mark.parametrize("kind", HURT)
def test_a_hurt_file_gives_rows_or_a_sentence(tmp_path: Path, whole: dict[str, bytes], kind: str, part: int) -> None:
    content = whole.get("xlsx" if kind == "parts" else kind)
    if content is None:
        pytest.skip("LibreOffice Calc is not installed: .ci/run installs it")
    assert apart.MEMORY <= 512 * 1024 * 1024
    for seed in range(part, SEEDS, AT_ONCE):
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(HURT[kind](content, Random(f"{kind} {seed}")))
        texts = outcome(path)
        assert all(text.strip() and not re.search(r"\{[a-z]+\}", text) for text in texts), seed


@pytest.mark.parametrize("seed", range(4))
def test_a_hurt_file_is_shown_or_refused_and_never_half_way(database: Any, whole: dict[str, bytes], seed: int) -> None:
    province = build.a_nanjing().province
    content = flipped_inside(whole["xlsx"], Random(seed))
    key = sent("certificates", content, by=build.an_actor(Role.SUPERUSER, province))
    row = the(key)
    assert row.state in (ImportState.UNREADABLE, ImportState.CHECKED)
    if row.state is ImportState.UNREADABLE:
        assert all(said(row.faults))
    else:
        assert sum(counts(key)) == row.total > 0


def test_a_sound_file_is_told_apart_from_a_hurt_one(database: Any, tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet().write_row(0, 0, HEAD)
    key = sent("certificates", content.getvalue(), by=build.an_actor(Role.SUPERUSER, build.a_nanjing().province))
    assert (the(key).state, said(the(key).faults)) == (ImportState.UNREADABLE, ["标题行下面没有数据"])
