"""A list as a file in a browser: chosen and downloaded at once; a long one by the worker, left alone and fetched."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import insert, select

from admin.views.printing import AT_ONCE
from shared import db
from shared.models import Application, Institution, Print
from tests.browser.conftest import DESK, ROOT, Live, picture
from tests.browser.office_pages import office
from tests.browser.test_back_office_axe import TABLET, at_width, violations
from tests.browser.test_back_office_bulk import database_of
from tests.browser.test_portal_journey import fits

MANY = 60_000
PATIENCE = 120_000


@pytest.fixture
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own, with more graduates' schools than one answer holds."""
    found = start_services(teachers=60)
    with database_of(found):
        engine = db.connected()
        assert engine is not None
        rows = [{"code": f"L{n:05}", "name": f"第{n}师范学院", "status": "active", "version": 1} for n in range(MANY)]
        with engine.begin() as connection:
            connection.execute(insert(Institution.__table__), rows)
    return found


@contextmanager
def a_worker(live: Live) -> Iterator[subprocess.Popen[bytes]]:
    """The worker that knows the tables of the back office."""
    command = [sys.executable, "-m", "flask", "--app", "admin", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=live.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def seen(page: Page, name: str, narrow: tuple[int, int] = TABLET) -> None:
    """A picture at a desk's and at the narrow width; nothing sticks out, and axe finds nothing."""
    for size in (DESK, narrow):
        at_width(page, size)
        picture(page, f"office-{name}")
        assert fits(page), (name, size)
        assert violations(page) == [], (name, size)
    at_width(page, DESK)


def test_a_list_is_chosen_and_comes_at_once(live: Live, browser: Browser) -> None:
    with office(browser, live, "district") as officer:
        officer.opens("/applications/?stage=confirmed")
        officer.follows("导出")
        page = officer.page
        expect(page.get_by_role("radio", name="列表中现在的记录")).to_be_checked()
        expect(page.get_by_role("group", name="完整显示的理由")).to_be_hidden()
        seen(page, "export")
        page.get_by_role("checkbox", name="确认点").check()
        page.get_by_role("radio", name="完整显示（记入审计）").check()
        page.get_by_role("group", name="完整显示的理由").get_by_role("radio", name="审核申请").check()
        seen(page, "export-full")
        with page.expect_download() as started:
            officer.presses("导出")
        name = started.value.suggested_filename
        assert name.startswith("教师资格定期注册_定期注册申请_"), name
        sheet = load_workbook(BytesIO(started.value.path().read_bytes())).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert "个人信息完整显示（审核申请）" in rows[0][0]
        assert {"报名号", "姓名", "确认点"} <= set(rows[1])
        numbers = [row[rows[1].index("证件号码")] for row in rows[2:]]
        assert numbers
        assert all("*" not in number for number in numbers)


def test_a_long_list_is_written_in_the_background(live: Live, browser: Browser) -> None:
    with office(browser, live, "superuser") as keeper:
        page = keeper.page
        keeper.opens("/institutions/?view=all")
        keeper.follows("导出")
        page.get_by_role("radio", name="全部可导入的列").check()
        expect(page.get_by_role("group", name="要导出的列")).to_be_hidden()
        seen(page, "export-importable")
        keeper.presses("导出")
        expect(page.get_by_text("正在排队")).to_be_visible()
        address = page.url
        with a_worker(live) as worker:
            expect(page.get_by_text("已写")).to_be_visible(timeout=PATIENCE)
            worker.kill()
            seen(page, "export-progress")
        expect(page.get_by_role("button", name="下载")).to_have_count(0)
        with a_worker(live):  # another begins from the start, within a minute
            keeper.opens("/exports/")
            expect(page.locator("tbody tr").first).to_contain_text("毕业学校")
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text("可以下载", timeout=PATIENCE)
        seen(page, "export-ready")
        with page.expect_download() as started:
            keeper.presses("下载")
        sheet = load_workbook(BytesIO(started.value.path().read_bytes()), read_only=True).active
        assert sum(1 for _row in sheet.iter_rows()) > MANY
        keeper.opens("/exports/")
        seen(page, "exports")


def test_the_forms_of_a_list_are_printed_in_one_pile(live: Live, browser: Browser) -> None:
    with office(browser, live, "district") as officer:
        page = officer.page
        officer.opens("/applications/")
        officer.follows("打印")
        page.get_by_role("radio", name="申请表").check()
        seen(page, "print")
        with a_worker(live):
            officer.presses("生成PDF")
            expect(page.get_by_role("heading", level=1)).to_have_text("可以下载", timeout=PATIENCE)
        with page.expect_download() as started:
            officer.presses("下载")
        pages = PdfReader(started.value.path()).pages
        numbers = [re.search("报名号：([0-9]+)", one.extract_text())[1] for one in pages[::2]]  # type: ignore[index]
        assert len(numbers) > AT_ONCE
        with database_of(live):
            printed = dict(
                db.session.execute(select(Application.registration_number, Print.application_id).join(Print)).all()
            )
        assert set(printed) == set(numbers)
        officer.opens(f"/applications/details/?id={printed[numbers[-1]]}")
        expect(page.get_by_role("heading", name="申请表的打印记录")).to_be_visible()
