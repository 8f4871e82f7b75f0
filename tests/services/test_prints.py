"""Printed forms are noted, and bear a code by which anybody learns whether they still count (S20)."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Print
from shared.models.kinds import Role, Stage
from shared.rules.rights import Actor
from shared.services import access, accounts, applications, forms, prints, throttle
from shared.services.errors import NotYours, Refused
from tests import build
from tests.actors import teacher

pytestmark = pytest.mark.usefixtures("database")

PORTAL = "https://zhuce.example.gov.cn"
ANYBODY = accounts.anonymous("203.0.113.7")


def printed(application: Application, by: Actor | None = None) -> str:
    """The code on a form that has just been printed, as its page shows it."""
    paper = forms.printed([application.id], by=by or teacher(application), portal_url=PORTAL)
    words = PdfReader(BytesIO(paper)).pages[0].extract_text().replace("\n", "")
    assert f"{PORTAL}/paper" in words
    session.expire_all()
    return words.partition("核验码：")[2].strip()[:9]


def asked(application: Application, code: str, by: Actor = ANYBODY) -> prints.Paper:
    return prints.look_up(str(application.registration_number), code, by=by)


@pytest.fixture
def application() -> Application:
    return build.an_application(Stage.SUBMITTED, photo=True)


def test_a_form_that_was_just_printed_is_current(application: Application) -> None:
    code = printed(application)
    paper = asked(application, code)
    assert (paper.form_version, paper.is_current, paper.void_since) == (1, True, None)
    assert asked(application, f" {code.lower().replace('-', '')} ").is_current


def test_the_number_is_read_as_people_and_scanners_write_it(application: Application) -> None:
    code, number = printed(application), str(application.registration_number)
    wide = number.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    for text in (f" {number} ", wide, f"{number}-1"):
        assert prints.look_up(text, code, by=ANYBODY).is_current, text


def test_each_print_is_noted_and_a_version_keeps_its_code(application: Application) -> None:
    first, second = printed(application), printed(application)
    assert first == second
    rows = session.scalars(select(Print).order_by(Print.id)).all()
    assert [(row.form_version, row.printed_by) for row in rows] == [(1, application.person.name)] * 2
    assert session.get_one(Application, application.id).printed_version == 1


def test_a_change_makes_what_was_printed_void_from_that_moment(application: Application) -> None:
    old = printed(application)
    before = clock.now()
    applications.save(application.id, {"major": "数学"}, by=teacher(application), version=application.version)
    paper = asked(application, old)
    assert (paper.form_version, paper.is_current) == (1, False)
    assert isinstance(paper.void_since, datetime)
    assert before - timedelta(seconds=1) <= paper.void_since <= clock.now()
    new = printed(application)
    assert new != old
    assert asked(application, new).is_current


def test_of_an_application_that_was_given_up_no_form_counts(application: Application) -> None:
    code = printed(application)
    applications.withdraw(application.id, by=teacher(application), version=application.version)
    assert not asked(application, code).is_current


@pytest.mark.parametrize("wrong", ["ABCD-EFGH", "", "x" * 99])
def test_a_wrong_code_and_a_wrong_number_get_the_same_answer(application: Application, wrong: str) -> None:
    code, other = printed(application), build.an_application(Stage.SUBMITTED)
    for number, said in ((application.registration_number, wrong), (other.registration_number, code), ("1", code)):
        with pytest.raises(Refused) as refused:
            prints.look_up(str(number), said, by=ANYBODY)
        assert refused.value.problems == [prints.UNKNOWN]


def test_whoever_guesses_is_stopped(application: Application) -> None:
    code = printed(application)
    for _time in range(throttle.MOST + 1):
        throttle.count(throttle.PAPER_MISSED, by=ANYBODY)
    with pytest.raises(Refused) as refused:
        asked(application, code)
    assert refused.value.problems == [prints.BUSY]
    assert asked(application, code, accounts.anonymous("203.0.113.8")).is_current


def test_who_may_not_print_leaves_no_print(application: Application) -> None:
    for by in (
        build.an_actor(Role.AUDITOR, build.a_nanjing().province),
        teacher(build.an_application(Stage.SUBMITTED)),
    ):
        with pytest.raises(NotYours):
            forms.printed([application.id], by=by, portal_url=PORTAL)
    assert session.scalar(select(Print.id)) is None
    assert access.one(Application, application.id, by=teacher(application)).printed_version == 0
