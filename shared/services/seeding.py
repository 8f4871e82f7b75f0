"""What every installation begins with: code tables, the wizard's texts and the known working days."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, Enum, Integer, insert, select

from shared import clock
from shared.db import session, transaction
from shared.models import (
    Authority,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    NoticeText,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Subject,
    Title,
)
from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules.rights import Actor
from shared.services import audit, calendar

FOLDER = Path(__file__).parents[1] / "reference"
FIRST_YEAR = 2024
NOTICES = ("must_read", "terms", "attention")
# Authorities name divisions, so divisions come before them.
TABLES: tuple[type[Entry], ...] = (
    QualificationType,
    Subject,
    Ethnicity,
    PoliticalStatus,
    Education,
    Degree,
    Title,
    PutonghuaGrade,
    ReasonCode,
    Institution,
    Division,
    Authority,
)

Values = dict[str, Any]


@transaction
def seed(*, by: Actor) -> dict[str, int]:
    """Insert whatever is missing, found by its code, and return how many rows of each table are new.

    A row that is there stays as it is: staff may have edited it, and the second run changes nothing.
    """
    added = {model.__tablename__: _fill(model, by) for model in TABLES}
    added[NoticeText.__tablename__] = sum(_publish(key) for key in NOTICES)
    added["calendar_days"] = sum(calendar.fill(year, by=by) for year in _known_years())
    return added


def _fill(model: type[Entry], by: Actor) -> int:
    columns = model.__table__.c
    known = set(session.scalars(select(columns.code)))
    missing = [row for row in _rows(model) if row["code"] not in known]
    for rows in _in_order(model, missing, known):
        session.execute(insert(model), rows, execution_options={"recorded": True})
    if missing:
        audit.record("seed", model.__tablename__, None, {"rows": [None, str(len(missing))]}, by=by)
    return len(missing)


def _rows(model: type[Entry]) -> list[Values]:
    with (FOLDER / f"{model.__tablename__}.csv").open(encoding="utf-8", newline="") as file:
        return [_values(model, row) for row in csv.DictReader(file)]


def _values(model: type[Entry], row: Mapping[str, str]) -> Values:
    columns = model.__table__.c
    values = {name: _value(columns[name], text) for name, text in row.items() if name != "retired"}
    return values | {"status": EntryStatus.RETIRED if row.get("retired") == "1" else EntryStatus.ACTIVE}


def _value(column: Any, text: str) -> Any:  # noqa: ANN401  a column, and a value of its own type
    if not text and column.nullable:
        return None
    if isinstance(column.type, Boolean):
        return text == "1"
    if isinstance(column.type, Integer):
        return int(text)
    if isinstance(column.type, Date):
        return date.fromisoformat(text)
    return column.type.python_type(text) if isinstance(column.type, Enum) else text


def _in_order(model: type[Entry], rows: list[Values], known: set[str]) -> Iterator[list[Values]]:
    """The rows in batches, each naming only codes of its own table that are there before it."""
    own = [c.name for c in model.__table__.c if any(k.column.table is model.__table__ for k in c.foreign_keys)]
    there = set(known)
    while rows:
        ready = [row for row in rows if all(row.get(name) is None or row[name] in there for name in own)]
        if not ready:
            message = f"{model.__tablename__}.csv names codes that it does not have: {[row['code'] for row in rows]}"
            raise ValueError(message)
        yield ready
        there.update(row["code"] for row in ready)
        rows = [row for row in rows if row["code"] not in there]


def _publish(key: str) -> bool:
    if session.scalar(select(NoticeText.id).where(NoticeText.key == key)) is not None:
        return False
    body = (FOLDER / "texts" / f"{key}.txt").read_text(encoding="utf-8").strip()
    session.add(NoticeText(key=key, edition=1, body=body, published_at=clock.now()))
    return True


def _known_years() -> Iterator[int]:
    """The years whose holidays have been announced; the next one is announced each November."""
    import chinese_calendar

    last = max(chinese_calendar.constants.holidays).year
    return iter(range(min(FIRST_YEAR, clock.today().year), last + 1))
