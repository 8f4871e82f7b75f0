"""Certificate numbers, and what a certificate allows its holder to teach (Teachers' Qualification Regulations, art. 5).

Sex and type are inside the number. Where they contradict what the applicant entered, the certificate of 1996–2007
has to be corrected first; the sex digit has changed its meaning over the years, so a contradiction only warns.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.models.kinds import Sex, TeachingStage
from shared.rules.checks import Problem, Severity
from shared.text import Text, _

FIELD = "certificate_number"
STAGE_FIELD = "teaching_stage"
SUBJECT_FIELD = "teaching_subject_code"
NO_SUBJECT = "无"
LAST_YEAR_CORRECTED_BY_ISSUER = 2007  # later errors are the city bureau's (S3)
YEAR_OF_BOTH_LAYOUTS = 2001

_MODERN_LENGTH, _LEGACY_LENGTH = 17, 15
_YEARS = re.compile(r"199[6-9]|20[0-9]{2}")
_HOLDER = re.compile(r"[0-9]{17}[0-9X]")
_LAST_LEGACY_YEAR = 2000
_FIRST_YEAR_OF_NEW_SEX_DIGITS = 2009
_CENTURIES = {"96": "19", "97": "19", "98": "19", "99": "19", "00": "20", "01": "20"}
_SEX_BEFORE_2009 = {"0": Sex.MALE, "1": Sex.FEMALE}
_SEX_FROM_2009 = {"1": Sex.MALE, "2": Sex.FEMALE}

_PRACTICE = "6"
_HIGHER_EDUCATION = "7"
_UP_TO_PRIMARY = frozenset({TeachingStage.SPECIAL, TeachingStage.KINDERGARTEN, TeachingStage.PRIMARY})
_UP_TO_JUNIOR = _UP_TO_PRIMARY | {TeachingStage.JUNIOR}
_UP_TO_SENIOR = _UP_TO_JUNIOR | {TeachingStage.SENIOR, TeachingStage.VOCATIONAL, TeachingStage.VOCATIONAL_PRACTICE}
_STAGES = {
    "1": frozenset({TeachingStage.SPECIAL, TeachingStage.KINDERGARTEN}),
    "2": _UP_TO_PRIMARY,
    "3": _UP_TO_JUNIOR,
    "4": _UP_TO_SENIOR,
    "5": _UP_TO_SENIOR,
    "6": frozenset({TeachingStage.SPECIAL, TeachingStage.VOCATIONAL_PRACTICE}),
}


class Layout(StrEnum):
    """How the 17 digits are divided: with the holder's area (until about 2000) or with the authority's code."""

    LEGACY = "legacy"
    MODERN = "modern"


@dataclass(frozen=True)
class Decoded:
    """The parts of a certificate number; a part that the layout does not have is empty."""

    year: int
    layout: Layout
    province: str
    authority_code: str
    type_code: str
    sex_digit: str
    holder_prefix: str
    running: str


def plain(text: str) -> str:
    """What was typed, in half width and without blanks, hyphens and invisible characters."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(c for c in narrow if not c.isspace() and unicodedata.category(c) not in {"Cf", "Pd"})


def normalise(text: str) -> str:
    """The number as it is stored: 17 half-width digits; a 15-digit one gets the century that its year needs."""
    number = plain(text)
    if len(number) == _LEGACY_LENGTH:
        return _CENTURIES.get(number[:2], "") + number
    return number


def decode(number: str, *, id_number: str = "") -> Decoded | None:
    """The parts of a number, None if it has not the shape of one.

    Both layouts were in use in 2001: there the first six digits of the holder's `id_number` give the older one away.
    """
    digits = normalise(number)
    if problems_with(digits):
        return None
    year = int(digits[:4])
    legacy = year <= _LAST_LEGACY_YEAR or (year == YEAR_OF_BOTH_LAYOUTS and digits[4:10] == id_number[:6])
    if legacy:
        return Decoded(year, Layout.LEGACY, digits[4:6], "", digits[10], digits[11], digits[4:10], digits[12:])
    return Decoded(year, Layout.MODERN, digits[4:6], digits[6:9], digits[9], digits[10], "", digits[11:])


def problems_with(number: str) -> list[Problem]:
    """Why a text cannot be a certificate number at all."""
    digits = normalise(number)
    if not digits:
        return [_block("certificate.missing", _("请填写教师资格证书号码。"))]
    if not re.fullmatch(r"[0-9]+", digits):
        return [_block("certificate.form", _("教师资格证书号码只有数字，请对照证书重新填写。"))]
    if len(digits) == _LEGACY_LENGTH:
        wrong_year = _("15位证书号码应以发证年份的后两位开头（96至99、00或01），请对照证书重新填写。")
        return [_block("certificate.year", wrong_year)]
    if len(digits) > _MODERN_LENGTH:
        extra = _("教师资格证书号码应为17位，现在多了{count}位，请对照证书核对。", count=len(digits) - _MODERN_LENGTH)
        return [_block("certificate.length", extra)]
    if len(digits) != _MODERN_LENGTH:
        wrong_length = _(
            "教师资格证书号码应为17位（早期证书为15位），现在是{count}位，请对照证书补全。", count=len(digits)
        )
        return [_block("certificate.length", wrong_length)]
    if not _YEARS.match(digits):
        return [_block("certificate.year", _("证书号码前4位应是发证年份，不早于1996年，请对照证书重新填写。"))]
    return []


