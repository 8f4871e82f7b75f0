"""Objections to a publicised list: received in its period, and nothing is concluded before they are settled."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from shared.db import session
from shared.models import Application, Objection
from shared.models.kinds import Conclusion, ObjectionState, Role, Stage
from shared.rules.rights import Actor
from shared.services import objections, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import officer

pytestmark = pytest.mark.usefixtures("database")

DECIDED, FIRST, LAST, AFTER = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 9), date(2026, 11, 10)


class Here:
    """Two people on a publicised list whose period is over."""

    def __init__(self, at: Callable[[datetime], datetime]) -> None:
        at(datetime(2026, 11, 10, 9, 0))  # noqa: DTZ001  local
        campaign = build.a_campaign(publicity_days=7)
        facts: dict[str, Any] = {"campaign": campaign, "conclusion": Conclusion.REGISTERED, "decided_on": DECIDED}
        self.one, self.other = (build.an_application(Stage.PRELIMINARY, **facts) for _twice in range(2))
        self.listed = build.a_publicity(campaign, self.one.bureau, FIRST, LAST)  # type: ignore[arg-type]
        self.district, self.city = (officer(role, self.one) for role in (Role.DISTRICT, Role.CITY))

    def values(self, **other: Any) -> dict[str, Any]:
        given = {"registration_number": "", "raised_by": "群众来电", "received_on": LAST, "body": "履历不实"}
        return given | {"campaign_id": self.listed.campaign_id, "bureau_id": self.listed.bureau_id} | other

    def receive(self, **other: Any) -> Objection:
        return objections.receive(self.values(**other), by=self.district)

    def settle(self, row: Objection, state: ObjectionState, finding: str = "经查不实") -> None:
        given = {"state": state, "finding": finding}
        objections.settle(row.id, given, by=self.district, version=row.version)


@pytest.fixture
def here(at: Callable[[datetime], datetime]) -> Here:
    return Here(at)


def why_not(application: Application, move: str, by: Actor, **wish: Any) -> set[str]:
    found = workflow.preview([application.id], move, by=by, wish=Wish(**wish)).refused.get(application.id, [])
    return {problem.code for problem in found}


def test_nothing_is_agreed_while_an_objection_is_open(here: Here) -> None:
    assert why_not(here.one, "agree", here.city) == set()
    about_one = here.receive(registration_number=here.one.registration_number)
    assert [why_not(one, "agree", here.city) for one in (here.one, here.other)] == [{"objection"}, set()]
    about_all = here.receive()
    assert [why_not(one, "agree", here.city) for one in (here.one, here.other)] == [{"objection"}] * 2
    here.settle(about_one, ObjectionState.DISMISSED)
    here.settle(about_all, ObjectionState.DISMISSED)
    assert [why_not(one, "agree", here.city) for one in (here.one, here.other)] == [set()] * 2


def test_nothing_is_concluded_either(here: Here) -> None:
    workflow.move(here.one.id, "agree", by=here.city)
    here.receive(registration_number=here.one.registration_number)
    province = officer(Role.PROVINCE, here.one)
    assert why_not(here.one, "final", province, conclusion=Conclusion.REGISTERED) == {"objection"}
    assert why_not(here.one, "send_back_final", province, reason="有异议") == set()


def test_after_an_upheld_objection_the_conclusion_is_changed_and_publicised_again(here: Here) -> None:
    change = {"conclusion": Conclusion.DEFERRED, "reason": "学时不实"}
    assert why_not(here.one, "revise_preliminary", here.district, **change) == {"published"}
    row = here.receive(registration_number=here.one.registration_number)
    assert why_not(here.one, "revise_preliminary", here.district, **change) == {"published"}
    here.settle(row, ObjectionState.UPHELD, "学时为280，应为360")
    assert why_not(here.other, "revise_preliminary", here.district, **change) == {"published"}
    workflow.move(here.one.id, "revise_preliminary", by=here.district, wish=Wish(**change))
    session.expire_all()
    assert (here.one.conclusion, here.one.decided_on) == (Conclusion.DEFERRED, AFTER)
    assert why_not(here.one, "agree", here.city) == {"unpublished"}  # the new conclusion was never publicised


def test_an_objection_is_received_in_its_period_for_somebody_on_the_list(here: Here) -> None:
    stranger = build.an_application(Stage.PRELIMINARY, campaign=build.a_campaign())
    wrong = ({"received_on": DECIDED}, {"received_on": AFTER}, {"registration_number": stranger.registration_number})
    for change in (*wrong, {"registration_number": "1"}):
        with pytest.raises(Refused):
            here.receive(**change)
    assert session.query(Objection).count() == 0


def test_what_was_found_is_said_and_stays(here: Here) -> None:
    row = here.receive()
    with pytest.raises(Refused, match="请写明查实情况"):
        here.settle(row, ObjectionState.DISMISSED, "")
    here.settle(row, ObjectionState.DISMISSED)
    assert session.get_one(Objection, row.id).settled_at is not None
    with pytest.raises(Refused, match="已经处理完毕"):
        here.settle(row, ObjectionState.OPEN)


def test_only_the_district_that_keeps_the_list_writes(here: Here) -> None:
    elsewhere = build.a_bureau("雨花台区教育局", parent=here.one.bureau.parent)  # type: ignore[union-attr]
    row = here.receive()
    here.settle(row, ObjectionState.DISMISSED)
    session.expire_all()
    for by in (build.an_actor(Role.DISTRICT, elsewhere), here.city, build.an_actor(Role.SCHOOL, here.one.school)):
        with pytest.raises(Refused) as refused:  # says nothing of who stands on the list
            objections.receive(here.values(registration_number="1"), by=by)
        assert [problem.code for problem in refused.value.problems] == ["received_on"]
        session.rollback()
        with pytest.raises(NotYours):
            objections.settle(row.id, {"state": ObjectionState.DISMISSED, "finding": "x"}, by=by, version=row.version)
