"""How fast a list of BENCH_ROWS applications is: ours, stock Flask-Admin and Django's admin on the same rows.

Each asks for the same in one process, without a network, and gives a whole page. Below them the floor: the 20 rows of
the first page by a plain SELECT, without a page. `make bench` takes a fifth of a million; BENCH_ROWS=1000000 all of it.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import Application
from tests.admin import world
from tests.bench import contenders, million
from tests.bench.contenders import Ask
from tests.bench.million import Million
from tests.conftest import Database, Template, _bound

WARM, TIMES, LONGEST = 2, 15, 20.0  # a slow one is asked less often: `LONGEST` seconds for all of it
INDEX = 777_777
Way = Callable[[Database, Million], tuple[Ask, Mapping[str, str]]]


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def full(request: pytest.FixtureRequest) -> Iterator[tuple[Database, Million]]:
    """The same rows in each engine, made once."""
    from shared import db

    db.use_keys((bytes(range(64)),))
    template: Template = request.getfixturevalue(f"_{request.param}_template")
    url = template.copy()
    database = Database(request.param, db.make_engine(url))
    bound = _bound(database)
    next(bound)
    begin = time.perf_counter()
    rows = million.fill(database.engine)
    print(f"\n{database.name}: {million.ROWS:,} applications made in {time.perf_counter() - begin:.0f} s")  # noqa: T201
    yield database, rows
    bound.close()
    database.engine.dispose()
    template.drop(url)


def ours(database: Database, rows: Million) -> tuple[Ask, Mapping[str, str]]:
    """The list as the province's officer has it: SCOPE asked, personal values masked."""
    return _as_seen_by(rows.officer, database)


def ours_in_a_district(database: Database, rows: Million) -> tuple[Ask, Mapping[str, str]]:
    """The list of a district, which sees a twelfth."""
    return _as_seen_by(rows.district, database)


def _as_seen_by(officer: int, database: Database) -> tuple[Ask, Mapping[str, str]]:
    client = world.logged_in(world.the_app(database), officer)

    def ask(query: str) -> str:
        answer = client.get(f"/applications/?{query}")
        assert answer.status_code == 200, answer.status
        return answer.text

    return ask, {
        "first page": "",
        "page 1,000": "page=1000",
        "a filter": "stage=reviewed",
        "exact number": "q={number}",
        "beginning of a name": "q={name}",
    }


def stock_flask_admin(database: Database, _rows: Million) -> tuple[Ask, Mapping[str, str]]:
    return contenders.flask_admin(database.engine)


def django_admin(database: Database, _rows: Million) -> tuple[Ask, Mapping[str, str]]:
    return contenders.django(database.engine)


def floor(_database: Database, _rows: Million) -> tuple[Ask, Mapping[str, str]]:
    """Twenty rows by their key, and no page."""
    names = [Application.__table__.c[name] for name in ("id", "registration_number", "name", "stage", "school_id")]

    def ask(_query: str) -> str:
        found = session.execute(select(*names).order_by(Application.id.desc()).limit(contenders.ROWS)).all()
        session.rollback()
        return str(found)

    return ask, {"first page": ""}


@pytest.mark.parametrize("way", [ours, ours_in_a_district, stock_flask_admin, django_admin, floor])
def test_the_list(way: Way, full: tuple[Database, Million]) -> None:
    database, rows = full
    database.bind()
    ask, addresses = way(*full)
    applicant = million.someone(min(INDEX, million.ROWS - 1))
    for what, address in addresses.items():
        number = rows.number(applicant.index)
        query = address.format(number=number, name=applicant.name)
        page = ask(query)
        assert what != "exact number" or way is ours_in_a_district or number in page
        taken = _times(partial(ask, query))
        middle, slowest = statistics.median(taken), max(taken)
        line = f"{database.name:<11} {way.__name__:<20} {what:<20} {1000 * middle:9.1f} ms"
        print(f"{line}   slowest {1000 * slowest:9.1f} ms of {len(taken)}   {len(page) / 1024:5.0f} KB")  # noqa: T201


@pytest.mark.parametrize("who", ["officer", "district"])
def test_the_start_page(who: str, full: tuple[Database, Million]) -> None:
    """What waits, what is due, the oldest, the chart of progress and the submissions by day, on one page."""
    database, rows = full
    database.bind()
    client = world.logged_in(world.the_app(database), getattr(rows, who))

    def ask() -> None:
        assert client.get("/").status_code == 200

    taken = _times(ask)
    middle, slowest = statistics.median(taken), max(taken)
    print(f"{database.name:<11} start page of the {who:<12} {1000 * middle:9.1f} ms   slowest {1000 * slowest:9.1f} ms")  # noqa: T201


def _times(ask: Callable[[], object]) -> list[float]:
    """Seconds of each call, the first ones not counted."""
    end = time.perf_counter() + LONGEST
    for _one in range(WARM):
        ask()
    taken = []
    while len(taken) < TIMES and (not taken or time.perf_counter() < end):
        begin = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begin)
    return taken
