"""Every template compiles, and none brings what the content security policy forbids."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.browser.office_walk import PAGES, PARTS

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path for door in ("portal", "admin", "shared") for path in (ROOT / door / "templates").rglob("*.html")
)
PAPER = "shared/templates/pdf/"


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_short)
def test_it_compiles(path: Path) -> None:
    environment = Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True
    )
    environment.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if PAPER not in _short(path)], ids=_short)
def test_it_has_no_inline_handler_or_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<[^>{]*\son[a-z]+\s*=", text), "an inline handler dies under the policy, silently"
    assert not re.search(r"<[^>{]*\sstyle\s*=", text), "an inline style is not applied under the policy"
    assert "javascript:" not in text
    for script in re.findall(r"<(?:script|style)\b[^>]*>", text):
        assert "src=" in script or "nonce=" in script, script


@pytest.mark.parametrize("path", TEMPLATES, ids=_short)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", path.read_text(encoding="utf-8"))


def test_every_page_of_the_back_office_is_walked_by_axe() -> None:
    folder = ROOT / "admin" / "templates"
    templates = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    pages = {name for name in templates if not name.startswith("parts/")} - set(PARTS)
    assert pages - set(PAGES) == set(), "add them to tests/browser/office_walk.py: it says how"
    assert set(PAGES) - pages == set(), "no longer there: take them out of tests/browser/office_walk.py"
