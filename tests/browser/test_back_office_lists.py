"""Lists in a browser under the CSP: filters, columns, saved views, editing in place, full numbers, all that match."""

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Live
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_exports import seen

NUMBER = re.compile(r"[0-9]{17}[0-9X]")


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is changed here meets no other test."""
    return start_services(teachers=120)


def rows(live: Live, question: str) -> int:
    with sqlite3.connect(live.environ["DATABASE_URL"].removeprefix("sqlite:///")) as connection:
        return int(connection.execute(question).fetchone()[0])


def opens_panel(person: Office, name: str) -> None:
    person.page.locator("details.panel > summary", has_text=name).click()


def test_conditions_are_ticked_taken_off_and_kept_as_a_view(live: Live, browser: Browser) -> None:
    with office(browser, live, "district") as person:
        page = person.page
        faults: list[str] = []
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        person.opens("/applications/")
        seen(page, "list")
        opens_panel(person, "筛选")
        page.get_by_role("checkbox", name="已确认（已受理）").check()
        page.get_by_role("checkbox", name="注册合格", exact=True).check()
        seen(page, "list-filter")
        person.presses("应用筛选")
        both = page.locator("tbody tr[data-id]").count()
        opens_panel(person, "筛选")
        page.get_by_label("条件之间").select_option(label="满足任意一项")
        person.presses("应用筛选")
        assert "match=any" in page.url
        expect(page.locator(".chips").get_by_text("满足任意一项")).to_be_visible()
        assert page.locator("tbody tr[data-id]").count() > both
        page.get_by_role("link", name="去掉条件：注册结论：注册合格").click()
        expect(page.locator("tbody .badge.confirmed").first).to_be_visible()
        assert "conclusion" not in page.url
        opens_panel(person, "显示列")
        page.get_by_role("checkbox", name="确认点", exact=True).uncheck()
        page.get_by_role("checkbox", name="进入本环节").check()
        person.presses("应用")
        expect(page.get_by_role("columnheader", name="确认点")).to_have_count(0)
        expect(page.get_by_role("columnheader", name="进入本环节")).to_be_visible()
        opens_panel(person, "保存视图")
        page.get_by_label("视图名称").fill("待初审")
        person.presses("保存")
        expect(page.get_by_role("link", name="待初审", exact=True)).to_have_attribute("aria-current", "true")
        seen(page, "list-view")
        person.opens("/applications/?view=all")
        person.follows("待初审")
        expect(page.get_by_role("columnheader", name="进入本环节")).to_be_visible()
        assert faults == []


def test_a_number_is_shown_in_place_after_a_reason(live: Live, browser: Browser) -> None:
    with office(browser, live, "district") as person:
        page = person.page
        person.opens("/applications/?sort=name")
        row = page.locator("tbody tr[data-id]").nth(4)
        key, link = row.get_attribute("data-id"), row.get_by_role("link", name="显示完整号码")
        link.press("Enter")
        dialog = page.get_by_role("dialog", name="显示完整号码")
        expect(dialog.get_by_role("radio").first).to_be_focused()
        dialog.get_by_role("radio", name="联系本人").check()
        seen(page, "list-reveal")
        page.keyboard.press("Escape")
        expect(link).to_be_focused()
        assert rows(live, "SELECT count(*) FROM audit_entries WHERE action = 'reveal'") == 0
        link.press("Enter")
        expect(dialog.get_by_role("radio").first).to_be_focused()
        page.keyboard.press("Space")
        dialog.get_by_role("button", name="显示", exact=True).click()
        shown = page.locator(f"#row-{key}")
        expect(shown).to_contain_text(NUMBER)
        expect(shown).to_be_in_viewport()
        assert len(NUMBER.findall(page.locator("tbody").inner_text())) == 1
        assert rows(live, "SELECT count(*) FROM audit_entries WHERE action = 'reveal'") == 1


def test_a_cell_is_changed_by_keyboard_and_a_fault_is_told_beside_it(live: Live, browser: Browser) -> None:
    with office(browser, live, "superuser") as person:
        page = person.page
        person.opens("/schools/")
        cell = page.locator("td[data-name=name]").first
        pen, was = cell.locator(".pen"), cell.locator("span").inner_text()
        pen.press("Enter")
        box = cell.get_by_role("textbox")
        expect(box).to_be_focused()
        box.fill("")
        box.press("Enter")
        expect(cell.get_by_role("alert")).to_have_text("请填写名称")
        seen(page, "list-inline")
        box.press("Escape")
        expect(cell.locator("span")).to_have_text(was)
        expect(pen).to_be_focused()
        pen.press("Enter")
        box.fill(f"{was}（新校区）")
        page.context.set_offline(True)
        box.press("Enter")
        expect(cell.get_by_role("alert")).to_contain_text("没有连上")
        expect(box).to_have_value(f"{was}（新校区）")
        page.context.set_offline(False)
        box.press("Enter")
        expect(cell.locator("span")).to_have_text(f"{was}（新校区）")
        page.reload()
        expect(cell.locator("span")).to_have_text(f"{was}（新校区）")
        state = page.locator("td[data-name=status]").first
        state.locator(".pen").click()
        state.get_by_role("combobox").select_option(label="已停用")
        expect(state.locator("span")).to_have_text("已停用")


def test_all_that_match_are_chosen_not_only_the_page(live: Live, browser: Browser) -> None:
    with office(browser, live, "province") as person:
        page = person.page
        person.opens("/applications/")
        ticks = page.locator('tbody input[name="rowid"]')
        page.get_by_role("checkbox", name="勾选本页全部").check()
        expect(page.locator("[data-count]")).to_contain_text(f"已选{ticks.count()}条")
        everything = page.get_by_role("checkbox", name=re.compile("^选择全部符合条件的"))
        everything.check()
        expect(ticks.first).to_be_disabled()
        many = re.search(r"([0-9,]+)条", everything.locator("xpath=..").inner_text())
        assert many is not None
        total = int(many[1].replace(",", ""))
        assert total > ticks.count()
        seen(page, "list-all")
        person.presses("预览")
        expect(page.locator("main")).to_contain_text(f"您选择了{total}件申请")
