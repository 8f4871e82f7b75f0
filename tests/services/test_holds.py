"""Holds: while something is not cleared up nobody decides, and everybody who may read it is told why."""

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, Hold
from shared.models.kinds import Conclusion, Origin, Role, Stage
from shared.rules.states import MOVES
from shared.services import holds, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import codes, officer, operator, why_not
from tests.build import an_application

pytestmark = pytest.mark.usefixtures("database")
STOPPED = {
    "enter": (Stage.DRAFT, Role.DISTRICT),
    "preliminary": (Stage.CONFIRMED, Role.DISTRICT),
    "revise_preliminary": (Stage.PRELIMINARY, Role.DISTRICT),
    "disqualify": (Stage.SUBMITTED, Role.DISTRICT),
    "agree": (Stage.PRELIMINARY, Role.CITY),
    "final": (Stage.REVIEWED, Role.PROVINCE),
    "approve_revocation": (Stage.CONCLUDED, Role.CITY),
}


def wish_for(name: str) -> Wish:
    return Wish(reason="情况属实", conclusion=(MOVES[name].conclusions or (None,))[0])


@pytest.mark.parametrize("name", STOPPED)
def test_a_hold_stops_every_decision_and_says_why(name: str) -> None:
    stage, role = STOPPED[name]
    began = {"origin": Origin.IMPORT_UNAPPLIED} if name == "enter" else {}
    application = an_application(stage, campaign=build.a_campaign(publicity_days=0), **began)
    if stage is Stage.CONCLUDED:
        build.a_revocation_request(application, build.staff(Role.DISTRICT, application.bureau))
    hold = holds.place(application.id, "证书照片与本人不符", by=officer(Role.DISTRICT, application))
    by = officer(role, application)
    refused = why_not(application, name, by=by, wish=wish_for(name))
    assert codes(refused) == {"held"}
    assert str(refused) == "申请已暂停办理（证书照片与本人不符），查清并解除暂停后才能作出结论"
    holds.lift(hold.id, "经核对系本人", by=officer(Role.DISTRICT, application))
    workflow.move(application.id, name, by=by, wish=wish_for(name))


def test_every_conclusion_is_among_what_a_hold_stops() -> None:
    concluding = {move.name for move in MOVES.values() if move.conclusions or Stage.REVIEWED in move.paths.values()}
    assert concluding - {"agree"} <= set(STOPPED)
    assert "agree" in STOPPED


def test_a_held_application_may_still_be_sent_back_and_accepted() -> None:
    application = an_application(Stage.PRELIMINARY, decided_on=None)
    holds.place(application.id, "待核实", by=officer(Role.CITY, application))
    workflow.move(application.id, "send_back_review", by=officer(Role.CITY, application), wish=Wish(reason="请查"))
    fresh = an_application(Stage.SCHOOL_CHECKED, signed_version=1)
    holds.place(fresh.id, "待核实", by=officer(Role.DISTRICT, fresh))
    workflow.move(fresh.id, "confirm", by=operator(fresh))


def test_of_many_only_the_held_ones_stay_each_with_its_own_reason() -> None:
    first, second, free = (an_application(Stage.CONFIRMED) for _ in range(3))
    by = officer(Role.DISTRICT, first)
    holds.place(first.id, "合同存疑", by=by)
    holds.place(second.id, "有人举报", by=by)
    outcome = workflow.move_many(
        [first.id, second.id, free.id], "preliminary", by=by, wish=Wish(conclusion=Conclusion.REGISTERED)
    )
    assert outcome.moved == [free.id]
    told = [str(outcome.refused[key][0].text) for key in (first.id, second.id)]
    assert ["合同存疑" in told[0], "有人举报" in told[1]] == [True, True]


def test_there_is_one_hold_at_a_time_and_each_is_remembered() -> None:
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    first = holds.place(application.id, " 待核实 ", by=by)
    with pytest.raises(Refused) as refused:
        holds.place(application.id, "再查", by=by)
    assert codes(refused.value) == {"held"}
    holds.lift(first.id, "属实", by=by)
    with pytest.raises(Refused) as again:
        holds.lift(first.id, "属实", by=by)
    assert codes(again.value) == {"lifted"}
    holds.place(application.id, "再查", by=by)
    rows = session.scalars(select(Hold).order_by(Hold.id)).all()
    assert [(row.reason, row.finding) for row in rows] == [("待核实", "属实"), ("再查", "")]
    noted = select(AuditEntry.action).where(AuditEntry.table_name == "holds").order_by(AuditEntry.id)
    assert session.scalars(noted).all() == ["insert", "update", "insert"]


def test_a_hold_needs_a_reason_and_its_lifting_a_finding() -> None:
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    with pytest.raises(Refused, match="请填写暂停办理的原因"):
        holds.place(application.id, "  ", by=by)
    hold = holds.place(application.id, "待核实", by=by)
    with pytest.raises(Refused, match="请填写查实的情况"):
        holds.lift(hold.id, "", by=by)


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.REVOKED])
def test_what_is_over_is_not_held(stage: Stage) -> None:
    application = an_application(stage)
    with pytest.raises(Refused, match="已经结束"):
        holds.place(application.id, "待核实", by=officer(Role.DISTRICT, application))


def test_nobody_below_lifts_what_a_bureau_above_has_placed() -> None:
    application = an_application(Stage.CONFIRMED)
    hold = holds.place(application.id, "省级核查", by=officer(Role.PROVINCE, application))
    for role in (Role.DISTRICT, Role.CITY):
        with pytest.raises(Refused) as refused:
            holds.lift(hold.id, "属实", by=officer(role, application))
        assert codes(refused.value) == {"above"}
        assert "江苏省教育厅" in str(refused.value)
    holds.lift(hold.id, "属实", by=officer(Role.PROVINCE, application))


def test_a_bureau_above_lifts_what_one_below_has_placed() -> None:
    application = an_application(Stage.CONFIRMED)
    hold = holds.place(application.id, "待核实", by=officer(Role.DISTRICT, application))
    assert holds.lift(hold.id, "属实", by=officer(Role.CITY, application)).lifted_at is not None


def test_holds_of_others_do_not_exist() -> None:
    application = an_application(Stage.CONFIRMED)
    hold = holds.place(application.id, "待核实", by=officer(Role.DISTRICT, application))
    stranger = build.an_actor(Role.DISTRICT, build.a_nanjing().gulou)
    for verb in (
        lambda: holds.place(application.id, "x", by=stranger),
        lambda: holds.lift(hold.id, "x", by=stranger),
        lambda: holds.lift(hold.id, "x", by=operator(application)),
        lambda: holds.place(application.id, "x", by=operator(application)),
        lambda: holds.lift(hold.id, "x", by=build.an_actor(Role.AUDITOR)),
    ):
        with pytest.raises(NotYours):
            verb()
    assert holds.open_on(application.id, by=stranger) is None


def test_many_are_held_and_freed_only_with_a_reason() -> None:
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    assert holds.place_many([application.id], " ", by=by).refused.keys() == {application.id}
    hold = holds.place(application.id, "待核实", by=by)
    assert holds.lift_many([application.id], "", by=by).refused.keys() == {application.id}
    assert hold.lifted_at is None
