"""Reviewing as it is done: from the filtered list through one decision after the other, and round again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.portal_pages import Portal
from tests.browser.test_whole_path import applies
from tests.build import an_id_number
from tests.portal.teacher import a_jpeg

WAITING = "/applications/?stage=confirmed"
TABLET = {"width": 820, "height": 1180}


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is changed here meets no other test."""
    return start_services()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN").new_page()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "照片.jpg"
    file.write_bytes(a_jpeg())
    return file


@pytest.fixture(scope="module")
def services(start_services: Callable[..., Live]) -> Live:
    """A demo city of its own: decisions here must not be missed elsewhere."""
    return start_services(teachers=100)


def is_clean(page: Page) -> None:
    """No fault that axe finds."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def where(office: Office) -> str:
    return re.sub(r"^.*?/review/(\d+)/.*$", r"\1", office.page.url)


def test_an_officer_works_through_the_list(services: Live, browser: Browser) -> None:
    with office(browser, services, "district") as district:
        page = district.page
        district.opens(WAITING)
        links = page.locator("table a[href*='/review/']")
        waiting = links.count()
        assert waiting >= 3
        links.first.click()
        expect(page.get_by_text(re.compile(r"第1件"))).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile("系统建议"))).to_be_visible()
        expect(page.get_by_role("button", name="确定初审，看下一件")).to_be_in_viewport()  # beside the case, not below
        is_clean(page)
        picture(page, "office-review")
        first = where(district)
        page.keyboard.press("j")
        expect(page).not_to_have_url(re.compile(f"/review/{first}/"))
        second = where(district)
        page.keyboard.press("k")
        expect(page).to_have_url(re.compile(f"/review/{first}/"))
        page.keyboard.press("d")
        page.keyboard.press("j")  # in the form a letter is a letter
        expect(page).to_have_url(re.compile(f"/review/{first}/"))
        district.decides("初审", conclusion="注册合格")
        expect(page.get_by_role("status")).to_contain_text("现在是“初审：注册合格”")
        expect(page).to_have_url(re.compile(f"/review/{second}/.*stage=confirmed"))
        district.decides("初审", conclusion="暂缓注册")
        expect(page.get_by_role("alert")).to_contain_text("请填写理由")
        is_clean(page)
        district.decides("初审", conclusion="暂缓注册", reason="培训学时不足，请补足后再申请")
        district.goes_back_to_it()
        district.has("初审暂缓注册")
        expect(page.get_by_text("培训学时不足，请补足后再申请").first).to_be_visible()
        district.opens(WAITING)
        expect(links).to_have_count(waiting - 2)


def test_a_hold_stops_the_decision_until_it_is_cleared_up(services: Live, browser: Browser) -> None:
    with office(browser, services, "district") as district:
        page = district.page
        district.opens(WAITING)
        page.locator("table a[href*='/review/']").last.click()
        page.locator("summary", has_text="暂停办理").click()
        page.get_by_label("暂停原因").fill("证书照片与本人不符，已请学校核实")
        district.presses("暂停办理")
        expect(page.get_by_text("申请已暂停办理（证书照片与本人不符，已请学校核实）").first).to_be_visible()
        expect(page.get_by_role("button", name="确定初审，看下一件")).to_have_count(0)
        is_clean(page)
        picture(page, "office-review-held")
        page.set_viewport_size(TABLET)
        is_clean(page)
        picture(page, "office-review-held")
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        page.locator("summary", has_text="解除暂停").click()
        page.get_by_label("查实情况").fill("学校已核实为本人")
        district.presses("解除暂停")
        district.decides("初审", conclusion="注册合格")
        expect(page.get_by_role("status").first).to_contain_text("初审：注册合格")


def test_a_returned_application_comes_round_again(services: Live, browser: Browser, page: Page, photo: Path) -> None:
    teacher = Portal(page, services.portal)
    id_number = an_id_number(area="320106")
    number = applies(teacher, id_number, photo)
    with office(browser, services, "school") as school:
        school.finds(number)
        school.attests("师德合格")
        school.moves("审校通过")
    accept(browser, services, number, 1)
    with office(browser, services, "district") as district:
        district.finds(number)
        district.decides("撤销确认", reason="所学专业与毕业证书不符，请更正")
    page.goto(f"{services.portal}/status")
    expect(page.get_by_text("所学专业与毕业证书不符，请更正").first).to_be_visible()
    amends(teacher)
    with office(browser, services, "school") as school:
        school.finds(number)
        school.moves("审校通过")
    accept(browser, services, number, 2)
    with office(browser, services, "district") as district:
        district.finds(number)
        expect(district.page.get_by_role("heading", name="退回后改动的内容")).to_be_visible()
        expect(district.page.get_by_text("退回过1次")).to_be_visible()
        picture(district.page, "office-review-again")
        district.decides("初审", conclusion="注册合格")
        district.goes_back_to_it()
        district.has("初审：注册合格")


def accept(browser: Browser, services: Live, number: str, version: int) -> None:
    with office(browser, services, "point") as point:
        point.scans(f"{number}-{version}")
        expect(point.page.get_by_role("checkbox").first).to_be_visible()
        point.ticks_all_papers()
        point.confirms(str(version))
        expect(point.page.get_by_role("heading", level=1)).to_contain_text("已确认")


def amends(teacher: Portal) -> None:
    """Another major, which is a new version of the form: it is printed and signed again."""
    page = teacher.page
    page.get_by_role("link", name="查看和修改", exact=True).click()
    page.locator("main a[href*='education']").first.click()
    teacher.types("所学专业", "汉语国际教育")
    teacher.saves()
    page.goto(f"{teacher.address}/status")
    expect(page.get_by_text("第2版").first).to_be_visible()
    teacher.downloads_the_form()
