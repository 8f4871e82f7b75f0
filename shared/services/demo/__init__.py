"""A believable city with teachers at every stage, for trying the system out; production refuses it.

Everything is invented and repeatable: a second run finds what the first one made, and adds only what is missing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Row, func, insert, select, text

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Person, Staff
from shared.rules.rights import Actor
from shared.rules.states import status_label
from shared.services import audit, second_factor
from shared.services.demo import asked, histories, places, rounds, staffing, world
from shared.services.demo.rows import rows_of
from shared.services.demo.synthetic import Someone, someone
from shared.services.passwords import hash_password
from shared.services.seeding import seed
from shared.text import Text

if TYPE_CHECKING:
    from shared.models.kinds import Conclusion, Stage

PASSWORD = "Qinhuai#2026"  # noqa: S105  everybody may know it
BATCH = 500


@dataclass(frozen=True)
class Login:
    """Somebody to try the system as: what to type, and who that is."""

    username: str
    name: str
    who: Text
    needs_code: bool = False  # besides the password; `demo-code` shows it


@dataclass(frozen=True)
class Demo:
    """What the demo added, and how to log in to it."""

    added: dict[str, int]
    password: str
    staff: list[Login]
    teachers: list[Login]


@transaction
def demo(teachers: int, *, by: Actor) -> Demo:
    """Make the city and that many teachers, as far as they are not there yet."""
    added = Counter(seed(by=by))
    added.update(places.build())
    password_hash = hash_password(PASSWORD)
    added.update(staffing.build(password_hash))
    campaign, made = rounds.build()
    added.update(made)
    around = world.read(campaign, clock.today())
    for batch in _missing(teachers):
        added.update(_insert(batch, around, password_hash))
    added.update(asked.build())
    for table in sorted({"people", "applications", "events"} & added.keys()):
        audit.record("demo", table, None, {"rows": [None, str(added[table])]}, by=by)
    return Demo({table: count for table, count in added.items() if count}, PASSWORD, staff_logins(), teacher_logins())


def _missing(teachers: int) -> Iterator[list[Someone]]:
    """Those of the first `teachers` people who have no account, in batches."""
    for start in range(0, teachers, BATCH):
        people = [someone(index) for index in range(start, min(start + BATCH, teachers))]
        numbers = select(Person.id_number).where(Person.id_number.in_([who.id_number for who in people]))
        known = set(session.scalars(numbers))
        batch = [who for who in people if who.id_number not in known]
        if batch:
            yield batch


def _insert(people: list[Someone], around: world.World, password_hash: str) -> dict[str, int]:
    keys = list(zip(_numbers(Application, len(people)), _numbers(Person, len(people)), strict=True))
    rows = rows_of(people, keys, around, password_hash)
    for model, values in rows.items():
        session.execute(insert(model), values, execution_options={"recorded": True})
    return {model.__tablename__: len(values) for model, values in rows.items()}


def _numbers(model: type[Base], count: int) -> list[int]:
    """Row numbers that nobody else gets: other rows name them before they are inserted."""
    table = model.__table__
    if session.connection().dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(session.scalars(drawn, {"name": model.__tablename__, "count": count}))
    last = session.scalar(select(func.max(table.c.id))) or 0  # the writer is alone there
    return list(range(last + 1, last + 1 + count))


def staff_logins() -> list[Login]:
    """One for each role."""
    found = {row.username: row for row in session.scalars(select(Staff).where(Staff.username.in_(staffing.PLAIN)))}
    return [_login(found[name]) for name in staffing.PLAIN if name in found]


def _login(staff: Staff) -> Login:
    return Login(staff.username, staff.name, staff.role.label, needs_code=second_factor.is_on(staff))


def teacher_logins() -> list[Login]:
    """One teacher for each status, as it is now."""
    people = [someone(index) for index in range(len(histories.HISTORIES))]
    standing = (
        select(Person.id_number, Person.name, Application.stage, Application.conclusion)
        .join(Application, Application.person_id == Person.id)
        .where(Person.id_number.in_([who.id_number for who in people]))
        .order_by(Application.id)
    )
    by_status: dict[Text, Row[str, str, Stage, Conclusion]] = {}
    for row in session.execute(standing):
        by_status.setdefault(status_label(row.stage, row.conclusion), row)
    return [Login(row.id_number, row.name, status) for status, row in by_status.items()]
