"""Letters on paper: 告知书 for whoever was deferred or refused, 补正通知 for whoever has not brought everything."""

from collections.abc import Sequence

from shared import clock
from shared.db import session
from shared.models import Application, ConfirmationPoint, ReasonCode
from shared.models.kinds import Conclusion, WindowStage
from shared.rules.checks import Problem
from shared.rules.dates import day, until
from shared.services import confirming, notices, outlook, windows
from shared.services.errors import Refused
from shared.services.informing import paper_in_words
from shared.services.typesetting import Job, typeset
from shared.text import Text, _

# Interim measures of 2013 for the periodic registration of teachers in primary and secondary schools.
RULES = {
    Conclusion.DEFERRED: _("《中小学教师资格定期注册暂行办法》第九条"),
    Conclusion.REFUSED: _("《中小学教师资格定期注册暂行办法》第十条"),
}
AGAIN = {
    Conclusion.DEFERRED: _("暂缓注册的情形消失后，您可以重新申请定期注册，申请时应提供暂缓注册情形消失的证明。"),
    Conclusion.REFUSED: _("注册不合格的，不能继续从事教师岗位的教育教学工作。"),
}
COMPLETE = Problem("complete", "", _("材料齐全，不需要补正"))


def conclusion(keys: Sequence[int], job: Job) -> bytes:
    """The notice of one application's final conclusion: the rule, the reason, and what can be done."""
    application = session.get_one(Application, keys[0])
    code = session.query(ReasonCode).filter_by(code=application.reason_code).one_or_none()
    reason = "；".join(dict.fromkeys(filter(None, (code.name if code else "", application.reason))))
    concluded = day(clock.local(application.stage_at).date())
    facts = {"campaign": application.campaign.name, "conclusion": application.conclusion.label, "day": concluded}
    said: list[Text | str] = [
        _("您在{campaign}中提出的定期注册申请，经审查，于{day}作出结论：{conclusion}。", **facts),
        _("依据：{rule}。", rule=RULES[application.conclusion]),
        _("理由：{reason}。", reason=reason.rstrip("。；")),
        AGAIN[application.conclusion],
        *notices.on_paper("notice_remedies")["notice_remedies"],
    ]
    return _letter(application, _("教师资格定期注册结论告知书"), said, job)


def supplement(keys: Sequence[int], job: Job) -> bytes:
    """Everything that one applicant has still to bring, told at once, and until when (行政许可法 article 32)."""
    desk = confirming.desk(keys[0], by=job.by)
    application, lacking = desk.application, desk.missing
    if not lacking:
        raise Refused(COMPLETE)
    last = windows.end_of(outlook.spans(application, WindowStage.CONFIRM))
    received = [str(paper_in_words(paper)) for paper in desk.materials if paper.id in desk.received]
    said: list[Text | str] = [
        _("您在{campaign}中提出的定期注册申请，材料不齐全，请一次补齐下列材料：", campaign=application.campaign.name),
        *(f"{number}. {paper_in_words(paper)}" for number, paper in enumerate(lacking, 1)),
        *([_("补齐期限：{until}", until=until(last))] if last else []),
        _("补齐地点：{point}", point=_where(application.point)),
        *([_("已收到：{papers}", papers="、".join(received))] if received else []),
    ]
    return _letter(application, _("教师资格定期注册申请材料补正通知"), said, job)


def _where(point: ConfirmationPoint | None) -> str:
    """The point with its address and telephone, as far as they are known."""
    return "，".join(filter(None, (point.name, point.address, point.phone))) if point else ""


def _letter(application: Application, title: Text, said: Sequence[Text | str], job: Job) -> bytes:
    name, bureau = application.name or application.person.name, application.bureau
    contact = " ".join(filter(None, (bureau.name, bureau.phone))) if bureau else ""
    return typeset(
        "notice",
        title=str(title),
        heading=str(title),
        number=application.registration_number,
        addressed=str(_("{name}老师（{school}）：", name=name, school=application.school or "")),
        said=[str(one) for one in (*said, _("联系：{contact}", contact=contact))],
        office=bureau.name if bureau else "",
        on=job.today.isoformat(),
    )
