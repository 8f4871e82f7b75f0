"""The receipts as PDF, and what a school attests in words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, AssessmentYear, Material, Receipt, ReceivedPaper
from shared.rules import masking, workdays
from shared.rules.rights import Actor, Can
from shared.rules.workdays import UnknownYear
from shared.services import access, notices
from shared.services.calendar import is_workday
from shared.services.errors import NotYours
from shared.services.typesetting import Filled, fill_in
from shared.text import Text, _, in_chinese


def attested(row: AssessmentYear) -> Text:
    """What the school attests for one year of the cycle."""
    facts = {"assessment": row.assessment.label, "hours": row.training_hours}
    if row.ethics is None:
        return _("{assessment}，{hours}学时", **facts)
    return _("{assessment}，{hours}学时，{ethics}", ethics=row.ethics.label, **facts)


def receipts_of(keys: Sequence[int], *, by: Actor) -> bytes:
    """The receipts of the present confirmations; of one that has none, the last voided one, marked as void."""
    applications = {
        one.id: one
        for one in session.scalars(access.query(Application, by=by, to=Can.PRINT).where(Application.id.in_(keys)))
    }
    newest = {
        one.application_id: one
        for one in session.scalars(
            select(Receipt)
            .where(Receipt.application_id.in_(applications))
            .order_by(Receipt.voided_at.is_(None), Receipt.id)
        )
    }
    if set(keys) - newest.keys():
        raise NotYours
    number = newest[keys[0]].number if len(keys) == 1 else ""
    with in_chinese():
        texts = notices.on_paper("receipt_note")
        papers = [_filled(applications[key], newest[key], texts) for key in keys]
        return fill_in("receipt", papers, title=str(_("受理凭证 {number}", number=number)).strip())


def _filled(application: Application, found: Receipt, texts: dict[str, Any]) -> Filled:
    is_void = found.voided_at is not None
    return Filled({"receipt": _receipt_facts(application, found), "void": is_void, "texts": texts}, {})


def _receipt_facts(application: Application, found: Receipt) -> dict[str, Any]:
    papers = (
        select(Material.name, Material.copies, Material.original)
        .join(ReceivedPaper, ReceivedPaper.material_id == Material.id)
        .where(ReceivedPaper.application_id == application.id)
        .order_by(Material.position)
    )
    return {
        "number": found.number,
        "registration_number": application.registration_number,
        "campaign": application.campaign.name,
        "applicant": application.name,
        "id_masked": masking.id_number(application.person.id_number),
        "matter": str(application.registration_type.label),
        "certificate_number": application.certificate_number,
        "materials": [tuple(paper) for paper in session.execute(papers)],
        "accepted_on": clock.local(found.issued_at).date().isoformat(),
        "legal_deadline": _legal_deadline(application),
        "how_to_ask": str(_("登录教师资格定期注册网上申报系统查看“当前状态”")),
        "point": found.point.name,
        "operator": found.issued_by.name,
    }


def _legal_deadline(application: Application) -> str | None:
    """90 working days from the end of acceptance (暂行办法 article 17); None while that year's calendar is unknown."""
    try:
        day = workdays.add(application.campaign.acceptance_ends_on, workdays.DAYS_TO_CONCLUDE, is_workday)
    except UnknownYear:
        return None
    return day.isoformat()
