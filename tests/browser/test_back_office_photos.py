"""A school's ZIP of photos in a browser: how to make it, what it would do, whom it is not for, and all taken back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from shared.db import session
from shared.models import Application, Person, Staff
from shared.models.kinds import Stage
from tests.browser.conftest import DESK, Live
from tests.browser.office_pages import office
from tests.browser.test_back_office_axe import at_width
from tests.browser.test_back_office_bulk import database_of
from tests.browser.test_back_office_exports import PATIENCE, a_worker, seen
from tests.importing import an_album
from tests.pictures import encoded, four_quarters

PHONE = (360, 740)


@pytest.fixture
def live(start_services: Callable[..., Live]) -> Live:
    return start_services(teachers=40)


def people(live: Live) -> list[str]:
    """Numbers of the school's teachers whose papers nobody has confirmed."""
    with database_of(live):
        school = select(Staff.school_id).where(Staff.username == "school").scalar_subquery()
        mine = Application.school_id == school, Application.stage.in_((Stage.SUBMITTED, Stage.SCHOOL_CHECKED))
        return list(session.scalars(select(Person.id_number).join(Application).where(*mine).order_by(Application.id)))


def test_from_the_archive_to_the_undo(browser: Browser, live: Live) -> None:
    numbers = people(live)
    assert len(numbers) > 1
    photo = encoded(four_quarters((600, 800)))
    files = [*((f"照片/{number}.jpg", photo) for number in numbers), ("照片/集体照.jpg", photo)]
    album = {"name": "照片.zip", "mimeType": "application/zip", "buffer": an_album(*files)}
    with a_worker(live), office(browser, live, "school") as officer:
        page = officer.page
        officer.opens("/imports/send/")
        page.locator("#main").get_by_role("link", name="照片").click()
        expect(page.locator("input[type=file]")).to_have_attribute("accept", ".zip")
        expect(page.get_by_role("link", name="下载模板")).to_have_count(0)
        seen(page, "photos-send", PHONE)

        page.locator("input[type=file]").set_input_files(album)
        officer.presses("上传并核对")
        expect(page.get_by_role("heading", level=1)).to_contain_text("待确认", timeout=PATIENCE)
        expect(page.get_by_text("有1张照片不能导入")).to_be_visible()
        assert not any(number in page.content() for number in numbers)
        seen(page, "photos-check", PHONE)
        at_width(page, PHONE)
        assert page.locator(".told").count() == 2
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(one => one.scrollWidth <= one.clientWidth)"
        )
        at_width(page, DESK)
        with page.expect_download() as download:
            officer.presses("下载不能导入的名单")
        assert download.value.suggested_filename == "照片-不能导入的名单.xlsx"

        officer.presses(f"只导入其余的{len(numbers)}张照片")
        expect(page.get_by_role("heading", level=1)).to_contain_text("已导入", timeout=PATIENCE)
        seen(page, "photos-done", PHONE)
        officer.follows("撤回这次导入")
        seen(page, "photos-undo", PHONE)
        officer.presses("撤回")
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("已撤回"), timeout=PATIENCE)
        expect(page.locator(".counts")).to_contain_text(f"已撤回{len(numbers)}")
