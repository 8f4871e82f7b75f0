"""Four eyes: nobody decides two levels of one application, nor on the own one, nor on a revocation asked for."""

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Event
from shared.models.kinds import Conclusion, EthicsGrade, Origin, Role, Stage
from shared.rules import four_eyes
from shared.rules.rights import Actor
from shared.rules.states import MOVES
from shared.services import access, attesting, workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import codes, officer, why_not
from tests.build import an_application

pytestmark = pytest.mark.usefixtures("database")
PASS, BACK = Wish(conclusion=Conclusion.REGISTERED), Wish(reason="请复查")


@pytest.fixture
def city_school() -> Application:
    """A confirmed application of a school of the city's own, whose city decides first and reviews."""
    nanjing = build.a_nanjing()
    build.a_campaign(nanjing.province, publicity_days=0)
    return an_application(Stage.CONFIRMED, school=build.a_school(bureau=nanjing.city))


def city_officer(application: Application) -> Actor:
    return build.an_actor(Role.CITY, application.bureau)


def promoted(actor: Actor, role: Role, application: Application) -> Actor:
    """The same account at another level: people change their post."""
    assert application.bureau is not None
    home = {Role.CITY: application.bureau.parent, Role.DISTRICT: application.bureau}.get(role)
    if role is Role.PROVINCE:
        home = next(one for one in (application.bureau.parent, application.bureau) if one and one.parent).parent
    account = session.get_one(build.Staff, actor.id)
    build.change(account, role=role, bureau=home)
    return access.actor_of_staff(account)


def test_whoever_decided_first_does_not_review(city_school: Application) -> None:
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    for name in ("agree", "send_back_review"):
        refused = why_not(city_school, name, by=first, wish=BACK)
        assert codes(refused) == {"two_levels"}
        assert "复核须由他人办理" in str(refused)
    workflow.move(city_school.id, "agree", by=second)
    assert city_school.stage is Stage.REVIEWED


def test_whoever_reviewed_does_not_decide_first_after_it_was_sent_back_to_the_review(city_school: Application) -> None:
    first, second, third = (city_officer(city_school) for _ in range(3))
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    workflow.move(city_school.id, "agree", by=second)
    province = build.an_actor(Role.PROVINCE, city_school.bureau.parent)
    workflow.move(city_school.id, "send_back_final", by=province, wish=BACK)
    # The review no longer stands, so its maker may now decide first; the first decision does.
    workflow.move(
        city_school.id, "revise_preliminary", by=second, wish=Wish(conclusion=Conclusion.DEFERRED, reason="学时不足")
    )
    assert codes(why_not(city_school, "agree", by=first)) == {"two_levels"}
    assert codes(why_not(city_school, "agree", by=second)) == {"two_levels"}
    workflow.move(city_school.id, "agree", by=third)


def test_a_decision_that_was_sent_back_no_longer_binds(city_school: Application) -> None:
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    workflow.move(city_school.id, "send_back_review", by=second, wish=BACK)
    workflow.move(city_school.id, "preliminary", by=second, wish=PASS)
    workflow.move(city_school.id, "agree", by=first)
    assert city_school.stage is Stage.REVIEWED


def taken_back(application: Application, by: Actor) -> None:
    """As the batch does it that is undone: the last move the other way round."""
    last = session.scalars(
        select(Event).where(Event.application_id == application.id).order_by(Event.id.desc())
    ).first()
    assert last is not None
    facts = {
        "from_stage": last.to_stage,
        "to_stage": last.from_stage,
        "from_conclusion": last.to_conclusion,
        "to_conclusion": last.from_conclusion,
    }
    build.add(
        Event(
            application_id=application.id,
            at=clock.now(),
            move=four_eyes.TAKE_BACK,
            actor_id=by.id,
            actor_name=by.name,
            reason="",
            form_version=1,
            **facts,
        ),
    )
    build.change(application, stage=last.from_stage, conclusion=last.from_conclusion)


def test_a_decision_that_was_taken_back_no_longer_binds(city_school: Application) -> None:
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    taken_back(city_school, first)
    workflow.move(city_school.id, "preliminary", by=second, wish=PASS)
    workflow.move(city_school.id, "agree", by=first)


def test_a_decision_stands_again_when_its_sending_back_is_taken_back(city_school: Application) -> None:
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    workflow.move(city_school.id, "send_back_review", by=second, wish=BACK)
    taken_back(city_school, second)
    assert codes(why_not(city_school, "agree", by=first)) == {"two_levels"}
    workflow.move(city_school.id, "agree", by=second)


def test_a_promotion_gives_nobody_a_second_decision() -> None:
    application = an_application(Stage.CONFIRMED, campaign=build.a_campaign(publicity_days=0))
    district = officer(Role.DISTRICT, application)
    workflow.move(application.id, "preliminary", by=district, wish=PASS)
    city = promoted(district, Role.CITY, application)
    assert codes(why_not(application, "agree", by=city)) == {"two_levels"}
    workflow.move(application.id, "agree", by=officer(Role.CITY, application))
    province = promoted(city, Role.PROVINCE, application)
    refused = why_not(application, "final", by=province, wish=PASS)
    assert codes(refused) == {"two_levels"}
    assert "终审须由他人办理" in str(refused)


def test_two_accounts_of_one_person_are_one_pair_of_eyes(city_school: Application) -> None:
    number = build.an_id_number()
    first, second = (
        access.actor_of_staff(build.staff(Role.CITY, city_school.bureau, id_number=number)) for _ in range(2)
    )
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    assert codes(why_not(city_school, "agree", by=second)) == {"two_levels"}


