"""办理进度: every stage of a campaign's chain with its date, the present one, and what is planned for those to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.models.kinds import Conclusion, Stage, WindowStage
from shared.rules.dates import Days
from shared.rules.states import status_label
from shared.text import Text, _


class State(StrEnum):
    """Where a stage lies on the way; shown by words and an icon, never by colour alone."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    SKIPPED = "skipped"  # decided without it, as S24 allows


@dataclass(frozen=True)
class Milestone:
    """One stage on the way: since when it is reached, or when it is planned."""

    label: Text
    state: State
    at: datetime | None = None
    planned: Days | None = None
    is_exit: bool = False


@dataclass(frozen=True)
class Passage:
    """One change of stage that happened."""

    before: Stage
    after: Stage
    at: datetime


@dataclass(frozen=True)
class Course:
    """The facts that the way follows from; `passages` oldest first."""

    stage: Stage
    conclusion: Conclusion
    begun_at: datetime | None  # None: the district entered somebody who had not applied (S23)
    stage_at: datetime
    has_school_check: bool
    has_city_review: bool
    passages: tuple[Passage, ...]
    plans: Mapping[WindowStage, Days]


CHAIN = (
    Stage.DRAFT,
    Stage.SUBMITTED,
    Stage.SCHOOL_CHECKED,
    Stage.CONFIRMED,
    Stage.PRELIMINARY,
    Stage.REVIEWED,
    Stage.CONCLUDED,
)
# Where somebody stands who has left the way: a returned form was handed in once.
_BESIDE = {Stage.RETURNED: Stage.SUBMITTED, Stage.REVOKED: Stage.CONCLUDED}
_WINDOWS = {
    Stage.SUBMITTED: WindowStage.APPLY,
    Stage.SCHOOL_CHECKED: WindowStage.SCHOOL_CHECK,
    Stage.CONFIRMED: WindowStage.CONFIRM,
    Stage.PRELIMINARY: WindowStage.PRELIMINARY,
    Stage.REVIEWED: WindowStage.REVIEW,
    Stage.CONCLUDED: WindowStage.FINAL,
}
_BEGUN = _("开始填写")


def way(now: Course) -> list[Milestone]:
    """The stages in order: those reached, the present one, and those to come."""
    reached = _reached(now.passages)
    if now.begun_at is not None:
        reached[Stage.DRAFT] = now.begun_at
    chain = [stage for stage in CHAIN if _belongs(stage, now, reached)]
    is_exit = now.stage not in CHAIN
    here = CHAIN.index(_last_on_the_way(now))
    before = [stage for stage in chain if CHAIN.index(stage) < here + is_exit]
    after = [stage for stage in chain if CHAIN.index(stage) > here] if now.stage is not Stage.WITHDRAWN else []
    present = Milestone(status_label(now.stage, now.conclusion), State.CURRENT, now.stage_at, is_exit=is_exit)
    return [*(_behind(stage, reached) for stage in before), present, *(_ahead(stage, now) for stage in after)]


def _reached(passages: Iterable[Passage]) -> dict[Stage, datetime]:
    """When each stage was last reached from an earlier one: what was sent back keeps its own date."""
    found = {}
    for passage in passages:
        if _rank(passage.after) > _rank(passage.before) or passage.before is Stage.RETURNED:
            found[passage.after] = passage.at
    return found


def _rank(stage: Stage) -> int:
    return CHAIN.index(_BESIDE.get(stage, stage)) if stage is not Stage.WITHDRAWN else 0


def _belongs(stage: Stage, now: Course, reached: Mapping[Stage, datetime]) -> bool:
    wanted = {Stage.DRAFT: False, Stage.SCHOOL_CHECKED: now.has_school_check, Stage.REVIEWED: now.has_city_review}
    return wanted.get(stage, True) or stage in reached


def _last_on_the_way(now: Course) -> Stage:
    if now.stage is not Stage.WITHDRAWN:
        return _BESIDE.get(now.stage, now.stage)
    left = [passage.before for passage in now.passages if passage.after is Stage.WITHDRAWN]
    return _BESIDE.get(left[-1], left[-1]) if left else Stage.DRAFT


def _behind(stage: Stage, reached: Mapping[Stage, datetime]) -> Milestone:
    if stage not in reached:
        return Milestone(_WINDOWS[stage].label, State.SKIPPED)
    return Milestone(_BEGUN if stage is Stage.DRAFT else stage.label, State.DONE, reached[stage])


def _ahead(stage: Stage, now: Course) -> Milestone:
    window = _WINDOWS[stage]
    return Milestone(window.label, State.AHEAD, planned=now.plans.get(window))
