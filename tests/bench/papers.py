"""The ways to draw an application form, each a process: python -m tests.bench.papers WAY COUNT."""

import json
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tests.adapters.test_golden_papers import CODE, TEXTS
from tests.adapters.test_pdf import FORM, TEMPLATES, a_photo

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "var" / "fonts"
PAIRS = [[("姓名", "张䶮"), ("证件号码", "320106198501010018")], [("民族", "汉族"), ("政治面貌", "群众")]]
FACTS = {
    "form": FORM, "texts": TEXTS, "qr": "qr", "photo": "photo",
    "blocks": [{"title": f"第{number}部分", "rows": PAIRS * 3} for number in range(6)],
}  # fmt: skip


def _html(**other: object) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals["_"] = str
    return environment.get_template("pdf/application_form.html").render(**(FACTS | other))


def ours() -> Callable[[], bytes]:
    """As the services do it: fonts registered once, the code by segno."""
    from shared.adapters import pdf, qr

    pdf.prepare_fonts(FONTS)
    return lambda: pdf.render(_html(), title="申请表", images={"qr": qr.png(CODE), "photo": a_photo()})


def plain() -> Callable[[], bytes]:
    """As the documentation of xhtml2pdf shows it: the font in the style sheet, its own barcode tag."""
    from xhtml2pdf import pisa

    faces = "".join(
        f"@font-face {{ font-family: Sans; src: url('{FONTS}/RegistrationSans-{weight}.ttf');{more} }}"
        for weight, more in ((400, ""), (700, "font-weight: bold;"))
    )
    photo = FONTS.parent / "bench-photo.jpg"
    photo.write_bytes(a_photo())
    html = _html(photo=str(photo)).replace("<style>", f"<style>{faces} html {{ font-family: Sans; }}")
    barcode = f'<pdf:barcode value="{CODE}" type="qr" barwidth="20mm" barheight="20mm" />'
    html = html.replace('<img src="qr" style="width: 20mm; height: 20mm">', barcode)

    def draw() -> bytes:
        out = BytesIO()
        assert not pisa.CreatePDF(html, dest=out).err
        return out.getvalue()

    return draw


def floor() -> Callable[[], bytes]:
    """By hand: reportlab draws the lines, the words and both pictures where they belong, and lays nothing out."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from shared.adapters import qr

    pdfmetrics.registerFont(TTFont("Sans", FONTS / "RegistrationSans-400.ttf"))

    def draw() -> bytes:
        out = BytesIO()
        canvas = Canvas(out, pagesize=A4)
        canvas.drawImage(ImageReader(BytesIO(qr.png(CODE))), 172 * mm, 262 * mm, 20 * mm, 20 * mm)
        canvas.drawImage(ImageReader(BytesIO(a_photo())), 160 * mm, 215 * mm, 26 * mm, 36 * mm)
        canvas.setFont("Sans", 9.5)
        y = 250.0
        for block in FACTS["blocks"]:  # type: ignore[attr-defined]
            for row in block["rows"]:
                for place, (label, value) in enumerate(row):
                    canvas.rect((22 + place * 70) * mm, y * mm, 70 * mm, 6 * mm)
                    canvas.drawString((23 + place * 70) * mm, (y + 2) * mm, label)
                    canvas.drawString((56 + place * 70) * mm, (y + 2) * mm, value)
                y -= 6
        for lines in TEXTS.values():
            for line in lines:
                for start in range(0, len(line), 50):
                    canvas.drawString(22 * mm, y * mm, line[start : start + 50])
                    y -= 5
        canvas.showPage()
        canvas.rect(22 * mm, 20 * mm, 170 * mm, 250 * mm)
        canvas.save()
        return out.getvalue()

    return draw


WAYS = {"ours": ours, "plain": plain, "floor": floor}


def main(way: str, count: str) -> None:
    """The first form, then the others: seconds, and the peak of memory in MiB."""
    begun = time.perf_counter()
    draw = WAYS[way]()
    draw()
    cold, begun = time.perf_counter() - begun, time.perf_counter()
    for _one in range(int(count)):
        draw()
    found = {
        "cold": cold,
        "each": (time.perf_counter() - begun) / int(count),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
