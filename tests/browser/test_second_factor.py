"""The log-in of staff in a browser: a slip, a phone, two machines, five mistakes, a lost phone."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import phone
from tests.browser.conftest import DEMO_PASSWORD, DESK, PHONE, PICTURES, ROOT, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_axe import at_width, violations
from tests.browser.test_portal_journey import fits

OFFICE = ROOT / "docs" / "pictures" / "office"
IN_THE_HANDBOOK = ("slip", "second-factor", "own", "kept", "locked")
CHOSEN = "Xuanwu#2027"


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: locked accounts and new ones meet no other test."""
    return start_services()


class Newcomer(Office):
    """Somebody who was handed a slip."""

    def fills(self, **texts: str) -> None:
        for label, text in texts.items():
            self.page.get_by_label(re.compile(f"^{label}( 必填)?$")).fill(text)

    def activates(self, username: str, code: str, password: str) -> None:
        self.opens("/activate")
        self.fills(用户名=username, 激活码=code, 新密码=password, 再输一次新密码=password)
        self.presses("保存新密码")

    def types(self, username: str, password: str) -> None:
        self.opens("/login")
        self.fills(用户名=username, 密码=password)
        self.presses("登录")

    def enters(self, code: str, button: str = "登录") -> None:
        self.fills(动态码=code)
        self.presses(button)

    def is_told(self, text: str) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(text)

    def is_in(self) -> None:
        expect(self.page.get_by_role("link", name="我的账号")).to_be_visible()

    def must_log_in(self) -> None:
        """At the next click; what was asked for is shown after the log-in."""
        self.opens("/applications/")
        expect(self.page.get_by_role("heading", level=1, name="工作人员登录")).to_be_visible()


@pytest.fixture
def newcomer(browser: Browser, live: Live) -> Iterator[Newcomer]:
    """A machine of their own."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN")
    yield Newcomer(context.new_page(), live.admin)
    context.close()


def seen(page: Page, name: str) -> None:
    """Nothing sticks out and axe finds nothing, at a desk and on a phone; some pictures go into the handbook."""
    for size in (PHONE, DESK):
        at_width(page, size)
        assert fits(page), (name, size)
        assert violations(page) == [], (name, size)
        picture(page, f"account-{name}")
    if name in IN_THE_HANDBOOK:
        shutil.copyfile(PICTURES / f"account-{name}-1280.png", OFFICE / f"account-{name}.png")


def an_account(keeper: Office, username: str) -> str:
    """A superuser makes an account without a password; what the slip says."""
    keeper.opens("/staff/new/")
    page = keeper.page
    for label, text in (("用户名", username), ("姓名", "钱新"), ("身份证号码", "320106198501010018")):
        page.get_by_label(re.compile(f"^{label}( 必填)?$")).fill(text)
    page.get_by_label("角色").select_option(label="区县初审员")
    page.get_by_role("combobox", name="教育行政部门").press_sequentially("鼓楼")
    page.get_by_role("option", name="南京市鼓楼区教育局").click()
    keeper.presses("保存")
    return page.locator(".slip .code").inner_text()


def looks_at(keeper: Office, username: str) -> None:
    keeper.opens(f"/staff/?q={username}")
    keeper.page.locator("tbody").get_by_role("link", name=username, exact=True).click()


def binds_a_phone(person: Newcomer, username: str) -> tuple[str, str]:
    """Through the enrolment; the key that the page showed, and the code that was used up by it."""
    person.presses("开始绑定")
    key = person.page.locator(".key").inner_text().replace(" ", "")
    used = phone.code(person.address, username, key)
    seen(person.page, "second-factor")
    person.enters("000000", "确认绑定")
    person.is_told("动态码不正确")
    assert person.page.locator(".key").inner_text().replace(" ", "") == key  # a mistake asks for no new scan
    person.enters(used, "确认绑定")
    person.is_in()
    return key, used


def test_from_the_slip_to_a_lost_phone(browser: Browser, live: Live, newcomer: Newcomer) -> None:
    page = newcomer.page
    with office(browser, live, "superuser-gulou") as keeper:
        slip = an_account(keeper, "qianxin")
        seen(keeper.page, "slip")

        newcomer.activates("qianxin", slip, "qianxin")  # too short, of one kind, and the name itself
        for rule in ("10至128个字符", "至少三种", "不能包含用户名"):
            newcomer.is_told(rule)
        seen(page, "activate")
        newcomer.activates("qianxin", slip.lower().replace("-", ""), CHOSEN)
        expect(page.get_by_role("status")).to_contain_text("密码已设置")
        newcomer.types("qianxin", CHOSEN)
        newcomer.opens("/applications/")  # nothing is open before a phone is bound
        expect(page.get_by_role("button", name="开始绑定")).to_be_visible()
        key, used = binds_a_phone(newcomer, "qianxin")

        newcomer.presses("退出")
        newcomer.types("qianxin", CHOSEN)
        expect(page.get_by_role("heading", level=1)).to_contain_text("输入动态码")
        newcomer.enters(used)  # each code is good for once
        newcomer.is_told("已用过")
        seen(page, "code")
        newcomer.enters(phone.code(live.admin, "qianxin", key))
        newcomer.is_in()

        looks_at(keeper, "qianxin")
        seen(keeper.page, "kept")
        keeper.follows("重置动态码")
        seen(keeper.page, "lost-phone")
        keeper.presses("确定重置")
        newcomer.must_log_in()  # every session ended
        newcomer.types("qianxin", CHOSEN)
        expect(page.get_by_role("button", name="开始绑定")).to_be_visible()


def test_one_sees_where_one_is_logged_in_and_ends_it_there(browser: Browser, live: Live, newcomer: Newcomer) -> None:
    with office(browser, live, "auditor") as here:
        newcomer.types("auditor", DEMO_PASSWORD)
        newcomer.is_in()
        here.opens("/account/")
        devices = here.page.get_by_role("region", name="登录的设备")
        expect(devices.locator("tbody tr")).to_have_count(2)
        seen(here.page, "own")
        devices.get_by_role("button", name=re.compile("^退出这处登录")).click()
        expect(here.page.get_by_role("status")).to_contain_text("已退出那一处登录")
        expect(devices.locator("tbody tr")).to_have_count(1)
        newcomer.must_log_in()
        here.opens("/account/")
        expect(devices).to_be_visible()


def test_a_superuser_ends_the_log_ins_of_the_area(browser: Browser, live: Live, newcomer: Newcomer) -> None:
    newcomer.types("point", DEMO_PASSWORD)
    newcomer.is_in()
    with office(browser, live, "superuser-gulou") as keeper:
        looks_at(keeper, "point")
        keeper.follows("登录情况")
        seen(keeper.page, "sessions")
        keeper.presses("结束全部登录")
        expect(keeper.page.get_by_text("现在没有在任何地方登录")).to_be_visible()
    newcomer.must_log_in()


def test_the_fifth_mistake_locks_the_account_and_no_other(browser: Browser, live: Live, newcomer: Newcomer) -> None:
    for _each in range(5):
        newcomer.types("province2", "wrong password")
        newcomer.is_told("账号或密码不正确")
    newcomer.types("province2", DEMO_PASSWORD)
    expect(newcomer.page.get_by_role("alert")).to_contain_text(re.compile(r"账号已锁定，请在\d\d:\d\d之后再试"))
    seen(newcomer.page, "locked")
    with office(browser, live, "auditor") as other:
        other.opens("/account/")
