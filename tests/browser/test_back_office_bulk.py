"""A thousand applications in one batch: previewed, run by the worker with progress, and taken back; under the CSP."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from shared import clock, db
from shared.config import Settings
from shared.db import session
from shared.models import Application, Campaign, ConfirmationPoint, Event, Hold, Staff
from shared.models.kinds import Stage
from tests import build
from tests.browser.conftest import DESK, PICTURES, ROOT, Live, picture
from tests.browser.office_pages import Office, office
from tests.browser.test_back_office_axe import TABLET, at_width, violations
from tests.browser.test_portal_journey import fits
from tests.crowd import a_crowd

CROWD = 1_000
WHY_HELD = ("证书待核",) * 4 + ("教学年限待查",) * 2
NAMES = ("李明", "陈静", "欧阳文", "赵雪梅", "马一鸣", "顾小北")
PATIENCE = 60_000


@contextmanager
def database_of(live: Live) -> Iterator[None]:
    """The services' own database, in this process."""
    engine = db.connect(Settings.read(live.environ))
    try:
        yield
    finally:
        session.remove()
        engine.dispose()


@contextmanager
def a_worker(live: Live) -> Iterator[None]:
    command = [sys.executable, "-m", "shared.cli", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=live.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def crowded(start_services: Callable[..., Live]) -> Live:
    """A district where a thousand more wait for their decision, and six of them are held."""
    live = start_services(teachers=10)
    with database_of(live):
        officer = session.scalars(select(Staff).where(Staff.username == "district")).one()
        points = select(ConfirmationPoint).where(ConfirmationPoint.bureau_id == officer.bureau_id)
        campaign = session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
        point = next(one for one in session.scalars(points) if one.schools)
        ids = a_crowd(CROWD, Stage.CONFIRMED, campaign=campaign, point=point, registration_number="B000000000")
        held = [
            Hold(application_id=key, reason=reason, placed_at=clock.now(), placed_by_id=officer.id)
            for key, reason in zip(ids, WHY_HELD, strict=False)
        ]
        for key, name in zip(ids, NAMES, strict=False):
            build.change(session.get_one(Application, key), name=name)
        build.add(*held)
    return live


def how_many(live: Live, stage: Stage) -> int:
    with database_of(live):
        return session.scalar(select(func.count()).where(Application.stage == stage)) or 0


def no_faults(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Policy" in said.text else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def shown(page: Page, name: str) -> None:
    """Everything fits and is for everybody, at a desk's width and a tablet's."""
    for size in (TABLET, DESK):
        at_width(page, size)
        assert fits(page), (name, size)
        assert violations(page) == [], (name, size)
        picture(page, f"office-bulk-{name}")


def assigns_all(district: Office, count: int) -> None:
    """The same steps, to a colleague."""
    page = district.page
    district.opens("/applications/?stage=confirmed")
    page.get_by_label("选择全部符合条件的").check()
    page.locator("#move").select_option("assign")
    district.presses("预览")
    page.get_by_label("分派给").select_option(index=1)
    district.presses("预览结果")
    expect(page.get_by_text(f"{count:,}件将变为“由")).to_be_visible()
    shown(page, "assign")


def test_a_thousand_are_decided_by_the_worker_and_taken_back(crowded: Live, browser: Browser) -> None:
    before = how_many(crowded, Stage.CONFIRMED)
    decided = how_many(crowded, Stage.PRELIMINARY)
    going = before - len(WHY_HELD)
    with office(browser, crowded, "district") as district:
        page = district.page
        faults = no_faults(page)
        district.opens("/applications/?stage=confirmed")
        page.get_by_label("选择全部符合条件的").check()
        expect(page.get_by_text(f"已选{before:,}条")).to_be_visible()
        page.locator("#move").select_option("preliminary")
        page.screenshot(path=PICTURES / "office-bulk-choice-1280.png")
        district.presses("预览")
        shown(page, "ask")
        page.get_by_role("radio", name="注册合格", exact=True).check()
        district.presses("预览结果")
        expect(page.get_by_text(f"{going:,}件将变为“初审：注册合格”")).to_be_visible()
        expect(page.get_by_text("申请已暂停办理（证书待核）")).to_be_visible()
        shown(page, "preview")
        page.get_by_role("link", name="查看名单：申请已暂停办理（证书待核）").click()
        expect(page.get_by_text("共4条")).to_be_visible()
        shown(page, "rows")
        page.go_back()
        assert how_many(crowded, Stage.CONFIRMED) == before
        district.presses(f"办理这{going:,}件")
        expect(page.get_by_text(f"已处理{len(WHY_HELD)}件，共{before:,}件")).to_be_visible()
        shown(page, "progress")
        with a_worker(crowded):
            expect(page.get_by_text(f"已办理{going:,}件")).to_be_visible(timeout=PATIENCE)  # the page follows by itself
            assert how_many(crowded, Stage.PRELIMINARY) == decided + going
            shown(page, "result")
            district.follows("撤回这一批")
            expect(page.get_by_text(f"{going:,}件将恢复为办理前的状态")).to_be_visible()
            shown(page, "undo")
            district.presses(f"撤回这{going:,}件")
            expect(page.get_by_text(f"已撤回{going:,}件，恢复为办理前的状态")).to_be_visible(timeout=PATIENCE)
            shown(page, "undone")
        assert how_many(crowded, Stage.CONFIRMED) == before
        district.opens("/batches/")
        expect(page.get_by_role("cell", name="已撤回")).to_be_visible()
        shown(page, "list")
        assert faults == []
        assigns_all(district, before)
        assert faults == []
    with database_of(crowded):
        counted = (
            select(Event.move, func.count()).where(Event.move.in_(["preliminary", "take_back"])).group_by(Event.move)
        )
        assert session.execute(counted.where(Event.actor_id.is_not(None))).all().count(("take_back", going)) == 1
