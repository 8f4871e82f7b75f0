"""Printed forms: each print is noted with the code on it, by which anybody can ask whether it still counts (S20)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Print
from shared.models.kinds import Stage
from shared.rules import accounts as codes
from shared.rules import at_desk
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, links, throttle, versions
from shared.services.errors import Refused
from shared.text import _

LATEST = 10
CODE_LENGTH = 8  # 30 ** 8: whoever guesses is stopped after fifty
Shown = tuple[int, str]  # the version and the code that a form shows
_OVER = (Stage.WITHDRAWN, Stage.REVOKED)
UNKNOWN = Problem("unknown", "code", _("没有这样的申请表，请对照申请表核对报名号和核验码"))
BUSY = Problem("busy", "", _("您所在的网络核验失败次数过多，请15分钟后再试，或换用手机网络"))


@dataclass(frozen=True)
class Paper:
    """A form that somebody holds: whether it is the present version, and since when it is not. Nothing about people."""

    form_version: int
    printed_at: datetime
    is_current: bool
    void_since: datetime | None


def shown_on(applications: Iterable[Application]) -> dict[int, Shown]:
    """Each form's version, and its code: that of the version's earlier prints, or a new one."""
    versions = {one.id: one.form_version for one in applications}
    printed = select(Print.application_id, Print.form_version, Print.code).where(Print.application_id.in_(versions))
    known = {(row.application_id, row.form_version): row.code for row in session.execute(printed)}
    return {
        key: (version, known.get((key, version)) or links.new_code(CODE_LENGTH)) for key, version in versions.items()
    }


@transaction
def note(shown: Mapping[int, Shown], *, by: Actor) -> None:
    """These forms were printed: of each application the version that was read, and the code on it."""
    found = access.query(Application, by=by, to=Can.PRINT).where(Application.id.in_(shown)).order_by(Application.id)
    locked = found.with_for_update(of=Application).execution_options(populate_existing=True)
    now = clock.now()
    for application in session.scalars(locked):
        version, code = shown[application.id]
        application.printed_version = max(application.printed_version, version)
        row = {"application_id": application.id, "form_version": version, "code": code}
        session.add(Print(**row, printed_at=now, printed_by=by.name))


def latest(application: Application, *, by: Actor) -> list[Print]:
    """The last times that the form was printed, newest first; what still counts bears the present version."""
    if not application.printed_version:
        return []
    mine = access.query(Print, by=by).where(Print.application_id == application.id)
    return list(session.scalars(mine.order_by(Print.id.desc()).limit(LATEST)))


def look_up(registration_number: str, code: str, *, by: Actor) -> Paper:
    """What became of the form with this code; `Refused` alike where there is no such number and no such code."""
    throttle.refuse_busy(by=by, problem=BUSY)
    number = at_desk.read(registration_number).number  # also what the form's QR code says
    found = session.scalar(
        select(Print)
        .join(Application)
        .where(Application.registration_number == number)
        .where(Print.code == codes.read_code(code, CODE_LENGTH))
        .order_by(Print.id)
        .limit(1)
    )
    if found is None:
        throttle.count(throttle.PAPER_MISSED, by=by)
        raise Refused(UNKNOWN)
    application = found.application
    void_since = versions.replaced_at(application, found.form_version)
    if void_since is None and application.stage in _OVER:
        void_since = application.stage_at
    return Paper(found.form_version, found.printed_at, void_since is None, void_since)
