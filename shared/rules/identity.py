"""Identity documents: their form, and what a number says about its holder (GB 11643-1999 for the 18-character ones).

The area code is not looked up in a table: it is the one in force when the number was issued, which for adults was
often years after the birth, so a table by birth year would lock out serving teachers.
"""

import re
import unicodedata
from datetime import date
from operator import mul

from shared.models.kinds import IdKind, Sex
from shared.rules.checks import Problem, Severity
from shared.text import Text, _

FIELD = "id_number"
YOUNGEST, OLDEST = 18, 70

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_EARLIEST_YEAR = 1900

_AREAS = {
    "810000": IdKind.HK_MACAO_RESIDENCE,
    "820000": IdKind.HK_MACAO_RESIDENCE,
    "830000": IdKind.TAIWAN_RESIDENCE,
}
_PERMITS = {
    IdKind.HK_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    IdKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}([0-9]{2})?"),
}


def normalise(kind: IdKind, number: str) -> str:
    """The number as it is stored: half-width, without blanks or invisible characters, letters in upper case."""
    if number.isascii() and number.isalnum():  # nearly every one of a hundred thousand
        return number.upper()
    plain = unicodedata.normalize("NFKC", number)
    kept = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf").upper()
    # Chinese keyboards offer the multiplication sign where a document prints the check character X.
    return kept if kind in _PERMITS else kept.replace("×", "X")


def problems_with(kind: IdKind, number: str, *, today: date) -> list[Problem]:
    """Everything that is wrong or unusual about a document number."""
    text = normalise(kind, number)
    if not text:
        return [_block("id.missing", _("请填写证件号码。"))]
    if kind in _PERMITS:
        return _problems_with_permit(kind, text)
    if _FIFTEEN.fullmatch(text):
        return [_block("id.fifteen_digits", _("15位证件号码已停用，请填写第二代居民身份证上的18位号码。"))]
    if not _EIGHTEEN.fullmatch(text):
        return [_block("id.form", _("证件号码应为18位：前17位是数字，最后一位是数字或字母X。请对照证件重新填写。"))]
    return [
        *_problems_with_area(kind, text),
        *_problems_with_birth(_date_in(text), today),
        *_problems_with_check_character(text),
    ]


def looks_like_one(text: str) -> bool:
    """Whether this was meant to be the number of an identity card, right or wrong; `text` as `normalise` gives it."""
    return re.fullmatch(r"[0-9]{14,}[0-9X]?", text) is not None


def born(kind: IdKind, number: str) -> date | None:
    """The date of birth inside the number; None where it has none (travel permits) or an impossible one."""
    text = normalise(kind, number)
    return _date_in(text) if _says_who(kind, text) else None


def sex(kind: IdKind, number: str) -> Sex | None:
    """The sex inside the number (17th digit, odd for men); None where it has none."""
    text = normalise(kind, number)
    if not _says_who(kind, text):
        return None
    return Sex.MALE if int(text[16]) % 2 else Sex.FEMALE


def _says_who(kind: IdKind, text: str) -> bool:
    return kind not in _PERMITS and _EIGHTEEN.fullmatch(text) is not None


def _date_in(text: str) -> date | None:
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return birth if birth.year >= _EARLIEST_YEAR else None


def _problems_with_permit(kind: IdKind, text: str) -> list[Problem]:
    if _PERMITS[kind].fullmatch(text):
        return []
    if kind is IdKind.HK_MACAO_PERMIT:
        form = _("港澳居民来往内地通行证号码应为字母H或M加8位或10位数字，请对照证件重新填写。")
    else:
        form = _("台湾居民来往大陆通行证号码应为8位或10位数字，请对照证件重新填写。")
    return [_block("id.form", form)]


def _problems_with_area(kind: IdKind, text: str) -> list[Problem]:
    right = _AREAS.get(text[:6], IdKind.RESIDENT)
    if right is kind:
        return []
    if kind is IdKind.HK_MACAO_RESIDENCE:
        wrong = _("港澳居民居住证号码以810000或820000开头，请检查证件类型和证件号码。")
    elif kind is IdKind.TAIWAN_RESIDENCE:
        wrong = _("台湾居民居住证号码以830000开头，请检查证件类型和证件号码。")
    else:
        return [_warn("id.kind", _("这像是港澳台居民居住证的号码，请检查证件类型是否选对。"))]
    return [_block("id.area", wrong)]


def _problems_with_birth(birth: date | None, today: date) -> list[Problem]:
    if birth is None or birth > today:
        return [_block("id.date", _("证件号码第7至14位不是有效的出生日期，请对照证件重新填写。"))]
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    if YOUNGEST <= age <= OLDEST:
        return []
    return [_warn("id.age", _("按证件号码计算的年龄为{age}岁，请核对证件号码是否填错。", age=age))]


def _problems_with_check_character(text: str) -> list[Problem]:
    total = sum(map(mul, _WEIGHTS, map(int, text[:17])))
    if text[17] == _CHECK_CHARACTERS[total % 11]:
        return []
    return [_block("id.checksum", _("证件号码的校验码不对，可能有一位填错，请对照证件逐位核对。"))]


def _block(code: str, text: Text) -> Problem:
    return Problem(code, FIELD, text)


def _warn(code: str, text: Text) -> Problem:
    return Problem(code, FIELD, text, Severity.WARN)
