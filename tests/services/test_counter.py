"""What the desk asks: what stands in the way, who is to be asked, what the day has brought."""

from datetime import timedelta

import pytest

from shared import clock
from shared.models import Application
from shared.models.kinds import Role, Stage, WindowStage
from shared.services import access, confirming, counter
from shared.services.errors import NotYours, Refused
from tests import build
from tests.actors import codes, operator

pytestmark = pytest.mark.usefixtures("database")


def _obstacles(application: Application) -> str:
    return " ".join(str(one) for one in counter.case(application.id, by=operator(application)).obstacles)


def test_nothing_stands_in_the_way_of_a_checked_application_but_papers_and_signature() -> None:
    application = build.an_application(Stage.SCHOOL_CHECKED)
    build.a_material(application.campaign, "聘用合同")
    case = counter.case(application.id, by=operator(application))
    assert case.obstacles == []
    assert [paper.name for paper in case.missing] == ["聘用合同"]
    assert counter.asks_for(case.missing) == "请补交材料：聘用合同。补齐后再到确认点办理。"


def test_an_unchecked_application_names_who_has_to_check_it() -> None:
    application = build.an_application(Stage.SUBMITTED)
    assert "没有审校员账号" in _obstacles(application)
    build.staff(Role.SCHOOL, application.school, name="孙老师")
    assert "（孙老师）先审校通过" in _obstacles(application)


def test_a_closed_desk_says_until_when() -> None:
    campaign = build.a_campaign(open_stages=(WindowStage.APPLY,))
    tomorrow = clock.today() + timedelta(days=1)
    build.a_window(campaign, WindowStage.CONFIRM, opens_on=tomorrow)
    application = build.an_application(Stage.SCHOOL_CHECKED, campaign=campaign)
    assert f"下次开放时间：{tomorrow}" in _obstacles(application)


@pytest.mark.parametrize(
    "stage", [Stage.RETURNED, Stage.WITHDRAWN, Stage.CONFIRMED, Stage.PRELIMINARY, Stage.CONCLUDED]
)
def test_every_other_stage_says_what_to_do(stage: Stage) -> None:
    application = build.an_application(stage)
    [told] = counter.case(application.id, by=operator(application)).obstacles
    assert len(str(told)) > 10


def test_a_certificate_of_somebody_elses_is_told_and_not_locked() -> None:
    application = build.an_application(Stage.SCHOOL_CHECKED)
    build.a_certificate(application, id_number=build.an_id_number())
    case = counter.case(application.id, by=operator(application))
    assert not case.locked
    assert [one.field.name for one in case.registry] == ["id_number"]
    assert "********" in case.registry[0].old
    assert "certificate_number" in {field.name for field in confirming.correctable(application)}


def test_what_agrees_with_the_registry_needs_no_correction() -> None:
    application = build.an_application(Stage.SCHOOL_CHECKED)
    build.a_certificate(application)
    with pytest.raises(Refused) as refused:
        confirming.adopt(application.id, by=operator(application), version=application.version)
    assert codes(refused.value) == {"registry"}


def test_an_application_elsewhere_is_seen_through_the_net_by_its_point_only() -> None:
    application = build.an_application(Stage.SUBMITTED)
    assert application.school is not None
    serving = build.an_actor(Role.POINT, build.a_point(serving=[application.school]))
    stranger = build.an_actor(Role.POINT, build.a_point())
    number = application.registration_number
    for who, takeable in ((serving, True), (stranger, False)):
        access.watch(who)
        try:
            found = counter.elsewhere(f"{number}-1", by=who)
        finally:
            access.watch(None)
        assert found is not None
        assert (found.point.id, found.takeable) == (application.point_id, takeable)
    assert counter.elsewhere(application.person.id_number, by=serving) is None
    with pytest.raises(NotYours):
        confirming.take_over(number, by=stranger)


def test_a_confirmed_application_is_not_taken_over() -> None:
    application = build.an_application(Stage.CONFIRMED)
    assert application.school is not None
    serving = build.an_actor(Role.POINT, build.a_point(serving=[application.school]))
    found = counter.elsewhere(application.registration_number, by=serving)
    assert found is not None
    assert not found.takeable
    with pytest.raises(Refused):
        confirming.take_over(application.registration_number, by=serving)


def test_the_shift_counts_what_this_point_has_given_out() -> None:
    campaign = build.a_campaign(has_school_check=False)
    ready = [build.an_application(Stage.SUBMITTED, campaign=campaign) for _ in range(3)]
    first, second = operator(ready[0]), operator(ready[0])
    for application, who in zip(ready, (first, second, second), strict=True):
        confirming.confirm(application.id, by=who, version=application.version, signed_version=1)
    build.an_application(Stage.RETURNED, campaign=campaign)
    build.an_application(Stage.SUBMITTED, campaign=campaign)
    confirming.undo(ready[2].id, by=second, version=ready[2].version, reason="点错了")
    day = counter.shift(by=second)
    assert (day.confirmed, day.mine, day.voided, day.returned) == (2, 1, 1, 1)
    assert day.waiting == 2  # the one that was undone waits again
    assert [receipt.application_id for receipt in day.receipts] == [ready[2].id, ready[1].id, ready[0].id]
    last = counter.last(by=second)
    assert last is not None
    assert last.application_id == ready[1].id
    assert counter.shift(by=second, day=clock.today() - timedelta(days=1)).receipts == []
    stranger = build.an_actor(Role.POINT, build.a_point())
    assert counter.shift(by=stranger).receipts == []


@pytest.mark.parametrize("stage", [Stage.RETURNED, Stage.CONFIRMED, Stage.CONCLUDED])
def test_papers_are_noted_only_while_they_can_be_accepted(stage: Stage) -> None:
    application = build.an_application(stage)
    paper = build.a_material(application.campaign)
    build.papers_received(application)
    with pytest.raises(Refused):
        confirming.receive(application.id, [], by=operator(application))
    assert confirming.desk(application.id, by=operator(application)).received == {paper.id}


def test_papers_on_the_desk_replace_those_of_before() -> None:
    application = build.an_application(Stage.SUBMITTED)
    first, second = (build.a_material(application.campaign, name) for name in ("证书", "合同"))
    for papers in ([first.id], [second.id]):
        confirming.receive(application.id, papers, by=operator(application))
    assert confirming.desk(application.id, by=operator(application)).received == {second.id}
