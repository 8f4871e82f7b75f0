"""A teacher's change of confirmation point (S14): a wrong point is never a dead end."""

from collections.abc import Sequence

from shared.db import session
from shared.models import Application, ConfirmationPoint
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME
from shared.rules.rights import Actor, Can
from shared.services import access, reference, workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from shared.text import _


def offered(application_id: int, *, by: Actor) -> Sequence[ConfirmationPoint]:
    """The points that take papers and serve the applicant's school, the present one among them if it is one."""
    application = access.one(Application, application_id, by=by, to=Can.CHANGE_POINT)
    answers = {"bureau_id": application.bureau_id, "school_id": application.school_id}
    return session.scalars(reference.offered(BY_NAME["point_id"], answers)).all()


def change(application_id: int, point_id: int, *, by: Actor, version: int) -> None:
    """Go to another point; what was printed is void from then on, because it names the old one."""
    application = access.one(Application, application_id, by=by, to=Can.CHANGE_POINT)
    if point_id == application.point_id:
        text = _("现在的确认点就是这一个，没有更改；要更换请选择另一个")
        raise Refused(Problem("point.same", "point", text))
    if point_id not in {point.id for point in offered(application_id, by=by)}:
        raise Refused(Problem("point", "point", _("所选确认点未启用或不服务该校，请另选确认点")))
    workflow.move(application_id, "change_point", by=by, version=version, wish=Wish(point_id=point_id))
