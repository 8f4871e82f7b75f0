"""The start page of every role, on a screen and on a tablet."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Live, picture
from tests.browser.office_pages import office
from tests.browser.test_back_office_axe import violations

WIDTHS = ({"width": 1280, "height": 800}, {"width": 820, "height": 1180})
WHO = ("school", "point", "district", "city", "province", "superuser", "auditor")


@pytest.mark.parametrize("who", WHO)
def test_a_start_page_fits_and_its_charts_are_tables_too(live: Live, browser: Browser, who: str) -> None:
    with office(browser, live, who) as staff:
        page = staff.page
        for size in WIDTHS:
            page.set_viewport_size(size)
            staff.opens("/")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "wider than the screen"
            picture(page, f"start-{who}")
            chart = page.get_by_role("img", name="各单位的办理进度")
            expect(chart).to_be_visible()
            page.get_by_text("以表格查看").first.click()
            expect(page.get_by_role("rowheader", name="合计")).to_be_visible()
            assert violations(page) == []
