"""Every enumeration of the domain: the value that is stored, and the label that people read."""

from enum import StrEnum
from typing import Self

from shared.text import Text, _


class Kind(StrEnum):
    """A member of an enumeration knows its label: `Stage.DRAFT.label`."""

    label: Text

    def __new__(cls, value: str, label: Text) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Stage(Kind):
    """Where an application stands; the conclusion is a column of its own."""

    DRAFT = "draft", _("暂存（未提交）")
    SUBMITTED = "submitted", _("已提交")
    SCHOOL_CHECKED = "school_checked", _("学校已审校")
    CONFIRMED = "confirmed", _("已确认（已受理）")
    PRELIMINARY = "preliminary", _("已初审")
    REVIEWED = "reviewed", _("已复核")
    CONCLUDED = "concluded", _("已终审")
    RETURNED = "returned", _("已退回，请修改")
    WITHDRAWN = "withdrawn", _("已放弃申报")
    REVOKED = "revoked", _("注册已撤销")


class Conclusion(Kind):
    """What the bureau decides (注册结论)."""

    NONE = "none", _("尚无结论")
    REGISTERED = "registered", _("注册合格")
    DEFERRED = "deferred", _("暂缓注册")
    REFUSED = "refused", _("注册不合格")


class Role(Kind):
    """What a person may be to the system; each member of staff has one, and one place."""

    TEACHER = "teacher", _("教师")
    SCHOOL = "school", _("学校审校员")
    POINT = "point", _("确认点操作员")
    DISTRICT = "district", _("区县初审员")
    CITY = "city", _("市级复核员")
    PROVINCE = "province", _("省级终审员")
    SUPERUSER = "superuser", _("超级管理员")
    AUDITOR = "auditor", _("审计员")


class BureauLevel(Kind):
    """Levels of education bureaus and of issuing authorities."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("区县级")


class Sex(Kind):
    MALE = "male", _("男")
    FEMALE = "female", _("女")


class IdKind(Kind):
    """Identity documents that an applicant may use (证件类型)."""

    RESIDENT = "resident", _("居民身份证")
    HK_MACAO_RESIDENCE = "hk_macao_residence", _("港澳居民居住证")
    TAIWAN_RESIDENCE = "taiwan_residence", _("台湾居民居住证")
    HK_MACAO_PERMIT = "hk_macao_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")


class Origin(Kind):
    """Who began the application: the teacher, or the district for somebody who did not apply (S23)."""

    SELF = "self", _("本人申报")
    IMPORT_UNAPPLIED = "import_unapplied", _("应注册未报名导入")


class RegistrationType(Kind):
    FIRST = "first", _("首次注册")
    PERIODIC = "periodic", _("定期注册")
    REAPPLY = "reapply", _("暂缓后重新申请")


class TeachingStage(Kind):
    """School stages in which a person teaches now (现任教学段)."""

    KINDERGARTEN = "kindergarten", _("幼儿园")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初级中学")
    SENIOR = "senior", _("高级中学")
    VOCATIONAL = "vocational", _("中等职业学校")
    VOCATIONAL_PRACTICE = "vocational_practice", _("中等职业学校实习指导")
    SPECIAL = "special", _("特殊教育学校")


class SchoolNature(Kind):
    """Public or private, and the kind of school (学校性质)."""

    PUBLIC_KINDERGARTEN = "public_kindergarten", _("公办幼儿园")
    PUBLIC_PRIMARY = "public_primary", _("公办小学")
    PUBLIC_JUNIOR = "public_junior", _("公办初中")
    PUBLIC_SENIOR = "public_senior", _("公办高中")
    PUBLIC_NINE_YEAR = "public_nine_year", _("公办九年一贯制学校")
    PUBLIC_COMPLETE = "public_complete", _("公办完全中学")
    PUBLIC_VOCATIONAL = "public_vocational", _("公办中等职业学校")
    PUBLIC_SPECIAL = "public_special", _("公办特殊教育学校")
    PRIVATE_KINDERGARTEN = "private_kindergarten", _("民办幼儿园")
    PRIVATE_PRIMARY = "private_primary", _("民办小学")
    PRIVATE_JUNIOR = "private_junior", _("民办初中")
    PRIVATE_SENIOR = "private_senior", _("民办高中")
    PRIVATE_NINE_YEAR = "private_nine_year", _("民办九年一贯制学校")
    PRIVATE_COMPLETE = "private_complete", _("民办完全中学")
    PRIVATE_VOCATIONAL = "private_vocational", _("民办中等职业学校")
    PRIVATE_SPECIAL = "private_special", _("民办特殊教育学校")


class Locality(Kind):
    """Where the school lies (任教学校所在地)."""

    URBAN = "urban", _("城市")
    TOWN = "town", _("县镇")
    RURAL = "rural", _("农村")


class PostKind(Kind):
    """How the post is held (岗位性质)."""

    ESTABLISHED = "established", _("在编在岗")
    PRIVATE = "private", _("民办在岗")
    OTHER = "other", _("其他")


class AssessmentGrade(Kind):
    """Result of a year's assessment (年度考核)."""

    EXCELLENT = "excellent", _("优秀")
    QUALIFIED = "qualified", _("合格")
    BASIC = "basic", _("基本合格")
    UNQUALIFIED = "unqualified", _("不合格")
    UNGRADED = "ungraded", _("未定等次")
    ABSENT = "absent", _("未参加")


