"""New names: of a body that was renamed the old name is history of its own, of a misspelt one it is an alias (S25)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from shared.db import session, transaction
from shared.models import Authority, Division
from shared.models.kinds import BureauLevel
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, aliases, reference
from shared.services.errors import Refused
from shared.text import _

MOST_LINKS = 20  # a chain of successors is three or four long; what is longer runs in a circle
DIGITS = {BureauLevel.PROVINCE: 2, BureauLevel.CITY: 4, BureauLevel.COUNTY: 6}  # of a code, down to that level


class OldName(StrEnum):
    """What becomes of the name until now."""

    HISTORY = "history"  # certificates carry it: it stays a row, valid until the day before
    ALIAS = "alias"  # it was never on a seal


@dataclass(frozen=True)
class Branch:
    """A division below another one, and how many issuing authorities lie in it and below."""

    division: Division
    count: int


def branches(parent: Division | None) -> list[Branch]:
    """The divisions directly below `parent`, or the provinces."""
    code = parent.code if parent else None
    below = session.scalars(select(Division).where(Division.parent_code == code).order_by(Division.code)).all()
    counted: dict[int, dict[str, int]] = {}
    for digits in {DIGITS[row.level] for row in below}:
        prefix = func.substr(Authority.division_code, 1, digits)
        counted[digits] = {row[0]: row[1] for row in session.execute(select(prefix, func.count()).group_by(prefix))}
    return [Branch(row, counted[DIGITS[row.level]].get(row.code[: DIGITS[row.level]], 0)) for row in below]


def of_division(division: Division) -> Sequence[Authority]:
    """The authorities of one place, the oldest names first."""
    found = select(Authority).where(Authority.division_code == division.code, Authority.merged_into_id.is_(None))
    return session.scalars(found.order_by(Authority.valid_to.is_(None), Authority.valid_to, Authority.code)).all()


def successors(authority: Authority) -> list[Authority]:
    """Who took over, and who after that; the last one is there today."""
    found: list[Authority] = []
    code = authority.successor_code
    while code and len(found) < MOST_LINKS:
        following = session.scalars(select(Authority).where(Authority.code == code)).one()
        if following is authority or following in found:
            break
        found.append(following)
        code = following.successor_code
    return found


@transaction
def rename(
    authority_id: int, name: str, *, by: Actor, version: int, old_name: OldName, on: date | None = None
) -> Authority:
    """Give an authority a new name; return the row that carries it.

    Certificates go on naming the row whose name is on their seal: with `HISTORY` that one keeps its name and ends.
    """
    row = access.one(Authority, authority_id, by=by, to=Can.EDIT, lock=True)
    if row.version != version:
        raise Refused(reference.STALE)
    if not name or name == row.name:
        raise Refused(Problem("name", "name", _("请填写与现在不同的新名称")))
    if old_name is OldName.ALIAS:
        before = row.name
        reference.change(Authority, row.id, {"name": name}, by=by, version=version)
        aliases.add(row, before)
        return row
    if on is None:
        raise Refused(Problem("on", "on", _("请填写新名称启用的日期")))
    if row.successor_code:
        text = _("“{name}”已由其他机构承接，请对承接的机构更名", name=row.name)
        raise Refused(Problem("succeeded", "name", text))
    values = {"level": row.level, "division_code": row.division_code, "number_code": row.number_code}
    code = f"{row.division_code}-{secrets.token_hex(3)}"
    made = reference.create(Authority, {"code": code, "name": name, "valid_from": on, **values}, by=by)
    ended = {"valid_to": on - timedelta(days=1), "successor_code": made.code}
    reference.change(Authority, row.id, ended, by=by, version=version)
    return made
