"""A teacher goes through all eight steps in a browser, on a phone and at a desk."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, picture
from tests.browser.portal_pages import STEP_4, STEP_7, Portal
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
    """Keep a picture; nothing sticks out, on no width and at no zoom, and a screen reader finds everything."""
    picture(page, f"portal-{name}")
    size = page.viewport_size
    for width in (320, 640):  # a very small phone; half of a desk's width is a zoom of 200 %
        page.set_viewport_size({"width": width, "height": 844})
        assert fits(page), (name, width)
    if size:
        page.set_viewport_size(size)
    assert fits(page), name
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == [], name


def test_a_teacher_applies_in_eight_steps(live: Live, page: Page, photo: Path) -> None:
    teacher = Portal(page, live.portal)
    id_number = an_id_number(area="320113")
    teacher.opens_the_front_page()
    seen(page, "00-front")
    reads_and_agrees(teacher)
    says_who_it_is(teacher, id_number)
    chooses_where_to_register(teacher)
    fills_in_the_materials(teacher, photo)
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
    for name, path in (("15-password", "/account/password"), ("16-withdraw", "/status/withdraw"), ("17-nowhere", "/x")):
        page.goto(live.portal + path)
        seen(page, name)


def reads_and_agrees(teacher: Portal) -> None:
    teacher.enters_the_form()
    seen(teacher.page, "01-read")
    teacher.reads_on()
    teacher.is_at("确认服务条款")
    seen(teacher.page, "02-terms")
    teacher.accepts_the_terms()


def says_who_it_is(teacher: Portal, id_number: str) -> None:
    """First with a slip of the finger, which is told; then rightly."""
    certificate = a_certificate_number(year=2010)
    teacher.is_at("身份信息")
    teacher.says_who_it_is(id_number[:-1] + ("0" if id_number[-1] != "0" else "1"), certificate)
    teacher.saves()
    expect(teacher.page.get_by_role("alert")).to_contain_text("校验码不对")
    seen(teacher.page, "03-identity-wrong")
    teacher.says_who_it_is(id_number, certificate)
    teacher.saves()


def chooses_where_to_register(teacher: Portal) -> None:
    teacher.goes_through(*STEP_4[:-1], look=lambda name: seen(teacher.page, f"04-{name}"))
    teacher.is_at("任教学校")
    teacher.picks("现任教学校", "致远中", "南京市鼓楼区致远中学")
    seen(teacher.page, "04-school")
    teacher.saves()
    teacher.is_at("确认点")
    teacher.chooses_the_first("确认点")
    seen(teacher.page, "05-point")
    teacher.saves()
    teacher.is_at("阅读注意事项")
    seen(teacher.page, "06-attention")
    teacher.reads_on()


def fills_in_the_materials(teacher: Portal, photo: Path) -> None:
    teacher.is_at("设置登录密码")
    seen(teacher.page, "07-account")
    teacher.opens_an_account(PASSWORD, "ouyang@example.cn")
    teacher.goes_through(*STEP_7, look=lambda name: seen(teacher.page, f"08-{name}"))
    teacher.is_at("照片")
    teacher.uploads(photo)
    seen(teacher.page, "10-photo")
    teacher.saves()
    teacher.is_at("核对并提交")


def test_what_goes_wrong_on_the_way_can_be_put_right(live: Live, page: Page, tmp_path: Path) -> None:
    teacher = Portal(page, live.portal)
    opens_an_account(teacher)
    changes_the_work_page_in_two_tabs(teacher, live.portal)
    teacher.goes_through(*STEP_7[1:])
    teacher.is_at("照片")
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(a_jpeg() + bytes(22 * 1024 * 1024))
    teacher.uploads(huge)
    teacher.saves()
    teacher.is_at("照片")
    expect(page.get_by_text("照片不能超过20 MB")).to_be_visible()
    seen(page, "20-photo-too-large")


def opens_an_account(teacher: Portal) -> None:
    """With two passwords that differ at first, and a date that does not fit the certificate's number."""
    teacher.opens_the_front_page()
    teacher.enters_the_form()
    teacher.reads_on()
    teacher.accepts_the_terms()
    teacher.says_who_it_is(an_id_number(area="320113"), a_certificate_number(year=2012))
    teacher.saves()
    teacher.goes_through("basics", "certificate")
    teacher.is_at("现在的工作")
    expect(teacher.page.get_by_role("link", name="返回修改").first).to_be_visible()
    seen(teacher.page, "18-warned")
    teacher.goes_through("bureau", "school")
    teacher.chooses_the_first("确认点")
    teacher.saves()
    teacher.reads_on()
    teacher.types("登录密码", PASSWORD)
    teacher.types("再次输入密码", PASSWORD + "x")
    teacher.types("电子邮箱", "ouyang@example.cn")
    teacher.presses("开通账号并继续")
    expect(teacher.page.get_by_role("alert")).to_contain_text("两次输入的密码不一致")
    teacher.opens_an_account(PASSWORD, "ouyang@example.cn")


def changes_the_work_page_in_two_tabs(teacher: Portal, address: str) -> None:
    teacher.is_at("工作信息")
    teacher.fills_in("work")
    newer = Portal(teacher.page.context.new_page(), address)
    newer.page.goto(teacher.page.url)
    newer.fills_in("work")
    newer.answers("进本单位时间", "2011-08-01")
    newer.saves()
    newer.is_at("学校与合同")
    teacher.saves()
    stored = teacher.page.get_by_role("region", name="另一个页面保存的内容与本页不同")
    expect(stored).to_contain_text("2011-08-01")
    seen(teacher.page, "19-older-tab")
    teacher.saves()
