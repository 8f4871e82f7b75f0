"""The start page: what waits for this person, and how many applications stand where, all inside SCOPE."""

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from sqlalchemy import Select

from admin.views import rows
from shared.models import Application, CertificateRequest, RevocationRequest, StaffRequest
from shared.models.kinds import RequestState, Stage
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access, campaigns
from shared.text import Text, _
from shared.web.login import by

# Whoever has the right finds the stage that waits for it; with several rights, the first line counts.
WAITING: tuple[tuple[Can, Stage], ...] = (
    (Can.CHECK, Stage.SUBMITTED),
    (Can.CONFIRM, Stage.SCHOOL_CHECKED),
    (Can.REVIEW, Stage.PRELIMINARY),
    (Can.FINAL, Stage.REVIEWED),
    (Can.PRELIMINARY, Stage.CONFIRMED),
)
# What waits for an answer, and the right to give it: who may only look at a request has nothing to do with it.
REQUESTS: tuple[tuple[type[Any], Text, Can], ...] = (
    (StaffRequest, _("新增申请"), Can.EDIT),
    (CertificateRequest, _("换证补证备注"), Can.EDIT),
    (RevocationRequest, _("撤销注册申请"), Can.DECIDE_REVOCATION),
)


@dataclass(frozen=True)
class Tile:
    """A number and the list that it counts."""

    label: Text
    count: int
    endpoint: str
    arguments: dict[str, str]

    @property
    def shown(self) -> str:
        return f"{rows.MOST_COUNTED:,}+" if self.count > rows.MOST_COUNTED else f"{self.count:,}"


class Dashboard(AdminIndexView):  # type: ignore[misc]
    """What is to do today."""

    def __init__(self) -> None:
        super().__init__(name=_("首页"), url="/")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.render(
            "dashboard.html",
            waiting=_waiting(),
            at_desk=policy.may(Application, by().role, Can.CONFIRM),
            stages=_stages(),
            requests=_requests(),
            round=campaigns.current(),
        )


def _applications(stage: Stage) -> Select[Any]:
    return access.query(Application, by=by()).where(Application.stage == stage)


def _tile(stage: Stage) -> Tile:
    return Tile(stage.label, rows.count(_applications(stage)), "applications.index_view", {"stage": stage.value})


def _waiting() -> Tile | None:
    stages = (stage for right, stage in WAITING if policy.may(Application, by().role, right))
    stage = next(stages, None)
    return _tile(stage) if stage else None


def _stages() -> list[Tile]:
    """Each stage with its number, counted no further than the cap."""
    return [_tile(stage) for stage in Stage] if policy.may(Application, by().role, Can.VIEW) else []


def _requests() -> list[Tile]:
    return [
        Tile(
            label,
            rows.count(access.query(model, by=by(), to=right).where(model.state == RequestState.OPEN)),
            f"{model.__tablename__}.index_view",
            {"state": RequestState.OPEN.value},
        )
        for model, label, right in REQUESTS
        if policy.may(model, by().role, right)
    ]
