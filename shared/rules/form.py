"""What is wrong with the answers of one step, or with the whole form: every problem at once (domain rules §3)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.models.kinds import IdKind, Sex
from shared.rules import certificate, identity
from shared.rules.checks import Problem, Severity
from shared.rules.fields import BY_NAME, FIELDS, Field, Input, Step
from shared.text import Text, _

FIRST_CERTIFICATES = date(1996, 1, 1)  # 教师资格条例 came into force at the end of 1995
YOUNGEST_AT_WORK = 16
NAME = re.compile(r"[^\W\d_]+(?:[·. ][^\W\d_]+)*", re.UNICODE)
MOBILE = re.compile(r"1[3-9][0-9]{9}")
POSTCODE = re.compile(r"[0-9]{6}")
LANDLINE = re.compile(r"[0-9\-() ]{7,20}")
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
DIGITS_ONLY = ("mobile", "postcode")

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class FormFacts:
    """What the rules need to know of rows that the answers point to."""

    certificate_is_anothers: bool = False
    school_bureau_id: int | None = None
    point_bureau_id: int | None = None
    point_is_active: bool = False
    point_serves_school: bool = False
    certificate_subject: str = ""
    taught_subject: str = ""
    has_photo: bool = False
    residence_can_be_narrowed: bool = False


def problems_with(answers: Answers, step: Step | None, *, today: date, facts: FormFacts) -> list[Problem]:
    """The problems of one `step`, or of the whole form with what is missing (`step` None)."""
    rules: dict[Step, list[Callable[[Answers, date, FormFacts], list[Problem]]]] = {
        Step.IDENTITY: [_identity, _certificate_number],
        Step.BUREAU: [_name, _birth, _certificate_data, _teaching, _school],
        Step.POINT: [_point],
        Step.MATERIALS: [_dates, _contact, _residence],
    }
    steps = [step] if step else list(rules)
    found = [] if step else _missing(answers, facts)
    missing = {problem.field for problem in found}
    for each in steps:
        for rule in rules.get(each, []):
            found += [problem for problem in rule(answers, today, facts) if problem.field not in missing]
    return found


def normalised(answers: Answers) -> dict[str, Any]:
    """The answers as they are kept: plain half-width numbers, sex and birth date from the ID number."""
    kept = dict(answers)
    kind = kept.get("id_kind")
    if kind and kept.get("id_number"):
        kept["id_number"] = number = identity.normalise(kind, kept["id_number"])
        if born := identity.born(kind, number):
            kept["birth_date"] = born
        if sex := identity.sex(kind, number):
            kept["sex"] = sex
    if kept.get("certificate_number"):
        kept["certificate_number"] = certificate.normalise(kept["certificate_number"])
    for name in (*DIGITS_ONLY, "landline", "email"):
        if isinstance(kept.get(name), str):
            plain = unicodedata.normalize("NFKC", kept[name]).strip()
            kept[name] = re.sub(r"[\s-]", "", plain) if name in DIGITS_ONLY else plain
    return kept


def _block(code: str, field: str, text: Text) -> Problem:
    return Problem(code, field, text)


def _missing(answers: Answers, facts: FormFacts) -> list[Problem]:
    found = []
    for field in FIELDS:
        if not field.required or (field.input is Input.PHOTO and facts.has_photo):
            continue
        if answers.get(field.name) in (None, ""):
            found.append(_block("missing", field.name, asked_for(field)))
    return found


def asked_for(field: Field) -> Text:
    """The sentence for a required field that was left empty."""
    if field.input is Input.PHOTO:
        return _("请上传照片")
    chosen = field.input is Input.KIND or (field.input is Input.ENTRY and not field.searched)
    return _("请选择{label}", label=field.label) if chosen else _("请填写{label}", label=field.label)


def _identity(answers: Answers, today: date, _facts: FormFacts) -> list[Problem]:
    return identity.problems_with(
        answers.get("id_kind") or IdKind.RESIDENT, answers.get("id_number") or "", today=today
    )


def _certificate_number(answers: Answers, today: date, facts: FormFacts) -> list[Problem]:
    number = answers.get("certificate_number") or ""
    found = certificate.problems_with(number)
    decoded = certificate.decode(number, id_number=answers.get("id_number") or "")
    if decoded and decoded.year > today.year:
        text = _("证书号码中的年份{year}还没有到，请对照证书核对", year=decoded.year)
        found.append(_block("certificate.future", "certificate_number", text))
    if facts.certificate_is_anothers:
        text = _("该证书号码已由另一证件号码申报。请核对是否输错；确实无误的，请带身份证和证书联系所在区教育局")
        found.append(_block("certificate.anothers", "certificate_number", text))
    return found


def _name(answers: Answers, _today: date, _facts: FormFacts) -> list[Problem]:
    if NAME.fullmatch(answers.get("name") or ""):
        return []
    return [_block("name", "name", _("姓名只能用文字和间隔号“·”，请与身份证一致"))]


def _birth(answers: Answers, today: date, _facts: FormFacts) -> list[Problem]:
    born = answers.get("birth_date")
    if born and born >= today:
        return [_block("birth", "birth_date", _("出生日期不能晚于今天"))]
    return []


def _certificate_data(answers: Answers, today: date, _facts: FormFacts) -> list[Problem]:
    found = []
    issued, reissued = answers.get("certificate_issued_on"), answers.get("certificate_reissued_on")
    if issued and not FIRST_CERTIFICATES <= issued <= today:
        text = _("签发日期应在1996年1月1日至今天之间")
        found.append(_block("issued", "certificate_issued_on", text))
    if reissued and (reissued > today or (issued and reissued < issued)):
        text = _("补证日期应在原签发日期之后、今天之前")
        found.append(_block("reissued", "certificate_reissued_on", text))
    sex: Sex | None = answers.get("sex")
    return found + certificate.warnings(
        answers.get("certificate_number") or "",
        type_code=answers.get("qualification_type_code") or "",
        sex=sex,
        issued_on=issued,
        id_number=answers.get("id_number") or "",
    )


def _teaching(answers: Answers, _today: date, facts: FormFacts) -> list[Problem]:
    found = []
    if answers.get("qualification_type_code") and answers.get("teaching_stage"):
        found += certificate.level_problems(answers["qualification_type_code"], answers["teaching_stage"])
    if facts.certificate_subject and facts.taught_subject:
        found += certificate.subject_warnings(facts.certificate_subject, facts.taught_subject)
    return found


def _point(answers: Answers, _today: date, facts: FormFacts) -> list[Problem]:
    if answers.get("point_id") is None:
        return []
    if not facts.point_is_active or facts.point_bureau_id != answers.get("bureau_id"):
        text = _("所选确认点不属于您选择的注册机构或未启用，请重新选择")
        return [_block("point", "point_id", text)]
    return []


def _school(answers: Answers, _today: date, facts: FormFacts) -> list[Problem]:
    if answers.get("school_id") is None:
        return []
    if facts.school_bureau_id != answers.get("bureau_id"):
        text = _("任教学校不属于您选择的注册机构，请返回第4步核对注册机构")
        return [_block("school.bureau", "school_id", text)]
    if answers.get("point_id") is not None and not facts.point_serves_school:
        text = _("您选择的确认点不服务该校，请返回第5步更换确认点")
        return [_block("school.point", "school_id", text)]
    return []


def _residence(_answers: Answers, _today: date, facts: FormFacts) -> list[Problem]:
    if facts.residence_can_be_narrowed:
        return [_block("residence", "residence_code", _("户籍所在地请选到区县，与户口簿一致"))]
    return []


def _dates(answers: Answers, today: date, _facts: FormFacts) -> list[Problem]:
    found = []
    born, started, joined = (answers.get(key) for key in ("birth_date", "work_started_on", "joined_on"))
    begins, ends = answers.get("contract_from"), answers.get("contract_to")
    if started and (started > today or (born and started.year - born.year < YOUNGEST_AT_WORK)):
        text = _("参加工作时间应在年满16周岁之后、今天之前")
        found.append(_block("work_started", "work_started_on", text))
    if joined and (joined > today or (started and joined < started)):
        text = _("进本单位时间不能早于参加工作时间，也不能晚于今天")
        found.append(_block("joined", "joined_on", text))
    if begins and ends and ends < begins:
        found.append(_block("contract", "contract_to", _("合同结束日期不能早于开始日期")))
    return found


_SHAPES: dict[str, tuple[re.Pattern[str], Text]] = {
    "mobile": (MOBILE, _("手机号码应为11位数字，以13至19开头")),
    "postcode": (POSTCODE, _("邮政编码应为6位数字")),
    "landline": (LANDLINE, _("固定电话只能用数字、括号和横线，如025-83335555")),
    "email": (EMAIL, _("邮箱格式不正确，应如name@example.com")),
}


def _contact(answers: Answers, _today: date, _facts: FormFacts) -> list[Problem]:
    return [
        _block(name, BY_NAME[name].name, text)
        for name, (shape, text) in _SHAPES.items()
        if answers.get(name) and not shape.fullmatch(answers[name])
    ]


def blocking(problems: list[Problem]) -> list[Problem]:
    """The problems that stop; the rest are warnings."""
    return [problem for problem in problems if problem.severity is Severity.BLOCK]
