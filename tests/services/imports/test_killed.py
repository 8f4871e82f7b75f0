"""A worker that is killed at any moment leaves nothing half done, and the next one does it all."""

import dataclasses
import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from shared import db
from shared.db import session
from shared.models import AuditEntry, Import, ImportRow, RosterEntry
from shared.models.kinds import ImportAction, ImportState, Role
from shared.services import jobs
from shared.services.imports import verbs
from shared.services.jobs import Foreman
from shared.services.worker import JOBS
from tests import build
from tests.admin.world import settings
from tests.conftest import KEY, Database
from tests.importing import a_workbook, counts, the

ROWS, KILLS = 2_000, 7  # in each of three steps: 21 altogether
HEAD = ("学校编码", "姓名", "身份证号")


class Here:
    """A district, its list, and workers that die."""

    def __init__(self, database: Database, folder: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.settings = dataclasses.replace(settings(), database_url=url, var_dir=folder, data_keys=(KEY,))
        city = build.a_nanjing()
        school = build.a_school(bureau=city.gulou)
        self.campaign_id = build.a_campaign(city.province).id
        self.by = build.an_actor(Role.DISTRICT, city.gulou)
        self.numbers = [build.an_id_number() for _row in range(ROWS)]
        self.content = a_workbook(HEAD, *((school.code, f"教师{n}", one) for n, one in enumerate(self.numbers)))
        self.random = Random(5)
        self.killed = 0

    def sent(self) -> int:
        return verbs.receive("roster_entries", io.BytesIO(self.content), "底册.xlsx", by=self.by,
                             campaign_id=self.campaign_id)  # fmt: skip

    def work(self, within: float | None = None) -> float:
        """Let a process look for work as a worker does when it starts; kill it after so many seconds."""
        session.remove()
        begun = time.monotonic()
        worker = os.fork()
        if not worker:
            self._be_a_worker()
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

    def _be_a_worker(self) -> None:
        status = 1
        try:
            db.connect(self.settings)
            jobs.connect(self.settings)
            foreman = Foreman(JOBS)
            for name, key in foreman.waiting():
                foreman.do(name, key)
            status = 0
        finally:
            os._exit(status)

    def moments(self, lasting: float) -> Iterator[float]:
        """Random moments of a step that takes so long, until enough workers have died in it."""
        goal = self.killed + KILLS
        while self.killed < goal:
            yield self.random.uniform(0, lasting)


def _killed(worker: int) -> bool:
    os.kill(worker, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(worker, 0)[1])


@pytest.fixture
def here(own_database: Database, tmp_path: Path) -> Here:
    return Here(own_database, tmp_path)


def there() -> tuple[int, int, int]:
    """Rows of the list, different numbers among them, and rows that are noted as new and not taken back."""
    session.expire_all()
    noted = ImportRow.action == ImportAction.NEW, ImportRow.taken_back.is_not(True)
    return (
        session.scalar(select(func.count(RosterEntry.id))) or 0,
        session.scalar(select(func.count(RosterEntry.id_number.distinct()))) or 0,
        session.scalar(select(func.count(ImportRow.id)).where(*noted)) or 0,
    )


def audited(action: str) -> int:
    entries = select(func.count(AuditEntry.id)).where(
        AuditEntry.action == action, AuditEntry.table_name == RosterEntry.__tablename__
    )
    return session.scalar(entries) or 0


NOTHING, ALL = (0, 0, 0), (ROWS, ROWS, ROWS)
# Each step: its state, what there is until it is done, and its end with what there is then.
STEPS = {
    ImportState.CHECKING: (NOTHING, ImportState.CHECKED, NOTHING),
    ImportState.WRITING: (NOTHING, ImportState.DONE, ALL),
    ImportState.UNDOING: (ALL, ImportState.UNDONE, NOTHING),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_may_die_at_any_moment(here: Here, step: ImportState) -> None:
    before, end, after = STEPS[step]
    lasting = here.work_off_a_first_one(step)
    key = here.at(step)
    for moment in here.moments(lasting):
        begun = audited("import"), audited("delete")
        here.work(moment)
        state = the(key).state
        assert (state, there()) in ((step, before), (end, after))
        if state is end:  # it was quicker than death
            here.clear(key)
            key = here.at(step)
        else:
            assert (audited("import"), audited("delete")) == begun
    here.work()
    assert (the(key).state, there(), counts(key)) == (end, after, (ROWS, 0, 0, 0))
    here.clear(key)
    key = here.at(ImportState.WRITING)
    here.work()
    assert (the(key).state, there()) == (ImportState.DONE, ALL)
    assert here.killed == KILLS


def test_imports_that_nobody_finished_are_all_found(here: Here) -> None:
    keys = [here.sent(), here.sent()]
    here.work(0.05)
    here.work()
    assert [session.get_one(Import, key).state for key in keys] == [ImportState.CHECKED] * 2
