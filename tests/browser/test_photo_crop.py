"""A teacher chooses the part of a photo: by dragging, by keys, and of a file that the browser cannot show."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO_PASSWORD, Live, picture
from tests.browser.portal_pages import Portal
from tests.pictures import BLUE, GREEN, RED, WHITE, Colour, colour_at, corners, encoded, four_quarters

PAINTED = four_quarters((2280, 3120))
COLOURS = """canvas => [[0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]].map(([x, y]) =>
  [...canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data].slice(0, 3))"""


@pytest.fixture(scope="module")
def id_number(live: Live) -> str:
    """A teacher of the demo city who has not handed in yet."""
    said = live.run("demo", "--teachers", "40")  # adds nothing, tells the log-ins again
    found = re.search(r"(\S+) +\S+\t暂存（未提交）", said)
    assert found, said
    return found[1]


@pytest.fixture
def at_the_photo(live: Live, page: Page, id_number: str) -> Page:
    teacher = Portal(page, live.portal)
    teacher.logs_in(id_number, DEMO_PASSWORD)
    teacher.is_at("我的申请")
    page.goto(f"{live.portal}/apply/photo")
    teacher.is_at("照片")
    return page


def chooses(page: Page, file: Path) -> None:
    Portal(page, "").uploads(file)
    expect(page.get_by_role("application", name="裁剪框")).to_be_visible()
    expect(page.get_by_text("照片已显示")).to_be_visible()


def seen_in(page: Page, canvas: str) -> list[Colour]:
    """What a canvas shows in its four corners, as the nearest colour painted."""
    known = (GREEN, RED, BLUE, WHITE)
    found = page.locator(canvas).evaluate(COLOURS)
    return [min(known, key=lambda one: sum(abs(a - b) for a, b in zip(one, shown, strict=True))) for shown in found]


def is_accessible(page: Page) -> None:
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def saves(page: Page) -> bytes:
    """Go on; the master that is stored now."""
    Portal(page, "").saves()
    expect(page).not_to_have_url(re.compile("/apply/photo$"))
    answer = page.request.get(re.sub(r"(://[^/]+)/.*", r"\1/files/photo.jpg", page.url))
    return answer.body()


def drags(page: Page, right: float, down: float) -> None:
    """Move the picture by shares of the frame."""
    frame = page.get_by_role("application", name="裁剪框")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * box["width"], y + down * box["height"], steps=6)
    page.mouse.up()


def test_a_photo_is_dragged_zoomed_and_saved(at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "我.jpg"
    file.write_bytes(encoded(PAINTED))
    expect(page.get_by_role("application")).to_be_hidden()
    is_accessible(page)
    chooses(page, file)
    assert seen_in(page, "#crop-preview") == seen_in(page, "#crop-canvas") == [GREEN, RED, BLUE, WHITE]
    frame = page.get_by_role("application", name="裁剪框")
    frame.focus()
    for _press in range(8):
        page.keyboard.press("+")  # to more than twice the size
    assert seen_in(page, "#crop-preview") == [GREEN, RED, BLUE, WHITE]
    drags(page, -0.9, -0.9)
    assert seen_in(page, "#crop-preview") == seen_in(page, "#crop-canvas") == [WHITE] * 4
    drags(page, 0.0, 2.5)  # as far as it goes
    assert seen_in(page, "#crop-preview") == [RED] * 4
    for _press in range(40):
        page.keyboard.press("ArrowRight")
    assert seen_in(page, "#crop-preview") == [GREEN] * 4
    is_accessible(page)
    picture(page, "portal-photo-crop")
    assert set(corners(saves(page))) == {GREEN}


def test_the_buttons_and_the_slider_do_what_dragging_does(at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "我.png"
    file.write_bytes(encoded(PAINTED, "PNG"))
    chooses(page, file)
    page.get_by_label("放大").fill("50")
    for name in ("左移", "上移"):
        for _press in range(14):
            page.get_by_role("button", name=name).click()
    assert seen_in(page, "#crop-preview") == [WHITE] * 4
    expect(page.locator("#crop-place")).to_contain_text("放大")
    assert set(corners(saves(page))) == {WHITE}


def test_two_fingers_zoom(at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "我.jpg"
    file.write_bytes(encoded(PAINTED))
    chooses(page, file)
    page.evaluate("scrollTo(0, document.getElementById('crop-frame').offsetTop)")
    box = page.locator("#crop-frame").bounding_box()
    assert box
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 30), ("touchMove", 60)):
        points = [{"x": middle["x"] + side * apart, "y": middle["y"], "id": side + 1} for side in (-1, 1)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    width = float(page.locator("[name=crop]").input_value().split(",")[2])
    assert width == pytest.approx(1 / 3, abs=0.02)


def test_a_photo_lying_on_its_side_is_cropped_upright(at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "躺着.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    file.write_bytes(encoded(PAINTED.transpose(Image.Transpose.ROTATE_90), exif=exif))
    chooses(page, file)
    assert seen_in(page, "#crop-preview") == [GREEN, RED, BLUE, WHITE]
    page.get_by_label("放大").fill("50")
    drags(page, 1.5, -1.5)
    assert seen_in(page, "#crop-preview") == [BLUE] * 4
    assert set(corners(saves(page))) == {BLUE}


def test_a_file_that_the_browser_cannot_show_is_shown_by_the_server(at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "IMG_0001.HEIC"
    file.write_bytes(encoded(PAINTED, "HEIF"))
    with page.expect_response("**/files/preview") as answered:
        chooses(page, file)
    assert answered.value.status == 200
    assert seen_in(page, "#crop-preview") == [GREEN, RED, BLUE, WHITE]
    page.get_by_label("放大").fill("50")
    drags(page, -1.5, 1.5)
    assert seen_in(page, "#crop-preview") == [RED] * 4
    assert colour_at(saves(page), 0.5, 0.5) == RED


def test_a_file_that_nobody_can_show_gets_the_servers_sentence(live: Live, at_the_photo: Page, tmp_path: Path) -> None:
    page, file = at_the_photo, tmp_path / "照片.jpg"
    file.write_text("不是照片")
    sentence = "无法识别这个文件，请上传JPG、PNG或HEIC格式的照片。"
    page.route("**/files/preview", lambda route: route.fulfill(status=200, content_type="text/plain", body=sentence))
    Portal(page, "").uploads(file)
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("application")).to_be_hidden()
    is_accessible(page)


def test_without_javascript_the_middle_is_taken(live: Live, at_the_photo: Page, tmp_path: Path) -> None:
    state = at_the_photo.context.storage_state()
    file = tmp_path / "我.jpg"
    file.write_bytes(encoded(PAINTED))
    browser = at_the_photo.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False, storage_state=state, locale="zh-CN") as context:
        page = context.new_page()
        page.goto(f"{live.portal}/apply/photo")
        expect(page.locator("#cropper")).to_be_hidden()
        expect(page.get_by_text("三分之二")).to_be_visible()
        Portal(page, live.portal).uploads(file)
        assert corners(saves(page)) == [GREEN, RED, BLUE, WHITE]
