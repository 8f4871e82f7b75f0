"""Two people at one school's record, what its history tells afterwards, and the auditor who reads and exports it."""

import csv
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from shared import clock
from tests.browser.conftest import Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_axe import violations
from tests.browser.test_portal_journey import fits


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is changed here meets no other test."""
    return start_services()


@pytest.fixture(scope="module")
def school(live: Live) -> tuple[int, str]:
    """A school that no other test looks at: its number and its name."""
    with sqlite3.connect(live.environ["DATABASE_URL"].removeprefix("sqlite:///")) as connection:
        found: tuple[int, str] = connection.execute("SELECT id, name FROM schools ORDER BY id DESC").fetchone()
    return found


def seen(page: Page, name: str) -> None:
    picture(page, f"office-{name}")
    assert fits(page), name
    assert violations(page) == [], name


def renames(person: Office, key: int, name: str) -> None:
    person.opens(f"/schools/edit/?id={key}")
    person.page.get_by_label("名称").fill(name)


def test_the_second_of_two_chooses_and_the_history_tells_both(
    live: Live, browser: Browser, school: tuple[int, str]
) -> None:
    key, was = school
    with office(browser, live, "superuser") as first, office(browser, live, "superuser-nanjing") as second:
        renames(first, key, f"{was}（东校区）")
        renames(second, key, f"{was}（西校区）")
        second.page.get_by_label("状态").select_option("retired")
        first.presses("保存")
        second.presses("保存")
        expect(second.page.get_by_role("heading", level=1)).to_contain_text("两个人改了同一条记录")
        for name in (f"{was}（东校区）", f"{was}（西校区）"):
            expect(second.page.get_by_role("radio", name=name)).not_to_be_checked()
        expect(second.page.get_by_role("radio", name="已停用")).to_be_checked()
        seen(second.page, "conflict")
        second.page.get_by_role("radio", name=f"{was}（西校区）").check()
        second.presses("按上面的选择保存")
        expect(second.page.get_by_text("已保存")).to_be_visible()
        second.follows("全部更改记录")
        rows = second.page.locator(".history tbody tr")
        for text in (f"{was}（东校区）", f"{was}（西校区）", "已停用", "127.0.0.1"):
            expect(rows.nth(0)).to_contain_text(text)
        expect(rows.nth(1)).to_contain_text(f"{was}（东校区）")
        seen(second.page, "history")
        second.page.get_by_label("项目").select_option(label="状态")
        second.presses("筛选")
        expect(rows.nth(0)).to_contain_text("已停用")


def test_a_cell_of_the_list_is_told_too(live: Live, browser: Browser, school: tuple[int, str]) -> None:
    key, _was = school
    with office(browser, live, "superuser") as first, office(browser, live, "superuser-nanjing") as second:
        second.opens("/schools/?status=active&q=S320")
        row = second.page.locator("tr[data-id]").first
        other = int(row.get_attribute("data-id") or key)
        renames(first, other, "先改的学校")
        first.presses("保存")
        row.locator("td[data-name=name] .pen").click()
        box = row.get_by_role("textbox")
        box.fill("后改的学校")
        box.press("Enter")
        expect(row.get_by_role("alert")).to_contain_text("现在是“先改的学校”")
        expect(box).to_have_value("后改的学校")
        box.press("Enter")
        expect(row.locator("td[data-name=name] > span")).to_have_text("后改的学校")


def test_the_auditor_filters_and_exports(live: Live, browser: Browser) -> None:
    with office(browser, live, "auditor") as auditor:
        today = clock.today()
        auditor.opens(f"/audit-entries/?table_name=schools&action=update&at.from={today}&at.to={today}")
        expect(auditor.page.locator("tbody tr").first).to_contain_text("任教学校")
        seen(auditor.page, "audit")
        auditor.follows("导出")
        auditor.page.get_by_role("radio", name="CSV（.csv）").check()
        with auditor.page.expect_download() as started:
            auditor.presses("导出")
        with started.value.path().open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        assert {line[lines[0].index("数据表")] for line in lines[1:]} == {"任教学校"}
        auditor.opens("/audit-entries/?action=export")
        expect(auditor.page.locator("tbody tr").first).to_contain_text("审计记录")


def test_a_question_comes_before_anything_is_destroyed(live: Live, browser: Browser) -> None:
    with office(browser, live, "superuser") as keeper:
        keeper.opens("/windows/")
        rows = keeper.page.locator("tbody tr")
        before = rows.count()
        link = rows.first.get_by_role("link", name="删除")
        link.click()
        dialog = keeper.page.get_by_role("dialog", name="确定要删除吗？")
        expect(dialog).to_be_visible()
        assert violations(keeper.page) == []
        expect(dialog.get_by_role("link", name="不删除，返回")).to_be_focused()
        keeper.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(link).to_be_focused()
        assert rows.count() == before
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain = Office(context.new_page(), live.admin)
    plain.logs_in("superuser")
    plain.opens("/windows/")
    plain.page.locator("tbody tr").first.get_by_role("link", name="删除").click()
    expect(plain.page.get_by_role("heading", level=1)).to_have_text("确定要删除吗？")
    context.close()
