"""A district with a list, and worker processes that can be killed."""

import dataclasses
import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from shared import db
from shared.db import session
from shared.models.kinds import ImportState, Role
from shared.services import jobs
from shared.services.imports import verbs
from shared.services.jobs import Foreman
from shared.services.worker import JOBS
from tests import build
from tests.admin.world import settings
from tests.conftest import KEY, Database
from tests.importing import a_workbook, an_album, the
from tests.pictures import encoded, four_quarters

ROWS, PHOTOS, KILLS = 2_000, 60, 7  # in each of three steps: 21 altogether
HEAD = ("学校编码", "姓名", "身份证号")


class Here:
    """A district, its list, and workers that die."""

    def __init__(self, database: Database, folder: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.settings = dataclasses.replace(settings(), database_url=url, var_dir=folder, data_keys=(KEY,))
        self.on_postgresql = database.name == "postgresql"
        city = build.a_nanjing()
        self.school = build.a_school(bureau=city.gulou)
        self.campaign_id = build.a_campaign(city.province).id
        self.by = build.an_actor(Role.DISTRICT, city.gulou)
        self.numbers = [build.an_id_number() for _row in range(ROWS)]
        self.content = a_workbook(HEAD, *((self.school.code, f"教师{n}", one) for n, one in enumerate(self.numbers)))
        self.random = Random(5)
        self.killed = 0

    def sent(self) -> int:
        return verbs.receive("roster_entries", io.BytesIO(self.content), "底册.xlsx", by=self.by,
                             campaign_id=self.campaign_id)  # fmt: skip

    def work(self, within: float | None = None) -> float:
        """Let a process look for work as a worker does when it starts; kill it after so many seconds."""
        begun = time.monotonic()
        worker = self.begin(_work_off)
        if within is not None:
            time.sleep(within)
            self.killed += os.waitpid(worker, os.WNOHANG) == (0, 0) and _killed(worker)
        else:
            assert os.waitpid(worker, 0)[1] == 0
        return time.monotonic() - begun

    def at(self, step: ImportState) -> int:
        """An import that waits for this step."""
        key = self.sent()
        if step is not ImportState.CHECKING:
            self.work()
            verbs.start(key, by=self.by, digest=the(key).digest)
        if step is ImportState.UNDOING:
            self.work()
            verbs.start_undoing(key, by=self.by)
        return key

    def clear(self, key: int) -> None:
        """Take it back where it was written."""
        if the(key).state is ImportState.DONE:
            verbs.start_undoing(key, by=self.by)
            self.work()

    def work_off_a_first_one(self, step: ImportState) -> float:
        """How long the step takes whoever is not disturbed."""
        key = self.at(step)
        lasting = self.work()
        self.clear(key)
        return lasting

    def begin(self, does: Callable[[], None]) -> int:
        """A process with connections of its own that does this and ends."""
        session.remove()
        worker = os.fork()
        if worker:
            return worker
        status = 1
        try:
            db.connect(self.settings)
            jobs.connect(self.settings)
            does()
            status = 0
        finally:
            os._exit(status)

    def moments(self, lasting: float) -> Iterator[float]:
        """Random moments of a step that takes so long, until enough workers have died in it."""
        goal = self.killed + KILLS
        while self.killed < goal:
            yield self.random.uniform(0, lasting)


class Album(Here):
    """A school, its teachers, and a ZIP of their photos."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.by = build.an_actor(Role.SCHOOL, self.school)
        picture = encoded(four_quarters((300, 400)))
        people = [build.an_application(school=self.school, photo=True).person.id_number for _one in range(PHOTOS)]
        self.content = an_album(*((f"{number}.jpg", picture) for number in people))

    def sent(self) -> int:
        return verbs.receive("photos", io.BytesIO(self.content), "照片.zip", by=self.by, campaign_id=self.campaign_id)


def _work_off() -> None:
    foreman = Foreman(JOBS)
    for name, key in foreman.waiting():
        foreman.do(name, key)


def _killed(worker: int) -> bool:
    os.kill(worker, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(worker, 0)[1])
