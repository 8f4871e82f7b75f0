"""What has to be put right with a certificate before it is registered, and who does it (S2, S3; domain rules §1.6)."""

from dataclasses import dataclass, replace

from shared.models.kinds import CertificateService
from shared.rules import certificate
from shared.rules.situation import CertificateType, Fault, HeldCertificate
from shared.text import Text, _

_BY_CITY = frozenset({CertificateType.SENIOR, CertificateType.VOCATIONAL, CertificateType.VOCATIONAL_PRACTICE})
COUNTY = _("发证机关：区县教育局（名称已变更或合并的，为现在对应的区县教育局）")
CITY = _("发证机关：市教育局（名称已变更的，为现在对应的市教育局）")
PROVINCE = _("发证机关：省级教育行政部门")
CITY_CENTRAL = _("市教育局集中办理")

_ID = _("身份证复印件")
_APPLICATION = _("《教师资格证书补发换发申请表》")
_FIRST_FORM = _("《教师资格认定申请表》复印件（在个人档案中）")
_OLD_ONE = _("原证书（交回）")


@dataclass(frozen=True)
class Settlement:
    """One procedure: what it is, why it is needed, who handles it, what to bring, what to watch."""

    fault: Fault
    service: CertificateService
    why: Text
    who: Text
    papers: tuple[Text, ...] = ()
    mind: tuple[Text, ...] = ()


def settlements(held: HeldCertificate) -> list[Settlement]:
    """Everything that must be settled first, in the order of the faults; [] for a sound certificate."""
    found = [each for fault in Fault if fault in held.faults for each in _ANSWERS[fault](held)]
    wrong_data = held.faults & {Fault.TYPE_SEX_NUMBER, Fault.OTHER_DATA}
    gone = held.faults & {Fault.LOST, Fault.DAMAGED}
    if wrong_data and gone:
        first = _("补证要求各项内容都不变，所以有错的内容要先更正。请把两件事一起告诉发证机关。")
        found = [replace(each, mind=(*each.mind, first)) if each.fault in gone else each for each in found]
    return found


def issuer(kind: CertificateType) -> Text:
    """Who issues a qualification: the county up to junior schools, then the city, for universities the province."""
    if kind is CertificateType.HIGHER:
        return PROVINCE
    return CITY if kind in _BY_CITY else COUNTY


def _wrong_type_sex_number(held: HeldCertificate) -> list[Settlement]:
    replaced = Settlement(
        Fault.TYPE_SEX_NUMBER,
        CertificateService.REPLACEMENT,
        _("1996年至2007年签发的证书，资格种类、性别或证书号码有错，要由发证机关在系统中更正，换发证书。"),
        issuer(held.kind),
        (_APPLICATION, _OLD_ONE, _FIRST_FORM, _ID),
    )
    return _by_year(held, replaced)


def _other_wrong_data(held: HeldCertificate) -> list[Settlement]:
    annotated = Settlement(
        Fault.OTHER_DATA,
        CertificateService.ANNOTATION,
        _("1996年至2007年签发的证书，其他内容有错，由发证机关在证书备注页注明。"),
        issuer(held.kind),
        (_("教师资格证书原件"), _FIRST_FORM, _ID),
    )
    return _by_year(held, annotated)


def _by_year(held: HeldCertificate, until_2007: Settlement) -> list[Settlement]:
    """Which of the two ways an error takes is a matter of the year of issue; of an unknown one both are told."""
    central = Settlement(
        until_2007.fault,
        CertificateService.CENTRAL,
        _("2008年以后签发的证书，无论哪项内容有错，都由市教育局集中办理。"),
        CITY_CENTRAL,
        (_("教师资格证书原件"), _FIRST_FORM, _ID),
    )
    if held.year is None:
        return [until_2007, central]
    return [until_2007 if held.year <= certificate.LAST_YEAR_CORRECTED_BY_ISSUER else central]


_DATES = _("补发的证书，备注页要同时写明补证日期（实际补发的日期）和签发日期（原来的日期），否则无法注册。")


def _lost(held: HeldCertificate) -> list[Settlement]:
    notice = _("在公开发行的报纸上刊登的遗失声明（有的地方要求登报满一个月）")
    why = _("证书遗失，由发证机关补发；各项内容和证书号码都与原证书相同。")
    papers = (notice, _APPLICATION, _FIRST_FORM, _ID)
    return [Settlement(Fault.LOST, CertificateService.REISSUE, why, issuer(held.kind), papers, (_DATES,))]


def _damaged(held: HeldCertificate) -> list[Settlement]:
    why = _("证书损坏，由发证机关收回旧证后补发；各项内容和证书号码都与原证书相同。")
    papers = (_OLD_ONE, _APPLICATION, _FIRST_FORM, _ID)
    return [Settlement(Fault.DAMAGED, CertificateService.REISSUE, why, issuer(held.kind), papers, (_DATES,))]


def _reissued_without_dates(held: HeldCertificate) -> list[Settlement]:
    papers = (_("教师资格证书原件"), _FIRST_FORM, _ID)
    who = issuer(held.kind)
    return [Settlement(Fault.REISSUED_WITHOUT_DATES, CertificateService.ANNOTATION, _DATES, who, papers)]


_ANSWERS = {
    Fault.TYPE_SEX_NUMBER: _wrong_type_sex_number,
    Fault.OTHER_DATA: _other_wrong_data,
    Fault.LOST: _lost,
    Fault.DAMAGED: _damaged,
    Fault.REISSUED_WITHOUT_DATES: _reissued_without_dates,
}
