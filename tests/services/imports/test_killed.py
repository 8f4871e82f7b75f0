"""A worker that is killed at any moment leaves nothing half done, and the next one does it all."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import AuditEntry, Import, ImportRow, RosterEntry
from shared.models.kinds import ImportAction, ImportState
from tests.conftest import Database
from tests.importing import counts, the
from tests.services.imports.workers import KILLS, ROWS, Here


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
