"""An application to be read: what the page after the last step says, and the whole form in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import overview
from shared.rules import reminders
from shared.rules.fields import Section, in_section, shown
from shared.services import documents, forms, informing, outlook
from shared.text import Text, _

if TYPE_CHECKING:
    from shared.models import Application

Pairs = list[tuple[Text, str]]


def is_void(application: Application) -> bool:
    """Whether the form was changed after it was printed (S20)."""
    return reminders.is_void(application.form_version, application.printed_version)


def finished(application: Application) -> dict[str, Any]:
    """What step 8 shows: the code that the form bears, what to do next, and what to bring."""
    ahead = outlook.of_application(application)
    return {
        "code": forms.code(application),
        "picture": forms.picture(application),
        "next_steps": ahead.steps,
        "papers": [informing.paper_in_words(paper) for paper in ahead.papers],
        "is_void": is_void(application),
    }


def whole(application: Application) -> list[tuple[Text, Pairs]]:
    """Every section with what the applicant entered, and then what the school attests."""
    entered = [(block.title, block.pairs) for block in overview.blocks(application) if block.page.form != "photo"]
    return [*entered, (_("学校审核情况"), _attested(application))]


def _attested(application: Application) -> Pairs:
    fields = [(field.label, shown(field, application, masked=False)) for field in in_section(Section.SCHOOL)]
    years = [(_("{year}年度", year=row.year), str(documents.attested(row))) for row in application.years]
    return [(label, value or str(_("尚未填写"))) for label, value in (*fields, *years)]
