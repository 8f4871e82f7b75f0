"""Printed papers: nothing that a name needs may be lost on the way to paper."""

import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image
from pypdf import PdfReader

from shared.adapters import fonts, pdf, qr
from shared.services.notices import PAPER_TEXTS

TEMPLATES = Path(__file__).parents[2] / "shared" / "templates"
LONG_SCHOOL = "南京师范大学附属中学新城初级中学黄山路分校暨南京市建邺区莫愁湖教育集团（中山南路校区）高级部"
NOWHERE = "\U0010fffd"

TEXTS = {key: [str(text)] if text else [] for key, text in PAPER_TEXTS.items()}
FORM = {
    "registration_number": "3201062016001234",
    "form_version": 3,
    "printed_at": "2016-10-12 09:31",
    "registration_type": "首次注册",
    "campaign": "江苏省2016年中小学教师资格定期注册",
    "code": "K5R7-ACKB",
    "check_at": "https://zhuce.example.gov.cn/paper",
}
YEARS = [(str(year), "优秀", "96", "师德优秀") for year in range(2021, 2026)]
RECEIPT = {
    "number": "2016-320106-01-000123",
    "registration_number": "202600000012",
    "campaign": "江苏省2026年中小学教师资格定期注册",
    "applicant": "张䶮",
    "id_masked": "320106********0018",
    "matter": "教师资格首次注册",
    "certificate_number": "20083200141000456",
    "materials": [("教师资格定期注册申请表", 2, True), ("聘用合同", 1, False)],
    "accepted_on": "2016-10-20",
    "legal_deadline": "2017-03-22",
    "how_to_ask": "登录申报网站查看“当前状态”。",
    "point": "南京市鼓楼区教育局确认点",
    "operator": "李四",
}


@pytest.fixture(scope="session", autouse=True)
def prepared_fonts() -> Path:
    folder = Path(os.environ.get("VAR_DIR", "var")) / "fonts"
    pdf.prepare_fonts(folder)
    return folder


@pytest.fixture(scope="session")
def fill() -> Callable[..., str]:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.globals |= {"_": str, "slot": as_it_is}

    def filled(template: str, **values: Any) -> str:
        return environment.get_template(template).render(**values)

    return filled


def as_it_is(value: object, width: float = 0, size: float = 0) -> str:
    """In place of `Slots`: xhtml2pdf lays the value out itself."""
    return str(value or "\u00a0")


def a_photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (295, 404), "#4a90d9").save(out, "JPEG")
    return out.getvalue()


def some_blocks(name: str = "张䶮", school: str = "南京市第一中学", extra_rows: int = 0) -> list[dict[str, Any]]:
    identity = [[("姓名", name), ("性别", "女")], [("证件号码", "320106198501010018"), ("民族", "汉族")]]
    post = [[("现任教学校", school)], [("任教学段", "初中"), ("任教学科", "道德与法治")]]
    more = [[(f"补充项{n}", "一" * 30), ("说明", "二" * 30)] for n in range(extra_rows)]
    return [
        {"title": "一、身份信息", "rows": identity, "photo_rows": 2},
        {"title": "二、任教岗位信息", "rows": post + more, "photo_rows": 0},
    ]


def the_form(fill: Callable[..., str], blocks: list[dict[str, Any]]) -> PdfReader:
    html = fill("pdf/application_form.html", form=FORM, texts=TEXTS, qr="qr", photo="photo", blocks=blocks, years=YEARS)
    images = {"qr": qr.png("3201062016001234/3"), "photo": a_photo()}
    return PdfReader(BytesIO(pdf.render(html, title="教师资格定期注册申请表 张䶮", images=images)))


def the_receipt(fill: Callable[..., str], *, void: bool = False, **changes: object) -> PdfReader:
    html = fill("pdf/receipt.html", receipt=RECEIPT | changes, texts=TEXTS, void=void)
    return PdfReader(BytesIO(pdf.render(html, title="受理凭证")))


def a_page(body: str) -> PdfReader:
    html = f"<html lang='zh-CN'><body>{body}</body></html>"
    return PdfReader(BytesIO(pdf.render(html, title="试")))


def text_of(paper: PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in paper.pages))


def fonts_of(paper: PdfReader) -> dict[str, bool]:
    """Each font of the first page, and whether the file carries it."""
    found = {}
    for font in paper.pages[0]["/Resources"]["/Font"].values():
        descriptor = font.get_object().get("/FontDescriptor", {})
        found[str(font.get_object()["/BaseFont"]).split("+")[-1]] = "/FontFile2" in descriptor
    return found


def rightmost_end_of_text(paper: PdfReader) -> float:
    """Where the longest line ends, in points; Chinese characters are as wide as the font is high."""
    ends = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, size: float) -> None:
        if text.strip():
            ends.append(matrix[4] + len(text.strip()) * size)

    paper.pages[0].extract_text(visitor_text=visit)
    return max(ends)


def test_both_weights_of_the_chinese_font_are_carried_by_the_file(fill: Callable[..., str]) -> None:
    found = fonts_of(the_form(fill, some_blocks()))
    assert found["RegistrationSans-Regular"]
    assert found["RegistrationSans-Bold"]


@pytest.mark.parametrize("name", ["张䶮", "李㼆", "王𠮷", "阿卜杜拉·买买提", "欧阳<b>&amp;"])
def test_a_name_is_printed_and_can_be_copied_as_it_is_written(fill: Callable[..., str], name: str) -> None:
    assert f"姓名{name}性别" in text_of(the_form(fill, some_blocks(name=name)))


def test_a_rare_character_is_drawn_by_the_font_that_has_it() -> None:
    assert fonts_of(a_page("<p>王𠮷</p>"))["RegistrationSansRareB-Regular"]


