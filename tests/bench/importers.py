"""The ways to import a list, each a process: python -m tests.bench.importers WAY URL FILE CAMPAIGN KEY."""

import dataclasses
import gc
import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from shared import db
from shared.adapters.sheets import open_book
from shared.db import session
from shared.models import RosterEntry, School
from shared.services import jobs
from shared.services.imports import bulk, formats, kinds, running
from tests.bench import peer

KEY = bytes(range(64))
CHUNK = 1_000
TABLE = RosterEntry.__table__


def ours(_path: Path, _campaign_id: int, key: int) -> int:
    """What the worker does next with import `key`."""
    running.work_off(key)
    return 0


def floor(path: Path, campaign_id: int, _key: int) -> int:
    """The same reader, and the fastest insert into the same table, with nothing between them."""
    return _floor(path, campaign_id)


@db.transaction
def _floor(path: Path, campaign_id: int, *, by: None = None) -> int:
    schools = {code: key for code, key in session.execute(select(School.code, School.id))}  # noqa: C416
    count = 0
    with open_book(path) as book:
        rows = iter(next(book.sheets).rows)
        head = {str(name): place for place, name in enumerate(next(rows)[1])}
        school, number, name = (head[one] for one in ("学校编码", "身份证号", "姓名"))
        names = ("version", "campaign_id", "school_id", "id_kind", "id_number", "name")
        while some := list(islice(rows, CHUNK)):
            values = [
                (1, campaign_id, schools[str(cells[school])], "resident", str(cells[number]).encode(), cells[name])
                for _row, cells in some
            ]
            bulk.insert(TABLE, names, values)
            count += len(values)
    return count


def reader(path: Path, _campaign_id: int, _key: int) -> int:
    """The reader alone."""
    with open_book(path) as book:
        return sum(1 for _row in next(book.sheets).rows) - 1


def peer_as_it_comes(path: Path, campaign_id: int, _key: int) -> int:
    return peer.run(path, campaign_id, tuned=False)


def peer_tuned(path: Path, campaign_id: int, _key: int) -> int:
    return peer.run(path, campaign_id, tuned=True)


WAYS = (ours, floor, reader, peer_as_it_comes, peer_tuned)


def main(way: str, url: str, path: str, campaign_id: str, key: str) -> None:
    """Do it, and say how long it took and how much memory it had at most, in megabytes."""
    does = next(one for one in WAYS if one.__name__ == way)
    if way.startswith("peer"):
        peer.set_up(url)
    else:
        _connect(url, Path(path).parent)
    begun = time.perf_counter()
    count = does(Path(path), int(campaign_id), int(key))
    seconds = time.perf_counter() - begun
    jobs.disconnect()
    print(json.dumps({"seconds": seconds, "count": count, "memory": sum(_peaks())}))  # noqa: T201


def _connect(url: str, folder: Path) -> None:
    from tests.admin.world import settings

    found = dataclasses.replace(settings(), database_url=url, var_dir=folder, data_keys=(KEY,))
    db.connect(found)
    jobs.connect(found)  # progress is told, as it is in the worker
    formats.register(kinds.FORMATS)
    gc.freeze()  # as the worker does


def _peaks() -> Iterator[float]:
    """Of this process and of its largest child: together no less than both held, for what they share counts twice.

    VmHWM, for ru_maxrss begins with what the parent had.
    """
    status = Path("/proc/self/status").read_text()
    yield int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    yield resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
