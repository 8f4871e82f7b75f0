"""A province with BENCH_ROWS applications: 12 districts, 600 schools, every stage; written set by set."""

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Interval,
    String,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
)

from shared import clock
from shared.db import UTCDateTime, session
from shared.models import Application, Bureau, ConfirmationPoint, Person, School
from shared.models.kinds import BureauLevel, Conclusion, IdKind, Role, SchoolNature, Stage
from shared.services import schema
from shared.services.demo.synthetic import someone
from tests import build

ROWS = int(os.environ.get("BENCH_ROWS", "200_000"))
DISTRICTS, SCHOOLS, POINTS = 12, 600, 60
AT_ONCE = 20_000
FIRST_NUMBER = 209_900_000_000
# Of a hundred applications so many stand at each stage, as late in the third week.
SHARES = {
    Stage.DRAFT: 8,
    Stage.SUBMITTED: 15,
    Stage.SCHOOL_CHECKED: 15,
    Stage.CONFIRMED: 20,
    Stage.PRELIMINARY: 20,
    Stage.REVIEWED: 12,
    Stage.CONCLUDED: 8,
    Stage.RETURNED: 2,
}
DECIDED = (Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED)
LASTING = timedelta(days=20)  # the first was submitted so long ago, the last today


@dataclass(frozen=True)
class Million:
    """What a measurement needs to know of the rows."""

    officer: int  # the province's, who sees all of them
    district: int  # an officer who sees a twelfth

    @staticmethod
    def number(index: int) -> str:
        """The registration number of applicant number `index`."""
        return str(FIRST_NUMBER + index)


def fill(engine: Engine) -> Million:
    """Write them all into a database that has only the tests' reference data."""
    province = build.a_bureau("江苏省教育厅", level=BureauLevel.PROVINCE, division="320000")
    city = build.a_bureau("南京市教育局", level=BureauLevel.CITY, parent=province, division="320100")
    districts = [build.a_bureau(f"第{n}区教育局", parent=city) for n in range(DISTRICTS)]
    campaign = build.a_campaign(province)
    for n in range(SCHOOLS):
        build.add(School(code=f"BS{n}", name=f"第{n}实验学校", bureau=districts[n % DISTRICTS], nature=_NATURE))
    for n in range(POINTS):
        build.add(ConfirmationPoint(code=f"BP{n}", name=f"第{n}确认处", bureau=districts[n % DISTRICTS]))
    like = build.an_application(Stage.CONFIRMED, campaign=campaign)
    officers = [build.staff(Role.PROVINCE, province).id, build.staff(Role.DISTRICT, districts[0]).id]
    values = {column.key: getattr(like, column.key) for column in Application.__table__.columns}
    session.rollback()
    with engine.begin() as connection:
        first = _people(connection)
        _applications(connection, values, first)
    schema.learn(engine)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return Million(*officers)


_NATURE = SchoolNature.PUBLIC_JUNIOR


def _people(connection: Connection) -> int:
    """One account for each applicant; returns the key of the first."""
    first = (connection.scalar(select(func.max(Person.id))) or 0) + 1
    for start in range(0, ROWS, AT_ONCE):
        people = [someone(number) for number in range(start, min(start + AT_ONCE, ROWS))]
        rows = [
            {
                "id": first + one.index,
                "id_kind": IdKind.RESIDENT,
                "id_number": one.id_number,
                "name": one.name,
                "email": f"t{one.index}@example.cn",
            }
            for one in people
        ]
        connection.execute(insert(Person), rows)
    return first


def _applications(connection: Connection, like: dict[str, Any], first: int) -> None:
    """All from one SELECT over the people: what differs follows from the person's number, the rest is as in `like`."""
    number = cast(Person.id - first, BigInteger)
    hundredth = number * 37 % 100  # neighbours differ, as they do in life
    stage = _by_share(hundredth)
    decided = hundredth.in_([n for n, one in enumerate(_shares()) if one in DECIDED])
    is_draft = hundredth.in_([n for n, one in enumerate(_shares()) if one is Stage.DRAFT])
    schools, points = _keys(connection, School, "BS"), _keys(connection, ConfirmationPoint, "BP")
    place = number * 31 % SCHOOLS
    differing = {
        "person_id": Person.id,
        "name": Person.name,
        "registration_number": cast(number + literal(FIRST_NUMBER, BigInteger), String),
        "certificate_number": cast(number + literal(20_100_000_000_000_000, BigInteger), String),
        "stage": stage,
        "conclusion": case((decided, literal(Conclusion.REGISTERED.value)), else_=literal(Conclusion.NONE.value)),
        "form_version": case((is_draft, literal(0)), else_=literal(1)),
        "signed_version": case((is_draft, literal(0)), else_=literal(1)),
        "created_at": _moment(connection, number),
        "submitted_at": case((is_draft, null()), else_=_moment(connection, number)),
        "stage_at": _moment(connection, number * 7919 % ROWS),  # not in the order of the keys
        "school_id": place + schools,
        "point_id": place % POINTS + points,
        "bureau_id": place % DISTRICTS + _keys(connection, Bureau, ""),
    }
    table = Application.__table__
    names = [column.key for column in table.columns if column.key != "id"]
    chosen = [differing.get(name, literal(like.get(name), table.c[name].type)) for name in names]
    query = select(*chosen).where(Person.id >= first).order_by(Person.id)
    connection.execute(insert(table).from_select(names, query))


def _moment(connection: Connection, number: Any) -> Any:
    """When applicant `number` of all did something, in the engine's own words: they come one after the other."""
    seconds = number * literal(int(LASTING.total_seconds()), BigInteger) / ROWS
    begin = clock.now() - LASTING
    if connection.dialect.name == "sqlite":
        later = cast(cast(seconds, BigInteger), String) + literal(" seconds")
        return func.strftime("%Y-%m-%d %H:%M:%S.000000", f"{begin:%Y-%m-%d %H:%M:%S}", later)
    return literal(begin, UTCDateTime) + cast(seconds, BigInteger) * literal(timedelta(seconds=1), Interval)


def _shares() -> list[Stage]:
    return [stage for stage, share in SHARES.items() for _one in range(share)]


def _by_share(hundredth: Any) -> Any:
    ends, end = [], 0
    for stage, share in SHARES.items():
        end += share
        ends.append((hundredth < end, literal(stage.value)))
    return case(*ends, else_=literal(Stage.RETURNED.value))


def _keys(connection: Connection, model: type[Any], code: str) -> int:
    """The first key of the rows made here; they were made one after the other."""
    column = model.__table__.c
    mine = column.name.like("第%区教育局") if model is Bureau else column.code.like(f"{code}%")
    first, last, count = connection.execute(
        select(func.min(column.id), func.max(column.id), func.count()).where(mine)
    ).one()
    assert last - first == count - 1
    return int(first)
