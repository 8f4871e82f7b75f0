"""MOVES as a table: what it says about itself. What each move does is tested with the workflow."""

from datetime import date

import pytest

from shared.models import Application
from shared.models.kinds import Conclusion, Stage, WindowStage
from shared.rules.policy import SCOPE
from shared.rules.rights import Can
from shared.rules.states import MOVES, Move, five_years_after, moves_from, needs_a_reason, status_label

ALL = list(MOVES.values())


@pytest.mark.parametrize("move", ALL, ids=lambda move: move.name)
def test_every_move_is_complete(move: Move) -> None:
    assert MOVES[move.name] is move
    assert str(move.label)
    assert move.paths
    assert any(model is Application and action is move.permission for model, _role, action in SCOPE)


def test_labels_tell_moves_apart() -> None:
    assert len({str(move.label) for move in ALL}) == len(ALL)


def test_every_stage_but_the_first_is_reached_and_every_stage_but_the_last_is_left() -> None:
    reached = {end for move in ALL for end in move.paths.values()}
    left = {start for move in ALL for start in move.paths}
    assert set(Stage) - reached == set()
    assert {start for move in ALL for start, end in move.paths.items() if end is Stage.DRAFT} == {Stage.DRAFT}
    assert set(Stage) - left == {Stage.WITHDRAWN, Stage.REVOKED}


def test_nobody_decides_on_an_application_outside_the_chain() -> None:
    decided = {end for move in ALL if move.conclusions for end in move.paths.values()}
    assert decided == {Stage.PRELIMINARY, Stage.CONCLUDED}


def test_what_is_concluded_leaves_only_by_a_revocation() -> None:
    assert {move.name for move in moves_from(Stage.CONCLUDED)} == {
        "request_revocation",
        "approve_revocation",
        "refuse_revocation",
    }
    assert moves_from(Stage.WITHDRAWN) == []


def test_each_officer_keeps_to_the_own_window() -> None:
    windows = {
        Can.SUBMIT: {WindowStage.APPLY, WindowStage.SCHOOL_CHECK},
        Can.CHECK: {WindowStage.SCHOOL_CHECK},
        Can.CONFIRM: {WindowStage.CONFIRM},
        Can.PRELIMINARY: {WindowStage.PRELIMINARY},
        Can.REVIEW: {WindowStage.REVIEW},
        Can.FINAL: {WindowStage.FINAL},
    }
    for permission, stages in windows.items():
        assert {stage for move in ALL if move.permission is permission for stage in move.windows} == stages, permission


def test_a_way_back_is_never_closed_by_the_calendar() -> None:
    """A wrong point, a paper to mend, a change of mind: no dead end because a window has closed."""
    for name in ("withdraw", "return", "change_point", "undo_confirm", "request_revocation"):
        assert MOVES[name].windows == (), name


@pytest.mark.parametrize("move", ALL, ids=lambda move: move.name)
def test_an_unwelcome_decision_is_owed_a_reason(move: Move) -> None:
    assert needs_a_reason(move, Conclusion.DEFERRED)
    assert needs_a_reason(move, Conclusion.REFUSED)
    assert needs_a_reason(move, Conclusion.REGISTERED) == needs_a_reason(move, None) == move.needs_reason


@pytest.mark.parametrize(
    ("stage", "conclusion", "words"),
    [
        (Stage.DRAFT, Conclusion.NONE, "暂存（未提交）"),
        (Stage.PRELIMINARY, Conclusion.DEFERRED, "初审暂缓注册"),
        (Stage.PRELIMINARY, Conclusion.REFUSED, "初审不合格"),
        (Stage.REVIEWED, Conclusion.REGISTERED, "市级复核意见：注册合格"),
        (Stage.CONCLUDED, Conclusion.REGISTERED, "注册合格"),
        (Stage.CONCLUDED, Conclusion.DEFERRED, "暂缓注册"),
        (Stage.CONCLUDED, Conclusion.REFUSED, "注册不合格"),
        (Stage.REVOKED, Conclusion.REGISTERED, "注册已撤销"),
        (Stage.WITHDRAWN, Conclusion.NONE, "已放弃申报"),
    ],
)
def test_the_status_in_words_is_made_of_stage_and_conclusion(stage: Stage, conclusion: Conclusion, words: str) -> None:
    assert str(status_label(stage, conclusion)) == words


def test_every_decided_pair_has_words_of_its_own() -> None:
    decided = [Conclusion.REGISTERED, Conclusion.DEFERRED, Conclusion.REFUSED]
    stages = [Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED]
    assert len({str(status_label(stage, conclusion)) for stage in stages for conclusion in decided}) == 9


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 12, 1), date(2031, 12, 1)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2027, 2, 28), date(2032, 2, 28)),
    ],
)
def test_five_years_of_registration(day: date, until: date) -> None:
    assert five_years_after(day) == until
