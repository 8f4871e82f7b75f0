"""What a hurried teacher is spared: lost typing, a second device, a closed window, a browser without JavaScript."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.services.demo import histories
from shared.services.demo.synthetic import someone
from tests.browser.conftest import DEMO_PASSWORD, DESK, PHONE, Live
from tests.browser.portal_pages import PAGES, STEP_4, STEP_7, Portal
from tests.browser.test_portal_journey import PASSWORD, seen
from tests.build import an_id_number
from tests.portal.teacher import a_jpeg

# What the applicant must see at each status of the demo's first teachers, in the order of their histories.
REMINDERS = (
    "您尚未提交，仅暂存不算报名",
    "请打印申请表一式2份",
    "请打印申请表一式2份",
    "学校已审校，请等待现场确认",
    "已受理，受理号",
    "申请被退回：聘用合同缺少学校公章",
    "您已放弃本次申报",
    "初审",
    "初审",
    "初审",
    "请等待终审",
    "请等待终审",
    "请等待终审",
    "注册合格，有效期至",
    "暂缓注册：",
    "注册不合格：",
    "注册合格，有效期至",
    "您的注册已被撤销",
)


@contextmanager
def a_visitor(browser: Browser, live: Live, size: tuple[int, int] = PHONE, *, script: bool = True) -> Iterator[Portal]:
    """Somebody in front of a browser of their own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", java_script_enabled=script
    )
    yield Portal(context.new_page(), live.portal)
    context.close()


def gets_an_account(teacher: Portal, id_number: str) -> None:
    teacher.gets_to_step_four(id_number)
    teacher.goes_through(*STEP_4)
    teacher.chooses_the_first("确认点")
    teacher.saves()
    teacher.reads_on()
    teacher.opens_an_account(PASSWORD, "ouyang@example.cn")


def test_what_was_typed_on_the_phone_is_there_at_the_desk(live: Live, browser: Browser) -> None:
    id_number = an_id_number(area="320104")
    with a_visitor(browser, live) as phone:
        gets_an_account(phone, id_number)
        phone.goes_through("work")
        phone.is_at(PAGES["contract"])
        phone.fills_in("contract")
        expect(phone.page.get_by_text("已自动保存")).to_be_visible()
    with a_visitor(browser, live, DESK) as desk:
        desk.logs_in(id_number, PASSWORD)
        desk.page.get_by_role("link", name="继续填写并提交").click()
        desk.is_at(PAGES["contract"])
        expect(desk.page.get_by_text("没有保存的内容已恢复")).to_be_visible()
        expect(desk.page.get_by_label("聘用合同开始日期")).to_have_value("2020-08-01")
        seen(desk.page, "30-second-device")
        desk.saves()
        desk.is_at(PAGES["education"])


def test_the_browsers_own_way_back_and_forward_loses_nothing(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    teacher.gets_to_step_four(an_id_number(area="320104"))
    teacher.goes_through("basics")
    teacher.fills_in("certificate")
    teacher.answers("认定机构", "没有这样的教育局吧")
    teacher.saves()
    expect(page.get_by_role("alert").first).to_contain_text("列表里没有")
    seen(page, "31-not-on-the-list")
    teacher.answers("认定机构", "南京市鼓楼区教育局")
    teacher.saves()
    teacher.is_at(PAGES["bureau"])
    page.go_back()
    teacher.is_at(PAGES["certificate"])
    expect(page.get_by_label("认定机构").first).to_have_value("南京市鼓楼区教育局")
    page.go_forward()
    teacher.is_at(PAGES["bureau"])
    teacher.presses("上一步")
    teacher.is_at(PAGES["certificate"])


def test_a_school_is_found_by_keyboard_alone(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    teacher.gets_to_step_four(an_id_number(area="320104"))
    teacher.goes_through("basics", "certificate", "bureau")
    teacher.is_at(PAGES["school"])
    page.get_by_role("combobox", name="现任教学校").focus()
    page.keyboard.type("致远")
    expect(page.get_by_role("option").first).to_be_visible()
    seen(page, "32-suggestions")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="现任教学校")).to_have_value("南京市鼓楼区致远中学")
    page.keyboard.press("Enter")
    teacher.is_at("确认点")