def warnings(number: str, *, type_code: str, sex: Sex | None, issued_on: date | None, id_number: str) -> list[Problem]:
    """Where a well-formed number contradicts what else is known; the paper decides, so nothing here blocks."""
    parts = decode(number, id_number=id_number)
    if parts is None:
        return []
    found = []
    if type_code and parts.type_code != type_code:
        found.append(_warn("certificate.type_digit", _type_differs(parts)))
    if sex and _sex_in(parts) is not sex:
        found.append(_warn("certificate.sex_digit", _sex_differs(parts)))
    if issued_on and parts.year != issued_on.year:
        found.append(_warn("certificate.issue_year", _year_differs(parts)))
    if parts.holder_prefix and _HOLDER.fullmatch(id_number) and parts.holder_prefix != id_number[:6]:
        holder = _(
            "证书号码第5至10位（{prefix}）与证件号码前6位不一致，请对照证书核对号码。", prefix=parts.holder_prefix
        )
        found.append(_warn("certificate.holder", holder))
    return found


def may_teach(type_code: str, stage_taught: TeachingStage) -> bool:
    """Whether a certificate serves at this stage: at its own level or below; 4 and 5 are interchangeable."""
    return stage_taught in _STAGES.get(type_code, frozenset())


def level_problems(type_code: str, stage_taught: TeachingStage) -> list[Problem]:
    """Why a certificate of this type cannot be registered for the stage its holder teaches."""
    if may_teach(type_code, stage_taught):
        return []
    if type_code == _HIGHER_EDUCATION:
        outside = _("高等学校教师资格不参加中小学教师资格定期注册，请改填与现任教学段相符的教师资格证书。")
        return [Problem("certificate.not_registrable", STAGE_FIELD, outside)]
    if type_code == _PRACTICE:
        practice = _("实习指导教师资格只能用于担任实习指导教师，请改填与现任教学段相符的教师资格证书。")
        return [Problem("certificate.practice_only", STAGE_FIELD, practice)]
    too_low = _(
        "所填教师资格低于现任教学段“{stage}”的要求，请改填与现任教学段相符的教师资格证书。", stage=stage_taught.label
    )
    return [Problem("certificate.level", STAGE_FIELD, too_low)]


def subject_warnings(on_certificate: str, taught: str) -> list[Problem]:
    """A warning when another subject is taught than the certificate names: it is registered all the same."""
    if not on_certificate or not taught or on_certificate in {NO_SUBJECT, taught}:
        return []
    differs = _("现任教学科与证书上的任教学科不一致，不影响注册；如同时任教多门学科，请选择与证书一致的学科。")
    return [Problem("certificate.subject", SUBJECT_FIELD, differs, Severity.WARN)]


def _sex_in(parts: Decoded) -> Sex | None:
    meaning = _SEX_FROM_2009 if parts.year >= _FIRST_YEAR_OF_NEW_SEX_DIGITS else _SEX_BEFORE_2009
    return meaning.get(parts.sex_digit)


def _type_differs(parts: Decoded) -> Text:
    if parts.year <= LAST_YEAR_CORRECTED_BY_ISSUER:
        return _(
            "证书号码中的资格种类码（{digit}）与所选资格种类不一致。请先核对；如证书有误，请先办理换证。",
            digit=parts.type_code,
        )
    return _(
        "证书号码中的资格种类码（{digit}）与所选资格种类不一致。请先核对；如证书有误，请联系市级教育行政部门更正。",
        digit=parts.type_code,
    )


def _sex_differs(parts: Decoded) -> Text:
    if parts.year <= LAST_YEAR_CORRECTED_BY_ISSUER:
        return _(
            "证书号码中的性别码（{digit}）与身份证件不一致。请先核对；如证书有误，请先办理换证。", digit=parts.sex_digit
        )
    return _(
        "证书号码中的性别码（{digit}）与身份证件不一致。请先核对；如证书有误，请联系市级教育行政部门更正。",
        digit=parts.sex_digit,
    )


def _year_differs(parts: Decoded) -> Text:
    return _(
        "证书号码中的年份（{year}）与签发日期不一致。请核对；补发的证书请填写原签发日期，并在备注中注明补证日期。",
        year=parts.year,
    )


def _block(code: str, text: Text) -> Problem:
    return Problem(code, FIELD, text)


def _warn(code: str, text: Text) -> Problem:
    return Problem(code, FIELD, text, Severity.WARN)
