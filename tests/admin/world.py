"""Two cities that know nothing of each other, each with every kind of row; and the back office to walk through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin import create_app
from shared import clock, db
from shared.config import AdminSettings
from shared.db import session
from shared.models import (
    Alias,
    Application,
    AssessmentYear,
    AuditEntry,
    Batch,
    BatchRow,
    CalendarDay,
    CertificateRequest,
    Event,
    Export,
    Import,
    Mail,
    NoticeText,
    Objection,
    Person,
    PointSchool,
    Publicity,
    Receipt,
    RevocationRequest,
    RosterEntry,
    SavedView,
    Staff,
    StaffRequest,
    StaffSession,
    TeachingBreak,
)
from shared.models.kinds import (
    AssessmentGrade,
    CertificateService,
    Conclusion,
    IdKind,
    ImportState,
    RequestKind,
    Role,
    Stage,
)
from shared.rules.policy import CODE_TABLES, STAFF_ROLES
from shared.services import accounts
from shared.web.login import SEEN
from tests import build
from tests.conftest import KEY, Database


@dataclass(frozen=True)
class City:
    """One city by its numbers: its staff by role, and one row of each table."""

    staff: dict[Role, int]
    rows: dict[str, int]

    @property
    def application(self) -> int:
        return self.rows["applications"]


def a_city() -> City:
    bureaus = build.a_nanjing()
    school = build.a_school(bureau=bureaus.gulou)
    point = build.a_point(serving=[school])
    campaign = build.a_campaign(bureaus.province)
    material = build.a_material(campaign)
    application = build.an_application(Stage.SUBMITTED, campaign=campaign, point=point, school=school, photo=True)
    places = {Role.SCHOOL: school, Role.POINT: point, Role.DISTRICT: bureaus.gulou, Role.CITY: bureaus.city}
    staff = {role: build.staff(role, places.get(role, bureaus.province)).id for role in STAFF_ROLES}
    rows = {row.__tablename__: row.id for row in _rows_of(application, staff[Role.DISTRICT])} | {
        "materials": material.id,
        "events": _an_event(application),
        "batches": _a_batch(application, staff[Role.SCHOOL]),
        "imports": _an_import(staff[Role.SUPERUSER]),
        "exports": _an_export(staff[Role.SCHOOL]),
        "receipts": _a_receipt(application, staff[Role.POINT]),
        "applications": application.id,
        "people": application.person_id,
        "staff": staff[Role.CITY],
        "staff_sessions": _a_session(staff[Role.CITY]),
        "bureaus": bureaus.gulou.id,
        "schools": school.id,
        "confirmation_points": point.id,
        "point_schools": session.scalar(select(PointSchool.id).where(PointSchool.point_id == point.id)),
        "campaigns": campaign.id,
        "windows": campaign.windows[0].id,
        "audit_entries": session.scalar(select(AuditEntry.id).limit(1)),
    }
    rows["saved_views"] = build.add(_a_saved_view(staff[Role.DISTRICT])).id
    rows |= {model.__tablename__: a_code_row(model) for model in CODE_TABLES}
    session.commit()
    return City(staff, rows)


def _rows_of(application: Application, officer_id: int) -> list[Any]:
    mine = {"application_id": application.id}
    round_ = {"campaign_id": application.campaign_id}
    home = {"bureau_id": application.bureau_id}
    rows: list[Any] = [
        AssessmentYear(**mine, year=2025, assessment=AssessmentGrade.QUALIFIED),
        TeachingBreak(**mine, begins_on=date(2024, 1, 1), ends_on=date(2024, 2, 1), reason="病假"),
        RevocationRequest(**mine, reason="查实", requested_by_id=officer_id, requested_at=clock.now()),
        StaffRequest(**home, kind=RequestKind.ADD_SCHOOL, text="新校", raised_at=clock.now(), raised_by="张三"),
        CertificateRequest(
            **home,
            person_id=application.person_id,
            service=CertificateService.REISSUE,
            certificate_number="1",
            account="遗失",
            raised_at=clock.now(),
        ),
        RosterEntry(
            **round_,
            school_id=application.school_id,
            id_kind=IdKind.RESIDENT,
            id_number=build.an_id_number(),
            name="李四",
        ),
        Publicity(**round_, **home, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 8)),
        Objection(**round_, **home, registration_number="0", raised_by="x", received_on=date(2099, 1, 1), body="x"),
        Mail(to="a@example.cn", subject="通知", body="…", due_at=clock.now()),
    ]
    build.add(*rows)
    return rows


def _a_saved_view(staff_id: int) -> SavedView:
    return SavedView(staff_id=staff_id, table_name="applications", name="待初审", query="stage=confirmed")


def _a_session(staff_id: int) -> int:
    """Somebody is at work: one session that is open."""
    now = clock.now()
    row = StaffSession(staff_id=staff_id, token_hash=f"{build.number():064d}", begun_at=now, seen_at=now)
    return build.add(row).id


def _an_event(application: Application) -> int:
    event = Event(
        application_id=application.id,
        at=clock.now(),
        move="submit",
        actor_name="张三",
        from_stage=Stage.DRAFT,
        to_stage=Stage.SUBMITTED,
        from_conclusion=Conclusion.NONE,
        to_conclusion=Conclusion.NONE,
        reason="",
        form_version=1,
    )
    return build.add(event).id


def _a_batch(application: Application, officer_id: int) -> int:
    """What the school's officer has chosen and not looked at yet."""
    batch = build.add(Batch(staff_id=officer_id, move="school_pass", total=1, made_at=clock.now()))
    row = BatchRow(batch_id=batch.id, application_id=application.id, seen_version=application.version)
    build.add(row)
    return batch.id


