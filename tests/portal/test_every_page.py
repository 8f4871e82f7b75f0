"""What holds for every page of the portal, walked by its routes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event

from portal.steps import PAGES, STEPS
from shared.models.kinds import WindowStage
from shared.rules.fields import FIELDS, Step
from tests import build
from tests.conftest import Database
from tests.portal.teacher import Teacher, a_place, publish_notices, words_of

ROOT = Path(__file__).parents[2]
MOST_STATEMENTS = 12
MOST_BYTES = 60 * 1024
INLINE = re.compile(r"\son[a-z]+=|\sstyle=|<style|<script(?![^>]*\ssrc=)")
VOID_LINKS = ("/account/new-password/<secret>", "/account/verify/<secret>")
WITHOUT_ACCOUNT = (
    "/",
    "/left",
    "/check",
    "/paper",
    "/account/log-in",
    "/account/forgotten",
    "/account/forgotten/sent",
    *VOID_LINKS,
)
WITH_ACCOUNT = (
    "/",
    "/status/",
    "/status/form",
    "/status/point",
    "/status/withdraw",
    "/account/",
    "/account/email",
    "/account/password",
    "/nowhere",
)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    yield sent
    event.remove(database.engine, "before_cursor_execute", count)


def is_sound(teacher: Teacher, path: str, database: Database) -> None:
    with counted(database) as sent:
        answer = teacher.opens(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code in (200, 403, 404), path
    assert re.search(r'<html lang="zh-CN">', page), path
    assert re.search(r"<title>[^<\s–]", page), path
    assert page.count("<h1") == 1, path
    assert not INLINE.search(page), (path, INLINE.search(page))
    assert "Content-Security-Policy" in answer.headers
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), path
    assert all(f'for="{name}"' in page for name in _inputs(page)), path
    assert len(sent) <= MOST_STATEMENTS, (path, len(sent), sent)
    assert weight(page) <= MOST_BYTES, (path, weight(page))


def weight(page: str) -> int:
    """Bytes of our own HTML, CSS, JavaScript and signs, before any compression."""
    files = set(re.findall(r'(?:href|src)="(/(?:static|shared-static)/[^"]+)"', page))
    assert {"/static/css/portal.css", "/shared-static/css/tokens.css"} <= files
    folders = {"/static/": ROOT / "portal/static", "/shared-static/": ROOT / "shared/static"}
    paths = [folder / file.removeprefix(at) for file in files for at, folder in folders.items() if file.startswith(at)]
    return len(page.encode()) + sum(path.stat().st_size for path in paths)


def _inputs(page: str) -> list[str]:
    found = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page)
    visible = [tag for tag in found if 'type="hidden"' not in tag and 'aria-hidden="true"' not in tag]
    return [name for tag in visible for name in re.findall(r'\sid="([^"]+)"', tag)]


def test_every_page_of_the_wizard_is_sound(teacher: Teacher, database: Database) -> None:
    for path in WITHOUT_ACCOUNT:
        is_sound(teacher, path, database)
    for page in PAGES[:-1]:
        is_sound(teacher, f"/apply/{page.slug}", database)
        teacher.fills_in(page.slug)
    is_sound(teacher, "/apply/done", database)
    for path in WITH_ACCOUNT:
        is_sound(teacher, path, database)


def test_every_post_without_a_token_is_refused(teacher: Teacher) -> None:
    teacher.opens_an_account()
    posts = [rule for rule in teacher.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert posts
    for rule in posts:
        for page in PAGES if "slug" in rule.arguments else PAGES[:1]:
            path = str(rule).replace("<slug>", page.slug)
            assert teacher.client.post(path, data={}).status_code == 400, path


def test_every_page_but_the_open_ones_asks_for_a_log_in(teacher: Teacher) -> None:
    open_paths = {*WITHOUT_ACCOUNT, "/healthz", "/readyz", "/apply/", "/apply/<slug>"}
    for rule in teacher.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static") and str(rule) not in open_paths:
            answer = teacher.opens(str(rule))
            if str(rule) == "/apply/find/<name>":  # answers whoever has begun a draft
                assert answer.status_code == 404
                continue
            assert answer.status_code == 303, str(rule)
            assert answer.location.startswith("/account/log-in"), str(rule)


def test_the_pages_ask_for_every_field_that_teachers_fill_in() -> None:
    asked = [field.name for page in PAGES for field in page.fields] + ["photo"]
    assert sorted(asked) == sorted(field.name for field in FIELDS if field.step is not Step.SCHOOL)
    assert [step.number for step in STEPS] == list(range(1, 9))


def nanjing(day: int, hour: time) -> datetime:
    """A moment of October 2026 by the users' clock."""
    return datetime.combine(date(2026, 10, day), hour, ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def closed(portal: Flask) -> Teacher:
    """A teacher who comes in the evening, when only working days from half past eight to nine are open."""
    place = a_place()
    campaign = build.a_campaign(open_stages=())
    hours = {"opens_at": time(8, 30), "closes_at": time(21, 0)}
    build.a_window(campaign, WindowStage.APPLY, opens_on=date(2026, 10, 12), closes_on=date(2026, 10, 26), **hours)
    publish_notices()
    return Teacher(portal, place)


def test_outside_the_hours_everything_is_refused_with_the_next_opening_in_words(
    closed: Teacher, at: Callable[[datetime], datetime]
) -> None:
    at(nanjing(12, time(20, 59, 50)))
    closed.fills_in("read", "terms")
    late = closed.answers("identity") | closed.hidden("/apply/identity")
    at(nanjing(12, time(21)))
    opened = closed.opens("/apply/identity")
    assert opened.status_code == 403
    assert "2026年10月13日（周二）08:30" in words_of(opened)
    posted = closed.client.post("/apply/identity", data=late)
    assert posted.status_code == 403
    assert "2026年10月13日（周二）08:30" in words_of(posted)
    assert f'value="{closed.id_number}"' in posted.get_data(as_text=True)
    at(nanjing(13, time(8, 30)))
    assert closed.opens("/apply/").location == "/apply/identity"


def test_without_any_campaign_the_front_page_still_answers(portal: Flask) -> None:
    client = portal.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/apply/read").status_code == 403


def test_the_language_is_chosen_and_remembered(teacher: Teacher) -> None:
    assert 'lang="en"' in teacher.opens("/?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in teacher.opens("/account/log-in").get_data(as_text=True)


def test_strange_words_in_the_address_do_no_harm(teacher: Teacher) -> None:
    page = teacher.opens("/?endpoint=x&_external=1&_scheme=javascript&lang=zh").get_data(as_text=True)
    assert 'href="javascript' not in page
    assert teacher.opens("/apply/..%2fx").status_code == 404
