"""FIELDS: every field of the form, once. The wizard, the check page, the staff's page and the PDF read this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from shared.models import (
    Application,
    Authority,
    Bureau,
    ConfirmationPoint,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    School,
    Subject,
    Title,
)
from shared.models.base import Entry
from shared.models.kinds import (
    EthicsGrade,
    IdKind,
    Kind,
    Locality,
    PostKind,
    RequestKind,
    SchoolNature,
    Sex,
    TeachingStage,
)
from shared.rules import masking
from shared.text import Text, _


class Section(Kind):
    """Blocks of the printed form and of every page that shows an application."""

    IDENTITY = "identity", _("基本信息")
    CERTIFICATE = "certificate", _("教师资格证书")
    POST = "post", _("现任教工作")
    EDUCATION = "education", _("学历与普通话")
    CONTACT = "contact", _("联系方式")
    SCHOOL = "school", _("学校填写")


class Step(StrEnum):
    """Which step of the wizard asks for a field; SCHOOL is asked of the school's officer."""

    IDENTITY = "identity"
    BUREAU = "bureau"
    POINT = "point"
    MATERIALS = "materials"
    SCHOOL = "school"


class Input(StrEnum):
    """How a field is entered."""

    TEXT = "text"
    DATE = "date"
    KIND = "kind"  # one of an enumeration
    ENTRY = "entry"  # a row of reference data
    PHOTO = "photo"


class Mask(StrEnum):
    """What kind of personal value it is, and so how it is masked."""

    NONE = ""
    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"


MASKS = {Mask.ID_NUMBER: masking.id_number, Mask.PHONE: masking.phone, Mask.EMAIL: masking.email}


@dataclass(frozen=True)
class Field:
    """One field of the form.

    `of_person`: it belongs to the account, not to the application. `correctable`: changed at the desk (S19).
    `derived`: read from the ID number where that says it. `registered`: the registry's column that locks it (S19).
    `searched`: found by typing, for no list of it fits a phone. `addable`: what staff are asked where it is missing.
    `suggests`: the day of the year that most people have, and the field that tells the year.
    """

    name: str
    label: Text
    section: Section
    step: Step
    input: Input = Input.TEXT
    required: bool = True
    kinds: type[Kind] | None = None
    entries: type[Entry] | None = None
    longest: int = 100
    mask: Mask = Mask.NONE
    of_person: bool = False
    derived: bool = False
    searched: bool = False
    addable: RequestKind | None = None
    registered: str = ""
    correctable: bool = False
    hint: Text | None = None
    suggests: tuple[str, str] | None = None
    autocomplete: str = ""
    inputmode: str = ""

    @property
    def relation(self) -> str:
        """The application's attribute that holds the chosen row."""
        return self.name.removesuffix("_id").removesuffix("_code")


_I, _C, _P, _E, _K, _O = (
    Section.IDENTITY,
    Section.CERTIFICATE,
    Section.POST,
    Section.EDUCATION,
    Section.CONTACT,
    Section.SCHOOL,
)

