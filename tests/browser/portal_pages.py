"""What a teacher does at the portal, as sentences over its pages."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.build import a_certificate_number

PAGES: Mapping[str, str] = {
    "basics": "基本信息",
    "certificate": "证书信息",
    "bureau": "现在的工作",
    "school": "任教学校",
    "work": "工作信息",
    "contract": "学校与合同",
    "education": "学历与普通话",
    "person": "个人信息",
    "contact": "联系方式",
}
STEP_4, STEP_7 = ("basics", "certificate", "bureau", "school"), ("work", "contract", "education", "person", "contact")
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "basics": {"姓名": "欧阳晓䶮", "民族": "汉族"},
    "certificate": {
        "资格种类": "初级中学教师资格",
        "认定机构": "南京市鼓楼区教育局",
        "证书任教学科": "语文",
        "证书签发日期": "2010-07-01",
    },
    "bureau": {"现任教学段": "初级中学", "现任教学科": "语文", "注册机构": "鼓楼区"},
    "school": {"现任教学校": "南京市鼓楼区致远中学"},
    "work": {
        "参加工作时间": "2010-08-01",
        "教师职务（职称）": "一级教师",
        "进本单位时间": "2010-08-01",
        "岗位性质": "在编在岗",
    },
    "contract": {
        "任教学校所在地": "城市",
        "学校性质": "公办初中",
        "聘用合同开始日期": "2020-08-01",
        "聘用合同结束日期": "2030-07-31",
    },
    "education": {
        "最高学历": "大学本科",
        "最高学位": "学士",
        "最高学历毕业学校": "南京师范大学",
        "所学专业": "汉语言文学",
        "普通话水平": "二级甲等",
    },
    "person": {"政治面貌": "群众", "户籍所在地": "南京市鼓楼区", "出生地": "江苏省南京市"},
    "contact": {"手机号码": "13800138000", "通讯地址": "南京市鼓楼区宁海路1号", "邮政编码": "210024"},
}


class Portal:
    """One teacher in front of one browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def opens_the_front_page(self) -> None:
        self.page.goto(self.address)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def enters_the_form(self) -> None:
        self.page.get_by_role("link", name="教师资格定期注册申请网报入口").click()
        self.is_at("申报必读")

    def is_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def reads_on(self) -> None:
        self.presses("我已阅读，下一步")

    def accepts_the_terms(self) -> None:
        self.page.get_by_label("我已阅读并同意以上条款").check()
        self.presses("同意并继续")

    def says_who_it_is(self, id_number: str, certificate_number: str) -> None:
        self.chooses("证件类型", "居民身份证")
        self.types("证件号码", id_number)
        self.types("教师资格证书号码", certificate_number)

    def gets_to_step_four(self, id_number: str) -> None:
        """From the front page through the notice, the terms and the two numbers."""
        self.opens_the_front_page()
        self.enters_the_form()
        self.reads_on()
        self.accepts_the_terms()
        self.says_who_it_is(id_number, a_certificate_number(year=2010))
        self.saves()

    def fills_in(self, name: str) -> None:
        for label, value in ANSWERS[name].items():
            self.answers(label, value)

    def answers(self, label: str, value: str) -> None:
        field = self._field(label)
        if field.evaluate("input => input.tagName") == "SELECT":
            self.chooses(label, value)
        else:
            field.fill(value)
            if field.get_attribute("role") == "combobox":
                field.press("Escape")

    def picks(self, label: str, typed: str, name: str) -> None:
        """Type a part of a name and take one of the names that are suggested."""
        self._field(label).press_sequentially(typed)
        self.page.get_by_role("option", name=name, exact=True).click()

    def goes_through(self, *names: str, look: Callable[[str], None] | None = None) -> None:
        """Fill in pages one after the other, looking at each before it is saved."""
        for name in names:
            self.is_at(PAGES[name])
            self.fills_in(name)
            if look:
                look(name)
            self.saves()

    def types(self, label: str, value: str) -> None:
        self._field(label).fill(value)

    def chooses(self, label: str, option: str) -> None:
        options = self._field(label).locator("option")
        expect(options).not_to_have_count(0)  # the page may still be on its way
        names = [text.strip() for text in options.all_text_contents()]
        fitting = [text for text in names if text == option] or [text for text in names if option in text]
        assert fitting, f"{label} offers no {option}: {names[:12]}"
        self._field(label).select_option(label=fitting[0])

    def chooses_the_first(self, label: str) -> None:
        self._field(label).select_option(index=1)

    def _field(self, label: str):  # type: ignore[no-untyped-def]
        named = self.page.get_by_label(re.compile(rf"^{re.escape(label)}(\s*（选填）)?$"))
        return named.and_(self.page.locator("input, select, textarea"))

    def opens_an_account(self, password: str, email: str) -> None:
        self.types("登录密码", password)
        self.types("再次输入密码", password)
        self.types("电子邮箱", email)
        self.presses("开通账号并继续")

    def uploads(self, photo: Path) -> None:
        self.page.get_by_label("照片", exact=True).set_input_files(photo)

    def saves(self) -> None:
        self.presses("保存并继续")

    def submits(self) -> str:
        """Hand it in; the registration number."""
        self.presses("提交")
        self.is_at("提交完成")
        return self.page.locator(".big-number").inner_text()

    def logs_out(self) -> None:
        self.presses("退出")
        self.is_at("您已安全退出")

    def logs_in(self, id_number: str, password: str) -> None:
        self.page.goto(f"{self.address}/account/log-in")
        self.types("证件号码", id_number)
        self.types("密码", password)
        self.presses("登录")

    def downloads_the_form(self) -> bytes:
        with self.page.expect_download() as download:
            self.presses("下载申请表（PDF）")
        return Path(download.value.path()).read_bytes()
