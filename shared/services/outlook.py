"""What lies ahead of an application: the days that its campaign plans, the papers to bring, and what to do next."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from shared.db import session
from shared.models import Application, ConfirmationPoint, Material
from shared.models.kinds import RegistrationType, WindowStage
from shared.rules.dates import Days
from shared.rules.next_steps import Ahead, next_steps
from shared.rules.windows import ANYWHERE, Span
from shared.services import windows
from shared.text import Text


@dataclass(frozen=True)
class Outlook:
    """What somebody who has handed in reads: what to do, in order, and what to bring."""

    steps: list[Text]
    papers: list[Material]


def materials(campaign_id: int, registration_type: RegistrationType | None) -> list[Material]:
    """What is handed in on paper for a type of registration; for an unknown type what everybody hands in."""
    for_type = or_(Material.registration_type.is_(None), Material.registration_type == registration_type)
    wanted = select(Material).where(Material.campaign_id == campaign_id, for_type)
    return list(session.scalars(wanted.order_by(Material.position)))


def spans(application: Application, *stages: WindowStage) -> list[Span]:
    """The opening times of `stages` in the application's campaign that hold for whoever registers it."""
    bureau = application.bureau
    return windows.of_campaign(application.campaign, stages, bureau.path if bureau else ANYWHERE)


def plans(application: Application) -> dict[WindowStage, Days]:
    """From when to when each stage is planned; confirmation on the point's own days where it has some."""
    found: dict[WindowStage, Days] = {}
    for stage in WindowStage:
        times = spans(application, stage)
        if times:
            found[stage] = (min(span.opens_on for span in times), max(span.closes_on for span in times))
    own = _days_of(application.point, found.get(WindowStage.CONFIRM))
    return found | {WindowStage.CONFIRM: own} if own else found


def _days_of(point: ConfirmationPoint | None, planned: Days | None) -> Days | None:
    """The days on which a point takes papers; a side that it leaves open is the campaign's."""
    if point is None or not (point.opens_on or point.closes_on):
        return planned
    known = [day for day in (point.opens_on, point.closes_on) if day is not None]
    first, last = planned or (known[0], known[-1])
    return point.opens_on or first, point.closes_on or last


def of_application(application: Application) -> Outlook:
    """The next steps with their days, and the papers; neither when nothing is left to do."""
    planned = plans(application)
    point, final = application.point, planned.get(WindowStage.FINAL)
    ahead = Ahead(
        stage=application.stage,
        form_version=application.form_version,
        hand_in_by=windows.end_of(spans(application, WindowStage.SCHOOL_CHECK)),
        confirm=planned.get(WindowStage.CONFIRM),
        results_by=final[1] if final else None,
        point=point.name if point else "",
        address=point.address if point else "",
        phone=point.phone if point else "",
    )
    steps = next_steps(ahead)
    return Outlook(steps, materials(application.campaign_id, application.registration_type) if steps else [])
