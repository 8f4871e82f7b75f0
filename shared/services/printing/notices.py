"""告知书: what somebody who was deferred or refused is told on paper: the rule, the reason, what can be done."""

from collections.abc import Sequence

from shared.db import session
from shared.models import Application, ReasonCode
from shared.models.kinds import Conclusion
from shared.services import notices
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


def conclusion(keys: Sequence[int], job: Job) -> bytes:
    """The notice of one application's final conclusion."""
    application = session.get_one(Application, keys[0])
    code = session.query(ReasonCode).filter_by(code=application.reason_code).one_or_none()
    applicant = application.name or application.person.name
    facts = {"campaign": application.campaign.name, "conclusion": application.conclusion.label}
    title: Text = _("教师资格定期注册结论告知书")
    return typeset(
        "notice",
        title=str(title),
        heading=str(title),
        number=application.registration_number,
        addressed=str(_("{name}老师（{school}）：", name=applicant, school=application.school or "")),
        concluded=str(_("您在{campaign}中提出的定期注册申请，经审查，结论为：{conclusion}。", **facts)),
        rule=str(RULES[application.conclusion]),
        reason="；".join(dict.fromkeys(filter(None, (code.name if code else "", application.reason)))),
        again=str(AGAIN[application.conclusion]),
        texts=notices.on_paper("notice_remedies"),
        office=str(application.bureau or ""),
        phone=application.bureau.phone if application.bureau else "",
        on=job.today.isoformat(),
    )
