"""A day of the school's officer: who is missing, the check with its grid, what came back, a teacher's password."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_axe import violations

TABLET = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def live(start_services: Callable[..., Live]) -> Live:
    """A demo city of its own: who is checked here must not be missed elsewhere."""
    return start_services(teachers=40)


def is_clean_at_both_widths(page: Page, name: str) -> None:
    for size in (TABLET, {"width": DESK[0], "height": DESK[1]}):
        page.set_viewport_size(size)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(page, name)


def number_of(page: Page, label: str) -> int:
    tile = page.locator(".standing a", has=page.get_by_text(label, exact=True))
    return int(tile.locator("strong").inner_text())


def fills_the_grid(page: Page, hours: str) -> None:
    """By keyboard from the first cell on, as an officer with the personnel file does."""
    for row in page.locator("table[data-hours] tbody tr").all():
        row.locator("select").first.select_option(label="合格")
    cells = page.locator("table[data-hours] input.hours")
    cells.first.focus()
    for _year in range(5):
        page.keyboard.type(hours)
        page.keyboard.press("ArrowDown")


def test_the_roster_leads_to_the_check_and_on_to_the_next(live: Live, browser: Browser) -> None:
    with office(browser, live, "school") as school:
        page = school.page
        school.opens("/")
        school.follows("开始审校")
        school.follows("返回花名册")
        assert number_of(page, "未报名") >= 3
        waiting = number_of(page, "待审校")
        assert waiting >= 2
        is_clean_at_both_widths(page, "roster")
        page.locator(".standing a.missing").click()
        expect(page.locator("table.roster tbody tr").first).to_contain_text("未报名")
        checked = _begins(school)
        page.get_by_label("师德结论").select_option(label="师德合格")
        fills_the_grid(page, "x2")
        page.locator("table.grid").last.get_by_label("第1段事由", exact=True).fill("产假")
        school.presses("保存并审校通过，看下一位")
        expect(page.get_by_role("alert")).to_contain_text("请填写数字")
        expect(page.get_by_role("alert")).to_contain_text("请填写中止教学的开始日期")
        expect(page.get_by_label("第1段事由", exact=True)).to_have_value("产假")
        assert violations(page) == []
        for cell in page.locator("input.hours").all():
            cell.fill("72")
        expect(page.locator("[data-sum]")).to_have_text("360")
        page.get_by_label("第1段开始日期").fill("2024-03-01")
        page.get_by_label("第1段结束日期").fill("2024-07-31")
        page.get_by_label("第1段事由经批准").check()
        school.presses("保存")
        expect(page.get_by_role("status")).to_contain_text("已保存")
        expect(page.get_by_role("heading", name=re.compile("系统建议"))).to_contain_text("注册合格")
        is_clean_at_both_widths(page, "school-check")
        school.presses("保存并审校通过，看下一位")
        expect(page.get_by_role("status")).to_contain_text("审校通过")
        assert _key(page) != checked
        school.follows("返回花名册")
        assert number_of(page, "待审校") == waiting - 1


def test_what_is_returned_is_listed_with_its_reason(live: Live, browser: Browser) -> None:
    with office(browser, live, "school") as school:
        page = school.page
        name = _begins(school) and page.get_by_role("heading", level=1).inner_text().split()[0]
        page.locator("summary", has_text="退回修改").click()
        school.presses("保存并退回教师，看下一位")
        expect(page.get_by_role("alert")).to_contain_text("请填写理由")
        page.get_by_label("退回理由").fill("所学专业与毕业证书不符")
        school.presses("保存并退回教师，看下一位")
        school.opens("/roster/returned")
        row = page.locator("tbody tr", has_text=name)
        expect(row).to_contain_text("所学专业与毕业证书不符")
        expect(row).to_contain_text("学校审校员")
        is_clean_at_both_widths(page, "school-returned")


def test_a_teacher_who_cannot_get_in_gets_a_code(live: Live, browser: Browser) -> None:
    with office(browser, live, "school") as school:
        page = school.page
        school.opens("/roster/?group=checked")
        page.get_by_role("link", name=re.compile("^重设密码")).first.click()
        page.get_by_role("checkbox").check()
        school.presses("发放重设码")
        expect(page.get_by_text("只显示这一次").first).to_be_visible()


def _begins(school: Office) -> str:
    school.opens("/roster/")
    school.follows("审校下一位")
    return _key(school.page)


def _key(page: Page) -> str:
    found = re.search(r"/roster/(\d+)/", page.url)
    assert found, page.url
    return found[1]
