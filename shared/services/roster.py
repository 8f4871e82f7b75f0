"""A school's people in a campaign: who must register (S23), how far each is, who has not come, who came unlisted.

Read by the tables and so past the viewer's net: what somebody may not see of a line is left out of it here. Of a draft,
or of an application at another school, no more is told than that it exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from shared.db import Base, session
from shared.models import Application, Campaign, Event, Person, RosterEntry
from shared.models.kinds import Conclusion, EntryStatus, Kind, Origin, Stage
from shared.rules import four_eyes, masking, policy
from shared.rules.rights import Actor, Can
from shared.rules.states import TO_THE_TEACHER
from shared.services import access
from shared.text import Text, _

PAGE = 50
MOST_CAMPAIGNS = 10


class Standing(Kind):
    """How far somebody of the school is, as its officer needs to know it."""

    MISSING = "missing", _("未报名")
    BEGUN = "begun", _("填写中，未提交")
    WAITING = "waiting", _("待审校")
    RETURNED = "returned", _("已退回，待教师修改")
    CHECKED = "checked", _("已审校，待现场确认")
    ACCEPTED = "accepted", _("已确认及以后")
    ELSEWHERE = "elsewhere", _("在其他学校报名")


HANDED_IN = (Standing.WAITING, Standing.RETURNED, Standing.CHECKED, Standing.ACCEPTED)


@dataclass(frozen=True)
class Line:
    """One person. Without an application that the reader may see, `application_id` is None."""

    name: str
    id_number: str  # masked
    listed: bool
    standing: Standing
    application_id: int | None
    person_id: int | None
    number: str
    stage: Stage | None
    conclusion: Conclusion | None
    since: datetime | None
    form_version: int
    printed: bool
    withdrawn: bool
    unapplied: bool


@dataclass(frozen=True)
class Group:
    """Some of the lines: a number on top of the page that narrows the list to what it counts."""

    name: str
    label: Text
    standings: tuple[Standing, ...] = ()
    listed: bool | None = None
    printed: bool = False

    def condition(self, lines: Subquery) -> ColumnElement[bool]:
        asked: list[ColumnElement[bool]] = [true()]
        if self.standings:
            asked.append(lines.c.standing.in_([one.value for one in self.standings]))
        if self.listed is not None:
            asked.append(lines.c.entry_id.is_not(None) if self.listed else lines.c.entry_id.is_(None))
        if self.printed:
            asked.append(lines.c.printed_version == lines.c.form_version)
        return and_(*asked)


GROUPS = (
    Group("listed", _("应注册"), listed=True),
    Group("applied", _("已报名"), HANDED_IN),
    Group("missing", Standing.MISSING.label, (Standing.MISSING,)),
    Group("begun", Standing.BEGUN.label, (Standing.BEGUN,)),
    Group("waiting", Standing.WAITING.label, (Standing.WAITING,)),
    Group("printed", _("已打印申请表"), HANDED_IN, printed=True),
    Group("returned", Standing.RETURNED.label, (Standing.RETURNED,)),
    Group("checked", Standing.CHECKED.label, (Standing.CHECKED,)),
    Group("accepted", Standing.ACCEPTED.label, (Standing.ACCEPTED,)),
    Group("unlisted", _("不在底册中"), listed=False),
    Group("elsewhere", Standing.ELSEWHERE.label, (Standing.ELSEWHERE,)),
)
BY_NAME: Mapping[str, Group] = {group.name: group for group in GROUPS}
EVERYBODY = Group("", _("全部"))


@dataclass(frozen=True)
class Roster:
    """One page of a school's roster; `counts` are of the whole, whatever it is narrowed to."""

    lines: Sequence[Line]
    counts: Mapping[str, int]
    group: Group
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def has_list(self) -> bool:
        """Whether anybody has said who must register: without that, nobody can be missing."""
        return bool(self.counts["listed"])


@dataclass(frozen=True)
class SentBack:
    """An application that went back to the teacher or to the school, by whom, why and since when."""

    application: Application
    event: Event


def campaigns(*, by: Actor) -> Sequence[Campaign]:
    """The campaigns that the actor's place takes part in, the newest first."""
    return session.scalars(_campaigns(by).limit(MOST_CAMPAIGNS)).all()


def _campaigns(by: Actor) -> Select[Campaign]:
    wanted = access.query(Campaign, by=by).where(Campaign.status == EntryStatus.ACTIVE)
    return wanted.order_by(Campaign.acceptance_ends_on.desc(), Campaign.id.desc())


