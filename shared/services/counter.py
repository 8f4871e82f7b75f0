"""What the confirmation desk asks: who is in front of it, what differs, what is missing, how the day goes (S19–S21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from shared import clock
from shared.db import session
from shared.models import Application, Campaign, Certificate, ConfirmationPoint, Material, Person, Receipt, Staff
from shared.models.kinds import Role, Stage
from shared.rules import at_desk, comparing, policy
from shared.rules.checks import Problem
from shared.rules.comparing import Difference
from shared.rules.guards import CHECKED, PAPERS, SIGNED
from shared.rules.rights import Actor, Can
from shared.rules.states import MOVES
from shared.services import access, answers, confirming, versions, workflow
from shared.services.confirming import Desk
from shared.services.errors import NotYours, Refused
from shared.text import Text, _, in_chinese

PAGE = 50
AND = _("、")


@dataclass(frozen=True)
class Case:
    """An application beside its papers and the registry. `paper`: the version that lies on the desk, 0 if unknown."""

    desk: Desk
    certificate: Certificate | None
    locked: bool
    registry: list[Difference]
    paper: int
    changes: list[Difference]
    obstacles: list[Text]
    missing: list[Material]

    @property
    def void(self) -> bool:
        """Whether the paper on the desk must be printed and signed once more (S20)."""
        return self.paper not in (0, self.desk.application.form_version)


@dataclass(frozen=True)
class Elsewhere:
    """An application at another point: which one, and whether this desk may take it over."""

    number: str
    point: ConfirmationPoint
    takeable: bool


@dataclass(frozen=True)
class Shift:
    """A day at this point: its receipts, newest first, and the numbers."""

    day: date
    receipts: list[Receipt]
    page: int
    pages: int
    confirmed: int
    mine: int
    voided: int
    waiting: int
    returned: int


def find(text: str, *, by: Actor) -> tuple[Application, int | None]:
    """The application of a scanned form or receipt, a registration or ID number; and the version on the paper.

    `NotYours` where the point has none such.
    """
    scan = at_desk.read(text)
    if not scan.number:
        raise Refused(Problem("search", "text", _("请输入或扫描报名号、证件号码")))
    wanted = access.query(Application, by=by)
    if scan.is_receipt:
        wanted = wanted.join(Receipt, Receipt.application_id == Application.id).where(Receipt.number == scan.number)
    else:
        named = or_(Application.registration_number == scan.number, Person.id_number == scan.number)
        wanted = wanted.join(Person).where(named)
    found = session.scalar(wanted.order_by(Application.id.desc()).limit(1))
    if found is None:
        raise NotYours
    return found, scan.version


def is_void_receipt(text: str, *, by: Actor) -> bool:
    """Whether what was scanned is the number of a receipt that does not count any more."""
    scan = at_desk.read(text)
    mine = access.query(Receipt, by=by).where(Receipt.number == scan.number, Receipt.voided_at.is_not(None))
    return scan.is_receipt and session.scalar(mine) is not None


def elsewhere(text: str, *, by: Actor) -> Elsewhere | None:
    """Where somebody with a form of another point belongs; asked by the form's own number only.

    Read by the table and so past the viewer's net: nothing but the point's name comes of it.
    """
    scan = at_desk.read(text)
    table = Application.__table__.c
    takeable = policy.condition(Application, by, Can.CHANGE_POINT) & Application.stage.in_(MOVES["change_point"].paths)
    asked = select(table.point_id, table.id.in_(select(table.id).where(takeable))).where(
        table.registration_number == scan.number, table.form_version > 0
    )
    found = session.execute(asked).first()
    if found is None or found[0] is None:
        return None
    return Elsewhere(scan.number, session.get_one(ConfirmationPoint, found[0]), bool(found[1]))


def case(application_id: int, *, by: Actor, paper: int = 0, masked: bool = True) -> Case:
    """Everything that the operator compares. Without a scan, the paper is taken to be the last print."""
    desk = confirming.desk(application_id, by=by)
    application = desk.application
    certificate = versions.registered(application)
    on_desk = paper or application.printed_version
    return Case(
        desk=desk,
        certificate=certificate,
        locked=answers.registered(answers.of_application(application)) is not None,
        registry=comparing.with_registry(application, certificate, masked=masked) if certificate else [],
        paper=on_desk,
        changes=versions.changed_since(application, on_desk) if on_desk else [],
        obstacles=_obstacles(application, by),
        missing=desk.missing,
    )


def _obstacles(application: Application, by: Actor) -> list[Text]:
    """Why nobody can confirm now, whatever papers are brought."""
    if application.stage in at_desk.STANDING:
        return [at_desk.STANDING[application.stage]]
    refused = workflow.preview([application.id], "confirm", by=by).refused.get(application.id, [])
    return [
        _who_checks(application) if problem.code == CHECKED.code else problem.text
        for problem in refused
        if problem.code not in (PAPERS.code, SIGNED.code)
    ]


def _who_checks(application: Application) -> Text:
    officers = select(Staff.name).where(Staff.role == Role.SCHOOL, Staff.school_id == application.school_id)
    names = str(AND).join(session.scalars(officers.where(Staff.active).order_by(Staff.id)))
    if not names:
        return _("学校尚未审校。{school}没有审校员账号，请联系所在区教育局开通", school=application.school)
    return _("学校尚未审校。请{school}的审校员（{names}）先审校通过", school=application.school, names=names)


def signed(application_id: int, text: str, *, by: Actor) -> int:
    """The version on the paper that was signed, typed or scanned; `Refused` where the paper is somebody else's."""
    application = access.one(Application, application_id, by=by)
    found = at_desk.version_on_paper(text, application.registration_number)
    if isinstance(found, int):
        return found
    raise Refused(Problem("signed_version", "signed_version", found))


