"""Superusers put reference data in order: a merge, the queue of requests, a moved bureau, a text, a year."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import DESK, PICTURES, ROOT, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.portal_pages import Portal
from tests.browser.test_back_office_axe import at_width
from tests.build import an_id_number

OFFICE = ROOT / "docs" / "pictures" / "office"
TWIN = "鼓楼区致远中学（总校）"


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is changed here meets no other test."""
    return start_services()


@pytest.fixture(scope="module")
def services(start_services: Callable[..., Live]) -> Live:
    """A city of its own: what is merged here is gone for everybody else."""
    return start_services()


@pytest.fixture
def keeper(services: Live, browser: Browser) -> Iterator[Office]:
    with office(browser, services, "superuser") as person:
        yield person


def shown(person: Office, name: str) -> None:
    """Keep the picture for the handbook, too."""
    picture(person.page, f"office-{name}")
    OFFICE.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PICTURES / f"office-{name}-1280.png", Path(OFFICE) / f"{name}.png")


def test_a_duplicate_is_merged_and_its_name_is_understood_in_the_portal(
    keeper: Office, services: Live, browser: Browser
) -> None:
    page = keeper.page
    adds_a_school(keeper)
    keeper.opens("/schools/merge/")
    page.get_by_role("combobox", name="再加一条").press_sequentially("致远中学（总校")
    page.get_by_role("option", name=TWIN).click()
    keeper.presses("加入名单")
    row = page.get_by_role("row", name="保留南京市鼓楼区致远中学 南京市鼓楼区致远中学")
    row.get_by_role("checkbox").check()
    row.get_by_role("radio").check()
    keeper.presses("预览合并结果")
    expect(page.get_by_role("heading", name="合并结果预览")).to_be_visible()
    shown(keeper, "merge")
    keeper.presses("确定合并")
    expect(page.get_by_text("已合并").first).to_be_visible()
    teacher = Portal(browser.new_context(locale="zh-CN").new_page(), services.portal)
    teacher.gets_to_step_four(an_id_number(area="320106"))
    teacher.goes_through("basics", "certificate", "bureau")
    teacher.picks("现任教学校", TWIN, "南京市鼓楼区致远中学")


def adds_a_school(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/schools/new/")
    page.get_by_label("代码").fill("S-TWIN")
    page.get_by_label("名称").fill(TWIN)
    page.get_by_label("教育行政部门").press_sequentially("鼓楼区")
    page.get_by_role("option", name="南京市鼓楼区教育局").click()
    page.get_by_label("状态").select_option(label="使用中")
    keeper.presses("保存")
    expect(page.get_by_text("已新增")).to_be_visible()


def test_requests_are_answered_one_after_the_other(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/staff-requests/")
    keeper.follows("逐件办理")
    expect(page.get_by_text("待处理3件")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")
    shown(keeper, "queue")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已并入已有的一条").first).to_be_visible()
    expect(page.get_by_text("待处理2件")).to_be_visible()
    keeper.presses("同意加入")
    expect(page.get_by_text("待处理1件")).to_be_visible()
    page.get_by_label("答复（申请人会看到）").fill("请填写毕业证书上的全称")
    keeper.presses("不同意并答复")
    expect(page.get_by_text("没有待办的新增申请")).to_be_visible()


def test_a_bureau_is_moved_in_the_tree(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/bureaus/tree/")
    page.get_by_role("row", name="南京市高淳区教育局").get_by_role("link", name="移动").click()
    expect(page.get_by_text("随它移动")).to_be_visible()
    page.get_by_label("新的上级部门").fill("")
    page.get_by_label("新的上级部门").press_sequentially("江苏省教育厅")
    page.get_by_role("option", name="江苏省教育厅").click()
    keeper.presses("确定移动")
    expect(page.get_by_text("已移动")).to_be_visible()


def test_an_answer_that_comes_late_does_not_open_the_list_again(keeper: Office) -> None:
    page = keeper.page
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    keeper.opens("/bureaus/tree/")
    page.get_by_role("row", name="南京市高淳区教育局").get_by_role("link", name="移动").click()
    box = page.get_by_label("新的上级部门")
    box.fill("江苏省")
    option = page.get_by_role("option", name="江苏省教育厅")
    expect(option).to_be_visible()
    page.route("**/*query=*", hold)  # from here on no answer comes until it is let through
    with page.expect_request("**/*query=*"):
        box.press_sequentially("教")
    option.click()
    expect(option).to_be_hidden()
    with page.expect_response("**/*query=*"):
        late[0].continue_()
    at_width(page, DESK)  # the page has had its turn
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("江苏省教育厅")


def test_authorities_stand_by_place_with_their_successors(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/authorities/tree/")
    keeper.follows("江苏省")
    keeper.follows("南京市")
    expect(page.get_by_role("row", name="南京市教育委员会")).to_contain_text("→ 南京市教育局")
    shown(keeper, "authorities")


def test_a_text_is_seen_as_the_portal_shows_it_before_it_is_saved(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/notice-texts/edition/?key=attention")
    page.get_by_label("正文").fill("一、携带材料\n请带齐原件。\n\n请按时到场。")
    keeper.presses("预览")
    expect(page.get_by_role("heading", name="一、携带材料")).to_be_visible()
    page.get_by_label("保存后立即发布").check()
    keeper.presses("保存")
    expect(page.get_by_text("已保存第2版")).to_be_visible()


def test_a_year_is_pasted_looked_at_and_saved(keeper: Office) -> None:
    page = keeper.page
    keeper.opens("/calendar-days/year/?year=2050")
    expect(page.get_by_text("系统不会猜测")).to_be_visible()
    page.get_by_label("放假和调休安排").fill("元旦")
    keeper.presses("保存")
    expect(page.get_by_role("alert")).to_contain_text("第1行：没有找到日期")
    page.get_by_label("放假和调休安排").fill("元旦：1月1日至3日放假，1月8日（周六）上班")
    keeper.presses("预览")
    expect(page.get_by_text("还没有保存")).to_be_visible()
    keeper.presses("保存")
    expect(page.get_by_text("已保存2050年的2天")).to_be_visible()
    keeper.opens("/calendar-days/year/?year=2026")
    shown(keeper, "calendar")
