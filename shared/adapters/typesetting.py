"""What reportlab and xhtml2pdf do not know about Chinese text, and what would only cost time: set once per process."""

import re

# GB/T 15834: no line begins with one of these; reportlab's list has the Japanese ones and lacks these.
NEVER_FIRST = "，。、；：！？）》〉」』】〕］｝”’％…—·～"

_BEYOND_BMP = re.compile(r"<([0-9A-F]{5,6})>")


def mend() -> None:
    """Keep punctuation off the beginning of lines, and let characters beyond the BMP be copied and searched."""
    from reportlab import rl_config
    from reportlab.lib import textsplit
    from reportlab.pdfbase import ttfonts
    from xhtml2pdf import reportlab_paragraph

    written_by_reportlab = ttfonts.makeToUnicodeCMap

    def to_unicode_map(font_name: str, subset: list[int]) -> str:
        return _BEYOND_BMP.sub(_as_utf16, written_by_reportlab(font_name, subset))

    ttfonts.makeToUnicodeCMap = to_unicode_map
    for module in (reportlab_paragraph, textsplit):
        module.ALL_CANNOT_START = "".join({*module.ALL_CANNOT_START, *NEVER_FIRST})
    rl_config.useA85 = 0  # files need not be plain text any more: a fifth smaller, and 5 ms less a form


def _as_utf16(code: re.Match[str]) -> str:
    """ISO 32000-1, 9.10.3: the map of a font to Unicode is in UTF-16BE, so such a character takes two units."""
    return f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>"
