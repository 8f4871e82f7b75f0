"""The whole path through real pages, on both databases: a teacher applies and, six people later, is registered."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import text

from shared import db
from tests.browser.conftest import DESK, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.portal_pages import STEP_4, STEP_7, Portal
from tests.build import an_id_number
from tests.portal.teacher import a_jpeg

PASSWORD = "Xinghuo-2026"


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, start_services: Callable[..., Live]) -> Live:
    if request.param == "sqlite":
        return request.getfixturevalue("live")
    address: Callable[[str], str] = request.getfixturevalue("postgresql_server")
    keeper = db.make_engine(address("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text("CREATE DATABASE whole_path"))
    keeper.dispose()
    return start_services(address("whole_path"))


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN").new_page()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "我的照片.jpg"
    file.write_bytes(a_jpeg())
    return file


def words(paper: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def test_a_teacher_is_registered(services: Live, browser: Browser, page: Page, photo: Path) -> None:
    teacher = Portal(page, services.portal)
    id_number = an_id_number(area="320106")
    number = applies(teacher, id_number, photo)
    form = teacher.downloads_the_form()
    assert number in words(form)
    assert "欧阳晓䶮" in words(form)
    with office(browser, services, "school") as school:
        school.finds(number)
        school.attests("师德合格")
        school.moves("审校通过")
        school.has("学校已审校")
    with office(browser, services, "point") as point:
        confirms(point, number)
    with office(browser, services, "district") as district:
        district.finds(number)
        district.decides("初审", conclusion="注册合格")
        district.goes_back_to_it()
        district.has("初审：注册合格")
    with office(browser, services, "city") as city:
        city.finds(number)
        city.decides("复核通过")
        city.goes_back_to_it()
        city.has("市级复核意见：注册合格")
    with office(browser, services, "province") as province:
        province.finds(number)
        province.decides("终审", conclusion="注册合格")
        province.goes_back_to_it()
        province.has("注册合格")
        picture(province.page, "office-concluded")
    teacher.logs_out()
    teacher.logs_in(id_number, PASSWORD)
    expect(page.get_by_text("注册合格，有效期至").first).to_be_visible()
    picture(page, "portal-registered")


def applies(teacher: Portal, id_number: str, photo: Path) -> str:
    teacher.gets_to_step_four(id_number)
    teacher.goes_through(*STEP_4)
    teacher.chooses("确认点", "鼓楼区教师资格现场确认点")
    teacher.saves()
    teacher.is_at("阅读注意事项")
    teacher.reads_on()
    teacher.opens_an_account(PASSWORD, "ouyang@example.cn")
    teacher.goes_through(*STEP_7)
    teacher.uploads(photo)
    teacher.saves()
    teacher.is_at("核对并提交")
    return teacher.submits()


def confirms(point: Office, number: str) -> None:
    """First without the papers, which is refused with the reason; then with all of them."""
    point.scans(f"{number}-1")
    point.confirms("1")
    expect(point.page.get_by_role("alert").first).to_contain_text("纸质材料不齐")
    picture(point.page, "office-desk")
    point.ticks_all_papers()
    point.confirms("1")
    expect(point.page.get_by_role("heading", level=1)).to_contain_text("已确认")
    picture(point.page, "office-receipt")
    link = point.page.get_by_role("link", name="打印受理凭证").get_attribute("href")
    receipt = words(point.paper(link or ""))
    assert "欧阳晓䶮" in receipt
    assert "********" in receipt
