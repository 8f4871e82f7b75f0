"""What a teacher says in the check before the form: a few answers about work, registration and certificates.

Nothing of it is stored. Every question has an answer for those who do not know.
"""

from dataclasses import dataclass
from datetime import date

from shared.models.kinds import Kind, TeachingStage
from shared.text import _


class Workplace(Kind):
    """What kind of school somebody works at: the first thing that decides about the scope."""

    PUBLIC = "public", _("公办普通中小学、幼儿园、中等职业学校")
    PRIVATE = "private", _("民办中小学、幼儿园、中等职业学校")
    SUPPORT = "support", _("教研室、少年宫、电化教育馆、特殊教育学校，或五年制高职的中职段")
    HIGHER = "higher", _("高等学校")
    ELSEWHERE = "elsewhere", _("其他单位，或已经不在学校工作")
    UNKNOWN = "unknown", _("说不准")


class Post(Kind):
    """How the post is held."""

    ESTABLISHED = "established", _("在编在岗")
    PRIVATE = "private", _("民办学校在岗")
    PENDING = "pending", _("编制手续正在办理")
    CONTRACT = "contract", _("没有编制（合同聘用、代课等）")
    AWAY = "away", _("有编制，但现在不在教学岗位（进修、病假、产假、借调等）")
    UNKNOWN = "unknown", _("说不准")


class Probation(Kind):
    """The probation of somebody who became a teacher for the first time."""

    PASSED = "passed", _("试用期已满，考核合格")
    RUNNING = "running", _("还在试用期（含今年新录用）")
    NONE = "none", _("没有试用期，或早已转正")
    UNKNOWN = "unknown", _("说不准")


class History(Kind):
    """How the last registration ended."""

    NEVER = "never", _("从来没有注册过")
    VALID = "valid", _("注册合格，知道有效期")
    DEFERRED = "deferred", _("上次结论是暂缓注册")
    REFUSED = "refused", _("上次结论是注册不合格")
    UNKNOWN = "unknown", _("记不清")


class CertificateType(Kind):
    """The seven qualifications of the law, by the digit that a certificate number has for them."""

    KINDERGARTEN = "1", _("幼儿园教师资格")
    PRIMARY = "2", _("小学教师资格")
    JUNIOR = "3", _("初级中学教师资格")
    SENIOR = "4", _("高级中学教师资格")
    VOCATIONAL = "5", _("中等职业学校教师资格")
    VOCATIONAL_PRACTICE = "6", _("中等职业学校实习指导教师资格")
    HIGHER = "7", _("高等学校教师资格")


class Fault(Kind):
    """What may be wrong with a certificate (S2, S3); several may be at once."""

    TYPE_SEX_NUMBER = "type_sex_number", _("资格种类、性别或证书号码有错")
    OTHER_DATA = "other_data", _("其他内容有错（姓名、出生日期、任教学科等）")
    LOST = "lost", _("证书遗失")
    DAMAGED = "damaged", _("证书损坏")
    REISSUED_WITHOUT_DATES = "reissued", _("是补发的，备注页没有同时写明补证日期和签发日期")


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate in somebody's hands; a year of None and an empty number or subject are not known."""

    kind: CertificateType
    year: int | None = None
    number: str = ""
    subject: str = ""
    faults: frozenset[Fault] = frozenset()


@dataclass(frozen=True)
class Situation:
    """All the answers; dates that were not asked for are None."""

    workplace: Workplace
    post: Post
    probation: Probation
    history: History
    stage: TeachingStage
    certificates: tuple[HeldCertificate, ...]
    subject: str = ""
    passed_on: date | None = None
    valid_until: date | None = None
    retires_on: date | None = None