def test_a_school_that_is_missing_is_added(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    teacher.gets_to_step_four(an_id_number(area="320104"))
    teacher.goes_through("basics", "certificate", "bureau")
    teacher.answers("现任教学校", "南京市鼓楼区志远中学")
    teacher.saves()
    expect(page.get_by_text("您要找的是不是")).to_be_visible()
    seen(page, "33-did-you-mean")
    page.get_by_label("都不是，添加“南京市鼓楼区志远中学”").check()
    teacher.saves()
    teacher.is_at("确认点")
    expect(page.get_by_text("等待工作人员核实")).to_be_visible()
    seen(page, "34-added")


def test_everything_works_without_javascript(live: Live, browser: Browser, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(a_jpeg())
    with a_visitor(browser, live, script=False) as teacher:
        id_number = an_id_number(area="320104")
        teacher.gets_to_step_four(id_number)
        teacher.goes_through(*STEP_4[:-1])
        teacher.answers("现任教学校", "致远中学")
        teacher.saves()
        teacher.page.get_by_label("南京市鼓楼区致远中学").check()
        teacher.saves()
        teacher.chooses_the_first("确认点")
        teacher.saves()
        teacher.reads_on()
        teacher.opens_an_account(PASSWORD, "ouyang@example.cn")
        teacher.goes_through(*STEP_7)
        teacher.uploads(photo)
        teacher.saves()
        number = teacher.submits()
        assert number
        teacher.logs_out()
        teacher.logs_in(id_number, PASSWORD)
        expect(teacher.page.get_by_text(number).first).to_be_visible()


@pytest.mark.parametrize("index", range(len(REMINDERS)))
def test_each_status_has_its_reminder_with_a_sign_and_a_word(live: Live, browser: Browser, index: int) -> None:
    assert len(REMINDERS) == len(histories.HISTORIES)
    with a_visitor(browser, live) as teacher:
        teacher.logs_in(someone(index).id_number, DEMO_PASSWORD)
        teacher.is_at("我的申请")
        note = teacher.page.locator(".note").filter(has_text=REMINDERS[index]).first
        expect(note).to_be_visible()
        expect(note.locator("svg.sign")).to_be_visible()
        expect(note.locator("strong")).not_to_be_empty()
        seen(teacher.page, f"40-status-{index:02}")


@contextmanager
def closed(live: Live) -> Iterator[None]:
    """Yesterday was the last day for teachers."""
    file = live.environ["DATABASE_URL"].removeprefix("sqlite:///")

    def write(statement: str, *values: object) -> list[tuple[object, ...]]:
        with sqlite3.connect(file, timeout=20) as connection:
            return connection.execute(statement, values).fetchall()

    before = write("SELECT id, opens_on, closes_on FROM windows WHERE stage = 'apply'")
    write("UPDATE windows SET opens_on = '2020-01-01', closes_on = '2020-01-02' WHERE stage = 'apply'")
    try:
        yield
    finally:
        for key, opens, closes in before:
            write("UPDATE windows SET opens_on = ?, closes_on = ? WHERE id = ?", opens, closes, key)


def test_a_window_that_closes_takes_nothing_away(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    id_number = an_id_number(area="320104")
    gets_an_account(teacher, id_number)
    teacher.is_at(PAGES["work"])
    teacher.fills_in("work")
    with closed(live):
        teacher.saves()
        expect(page.get_by_role("alert").first).to_contain_text("网上申报现在没有开放")
        expect(page.get_by_label("进本单位时间")).to_have_value("2010-08-01")
        seen(page, "35-closed-while-typing")
        page.goto(f"{live.portal}/apply/work")
        teacher.is_at("网上申报现在没有开放")
        seen(page, "36-closed")
        page.goto(live.portal)
        seen(page, "37-front-closed")
    page.goto(f"{live.portal}/apply/work")
    expect(page.get_by_label("进本单位时间")).to_have_value("2010-08-01")
    teacher.saves()
    teacher.is_at(PAGES["contract"])


def test_the_journey_can_be_read_in_english(live: Live, page: Page) -> None:
    for name, path in (("front", "/"), ("read", "/apply/read"), ("check", "/check"), ("log-in", "/account/log-in")):
        page.goto(f"{live.portal}{path}?lang=en")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        seen(page, f"50-english-{name}")


@contextmanager
def a_second_city(live: Live) -> Iterator[None]:
    """Suzhou takes part as well, with a district of its own."""
    file = live.environ["DATABASE_URL"].removeprefix("sqlite:///")
    add = (
        "INSERT INTO bureaus (version, code, name, status, level, division_code, parent_id, path, phone)"
        " SELECT 1, ?, ?, 'active', ?, ?, id, path || '9' || ? || '/', '' FROM bureaus WHERE level = 'province'"
    )
    with sqlite3.connect(file, timeout=20) as connection:
        connection.execute(add, ("B320500", "苏州市教育局", "city", "320500", "1"))
        connection.execute(add, ("B320508", "苏州市姑苏区教育局", "county", "320508", "2"))
    try:
        yield
    finally:
        with sqlite3.connect(file, timeout=20) as connection:
            connection.execute("DELETE FROM bureaus WHERE code IN ('B320500', 'B320508')")


def test_province_and_city_narrow_the_bureaus(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    with a_second_city(live):
        teacher.gets_to_step_four(an_id_number(area="320104"))
        teacher.goes_through("basics", "certificate")
        teacher.is_at(PAGES["bureau"])
        expect(page.get_by_label("所在省")).to_have_value("江苏省")
        page.get_by_label("所在市").select_option("苏州市")
        seen(page, "38-narrowed")
        offered = page.locator("#bureau_id option").all_text_contents()
        assert offered == ["请选择", "苏州市教育局", "苏州市姑苏区教育局"]
        page.get_by_label("所在市").select_option("南京市")
        page.locator("#bureau_id").select_option(label="南京市鼓楼区教育局")
