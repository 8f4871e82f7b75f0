"""Somebody to log in as, for every role and at every place of the demo."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Bureau, ConfirmationPoint, School, Staff
from shared.models.kinds import Role
from shared.rules.accounts import SECOND_FACTOR_ROLES
from shared.services.demo import synthetic
from shared.services.demo.places import CITY, DISTRICTS, FIRST_DISTRICT, FIRST_POINT, FIRST_SCHOOL, PROVINCE

# One plain log-in for each role, all of them along the way of the same applications.
PLAIN: dict[str, tuple[Role, str]] = {
    "school": (Role.SCHOOL, FIRST_SCHOOL),
    "point": (Role.POINT, FIRST_POINT),
    "district": (Role.DISTRICT, FIRST_DISTRICT),
    "city": (Role.CITY, CITY),
    "province": (Role.PROVINCE, PROVINCE),
    "superuser": (Role.SUPERUSER, PROVINCE),
    "auditor": (Role.AUDITOR, PROVINCE),
}
# A second one where two people are needed: one asks, the other decides.
_OTHERS: dict[str, tuple[Role, str]] = {
    "city2": (Role.CITY, CITY),
    "province2": (Role.PROVINCE, PROVINCE),
    "superuser-nanjing": (Role.SUPERUSER, CITY),
    "superuser-gulou": (Role.SUPERUSER, FIRST_DISTRICT),
}
_PLACES: dict[Role, tuple[type[School | ConfirmationPoint | Bureau], str]] = {
    Role.SCHOOL: (School, "school_id"),
    Role.POINT: (ConfirmationPoint, "point_id"),
}


def build(password_hash: str) -> dict[str, int]:
    """Make the accounts that are missing, found by user name; all have the same password."""
    known = set(session.scalars(select(Staff.username)))
    numbers = _place_numbers()
    missing = [
        (place, username, role, code)
        for place, (username, role, code) in enumerate(_wanted())
        if username not in known and code in numbers
    ]
    for place, username, role, code in missing:
        column = _PLACES.get(role, (Bureau, "bureau_id"))[1]
        account = {column: numbers[code]} | _person(place, username, password_hash) | _phone(role, username)
        session.add(Staff(username=username, role=role, **account))
    session.flush()
    return {"staff": len(missing)}


def _wanted() -> Iterator[tuple[str, Role, str]]:
    """User name, role and the code of the place."""
    for username, (role, code) in (PLAIN | _OTHERS).items():
        yield username, role, code
    for code in DISTRICTS:
        yield f"district-{code}", Role.DISTRICT, code
    for model, role in ((School, Role.SCHOOL), (ConfirmationPoint, Role.POINT)):
        for code in session.scalars(select(model.code).order_by(model.code)):
            if code[1:7] in (CITY, *DISTRICTS):
                yield f"{role.value}-{code[1:]}", role, code


def _phone(role: Role, username: str) -> dict[str, Any]:
    """The second factor of those who need one; `demo-code` shows its codes."""
    if role not in SECOND_FACTOR_ROLES:
        return {}
    return {"totp_secret": key_of(username), "totp_confirmed_at": clock.now()}


def key_of(username: str) -> str:
    """The key of a demo account: the same every time."""
    return base64.b32encode(hashlib.sha256(f"demo {username}".encode()).digest()[:20]).decode()


def _place_numbers() -> dict[str, int]:
    return {
        code: key
        for model in (Bureau, School, ConfirmationPoint)
        for code, key in session.execute(select(model.code, model.id))
    }


def _person(place: int, username: str, password_hash: str) -> dict[str, Any]:
    return {
        "name": synthetic.staff_name(place),
        "mobile": f"1390000{place:04d}",
        "email": f"{username}@example.com",  # a domain that nobody has (RFC 2606)
        "password_hash": password_hash,
        "password_changed_at": clock.now(),
        "must_change_password": False,
    }
