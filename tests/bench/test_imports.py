"""How fast a list of IMPORT_ROWS teachers is imported: ours, django-import-export on the same file, and the floor.

Each pass runs in a process of its own, which says how long it took, reading included, and its peak of memory with
that of the reader beside it. Ours makes two: the first checks and shows, the second reads and checks again, and writes
with audit and what it takes to undo. `make bench` takes 100,000 rows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select, text

from shared import db
from shared.db import session
from shared.models import Import, RosterEntry
from shared.models.kinds import ImportState, Role
from shared.rules.rights import Actor
from shared.services.demo.synthetic import someone
from shared.services.imports import formats, kinds, verbs
from tests import build
from tests.bench import peer
from tests.conftest import Database, Template, _bound

ROWS = int(os.environ.get("IMPORT_ROWS", "100_000"))
SCHOOLS = 600
HEADINGS = (
    "序号", "学校编码", "姓名", "性别", "证件类型", "身份证号",
    "出生日期", "所教学段", "岗位", "进校年份", "联系电话", "备注",
)  # fmt: skip
MEMORY = 300  # megabytes


@dataclass(frozen=True)
class Here:
    """A district with its schools, its campaign and the file that it sends in."""

    database: Database
    path: Path
    campaign_id: int
    by: Actor

    @property
    def url(self) -> str:
        return self.database.engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roster") / "roster.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, HEADINGS)
    for index in range(ROWS):
        one = someone(index)
        school = f"IS{index * 31 % SCHOOLS}"
        row = (index + 1, school, one.name, str(one.sex.label), "居民身份证", one.id_number, one.birth_date, "初中",
               "专任教师", 1990 + index % 30, f"139{index:08d}", "")  # fmt: skip
        sheet.write_row(index + 1, 0, row)
    book.close()
    return path


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def here(request: pytest.FixtureRequest, roster: Path) -> Iterator[Here]:
    db.use_keys((bytes(range(64)),))
    template: Template = request.getfixturevalue(f"_{request.param}_template")
    url = template.copy()
    database = Database(request.param, db.make_engine(url))
    bound = _bound(database)
    next(bound)
    formats.register(kinds.FORMATS)
    city = build.a_nanjing()
    for number in range(SCHOOLS):
        build.a_school(f"第{number}实验学校", bureau=city.gulou, code=f"IS{number}")
    campaign = build.a_campaign(city.province)
    peer.make_table(database.engine)
    yield Here(database, roster, campaign.id, build.an_actor(Role.DISTRICT, city.gulou))
    bound.close()
    database.engine.dispose()
    template.drop(url)


def measured(way: str, here: Here, key: int = 0) -> dict[str, Any]:
    """Run `way` in a process of its own and print its line."""
    session.remove()
    command = [sys.executable, "-m", "tests.bench.importers", way, here.url, str(here.path), str(here.campaign_id)]
    done = subprocess.run([*command, str(key)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(here: Here, what: str, found: dict[str, Any], rows: int = ROWS) -> None:
    speed = rows / found["seconds"]
    seconds, memory = found["seconds"], found["memory"]
    print(f"\n{here.database.name:<11} {what:<28} {speed:9,.0f} rows/s {seconds:7.1f} s {memory:6.0f} MB", end="")  # noqa: T201


@pytest.mark.timeout(1800)
def test_an_import(here: Here) -> None:
    here.database.bind()
    with here.path.open("rb") as file:
        key = verbs.receive("roster_entries", file, "底册.xlsx", by=here.by, campaign_id=here.campaign_id)
    show(here, "ours, checked", checked := measured("ours", here, key))
    row = session.get_one(Import, key)
    assert (row.state, row.new, row.refused) == (ImportState.CHECKED, ROWS, 0)
    verbs.start(key, by=here.by, digest=row.digest)
    show(here, "ours, checked and written", written := measured("ours", here, key))
    assert session.get_one(Import, key).state is ImportState.DONE
    assert session.scalar(select(func.count()).select_from(RosterEntry)) == ROWS
    verbs.start_undoing(key, by=here.by)
    show(here, "ours, taken back", undone := measured("ours", here, key))
    assert session.get_one(Import, key).undone == ROWS
    assert max(checked["memory"], written["memory"], undone["memory"]) < MEMORY


def test_the_floor(here: Here) -> None:
    here.database.bind()
    show(here, "the reader alone", measured("reader", here))
    show(here, "the floor", measured("floor", here))
    assert session.scalar(select(func.count()).select_from(RosterEntry)) == ROWS


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", ["peer_tuned", "peer_as_it_comes"])
def test_the_peer(here: Here, way: str) -> None:
    here.database.bind()
    found = measured(way, here)
    assert found["count"] == ROWS
    show(here, way.replace("peer", "django-import-export").replace("_", " "), found)
    with here.database.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {peer.TABLE}"))
