"""The ways to draw an application form, each a process: python -m tests.bench.papers WAY COUNT."""

import json
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from shared.rules.form_grid import BLOCKS
from tests.adapters.test_golden_papers import CODE, TEXTS
from tests.adapters.test_pdf import FORM, TEMPLATES, YEARS, a_photo, as_it_is

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "var" / "fonts"
FACTS: dict[str, Any] = {"form": FORM, "texts": TEXTS, "years": YEARS, "qr": "qr", "photo": "photo"}
VALUES = ["张䶮", "女", "320106198501010018", "初级中学教师资格", "南京市鼓楼区教育局", "2010-07-01", "道德与法治"]
TEMPLATE = "pdf/application_form.html"


def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals |= {"_": str, "slot": as_it_is}
    return environment.get_template(TEMPLATE)


def _blocks(number: int) -> list[dict[str, Any]]:
    """The blocks of the form of applicant `number`: every field that the product prints, each with some value."""
    values = islice(cycle(VALUES), number % len(VALUES), None)
    return [
        {
            "title": str(block.title),
            "photo_rows": block.photo_rows,
            "rows": [[(str(field.label), next(values)) for field in row] for row in block.rows()],
        }
        for block in BLOCKS
    ]


def ours() -> Callable[[int], bytes]:
    """As the services do it for one form: fonts registered once, the form laid out once, the code by segno."""
    from shared.adapters import blanks, pdf, qr

    pdf.prepare_fonts(FONTS)
    template = _template()

    def draw(number: int) -> bytes:
        slots = blanks.Slots()
        html = template.render(FACTS, blocks=_blocks(number), slot=slots)
        sheet = blanks.Sheet(html, slots.lines, {"qr": qr.png(CODE), "photo": a_photo()})
        return blanks.draw([sheet], title="申请表")

    return draw


def plain() -> Callable[[int], bytes]:
    """As the documentation of xhtml2pdf shows it: the font in the style sheet, its own barcode tag."""
    from xhtml2pdf import pisa

    faces = "".join(
        f"@font-face {{ font-family: Sans; src: url('{FONTS}/RegistrationSans-{weight}.ttf');{more} }}"
        for weight, more in ((400, ""), (700, "font-weight: bold;"))
    )
    photo = FONTS.parent / "bench-photo.jpg"
    photo.write_bytes(a_photo())
    template = _template()
    barcode = f'<pdf:barcode value="{CODE}" type="qr" barwidth="20mm" barheight="20mm" />'

    def draw(number: int) -> bytes:
        html = template.render(FACTS | {"photo": str(photo)}, blocks=_blocks(number))
        html = html.replace("<style>", f"<style>{faces} html {{ font-family: Sans; }}")
        html = html.replace('<img src="qr" style="width: 20mm; height: 20mm">', barcode)
        out = BytesIO()
        assert not pisa.CreatePDF(html, dest=out).err
        return out.getvalue()

    return draw


def floor() -> Callable[[int], bytes]:
    """By hand: reportlab draws the lines, the words and both pictures where they belong, and lays nothing out."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from shared.adapters import qr

    pdfmetrics.registerFont(TTFont("Sans", FONTS / "RegistrationSans-400.ttf"))

    def draw(number: int) -> bytes:
        out = BytesIO()
        canvas = Canvas(out, pagesize=A4)
        canvas.drawImage(ImageReader(BytesIO(qr.png(CODE))), 172 * mm, 262 * mm, 20 * mm, 20 * mm)
        canvas.drawImage(ImageReader(BytesIO(a_photo())), 160 * mm, 215 * mm, 26 * mm, 36 * mm)
        canvas.setFont("Sans", 9.5)
        y = 250.0
        for block in _blocks(number):
            for row in block["rows"]:
                for place, (label, value) in enumerate(row):
                    canvas.rect((22 + place * 70) * mm, y * mm, 70 * mm, 6 * mm)
                    canvas.drawString((23 + place * 70) * mm, (y + 2) * mm, label)
                    canvas.drawString((56 + place * 70) * mm, (y + 2) * mm, value)
                y -= 5.5
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
    draw(0)
    cold, begun = time.perf_counter() - begun, time.perf_counter()
    for number in range(int(count)):
        draw(number)
    found = {
        "cold": cold,
        "each": (time.perf_counter() - begun) / int(count),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
