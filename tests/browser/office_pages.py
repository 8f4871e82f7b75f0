"""What staff do in the back office, as sentences over its pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser import phone
from tests.browser.conftest import DEMO_PASSWORD, DESK, Live

_kept: dict[tuple[str, str], StorageState] = {}


class Office:
    """One member of staff in front of one browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def comes_in(self, username: str) -> None:
        """Go on with the log-in that the browser kept; where it has ended, log in."""
        self.page.goto(self.address)
        if not self.out.is_visible():
            self.logs_in(username)

    @property
    def out(self) -> Locator:
        """The way out, which every page of a person's who is in has."""
        return self.page.get_by_role("button", name="退出").or_(self.page.get_by_role("link", name="退出"))

    def logs_in(self, username: str) -> None:
        self.page.goto(self.address)
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(DEMO_PASSWORD)
        self.presses("登录")
        if "/login/code" in self.page.url:
            self.page.get_by_label("动态码").fill(phone.code(self.address, username))
            self.presses("登录")
        expect(self.out).to_be_visible()

    def opens(self, path: str) -> None:
        self.page.goto(self.address + path)

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def finds(self, registration_number: str) -> None:
        """The application's own page, through the list's search."""
        self.opens("/applications/")
        self.page.get_by_label("查找").fill(registration_number)
        self.presses("查找")
        self.follows(registration_number)

    def has(self, status: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(status)

    def attests(self, ethics: str) -> None:
        self.follows("填写学校意见")
        self.page.get_by_label("师德结论").select_option(label=ethics)
        self.presses("保存")

    def moves(self, name: str, *, conclusion: str = "") -> None:
        self.follows(name)
        if conclusion:
            self.page.get_by_role("radio", name=conclusion, exact=True).check()
        self.presses(f"确定{name}")

    def decides(self, name: str, *, conclusion: str = "", reason: str = "") -> None:
        """On the review page: the decision, and then back to the same application."""
        panel = self.page.locator("details.decision", has=self.page.get_by_role("heading", name=name, exact=True))
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        if conclusion:
            panel.get_by_role("radio", name=conclusion, exact=True).check()
        if reason:
            panel.get_by_label("理由（申请人会看到）").fill(reason)
        panel.get_by_role("button", name=f"确定{name}").click()

    def goes_back_to_it(self) -> None:
        self.follows("办错了？回到这件申请")

    def scans(self, text: str) -> None:
        self.opens("/desk/")
        expect(self.page.get_by_role("textbox")).to_be_focused()  # as a scanner needs it
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def ticks_all_papers(self) -> None:
        for box in self.page.get_by_role("checkbox").all():
            box.check()

    def confirms(self, signed_version: str) -> None:
        self.page.get_by_label("签名的申请表版本").fill(signed_version)
        self.presses("确认并出具受理凭证")

    def paper(self, path: str) -> bytes:
        """A paper that is shown in a tab of its own."""
        answer = self.page.context.request.get(self.address + path)
        assert answer.ok, answer.status
        return answer.body()


@contextmanager
def office(browser: Browser, live: Live, username: str) -> Iterator[Office]:
    """`username` at work, in a browser session of their own: a second time they need not wait for their next code."""
    who = (live.admin, username)
    context = browser.new_context(
        viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN", storage_state=_kept.get(who)
    )
    person = Office(context.new_page(), live.admin)
    person.comes_in(username)
    _kept[who] = context.storage_state()
    yield person
    context.close()
