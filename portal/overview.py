"""The whole form to look over, page by page, with the way back to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.steps import PAGES, Form, Page
from shared.rules.fields import Field, shown
from shared.text import Text, _

if TYPE_CHECKING:
    from shared.models import Application


@dataclass(frozen=True)
class Block:
    """What one page asked for, in words."""

    title: Text
    page: Page
    pairs: list[tuple[Text, str]]


def blocks(application: Application) -> list[Block]:
    """Every page that asks for something; one's own numbers are not masked."""
    asking = [page for page in PAGES if page.form in (Form.FIELDS, Form.PHOTO)]
    return [Block(page.title, page, [_pair(field, application) for field in page.fields]) for page in asking]


def _pair(field: Field, application: Application) -> tuple[Text, str]:
    value = shown(field, application, masked=False)
    return field.label, value if value or field.required else str(_("无"))
