"""注册结论贴: a sheet of labels, each to be pasted onto a certificate."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared.db import session
from shared.models import Application
from shared.services.typesetting import Job, typeset
from shared.text import _

ACROSS, DOWN = 3, 8
ON_A_SHEET = ACROSS * DOWN
MOST_OFFSET = 4.0  # millimetres: further, the text would leave its label


def sheet(keys: Sequence[int], job: Job) -> bytes:
    """One sheet; what stands on a label is moved within it by the offsets of the printer."""
    options = (selectinload(Application.bureau), selectinload(Application.person))
    found = {
        one.id: one for one in session.scalars(select(Application).where(Application.id.in_(keys)).options(*options))
    }
    labels: list[dict[str, str] | None] = [_label(found[key]) for key in keys]
    labels += [None] * (-len(labels) % ACROSS)
    return typeset(
        "stickers",
        title=str(_("注册结论贴")),
        rows=[labels[start : start + ACROSS] for start in range(0, len(labels), ACROSS)],
        left=5 + job.right,
        above=5 + job.down,
    )


def _label(application: Application) -> dict[str, str]:
    return {
        "name": application.name or application.person.name,
        "certificate": application.certificate_number or "",
        "conclusion": str(application.conclusion.label),
        "until": application.valid_until.isoformat() if application.valid_until else "",
        "office": str(application.bureau or ""),
        "number": application.registration_number,
    }
