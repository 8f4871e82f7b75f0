"""The confirmation desk by keyboard alone, as a queue of people goes past it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import text

from shared import db
from tests.browser.conftest import Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_axe import violations

SCREEN, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
WAITING = """
SELECT a.id, a.registration_number, a.form_version, a.name FROM applications a JOIN staff s ON s.point_id = a.point_id
WHERE s.username = 'point' AND a.stage = 'school_checked' ORDER BY a.id
"""
ELSEWHERE = """
SELECT a.registration_number, a.form_version, p.name FROM applications a JOIN confirmation_points p ON p.id = a.point_id
WHERE a.stage = 'school_checked' AND a.point_id <> (SELECT point_id FROM staff WHERE username = 'point') ORDER BY a.id
"""

BOTTOMS = "e => e.getBoundingClientRect().bottom"
LOWEST = f"Math.max(...[...document.querySelectorAll('.sheet, .work')].map({BOTTOMS}))"


@dataclass(frozen=True)
class Waiting:
    """Somebody in the queue."""

    key: int
    number: str
    version: int
    name: str


@pytest.fixture(scope="module")
def services(start_services: Callable[..., Live]) -> Live:
    """A demo city of its own: confirmations here must not be missed elsewhere."""
    return start_services(teachers=400)


def asked(live: Live, question: str) -> list[tuple]:
    engine = db.make_engine(live.environ["DATABASE_URL"])
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return rows


def tabs_to(page: Page, name: str) -> None:
    """Go on with the Tab key until the control with this name has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the Tab key")


def is_clean(page: Page) -> None:
    assert violations(page) == []


def test_from_the_scan_to_the_receipt_by_keyboard(services: Live, browser: Browser) -> None:
    person = Waiting(*asked(services, WAITING)[0])
    again = person.version + 1
    with office(browser, services, "point") as point:
        page, keys = point.page, point.page.keyboard
        page.set_viewport_size(SCREEN)
        point.scans(f"{person.number}-{person.version}")
        point.has(person.name)
        expect(page.get_by_role("checkbox").first).to_be_focused()
        lowest = page.evaluate(LOWEST)
        assert lowest <= SCREEN["height"], "something lies below the screen"
        is_clean(page)
        picture(page, "desk")
        keys.press("F8")
        expect(page.get_by_role("heading", level=1)).to_contain_text("现场更正")
        tabs_to(page, "post_kind")
        keys.press("ArrowDown")
        is_clean(page)
        picture(page, "desk-correct")
        keys.press("F9")
        void = page.get_by_role("status", name="申请表已作废")
        expect(void).to_contain_text(f"签名的申请表是第{person.version}版，数据是第{again}版：请重新打印并签名")
        expect(void).to_contain_text("岗位性质：在编在岗 → 民办在岗")
        is_clean(page)
        picture(page, "desk-void")
        keys.press("F2")
        keys.press("F9")  # with the old paper it is refused
        expect(page.get_by_role("alert")).to_be_visible()
        with page.context.expect_page():
            keys.press("F4")
        page.wait_for_timeout(1500)
        assert asked(services, f"SELECT printed_version FROM applications WHERE id = {person.key}") == [(again,)]
        keys.press("Escape")
        expect(page.get_by_label("下一位")).to_be_focused()
        keys.type(f"{person.number}-{again}")
        keys.press("Enter")
        expect(void).to_have_count(0)
        expect(page.get_by_text("✓ 材料齐全")).to_be_visible()  # ticked before, and remembered
        keys.press("Enter")  # in the first tick box
        point.has("已确认")
        is_clean(page)
        picture(page, "desk-receipt")
        link = page.get_by_role("link", name="打印受理凭证").get_attribute("href")
        paper = "".join(one.extract_text() for one in PdfReader(io.BytesIO(point.paper(link or ""))).pages)
        assert person.name in paper
        expect(page.get_by_role("textbox")).to_be_focused()
        _the_next(services, point, person)


def _the_next(services: Live, point: Office, before: Waiting) -> None:
    """Found by the number on the form; a paper is missing, and the teacher is told which."""
    person = Waiting(*asked(services, WAITING)[0])
    page, keys = point.page, point.page.keyboard
    keys.type(person.number)
    keys.press("Enter")
    point.has(person.name)
    keys.press("Space")
    missing = page.locator("[data-missing]")
    expect(missing).not_to_contain_text("材料齐全")
    names = (missing.text_content() or "").strip().removeprefix("还缺：")
    keys.press("Shift+F9")
    expect(page.get_by_label("理由")).to_have_value(f"请补交材料：{names}。补齐后再到确认点办理。")
    is_clean(page)
    tabs_to(page, "reason")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text(f"已退回{person.name}修改")).to_be_visible()
    expect(page.get_by_role("link", name=before.name)).to_be_visible()
    is_clean(page)
    picture(page, "desk-next")
    point.opens("/desk/today")
    expect(page.get_by_role("cell", name=before.name, exact=True)).to_be_visible()
    is_clean(page)
    picture(page, "desk-today")


def test_a_form_of_another_point_is_no_dead_end(services: Live, browser: Browser) -> None:
    number, version, place = asked(services, ELSEWHERE)[0]
    with office(browser, services, "point") as point:
        point.page.set_viewport_size(SCREEN)
        point.scans(f"{number}-{version}")
        expect(point.page.get_by_role("alert")).to_contain_text(f"报名号{number}选的是“{place}”")
        is_clean(point.page)
        picture(point.page, "desk-elsewhere")


def test_the_desk_fits_a_tablet(services: Live, browser: Browser) -> None:
    person = Waiting(*asked(services, WAITING)[-1])
    with office(browser, services, "point") as point:
        point.page.set_viewport_size(TABLET)
        point.scans(f"{person.number}-{person.version}")
        point.has(person.name)
        is_clean(point.page)
        picture(point.page, "desk")


def test_a_scan_goes_to_the_next_person_wherever_the_focus_is(services: Live, browser: Browser) -> None:
    here, after = (Waiting(*row) for row in asked(services, WAITING)[-3:-1])
    with office(browser, services, "point") as point:
        point.scans(f"{here.number}-{here.version}")
        point.has(here.name)
        point.page.keyboard.press("F2")  # everything is ticked: an Enter would confirm
        point.page.get_by_role("checkbox").first.focus()
        point.page.keyboard.type(f"{after.number}-{after.version}")
        point.page.keyboard.press("Enter")
        point.has(after.name)
        assert asked(services, f"SELECT stage FROM applications WHERE id = {here.key}") == [("school_checked",)]


def test_a_confirmation_is_taken_back_with_a_reason(services: Live, browser: Browser) -> None:
    person = Waiting(*asked(services, WAITING)[-2])
    with office(browser, services, "point") as point:
        point.scans(f"{person.number}-{person.version}")
        point.has(person.name)
        point.page.keyboard.press("F2")
        point.page.keyboard.press("F9")
        point.has("已确认")
        point.follows("返回本件")
        point.presses("撤销确认，凭证作废")
        expect(point.page.get_by_role("alert")).to_contain_text("请填写撤销理由")
        point.page.get_by_label("撤销理由").fill("材料拿错了")
        picture(point.page, "desk-undo")
        point.presses("撤销确认，凭证作废")
        expect(point.page.get_by_text("原受理凭证作废，请收回")).to_be_visible()
