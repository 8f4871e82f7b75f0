"""What can be done with many applications at once: the moves that allow it, and what moves nothing (分派, 暂停办理)."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.db import session
from shared.models import Application, Staff
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.rules.states import MOVES, Move, becomes
from shared.services import assigning, holds, workflow
from shared.services.workflow import RETRACTIONS, Left, Outcome, Wish
from shared.text import Text, _


class Deed:
    """One of them. All verbs are about many, judge each, and say of whatever stays why."""

    name: str
    label: Text
    permission: Can
    can_be_taken_back = False
    tells = False  # the applicants get a mail
    minds_changes = False  # whatever was changed since the preview stays as it is

    def faults(self, wish: Wish, *, by: Actor) -> list[Problem]:
        """What is wrong with the wish itself, whatever the application."""
        raise NotImplementedError

    def preview(self, ids: Sequence[int], wish: Wish, *, by: Actor) -> Outcome:
        """What `run` would do now, without doing it."""
        raise NotImplementedError

    def run(self, versions: Mapping[int, int], wish: Wish, *, by: Actor) -> Outcome:
        """Do it with the applications as they were seen: each with its version."""
        raise NotImplementedError

    def becomes(self, stage: Stage, conclusion: Conclusion, wish: Wish, *, by: Actor) -> Text:
        """What an application becomes by it, in words."""
        raise NotImplementedError

    def take_back(self, made: Mapping[int, Left], wish: Wish, *, by: Actor, trial: bool = False) -> Outcome:
        """Put applications back to what they were before; a trial only says what would happen."""
        raise NotImplementedError


class Moving(Deed):
    """A move of MOVES."""

    minds_changes = True

    def __init__(self, move: Move) -> None:
        self.move = move
        self.name, self.label, self.permission = move.name, move.label, move.permission
        self.can_be_taken_back, self.tells = move.undo is not None, move.name in RETRACTIONS

    def faults(self, wish: Wish, *, by: Actor) -> list[Problem]:
        return workflow.faults_of(self.move, wish)

    def preview(self, ids: Sequence[int], wish: Wish, *, by: Actor) -> Outcome:
        return workflow.preview(ids, self.name, by=by, wish=wish)

    def run(self, versions: Mapping[int, int], wish: Wish, *, by: Actor) -> Outcome:
        return workflow.move_many(list(versions), self.name, by=by, versions=versions, wish=wish)

    def becomes(self, stage: Stage, conclusion: Conclusion, wish: Wish, *, by: Actor) -> Text:
        return becomes(self.move, stage, conclusion, workflow.order_of(wish, by))

    def take_back(self, made: Mapping[int, Left], wish: Wish, *, by: Actor, trial: bool = False) -> Outcome:  # noqa: ARG002
        verb = workflow.preview_taking_back if trial else workflow.take_back
        return verb(made, self.name, by=by)


class Assigning(Deed):
    """To a colleague, or to nobody; it does not matter what else happens to the application meanwhile."""

    name, label, permission, can_be_taken_back = "assign", _("分派"), Can.ASSIGN, True

    def faults(self, wish: Wish, *, by: Actor) -> list[Problem]:
        return assigning.faults(wish.colleague_id, by=by)

    def preview(self, ids: Sequence[int], wish: Wish, *, by: Actor) -> Outcome:
        return assigning.preview(ids, wish.colleague_id, by=by)

    def run(self, versions: Mapping[int, int], wish: Wish, *, by: Actor) -> Outcome:
        return assigning.give(list(versions), wish.colleague_id, by=by)

    def becomes(self, stage: Stage, conclusion: Conclusion, wish: Wish, *, by: Actor) -> Text:  # noqa: ARG002
        colleague = session.get(Staff, wish.colleague_id) if wish.colleague_id else None
        return _("由{name}办理", name=colleague.name) if colleague else _("未分派")

    def take_back(self, made: Mapping[int, Left], wish: Wish, *, by: Actor, trial: bool = False) -> Outcome:
        return assigning.give_back(made, wish.colleague_id, by=by, trial=trial)


class Holding(Deed):
    """Nobody decides until it is cleared up; ended by lifting, which says what was found."""

    name, label, permission = "hold", _("暂停办理"), Can.HOLD

    def faults(self, wish: Wish, *, by: Actor) -> list[Problem]:
        return holds.faults(wish.reason)

    def preview(self, ids: Sequence[int], wish: Wish, *, by: Actor) -> Outcome:  # noqa: ARG002
        return holds.preview(ids, by=by)

    def run(self, versions: Mapping[int, int], wish: Wish, *, by: Actor) -> Outcome:
        return holds.place_many(list(versions), wish.reason, by=by)

    def becomes(self, stage: Stage, conclusion: Conclusion, wish: Wish, *, by: Actor) -> Text:  # noqa: ARG002
        return self.label


class Lifting(Holding):
    """It is cleared up for all of them alike."""

    name, label = "lift", _("解除暂停")

    def faults(self, wish: Wish, *, by: Actor) -> list[Problem]:
        return holds.faults_of_finding(wish.reason)

    def preview(self, ids: Sequence[int], wish: Wish, *, by: Actor) -> Outcome:  # noqa: ARG002
        return holds.preview_lifting(ids, by=by)

    def run(self, versions: Mapping[int, int], wish: Wish, *, by: Actor) -> Outcome:
        return holds.lift_many(list(versions), wish.reason, by=by)

    def becomes(self, stage: Stage, conclusion: Conclusion, wish: Wish, *, by: Actor) -> Text:  # noqa: ARG002
        return _("已解除暂停")


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (*(Moving(move) for move in MOVES.values() if move.bulk), Assigning(), Holding(), Lifting())
}


def offered(role: Role | None) -> list[Deed]:
    """What somebody with this role may do with many at once, by SCOPE."""
    return [deed for deed in DEEDS.values() if policy.may(Application, role, deed.permission)]


def wish_of(kept: Mapping[str, Any]) -> Wish:
    """What was asked for, from what a batch keeps of it."""
    values = dict(kept)
    conclusion = values.pop("conclusion", None)
    return Wish(**values, conclusion=next((one for one in Conclusion if one.value == conclusion), None))
