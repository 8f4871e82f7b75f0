"""What the school's officer attests of an applicant: ethics and the end of probation."""

from collections.abc import Mapping
from typing import Any

from shared.db import transaction
from shared.models import Application
from shared.models.kinds import Stage
from shared.rules.checks import Problem
from shared.rules.fields import Step, of_step
from shared.rules.guards import NOT_OWN
from shared.rules.rights import Actor, Can
from shared.services import access, workflow
from shared.services.errors import Refused
from shared.text import _

# Once the papers are accepted the data are fixed: only the bureau may send them back.
OPEN = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED)


@transaction
def attest(application_id: int, values: Mapping[str, Any], *, by: Actor, version: int) -> Application:
    """Set the fields that the school fills in, before the papers are confirmed."""
    application = access.one(Application, application_id, by=by, to=Can.EDIT, lock=True)
    if application.version != version:
        raise Refused(Problem("stale", "", _("打开页面后申请已被他人更改，请刷新页面后再操作")))
    if workflow.is_own(application_id, by=by):
        raise Refused(Problem(NOT_OWN.code, "", NOT_OWN.text))
    if application.stage not in OPEN:
        raise Refused(Problem("stage", "", _("材料已确认受理，学校填写的内容不能再改；确需更改请联系确认点撤销确认")))
    if values.get("ethics") is None:
        raise Refused(Problem("ethics", "ethics", _("请选择师德结论")))
    for field in of_step(Step.SCHOOL):
        setattr(application, field.name, values.get(field.name))
    return application
