"""What papers look like: each drawn and compared with the picture that somebody has looked at, and its code scanned.

After a wanted change: GOLDEN=write pytest tests/adapters/test_golden_papers.py, then look at tests/adapters/golden.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat

from shared.adapters import blanks, pdf, qr
from shared.services.notices import PAPER_TEXTS
from shared.services.printing import lists
from tests.adapters.test_pdf import FORM, LONG_SCHOOL, RECEIPT, YEARS, a_photo, fill, prepared_fonts, some_blocks

__all__ = ["fill", "prepared_fonts"]

GOLDEN = Path(__file__).parent / "golden"
DPI, TILE = 50, 25  # a tile is half an inch
MOST_OF_A_TILE = 12  # of 255: what another edition of poppler draws differently is less, a lost word is more
CODE = "3201062016001234-3"
PEOPLE = [
    ["320106000001", "张䶮", "女", "0018", "初级中学教师资格", "语文", "20103201631000123", "南京市鼓楼区教育局",
     "2010-07-01", "初级中学", "语文", "首次注册", "√"],
    ["320106000002", "阿卜杜拉·买买提吐尔逊", "男", "003X", "高级中学教师资格", "道德与法治",
     "", "", "", "", "", "定期注册", ""],
]  # fmt: skip
COLUMNS = [(str(label), width) for label, width, _value in lists.ROSTER]
NOTICE: dict[str, Any] = {
    "number": "320106000003",
    "addressed": f"王𠮷老师（{LONG_SCHOOL}）：",
    "said": [
        "您在江苏省2026年中小学教师资格定期注册中提出的定期注册申请，经审查，结论为：暂缓注册。",
        "依据：《中小学教师资格定期注册暂行办法》第九条",
        "理由：培训学时不足；注册有效期内累计培训300学时，不足360学时",
        "暂缓注册的情形消失后，您可以重新申请定期注册，申请时应提供暂缓注册情形消失的证明。",
        "联系：南京市鼓楼区教育局 025-83307000",
    ],
    "office": "南京市鼓楼区教育局",
    "on": "2026-11-28",
}
STICKER = {
    "name": "张䶮", "certificate": "20103201631000123", "conclusion": "注册合格", "until": "2031-07-31",
    "office": "南京市鼓楼区教育局", "number": "320106000001",
}  # fmt: skip
TEXTS = {key: [str(text)] if text else [] for key, text in PAPER_TEXTS.items()}
PAPERS: dict[str, tuple[str, dict[str, Any]]] = {
    "form": ("application_form", {"form": FORM, "qr": "qr", "photo": "photo",
                                  "years": YEARS, "blocks": some_blocks(school=LONG_SCHOOL, extra_rows=6)}),
    "form-empty": ("application_form", {"form": FORM, "qr": "qr", "photo": None, "years": [],
                                        "blocks": some_blocks("", "")}),
    "receipt": ("receipt", {"receipt": RECEIPT, "void": False}),
    "receipt-void": ("receipt", {"receipt": RECEIPT, "void": True}),
    "roster": ("list", {"heading": f"{LONG_SCHOOL}教师资格定期注册申请人员汇总表", "campaign": FORM["campaign"],
                        "columns": COLUMNS, "rows": PEOPLE * 12, "note": "", "office": "", "total": "共24人",
                        "signed": True,
                        "on": "2026-11-28"}),
    "notice": ("notice", {"heading": "教师资格定期注册结论告知书", **NOTICE}),
    "stickers": ("stickers", {"rows": [[STICKER] * 3] * 7 + [[STICKER, None, None]], "left": 5, "above": 5}),
}  # fmt: skip

FILLED = ("application_form", "receipt")


def drawn(
    fill: Callable[..., str], name: str, folder: Path, dpi: int = DPI, *, is_filled: bool = True, **other: object
) -> list[Image.Image]:
    """The pages of a paper, as a screen or a printer shows them; `other` facts take the place of some.

    Papers that are made in great number are blanks that are filled in, unless xhtml2pdf is to set all of it.
    """
    template, facts = PAPERS[name]
    facts = {"texts": TEXTS} | facts | other
    images = {"qr": qr.png(CODE), "photo": a_photo()}
    path, source = folder / "paper.pdf", f"pdf/{template}.html"
    if template in FILLED and is_filled:
        slots = blanks.Slots()
        html = fill(source, slot=slots, **facts)
        path.write_bytes(blanks.draw([blanks.Sheet(html, slots.lines, images)], title=name))
    else:
        path.write_bytes(pdf.render(fill(source, **facts), title=name, images=images))
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", path, folder / "page"], check=True)
    return [Image.open(page).convert("L") for page in sorted(folder.glob("page*.png"))]


def worst_tile(one: Image.Image, other: Image.Image) -> tuple[float, tuple[int, int]]:
    """How much the most different tile differs on average, and where it is."""
    apart = ImageChops.difference(one, other)
    tiles = [(x, y) for y in range(0, one.height, TILE) for x in range(0, one.width, TILE)]
    return max((ImageStat.Stat(apart.crop((x, y, x + TILE, y + TILE))).mean[0], (x, y)) for x, y in tiles)


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_looks_as_it_was_seen(fill: Callable[..., str], tmp_path: Path, name: str) -> None:
    pages = drawn(fill, name, tmp_path)
    for number, page in enumerate(pages, 1):
        kept = GOLDEN / f"{name}-{number}.png"
        if os.environ.get("GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            page.quantize(16).save(kept, optimize=True)
        golden = Image.open(kept).convert("L")
        assert page.size == golden.size
        assert worst_tile(page, golden)[0] < MOST_OF_A_TILE, (name, number, worst_tile(page, golden))
    assert len(pages) == len(list(GOLDEN.glob(f"{name}-[0-9].png")))


@pytest.mark.parametrize("name", [name for name, (template, _facts) in PAPERS.items() if template in FILLED])
def test_a_blank_that_is_filled_in_looks_as_if_it_were_set_as_a_whole(
    fill: Callable[..., str], tmp_path: Path, name: str
) -> None:
    for filled, whole in zip(drawn(fill, name, tmp_path), drawn(fill, name, tmp_path, is_filled=False), strict=True):
        assert worst_tile(filled, whole)[0] < 1


@pytest.mark.parametrize("lost", range(len(NOTICE["said"])))
def test_what_is_lost_is_seen(fill: Callable[..., str], tmp_path: Path, lost: int) -> None:
    said = [text[:-12] if place == lost else text for place, text in enumerate(NOTICE["said"])]
    [page] = drawn(fill, "notice", tmp_path, said=said)
    assert worst_tile(page, Image.open(GOLDEN / "notice-1.png").convert("L"))[0] > MOST_OF_A_TILE


def test_the_code_on_the_drawn_form_is_read_by_a_scanner(fill: Callable[..., str], tmp_path: Path) -> None:
    page = drawn(fill, "form", tmp_path, dpi=150)[0]
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [CODE]


def test_the_code_is_read_from_a_crooked_faint_copy(fill: Callable[..., str], tmp_path: Path) -> None:
    page = drawn(fill, "form", tmp_path, dpi=150)[0]
    copy = page.rotate(4, fillcolor=255).point(lambda grey: 90 + grey * 165 // 255)
    assert [found.text for found in zxingcpp.read_barcodes(copy)] == [CODE]


def test_pdftoppm_is_there() -> None:
    assert shutil.which("pdftoppm"), "the pictures of papers need poppler-utils: .ci/run installs it"
