"""How far an import is, and that it shall stop, is told while its one transaction is open; several take turns."""

import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from shared.db import session
from shared.models import AuditEntry, ImportRow, RosterEntry
from shared.models.kinds import ImportAction, ImportState
from shared.services import jobs
from shared.services.imports import running, verbs
from shared.services.jobs import Foreman
from shared.services.worker import JOBS, WORKERS
from tests.conftest import Database
from tests.importing import the
from tests.services.imports.workers import ROWS, Here

PATIENCE = 30  # seconds


@pytest.fixture
def here(own_database: Database, tmp_path: Path) -> Iterator[Here]:
    found = Here(own_database, tmp_path)
    jobs.connect(found.settings)
    yield found
    jobs.disconnect()


def waiting_for(key: int, phase: str, read: int) -> dict[str, Any]:
    """What is told once the import is so far."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        told = jobs.told(verbs.JOB, key)
        if told.get("phase") == phase and told["read"] >= read:
            return told
        time.sleep(0.02)
    raise AssertionError(jobs.told(verbs.JOB, key))


class Held:
    """A worker that stops in the middle of writing until it is let go."""

    def __init__(self, here: Here, key: int) -> None:
        gate, self._opener = os.pipe()

        def work() -> None:
            told = jobs.tell

            def tell_and_wait(name: str, one: int, facts: Any) -> None:
                told(name, one, facts)
                if facts["phase"] == "write" and facts["read"]:
                    os.read(gate, 1)

            jobs.tell = tell_and_wait
            running.work_off(key)

        self._worker = here.begin(work)

    def go_on(self) -> None:
        os.write(self._opener, b"." * 100)
        assert os.waitpid(self._worker, 0)[1] == 0
        session.rollback()  # SQLite goes on showing what was there when the reading began


def is_locked() -> bool:
    """Whether nobody else can write: in SQLite as long as a verb is at work."""
    engine = session.get_bind()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("CREATE TABLE told (id INTEGER)")
        except OperationalError:
            return True
        finally:
            connection.exec_driver_sql("PRAGMA busy_timeout=10000")
    return False


def left() -> list[int]:
    session.rollback()
    written = ImportRow.action == ImportAction.NEW
    statements = (
        select(func.count(RosterEntry.id)),
        select(func.count(ImportRow.id)).where(written),
        select(func.count(AuditEntry.id)).where(AuditEntry.action == "import"),
    )
    return [session.scalar(one) or 0 for one in statements]


def test_progress_is_told_while_nothing_can_be_seen_yet(here: Here) -> None:
    key = here.at(ImportState.WRITING)
    held = Held(here, key)
    told = waiting_for(key, "write", 1)
    assert (told["read"], told["total"], told["seconds"] > 0) == (1_000, ROWS, True)
    assert (the(key).state, left()) == (ImportState.WRITING, [0, 0, 0])
    assert here.on_postgresql or is_locked()
    held.go_on()
    assert (the(key).state, left()) == (ImportState.DONE, [ROWS, ROWS, ROWS])
    assert jobs.told(verbs.JOB, key) == {}


def test_an_import_that_is_cancelled_while_it_writes_leaves_nothing(here: Here) -> None:
    key = here.at(ImportState.WRITING)
    held = Held(here, key)
    waiting_for(key, "write", 1)
    verbs.cancel(key, by=here.by)
    held.go_on()
    assert (the(key).state, left()) == (ImportState.CANCELLED, [0, 0, 0])
    again = here.at(ImportState.WRITING)
    here.work()
    assert (the(again).state, left()[0]) == (ImportState.DONE, ROWS)


def test_a_queue_that_cannot_be_reached_stops_no_import(
    here: Here, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_settings: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(jobs, "make_queue", gone)
    jobs.connect(here.settings)
    key = here.sent()
    running.work_off(key)
    assert the(key).state is ImportState.CHECKED
    assert jobs.told(verbs.JOB, key) == {}
    assert "the queue cannot be reached" in caplog.text


def test_several_imports_take_turns(here: Here, tmp_path: Path) -> None:
    keys = [here.sent() for _one in range(3)]
    for key in keys:
        jobs.enqueue(verbs.JOB, key)
    log = tmp_path / "log"

    def noted(key: int) -> None:
        with log.open("a") as lines:
            lines.write(f"begin {key}\n")
        running.work_off(key)
        with log.open("a") as lines:
            lines.write(f"end {key}\n")

    def work() -> None:
        queue = jobs.make_queue(here.settings)
        Foreman(JOBS | {verbs.JOB: dataclasses.replace(JOBS[verbs.JOB], work=noted)}).attend(queue)

        def consume() -> None:
            while (task := queue.dequeue()) is not None:
                queue.execute(task)

        threads = [Thread(target=consume) for _one in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert os.waitpid(here.begin(work), 0)[1] == 0
    lines = [line.split() for line in log.read_text().splitlines()]
    assert [what for what, _key in lines] == ["begin", "end"] * 3
    assert [one for _what, one in lines[::2]] == [one for _what, one in lines[1::2]]
    assert sorted(int(one) for _what, one in lines[::2]) == keys
    assert {the(key).state for key in keys} == {ImportState.CHECKED}
