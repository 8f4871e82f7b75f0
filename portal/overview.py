"""The whole form to look over, page by page, with the way back to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.steps import PAGES, Form, Page
from shared.rules.fields import shown
from shared.text import Text

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
    return [
        Block(page.title, page, [(field.label, shown(field, application, masked=False)) for field in page.fields])
        for page in asking
    ]
