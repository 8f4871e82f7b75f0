"""Long work, left to the worker: asked for by name and key, and lost neither by who asks nor by who does it.

What there is to do stands in the database: a batch that waits, a file that was accepted. The queue only says that it is
worth looking now; once a minute the worker looks by itself, so that nothing waits for a message that never came.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from huey import PostgresHuey, SqliteHuey, crontab

from shared.db import session

if TYPE_CHECKING:
    from shared.config import Settings

log = logging.getLogger(__name__)
QUEUE, TASK = "registration", "job"


@dataclass(frozen=True)
class Job:
    """`work` goes on with one key until it is done, from wherever it stands; `waiting` names the keys that are not."""

    work: Callable[[int], None]
    waiting: Callable[[], Sequence[int]]
    one_by_one: bool = False  # the next key waits until the one before is done


_settings: "list[Settings]" = []
_listener: ContextVar[Callable[[Mapping[str, Any]], None] | None] = ContextVar("listener", default=None)


def connect(settings: "Settings") -> None:
    """Send what is asked for in this process to the worker that belongs to `settings`; nothing is opened yet."""
    disconnect()
    _settings[:] = [settings]


def disconnect() -> None:
    """End what `connect` began: no connection to the queue stays open."""
    if _sender.cache_info().currsize:
        _sender().huey.storage.close()
    _sender.cache_clear()
    _settings.clear()


def enqueue(name: str, key: int) -> None:
    """Ask the worker to look after `key` now. If that fails it will do so within a minute all the same."""
    try:
        _sender()(name, key)
    except Exception:
        log.exception("the worker could not be told about %s %s", name, key)


@cache
def _sender() -> Any:  # noqa: ANN401  huey has no types
    return _task(make_queue(_settings[0]), _nothing)


# How far a job is, and whether somebody wants it to stop, is told beside the database: a job that writes all or nothing
# is one transaction, out of which nobody sees anything, and into which in SQLite nobody can write.


@contextmanager
def heard_by(listener: Callable[[Mapping[str, Any]], None]) -> Iterator[None]:
    """What is told inside is told to `listener` as well: somebody waits in front of the work."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(name: str, key: int, facts: Mapping[str, Any]) -> None:
    """Let everybody know how far the job `name` is with `key`."""
    if (listener := _listener.get()) is not None:
        listener(facts)
    with _as_well_as_can_be():
        _put(f"{name}:{key}", dict(facts))


def told(name: str, key: int) -> dict[str, Any]:
    """What was told last; nothing where the job has not begun."""
    found = None
    with _as_well_as_can_be():
        found = _look(f"{name}:{key}")
    return found if isinstance(found, dict) else {}


def ask_to_stop(name: str, key: int) -> None:
    """Ask whoever works at `key` to leave it; it looks now and then."""
    _put(f"{name}:{key}:stop", "stop")


def is_stopping(name: str, key: int) -> bool:
    """Whether the job was asked to stop."""
    with _as_well_as_can_be():
        return _look(f"{name}:{key}:stop") is not None
    return False


def forget(name: str, key: int) -> None:
    """The job is done with `key`: nothing is told of it any more."""
    with _as_well_as_can_be():
        for suffix in ("", ":stop"):
            _look(f"{name}:{key}{suffix}", and_take=True)


@contextmanager
def _as_well_as_can_be() -> Iterator[None]:
    """Work goes on also where nobody can be told of it."""
    try:
        yield
    except Exception:
        log.exception("the queue cannot be reached")


def _put(key: str, value: object) -> None:
    if _settings:
        _sender().huey.put(key, value)


def _look(key: str, *, and_take: bool = False) -> object:
    return _sender().huey.get(key, peek=not and_take) if _settings else None


def _nothing(_name: str, _key: int) -> None:
    """The worker is another process."""


def _task(queue: Any, does: Callable[[str, int], None]) -> Any:  # noqa: ANN401
    """A task that both processes know by the same name."""

    def job(name: str, key: int) -> None:
        does(name, key)

    return queue.task(name=TASK)(job)


def make_queue(settings: "Settings") -> Any:  # noqa: ANN401
    """The queue: a file beside the SQLite database, or tables of its own in PostgreSQL."""
    if settings.database_url.startswith("postgresql"):
        dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        return PostgresHuey(QUEUE, dsn=dsn, results=False)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(QUEUE, filename=str(settings.var_dir / "worker.db"), results=False)


class Foreman:
    """Gives out the work of one worker process: each key to one thread at a time."""

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self.jobs = jobs
        self._at_work: set[tuple[str, int]] = set()
        self._lock = Lock()
        self._turns = {name: Lock() for name, job in jobs.items() if job.one_by_one}

    def attend(self, queue: Any) -> None:  # noqa: ANN401
        """Work when told, and look each minute for what nobody told."""
        told = _task(queue, self.do)

        def look_around() -> None:
            for name, key in self.waiting():
                told(name, key)

        queue.periodic_task(crontab())(look_around)

    def waiting(self) -> list[tuple[str, int]]:
        """What is not done, and not being done here either."""
        try:
            found = [(name, key) for name, job in self.jobs.items() for key in job.waiting()]
        finally:
            session.remove()
        return [pair for pair in found if pair not in self._at_work]

    def do(self, name: str, key: int) -> None:
        """Go on with one key, unless another thread is at it.

        Where keys wait for each other, whoever finds another at work leaves the key to it: a thread that waited would
        keep the mail waiting, too. The one at work goes on with what came meanwhile.
        """
        turn = self._turns.get(name)
        if turn is None:
            self._do_one(name, key)
        elif turn.acquire(blocking=False):
            try:
                self._do_all(name, key)
            finally:
                turn.release()

    def _do_all(self, name: str, key: int | None) -> None:
        """This key first, then each that waits, once: one that stays undone is looked at again in a minute."""
        tried: set[int] = set()
        while key is not None:
            tried.add(key)
            self._do_one(name, key)
            try:
                key = next((one for one in self.jobs[name].waiting() if one not in tried), None)
            finally:
                session.remove()

    def _do_one(self, name: str, key: int) -> None:
        with self._lock:
            if (name, key) in self._at_work:
                return
            self._at_work.add((name, key))
        try:
            self.jobs[name].work(key)
        finally:
            session.remove()
            self._at_work.discard((name, key))
