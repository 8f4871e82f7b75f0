"""Builders: each makes one thing, complete and valid, and writes it through the session.

What is not given is found (the first one there is) or made: `an_application()` alone stands on a whole city.
"""

import functools
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import select

from shared import clock
from shared.db import Base, session, transaction
from shared.models import (
    Application,
    Authority,
    Bureau,
    Campaign,
    Certificate,
    ConfirmationPoint,
    Institution,
    Material,
    Person,
    Photo,
    PointSchool,
    Publicity,
    ReceivedPaper,
    RevocationRequest,
    School,
    Staff,
    Window,
)
from shared.models.kinds import (
    BureauLevel,
    Conclusion,
    EthicsGrade,
    IdKind,
    Locality,
    PostKind,
    RegistrationType,
    Role,
    SchoolNature,
    Sex,
    Stage,
    TeachingStage,
    WindowStage,
)
from shared.rules.accounts import CODE_SECONDS, SECOND_FACTOR_ROLES
from shared.rules.rights import Actor
from shared.services import access, second_factor
from tests.reference_rows import CITY, GULOU, PROVINCE, XUANWU

M = TypeVar("M", bound=Base)
Place = Bureau | School | ConfirmationPoint

TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # on the phone of everybody who needs a second factor
SYSTEM = access.system("测试准备")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_numbers = count(1)


def add(*rows: M, by: Actor = SYSTEM) -> M:
    """Write `rows` as a verb would, and give the first of them back."""
    return _add(*rows, by=by)


@transaction
def _add(*rows: M, by: Actor) -> M:
    session.add_all(rows)
    session.flush()
    for row in rows:
        if isinstance(row, Bureau) and not row.path:
            row.path = f"{row.parent.path if row.parent else '/'}{row.id}/"
    return rows[0]


def change(row: M, *, by: Actor = SYSTEM, **values: Any) -> M:
    """Set columns of a row that is there already."""
    return _change(row, values, by=by)


@transaction
def _change(row: M, values: dict[str, Any], *, by: Actor) -> M:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def remove(row: Base, *, by: Actor = SYSTEM) -> None:
    """Delete a row."""
    _remove(row, by=by)


@transaction
def _remove(row: Base, *, by: Actor) -> None:
    session.delete(row)


def number() -> int:
    """A number that no other call of this run gets."""
    return next(_numbers)


def an_id_number(*, sex: Sex = Sex.FEMALE, area: str = GULOU) -> str:
    """An 18-character ID number of somebody born in the 1980s, with its check character, never twice the same."""
    days, sequence = divmod(number(), 490)
    birth = date(1980, 1, 1).toordinal() + days
    body = f"{area}{date.fromordinal(birth):%Y%m%d}{sequence * 2 + (sex is Sex.MALE):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def a_certificate_number(*, year: int = 2010, type_code: str = "3", sex: Sex = Sex.FEMALE) -> str:
    """A modern number of 17 digits: year, province, authority, type, sex, running number."""
    return f"{year}32016{type_code}{1 if sex is Sex.MALE else 2}{number():06d}"


def a_bureau(
    name: str = "", *, level: BureauLevel = BureauLevel.COUNTY, parent: Bureau | None = None, division: str = GULOU
) -> Bureau:
    key = number()
    row = Bureau(code=f"B{key}", name=name or f"第{key}教育局", level=level, division_code=division, parent=parent)
    return add(row)


@dataclass(frozen=True)
class Nanjing:
    """A province, its city and two districts of it."""

    province: Bureau
    city: Bureau
    gulou: Bureau
    xuanwu: Bureau


def a_nanjing() -> Nanjing:
    province = a_bureau("江苏省教育厅", level=BureauLevel.PROVINCE, division=PROVINCE)
    city = a_bureau("南京市教育局", level=BureauLevel.CITY, parent=province, division=CITY)
    gulou = a_bureau("南京市鼓楼区教育局", parent=city, division=GULOU)
    xuanwu = a_bureau("南京市玄武区教育局", parent=city, division=XUANWU)
    return Nanjing(province, city, gulou, xuanwu)


def _first(model: type[M]) -> M | None:
    return session.scalar(select(model).order_by(model.__table__.c.id).limit(1))


def _a_district() -> Bureau:
    found = select(Bureau).where(Bureau.level == BureauLevel.COUNTY).order_by(Bureau.id).limit(1)
    return session.scalar(found) or a_nanjing().gulou


def a_school(name: str = "", *, bureau: Bureau | None = None, **fields: Any) -> School:
    key = number()
    fields = {"nature": SchoolNature.PUBLIC_JUNIOR, "code": f"S{key}"} | fields
    return add(School(name=name or f"第{key}中学", bureau=bureau or _a_district(), **fields))


