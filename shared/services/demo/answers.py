"""The form of one synthetic teacher, every field of it, in agreement with itself."""

from datetime import date, timedelta
from random import Random
from typing import Any

from shared.models import Authority
from shared.models.kinds import (
    BureauLevel,
    Locality,
    PostKind,
    RegistrationType,
    SchoolNature,
    TeachingStage,
)
from shared.services.demo.histories import History
from shared.services.demo.places import DISTRICTS
from shared.services.demo.synthetic import Someone, certificate_number, certificate_year
from shared.services.demo.world import Place, World

_T = TeachingStage
# What is taught at each kind of school, and the type of certificate for it.
_POSTS: dict[str, tuple[tuple[TeachingStage, str], ...]] = {
    "kindergarten": ((_T.KINDERGARTEN, "1"),),
    "primary": ((_T.PRIMARY, "2"),),
    "junior": ((_T.JUNIOR, "3"),),
    "senior": ((_T.SENIOR, "4"),),
    "nine_year": ((_T.PRIMARY, "2"), (_T.JUNIOR, "3")),
    "complete": ((_T.JUNIOR, "3"), (_T.SENIOR, "4")),
    "vocational": ((_T.VOCATIONAL, "5"), (_T.VOCATIONAL, "4")),
    "special": ((_T.SPECIAL, "2"),),
}
_MAJORS = {
    "语文": "汉语言文学",
    "数学": "数学与应用数学",
    "英语": "英语",
    "物理": "物理学",
    "化学": "化学",
    "生物": "生物科学",
    "历史": "历史学",
    "地理": "地理科学",
    "音乐": "音乐学",
    "美术": "美术学",
    "体育": "体育教育",
    "幼儿教育": "学前教育",
}
_TITLES, _VOCATIONAL_TITLES = ("102", "103", "103", "104"), ("202", "203", "203", "204")
_EDUCATIONS = (("20", "4"), ("20", "4"), ("20", "4"), ("12", "3"), ("30", "0"))
_FAR = ("320117", "320118")
_YEARS_OF_A_CYCLE = 5
_CHINESE = "语文"


def fill_in(who: Someone, school: Place, history: History, world: World) -> dict[str, Any]:
    """The columns of the application that the teacher and the school fill in."""
    random = Random(f"answers {who.index}")  # noqa: S311  has to be repeatable, not secret
    teaching_stage, type_code = random.choice(_POSTS[school.nature.value.partition("_")[2]])
    year = certificate_year(who, random, world.year - 1)
    subject = random.choice(world.subjects[type_code])
    authority, issued = _issued(type_code, year, random, world)
    named = year > 2000 or random.random() > 0.2  # noqa: PLR2004  some early certificates name no subject
    return {
        "certificate_number": certificate_number(who, year, type_code, authority.division_code),
        "qualification_type_code": type_code,
        "authority_id": authority.id,
        "certificate_issued_on": issued,
        "certificate_subject_code": subject.code if named else "000",
        "teaching_stage": teaching_stage,
        "teaching_subject_code": subject.code,
        "registration_type": _registration_type(year, history, world),
        **_identity(who, random, world),
        **_post(school, year, random, world),
        **_schooling(subject.name, random, world),
        **_contact(who, school, random),
    }


def _issued(type_code: str, year: int, random: Random, world: World) -> tuple[Authority, date]:
    """An authority that existed when the certificate was issued; senior certificates come from the city."""
    day = date(year, 5, 1) + timedelta(days=random.randrange(90))
    level = BureauLevel.COUNTY if type_code in "123" else BureauLevel.CITY
    there = [
        authority
        for authority in world.authorities
        if authority.level is level
        and (authority.valid_from is None or authority.valid_from <= day)
        and (authority.valid_to is None or authority.valid_to > day)
    ]
    return random.choice(there), day


def _registration_type(year: int, history: History, world: World) -> RegistrationType:
    """Whoever is new has no cycle to look back on; most reasons to defer are about one."""
    new = world.year - year <= _YEARS_OF_A_CYCLE and history.reason_code is None
    return RegistrationType.FIRST if new else RegistrationType.PERIODIC


def _identity(who: Someone, random: Random, world: World) -> dict[str, Any]:
    return {
        "name": who.name,
        "sex": who.sex,
        "birth_date": who.birth_date,
        "ethnicity_code": "01" if random.random() < 0.95 else random.choice(("03", "11", "02", "15")),  # noqa: PLR2004
        "political_status_code": random.choice(("13", "13", "13", "01", "01", "05", "07")),
        "residence_code": random.choice(world.districts),
        "birthplace_code": random.choice(world.birthplaces),
    }


def _post(school: Place, year: int, random: Random, world: World) -> dict[str, Any]:
    private = school.nature.value.startswith("private")
    vocational = school.nature in (SchoolNature.PUBLIC_VOCATIONAL, SchoolNature.PRIVATE_VOCATIONAL)
    contract = world.year - random.randrange(1, 3)
    return {
        "work_started_on": date(year, 8, 1),
        "joined_on": date(random.randrange(year, world.year), 8, 1),
        "contract_from": date(contract, 8, 1),
        "contract_to": date(contract + _YEARS_OF_A_CYCLE, 7, 31),
        "title_code": random.choice(_VOCATIONAL_TITLES if vocational else _TITLES),
        "locality": Locality.TOWN if school.bureau_code in _FAR else Locality.URBAN,
        "school_nature": school.nature,
        "post_kind": PostKind.PRIVATE if private else PostKind.ESTABLISHED,
    }


def _schooling(subject: str, random: Random, world: World) -> dict[str, Any]:
    education, degree = random.choice(_EDUCATIONS)
    return {
        "education_code": education,
        "degree_code": degree,
        "institution_id": random.choice(world.institutions),
        "major": _MAJORS.get(subject, "教育学"),
        "putonghua_code": "21" if subject == _CHINESE else random.choice(("21", "22", "22", "12")),
    }


def _contact(who: Someone, school: Place, random: Random) -> dict[str, Any]:
    district = DISTRICTS.get(school.bureau_code, "玄武区")
    return {
        "mobile": f"139{who.index:08d}",
        "address": f"南京市{district}示范路{random.randrange(1, 300)}号",
        "postcode": "210008",
    }
