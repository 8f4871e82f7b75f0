"""The round of registration that is on, and its texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from shared import clock
from shared.db import session
from shared.models import Campaign, Material, NoticeText, Window
from shared.models.kinds import EntryStatus, RegistrationType, WindowStage
from shared.rules.windows import Span
from shared.rules.workdays import IsWorkday
from shared.services import calendar, outlook, windows


@dataclass(frozen=True)
class StageTimes:
    """When one stage is open; `next_opening` is for a stage that is closed now, `ends` its last moment."""

    stage: WindowStage
    spans: list[Span]
    is_open: bool
    next_opening: datetime | None
    ends: datetime | None


@dataclass(frozen=True)
class Round:
    """A campaign as applicants meet it."""

    id: int
    name: str
    year: int
    bureau: str
    phone: str
    reading_seconds: int
    is_open: bool
    next_opening: datetime | None
    ends: datetime | None
    stages: list[StageTimes]


@dataclass(frozen=True)
class Notice:
    """A published text of the wizard."""

    id: int
    key: str
    edition: int
    body: str


def current() -> Round | None:
    """The campaign that teachers can apply in now, or else the one that opens next, or else the last one."""
    day = clock.arrival_day()
    apply = select(
        Window.campaign_id, func.min(Window.opens_on).label("opens"), func.max(Window.closes_on).label("closes")
    )
    times = apply.where(Window.stage == WindowStage.APPLY, ~Window.is_closure).group_by(Window.campaign_id).subquery()
    campaigns = (
        select(Campaign)
        .join(times, times.c.campaign_id == Campaign.id)
        .where(Campaign.status == EntryStatus.ACTIVE)
        .order_by(
            times.c.closes < day,  # those that are over come last, those that have not begun after those that have
            times.c.opens > day,
            case((times.c.opens > day, times.c.opens)),
            times.c.opens.desc(),
            Campaign.id.desc(),
        )
        .limit(1)
    )
    campaign = session.scalar(campaigns)
    return _round(campaign) if campaign else None


def _round(campaign: Campaign) -> Round:
    apply = windows.of_campaign(campaign, (WindowStage.APPLY,))
    days = [day for window in campaign.windows for day in (window.opens_on, window.closes_on)]
    works = calendar.over(min(days), max(days))
    return Round(
        id=campaign.id,
        name=campaign.name,
        year=campaign.year,
        bureau=campaign.bureau.name,
        phone=campaign.bureau.phone,
        reading_seconds=campaign.reading_seconds,
        is_open=windows.open_now(apply, works),
        next_opening=windows.next_of(apply, works),
        ends=windows.end_of(apply),
        stages=times_of(campaign, works),
    )


def times_of(campaign: Campaign, works: IsWorkday, path: str = "") -> list[StageTimes]:
    """When each stage of a campaign is open for the bureau with this path, in the order of the stages."""
    found = ((stage, windows.of_campaign(campaign, (stage,), path)) for stage in WindowStage)
    return [_times(stage, spans, works) for stage, spans in found if spans]


def editions(keys: Sequence[str]) -> dict[str, int]:
    """The number of the newest published edition of each text; those that have none are left out."""
    published = select(NoticeText.key, NoticeText.id).where(
        NoticeText.key.in_(keys), NoticeText.published_at <= clock.now()
    )
    return {row.key: row.id for row in session.execute(published.order_by(NoticeText.edition))}


def _times(stage: WindowStage, spans: list[Span], works: IsWorkday) -> StageTimes:
    is_open = windows.open_now(spans, works)
    return StageTimes(stage, spans, is_open, None if is_open else windows.next_of(spans, works), windows.end_of(spans))


def papers(campaign_id: int, registration_type: RegistrationType | None) -> list[Material]:
    """What must be handed in on paper."""
    return [paper for paper in outlook.materials(campaign_id, registration_type) if paper.required]


def notice(key: str) -> Notice | None:
    """The newest published edition of a text."""
    text = session.scalar(
        select(NoticeText)
        .where(NoticeText.key == key, NoticeText.published_at <= clock.now())
        .order_by(NoticeText.edition.desc())
        .limit(1)
    )
    return Notice(text.id, text.key, text.edition, text.body) if text else None
