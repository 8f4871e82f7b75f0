"""Accounts of staff: each a named person with one role and one place that fits it (S4)."""

from typing import Any

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Bureau, ConfirmationPoint, School, Staff
from shared.models.kinds import BureauLevel, IdKind, Role
from shared.rules import accounts as rules
from shared.rules import identity
from shared.rules.checks import Problem, Severity
from shared.rules.rights import Actor, Can
from shared.services import access, activation, locks, passwords, sessions
from shared.services.activation import Slip
from shared.services.errors import Refused
from shared.services.reference import OUTSIDE
from shared.text import Text, _

PLACES: dict[Role, str] = {Role.SCHOOL: "school_id", Role.POINT: "point_id"}
LEVELS: dict[Role, BureauLevel] = {
    Role.DISTRICT: BureauLevel.COUNTY,
    Role.CITY: BureauLevel.CITY,
    Role.PROVINCE: BureauLevel.PROVINCE,
}
NEEDED: dict[str, Text] = {
    "school_id": _("请选择学校"),
    "point_id": _("请选择确认点"),
    "bureau_id": _("请选择教育行政部门"),
}
CALLED: dict[str, Text] = {"school_id": _("学校"), "point_id": _("确认点"), "bureau_id": _("教育行政部门")}
MODELS: dict[str, type[School | ConfirmationPoint | Bureau]] = {
    "school_id": School,
    "point_id": ConfirmationPoint,
    "bureau_id": Bureau,
}


@transaction
def create_with_code(values: dict[str, Any], *, by: Actor, admin_url: str) -> tuple[Staff, Slip]:
    """A new account without a password, and the code with which its owner chooses one."""
    staff = create_staff(values, "", by=by)
    return staff, activation.give_first_code(staff, by=by, admin_url=admin_url)


@transaction
def create_staff(values: dict[str, Any], password: str, *, by: Actor) -> Staff:
    """A new account in `by`'s area; whoever gets it must change the password at the first log-in.

    Without a password nobody can log in before an activation code is given.
    """
    names = [values.get("username") or "", values.get("name") or "", values.get("id_number") or ""]
    problems = [*_problems(values), *_person_problems(values.get("id_number"))]
    if password:
        problems += rules.password_problems(password, names=names, staff=True)
    if session.scalar(select(Staff.id).where(Staff.username == values.get("username"))):
        problems.append(Problem("username", "username", _("用户名已被使用，请换一个")))
    if problems:
        raise Refused.because(problems)
    staff = Staff(**_plain(values), must_change_password=True)
    if password:
        passwords.put(staff, password)
    session.add(staff)
    _check_scope(staff, Can.CREATE, by)
    return staff


@transaction
def change_staff(staff_id: int, values: dict[str, Any], password: str, *, by: Actor, version: int) -> Staff:
    """Change an account; a new `password` (empty for none) and a new place, role or state end its open sessions."""
    staff = access.one(Staff, staff_id, by=by, to=Can.EDIT, lock=True)
    if staff.version != version:
        raise Refused(Problem("stale", "", _("打开页面后这个账号已被他人更改，请刷新页面后再修改")))
    problems = _problems(values)
    if "id_number" in values and values["id_number"] != staff.id_number:
        problems += _person_problems(values["id_number"])
    if password:
        problems += passwords.problems_with(staff, password)
    if staff.id == by.id:
        problems.append(Problem("self", "", _("不能修改自己的账号，请由其他管理员修改")))
    if problems:
        raise Refused.because(problems)
    if password or any(getattr(staff, name) != values.get(name) for name in ("role", "active", *MODELS)):
        sessions.end_every(staff)
    for name, value in _plain(values).items():
        setattr(staff, name, value)
    if password:
        passwords.put(staff, password)
        staff.must_change_password = True
        locks.unlock(staff)
    _check_scope(staff, Can.EDIT, by)
    return staff


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    number = values.get("id_number")
    return values | {"id_number": identity.normalise(IdKind.RESIDENT, number)} if number else values


def _person_problems(number: str | None) -> list[Problem]:
    """Each account is one person's (S4): by the number nobody decides about themselves under another name."""
    if not number:
        return [Problem("person", "id_number", _("请填写本人的身份证号码，账号要对应到个人"))]
    found = identity.problems_with(IdKind.RESIDENT, number, today=clock.today())
    return [Problem(one.code, "id_number", one.text) for one in found if one.severity is Severity.BLOCK]


def _place_of(role: Role | None) -> str:
    return PLACES.get(role, "bureau_id") if role else "bureau_id"


def _problems(values: dict[str, Any]) -> list[Problem]:
    role = values.get("role")
    if role is None or role is Role.TEACHER:
        return [Problem("role", "role", _("请选择角色"))]
    name = _place_of(role)
    others = [Problem("place", other, _one_place(role, name, other)) for other in MODELS if other != name]
    problems = [problem for problem in others if values.get(problem.field) is not None]
    place = session.get(MODELS[name], values[name]) if values.get(name) is not None else None
    if place is None:
        return [*problems, Problem("place", name, NEEDED[name])]
    return problems + _level_problems(role, place) if isinstance(place, Bureau) else problems


def _one_place(role: Role, needed: str, other: str) -> Text:
    return _("{role}只需选择{needed}，请清空{other}", role=role.label, needed=CALLED[needed], other=CALLED[other])


def _level_problems(role: Role, bureau: Bureau) -> list[Problem]:
    level = LEVELS.get(role)
    if level and bureau.level is not level:
        text = _("{role}只能设在{level}教育行政部门", role=role.label, level=level.label)
        return [Problem("level", "bureau_id", text)]
    if role is Role.AUDITOR and bureau.parent_id is not None:
        # An auditor reads the whole system, so nobody but the top bureau's superuser may make one.
        return [Problem("level", "bureau_id", _("审计员查看全部数据，只能设在最高一级教育行政部门"))]
    return []


def _check_scope(staff: Staff, action: Can, by: Actor) -> None:
    """The account, as it is now, must lie in the area of whoever wrote it."""
    session.flush()
    if not access.may(Staff, staff.id, by=by, to=action):
        raise Refused(OUTSIDE)
