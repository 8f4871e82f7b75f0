"""Every text for people goes through gettext, and the English catalogue has all of them."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "shared/translations/en/LC_MESSAGES/messages.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
PYTHON = sorted(path for door in ("portal", "admin", "shared") for path in (ROOT / door).rglob("*.py"))
TEMPLATES = sorted(
    path for door in ("portal", "admin", "shared") for path in (ROOT / door / "templates").rglob("*.html")
)
# Data in Chinese, not texts: synthetic people, signs that are replaced, and words that stand on official papers only.
DATA = {
    "shared/services/demo",
    "shared/migrations",
    "shared/rules/spellings.py",  # how workbooks spell headings and answers
    "shared/rules/holidays.py",  # how a notice about holidays is read and written
}
ON_PAPER = {
    "shared/services/calendar.py": {"调休上班"},
    "shared/rules/prose.py": {"[一二三四五六七八九十]+、"},  # how a published text numbers its parts
    "shared/rules/certificate.py": {"无"},  # the name of a subject, compared
    # how names are compared
    "shared/rules/likeness.py": {
        "（）〔〕［］【】",
        "(?<=.{2})(教育委员会|教育局|教委|文教局|学校|中学|小学|幼儿园|大学|学院)$",
    },
}


def _messages() -> Iterator[str]:
    for path in PYTHON:
        yield from (str(found[1]) for found in extract_from_file("python", path, keywords={"_": None}))
    for path in TEMPLATES:
        for found in extract_from_file("jinja2", path, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}):
            message = found[1]
            yield from message if isinstance(message, tuple) else (message,)


def _catalogue() -> Catalog:
    with CATALOGUE.open(encoding="utf-8") as file:
        return read_po(file)


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_message_has_its_english() -> None:
    catalogue = _catalogue()
    missing = {
        message for message in _messages() if message and not (catalogue.get(message) and catalogue[message].string)
    }
    assert not missing, f"{len(missing)} messages without English: {sorted(missing)[:20]}"


def test_the_catalogue_has_nothing_that_no_page_says() -> None:
    said = set(_messages())
    stale = {entry.id for entry in _catalogue() if entry.id and isinstance(entry.id, str) and entry.id not in said}
    assert not stale, sorted(stale)[:20]


def test_a_translation_fills_the_same_names() -> None:
    for entry in _catalogue():
        if isinstance(entry.id, str) and entry.id:
            assert _names(entry.id) == _names(str(entry.string)), entry.id
            assert not CHINESE.search(str(entry.string)) or "“" in str(entry.string), (
                f"Chinese left in {entry.string!r}"
            )


def _names(message: str) -> set[str]:
    percent = set(re.findall(r"%\((\w+)\)s", message))
    return percent | {name for _text, name, _spec, _conversion in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("path", PYTHON, ids=_short)
def test_no_chinese_stands_outside_a_message(path: Path) -> None:
    name = _short(path)
    if any(name.startswith(folder) for folder in DATA):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    marked = {id(part) for node in ast.walk(tree) if _marks(node) for part in ast.walk(node)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
        if id(node) not in marked and id(node) not in _docstrings(tree)
        if node.value not in ON_PAPER.get(name, set())
    ]
    assert not found, f"mark these with _(): {found}"


def _marks(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def _docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=_short)
def test_no_chinese_stands_bare_in_a_template(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = text.replace('lang="zh-CN">中文<', "")  # a language names itself
    for pattern in (r"\{#.*?#\}", r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", r"\{\{.*?\}\}", r"\{%.*?%\}", r"/\*.*?\*/"):
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    assert not CHINESE.search(text), CHINESE.findall(text)[:10]
