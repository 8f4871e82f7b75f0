"""Time and memory of an export of BENCH_ROWS applications, as .xlsx and as CSV, on both engines.

The worker's whole way, from the order to the kept file: rows read inside SCOPE with their relations, values in words,
personal ones masked, the file written, encrypted and kept. `make bench` takes a fifth of a million; BENCH_ROWS=1000000
all of it.
"""

import gc
import os
import time
from pathlib import Path

import pytest

from shared import clock
from shared.db import session
from shared.models import Export
from shared.models.kinds import ExportState
from shared.services import access, exporting, exports, files, jobs
from tests import build
from tests.admin import world
from tests.bench import million
from tests.bench.million import Million
from tests.bench.test_lists import full
from tests.conftest import Database

__all__ = ["full"]
COLUMNS = [
    "registration_number", "name", "person.id_number", "school", "bureau", "point", "stage", "submitted_at",
    "certificate_number", "registration_type", "campaign", "conclusion",
]  # fmt: skip
MOST_MEMORY = 300  # MiB more than before


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No board; instead the memory of the process at each step."""
    seen: list[float] = []
    monkeypatch.setattr(jobs, "is_stopping", lambda _name, _key: False)
    monkeypatch.setattr(jobs, "forget", lambda _name, _key: None)
    monkeypatch.setattr(jobs, "tell", lambda _name, _key, _facts: seen.append(_memory()))
    return seen


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_export(full: tuple[Database, Million], quiet: list[float], tmp_path: Path, file_format: str) -> None:
    database, rows = full
    database.bind()
    world.the_app(database)
    exports.work_in(tmp_path)
    key = build.add(
        Export(
            staff_id=rows.officer, table_name="applications", query="", columns=COLUMNS, file_format=file_format,
            total=million.ROWS, file_name=f"a.{file_format}", made_at=clock.now(),
        )
    ).id  # fmt: skip
    session.remove()
    gc.collect()
    before, begin = _memory(), time.perf_counter()
    exporting.work_off(key)
    taken = time.perf_counter() - begin
    export = session.get_one(Export, key)
    assert (export.state, export.size > 0) == (ExportState.DONE, True), export.faults
    more, rate = max(quiet) - before, million.ROWS / taken
    line = f"{database.name:<11} {file_format:<5} {million.ROWS:>9,} rows of {len(COLUMNS)} columns {taken:7.1f} s"
    print(f"\n{line} {rate:8,.0f} rows/s {more:6.0f} MiB more, {export.size / 2**20:6.1f} MiB kept")  # noqa: T201
    assert more < MOST_MEMORY
    _forget(export.id)


def _memory() -> float:
    """What the process holds now, in MiB; its maximum so far would be that of whoever made the rows."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _forget(key: int) -> None:
    """The next one is alone."""
    from shared.db import transaction
    from shared.models.kinds import FileUse

    @transaction
    def remove(*, by: object) -> None:
        files.remove(FileUse.EXPORT, [key])

    remove(by=access.system("bench"))