def read(school_id: int, campaign_id: int, *, by: Actor, group: str = "", word: str = "", page: int = 1) -> Roster:
    """A page of the roster; a page beyond the last is the last. `word`: a part of a name, or an ID number."""
    everybody = _lines(school_id, campaign_id, by)
    counted = [func.coalesce(func.sum(case((one.condition(everybody), 1), else_=0)), 0) for one in GROUPS]
    counts = dict(zip(BY_NAME, session.execute(select(*counted).select_from(everybody)).one(), strict=True))
    chosen = BY_NAME.get(group, EVERYBODY)
    found = _lines(school_id, campaign_id, by, word) if word else everybody
    narrowed = select(found).where(chosen.condition(found))
    total = session.scalar(select(func.count()).select_from(narrowed.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    rows = session.execute(_ordered(narrowed, found).limit(PAGE).offset((page - 1) * PAGE))
    return Roster([_line(row) for row in rows], counts, chosen, total, page)


def everyone(school_id: int, campaign_id: int, *, by: Actor, group: str = "", word: str = "") -> list[Line]:
    """The same lines without pages, for a file: a school has some hundred people."""
    found = _lines(school_id, campaign_id, by, word)
    narrowed = select(found).where(BY_NAME.get(group, EVERYBODY).condition(found))
    return [_line(row) for row in session.execute(_ordered(narrowed, found))]


def people_to_help(lines: Sequence[Line], *, by: Actor) -> set[int]:
    """Those of the lines' people whose password the actor may reset."""
    keys = [line.person_id for line in lines if line.application_id and line.person_id]
    wanted = access.query(Person, by=by, to=Can.RESET_PASSWORD).where(Person.id.in_(keys))
    return set(session.scalars(wanted.with_only_columns(Person.id)))


def waiting(*, by: Actor, campaign_id: int | None = None) -> Select[Application]:
    """The applications that the actor has to check, but for the own one, which somebody else checks."""
    wanted = access.query(Application, by=by, to=Can.CHECK).where(
        Application.stage == Stage.SUBMITTED, four_eyes.is_another_persons(by.id)
    )
    return wanted if campaign_id is None else wanted.where(Application.campaign_id == campaign_id)


def following(key: int, *, by: Actor, campaign_id: int | None = None) -> int | None:
    """The next that waits after the application `key`; after the last one the first."""
    wanted = waiting(by=by, campaign_id=campaign_id).where(Application.id != key).with_only_columns(Application.id)
    return session.scalar(wanted.order_by(Application.id < key, Application.id).limit(1))


def came_back(campaign_id: int | None = None, *, by: Actor) -> Select[Application]:
    """What came back and has not been checked again since, joined to the event that sent it; of the newest campaign."""
    last = (
        select(func.max(Event.id))
        .where(Event.application_id == Application.id, Event.move.in_(TO_THE_TEACHER))
        .correlate(Application)
        .scalar_subquery()
    )
    settled = _later_event(("school_pass", "take_back", "confirm"))
    newest = _campaigns(by).limit(1).with_only_columns(Campaign.id).correlate(None).scalar_subquery()
    return (
        access.query(Application, by=by)
        .join(Event, Event.id == last)
        .where(Application.campaign_id == (newest if campaign_id is None else campaign_id))
        .where(Application.stage.in_((Stage.RETURNED, Stage.SUBMITTED)), ~settled)
    )


def sent_back(campaign_id: int, *, by: Actor, page: int = 1) -> tuple[list[SentBack], int]:
    """Those that came back and have not been checked again since, the longest first; and how many there are."""
    wanted = came_back(campaign_id, by=by).add_columns(Event)
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(Application.id).subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    rows = session.execute(wanted.order_by(Event.id).limit(PAGE).offset((page - 1) * PAGE))
    return [SentBack(application, event) for application, event in rows], total


def _later_event(moves: Sequence[str]) -> ColumnElement[bool]:
    later = Event.__table__.alias("later")
    return exists().where(
        later.c.application_id == Event.application_id, later.c.id > Event.id, later.c.move.in_(moves)
    )


def _lines(school_id: int, campaign_id: int, by: Actor, word: str = "") -> Subquery:
    """Everybody on the list with the last application in the campaign, then whoever applied without standing there."""
    listed = _on_the_list(school_id, campaign_id, by, word)
    return union_all(listed, _not_on_the_list(school_id, campaign_id, by, word)).subquery("lines")


def _on_the_list(school_id: int, campaign_id: int, by: Actor, word: str) -> Select[Any]:
    entry = RosterEntry.__table__.alias("entry")
    person, mine = Person.__table__.alias("person"), Application.__table__.alias("mine")
    newest = Application.__table__.alias("newest")
    last = (
        select(func.max(newest.c.id))
        .where(newest.c.person_id == person.c.id, newest.c.campaign_id == entry.c.campaign_id)
        .correlate(person, entry)
        .scalar_subquery()
    )
    same = and_(person.c.id_kind == entry.c.id_kind, person.c.id_number == entry.c.id_number)
    people = entry.outerjoin(person, same).outerjoin(mine, mine.c.id == last)
    return (
        select(entry.c.id.label("entry_id"), entry.c.name, entry.c.id_number, *_told(mine, school_id, by))
        .select_from(people)
        .where(entry.c.school_id == school_id, entry.c.campaign_id == campaign_id, _seen(RosterEntry, entry, by))
        .where(_found(entry.c.name, entry.c.id_number, word))
    )


def _not_on_the_list(school_id: int, campaign_id: int, by: Actor, word: str) -> Select[Any]:
    person, mine = Person.__table__.alias("person"), Application.__table__.alias("mine")
    entry = RosterEntry.__table__.alias("entry")
    listed = exists().where(
        entry.c.campaign_id == campaign_id,
        entry.c.id_kind == person.c.id_kind,
        entry.c.id_number == person.c.id_number,
        entry.c.school_id == school_id,
    )
    found: Select[Any] = (
        select(cast(null(), Integer).label("entry_id"), mine.c.name, person.c.id_number, *_told(mine, school_id, by))
        .select_from(mine.join(person, person.c.id == mine.c.person_id))
        .where(mine.c.school_id == school_id, mine.c.campaign_id == campaign_id, _seen(Application, mine, by))
        .where(mine.c.stage.not_in((Stage.DRAFT, Stage.WITHDRAWN)), ~listed)
        .where(_found(mine.c.name, person.c.id_number, word))
    )
    return found


def _told(mine: FromClause, school_id: int, by: Actor) -> list[ColumnElement[Any]]:
    columns = mine.c
    standing = case(
        (or_(columns.id.is_(None), columns.stage == Stage.WITHDRAWN), Standing.MISSING.value),
        (columns.stage == Stage.DRAFT, Standing.BEGUN.value),
        (func.coalesce(columns.school_id, 0) != school_id, Standing.ELSEWHERE.value),
        (columns.stage == Stage.SUBMITTED, Standing.WAITING.value),
        (columns.stage == Stage.RETURNED, Standing.RETURNED.value),
        (columns.stage == Stage.SCHOOL_CHECKED, Standing.CHECKED.value),
        else_=literal(Standing.ACCEPTED.value, String),
    )
    names = ("person_id", "registration_number", "stage", "conclusion", "stage_at", "form_version", "printed_version")
    here = and_(columns.school_id == school_id, _seen(Application, mine, by))
    return [
        columns.id.label("application_id"),
        *(columns[name] for name in names),
        columns.origin,
        standing.label("standing"),
        case((here, 1), else_=0).label("seen"),
    ]


def _seen(model: type[Base], row: FromClause, by: Actor) -> ColumnElement[bool]:
    """SCOPE's condition on one row of an alias."""
    own = model.__table__.c.id
    return (
        select(literal(1))
        .select_from(model.__table__)
        .where(own == row.c.id, policy.condition(model, by, Can.VIEW))
        .correlate(row)
        .exists()
    )


def _found(name: ColumnElement[Any], id_number: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    if not word:
        return true()
    return or_(name.contains(word, autoescape=True), id_number == word.upper())


def _ordered(narrowed: Select[Any], lines: Subquery) -> Select[Any]:
    """As the list was written, and after it those who do not stand on it."""
    return narrowed.order_by(lines.c.entry_id.is_(None), lines.c.entry_id, lines.c.application_id)


def _line(row: Any) -> Line:  # noqa: ANN401  a row of the columns above
    seen = bool(row.seen)
    return Line(
        name=row.name or "",
        id_number=masking.id_number(row.id_number),
        listed=row.entry_id is not None,
        standing=next(one for one in Standing if one.value == row.standing),
        application_id=row.application_id if seen else None,
        person_id=row.person_id if seen else None,
        number=row.registration_number if seen else "",
        stage=row.stage if seen else None,
        conclusion=row.conclusion if seen else None,
        since=row.stage_at if seen else None,
        form_version=row.form_version if seen else 0,
        printed=seen and 0 < row.form_version == row.printed_version,
        withdrawn=row.stage is Stage.WITHDRAWN,
        unapplied=seen and row.origin is Origin.IMPORT_UNAPPLIED,
    )
