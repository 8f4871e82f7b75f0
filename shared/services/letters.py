"""What the mails about an account say: always in Chinese, to somebody who is named only in part."""

from dataclasses import dataclass
from datetime import datetime

from shared import clock
from shared.models import Person
from shared.rules import masking
from shared.rules.policy import Actor
from shared.services import notify
from shared.text import Text, _, in_chinese


@dataclass(frozen=True)
class Letter:
    """Subject and words; greeting and ending are the same in all."""

    subject: Text
    words: Text


def send(letter: Letter, person: Person, *, to: str, by: Actor, portal_url: str) -> None:
    """Put the letter into the outbox, in the caller's transaction."""
    whole = _(
        "{name}老师，您好：\n\n{words}\n\n请不要把邮件中的链接或重设码告诉任何人，工作人员也不会向您索要密码。"
        "\n本邮件由系统自动发出，请勿回复。\n\n教师资格定期注册网上申报 {portal}\n",
        name=masking.name(person.name),
        words=letter.words,
        portal=portal_url,
    )
    with in_chinese():
        notify.queue(to, str(letter.subject), str(whole), by=by)


def new_password(person: Person, address: str, until: datetime) -> Letter:
    """The way back for somebody who has forgotten the password."""
    words = _(
        "有人申请重设您的账号（证件号码{number}）的登录密码。如果是您本人，请打开下面的链接设置新密码：\n\n{address}\n\n"
        "链接在{until}前有效，只能使用一次。如果不是您本人申请，请忽略本邮件，您的密码不会改变。",
        number=masking.id_number(person.id_number),
        address=address,
        until=_moment(until),
    )
    return Letter(_("重设登录密码"), words)


def verify_address(address: str, until: datetime) -> Letter:
    """Sent to an address that says it belongs to the account."""
    words = _(
        "您的账号填写了本邮箱，用于找回密码。请打开下面的链接确认：\n\n{address}\n\n"
        "链接在{until}前有效，只能使用一次。如果您没有填写过本邮箱，请忽略本邮件。",
        address=address,
        until=_moment(until),
    )
    return Letter(_("验证您的邮箱"), words)


def address_changed(new: str, at: datetime) -> Letter:
    """Sent to the old address."""
    words = _(
        "您的账号已在{at}改用邮箱{new}找回密码，本邮箱不再使用。"
        "\n如果不是您本人修改，请立即登录修改密码，或带身份证到任教学校请审校员当面重设。",
        at=_moment(at),
        new=masking.email(new),
    )
    return Letter(_("账号邮箱已更换"), words)


def code_given(by: Actor, at: datetime, until: datetime) -> Letter:
    """Sent when a member of staff has let somebody set a new password."""
    words = _(
        "{role}{officer}已在{at}当面核对身份证原件，为您的账号发放了密码重设码，{until}前有效。"
        "\n如果不是您本人办理，请立即联系任教学校和所在区教育局。",
        role=by.role.label if by.role else "",
        officer=by.name,
        at=_moment(at),
        until=_moment(until),
    )
    return Letter(_("已为您的账号发放密码重设码"), words)


def _moment(moment: datetime) -> Text:
    local = clock.local(moment)
    return _("{year}年{month}月{day}日{time}", year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}")
