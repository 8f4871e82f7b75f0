"""申请撤销: a revocation is asked for at one level and decided one level up."""

from sqlalchemy import select

from shared.db import session
from shared.models import RevocationRequest
from shared.models.kinds import RequestState
from shared.rules.guards import Order
from shared.rules.rights import Actor


def ask(application_ids: list[int], order: Order, by: Actor) -> None:
    """Put the request before the next higher level."""
    for application_id in application_ids:
        session.add(
            RevocationRequest(
                application_id=application_id, reason=order.reason, requested_by_id=by.id, requested_at=order.now
            )
        )


def approve(application_ids: list[int], order: Order, by: Actor) -> None:
    """The registration is revoked; the request is closed."""
    _settle(application_ids, RequestState.APPROVED, order, by)


def refuse(application_ids: list[int], order: Order, by: Actor) -> None:
    """The registration stands; the request is closed."""
    _settle(application_ids, RequestState.REFUSED, order, by)


def _settle(application_ids: list[int], state: RequestState, order: Order, by: Actor) -> None:
    waiting = select(RevocationRequest).where(
        RevocationRequest.application_id.in_(application_ids), RevocationRequest.state == RequestState.OPEN
    )
    for request in session.scalars(waiting):
        request.state, request.decided_by_id, request.decided_at = state, by.id, order.now
