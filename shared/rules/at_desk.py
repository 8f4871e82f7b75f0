"""What the confirmation desk reads and says: the form's QR, and why somebody is not to be confirmed now (S19–S21)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.models.kinds import IdKind, Stage
from shared.rules import identity
from shared.text import Text, _

_FORM = re.compile(r"(\d{12,})-(\d{1,4})")
_RECEIPT = re.compile(r"20\d\d-[0-9A-Z_.-]+-\d{5,}")
_VERSION = re.compile(r"\d{1,4}")

# What to do with somebody who stands in front of the desk at the wrong moment.
STANDING: Mapping[Stage, Text] = {
    Stage.DRAFT: _("申请还没有提交。请申请人登录网上申报系统提交，再打印、签名。"),
    Stage.RETURNED: _("已退回修改。请申请人在网上改好并重新提交，重新打印、签名后再来。"),
    Stage.WITHDRAWN: _("申请人已放弃申报。要继续，请申请人在网上重新申报。"),
    Stage.CONFIRMED: _("已经确认，不需要再办。补打受理凭证或撤销确认见下。"),
    Stage.PRELIMINARY: _("已经初审，确认台不能再更改。内容有误的，请联系所在区教育局。"),
    Stage.REVIEWED: _("已经复核，确认台不能再更改。内容有误的，请联系所在区教育局。"),
    Stage.CONCLUDED: _("已有注册结论，确认台不能再更改。结论有误的，请联系所在区教育局。"),
    Stage.REVOKED: _("注册已撤销，确认台不能再办理。请联系所在区教育局。"),
}


@dataclass(frozen=True)
class Scan:
    """What was scanned or typed: a number, the version on the paper where it was a form's QR, or a receipt's number."""

    number: str
    version: int | None = None
    is_receipt: bool = False


def read(text: str) -> Scan:
    """A scan, or a number as people type it."""
    plain = identity.normalise(IdKind.RESIDENT, text)
    form = _FORM.fullmatch(plain)
    if form:
        return Scan(form[1], int(form[2]))
    return Scan(plain, is_receipt=bool(_RECEIPT.fullmatch(plain)))


def version_on_paper(text: str, registration_number: str) -> int | Text:
    """The version that a signed form carries, typed or scanned; or why it cannot be this applicant's."""
    scan = read(text)
    if scan.version is not None:
        if scan.number == registration_number:
            return scan.version
        return _("扫的是报名号{number}的申请表，不是这一位的，请核对后重扫", number=scan.number)
    if _VERSION.fullmatch(scan.number):
        return int(scan.number)
    return _("请扫申请表上的二维码，或填写右上角的版本号")
