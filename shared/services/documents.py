"""Paper: the application form and the receipt as PDF, each bound to the version of the data that it shows."""

from typing import Any

from sqlalchemy import select

from shared import clock
from shared.adapters import qr
from shared.db import session
from shared.models import Application, AssessmentYear, Material, Photo, Receipt, ReceivedPaper
from shared.rules import accounts, masking, workdays
from shared.rules.checks import Problem
from shared.rules.fields import Input, Section, in_section, shown
from shared.rules.rights import Actor, Can
from shared.rules.workdays import UnknownYear
from shared.services import access, notices, prints, receipts
from shared.services.calendar import is_workday
from shared.services.errors import NotYours, Refused
from shared.services.typesetting import typeset
from shared.text import Text, _, in_chinese

PAIRS_IN_A_ROW = 2
MOMENT = "%Y-%m-%d %H:%M"
CHECK_PAGE = "/paper"  # of the portal


def form_code(application: Application) -> str:
    """What the form's QR code says: registration number and version, by which the desk tells a void print (S20)."""
    return f"{application.registration_number}-{application.form_version}"


def form_picture(application: Application) -> str:
    """That code as a picture for a page."""
    return qr.svg(form_code(application))


def application_form(application_id: int, *, by: Actor, portal_url: str) -> bytes:
    """The form in its present version, which counts as printed from now on; `portal_url` is where its code is asked."""
    application = access.one(Application, application_id, by=by, to=Can.PRINT)
    if application.form_version == 0:
        raise Refused(Problem("draft", "", _("申请尚未提交，提交后才能打印申请表")))
    photo = session.scalar(select(Photo.master).where(Photo.application_id == application_id))
    scanned, code = qr.png(form_code(application)), prints.code_of(application)
    images = {"qr": scanned} | ({"photo": photo} if photo else {})
    with in_chinese():
        paper = typeset(
            "application_form",
            title=str(_("教师资格定期注册申请表 {number}", number=application.registration_number)),
            images=images,
            form={
                "registration_number": application.registration_number,
                "form_version": application.form_version,
                "printed_at": clock.local(clock.now()).strftime(MOMENT),
                "registration_type": str(application.registration_type.label),
                "campaign": application.campaign.name,
                "code": accounts.spelled(code),
                "check_at": portal_url + CHECK_PAGE,
            },
            qr="qr",
            photo="photo" if photo else None,
            blocks=_blocks(application),
            texts=notices.on_paper("form_title", "form_pledge", "form_notes"),
        )
    prints.note(application_id, application.form_version, code, by=by)
    return paper


def _blocks(application: Application) -> list[dict[str, Any]]:
    """Every field of FIELDS, by section, so that a new one is printed without a change here."""
    blocks = [{"title": str(section.label), "rows": _in_rows(_pairs(section, application))} for section in Section]
    years = [(str(_("{year}年度", year=row.year)), str(attested(row))) for row in application.years]
    return [*blocks, {"title": str(_("注册有效期内各年度情况")), "rows": _in_rows(years)}] if years else blocks


def _pairs(section: Section, application: Application) -> list[tuple[str, str]]:
    fields = [field for field in in_section(section) if field.input is not Input.PHOTO]
    return [(str(field.label), shown(field, application, masked=False)) for field in fields]


def attested(row: AssessmentYear) -> Text:
    """What the school attests for one year of the cycle (block E of the form; a first registration has none)."""
    facts = {"assessment": row.assessment.label, "hours": row.training_hours}
    if row.ethics is None:
        return _("{assessment}，{hours}学时", **facts)
    return _("{assessment}，{hours}学时，{ethics}", ethics=row.ethics.label, **facts)


def _in_rows(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    return [pairs[start : start + PAIRS_IN_A_ROW] for start in range(0, len(pairs), PAIRS_IN_A_ROW)]


def receipt(application_id: int, *, by: Actor) -> bytes:
    """The receipt of the present confirmation; without one, the last voided one, marked as void."""
    application = access.one(Application, application_id, by=by, to=Can.PRINT)
    found = receipts.valid(application_id) or session.scalar(
        select(Receipt).where(Receipt.application_id == application_id).order_by(Receipt.id.desc()).limit(1)
    )
    if found is None:
        raise NotYours
    with in_chinese():
        return typeset(
            "receipt",
            title=str(_("受理凭证 {number}", number=found.number)),
            receipt=_receipt_facts(application, found),
            void=found.voided_at is not None,
            texts=notices.on_paper("receipt_note"),
        )


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
