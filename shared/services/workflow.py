"""The only code that changes a stage: one application or many, by the table of moves, in one transaction.

What a bulk move has changed can be taken back while nothing has happened since.
Rows are judged by SQL and changed by SQL. On PostgreSQL they are locked while they are judged, on SQLite the writer is
alone: of two decisions at the same moment the second sees the first and is told so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Event, ReasonCode
from shared.models.kinds import Conclusion, Stage
from shared.rules import four_eyes, policy
from shared.rules.checks import Problem
from shared.rules.four_eyes import TAKE_BACK
from shared.rules.guards import Guard, Order
from shared.rules.rights import Actor, Can
from shared.rules.states import MOVES, Move, moves_from, needs_a_reason, status_label
from shared.services import audit, informing, receipts, revocations, windows
from shared.services.errors import NotYours, Refused
from shared.text import _

CHUNK = 500
JUDGED_AT_ONCE = 5_000  # where nothing is locked or written: half of the time went into writing the statement anew
_TABLE = Base.metadata.tables[Application.__tablename__]
Fact = Any  # a row of the columns that a move is judged by
MOVED_COLUMNS = (
    "stage",
    "conclusion",
    "form_version",
    "signed_version",
    "point_id",
    "reason_code",
    "reason",
    "valid_until",
)
UNSEEN_COLUMNS = ("stage_at", "decided_on", "submitted_at")  # they go with a move, and back with it
JUDGED_COLUMNS = ("id", "version", "campaign_id", "bureau_id", *MOVED_COLUMNS, *UNSEEN_COLUMNS)


@dataclass(frozen=True)
class Left:
    """How a move has left an application: its version, and what the changed columns held before."""

    version: int
    before: dict[str, Any]


@dataclass
class Outcome:
    """Which applications moved and how that left them, and for each of the others all the reasons why not."""

    moved: list[int] = field(default_factory=list)
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    left: dict[int, Left] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """What is asked for with a move, as it comes from a form."""

    reason: str = ""
    reason_code: str | None = None
    conclusion: Conclusion | None = None
    point_id: int | None = None
    signed_version: int | None = None
    colleague_id: int | None = None  # of what moves nothing: see deeds
    reasons: Mapping[int, str] = field(default_factory=dict)  # by application, where each has its own


def _is_accepted_no_more(application_ids: list[int], order: Order, by: Actor) -> None:
    receipts.void(application_ids, order, by)
    informing.sent_back(application_ids, order, by)


# What a move brings with it, in the same transaction, for the applications that moved.
CONSEQUENCES: dict[str, Callable[[list[int], Order, Actor], None]] = {
    "submit": informing.submitted,
    "resubmit": informing.resubmitted,
    "withdraw": informing.withdrawn,
    "return": informing.returned,
    "photograph": informing.photographed,
    "confirm": receipts.issue,
    "undo_confirm": _is_accepted_no_more,
    "request_revocation": revocations.ask,
    "approve_revocation": revocations.approve,
    "refuse_revocation": revocations.refuse,
}
# What taking such a move back brings with it. One that stands above and not here is for good.
RETRACTIONS: dict[str, Callable[[list[int], Order, Actor], None]] = {"return": informing.return_taken_back}


@transaction
def move(application_id: int, name: str, *, by: Actor, version: int | None = None, wish: Wish = Wish()) -> None:
    """Move one application, or raise `Refused` with every reason; `version` is the one that the page showed."""
    expected = {} if version is None else {application_id: version}
    outcome = move_many([application_id], name, by=by, versions=expected, wish=wish)
    if outcome.moved:
        return
    problems = outcome.refused[application_id]
    if problems == [not_yours()] and not _sees(application_id, by):
        raise NotYours
    raise Refused.because(problems)


@transaction
def move_many(
    ids: Sequence[int],
    name: str,
    *,
    by: Actor,
    versions: Mapping[int, int] | None = None,
    wish: Wish = Wish(),
) -> Outcome:
    """Move all of `ids` that may be moved; say of each other one why not."""
    row = MOVES[name]
    faults = faults_of(row, wish)
    if faults:
        return Outcome(refused=dict.fromkeys(ids, faults))
    order = order_of(wish, by)
    outcome = Outcome()
    for chunk in chunks(ids):
        _move_chunk(chunk, row, order, by, versions or {}, outcome)
    if outcome.moved and name in CONSEQUENCES:
        CONSEQUENCES[name](outcome.moved, order, by)
    return outcome


def preview(ids: Sequence[int], name: str, *, by: Actor, wish: Wish = Wish()) -> Outcome:
    """What `move_many` would do now, without doing it."""
    row = MOVES[name]
    faults = faults_of(row, wish)
    if faults:
        return Outcome(refused=dict.fromkeys(ids, faults))
    order = order_of(wish, by)
    outcome = Outcome()
    for chunk in chunks(ids):
        _judge(chunk, row, order, by, _moves(row, {}), outcome, lock=False)
    return outcome


@transaction
def take_back(made: Mapping[int, Left], name: str, *, by: Actor) -> Outcome:
    """Put applications back to what they were before the move `name`; say of each that stays why.

    Only whoever may make the move may take it back, while its window is open and nothing has happened since. The move
    and its undoing both stay in the history.
    """
    row = MOVES[name]
    order = order_of(Wish(), by)
    outcome = Outcome()
    for chunk in chunks(made):
        session.flush()
        going = _judge(chunk, row, order, by, _returns(row, made), outcome, lock=True)
        _restore({fact.id: made[fact.id].before for fact in going})
        if going:
            outcome.left |= _write_down(going, TAKE_BACK, order, by)
        session.expire_all()
    if outcome.moved and name in RETRACTIONS:
        RETRACTIONS[name](outcome.moved, order, by)
    return outcome


def preview_taking_back(made: Mapping[int, Left], name: str, *, by: Actor) -> Outcome:
    """What `take_back` would do now, without doing it."""
    row = MOVES[name]
    outcome = Outcome()
    for chunk in chunks(made):
        _judge(chunk, row, order_of(Wish(), by), by, _returns(row, made), outcome, lock=False)
    return outcome


def _restore(before: Mapping[int, dict[str, Any]]) -> None:
    """Write the old values back: one statement for all applications of which the same columns had changed."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for key, values in before.items():
        by_columns[tuple(values)].append({"key": key, **{f"old_{name}": value for name, value in values.items()}})
    for names, rows in by_columns.items():
        values = {name: bindparam(f"old_{name}") for name in names}
        change = update(_TABLE).where(_TABLE.c.id == bindparam("key"))
        session.execute(change.values(**values, version=_TABLE.c.version + 1), rows)