class EthicsGrade(Kind):
    """Result of the assessment of professional ethics (师德考核)."""

    EXCELLENT = "excellent", _("师德优秀")
    QUALIFIED = "qualified", _("师德合格")
    BASIC = "basic", _("师德基本合格")
    UNQUALIFIED = "unqualified", _("师德不合格")


class WindowStage(Kind):
    """Stages that have opening times of their own (S5)."""

    APPLY = "apply", _("教师网上申报")
    SCHOOL_CHECK = "school_check", _("学校审校")
    CONFIRM = "confirm", _("现场确认")
    PRELIMINARY = "preliminary", _("区县初审")
    REVIEW = "review", _("市级复核")
    FINAL = "final", _("省级终审")


class EntryStatus(Kind):
    """State of a row of reference data: entered by a teacher, in use, or no longer offered."""

    PENDING = "pending", _("待核实")
    ACTIVE = "active", _("使用中")
    RETIRED = "retired", _("已停用")


class RequestKind(Kind):
    """What staff are asked to settle about reference data or an application's facts."""

    ADD_SCHOOL = "add_school", _("申请新增任教学校")
    ADD_INSTITUTION = "add_institution", _("申请新增毕业学校")
    ADD_AUTHORITY = "add_authority", _("申请新增认定机构")
    ADD_SUBJECT = "add_subject", _("申请新增任教学科")
    DUPLICATE_CERTIFICATE = "duplicate_certificate", _("证书号码重复")


class RequestState(Kind):
    OPEN = "open", _("待处理")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")


class ObjectionState(Kind):
    """What became of an objection to a publicised conclusion (异议)."""

    OPEN = "open", _("待查")
    UPHELD = "upheld", _("成立")
    DISMISSED = "dismissed", _("不成立")


class LinkKind(Kind):
    """What a link in a mail does for whoever follows it."""

    NEW_PASSWORD = "new_password", _("设置新密码")
    VERIFY_EMAIL = "verify_email", _("验证邮箱")


class CertificateService(Kind):
    """Procedures that correct a certificate before it can be registered (S2, S3)."""

    REPLACEMENT = "replacement", _("换证")
    REISSUE = "reissue", _("补证")
    ANNOTATION = "annotation", _("备注")
    CENTRAL = "central", _("市局集中办理")


class BatchState(Kind):
    """Where a batch of one move for many applications stands."""

    PREVIEW = "preview", _("待确认")
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("办理中")
    DONE = "done", _("已办完")
    CANCELLED = "cancelled", _("已取消")
    UNDONE = "undone", _("已撤回")


class BatchRowState(Kind):
    """What became of one application of a batch."""

    CHOSEN = "chosen", _("未办理")
    MOVED = "moved", _("已办理")
    SKIPPED = "skipped", _("已跳过")
    UNDONE = "undone", _("已撤回")
    KEPT = "kept", _("未能撤回")


class ImportState(Kind):
    """Where an import stands: it is looked through, shown, written, and perhaps taken back."""

    CHECKING = "checking", _("核对中")
    CHECKED = "checked", _("待确认")
    WRITING = "writing", _("导入中")
    DONE = "done", _("已导入")
    UNREADABLE = "unreadable", _("无法读取")
    CANCELLED = "cancelled", _("已取消")
    UNDOING = "undoing", _("撤回中")
    UNDONE = "undone", _("已撤回")


class ImportAction(Kind):
    """What a row of a file becomes."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更改")
    UNCHANGED = "unchanged", _("没有变化")
    REFUSED = "refused", _("不能导入")


class ExportState(Kind):
    WAITING = "waiting", _("正在生成")
    DONE = "done", _("可以下载")
    FAILED = "failed", _("没有生成")
    CANCELLED = "cancelled", _("已取消")


class FileUse(Kind):
    """What a kept file is for."""

    IMPORT = "import", _("导入的文件")
    FAULTS = "faults", _("标出错误的文件")
    EXPORT = "export", _("导出的文件")
    FORMER = "former", _("导入前的照片")


class RevealReason(Kind):
    """Why somebody looks at a personal value in full (PIPL article 6: for a purpose, and no more than it needs)."""

    PAPERS = "papers", _("核对证件、证书")
    REVIEW = "review", _("审核申请")
    CONTACT = "contact", _("联系本人")
    DUPLICATE = "duplicate", _("查找重复的记录")
    OTHER = "other", _("其他（请说明）")


class MailState(Kind):
    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
