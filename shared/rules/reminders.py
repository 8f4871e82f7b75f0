"""红字提醒: what an applicant must see and do now, for each situation."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from shared.models.kinds import Conclusion, Stage
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
    """The facts of an application that its reminders follow from."""

    stage: Stage
    conclusion: Conclusion
    form_version: int
    printed_version: int
    is_reissued: bool
    ends: datetime | None
    mend_by: datetime | None
    reason: str
    receipt_number: str
    publicity: tuple[date, date] | None
    valid_until: date | None
    next_window: date | None


MIDNIGHT = time(0, 0)


def until(moment: datetime) -> str:
    """An end as people say it: midnight belongs to the day before, as 24:00."""
    if moment.time() == MIDNIGHT:
        return (moment - timedelta(days=1)).strftime("%Y-%m-%d 24:00")
    return moment.strftime("%Y-%m-%d %H:%M")


def _bare(reason: str) -> str:
    """A reason that goes into a sentence brings no full stop of its own."""
    return reason.strip().rstrip("。；.;")


def reminders(now: Situation) -> list[Reminder]:
    """The reminders of a situation, the most urgent first."""
    found = _of_stage(now)
    if now.stage in (Stage.SUBMITTED, Stage.SCHOOL_CHECKED) and 0 < now.printed_version < now.form_version:
        text = _("申请表已变更（第{version}版），此前打印的作废，请重新打印签名", version=now.form_version)
        found.insert(0, Reminder(Level.ALERT, text))
    if now.is_reissued and now.stage in (Stage.DRAFT, Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED):
        text = _("补发的证书，备注页须有补证日期和原签发日期，否则无法注册")
        found.append(Reminder(Level.WARN, text))
    return found


def _of_stage(now: Situation) -> list[Reminder]:
    if now.stage is Stage.DRAFT:
        return [_draft(now)]
    if now.stage in (Stage.SUBMITTED, Stage.SCHOOL_CHECKED):
        text = _("请打印申请表一式2份，签名后交学校；现场确认前可修改，修改后须重新打印")
        return [Reminder(Level.WARN, text)]
    if now.stage is Stage.RETURNED:
        return [_returned(now)]
    if now.stage is Stage.CONFIRMED:
        text = _("已受理，受理号{number}；信息已锁定，不能再修改", number=now.receipt_number)
        return [Reminder(Level.INFO, text)]
    if now.stage in (Stage.PRELIMINARY, Stage.REVIEWED):
        return [_under_review(now)]
    if now.stage is Stage.CONCLUDED:
        return [_concluded(now)]
    if now.stage is Stage.REVOKED:
        return [Reminder(Level.ALERT, _("您的注册已被撤销，理由：{reason}", reason=_bare(now.reason)))]
    return [Reminder(Level.INFO, _("您已放弃本次申报；在开放时间内可以重新申报"))]


def _draft(now: Situation) -> Reminder:
    if now.ends is None:
        return Reminder(Level.ALERT, _("您尚未提交，仅暂存不算报名"))
    return Reminder(Level.ALERT, _("您尚未提交，仅暂存不算报名，截止{ends}", ends=until(now.ends)))


def _returned(now: Situation) -> Reminder:
    if now.mend_by is None:
        return Reminder(Level.ALERT, _("申请被退回：{reason}；请修改后重新提交", reason=_bare(now.reason)))
    by = until(now.mend_by)
    return Reminder(Level.ALERT, _("申请被退回：{reason}；请于{by}前修改并重新提交", reason=_bare(now.reason), by=by))


def _under_review(now: Situation) -> Reminder:
    if now.publicity is None:
        return Reminder(Level.INFO, _("初审已作出结论，请等待复核和终审"))
    begins, ends = (day.isoformat() for day in now.publicity)
    text = _("初审结论公示：{begins}至{ends}；如有异议请在公示期内向所在区教育局提出", begins=begins, ends=ends)
    return Reminder(Level.INFO, text)


def _concluded(now: Situation) -> Reminder:
    if now.conclusion is Conclusion.REGISTERED and now.valid_until and now.next_window:
        until, opens = now.valid_until.isoformat(), now.next_window.isoformat()
        text = _("注册合格，有效期至{until}；下次注册自{opens}起办理", until=until, opens=opens)
        return Reminder(Level.INFO, text)
    if now.conclusion is Conclusion.DEFERRED:
        text = _("暂缓注册：{reason}。情形消失后，凭证明材料可以再次申请", reason=_bare(now.reason))
        return Reminder(Level.ALERT, text)
    return Reminder(Level.ALERT, _("注册不合格：{reason}。如有异议请联系所在区教育局", reason=_bare(now.reason)))
