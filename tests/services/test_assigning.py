"""An assignment says which colleague looks at an application; it takes nobody's rights."""

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import Application, AuditEntry
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules.rights import Actor
from shared.services import assigning, messages, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import officer, operator
from tests.build import an_application

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def application() -> Application:
    return an_application(Stage.CONFIRMED)


@pytest.fixture
def me(application: Application) -> Actor:
    return officer(Role.DISTRICT, application)


def test_colleagues_are_those_of_the_bureau_who_may_decide(application: Application, me: Actor) -> None:
    home = application.bureau
    colleague = build.staff(Role.DISTRICT, home)
    build.staff(Role.DISTRICT, home, active=False)
    build.staff(Role.SUPERUSER, home)
    build.staff(Role.AUDITOR, home)
    officer(Role.CITY, application)
    assert {row.id for row in assigning.colleagues(by=me)} == {me.id, colleague.id}


def test_who_it_is_given_to_is_written_down_and_the_page_of_others_stays_good(
    application: Application, me: Actor
) -> None:
    version = application.version
    colleague = build.staff(Role.DISTRICT, application.bureau)
    assigning.assign(application.id, colleague.id, by=me)
    assert (application.assigned_to_id, application.version) == (colleague.id, version)
    assigning.assign(application.id, None, by=me)
    assert application.assigned_to_id is None
    noted = select(AuditEntry.changes).where(
        AuditEntry.table_name == "applications", AuditEntry.action == "update", AuditEntry.actor_id == me.id
    )
    changes = [entry["assigned_to_id"] for entry in session.scalars(noted.order_by(AuditEntry.id))]
    assert changes == [[None, str(colleague.id)], [str(colleague.id), None]]


def test_it_stops_nobody(application: Application, me: Actor) -> None:
    assigning.assign(application.id, build.staff(Role.DISTRICT, application.bureau).id, by=me)
    workflow.move(application.id, "preliminary", by=me, wish=Wish(conclusion=Conclusion.REGISTERED))
    assert application.stage is Stage.PRELIMINARY


def test_only_a_colleague_takes_it(application: Application, me: Actor) -> None:
    city = officer(Role.CITY, application)
    for stranger in (city.id, operator(application).id, 0):
        with pytest.raises(Refused, match="请选择本机构能够审核的同事"):
            assigning.assign(application.id, stranger, by=me)


def test_many_are_given_at_once_and_foreign_ones_stay(application: Application, me: Actor) -> None:
    second = an_application(Stage.CONFIRMED, point=application.point)
    foreign = an_application(Stage.CONFIRMED, school=build.a_school(bureau=build.a_nanjing().gulou))
    given = assigning.assign_many([application.id, second.id, foreign.id], me.id, by=me)
    assert given == [application.id, second.id]
    assert foreign.assigned_to_id is None
    with pytest.raises(NotYours):
        assigning.assign(foreign.id, me.id, by=me)


def test_what_another_bureau_has_given_away_is_nobodys_here(application: Application, me: Actor) -> None:
    city = officer(Role.CITY, application)

    def free(by: Actor) -> bool:
        wanted = select(Application.id).where(Application.id == application.id, assigning.nobodys(by=by))
        return session.scalar(wanted) is not None

    assert free(me)
    assigning.assign(application.id, city.id, by=city)
    assert free(me)
    assert not free(city)


def test_a_message_is_refused_when_empty_or_endless_and_foreign(application: Application, me: Actor) -> None:
    for body, told in (("  ", "请填写留言"), ("长" * (messages.LONGEST + 1), "留言最多1000个字")):
        with pytest.raises(Refused, match=told):
            messages.send(application.id, body, by=me)
    with pytest.raises(NotYours):
        messages.send(application.id, "x", by=build.an_actor(Role.DISTRICT, build.a_nanjing().gulou))
    sent = messages.send(application.id, " 请补交合同 ", by=operator(application))
    assert (sent.body, sent.application_id) == ("请补交合同", application.id)
