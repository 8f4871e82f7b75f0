"""What happened to one row, for those who may read the audit."""

from collections.abc import Sequence

from shared.db import Base, session
from shared.models import AuditEntry
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access
from shared.web.login import by

MOST = 50


def history(row: Base) -> Sequence[AuditEntry]:
    """The last entries of the audit about `row`; none for readers without a line in SCOPE."""
    if not policy.may(AuditEntry, by().role, Can.VIEW):
        return []
    statement = access.query(AuditEntry, by=by()).where(
        AuditEntry.table_name == row.__tablename__, AuditEntry.row_id == getattr(row, "id", None)
    )
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(MOST)).all()
