"""A teacher goes through all eight steps in a browser, on a phone and at a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, picture
from tests.browser.portal_pages import Portal
from tests.build import a_certificate_number, an_id_number
from tests.portal.teacher import a_jpeg

PASSWORD = "Xinghuo-2026"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "我的照片.jpg"
    file.write_bytes(a_jpeg())
    return file


def fits(page: Page) -> bool:
    """Nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def seen(page: Page, name: str) -> None:
    picture(page, f"portal-{name}")
    assert fits(page), name


def test_a_teacher_applies_in_eight_steps(live: Live, page: Page, photo: Path) -> None:
    teacher = Portal(page, live.portal)
    id_number, certificate = an_id_number(area="320113"), a_certificate_number(year=2010)
    teacher.opens_the_front_page()
    seen(page, "00-front")
    teacher.enters_the_form()
    seen(page, "01-read")
    teacher.reads_on()
    teacher.is_at("确认服务条款")
    seen(page, "02-terms")
    teacher.accepts_the_terms()
    teacher.is_at("身份信息")
    teacher.says_who_it_is(id_number[:-1] + ("0" if id_number[-1] != "0" else "1"), certificate)
    teacher.saves()
    expect(page.get_by_role("alert")).to_contain_text("校验码不对")
    seen(page, "03-identity-wrong")
    teacher.says_who_it_is(id_number, certificate)
    teacher.saves()
    teacher.is_at("证书与任教信息")
    teacher.fills_in("bureau")
    teacher.chooses("注册机构", "鼓楼区")
    seen(page, "04-bureau")
    teacher.saves()
    teacher.is_at("确认点")
    teacher.chooses_the_first("确认点")
    seen(page, "05-point")
    teacher.saves()
    teacher.is_at("阅读注意事项")
    seen(page, "06-attention")
    teacher.reads_on()
    teacher.is_at("设置登录密码")
    seen(page, "07-account")
    teacher.opens_an_account(PASSWORD, "ouyang@example.cn")
    teacher.is_at("工作信息")
    teacher.fills_in("work")
    teacher.chooses_the_first("现任教学校")
    seen(page, "08-work")
    teacher.saves()
    for name, heading in (("education", "学历与普通话"), ("person", "个人信息"), ("contact", "联系方式")):
        teacher.is_at(heading)
        teacher.fills_in(name)
        seen(page, f"09-{name}")
        teacher.saves()
    teacher.is_at("照片")
    teacher.uploads(photo)
    seen(page, "10-photo")
    teacher.saves()
    teacher.is_at("核对并提交")
    seen(page, "11-check")
    number = teacher.submits()
    seen(page, "12-done")
    assert teacher.downloads_the_form().startswith(b"%PDF")
    teacher.logs_out()
    seen(page, "13-left")
    teacher.logs_in(id_number, PASSWORD)
    teacher.is_at("我的申请")
    expect(page.get_by_text(number).first).to_be_visible()
    seen(page, "14-status")
    page.get_by_role("link", name="修改密码").click()
    seen(page, "15-password")
    page.goto(f"{live.portal}/status/withdraw")
    seen(page, "16-withdraw")
    page.goto(f"{live.portal}/nowhere")
    seen(page, "17-nowhere")