def _an_import(keeper_id: int) -> int:
    """What the superuser has sent in and not decided yet."""
    row = Import(
        kind="schools", staff_id=keeper_id, file_name="学校.xlsx", sha256="0" * 64, size=1, made_at=clock.now(),
        state=ImportState.CHECKED, total=1, new=1, digest="0" * 64,
    )  # fmt: skip
    return build.add(row).id


def _an_export(officer_id: int) -> int:
    """What the school's officer waits for."""
    row = Export(
        staff_id=officer_id,
        table_name="applications",
        query="",
        columns=["name"],
        file_format="csv",
        total=1,
        file_name="教师资格定期注册.csv",
        made_at=clock.now(),
    )
    return build.add(row).id


def a_code_row(model: type[Any]) -> int:
    """A row of a code table; what the tests' reference data lack is made."""
    if model is NoticeText:
        return build.add(NoticeText(key="terms", edition=build.number(), body="正文")).id
    if model is CalendarDay:
        day = date(2030, 1, 1) + timedelta(days=build.number())
        return build.add(CalendarDay(day=day, is_workday=False)).id
    if model is Alias:
        return build.add(Alias(table_name="schools", row_id=1, name=f"旧称{build.number()}")).id
    found = session.scalar(select(model.id).limit(1))
    if found is None:
        message = f"no row of {model.__name__}"
        raise AssertionError(message)
    return int(found)


def _a_receipt(application: Application, operator_id: int) -> int:
    receipt = Receipt(
        application_id=application.id,
        number=f"R{build.number()}",
        point_id=application.point_id,
        year=2026,
        serial=build.number(),
        form_version=1,
        issued_at=clock.now(),
        issued_by_id=operator_id,
    )
    return build.add(receipt).id


@cache
def settings() -> AdminSettings:
    return AdminSettings(
        app_env="test",
        database_url="sqlite://",
        data_keys=(KEY,),
        mail_url="file:///dev/null",
        mail_from="a@example.cn",
        time_zone="Asia/Shanghai",
        portal_url="http://127.0.0.1:8000",
        admin_url="http://127.0.0.1:8001",
        var_dir=Path("var").resolve(),
        trusted_proxies=0,
        secret_key="s" * 40,
    )


def make() -> Flask:
    """The back office as it starts, over an empty database."""
    app = create_app(settings())
    app.extensions["database"].dispose()
    db._factory.configure(bind=None)
    return app


def the_app(database: Database, *, csrf: bool = False) -> Flask:
    """The back office over the database of this test."""
    app = create_app(settings())
    app.extensions["database"].dispose()
    app.extensions["database"] = database.engine
    database.bind()
    app.config["WTF_CSRF_ENABLED"] = csrf
    app.testing = True
    return app


def logged_in(app: Flask, staff_id: int) -> FlaskClient:
    """A browser in which the member of staff with this number has logged in."""
    client = app.test_client()
    account = accounts.staff_member(staff_id, None, "127.0.0.1")
    assert account is not None, "this account may not log in"
    account = accounts.begin_session(account, browser="tests")
    session.rollback()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = account.key
        cookie["_fresh"] = True
        cookie[SEEN] = clock.now().timestamp()
    return client


def log_in(client: FlaskClient, username: str, password: str, *, to: str = "") -> TestResponse:
    """Through the door, with the code if the account has a second factor; the last answer."""
    wanted = f"?next={to}" if to else ""
    answer = client.post(f"/login{wanted}", data={"username": username, "password": password})
    if "/login/code" not in answer.headers.get("Location", ""):
        return answer
    member = session.scalars(select(Staff).where(Staff.username == username)).one()
    code = build.a_code(member)
    session.rollback()
    return client.post(answer.headers["Location"], data={"code": code})


@contextmanager
def kept(database: Database) -> Iterator[None]:
    """Whatever happens inside is forgotten."""
    with database.aside():
        yield
    db.session.remove()


def person_of(city: City) -> Person:
    return session.get_one(Person, city.rows["people"])


def application_of(city: City) -> Application:
    return session.get_one(Application, city.application)
