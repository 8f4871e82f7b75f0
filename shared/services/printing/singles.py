"""The papers that are also printed one by one."""

from collections.abc import Sequence

from shared.services import documents, forms
from shared.services.typesetting import Job


def some_forms(keys: Sequence[int], job: Job) -> bytes:
    return forms.printed(keys, by=job.by, portal_url=job.portal_url)


def some_receipts(keys: Sequence[int], job: Job) -> bytes:
    return documents.receipts_of(keys, by=job.by)
