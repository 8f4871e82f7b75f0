"""受理凭证: what a confirmation leaves in the applicant's hands, and what an undone one makes void."""

from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, ConfirmationPoint, Receipt
from shared.rules.guards import Order
from shared.rules.rights import Actor

SERIAL_DIGITS = 5


def valid(application_id: int) -> Receipt | None:
    """The receipt that has not been voided."""
    return session.scalar(select(Receipt).where(Receipt.application_id == application_id, Receipt.voided_at.is_(None)))


def issue(application_ids: list[int], order: Order, by: Actor) -> None:
    """A receipt for each; numbers count per point and year without a gap, so the point's row is locked meanwhile."""
    confirmed = select(Application).where(Application.id.in_(application_ids)).order_by(Application.id)
    for application in session.scalars(confirmed):
        point = session.get_one(ConfirmationPoint, application.point_id, with_for_update=True)
        last = select(func.max(Receipt.serial)).where(Receipt.point_id == point.id, Receipt.year == order.today.year)
        serial = (session.scalar(last) or 0) + 1
        session.add(
            Receipt(
                application_id=application.id,
                number=f"{order.today.year}-{point.code}-{serial:0{SERIAL_DIGITS}d}",
                point_id=point.id,
                year=order.today.year,
                serial=serial,
                form_version=application.form_version,
                issued_at=order.now,
                issued_by_id=by.id,
            )
        )
        session.flush()


def void(application_ids: list[int], order: Order, by: Actor) -> None:
    """A receipt of an undone confirmation stays in the books, marked void."""
    issued = select(Receipt).where(Receipt.application_id.in_(application_ids), Receipt.voided_at.is_(None))
    for receipt in session.scalars(issued):
        receipt.voided_at, receipt.voided_by_id = order.now, by.id