def possible(application: Application, *, by: Actor) -> list[Move]:
    """The moves whose row fits the application's stage and its reader: the buttons to offer."""
    fitting = moves_from(application.stage)
    if not fitting:
        return []
    rights = {row.permission for row in fitting if policy.may(Application, by.role, row.permission)}
    columns = [policy.condition(Application, by, right).label(right.value) for right in rights]
    if not columns:
        return []
    granted = session.execute(select(*columns).where(Application.id == application.id)).mappings().one()
    return [row for row in fitting if granted.get(row.permission.value)]


def is_own(application_id: int, *, by: Actor) -> bool:
    """Whether the applicant is the member of staff who acts: nobody decides on the own application."""
    anothers = select(Application.id).where(Application.id == application_id, four_eyes.is_another_persons(by.id))
    return session.scalar(anothers) is None


def faults_of(row: Move, wish: Wish) -> list[Problem]:
    """What is wrong with the order itself, whatever the application."""
    faults = []
    if row.conclusions and wish.conclusion not in row.conclusions:
        faults.append(Problem("conclusion", "conclusion", _("请选择结论")))
    if wish.reason_code and not _fits(wish.reason_code, wish.conclusion):
        faults.append(Problem("reason_code", "reason_code", _("原因代码与结论不符，请重新选择")))
    if needs_a_reason(row, wish.conclusion) and not wish.reason.strip():
        faults.append(Problem("reason", "reason", _("请填写理由，申请人会看到")))
    return faults


