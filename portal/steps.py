"""STEPS: the eight steps of the application as data (the official order); one generic view walks them."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from shared.rules.fields import BY_NAME, FIELDS, Field, Section
from shared.rules.fields import Step as Asks
from shared.text import Text, _


class Form(StrEnum):
    """What a page asks for."""

    NOTICE = "notice"
    FIELDS = "fields"
    ACCOUNT = "account"
    PHOTO = "photo"
    CHECK = "check"
    DONE = "done"


@dataclass(frozen=True)
class Group:
    """Fields of a page that belong together."""

    title: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Page:
    """One page of a step; `own`: only for somebody who has an account."""

    slug: str
    title: Text
    form: Form
    intro: Text | None = None
    asks: Asks | None = None
    fields: tuple[Field, ...] = ()
    notice: str = ""
    must_tick: bool = False
    has_delay: bool = False
    own: bool = False

    @property
    def groups(self) -> list[Group]:
        """The page's fields under the headings of their sections."""
        sections = dict.fromkeys(field.section for field in self.fields)
        return [Group(s.label, tuple(f for f in self.fields if f.section is s)) for s in sections]


@dataclass(frozen=True)
class WizardStep:
    """One of the eight steps with its pages; most have one."""

    number: int
    title: Text
    pages: tuple[Page, ...]


PHOTO = BY_NAME["photo"]


def _asked(step: Asks) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.step is step)


def _asks(
    step: Asks, slug: str, title: Text, *which: Section | str, intro: Text | None = None, own: bool = False
) -> Page:
    """A short page: those of the step's fields that are in the sections, or named."""
    asked = (field for field in _asked(step) if field.name != PHOTO.name)
    fields = tuple(field for field in asked if field.section in which or field.name in which)
    return Page(slug, title, Form.FIELDS, intro, step, fields, own=own)


_where = partial(_asks, Asks.BUREAU)
_own = partial(_asks, Asks.MATERIALS, own=True)


_ID_TRUE = _("请对照身份证和教师资格证书填写，信息必须真实、准确")

STEPS: tuple[WizardStep, ...] = (
    WizardStep(1, _("申报必读"), (Page("read", _("申报必读"), Form.NOTICE, notice="must_read", has_delay=True),)),
    WizardStep(2, _("确认服务条款"), (Page("terms", _("确认服务条款"), Form.NOTICE, notice="terms", must_tick=True),)),
    WizardStep(
        3,
        _("填写身份信息"),
        (Page("identity", _("身份信息"), Form.FIELDS, _ID_TRUE, Asks.IDENTITY, _asked(Asks.IDENTITY)),),
    ),
    WizardStep(
        4,
        _("选择注册机构"),
        (
            _where("basics", _("基本信息"), Section.IDENTITY, intro=_("与身份证一致")),
            _where("certificate", _("证书信息"), Section.CERTIFICATE, intro=_("一律照教师资格证书填写")),
            _where(
                "bureau",
                _("现在的工作"),
                *("teaching_stage", "teaching_subject_code", "bureau_id"),
                intro=_("按现在的工作填写；注册机构是任教学校的主管教育局，市直属学校选市教育局"),
            ),
            _where("school", _("任教学校"), "school_id"),
        ),
    ),
    WizardStep(
        5,
        _("选择确认点"),
        (
            Page(
                "point",
                _("确认点"),
                Form.FIELDS,
                _("确认点是核对纸质材料的地方，请选择学校人事秘书公布的那一个"),
                Asks.POINT,
                _asked(Asks.POINT),
            ),
        ),
    ),
    WizardStep(6, _("阅读注意事项"), (Page("attention", _("阅读注意事项"), Form.NOTICE, notice="attention"),)),
    WizardStep(
        7,
        _("填写申请材料"),
        (
            Page(
                "account",
                _("设置登录密码"),
                Form.ACCOUNT,
                _("以后用证件号码和这个密码登录，查看状态、修改和下载申请表"),
            ),
            _own(
                "work",
                _("工作信息"),
                *("work_started_on", "title_code", "joined_on", "post_kind"),
                intro=_("按人事档案填写"),
            ),
            _own(
                "contract",
                _("学校与合同"),
                *("locality", "school_nature", "contract_from", "contract_to"),
                intro=_("按聘用合同填写"),
            ),
            _own("education", _("学历与普通话"), Section.EDUCATION, intro=_("按毕业证书和普通话等级证书填写")),
            _own("person", _("个人信息"), Section.IDENTITY, intro=_("按户口簿填写，户籍所在地选到区县")),
            _own("contact", _("联系方式"), Section.CONTACT, intro=_("工作人员会用这些方式与您联系")),
            Page("photo", _("照片"), Form.PHOTO, _("手机拍的也可以，系统会自动裁成114×156像素"), own=True),
            Page("check", _("核对并提交"), Form.CHECK, _("请逐项核对，无误后点“提交”"), own=True),
        ),
    ),
    WizardStep(8, _("完成"), (Page("done", _("提交完成"), Form.DONE, own=True),)),
)

PAGES: tuple[Page, ...] = tuple(page for step in STEPS for page in step.pages)
BY_SLUG = {page.slug: page for page in PAGES}
STEP_OF = {page.slug: step for step in STEPS for page in step.pages}
PAGE_OF_FIELD = {field.name: page for page in PAGES for field in page.fields} | {PHOTO.name: BY_SLUG["photo"]}
CHECK, DONE = BY_SLUG["check"], BY_SLUG["done"]


def after(page: Page) -> Page:
    """The page that follows."""
    return PAGES[min(PAGES.index(page) + 1, len(PAGES) - 1)]


def before(page: Page) -> Page | None:
    """The page that one can go back to; an account is made once."""
    earlier = [earlier for earlier in PAGES[: PAGES.index(page)] if earlier.form is not Form.ACCOUNT]
    return earlier[-1] if earlier else None
