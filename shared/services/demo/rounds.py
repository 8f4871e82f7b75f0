"""One campaign that is open on the day the demo is made, with its papers."""

from datetime import date, time, timedelta

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Bureau, Campaign, Material, Window
from shared.models.kinds import RegistrationType, WindowStage
from shared.services.demo.places import PROVINCE

DAYS_BEFORE, DAYS_AHEAD = 30, 60
_PREFIX = "DEMO-"
_WHOLE_DAY = time(0, 0)  # as the closing time it means the day's end
_MATERIALS = (("教师资格定期注册申请表", 2, True), ("教师资格证书", 1, True), ("聘书或聘用合同", 1, True))  # S22


def build() -> tuple[Campaign, dict[str, int]]:
    """The demo's campaign, opened again if its windows have passed."""
    found = session.scalar(select(Campaign).where(Campaign.code.startswith(_PREFIX)).order_by(Campaign.id))
    if found is not None:
        _keep_open(found)
        return found, {"campaigns": 0}
    return _made(clock.today()), {"campaigns": 1, "windows": len(WindowStage), "materials": len(_MATERIALS)}


def _made(today: date) -> Campaign:
    province = session.scalars(select(Bureau).where(Bureau.code == PROVINCE)).one()
    campaign = Campaign(
        code=f"{_PREFIX}{today.year}",
        name=f"江苏省{today.year}年中小学教师资格定期注册（演示）",
        bureau=province,
        year=today.year,
        registration_type=RegistrationType.PERIODIC,
        has_school_check=True,
        has_city_review=True,
        publicity_days=0,  # so that one application can walk the whole chain on one day
        acceptance_ends_on=today + timedelta(days=DAYS_AHEAD),
    )
    session.add(campaign)
    first, last = today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AHEAD)
    for stage in WindowStage:
        session.add(
            Window(
                campaign=campaign,
                stage=stage,
                opens_on=first,
                closes_on=last,
                workdays_only=False,
                opens_at=_WHOLE_DAY,
                closes_at=_WHOLE_DAY,
            )
        )
    for position, (name, copies, original) in enumerate(_MATERIALS, 1):
        session.add(Material(campaign=campaign, position=position, name=name, copies=copies, original=original))
    session.flush()
    return campaign


def _keep_open(campaign: Campaign) -> None:
    today = clock.today()
    over = [window for window in campaign.windows if window.closes_on < today]
    for window in over:
        window.closes_on = today + timedelta(days=DAYS_AHEAD)
    if over:
        campaign.acceptance_ends_on = today + timedelta(days=DAYS_AHEAD)
