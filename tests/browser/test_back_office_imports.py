"""A file of schools in a browser: the template, what the file would do, its faults, the rest of it, all taken back."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Live
from tests.browser.office_pages import office
from tests.browser.test_back_office_exports import PATIENCE, a_worker, seen
from tests.importing import a_workbook

HEAD = ("代码", "名称", "教育行政部门", "学校性质", "备注")
BUREAU = "南京市鼓楼区教育局"
FAULTY = [(f"x{number}", "", BUREAU, "也许", "") for number in range(30)]


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    return start_services()


def sends(page: Page, *rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> None:
    content = a_workbook(head, *rows)
    file = {"name": "学校.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待确认", timeout=PATIENCE)


def test_from_the_upload_to_the_undo(browser: Browser, live: Live) -> None:
    with a_worker(live), office(browser, live, "superuser") as keeper:
        page = keeper.page
        keeper.opens("/imports/")
        keeper.follows("导入文件")
        page.locator("#main").get_by_role("link", name="任教学校").click()
        seen(page, "import-send")
        with page.expect_download() as download:
            keeper.follows("下载模板")
        sheet = load_workbook(BytesIO(download.value.path().read_bytes())).active
        assert [cell.value for cell in sheet[2]][:4] == list(HEAD[:4])

        sends(page, ("w1", "新开小学", BUREAU, "公办小学", "x"), *FAULTY)
        expect(page.get_by_text("这些列不认识，没有导入：备注")).to_be_visible()
        seen(page, "import-check")
        with page.expect_download() as download:
            keeper.presses("下载标出错误的文件")
        marked = load_workbook(BytesIO(download.value.path().read_bytes())).active
        assert marked.max_row == 32
        assert "学校性质：“也许”不在可填的范围内" in marked["G3"].value

        keeper.follows("查看全部30行")
        seen(page, "import-refused")
        page.go_back()
        keeper.presses("只导入其余的1行")
        expect(page.get_by_role("heading", level=1)).to_contain_text("已导入", timeout=PATIENCE)
        keeper.opens("/schools/?q=w1")
        expect(page.get_by_role("cell", name="新开小学")).to_be_visible()

        keeper.opens("/imports/")
        page.get_by_role("link", name="查看").first.click()
        keeper.follows("撤回这次导入")
        seen(page, "import-undo")
        keeper.presses("撤回")
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("已撤回"), timeout=PATIENCE)
        seen(page, "import-undone")
        keeper.opens("/schools/?q=w1")
        expect(page.get_by_role("cell", name="新开小学")).to_have_count(0)


def test_the_slips_of_new_operators_are_printed_once(browser: Browser, live: Live) -> None:
    head = ("区县", "确认点名称", "操作员姓名", "手机", "用户名")
    rows = [
        (BUREAU, f"第{number % 2}确认点", f"张操{number}", f"1391234567{number}", f"op_{number}") for number in range(3)
    ]
    with a_worker(live), office(browser, live, "superuser") as keeper:
        page = keeper.page
        keeper.opens("/imports/send/?kind=operators")
        sends(page, *rows, head=head)
        seen(page, "operators-check", PHONE)
        keeper.presses("导入这3行")
        expect(page.get_by_role("heading", level=1)).to_contain_text("已导入", timeout=PATIENCE)
        keeper.follows("打印激活单")
        seen(page, "slips-ask", PHONE)
        keeper.presses("生成并显示3张激活单")
        expect(page.locator(".slip")).to_have_count(3)
        expect(page.locator(".slip").first).to_contain_text("第0确认点")
        seen(page, "slips", PHONE)
