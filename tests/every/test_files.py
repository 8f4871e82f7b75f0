"""Every source file: not too long, and the few things that only one place may do are done there alone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
PRODUCT = ("portal", "admin", "shared")
NOT_COUNTED = ("shared/migrations/", "shared/static/", "shared/reference/")
SUFFIXES = {".py", ".html", ".css", ".js", ".toml", ".md", ".txt", ".cfg", ".ini", ".csv"}


def files(*folders: str, suffixes: set[str] = SUFFIXES) -> list[str]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return sorted(str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts)


SOURCES = files(*PRODUCT, suffixes={".py"})
TESTS = files("tests", suffixes={".py"})
EVERYTHING = files(*PRODUCT, "docs") + files("tests") + [p.name for p in ROOT.iterdir() if p.suffix in SUFFIXES]


def lines_with(pattern: str, names: list[str]) -> set[str]:
    """The files in which a line, its comment aside, has `pattern`."""
    sought = re.compile(pattern)
    return {
        name
        for name in names
        if any(sought.search(line.split("  #")[0]) for line in (ROOT / name).read_text("utf-8").splitlines())
    }


@pytest.mark.parametrize("name", [n for n in SOURCES + TESTS if not n.startswith(NOT_COUNTED)])
def test_no_file_is_too_long_to_read(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= LONGEST


def test_the_walk_sees_the_files() -> None:
    assert {"shared/db.py", "shared/services/workflow.py", "portal/__init__.py"} <= set(SOURCES)
    assert "tests/every/test_files.py" in TESTS


def test_only_the_workflow_changes_a_stage() -> None:
    assert lines_with(r"\.stage = |\.stage: \w+ = |setattr\([^)]*[\"']stage[\"']", SOURCES) == set()
    services = [name for name in SOURCES if name.startswith("shared/services/")]
    assert lines_with(r"[\"']stage[\"']: |values\([^)]*\bstage=", services) == {"shared/services/workflow.py"}


def test_only_the_clock_reads_the_clock() -> None:
    pattern = r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|\btime\.time\(|func\.now\(|CURRENT_TIMESTAMP"
    assert lines_with(pattern, SOURCES) == {"shared/clock.py"}


def test_only_the_transaction_commits() -> None:
    assert lines_with(r"\.commit\(", SOURCES) == {"shared/db.py"}


def test_rules_and_adapters_are_given_the_time() -> None:
    below = [name for name in SOURCES if name.startswith(("shared/rules/", "shared/adapters/", "shared/models/"))]
    assert lines_with(r"import clock|shared\.clock", below) == set()


def test_the_product_does_not_know_its_tests() -> None:
    assert lines_with(r"^\s*(from|import) tests\b", SOURCES) == set()


def test_no_file_names_a_folder_of_one_machine() -> None:
    machine = r"(^|[\s\"'(=:])/(wo" + r"rk|ho" + r"me|ro" + r"ot|Us" + r"ers)/"
    assert lines_with(machine, EVERYTHING) == set()


def test_nothing_is_left_to_do_in_a_comment() -> None:
    assert lines_with(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", EVERYTHING) == set()


def test_no_print_is_left_behind() -> None:
    assert lines_with(r"(^|\s)print\(|breakpoint\(|\bpdb\b", SOURCES) == set()
