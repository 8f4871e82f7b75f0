"""Four eyes: of one application nobody decides two levels, nor the own one, whatever their place allows.

Who decided is read from the events. A decision that was sent back or taken back later no longer stands, and does not
count. Somebody with two accounts is one pair of eyes: the identity number says so.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, not_, or_, select, true
from sqlalchemy.orm import aliased

from shared.models import Application, Event, Hold, Person, RevocationRequest, Staff
from shared.models.kinds import RequestState

TAKE_BACK = "take_back"  # the event of a batch that was undone


class Level(StrEnum):
    """初审, 复核, 终审: three decisions by three people (domain: 区县 · 市 · 省)."""

    PRELIMINARY = "preliminary"
    REVIEW = "review"
    FINAL = "final"


DECIDES: dict[Level, tuple[str, ...]] = {
    Level.PRELIMINARY: ("preliminary", "revise_preliminary", "disqualify", "enter"),
    Level.REVIEW: ("agree",),
    Level.FINAL: ("final",),
}
SENT_BACK_BY: dict[Level, str] = {Level.PRELIMINARY: "send_back_review", Level.REVIEW: "send_back_final"}


def decided_no_other_level(level: Level, actor_id: int | None) -> ColumnElement[bool]:
    """True where no decision of another level of the application is this person's."""
    if actor_id is None:  # a command of the operator's is nobody's pair of eyes
        return true()
    others = [_stands(other, actor_id) for other in Level if other is not level]
    return not_(or_(*others))


def _stands(level: Level, actor_id: int) -> ColumnElement[bool]:
    made, later = aliased(Event), aliased(Event)
    mine = made.application_id == Application.id, made.move.in_(DECIDES[level]), made.actor_id.in_(_accounts(actor_id))
    conditions = [*mine, not_(_taken_back(made))]
    if level in SENT_BACK_BY:
        sent_back = exists().where(
            later.application_id == made.application_id,
            later.id > made.id,
            later.move == SENT_BACK_BY[level],
            not_(_taken_back(later)),
        )
        conditions.append(not_(sent_back.correlate(made)))
    return exists().where(*conditions).correlate(Application)


def _taken_back(made: type[Event]) -> ColumnElement[bool]:
    """A move is taken back while nothing later happened, so by the very next event or never."""
    following = aliased(Event)
    next_move = (
        select(following.move)
        .where(following.application_id == made.application_id, following.id > made.id)
        .order_by(following.id)
        .limit(1)
        .correlate(made)
        .scalar_subquery()
    )
    return next_move.is_not(None) & (next_move == TAKE_BACK)


def _accounts(actor_id: int) -> Select[int]:
    """Every account of the person behind this one."""
    return select(Staff.id).where(or_(Staff.id == actor_id, Staff.id_number == _id_number(actor_id))).correlate(None)


def _id_number(actor_id: int) -> ColumnElement[str | None]:
    return select(Staff.id_number).where(Staff.id == actor_id).correlate(None).scalar_subquery()


def is_another_persons(actor_id: int | None) -> ColumnElement[bool]:
    """True where the applicant is not the one who acts."""
    if actor_id is None:
        return true()
    me = exists().where(Person.id == Application.person_id, Person.id_number == _id_number(actor_id))
    return not_(me.correlate(Application))


def asked_by_somebody_else(actor_id: int | None) -> ColumnElement[bool]:
    """True where the open request to revoke is not this person's own."""
    if actor_id is None:
        return true()
    mine = exists().where(
        RevocationRequest.application_id == Application.id,
        RevocationRequest.state == RequestState.OPEN,
        RevocationRequest.requested_by_id.in_(_accounts(actor_id)),
    )
    return not_(mine.correlate(Application))


def open_hold() -> Select[str]:
    """The reason of the hold that is open on the application, if any."""
    return select(Hold.reason).where(Hold.application_id == Application.id, Hold.lifted_at.is_(None))
