"""The first bureau of an installation: everything else is entered below it in the back office."""

from sqlalchemy import select

from shared.db import session, transaction
from shared.models import Bureau, Division
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services.errors import Refused
from shared.text import _


@transaction
def create_root(code: str, name: str, division_code: str, *, by: Actor) -> None:
    """A bureau with nothing above it, at the level of its administrative division."""
    division = session.scalar(select(Division).where(Division.code == division_code))
    problems = []
    if division is None:
        problems.append(Problem("division", "division_code", _("没有代码为{code}的行政区划", code=division_code)))
    if session.scalar(select(Bureau.id).where(Bureau.code == code)):
        problems.append(Problem("code", "code", _("代码{code}已被使用，请换一个", code=code)))
    if problems or division is None:
        raise Refused.because(problems)
    bureau = Bureau(code=code, name=name, level=division.level, division_code=division_code)
    session.add(bureau)
    session.flush()
    bureau.path = f"/{bureau.id}/"
