"""The activation slips of an import: made when they are printed, once, for accounts that nobody has used yet."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import contains_eager

from shared.db import session, transaction
from shared.models import ConfirmationPoint, Import, ImportRow, Staff
from shared.models.kinds import ImportAction, ImportState
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, activation, audit
from shared.services.activation import Slip
from shared.services.errors import NotYours, Refused
from shared.text import _

GIVEN = "give_slips"  # as the audit calls it
IMPORTS = Import.__tablename__
KIND = "operators"
PRINTED = _("激活单已打印")  # stands among what is told of the import
ONCE = Problem(
    "given",
    "",
    _("这次导入的激活单已经打印过，不能再看。没有拿到激活单的人，请在“工作人员”中打开其账号，重新发放激活码"),
)
NONE = Problem("none", "", _("这次导入没有需要激活码的账号：都填写了初始密码，或者已经发放、启用"))


def waiting(import_id: int, *, by: Actor) -> int:
    """How many accounts of an import of one's own wait for a code."""
    row = _mine(import_id, by)
    return session.scalar(select(func.count()).select_from(_accounts(row, by).subquery())) or 0


def why_not(import_id: int, *, by: Actor) -> Problem | None:
    """Why no slips can be printed now."""
    row = _mine(import_id, by)
    if row.state is not ImportState.DONE:
        return Problem("state", "", _("这次导入“{state}”，导入后才能打印激活单", state=row.state.label))
    if PRINTED.packed() in row.notes:
        return ONCE
    return None if waiting(import_id, by=by) else NONE


@transaction
def give(import_id: int, *, by: Actor, admin_url: str) -> Sequence[Slip]:
    """A slip for each account of the import that waits for one, by its importer, once."""
    row = _mine(import_id, by, lock=True)
    if problem := why_not(import_id, by=by):
        raise Refused(problem)
    staff = session.scalars(
        _accounts(row, by)
        .outerjoin(Staff.point)
        .options(contains_eager(Staff.point))
        .order_by(ConfirmationPoint.bureau_id, ConfirmationPoint.name, ConfirmationPoint.id, Staff.username)
        .with_for_update(of=Staff)
    ).all()
    untouched = [one.id for one in staff if one.version == 1]
    slips = activation.give_first_codes(staff, by=by, admin_url=admin_url)
    row.notes = [*row.notes, PRINTED.packed()]
    session.flush()
    _still_as_imported(row.id, untouched)
    audit.record(GIVEN, IMPORTS, row.id, {"slips": [None, str(len(slips))]}, by=by)
    return slips


def _mine(import_id: int, by: Actor, *, lock: bool = False) -> Import:
    row = access.one(Import, import_id, by=by, to=Can.EDIT, lock=lock)
    if row.kind != KIND:
        raise NotYours
    return row


def _accounts(row: Import, by: Actor) -> Select[Staff]:
    made = select(ImportRow.row_id).where(ImportRow.import_id == row.id, ImportRow.action == ImportAction.NEW)
    unused = Staff.password_hash == "", Staff.activation_hash.is_(None), Staff.active
    return select(Staff).where(Staff.id.in_(made), *unused, policy.condition(Staff, by, Can.EDIT))


def _still_as_imported(import_id: int, ids: Sequence[int]) -> None:
    """A printed slip is no change for whose sake an account would stay when the import is taken back."""
    left = select(Staff.version).where(Staff.id == ImportRow.row_id).scalar_subquery()
    mine = ImportRow.import_id == import_id, ImportRow.row_id.in_(ids)
    session.execute(
        update(ImportRow).where(*mine).values(left_version=left), execution_options={"synchronize_session": False}
    )
