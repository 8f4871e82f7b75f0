"""What became of an application since a version of its form: read from the audit, told in words (S20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shared.db import session
from shared.models import Application, AuditEntry, Certificate, Photo
from shared.rules import comparing
from shared.rules.comparing import Difference
from shared.rules.fields import Field
from shared.services import reference


def registered(application: Application) -> Certificate | None:
    """The certificate that the registry has under the application's number, whoever holds it."""
    return session.scalar(select(Certificate).where(Certificate.number == application.certificate_number))


def changed_since(application: Application, version: int) -> list[Difference]:
    """What a form of `version` does not say any more; personal values masked, as the audit keeps them.

    The audit is read by its table and so past the viewer's net: whoever was given the application may know what
    became of its form, and nothing else of the entries leaves this function.
    """
    rows = _entries(application)
    found = comparing.in_words(comparing.since_version([row.changes for row in rows], version), _named)
    end = _end(rows, version)
    if end is None:
        return found
    replaced = select(Photo.id).where(Photo.application_id == application.id, Photo.taken_in_at >= end)
    return found if session.scalar(replaced) is None else [*found, comparing.photo_replaced()]


def replaced_at(application: Application, version: int) -> datetime | None:
    """When another version took the place of this one; None while it is the present one."""
    return _end(_entries(application), version)


def _entries(application: Application) -> Sequence[Any]:
    entries = AuditEntry.__table__.c
    mine = entries.table_name == Application.__tablename__, entries.row_id == application.id
    return session.execute(select(entries.at, entries.changes).where(*mine).order_by(entries.id)).all()


def _end(rows: Sequence[Any], version: int) -> datetime | None:
    return next((row.at for row in rows if row.changes.get("form_version", [None])[0] == str(version)), None)


def _named(field: Field, text: str) -> str:
    """The name of the row that the audit knows by its key, also of one that is not offered any more."""
    column = reference.key_column(field)
    key = int(text) if field.name.endswith("_id") else text
    row = session.scalar(select(reference.entries(field)).where(column == key))
    return str(row or text)
