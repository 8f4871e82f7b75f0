"""The application form on paper, one or a pile of them, each bound to the version of the data that it shows (S20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared import clock
from shared.adapters import qr
from shared.db import session
from shared.models import Application, AssessmentYear, Photo
from shared.rules import accounts
from shared.rules.checks import Problem
from shared.rules.fields import FIELDS, Input, shown
from shared.rules.form_grid import BLOCKS
from shared.rules.rights import Actor, Can
from shared.services import access, notices, prints
from shared.services.errors import NotYours, Refused
from shared.services.typesetting import Filled, fill_in
from shared.text import _, in_chinese

MOMENT = "%Y-%m-%d %H:%M"
CHECK_PAGE = "/paper"  # of the portal
TEXTS = ("form_title", "form_pledge", "form_notes")
_DRAFT = Problem("draft", "", _("申请尚未提交，提交后才能打印申请表"))
_SHOWN = ("person", "campaign", "years", *(field.relation for field in FIELDS if field.input is Input.ENTRY))


def code(application: Application) -> str:
    """What the form's QR code says: registration number and version, by which the desk tells a void print."""
    return f"{application.registration_number}-{application.form_version}"


def picture(application: Application) -> str:
    """That code as a picture for a page."""
    return qr.svg(code(application))


def printed(keys: Sequence[int], *, by: Actor, portal_url: str) -> bytes:
    """The forms of these applications in their present versions, in this order; they count as printed from now on.

    `portal_url` is where the code on a form is asked. `NotYours` where one is not for `by` to print, `Refused` where
    one is a draft or says something that no font can draw; then none is printed.
    """
    options = [selectinload(getattr(Application, name)) for name in _SHOWN]
    mine = access.query(Application, by=by, to=Can.PRINT).where(Application.id.in_(keys)).options(*options)
    found = {one.id: one for one in session.scalars(mine)}
    if len(found) < len(set(keys)):
        raise NotYours
    if any(one.form_version == 0 for one in found.values()):
        raise Refused(_DRAFT)
    applications = [found[key] for key in keys]
    versions = prints.shown_on(applications)
    photos = dict(
        session.execute(select(Photo.application_id, Photo.master).where(Photo.application_id.in_(keys))).all()
    )
    now = clock.local(clock.now())
    with in_chinese():
        texts = notices.on_paper(*TEXTS)
        sheets = [_filled(one, versions[one.id][1], photos.get(one.id), now, portal_url, texts) for one in applications]
        number = applications[0].registration_number if len(applications) == 1 else ""
        paper = fill_in(
            "application_form", sheets, title=str(_("教师资格定期注册申请表 {number}", number=number)).strip()
        )
    prints.note(versions, by=by)
    return paper


def _filled(
    application: Application, code_: str, photo: bytes | None, now: datetime, portal_url: str, texts: dict[str, Any]
) -> Filled:
    form = {
        "registration_number": application.registration_number,
        "form_version": application.form_version,
        "printed_at": now.strftime(MOMENT),
        "registration_type": str(application.registration_type.label),
        "campaign": application.campaign.name,
        "code": accounts.spelled(code_),
        "check_at": portal_url + CHECK_PAGE,
    }
    images = {"qr": qr.png(code(application))} | ({"photo": photo} if photo else {})
    facts: dict[str, Any] = {"form": form, "blocks": blocks(application), "years": years(application), "texts": texts}
    facts |= {"qr": "qr", "photo": "photo" if photo else None}
    return Filled(facts, images)


def blocks(application: Application) -> list[dict[str, Any]]:
    """Every field of FIELDS, block by block in rows of label and value."""
    return [
        {
            "title": str(block.title),
            "photo_rows": block.photo_rows,
            "rows": [
                [(str(field.label), shown(field, application, masked=False)) for field in row] for row in block.rows()
            ],
        }
        for block in BLOCKS
    ]


def years(application: Application) -> list[tuple[str, str, str, str]]:
    """What the school attests: year, assessment, hours, ethics; a first registration has none."""
    return [_in_words(row) for row in application.years]


def _in_words(row: AssessmentYear) -> tuple[str, str, str, str]:
    ethics = str(row.ethics.label) if row.ethics else ""
    return str(row.year), str(row.assessment.label), str(row.training_hours), ethics
