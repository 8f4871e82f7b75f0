"""The pages beside the journey: the check before the form, and the account with its ways back."""

from playwright.sync_api import Page, expect

from shared.services.demo.synthetic import someone
from tests.browser.conftest import DEMO_PASSWORD, Live
from tests.browser.portal_pages import Portal
from tests.browser.test_portal_journey import seen

WORKS_AND_NEVER_REGISTERED = (
    "公办普通中小学、幼儿园、中等职业学校",
    "在编在岗",
    "从来没有注册过",
    "没有试用期，或早已转正",
)
SUBMITTED, REGISTERED = 1, 13  # of the demo's histories


def test_two_minutes_tell_whether_to_register_and_what_comes_first(live: Live, page: Page) -> None:
    page.goto(live.portal)
    page.get_by_role("link", name="两分钟").first.click()
    seen(page, "60-check")
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_role("alert").first).to_contain_text("请选择")
    seen(page, "61-check-empty")
    for answer in (
        "公办普通中小学、幼儿园、中等职业学校",
        "在编在岗",
        "从来没有注册过",
        "没有试用期，或早已转正",
    ):
        page.get_by_label(answer, exact=True).check()
    page.locator("#stage").select_option(label="初级中学")
    page.locator("#subject").fill("语文")
    page.locator("#type_1").select_option(label="初级中学教师资格")
    page.locator("#issued_1").fill("2005")
    page.get_by_label("资格种类、性别或证书号码有错", exact=True).first.check()
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("应当申报注册")
    expect(page.get_by_text("换证").first).to_be_visible()
    seen(page, "62-check-result")


def test_the_accounts_pages(live: Live, page: Page) -> None:
    for name, path in (("70-log-in", "/account/log-in"), ("71-forgotten", "/account/forgotten")):
        page.goto(live.portal + path)
        seen(page, name)
    page.locator("#id_number").first.fill("32010119800101001X")
    page.get_by_role("button", name="发送链接").click()
    expect(page.get_by_text("如果这个证件号码已有账号")).to_be_visible()
    seen(page, "72-asked")
    page.goto(f"{live.portal}/account/new-password/nobody-was-sent-this")
    expect(page.get_by_text("已失效").first).to_be_visible()
    seen(page, "73-void-link")
    teacher = Portal(page, live.portal)
    teacher.logs_in(someone(SUBMITTED).id_number, DEMO_PASSWORD)
    for name, path in (
        ("74-account", "/account/"),
        ("75-email", "/account/email"),
        ("76-password", "/account/password"),
        ("77-whole-form", "/status/form"),
        ("78-point", "/status/point"),
        ("79-done-later", "/apply/done"),
    ):
        page.goto(live.portal + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        seen(page, name)


def test_whoever_was_registered_finds_the_day_of_the_next_time(live: Live, page: Page) -> None:
    teacher = Portal(page, live.portal)
    teacher.logs_in(someone(REGISTERED).id_number, DEMO_PASSWORD)
    teacher.is_at("我的申请")
    expect(page.get_by_text("有效期至").first).to_be_visible()
    seen(page, "80-registered")