def a_point(
    name: str = "", *, serving: list[School] | None = None, bureau: Bureau | None = None, **fields: Any
) -> ConfirmationPoint:
    """A confirmation point; without `serving` it serves one new school."""
    key = number()
    schools = serving if serving is not None else [a_school(bureau=bureau)]
    home = bureau or (schools[0].bureau if schools else _a_district())
    row = ConfirmationPoint(code=f"P{key}", name=name or f"第{key}确认点", bureau=home, **fields)
    add(row, *[PointSchool(point=row, school=school) for school in schools])
    return row


def a_window(campaign: Campaign, stage: WindowStage, **times: Any) -> Window:
    """Opening times of one stage; without any, always open."""
    return add(Window(campaign_id=campaign.id, stage=stage, **(_always() | times)))


def _always() -> dict[str, Any]:
    midnight = time(0, 0)
    return {
        "opens_on": date(2000, 1, 1),
        "closes_on": date(2099, 12, 31),
        "workdays_only": False,
        "opens_at": midnight,
        "closes_at": midnight,
    }


def a_campaign(
    bureau: Bureau | None = None, *, open_stages: tuple[WindowStage, ...] | None = None, **fields: Any
) -> Campaign:
    """A campaign of the city; every stage is open at all times, or only those in `open_stages`."""
    key = number()
    if bureau is None:
        district = _a_district()
        bureau = district.parent or district
    fields = {
        "code": f"C{key}",
        "name": f"第{key}批定期注册",
        "year": clock.today().year,
        "registration_type": RegistrationType.FIRST,
        "acceptance_ends_on": date(2099, 12, 31),
    } | fields
    row = Campaign(bureau=bureau, **fields)
    stages = tuple(WindowStage) if open_stages is None else open_stages
    return add(row, *[Window(campaign=row, stage=stage, **_always()) for stage in stages])


def a_material(campaign: Campaign | None = None, name: str = "", **fields: Any) -> Material:
    key = number()
    owner = campaign or _first(Campaign) or a_campaign()
    return add(Material(campaign_id=owner.id, position=key, name=name or f"第{key}项材料", **fields))


def a_person(name: str = "王晓燕", *, sex: Sex = Sex.FEMALE, **fields: Any) -> Person:
    values = {"id_kind": IdKind.RESIDENT, "id_number": an_id_number(sex=sex), "email": f"t{number()}@example.cn"}
    return add(Person(name=name, **(values | fields)))


def staff(role: Role, place: Place | None = None, **fields: Any) -> Staff:
    """A member of staff at a place that fits the role (without one, the first), with a second factor if needed."""
    key = number()
    home = place or _place_for(role)
    where = {"school": School, "point": ConfirmationPoint, "bureau": Bureau}
    spot = {name: home for name, kind in where.items() if isinstance(home, kind)}
    values = {"username": f"user{key}", "name": f"工作人员{key}", "must_change_password": False}
    if role in SECOND_FACTOR_ROLES:
        values |= {"totp_secret": TOTP_KEY, "totp_confirmed_at": clock.now()}
    return add(Staff(role=role, **spot, **(values | fields)))