FIELDS: tuple[Field, ...] = (
    Field("id_kind", _("证件类型"), _I, Step.IDENTITY, Input.KIND, kinds=IdKind, of_person=True),
    Field(
        "id_number",
        _("证件号码"),
        _I,
        Step.IDENTITY,
        longest=32,
        mask=Mask.ID_NUMBER,
        of_person=True,
        hint=_("18位身份证号码，最后一位可以是X；它就是您的登录账号，以后不能更改"),
    ),
    Field(
        "certificate_number",
        _("教师资格证书号码"),
        _C,
        Step.IDENTITY,
        longest=32,
        correctable=True,
        hint=_("15位或17位数字，照证书填写；15位号码会自动补全"),
        inputmode="numeric",
    ),
    Field("name", _("姓名"), _I, Step.BUREAU, longest=50, autocomplete="name", hint=_("与身份证一致")),
    Field("sex", _("性别"), _I, Step.BUREAU, Input.KIND, kinds=Sex, derived=True),
    Field("birth_date", _("出生日期"), _I, Step.BUREAU, Input.DATE, derived=True, autocomplete="bday"),
    Field("ethnicity_code", _("民族"), _I, Step.BUREAU, Input.ENTRY, entries=Ethnicity),
    Field(
        "qualification_type_code",
        _("资格种类"),
        _C,
        Step.BUREAU,
        Input.ENTRY,
        entries=QualificationType,
        registered="qualification_type_code",
        correctable=True,
        hint=_("照证书填写"),
    ),
    Field(
        "authority_id",
        _("认定机构"),
        _C,
        Step.BUREAU,
        Input.ENTRY,
        entries=Authority,
        searched=True,
        addable=RequestKind.ADD_AUTHORITY,
        registered="authority_id",
        correctable=True,
        hint=_("照证书上的公章填写，如南京市鼓楼区教育局"),
    ),
    Field(
        "certificate_subject_code",
        _("证书任教学科"),
        _C,
        Step.BUREAU,
        Input.ENTRY,
        entries=Subject,
        searched=True,
        addable=RequestKind.ADD_SUBJECT,
        registered="subject_code",
        correctable=True,
        hint=_("照证书填写；证书上没有学科的，请填“无”"),
    ),
    Field(
        "certificate_issued_on",
        _("证书签发日期"),
        _C,
        Step.BUREAU,
        Input.DATE,
        registered="issued_on",
        correctable=True,
    ),
    Field(
        "certificate_reissued_on",
        _("补证日期"),
        _C,
        Step.BUREAU,
        Input.DATE,
        required=False,
        correctable=True,
        hint=_("只有补发的证书才填；签发日期仍填原签发日期，否则无法注册"),
    ),
    Field("teaching_stage", _("现任教学段"), _P, Step.BUREAU, Input.KIND, kinds=TeachingStage, correctable=True),
    Field(
        "teaching_subject_code",
        _("现任教学科"),
        _P,
        Step.BUREAU,
        Input.ENTRY,
        entries=Subject,
        searched=True,
        addable=RequestKind.ADD_SUBJECT,
        correctable=True,
        hint=_("任教多门学科的，填与证书一致的那一门"),
    ),
    Field(
        "bureau_id",
        _("注册机构"),
        _P,
        Step.BUREAU,
        Input.ENTRY,
        entries=Bureau,
        hint=_("任教学校的主管教育局"),
    ),
    Field(
        "school_id",
        _("现任教学校"),
        _P,
        Step.BUREAU,
        Input.ENTRY,
        entries=School,
        searched=True,
        addable=RequestKind.ADD_SCHOOL,
        correctable=True,
        hint=_("填学校全称或其中几个字，再从列表里选；列表里没有的可以添加"),
    ),
    Field(
        "point_id",
        _("确认点"),
        _P,
        Step.POINT,
        Input.ENTRY,
        entries=ConfirmationPoint,
        hint=_("以学校人事秘书公布的为准"),
    ),
    Field("work_started_on", _("参加工作时间"), _P, Step.MATERIALS, Input.DATE),
    Field("title_code", _("教师职务（职称）"), _P, Step.MATERIALS, Input.ENTRY, entries=Title, correctable=True),
    Field("locality", _("任教学校所在地"), _P, Step.MATERIALS, Input.KIND, kinds=Locality, correctable=True),
    Field("school_nature", _("学校性质"), _P, Step.MATERIALS, Input.KIND, kinds=SchoolNature, correctable=True),
    Field(
        "joined_on",
        _("进本单位时间"),
        _P,
        Step.MATERIALS,
        Input.DATE,
        correctable=True,
        suggests=("08-01", "work_started_on"),
        hint=_("一般为某年8月1日"),
    ),
    Field("contract_from", _("聘用合同开始日期"), _P, Step.MATERIALS, Input.DATE, correctable=True),
    Field("contract_to", _("聘用合同结束日期"), _P, Step.MATERIALS, Input.DATE, correctable=True),
    Field("post_kind", _("岗位性质"), _P, Step.MATERIALS, Input.KIND, kinds=PostKind, correctable=True),
    Field("education_code", _("最高学历"), _E, Step.MATERIALS, Input.ENTRY, entries=Education),
    Field("degree_code", _("最高学位"), _E, Step.MATERIALS, Input.ENTRY, entries=Degree),
    Field(
        "institution_id",
        _("最高学历毕业学校"),
        _E,
        Step.MATERIALS,
        Input.ENTRY,
        entries=Institution,
        searched=True,
        addable=RequestKind.ADD_INSTITUTION,
        hint=_("与毕业证书公章一致；列表里没有的可以添加"),
    ),
    Field("major", _("所学专业"), _E, Step.MATERIALS, longest=50),
    Field("putonghua_code", _("普通话水平"), _E, Step.MATERIALS, Input.ENTRY, entries=PutonghuaGrade),
    Field("political_status_code", _("政治面貌"), _I, Step.MATERIALS, Input.ENTRY, entries=PoliticalStatus),
    Field(
        "residence_code",
        _("户籍所在地"),
        _I,
        Step.MATERIALS,
        Input.ENTRY,
        entries=Division,
        searched=True,
        hint=_("与户口簿一致，到区县，如南京市鼓楼区；列表里没有区县的，填到市"),
    ),
    Field(
        "birthplace_code",
        _("出生地"),
        _I,
        Step.MATERIALS,
        Input.ENTRY,
        entries=Division,
        searched=True,
        hint=_("填到市或区县，如江苏省扬州市"),
    ),
    Field(
        "mobile",
        _("手机号码"),
        _K,
        Step.MATERIALS,
        longest=11,
        mask=Mask.PHONE,
        autocomplete="tel",
        inputmode="tel",
    ),
    Field(
        "email",
        _("电子邮箱"),
        _K,
        Step.MATERIALS,
        longest=254,
        mask=Mask.EMAIL,
        of_person=True,
        autocomplete="email",
        inputmode="email",
        hint=_("找回密码用，请填写常用邮箱"),
    ),
    Field("address", _("通讯地址"), _K, Step.MATERIALS, autocomplete="street-address"),
    Field("postcode", _("邮政编码"), _K, Step.MATERIALS, longest=6, autocomplete="postal-code", inputmode="numeric"),
    Field(
        "landline",
        _("固定电话"),
        _K,
        Step.MATERIALS,
        required=False,
        longest=20,
        mask=Mask.PHONE,
        autocomplete="tel",
        inputmode="tel",
    ),
    Field("photo", _("照片"), _I, Step.MATERIALS, Input.PHOTO, hint=_("近6个月内正面免冠彩色证件照")),
    Field("ethics", _("师德结论"), _O, Step.SCHOOL, Input.KIND, required=False, kinds=EthicsGrade),
    Field("probation_passed_on", _("试用期考核合格日期"), _O, Step.SCHOOL, Input.DATE, required=False),
)

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


def of_step(step: Step) -> list[Field]:
    """The fields that a step asks for, in order."""
    return [field for field in FIELDS if field.step is step]


def in_section(section: Section) -> list[Field]:
    """The fields of a block, in order."""
    return [field for field in FIELDS if field.section is section]


def raw(field: Field, application: Application) -> Any:  # noqa: ANN401  a value of the field's own type
    """The stored value: a code, a number, a date, a text."""
    return getattr(application.person if field.of_person else application, field.name)


def shown(field: Field, application: Application, *, masked: bool = True) -> str:
    """The value in words; personal ones masked unless the reader may see them in full. A photo shows as ""."""
    if field.input is Input.PHOTO:
        return ""
    value = raw(field, application)
    if value is None or value == "":
        return ""
    if field.input is Input.ENTRY:
        return str(getattr(application, field.relation) or "")
    return words(field, value, masked=masked)


def words(field: Field, value: object, *, masked: bool = False) -> str:
    """A value that is no row of reference data, in words."""
    if isinstance(value, Kind):
        return str(value.label)
    if isinstance(value, date):
        return value.isoformat()
    return MASKS[field.mask](str(value)) if masked and field.mask is not Mask.NONE else str(value)
