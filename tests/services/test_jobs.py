"""Long work reaches the worker through the queue of either database, and also without it; each key one at a time."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from shared.services import jobs, worker
from shared.services.jobs import Foreman, Job
from tests.admin.world import settings
from tests.conftest import Database


@pytest.fixture
def queue_settings(own_database: Database, tmp_path: Path) -> Iterator[Any]:
    url = own_database.engine.url.render_as_string(hide_password=False)
    yield dataclasses.replace(settings(), database_url=url, var_dir=tmp_path)
    jobs.disconnect()


def test_what_a_door_asks_for_the_worker_does(queue_settings: Any) -> None:
    done: list[int] = []
    queue = jobs.make_queue(queue_settings)
    Foreman({"count": Job(done.append, list)}).attend(queue)
    jobs.connect(queue_settings)
    jobs.enqueue("count", 7)
    jobs.enqueue("count", 8)
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    queue.storage.close()
    assert done == [7, 8]


def test_a_queue_that_cannot_be_reached_stops_nobody(
    queue_settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_settings: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(jobs, "make_queue", gone)
    jobs.connect(queue_settings)
    jobs.enqueue("batch", 7)
    assert "could not be told about batch 7" in caplog.text


def test_the_worker_finds_by_itself_what_nobody_told() -> None:
    left, done = [3, 5], []

    def work(key: int) -> None:
        done.append(key)
        left.remove(key)

    foreman = Foreman({"count": Job(work, lambda: list(left))})
    while found := foreman.waiting():
        foreman.do(*found[0])
    assert done == [3, 5]


def test_one_key_is_never_in_two_hands() -> None:
    begun, go_on, done = Event(), Event(), []

    def work(key: int) -> None:
        begun.set()
        assert go_on.wait(30)
        done.append(key)

    foreman = Foreman({"count": Job(work, lambda: [1])})
    first = Thread(target=foreman.do, args=("count", 1))
    first.start()
    assert begun.wait(30)
    assert foreman.waiting() == []
    foreman.do("count", 1)  # the other hand: nothing to do
    go_on.set()
    first.join(30)
    assert done == [1]
    assert foreman.waiting() == [("count", 1)]


def test_keys_that_wait_for_each_other_hold_no_thread_that_others_need() -> None:
    begun, go_on, done, left = Event(), Event(), [], [1, 2, 3]

    def work(key: int) -> None:
        begun.set()
        assert go_on.wait(30)
        done.append(key)
        left.remove(key)

    foreman = Foreman({"count": Job(work, lambda: list(left), one_by_one=True)})
    first = Thread(target=foreman.do, args=("count", 1))
    first.start()
    assert begun.wait(30)
    foreman.do("count", 2)  # comes back at once: the other thread goes on with it
    assert done == []
    go_on.set()
    first.join(30)
    assert done == [1, 2, 3]


def test_work_that_fails_is_tried_again_later() -> None:
    def fails(_key: int) -> None:
        raise ValueError("no")

    foreman = Foreman({"count": Job(fails, lambda: [1])})
    with pytest.raises(ValueError, match="no"):
        foreman.do("count", 1)
    assert foreman.waiting() == [("count", 1)]


def test_the_worker_knows_batches() -> None:
    assert {"batch", "export"} <= set(worker.JOBS)