def order_of(wish: Wish, by: Actor) -> Order:
    """The wish as guards and effects read it: with its moment and the role of whoever has it."""
    now = clock.now()
    asked = {name: value for name, value in vars(wish).items() if name != "colleague_id"}
    return Order(now=now, today=clock.local(now).date(), role=by.role, actor_id=by.id, **asked)


def _fits(reason_code: str, conclusion: Conclusion | None) -> bool:
    """Whether the code is a reason for this conclusion; some (N: did not apply) are for either that is not 合格."""
    meant = session.scalar(select(ReasonCode.conclusion).where(ReasonCode.code == reason_code))
    return conclusion not in (None, Conclusion.REGISTERED) and meant in (conclusion, Conclusion.NONE)


def chunks(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """The numbers in their order, as many at a time as go into one statement."""
    keys = sorted(set(ids))
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def not_yours() -> Problem:
    """What is said of an application that does not exist for whoever asks."""
    return Problem("not_yours", "", _("不在您的办理范围内"))


def _sees(application_id: int, by: Actor) -> bool:
    seen = select(Application.id).where(Application.id == application_id, policy.condition(Application, by, Can.VIEW))
    return session.scalar(seen) is not None


@dataclass(frozen=True)
class _Judgement:
    """What is asked of each row: guards in SQL, and what is wrong with a row by its facts alone."""

    guards: tuple[Guard, ...]
    wrong: Callable[[Fact], Problem | None]


def _moves(row: Move, versions: Mapping[int, int]) -> _Judgement:
    def wrong(fact: Fact) -> Problem | None:
        if fact.stage not in row.paths:
            status = status_label(fact.stage, fact.conclusion)
            return Problem("stage", "", _("当前状态是“{status}”，不能{move}", status=status, move=row.label))
        if versions.get(fact.id, fact.version) != fact.version:
            return Problem("stale", "", _("打开页面后申请已被他人更改，请刷新页面后再操作"))
        return None

    return _Judgement(row.guards, wrong)


def _returns(row: Move, made: Mapping[int, Left]) -> _Judgement:
    left = set(row.paths.values())

    def wrong(fact: Fact) -> Problem | None:
        if row.undo is None:
            return Problem("for_good", "", _("“{move}”不能撤回", move=row.label))
        if fact.stage not in left:
            status = status_label(fact.stage, fact.conclusion)
            return Problem("moved_on", "", _("办理之后状态已变为“{status}”，不能撤回", status=status))
        if fact.version != made[fact.id].version:
            return Problem("stale", "", _("办理之后申请又有改动，不能撤回"))
        return None

    return _Judgement(row.undo or (), wrong)


def _judge(
    ids: Sequence[int], row: Move, order: Order, by: Actor, judgement: _Judgement, outcome: Outcome, *, lock: bool
) -> list[Fact]:
    """Split `ids` into those that may move (returned, and listed as moved) and those that may not, with reasons."""
    guards: list[Any] = [guard.holds(order).label(f"guard_{index}") for index, guard in enumerate(judgement.guards)]
    guards += [
        guard.detail().label(f"detail_{index}")
        for index, guard in enumerate(judgement.guards)
        if guard.detail is not None
    ]
    facts: list[Any] = [getattr(Application, name) for name in JUDGED_COLUMNS]
    statement = select(*facts, *guards).where(
        Application.id.in_(ids), policy.condition(Application, by, row.permission)
    )
    if lock:
        # Locked first and judged after: a condition on other tables must see what the one before us has done.
        session.execute(
            select(Application.id).where(Application.id.in_(ids)).order_by(Application.id).with_for_update()
        )
    found = {fact.id: fact for fact in session.execute(statement)}
    asked = {(fact.campaign_id, fact.bureau_id) for fact in found.values()}
    closed = {place: windows.closed(place[0], row.windows, place[1]) for place in asked}
    going = []
    for key in ids:
        fact = found.get(key)
        problems = [not_yours()] if fact is None else _problems(fact, judgement, closed)
        if problems:
            outcome.refused[key] = problems
        elif fact is not None:
            outcome.moved.append(key)
            going.append(fact)
    return going


def _problems(fact: Fact, judgement: _Judgement, closed: Mapping[tuple[int, int], list[Problem]]) -> list[Problem]:
    wrong = judgement.wrong(fact)
    if wrong:
        return [wrong]
    failed = [
        Problem(guard.code, "", guard.said(getattr(fact, f"detail_{index}", None)))
        for index, guard in enumerate(judgement.guards)
        if not getattr(fact, f"guard_{index}")
    ]
    return [*closed[fact.campaign_id, fact.bureau_id], *failed]


def _move_chunk(
    ids: Sequence[int], row: Move, order: Order, by: Actor, versions: Mapping[int, int], outcome: Outcome
) -> None:
    session.flush()
    going = _judge(ids, row, order, by, _moves(row, versions), outcome, lock=True)
    by_stage: dict[Stage, list[int]] = defaultdict(list)
    for fact in going:
        by_stage[fact.stage].append(fact.id)
    for stage, keys in by_stage.items():
        values: dict[str, Any] = {"stage": row.paths[stage], "version": Application.version + 1}
        if row.paths[stage] is not stage:
            values["stage_at"] = order.now
        change = update(Application).where(Application.id.in_(keys)).values(values | row.effects(order))
        session.execute(change, execution_options={"recorded": True, "synchronize_session": False})
    own = [{"key": fact.id, "said": order.reasons[fact.id]} for fact in going if fact.id in order.reasons]
    if own:
        session.execute(update(_TABLE).where(_TABLE.c.id == bindparam("key")).values(reason=bindparam("said")), own)
    if going:
        outcome.left |= _write_down(going, row.name, order, by)
    session.expire_all()


def _write_down(going: list[Fact], name: str, order: Order, by: Actor) -> dict[int, Left]:
    """One event and one audit entry for each application that moved; how each was left."""
    columns = [getattr(Application, name) for name in JUDGED_COLUMNS]
    keys = [fact.id for fact in going]
    after = {fact.id: fact for fact in session.execute(select(*columns).where(Application.id.in_(keys)))}
    events = [
        {
            "application_id": before.id,
            "at": order.now,
            "move": name,
            "actor_role": by.role,
            "actor_id": by.id,
            "actor_name": by.name,
            "from_stage": before.stage,
            "to_stage": after[before.id].stage,
            "from_conclusion": before.conclusion,
            "to_conclusion": after[before.id].conclusion,
            "reason_code": order.reason_code,
            "reason": order.reasons.get(before.id, order.reason),
            "form_version": after[before.id].form_version,
        }
        for before in going
    ]
    session.execute(insert(Event), events)
    audit.record_many(
        Application.__tablename__, {before.id: _difference(before, after[before.id]) for before in going}, by=by
    )
    return {before.id: Left(after[before.id].version, _overwritten(before, after[before.id])) for before in going}


def _overwritten(before: Fact, after: Fact) -> dict[str, Any]:
    """What the changed columns held; the stage always, so that nothing is restored without it."""
    names = [name for name in (*MOVED_COLUMNS, *UNSEEN_COLUMNS) if getattr(before, name) != getattr(after, name)]
    return {name: getattr(before, name) for name in dict.fromkeys(("stage", *names))}


def _difference(before: Fact, after: Fact) -> audit.Changes:
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in MOVED_COLUMNS}
    return {name: [audit.as_text(old), audit.as_text(new)] for name, (old, new) in pairs.items() if old != new}
