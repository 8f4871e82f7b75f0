"""A worker that is killed at any moment leaves nothing half done, and the next one does it all."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, AuditEntry, FilePiece, Import, ImportRow, Photo, RosterEntry
from shared.models.kinds import FileUse, ImportAction, ImportState
from tests import build
from tests.conftest import Database
from tests.importing import counts, the
from tests.services.imports.workers import KILLS, PHOTOS, ROWS, Album, Here


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


def replaced() -> tuple[int, int]:
    """Photos that are others than before, and former ones that are kept."""
    session.expire_all()
    kept = select(func.count(FilePiece.id)).where(FilePiece.use == FileUse.FORMER)
    others = sum(picture != build.picture(295, 404) for picture in session.scalars(select(Photo.master)))
    return others, session.scalar(kept) or 0


@pytest.mark.timeout(120)
def test_photos_are_replaced_all_or_none_wherever_the_worker_dies(own_database: Database, tmp_path: Path) -> None:
    here = Album(own_database, tmp_path)
    lasting = here.work_off_a_first_one(ImportState.WRITING)
    key = here.at(ImportState.WRITING)
    for moment in here.moments(lasting):
        here.work(moment)
        if the(key).state is ImportState.DONE:  # it was quicker than death
            assert replaced() == (PHOTOS, PHOTOS)
            here.clear(key)
            key = here.at(ImportState.WRITING)
        assert (the(key).state, replaced()) == (ImportState.WRITING, (0, 0))
    here.work()
    assert (the(key).state, replaced(), counts(key)) == (ImportState.DONE, (PHOTOS, PHOTOS), (0, PHOTOS, 0, 0))
    versions = session.scalars(select(Application.form_version).distinct()).all()
    assert len(versions) == 1
