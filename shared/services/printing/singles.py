"""The papers that are also printed one by one."""

from collections.abc import Sequence

from shared.services import documents
from shared.services.typesetting import Job


def form(keys: Sequence[int], job: Job) -> bytes:
    return documents.application_form(keys[0], by=job.by, portal_url=job.portal_url)


def receipt(keys: Sequence[int], job: Job) -> bytes:
    return documents.receipt(keys[0], by=job.by)