def test_a_paper_with_a_character_of_no_font_is_refused() -> None:
    with pytest.raises(pdf.MissingGlyphs, match=r"U\+10FFFD") as refused:
        a_page(f"<p>张{NOWHERE}</p>")
    assert refused.value.characters == (NOWHERE,)


def test_each_missing_character_is_named_once_and_in_order() -> None:
    assert pdf.missing_characters(f"王䶮{NOWHERE}\n㼆\U0010fffc{NOWHERE}𠮷") == [NOWHERE, "\U0010fffc"]


def test_a_font_of_the_system_helps_out(prepared_fonts: Path, tmp_path: Path) -> None:
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({0x2EBF0: "square"})
    builder.setupGlyf({".notdef": square, "square": square})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupOS2()
    builder.setupPost()
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular", "psName": "Rare-Regular"})
    builder.save(tmp_path / "Rare.ttf")

    pdf.prepare_fonts(prepared_fonts, system_folders=[tmp_path])
    try:
        paper = a_page("<p>张\U0002ebf0</p>")
    finally:
        pdf.prepare_fonts(prepared_fonts)
    assert fonts_of(paper)["Rare-Regular"]
    assert "张\U0002ebf0" in text_of(paper)


def test_fonts_that_are_there_are_not_made_again(prepared_fonts: Path) -> None:
    files = {file: file.stat().st_mtime_ns for file in prepared_fonts.glob("*.ttf")}
    assert len(files) == 2 * len(fonts.FAMILIES)
    pdf.prepare_fonts(prepared_fonts)
    assert {file: file.stat().st_mtime_ns for file in prepared_fonts.glob("*.ttf")} == files


def test_a_long_school_name_wraps_inside_the_page(fill: Callable[..., str]) -> None:
    paper = the_form(fill, some_blocks(school=LONG_SCHOOL))
    assert LONG_SCHOOL in text_of(paper)
    right_margin = float(paper.pages[0].mediabox.width) - 18 * 72 / 25.4
    assert rightmost_end_of_text(paper) <= right_margin


def test_no_line_begins_with_a_comma() -> None:
    lines = (
        a_page(f"<div style='width: 60mm'>{'一，二三四五六七八九十' * 30}</div>").pages[0].extract_text().split("\n")
    )
    assert len(lines) > 5
    assert not [line for line in lines if line.startswith("，")]


def test_the_photo_and_the_code_are_on_the_first_page(fill: Callable[..., str]) -> None:
    sizes = {image.image.size for image in the_form(fill, some_blocks()).pages[0].images if image.image}
    assert (295, 404) in sizes
    assert len(sizes) == 2


def test_a_form_without_a_photo_is_printed_all_the_same(fill: Callable[..., str]) -> None:
    html = fill(
        "pdf/application_form.html", form=FORM, texts=TEXTS, qr="qr", photo=None, blocks=some_blocks(), years=[]
    )
    paper = PdfReader(BytesIO(pdf.render(html, title="申请表", images={"qr": qr.png("1")})))
    assert len(paper.pages[0].images) == 1


@pytest.mark.parametrize("extra_rows", [0, 12, 30])
def test_the_form_is_one_sheet_however_much_it_says(fill: Callable[..., str], extra_rows: int) -> None:
    paper = the_form(fill, some_blocks(school=LONG_SCHOOL, extra_rows=extra_rows))
    assert len(paper.pages) == 2
    assert "申请人签名" in paper.pages[0].extract_text()
    assert "终审结论" in paper.pages[1].extract_text()


def test_both_sides_name_the_number_and_the_version(fill: Callable[..., str]) -> None:
    for page in the_form(fill, some_blocks()).pages:
        text = re.sub(r"\s", "", page.extract_text())
        assert "报名号：3201062016001234" in text
        assert "申请表版本：3" in text


def test_the_file_says_its_title_and_language(fill: Callable[..., str]) -> None:
    paper = the_form(fill, some_blocks())
    assert paper.metadata is not None
    assert paper.metadata.title == "教师资格定期注册申请表 张䶮"
    assert paper.trailer["/Root"]["/Lang"] == "zh-CN"


@pytest.mark.parametrize("address", ["/etc/hostname", "file:///etc/hostname", "http://127.0.0.1/x.png", "photo"])
def test_a_template_reaches_nothing_but_the_images_it_was_given(address: str) -> None:
    with pytest.raises(KeyError):
        pdf.render(f"<img src='{address}'>", title="试", images={"qr": qr.png("1")})


def test_the_receipt_has_both_parts_on_one_page(fill: Callable[..., str]) -> None:
    paper = the_receipt(fill)
    text = text_of(paper)
    assert len(paper.pages) == 1
    assert text.count("2016-320106-01-000123") == 2
    assert "即不迟于2017-03-22" in text
    assert "已作废" not in text


def test_a_receipt_with_many_materials_stays_on_one_page(fill: Callable[..., str]) -> None:
    assert len(the_receipt(fill, materials=[(f"材料{n}", 1, True) for n in range(15)]).pages) == 1


def test_a_receipt_before_the_last_day_is_known_gives_no_date(fill: Callable[..., str]) -> None:
    text = text_of(the_receipt(fill, legal_deadline=None))
    assert "90个工作日内作出注册结论；" in text
    assert "不迟于" not in text


def test_a_void_receipt_says_so_on_both_parts(fill: Callable[..., str]) -> None:
    paper = the_receipt(fill, void=True)
    assert len(paper.pages) == 1
    assert text_of(paper).count("已作废") == 4


def test_a_code_is_a_square_picture() -> None:
    with Image.open(BytesIO(qr.png("3201062016001234/3"))) as picture:
        assert picture.format == "PNG"
        assert picture.width == picture.height
