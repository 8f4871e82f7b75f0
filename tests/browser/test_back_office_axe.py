"""Every kind of page of the back office: axe finds nothing, and nothing sticks out, at a desk's and a tablet's width.

Which pages these are, and how to add one, stands in office_walk.py.
"""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, Live
from tests.browser.office_pages import Office
from tests.browser.office_walk import KEYS, PAGES, Shown
from tests.browser.test_portal_journey import fits

TABLET = (820, 1180)
WALK = [
    pytest.param(shown, template, id=f"{template}-{shown.who or 'nobody'}-{index}")
    for template, ways in PAGES.items()
    for index, shown in enumerate(ways if isinstance(ways, tuple) else (ways,))
]


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is changed here meets no other test."""
    return start_services()


@pytest.fixture(scope="module")
def keys(live: Live) -> dict[str, int]:
    with sqlite3.connect(live.environ["DATABASE_URL"].removeprefix("sqlite:///")) as connection:
        found = {name: connection.execute(question).fetchone()[0] for name, question in KEYS.items()}
    assert all(found.values()), found
    return found


@pytest.fixture(scope="module")
def desks(browser: Browser, live: Live) -> Iterator["Desks"]:
    opened = Desks(browser, live)
    yield opened
    opened.close()


class Desks:
    """One browser session for each person: nobody logs in twice."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self.browser, self.live = browser, live
        self.open: dict[str, Office] = {}
        self.faults: list[str] = []

    def of(self, who: str) -> Office:
        if who not in self.open:
            context = self.browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN")
            office = Office(context.new_page(), self.live.admin)
            if who:
                office.logs_in(who)
            office.page.on("console", lambda said: self.faults.append(said.text) if "Policy" in said.text else None)
            office.page.on("pageerror", lambda error: self.faults.append(str(error)))
            self.open[who] = office
        return self.open[who]

    def close(self) -> None:
        for office in self.open.values():
            office.page.context.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]


def at_width(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_function("new Promise(done => requestAnimationFrame(() => done(true)))")


@pytest.mark.parametrize(("shown", "template"), WALK)
def test_a_page_is_for_everybody(desks: Desks, keys: dict[str, int], shown: Shown, template: str) -> None:
    office = desks.of(shown.who)
    page = office.page
    at_width(page, DESK)
    shown.way(office, keys)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text("页面不存在")).to_have_count(int(template == "error.html"))
    for size in (DESK, TABLET):
        at_width(page, size)
        assert fits(page), size
        assert violations(page) == [], size
    if shown.address:
        page.goto(_in_english(page.url))
        assert fits(page), "in English"
        page.goto(page.url.replace("lang=en", "lang=zh"))
    assert desks.faults == []


def _in_english(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lang=en"


def test_everything_is_reached_by_keyboard(desks: Desks) -> None:
    office = desks.of("superuser")
    page = office.page
    at_width(page, DESK)
    office.opens("/schools/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")
    office.opens("/schools/")
    wanted = page.evaluate(REACHABLE)
    reached = 0
    for _step in range(wanted + 5):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert page.evaluate(MARKED), f"no mark around {place}"
        reached += 1
        if page.evaluate("document.activeElement === document.body"):
            break
    assert reached >= wanted


REACHABLE = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.type !== 'hidden').length"""
MARKED = """(() => { const one = document.activeElement, style = getComputedStyle(one);
  return one === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2); })()"""
