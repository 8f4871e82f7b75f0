"""What somebody on the staff has before them: deadlines of the campaigns, the oldest cases, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from shared import clock
from shared.db import session
from shared.models import Application, Campaign, Event, Hold, Publicity
from shared.models.kinds import EntryStatus, Stage
from shared.models.records import SENT_BACK
from shared.rules import deadlines
from shared.rules.deadlines import Deadline
from shared.rules.rights import Actor, Can
from shared.rules.workdays import IsWorkday, UnknownYear
from shared.services import access, calendar, campaigns
from shared.services.campaigns import StageTimes
from shared.text import Text

MOST_CAMPAIGNS = 5  # those that began last; nobody works on more at a time
OLDEST = 10
MOST_SENT_BACK = 1_000  # of the last ones that a higher level sent back, so many are looked at
YEARS = timedelta(days=800)  # back to what waits longest, ahead to the end of what begins now


@dataclass(frozen=True)
class Term:
    """A campaign and the day by which everybody in it must have a conclusion."""

    campaign: Campaign
    deadline: Deadline
    stages: list[StageTimes]


@dataclass(frozen=True)
class Waiting:
    """An application and since how many working days it stands where it stands; a sentence where nobody can count."""

    application: Application
    days: int | None
    unknown: Text | None = None


def working_days() -> IsWorkday:
    """The working days of some years around today, read with one statement."""
    today = clock.arrival_day()
    return calendar.over(today - YEARS, today + YEARS)


def terms(works: IsWorkday, *, by: Actor) -> list[Term]:
    """The newest campaigns that the actor takes part in, each with its deadline and its opening times."""
    wanted = (
        access.query(Campaign, by=by)
        .where(Campaign.status == EntryStatus.ACTIVE)
        .options(selectinload(Campaign.windows), joinedload(Campaign.bureau))
        .order_by(Campaign.acceptance_ends_on.desc(), Campaign.id.desc())
        .limit(MOST_CAMPAIGNS)
    )
    found = session.scalars(wanted).all()
    today = clock.arrival_day()
    return [
        Term(
            one,
            deadlines.conclude_by(one.acceptance_ends_on, today, works),
            campaigns.times_of(one, works, by.bureau_path),
        )
        for one in found
    ]


def waiting(stage: Stage, *, by: Actor, to: Can) -> Select[Application]:
    """The applications at `stage` for which the actor has the right `to`."""
    return access.query(Application, by=by, to=to).where(Application.stage == stage)


def oldest(stage: Stage, works: IsWorkday, *, by: Actor, to: Can) -> list[Waiting]:
    """Those that have stood at `stage` longest, the longest first."""
    order = Application.stage_at, Application.id
    # The keys first: they and what they are sorted by stand in an index, rows as wide as these do not sort well.
    keys = waiting(stage, by=by, to=to).with_only_columns(Application.id).order_by(*order).limit(OLDEST)
    wanted = select(Application).where(Application.id.in_(keys.correlate(None))).options(joinedload(Application.school))
    found = session.scalars(wanted.order_by(*order))
    today = clock.arrival_day()
    return [_since(one, today, works) for one in found]


def _since(application: Application, today: date, works: IsWorkday) -> Waiting:
    try:
        return Waiting(application, deadlines.between(clock.local(application.stage_at).date(), today, works))
    except UnknownYear as unknown:
        return Waiting(application, None, unknown.text)


def sent_back(stage: Stage, *, by: Actor, to: Can) -> Select[Application]:
    """What the next level has sent back to the actor's and nobody has decided since."""
    came_back = select(Event.application_id).where(SENT_BACK, Event.to_stage == stage)
    lately = came_back.order_by(Event.id.desc()).limit(MOST_SENT_BACK).correlate(None)
    return waiting(stage, by=by, to=to).where(Application.id.in_(lately))


def held(*, by: Actor) -> Select[Hold]:
    """The open holds in the actor's part, the oldest first."""
    return access.query(Hold, by=by).where(Hold.lifted_at.is_(None))


def assigned(*, by: Actor) -> Select[Application]:
    """What colleagues gave to the actor and is not concluded."""
    over = (Stage.CONCLUDED, Stage.WITHDRAWN, Stage.REVOKED)
    mine = access.query(Application, by=by).where(Application.assigned_to_id == by.id)
    return mine.where(Application.stage.not_in(over))


def publicities(*, by: Actor) -> Sequence[Publicity]:
    """What is publicised now or will be, with its last day."""
    wanted = access.query(Publicity, by=by).where(Publicity.ends_on >= clock.arrival_day())
    options = joinedload(Publicity.bureau), joinedload(Publicity.campaign)
    return session.scalars(wanted.options(*options).order_by(Publicity.ends_on, Publicity.id).limit(OLDEST)).all()
