"""A Nanjing for trying things out: the districts are real, the schools and confirmation points are invented."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from shared.db import session
from shared.models import Bureau, ConfirmationPoint, PointSchool, School
from shared.models.base import Entry
from shared.models.kinds import BureauLevel, SchoolNature

PROVINCE, CITY = "320000", "320100"
DISTRICTS = {
    "320102": "玄武区",
    "320104": "秦淮区",
    "320105": "建邺区",
    "320106": "鼓楼区",
    "320111": "浦口区",
    "320113": "栖霞区",
    "320114": "雨花台区",
    "320115": "江宁区",
    "320116": "六合区",
    "320117": "溧水区",
    "320118": "高淳区",
    "320191": "江北新区",
}
# A new area without a division code of its own in GB/T 2260; most of it lies in 浦口.
_WITHOUT_DIVISION = {"320191": "320111"}
_BIG = ("320104", "320106", "320111", "320113", "320115", "320116")  # districts with a second confirmation point

_N = SchoolNature
_OF_DISTRICT = (
    ("明德小学", _N.PUBLIC_PRIMARY),
    ("致远中学", _N.PUBLIC_JUNIOR),
    ("文澜实验学校", _N.PUBLIC_NINE_YEAR),
    ("春晖幼儿园", _N.PUBLIC_KINDERGARTEN),
)
_OF_CITY = (
    ("南京市紫金中学", _N.PUBLIC_COMPLETE),
    ("南京市秦淮河中学", _N.PUBLIC_COMPLETE),
    ("南京市钟山高级中学", _N.PUBLIC_SENIOR),
    ("南京市石城高级中学", _N.PUBLIC_SENIOR),
    ("南京市扬子高级中学", _N.PUBLIC_SENIOR),
    ("南京市弘毅中学", _N.PUBLIC_COMPLETE),
    ("南京市工业职业技术学校", _N.PUBLIC_VOCATIONAL),
    ("南京市旅游职业学校", _N.PUBLIC_VOCATIONAL),
    ("南京市启智特殊教育学校", _N.PUBLIC_SPECIAL),
    ("南京市直属实验小学", _N.PUBLIC_PRIMARY),
    ("南京市直属幼儿园", _N.PUBLIC_KINDERGARTEN),
    ("南京市博雅双语学校", _N.PRIVATE_NINE_YEAR),
)
FIRST_DISTRICT, FIRST_SCHOOL, FIRST_POINT = "320106", "S32010602", "P32010601"  # where the plain log-ins work


def build() -> dict[str, int]:
    """Make what is missing, found by its code; return how many rows of each table are new."""
    return {
        "bureaus": _bureaus(),
        "schools": _add(School, _schools()),
        "confirmation_points": _add(ConfirmationPoint, _points()),
        "point_schools": _serve(),
    }


def _bureaus() -> int:
    added = _add(
        Bureau, [Bureau(code=PROVINCE, name="江苏省教育厅", level=BureauLevel.PROVINCE, division_code=PROVINCE)]
    )
    added += _add(Bureau, [Bureau(code=CITY, name="南京市教育局", level=BureauLevel.CITY, division_code=CITY)])
    added += _add(Bureau, [_district(code, name) for code, name in DISTRICTS.items()])
    found = _bureau_by_code()
    for code, bureau in found.items():
        if not bureau.path and code in (PROVINCE, CITY, *DISTRICTS):
            parent = {PROVINCE: None, CITY: found[PROVINCE]}.get(code, found[CITY])
            bureau.parent, bureau.phone = parent, f"025-8400{bureau.id:04d}"
            bureau.path = f"{parent.path if parent else '/'}{bureau.id}/"
    session.flush()
    return added


def _district(code: str, name: str) -> Bureau:
    owner = f"南京市{name}教育局" if code not in _WITHOUT_DIVISION else "南京江北新区教育和社会保障局"
    division = _WITHOUT_DIVISION.get(code, code)
    return Bureau(code=code, name=owner, level=BureauLevel.COUNTY, division_code=division)


def _bureau_by_code() -> dict[str, Bureau]:
    """The bureaus, those above before those below them."""
    return {bureau.code: bureau for bureau in session.scalars(select(Bureau).order_by(Bureau.code))}


def _schools() -> Iterator[School]:
    bureaus = _bureau_by_code()
    for code, district in DISTRICTS.items():
        for place, (name, nature) in enumerate(_OF_DISTRICT, 1):
            full = f"南京市{district}{name}"
            yield School(code=f"S{code}{place:02d}", name=full, nature=nature, bureau_id=bureaus[code].id)
    for place, (name, nature) in enumerate(_OF_CITY, 1):
        yield School(code=f"S{CITY}{place:02d}", name=name, nature=nature, bureau_id=bureaus[CITY].id)


def _points() -> Iterator[ConfirmationPoint]:
    bureaus = _bureau_by_code()
    for code, name in ((CITY, "市直属"), *DISTRICTS.items()):
        for place in (1, 2) if code in (CITY, *_BIG) else (1,):
            yield ConfirmationPoint(
                code=f"P{code}{place:02d}",
                name=f"{name}教师资格现场确认点" + ("" if place == 1 else "（分点）"),
                bureau_id=bureaus[code].id,
                address=f"南京市{name if code != CITY else '玄武区'}示范路{place * 18}号政务服务中心{place}楼",
                phone=f"025-8400{int(code[3:]) * 10 + place:04d}",
                contact="值班老师",
            )


def _serve() -> int:
    """A bureau's first point serves all its schools, the second one every other of them."""
    kept = {(row.point_id, row.school_id) for row in session.scalars(select(PointSchool))}
    schools = [school for school in session.scalars(select(School).order_by(School.code)) if _is_demo(school)]
    added = 0
    for point in session.scalars(select(ConfirmationPoint)):
        step = 2 if point.code.endswith("02") else 1
        for school in [one for one in schools if one.bureau_id == point.bureau_id][::step]:
            if _is_demo(point) and (point.id, school.id) not in kept:
                session.add(PointSchool(point_id=point.id, school_id=school.id))
                added += 1
    session.flush()
    return added


def _is_demo(place: Entry) -> bool:
    return place.code[1:7] in (CITY, *DISTRICTS) and place.code[0] in "SP"


def _add(model: type[Entry], rows: Iterable[Entry]) -> int:
    known = set(session.scalars(select(model.code)))
    missing = [row for row in rows if row.code not in known]
    session.add_all(missing)
    session.flush()
    return len(missing)
