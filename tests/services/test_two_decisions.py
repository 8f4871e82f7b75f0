"""Two people at the same moment, on real connections: exactly one decides, the other is told so."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, Event, Subject
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules.rights import Actor
from shared.services import reference, workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from tests import build
from tests.build import an_actor, an_application
from tests.conftest import Database

PATIENCE = 30


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run `verbs` in threads that start together; what each returned or raised."""
    barrier = Barrier(len(verbs))
    answers: list[object] = [None] * len(verbs)

    def run(index: int, verb: Callable[[], object]) -> None:
        barrier.wait(PATIENCE)
        try:
            answers[index] = verb()
        except Exception as error:  # noqa: BLE001  the test looks at it
            answers[index] = error
        finally:
            session.remove()

    session.remove()  # nobody else may be in the middle of a transaction
    threads = [Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def deciding(key: int, by: Actor, version: int | None = None) -> Callable[[], object]:
    """The district's preliminary decision, from a page that showed `version` where given."""

    def decide() -> str:
        wish = Wish(conclusion=Conclusion.DEFERRED, reason="材料不全", reason_code="D4")
        workflow.move(key, "disqualify", by=by, version=version, wish=wish)
        return by.name

    return decide


@pytest.mark.parametrize("page_is_known", [True, False])
@pytest.mark.parametrize("_again", range(3))
def test_of_two_decisions_on_one_application_one_wins(own_database: Database, page_is_known: bool, _again: int) -> None:
    application = an_application(Stage.CONFIRMED)
    key, version = application.id, application.version if page_is_known else None
    officers = [an_actor(Role.DISTRICT, application.bureau) for _ in range(2)]
    answers = at_once(*[deciding(key, by, version) for by in officers])
    losers = [answer for answer in answers if isinstance(answer, Refused)]
    winners = [answer for answer in answers if answer in {by.name for by in officers}]
    assert (len(winners), len(losers)) == (1, 1), answers
    assert str(losers[0]) == "当前状态是“初审暂缓注册”，不能不符合注册条件"
    kept = session.scalars(select(Event)).all()
    assert [happened.actor_name for happened in kept] == winners


def test_of_two_decisions_that_are_both_possible_the_second_is_told_its_page_is_old(own_database: Database) -> None:
    application = an_application(Stage.PRELIMINARY)
    key, version = application.id, application.version
    officers = [an_actor(Role.DISTRICT, application.bureau) for _ in range(2)]

    def decide(by: Actor, conclusion: Conclusion) -> str:
        workflow.move(
            key,
            "revise_preliminary",
            by=by,
            version=version,
            wish=Wish(conclusion=conclusion, reason="师德"),
        )
        return conclusion

    answers = at_once(lambda: decide(officers[0], Conclusion.DEFERRED), lambda: decide(officers[1], Conclusion.REFUSED))
    losers = [answer for answer in answers if isinstance(answer, Refused)]
    assert [str(loser) for loser in losers] == ["打开页面后申请已被他人更改，请刷新页面后再操作"], answers
    decided = session.get_one(Application, key)
    assert decided.conclusion in answers
    assert decided.version == version + 1


def test_two_operators_confirm_different_applications(own_database: Database) -> None:
    first, second = (an_application(Stage.SCHOOL_CHECKED, signed_version=1) for _ in range(2))
    operators = [an_actor(Role.POINT, first.point) for _ in range(2)]
    keys = (first.id, second.id)
    answers = at_once(
        lambda: workflow.move(keys[0], "confirm", by=operators[0]),
        lambda: workflow.move(keys[1], "confirm", by=operators[1]),
    )
    assert answers == [None, None]
    confirmed = select(func.count()).where(Application.stage == Stage.CONFIRMED)
    assert session.scalar(confirmed) == 2


def test_two_lists_that_overlap_neither_lose_nor_repeat_a_move(own_database: Database) -> None:
    point = build.a_point()
    ids = [an_application(Stage.SUBMITTED, point=point).id for _ in range(20)]
    operators = [an_actor(Role.POINT, point) for _ in range(2)]
    wish = Wish(reason="请补充合同")
    answers = at_once(
        lambda: workflow.move_many(ids[:15], "return", by=operators[0], wish=wish),
        lambda: workflow.move_many(list(reversed(ids[5:])), "return", by=operators[1], wish=wish),
    )
    moved = [key for answer in answers if isinstance(answer, workflow.Outcome) for key in answer.moved]
    assert sorted(moved) == ids, answers
    assert session.scalar(select(func.count()).select_from(Event)) == 20


def test_of_two_people_who_save_the_same_row_the_second_is_told(own_database: Database) -> None:
    row = session.scalars(select(Subject).where(Subject.code == "111")).one()
    key, version = row.id, row.version
    keepers = [an_actor(Role.SUPERUSER) for _ in range(2)]
    answers = at_once(
        lambda: reference.change(Subject, key, {"name": "数学甲"}, by=keepers[0], version=version),
        lambda: reference.change(Subject, key, {"name": "数学乙"}, by=keepers[1], version=version),
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    saved = session.scalars(select(Subject).where(Subject.id == key)).one()
    assert saved.version == version + 1
    assert saved.name in {"数学甲", "数学乙"}