def test_two_accounts_without_an_identity_number_are_two_people(city_school: Application) -> None:
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    workflow.move(city_school.id, "agree", by=second)


OWN = {
    "school_pass": (Stage.SUBMITTED, Role.SCHOOL),
    "photograph": (Stage.SUBMITTED, Role.SCHOOL),
    "correct": (Stage.SUBMITTED, Role.POINT),
    "confirm": (Stage.SCHOOL_CHECKED, Role.POINT),
    "preliminary": (Stage.CONFIRMED, Role.DISTRICT),
    "revise_preliminary": (Stage.PRELIMINARY, Role.DISTRICT),
    "disqualify": (Stage.CONFIRMED, Role.DISTRICT),
    "agree": (Stage.PRELIMINARY, Role.CITY),
    "send_back_review": (Stage.PRELIMINARY, Role.CITY),
    "final": (Stage.REVIEWED, Role.PROVINCE),
    "send_back_final": (Stage.REVIEWED, Role.PROVINCE),
    "approve_revocation": (Stage.CONCLUDED, Role.CITY),
    "refuse_revocation": (Stage.CONCLUDED, Role.CITY),
    "enter": (Stage.DRAFT, Role.DISTRICT),
    "strike": (Stage.PRELIMINARY, Role.DISTRICT),
}
# Of the own application a member of staff may still do what any applicant may, and what decides nothing.
HARMLESS = {"submit", "resubmit", "amend", "withdraw", "change_point", "return", "undo_confirm", "request_revocation"}


def test_every_move_either_decides_or_is_harmless() -> None:
    assert set(OWN) | HARMLESS == set(MOVES)
    assert not set(OWN) & HARMLESS


@pytest.mark.parametrize("name", OWN)
def test_nobody_decides_on_the_own_application(name: str) -> None:
    stage, role = OWN[name]
    signed, origin = int(stage is not Stage.DRAFT), Origin.IMPORT_UNAPPLIED if MOVES[name].by_file else Origin.SELF
    campaign = build.a_campaign(publicity_days=0)
    application = an_application(stage, campaign=campaign, signed_version=signed, photo=True, origin=origin)
    district = application.bureau
    places = {
        Role.SCHOOL: application.school,
        Role.POINT: application.point,
        Role.DISTRICT: district,
        Role.CITY: district.parent,
        Role.PROVINCE: district.parent.parent,
    }
    if stage is Stage.CONCLUDED:
        build.a_revocation_request(application, build.staff(Role.DISTRICT, district))
    me = access.actor_of_staff(build.staff(role, places[role], id_number=application.person.id_number))
    wish = Wish(reason="情况属实", conclusion=(MOVES[name].conclusions or (None,))[0])
    refused = why_not(application, name, by=me, wish=wish)
    assert codes(refused) == {"own"}
    assert "您本人的申请" in str(refused)
    someone = access.actor_of_staff(build.staff(role, places[role], id_number=build.an_id_number()))
    workflow.move(application.id, name, by=someone, wish=wish)


def test_nobody_attests_the_own_ethics() -> None:
    application = an_application(Stage.SUBMITTED)
    number = application.person.id_number
    me = access.actor_of_staff(build.staff(Role.SCHOOL, application.school, id_number=number))
    values = {"ethics": EthicsGrade.EXCELLENT}
    with pytest.raises(Refused) as refused:
        attesting.attest(application.id, values, by=me, version=application.version)
    assert codes(refused.value) == {"own"}
    colleague = build.an_actor(Role.SCHOOL, application.school)
    assert (
        attesting.attest(application.id, values, by=colleague, version=application.version).ethics is values["ethics"]
    )


def test_nobody_approves_the_revocation_that_they_asked_for() -> None:
    application = an_application(Stage.CONCLUDED)
    city = officer(Role.CITY, application)
    number = build.an_id_number()
    build.change(session.get_one(build.Staff, city.id), id_number=number)
    district = build.staff(Role.DISTRICT, application.bureau, id_number=number)  # the same person's other account
    build.a_revocation_request(application, district)
    for name in ("approve_revocation", "refuse_revocation"):
        assert codes(why_not(application, name, by=city, wish=Wish(reason="属实"))) == {"own_request"}
    workflow.move(application.id, "approve_revocation", by=officer(Role.CITY, application), wish=Wish(reason="属实"))


def test_of_many_only_those_stay_that_somebody_has_decided_before(city_school: Application) -> None:
    other = an_application(Stage.CONFIRMED, school=city_school.school, campaign=city_school.campaign)
    first, second = city_officer(city_school), city_officer(city_school)
    workflow.move(city_school.id, "preliminary", by=first, wish=PASS)
    workflow.move(other.id, "preliminary", by=second, wish=PASS)
    ids = [city_school.id, other.id]
    for judged in (workflow.preview(ids, "agree", by=first), workflow.move_many(ids, "agree", by=first)):
        assert judged.moved == [other.id]
        assert {problem.code for problem in judged.refused[city_school.id]} == {"two_levels"}


def test_a_command_is_nobodys_pair_of_eyes(city_school: Application) -> None:
    """Imports of results decide under their own name; here only that the condition lets them through."""
    nobody = build.an_actor(None)
    outcome = workflow.preview([city_school.id], "preliminary", by=nobody, wish=PASS)
    assert {problem.code for problem in outcome.refused[city_school.id]} == {"not_yours"}
