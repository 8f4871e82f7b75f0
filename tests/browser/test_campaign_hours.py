"""A superuser makes the next campaign, and changes hours while a teacher is in step 7: both see the truth at once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from shared import clock
from tests.browser.conftest import DESK, Live
from tests.browser.office_pages import Office, office
from tests.browser.portal_pages import PAGES, STEP_4, Portal
from tests.build import an_id_number

CAMPAIGN, SCHOOL = "江苏省{year}年中小学教师资格定期注册（演示）", "南京市鼓楼区致远中学"


@pytest.fixture
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: whoever closes it must not stand in the way of others."""
    return start_services(teachers=30)


def reaches_step_seven(teacher: Portal) -> None:
    teacher.gets_to_step_four(an_id_number(area="320106"))
    teacher.goes_through(*STEP_4)
    teacher.chooses("确认点", "鼓楼区教师资格现场确认点")
    teacher.saves()
    teacher.reads_on()
    teacher.opens_an_account("Xinghuo-2026", "ouyang@example.cn")
    teacher.is_at(PAGES["work"])
    teacher.fills_in("work")


def opens_from(keeper: Office, window: str, day: date, reason: str) -> None:
    """Let teachers apply from this day on."""
    keeper.opens(window)
    assert keeper.page.get_by_label("理由").input_value() == ""
    keeper.page.get_by_label("开始日期").fill(day.isoformat())
    keeper.page.get_by_label("理由").fill(reason)
    keeper.presses("保存")
    expect(keeper.page.get_by_text("已保存")).to_be_visible()


def looks(keeper: Office, day: date) -> str:
    """What a teacher of the school sees in the middle of a day."""
    keeper.opens(f"/campaigns/seen/?id=1&school={SCHOOL}&day={day}&hour=12:00")
    return keeper.page.locator("tbody tr").first.inner_text()


def test_hours_change_under_a_teachers_hands(live: Live, browser: Browser) -> None:
    today = clock.today()
    page: Page = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN").new_page()
    teacher = Portal(page, live.portal)
    reaches_step_seven(teacher)
    with office(browser, live, "superuser") as keeper:
        keeper.opens("/campaigns/details/?id=1")
        keeper.follows("照此新建下一批次")
        keeper.presses("新建批次")
        expect(keeper.page.get_by_role("heading", level=1)).to_have_text(CAMPAIGN.format(year=today.year + 1))
        expect(keeper.page.get_by_text("待核实").first).to_be_visible()

        keeper.opens("/windows/?stage=apply&campaign_id=1")
        window = keeper.page.get_by_role("link", name="编辑").first.get_attribute("href") or ""
        assert "未开放" not in looks(keeper, today)
        opens_from(keeper, window, today + timedelta(days=1), "系统维护，推迟一天开放")
        assert "下次开放时间" in looks(keeper, today)

        teacher.saves()
        teacher.is_at(PAGES["work"])
        expect(page.get_by_text("网上申报现在没有开放，下次开放时间").first).to_be_visible()
        expect(page.get_by_label("参加工作时间")).to_have_value("2010-08-01")  # nothing typed is lost

        opens_from(keeper, window, today - timedelta(days=1), "维护提前完成")
        assert "未开放" not in looks(keeper, today)
        teacher.saves()
        teacher.is_at(PAGES["contract"])