def done(application_id: int, *, by: Actor) -> bool:
    """Whether somebody has confirmed it already: to confirm it once more changes nothing, not even the papers."""
    application = access.one(Application, application_id, by=by, to=Can.CONFIRM)
    return application.stage is Stage.CONFIRMED


def named(problems: Iterable[Problem], missing: Iterable[Material]) -> list[Problem]:
    """The problems of a refusal, with the papers that are missing by name."""
    names = str(AND).join(paper.name for paper in missing)
    told = Problem(PAPERS.code, "", _("纸质材料不齐，还缺：{names}", names=names))
    return [told if problem.code == PAPERS.code and names else problem for problem in problems]


def asks_for(missing: Iterable[Material]) -> str:
    """The reason to write to somebody whose papers are incomplete: all of them at once (行政许可法 article 32)."""
    with in_chinese():  # it is written to the applicant, whatever language the operator reads
        names = str(AND).join(paper.name for paper in missing)
        return str(_("请补交材料：{names}。补齐后再到确认点办理。", names=names)) if names else ""


def last(*, by: Actor) -> Receipt | None:
    """The receipt that `by` gave out last today, to come back to."""
    mine = _issued(clock.today(), by).where(Receipt.issued_by_id == by.id, Receipt.voided_at.is_(None))
    return session.scalar(mine.order_by(Receipt.serial.desc()).limit(1))


def shift(*, by: Actor, day: date | None = None, page: int = 1) -> Shift:
    """What this point has confirmed on a day, and what waits for it now."""
    when = day or clock.today()
    valid = Receipt.voided_at.is_(None)
    counted = (
        func.count(),
        func.count().filter(valid),
        func.count().filter(and_(valid, Receipt.issued_by_id == by.id)),
    )
    total, confirmed, mine = session.execute(_issued(when, by).with_only_columns(*counted)).one()
    pages = max(1, -(-total // PAGE))
    shown = min(max(1, page), pages)
    listed = _issued(when, by).options(joinedload(Receipt.application), joinedload(Receipt.issued_by))
    rows = session.scalars(listed.order_by(Receipt.serial.desc()).offset((shown - 1) * PAGE).limit(PAGE))
    return Shift(when, list(rows), shown, pages, confirmed, mine, total - confirmed, _waiting(by), _returned(by))


def _issued(day: date, by: Actor) -> Select[Receipt]:
    begins, ends = (clock.midnight(one) for one in (day, day + timedelta(days=1)))
    # The year is the beginning of the index; a receipt counts in the year in which it was given out.
    at_point = Receipt.point_id == by.point_id, Receipt.year == day.year
    return access.query(Receipt, by=by).where(*at_point, Receipt.issued_at >= begins, Receipt.issued_at < ends)


def _waiting(by: Actor) -> int:
    unchecked = select(Campaign.id).where(Campaign.has_school_check.is_(False))
    ready = or_(
        Application.stage == Stage.SCHOOL_CHECKED,
        and_(Application.stage == Stage.SUBMITTED, Application.campaign_id.in_(unchecked)),
    )
    return _count(by, ready)


def _returned(by: Actor) -> int:
    return _count(by, Application.stage == Stage.RETURNED)


def _count(by: Actor, condition: ColumnElement[bool]) -> int:
    mine = access.query(Application, by=by, to=Can.CONFIRM).where(condition)
    return session.scalar(mine.with_only_columns(func.count())) or 0
