"""红字提醒: what an applicant must see and do now, for each situation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shared.models.kinds import Conclusion, Stage
from shared.rules.dates import Days, at, day, days, until
from shared.rules.remedies import document
from shared.rules.states import status_label
from shared.text import Text, _


class Level(StrEnum):
    """How urgent it is; shown by words and an icon, never by colour alone."""

    INFO = "info"
    WARN = "warn"
    ALERT = "alert"


@dataclass(frozen=True)
class Reminder:
    level: Level
    text: Text


@dataclass(frozen=True)
class Situation:
    """The facts of an application that its reminders follow from.

    `is_open`, `opening`: the hours in which it can be handed in now. `mend_by`: the last moment for one that was sent
    back. `condition`: the reason code in words. `office`: whom to ask.
    """

    stage: Stage
    conclusion: Conclusion = Conclusion.NONE
    form_version: int = 0
    printed_version: int = 0
    is_reissued: bool = False
    has_reissue_dates: bool = True
    certificate_is_known: bool = False
    is_open: bool = True
    opening: datetime | None = None
    ends: datetime | None = None
    mend_by: datetime | None = None
    hand_in_by: datetime | None = None
    reason_code: str | None = None
    condition: str = ""
    reason: str = ""
    receipt_number: str = ""
    publicity: Days | None = None
    valid_until: date | None = None
    next_window: date | None = None
    office: str = ""
    phone: str = ""


HANDED_IN = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED)
TO_BE_HANDED_IN = (Stage.DRAFT, Stage.RETURNED)
CHANGEABLE = (*HANDED_IN, *TO_BE_HANDED_IN)


def reminders(now: Situation) -> list[Reminder]:
    """The reminders of a situation, the most urgent first."""
    return [*_void_print(now), *_of_stage(now), *_closed(now), *_of_certificate(now)]


def is_void(form_version: int, printed_version: int) -> bool:
    """Whether what was printed is older than the form."""
    return 0 < printed_version < form_version


def _void_print(now: Situation) -> list[Reminder]:
    if now.stage not in (*HANDED_IN, Stage.RETURNED) or not is_void(now.form_version, now.printed_version):
        return []
    text = _("申请表已变更（第{version}版），此前打印的作废，请重新打印签名", version=now.form_version)
    return [Reminder(Level.ALERT, text)]


def _closed(now: Situation) -> list[Reminder]:
    """Whoever still has to hand in is told when that is possible again."""
    if now.stage not in TO_BE_HANDED_IN or now.is_open or now.opening is None:
        return []
    text = _("系统现在没有开放，下次开放时间：{opening}。已保存的内容不会丢失", opening=at(now.opening))
    return [Reminder(Level.WARN, text)]


def _of_certificate(now: Situation) -> list[Reminder]:
    if now.stage not in CHANGEABLE:
        return []
    found = []
    if now.is_reissued:
        level = Level.WARN if now.has_reissue_dates else Level.ALERT
        found.append(Reminder(level, _("补发的证书，备注页须有补证日期和原签发日期，否则无法注册")))
    if now.certificate_is_known:
        text = _("证书信息取自国家库，不能修改；如有误，请联系{office}", office=_office(now))
        found.append(Reminder(Level.INFO, text))
    return found


def _of_stage(now: Situation) -> list[Reminder]:
    if now.stage is Stage.DRAFT:
        return [_draft(now)]
    if now.stage in HANDED_IN:
        return [_handed_in(now)]
    if now.stage is Stage.RETURNED:
        return [_returned(now)]
    if now.stage is Stage.CONFIRMED:
        text = _("已受理，受理号{number}；信息已锁定，不能再修改", number=now.receipt_number)
        return [Reminder(Level.INFO, text)]
    if now.stage in (Stage.PRELIMINARY, Stage.REVIEWED):
        return _under_review(now)
    if now.stage is Stage.CONCLUDED:
        return [_concluded(now)]
    if now.stage is Stage.REVOKED:
        text = _(
            "您的注册已被撤销，理由：{reason}。如有异议，请联系{office}", reason=_because(now), office=_office(now)
        )
        return [Reminder(Level.ALERT, text)]
    return [Reminder(Level.INFO, _("您已放弃本次申报；在开放时间内可以重新申报"))]


def _draft(now: Situation) -> Reminder:
    if _is_over(now):
        return Reminder(
            Level.ALERT, _("您没有提交，本批次网上申报已经截止；如有疑问，请联系{office}", office=_office(now))
        )
    if now.ends is None:
        return Reminder(Level.ALERT, _("您尚未提交，仅暂存不算报名"))
    return Reminder(Level.ALERT, _("您尚未提交，仅暂存不算报名，截止{ends}", ends=until(now.ends)))


def _is_over(now: Situation) -> bool:
    return not now.is_open and now.opening is None


def _handed_in(now: Situation) -> Reminder:
    if now.stage is Stage.SCHOOL_CHECKED:
        text = _("学校已审校，请等待现场确认；确认前可修改，修改后须重新打印签名")
    elif now.hand_in_by is None:
        text = _("请打印申请表一式2份，签名后交学校；现场确认前可修改，修改后须重新打印")
    else:
        by = until(now.hand_in_by)
        text = _("请打印申请表一式2份，签名后于{by}前交学校；现场确认前可修改，修改后须重新打印", by=by)
    return Reminder(Level.WARN, text)


def _returned(now: Situation) -> Reminder:
    reason = _bare(now.reason)
    if _is_over(now):
        text = _("申请被退回：{reason}。修改时间已经截止，请尽快联系{office}", reason=reason, office=_office(now))
    elif now.mend_by is None:
        text = _("申请被退回：{reason}；请修改后重新提交", reason=reason)
    else:
        by = until(now.mend_by)
        text = _("申请被退回：{reason}；请于{by}前修改并重新提交", reason=reason, by=by)
    return Reminder(Level.ALERT, text)


def _under_review(now: Situation) -> list[Reminder]:
    status = status_label(now.stage, now.conclusion)
    if now.publicity is None:
        text = _("{status}，请等待终审；如有异议，请联系{office}", status=status, office=_office(now))
    else:
        shown = days(now.publicity)
        text = _(
            "{status}。公示期：{days}；如有异议，请在公示期内向{office}提出",
            status=status,
            days=shown,
            office=_office(now),
        )
    if now.conclusion is Conclusion.REGISTERED:
        return [Reminder(Level.INFO, text)]
    return [Reminder(Level.ALERT, text), Reminder(Level.WARN, _("理由：{reason}", reason=_because(now)))]


def _concluded(now: Situation) -> Reminder:
    if now.conclusion is Conclusion.REGISTERED:
        return Reminder(Level.INFO, _registered(now))
    if now.conclusion is Conclusion.DEFERRED:
        text = _(
            "暂缓注册：{reason}。情形消失后可以再次申请，须提交暂缓情形消失证明：{document}",
            reason=_because(now),
            document=document(now.reason_code),
        )
        return Reminder(Level.ALERT, text)
    text = _("注册不合格：{reason}。如有异议，请联系{office}", reason=_because(now), office=_office(now))
    return Reminder(Level.ALERT, text)


def _registered(now: Situation) -> Text:
    if now.valid_until is None or now.next_window is None:
        return _("注册合格")
    until_day, opens = day(now.valid_until), day(now.next_window)
    return _("注册合格，有效期至{until}；下次注册自{opens}起办理", until=until_day, opens=opens)


def _because(now: Situation) -> str:
    """The condition of the law and what was found, each once."""
    parts = dict.fromkeys(part for part in (_bare(now.condition), _bare(now.reason)) if part)
    return "；".join(parts)


def _bare(reason: str) -> str:
    """A reason that goes into a sentence brings no full stop of its own."""
    return reason.strip().rstrip("。；.;")


def _office(now: Situation) -> Text | str:
    if not now.office:
        return _("所在区教育局")
    if not now.phone:
        return now.office
    return _("{office}（电话{phone}）", office=now.office, phone=now.phone)
