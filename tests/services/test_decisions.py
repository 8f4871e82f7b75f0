"""Decisions of the bureaus, and that a move is one transaction, of one application or a thousand."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from shared.db import session
from shared.models import Application, AuditEntry, Event, Person
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules.guards import Order
from shared.rules.rights import Actor
from shared.services import access, workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from tests import build
from tests.actors import codes, events, officer, operator, teacher, why_not
from tests.build import an_application
from tests.conftest import Database

pytestmark = pytest.mark.usefixtures("database")
SetClock = Callable[[datetime], datetime]


@pytest.mark.parametrize(
    ("conclusion", "code"),
    [(Conclusion.REGISTERED, None), (Conclusion.DEFERRED, "D4"), (Conclusion.REFUSED, "F1")],
)
def test_the_preliminary_decision_has_three_conclusions(conclusion: Conclusion, code: str | None) -> None:
    application = an_application(Stage.CONFIRMED)
    wish = Wish(conclusion=conclusion, reason="见材料", reason_code=code)
    workflow.move(application.id, "preliminary", by=officer(Role.DISTRICT, application), wish=wish)
    found = (application.stage, application.conclusion, application.reason, application.reason_code)
    assert found == (Stage.PRELIMINARY, conclusion, "见材料", code)


@pytest.mark.parametrize(
    ("conclusion", "code"),
    [(Conclusion.REGISTERED, "F1"), (Conclusion.DEFERRED, "F1"), (Conclusion.REFUSED, "D4"), (Conclusion.REFUSED, "X")],
)
def test_a_reason_code_fits_its_conclusion(conclusion: Conclusion, code: str) -> None:
    application = an_application(Stage.CONFIRMED)
    wish = Wish(conclusion=conclusion, reason="见材料", reason_code=code)
    by = officer(Role.DISTRICT, application)
    assert codes(why_not(application, "preliminary", by=by, wish=wish)) == {"reason_code"}


def test_an_earlier_decision_is_not_overturned_by_deciding_again() -> None:
    application = an_application(Stage.PRELIMINARY, conclusion=Conclusion.REFUSED)
    by = officer(Role.DISTRICT, application)
    wish = Wish(conclusion=Conclusion.REGISTERED)
    assert codes(why_not(application, "preliminary", by=by, wish=wish)) == {"stage"}
    assert codes(why_not(application, "revise_preliminary", by=by, wish=wish)) == {"reason"}


def test_a_decision_needs_a_conclusion_and_an_unwelcome_one_a_reason() -> None:
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    assert codes(why_not(application, "preliminary", by=by)) == {"conclusion"}
    assert codes(why_not(application, "preliminary", by=by, wish=Wish(conclusion=Conclusion.NONE))) == {"conclusion"}
    assert codes(why_not(application, "preliminary", by=by, wish=Wish(conclusion=Conclusion.DEFERRED))) == {"reason"}
    passing = Wish(conclusion=Conclusion.REGISTERED, reason="x")
    assert codes(why_not(application, "disqualify", by=by, wish=passing)) == {"conclusion"}


def test_a_preliminary_conclusion_changes_until_publicity_begins(at: SetClock) -> None:
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    build.a_publicity(application.campaign, application.bureau, date(2026, 11, 5), date(2026, 11, 11))
    wish = Wish(conclusion=Conclusion.REGISTERED)
    at(datetime(2026, 11, 4, 23, 59))  # noqa: DTZ001
    workflow.move(application.id, "preliminary", by=by, wish=wish)
    deferred = Wish(conclusion=Conclusion.DEFERRED, reason="缺材料")
    workflow.move(application.id, "revise_preliminary", by=by, wish=deferred)
    assert application.conclusion is Conclusion.DEFERRED
    at(datetime(2026, 11, 5, 0, 0))  # noqa: DTZ001
    assert codes(why_not(application, "revise_preliminary", by=by, wish=deferred)) == {"published"}


def test_the_city_agrees_only_after_publicity(at: SetClock) -> None:
    application = an_application(Stage.PRELIMINARY)
    by = officer(Role.CITY, application)
    assert codes(why_not(application, "agree", by=by)) == {"unpublished"}
    build.a_publicity(application.campaign, application.bureau, date(2026, 11, 5), date(2026, 11, 11))
    at(datetime(2026, 11, 11, 23, 59))  # noqa: DTZ001
    assert codes(why_not(application, "agree", by=by)) == {"unpublished"}
    at(datetime(2026, 11, 12, 0, 0))  # noqa: DTZ001
    workflow.move(application.id, "agree", by=by)
    assert application.stage is Stage.REVIEWED


def test_a_conclusion_that_was_changed_after_publicity_is_publicised_again(at: SetClock) -> None:
    application = an_application(Stage.PRELIMINARY)
    district, city = officer(Role.DISTRICT, application), officer(Role.CITY, application)
    build.a_publicity(application.campaign, application.bureau, date(2026, 11, 5), date(2026, 11, 11))
    at(datetime(2026, 11, 12, 9, 0))  # noqa: DTZ001
    workflow.move(application.id, "send_back_review", by=city, wish=Wish(reason="理由不充分"))
    refused = Wish(conclusion=Conclusion.REFUSED, reason="师德考核不合格", reason_code="F1")
    workflow.move(application.id, "preliminary", by=district, wish=refused)
    assert codes(why_not(application, "agree", by=city)) == {"unpublished"}
    build.a_publicity(application.campaign, application.bureau, date(2026, 11, 13), date(2026, 11, 19))
    at(datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001
    workflow.move(application.id, "agree", by=city)
    assert application.stage is Stage.REVIEWED


def test_without_publicity_in_the_chain_nobody_waits_for_it() -> None:
    application = an_application(Stage.PRELIMINARY, campaign=build.a_campaign(publicity_days=0))
    workflow.move(application.id, "agree", by=officer(Role.CITY, application))
    assert application.stage is Stage.REVIEWED


def test_a_case_sent_back_to_the_district_has_no_conclusion() -> None:
    application = an_application(Stage.PRELIMINARY, conclusion=Conclusion.DEFERRED, reason="缺材料", reason_code="D4")
    workflow.move(application.id, "send_back_review", by=officer(Role.CITY, application), wish=Wish(reason="请复查"))
    found = (application.stage, application.conclusion, application.reason, application.reason_code)
    assert found == (Stage.CONFIRMED, Conclusion.NONE, "", None)


def test_without_city_review_in_the_chain_the_province_concludes_at_once() -> None:
    wish = Wish(conclusion=Conclusion.REGISTERED)
    reviewing, direct = (build.a_campaign(has_city_review=flag, publicity_days=0) for flag in (True, False))
    held, free = (an_application(Stage.PRELIMINARY, campaign=campaign) for campaign in (reviewing, direct))
    assert codes(why_not(held, "final", by=officer(Role.PROVINCE, held), wish=wish)) == {"unreviewed"}
    workflow.move(free.id, "final", by=officer(Role.PROVINCE, free), wish=wish)
    assert free.stage is Stage.CONCLUDED


@pytest.mark.parametrize(
    ("today", "until"),
    [(datetime(2026, 12, 1, 9), date(2031, 12, 1)), (datetime(2028, 2, 29, 9), date(2033, 2, 28))],  # noqa: DTZ001
)
def test_a_registration_is_valid_for_five_years(at: SetClock, today: datetime, until: date) -> None:
    at(today)
    application = an_application(Stage.REVIEWED)
    by = officer(Role.PROVINCE, application)
    workflow.move(application.id, "final", by=by, wish=Wish(conclusion=Conclusion.REGISTERED))
    assert (application.stage, application.valid_until) == (Stage.CONCLUDED, until)


def test_a_deferred_registration_is_valid_until_never() -> None:
    application = an_application(Stage.REVIEWED)
    wish = Wish(conclusion=Conclusion.DEFERRED, reason="学时不足", reason_code="D4")
    workflow.move(application.id, "final", by=officer(Role.PROVINCE, application), wish=wish)
    assert (application.conclusion, application.valid_until) == (Conclusion.DEFERRED, None)


def test_a_districts_request_to_revoke_is_decided_by_the_city_and_nobody_else() -> None:
    application = an_application(Stage.CONCLUDED)
    district, city, province = (officer(role, application) for role in (Role.DISTRICT, Role.CITY, Role.PROVINCE))
    wish = Wish(reason="登记错误")
    assert codes(why_not(application, "approve_revocation", by=city, wish=wish)) == {"unrequested"}
    workflow.move(application.id, "request_revocation", by=district, wish=wish)
    assert codes(why_not(application, "request_revocation", by=district, wish=wish)) == {"requested"}
    assert codes(why_not(application, "approve_revocation", by=district, wish=wish)) == {"not_yours"}
    assert codes(why_not(application, "approve_revocation", by=province, wish=wish)) == {"unrequested"}
    workflow.move(application.id, "approve_revocation", by=city, wish=wish)
    assert application.stage is Stage.REVOKED


def test_only_a_registration_can_be_revoked() -> None:
    application = an_application(Stage.CONCLUDED, conclusion=Conclusion.REFUSED, reason="x", valid_until=None)
    by = officer(Role.DISTRICT, application)
    assert codes(why_not(application, "request_revocation", by=by, wish=Wish(reason="x"))) == {"unregistered"}


def test_a_move_leaves_one_event_and_one_audit_entry_that_say_who_and_what(at: SetClock) -> None:
    moment = at(datetime(2026, 10, 20, 10, 0))  # noqa: DTZ001
    application = an_application(Stage.CONFIRMED)
    by = officer(Role.DISTRICT, application)
    newest = session.scalar(select(func.max(AuditEntry.id))) or 0
    wish = Wish(conclusion=Conclusion.REFUSED, reason="师德考核不合格", reason_code="F1")
    workflow.move(application.id, "preliminary", by=by, wish=wish)
    happened = session.scalars(select(Event)).one()
    assert (happened.at, happened.move, happened.actor_id, happened.actor_role) == (
        moment,
        "preliminary",
        by.id,
        Role.DISTRICT,
    )
    assert (happened.from_stage, happened.to_stage) == (Stage.CONFIRMED, Stage.PRELIMINARY)
    assert (happened.from_conclusion, happened.to_conclusion) == (Conclusion.NONE, Conclusion.REFUSED)
    assert (happened.reason, happened.reason_code, happened.form_version) == ("师德考核不合格", "F1", 1)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.id > newest)).one()
    assert (noted.table_name, noted.row_id, noted.actor_id, noted.address) == (
        "applications",
        application.id,
        by.id,
        "192.0.2.1",
    )
    assert noted.changes == {
        "stage": ["confirmed", "preliminary"],
        "conclusion": ["none", "refused"],
        "reason_code": [None, "F1"],
        "reason": ["", "师德考核不合格"],
    }


@pytest.fixture
def broken_events(database: Database) -> Iterator[None]:
    """A database that refuses rows of `events`."""
    assert database.connection is not None
    if database.name == "sqlite":
        make = ["CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'broken'); END"]
    else:
        make = ["ALTER TABLE events ADD CONSTRAINT broken CHECK (move = 'no such move') NOT VALID"]
    session.remove()
    for statement in make:
        database.connection.execute(text(statement))
    yield
    session.remove()


def test_nothing_is_saved_when_the_event_cannot_be_written(request: pytest.FixtureRequest) -> None:
    application = an_application(Stage.SUBMITTED)
    key, by = application.id, operator(application)
    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    before = session.execute(select(Application.stage, Application.version).where(Application.id == key)).one()
    request.getfixturevalue("broken_events")
    with pytest.raises(DBAPIError):
        workflow.move(key, "return", by=by, wish=Wish(reason="缺材料"))
    assert session.execute(select(Application.stage, Application.version).where(Application.id == key)).one() == before
    assert (events(), session.scalar(select(func.count()).select_from(AuditEntry))) == (0, entries)


def test_a_thousand_applications_move_with_a_few_statements(database: Database) -> None:
    first = an_application(Stage.SUBMITTED)
    ids = [first.id, *_copies(first, 999)]
    assert database.connection is not None
    with _counted(database.connection) as statements:
        outcome = workflow.move_many(ids, "return", by=operator(first), wish=Wish(reason="请补充合同"))
    assert len(outcome.moved) == 1000
    assert len(statements) < 40, statements
    assert events() == 1000


def _copies(first: Application, how_many: int) -> list[int]:
    """More applications like the first, of other people, written in one go."""
    people = [
        {"id_kind": first.person.id_kind, "id_number": build.an_id_number(), "name": "李明", "email": "a@example.cn"}
        for _ in range(how_many)
    ]
    columns = {c.key: getattr(first, c.key) for c in Application.__table__.columns if c.key not in ("id", "version")}
    session.execute(insert(Person), people, execution_options={"recorded": True})
    owners = session.scalars(select(Person.id).where(Person.name == "李明"))
    rows = [columns | {"person_id": owner, "registration_number": f"N{owner}"} for owner in owners]
    session.execute(insert(Application), rows, execution_options={"recorded": True})
    session.commit()
    return list(session.scalars(select(Application.id).where(Application.id != first.id)))


class _counted:  # noqa: N801  reads as a word of the test
    """The statements that reach a connection inside the block."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.statements = connection, list[str]()

    def note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self.connection, "before_cursor_execute", self.note)
        return self.statements

    def __exit__(self, *_error: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self.note)


def test_a_consequence_shares_the_transaction_of_its_move(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []

    def fails(moved: list[int], _order: Order, _by: Actor) -> None:
        seen.append(moved)
        raise Refused

    monkeypatch.setitem(workflow.CONSEQUENCES, "return", fails)
    application = an_application(Stage.SUBMITTED)
    key = application.id
    with pytest.raises(Refused):
        workflow.move(key, "return", by=operator(application), wish=Wish(reason="缺材料"))
    assert seen == [[key]]
    assert (access.one(Application, key, by=teacher(application)).stage, events()) == (Stage.SUBMITTED, 0)