def a_code(member: Staff) -> str:
    """What the phone of a member of staff shows: the first code that was not used yet."""
    session.refresh(member)
    step = max(int(clock.now().timestamp()) // CODE_SECONDS - 1, (member.totp_last_step or 0) + 1)
    return second_factor.code_at(member.totp_secret or "", step).decode()


def _place_for(role: Role) -> Place:
    if role is Role.SCHOOL:
        return _first(School) or a_school()
    if role is Role.POINT:
        return _first(ConfirmationPoint) or a_point()
    district = _a_district()
    city = district.parent or district
    return {Role.DISTRICT: district, Role.CITY: city}.get(role, city.parent or city)


def an_actor(role: Role | None, place: Place | Person | None = None, *, address: str = "192.0.2.1") -> Actor:
    """Somebody who acts: a teacher is a new person unless given, None is a command."""
    if role is None:
        return access.system("命令")
    if role is Role.TEACHER:
        return access.actor_of_person(place if isinstance(place, Person) else a_person(), address)
    assert not isinstance(place, Person)
    return access.actor_of_staff(staff(role, place), address)


_UNSIGNED = (Stage.DRAFT, Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED, Stage.WITHDRAWN)
_DECIDED = (Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED, Stage.REVOKED)


def _answers() -> dict[str, Any]:
    """A teacher of Chinese at a junior secondary school; every required field is filled."""
    authority = session.scalar(select(Authority.id).where(Authority.code == "320106-1"))
    institution = session.scalar(select(Institution.id).where(Institution.code == "10319"))
    return {
        "ethnicity_code": "01",
        "qualification_type_code": "3",
        "authority_id": authority,
        "certificate_subject_code": "110",
        "certificate_issued_on": date(2010, 7, 1),
        "teaching_stage": TeachingStage.JUNIOR,
        "teaching_subject_code": "110",
        "work_started_on": date(2010, 8, 1),
        "title_code": "103",
        "locality": Locality.URBAN,
        "joined_on": date(2010, 8, 1),
        "contract_from": date(2020, 8, 1),
        "contract_to": date(2030, 7, 31),
        "school_nature": SchoolNature.PUBLIC_JUNIOR,
        "post_kind": PostKind.ESTABLISHED,
        "education_code": "20",
        "degree_code": "4",
        "institution_id": institution,
        "major": "汉语言文学",
        "putonghua_code": "21",
        "residence_code": GULOU,
        "birthplace_code": GULOU,
        "political_status_code": "13",
        "mobile": "13800138000",
        "address": "南京市鼓楼区宁海路1号",
        "postcode": "210024",
        "ethics": EthicsGrade.QUALIFIED,
        "probation_passed_on": date(2011, 8, 1),
    }


def an_application(
    stage: Stage = Stage.SUBMITTED,
    *,
    person: Person | None = None,
    campaign: Campaign | None = None,
    point: ConfirmationPoint | None = None,
    school: School | None = None,
    photo: bool = False,
    **fields: Any,
) -> Application:
    """A complete application at `stage`, of a new person, at the first point and in the first campaign unless given."""
    who = person or a_person()
    desk = point or _first(ConfirmationPoint) or a_point()
    workplace = school or (desk.schools[0] if desk.schools else a_school(bureau=desk.bureau))
    birth = datetime.strptime(who.id_number[6:14], "%Y%m%d").replace(tzinfo=UTC).date()
    sex = Sex.MALE if int(who.id_number[16]) % 2 else Sex.FEMALE
    now = clock.now()
    version = 0 if stage is Stage.DRAFT else 1
    values = _answers() | {
        "registration_number": f"2026{number():08d}",
        "registration_type": RegistrationType.FIRST,
        "form_version": version,
        "signed_version": 0 if stage in _UNSIGNED else version,
        "conclusion": Conclusion.REGISTERED if stage in _DECIDED else Conclusion.NONE,
        "submitted_at": now if version else None,
        "created_at": now,
        "stage_at": now,
        "decided_on": date(2025, 12, 1) if stage in _DECIDED else None,
        "valid_until": date(2031, 7, 31) if stage in (Stage.CONCLUDED, Stage.REVOKED) else None,
        "name": who.name,
        "sex": sex,
        "birth_date": birth,
        "certificate_number": a_certificate_number(sex=sex),
        "bureau_id": workplace.bureau_id,
    }
    if "bureau" in fields:
        del values["bureau_id"]
    row = Application(
        stage=stage,
        person=who,
        campaign=campaign or _first(Campaign) or a_campaign(),
        point=desk,
        school=workplace,
        **(values | fields),
    )
    add(row)
    if photo:
        a_photo(row)
    return row


def a_certificate(application: Application, **fields: Any) -> Certificate:
    """What the registry knows of an application's certificate: the same, unless said otherwise."""
    same = {name: getattr(application, name) for name in ("name", "sex", "qualification_type_code", "authority_id")}
    values = same | {
        "number": application.certificate_number,
        "id_number": application.person.id_number,
        "subject_code": application.certificate_subject_code,
        "issued_on": application.certificate_issued_on,
    }
    return add(Certificate(**(values | fields)))


@functools.cache
def picture(width: int, height: int) -> bytes:
    """A plain JPEG of that size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 210, 220)).save(out, "JPEG")
    return out.getvalue()


def a_photo(application: Application) -> Photo:
    pictures = {"master": picture(295, 404), "small": picture(114, 156)}
    return add(Photo(application_id=application.id, taken_in_at=clock.now(), **pictures))


def papers_received(application: Application, operator: Staff | None = None) -> None:
    """Every paper of the campaign's list has been handed in at the desk."""
    who = operator or staff(Role.POINT, application.point)
    rows = [
        ReceivedPaper(
            application_id=application.id, material_id=paper.id, received_at=clock.now(), received_by_id=who.id
        )
        for paper in application.campaign.materials
    ]
    if rows:
        add(*rows)


def a_publicity(campaign: Campaign, bureau: Bureau, starts_on: date, ends_on: date) -> Publicity:
    return add(Publicity(campaign=campaign, bureau=bureau, starts_on=starts_on, ends_on=ends_on))


def a_revocation_request(application: Application, requested_by: Staff) -> RevocationRequest:
    row = RevocationRequest(
        application=application, reason="登记错误", requested_by_id=requested_by.id, requested_at=clock.now()
    )
    return add(row)
