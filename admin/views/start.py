"""What a start page may show: one declaration of duties, piles and tiles; SCOPE decides who gets which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select

from admin.views import rows
from shared import clock
from shared.db import Base, session
from shared.models import (
    Application,
    Batch,
    CertificateRequest,
    Hold,
    Mail,
    RevocationRequest,
    Staff,
    StaffRequest,
)
from shared.models.kinds import BatchState, MailState, RequestState, Stage
from shared.rules import policy
from shared.rules.rights import Actor, Can
from shared.services import access, agenda, roster
from shared.text import Text, _

Query = Callable[[Actor], Select[Any]]


@dataclass(frozen=True)
class Duty:
    """A right makes a stage wait for whoever has it; `work` is the page on which it is done."""

    right: Can
    stage: Stage
    work: tuple[str, Text]
    case: tuple[str, str] = ("applications.details_view", "id")  # where one of them is worked on, and its argument

    def waiting(self, by: Actor) -> Select[Any]:
        return agenda.waiting(self.stage, by=by, to=self.right)

    def listed(self, by: Actor) -> dict[str, str]:
        """How the list of applications is narrowed to them."""
        own = {"bureau_id": str(by.bureau_id)} if policy.only_own_bureau(Application, by, self.right) else {}
        return {"stage": self.stage.value, **own}


DUTIES = (
    Duty(Can.CHECK, Stage.SUBMITTED, ("roster.next", _("开始审校")), ("roster.case", "key")),
    Duty(Can.CONFIRM, Stage.SCHOOL_CHECKED, ("desk.index", _("打开确认台")), ("desk.case", "key")),
    Duty(Can.PRELIMINARY, Stage.CONFIRMED, ("review.index", _("开始初审"))),
    Duty(Can.REVIEW, Stage.PRELIMINARY, ("review.index", _("开始复核"))),
    Duty(Can.FINAL, Stage.REVIEWED, ("review.index", _("开始终审"))),
)


@dataclass(frozen=True)
class Pile:
    """Applications that have something in common besides their stage: a list of its own."""

    name: str
    label: Text
    hint: Text
    right: Can
    query: Query
    page: str = ""  # its own page, where the plain list says too little


def _came_back(by: Actor) -> Select[Any]:
    found = [agenda.sent_back(one.stage, by=by, to=one.right) for one in duties(by)]
    ids = or_(*(Application.id.in_(one.with_only_columns(Application.id)) for one in found))
    return access.query(Application, by=by).where(ids)


def _held(by: Actor) -> Select[Any]:
    return access.query(Application, by=by).where(
        Application.id.in_(agenda.held(by=by).with_only_columns(Hold.application_id))
    )


def _returned(by: Actor) -> Select[Any]:
    return roster.came_back(by=by)


PILES = (
    Pile("sent-back", _("上级退回"), _("上一级退回、还没有重新办理的申请"), Can.ASSIGN, _came_back),
    Pile("returned", _("退回的申请"), _("退回后还没有重新审校的申请"), Can.CHECK, _returned, "roster.returned"),
    Pile("mine", _("分派给我"), _("同事分派给您、还没有终审的申请"), Can.ASSIGN, lambda by: agenda.assigned(by=by)),
    Pile("held", _("暂停办理"), _("有事项要查清，查清以前不能作出结论"), Can.HOLD, _held),
)


@dataclass(frozen=True)
class Wanted:
    """Another number that counts for whoever has the right to what it counts."""

    model: type[Base]
    right: Can
    label: Text
    query: Query
    arguments: tuple[tuple[str, str], ...] = ()


def _open(model: Any, right: Can) -> Query:  # noqa: ANN401  a table of requests
    return lambda by: access.query(model, by=by, to=right).where(model.state == RequestState.OPEN)


def _requests(model: type[Base], right: Can, label: Text) -> Wanted:
    return Wanted(model, right, label, _open(model, right), (("state", RequestState.OPEN.value),))


def _staff(condition: Callable[[], Any]) -> Query:
    return lambda by: access.query(Staff, by=by).where(Staff.active, condition())


# What waits for an answer, and the right to give it: who may only look at a request has nothing to do with it.
REQUESTS = (
    _requests(StaffRequest, Can.EDIT, _("新增申请")),
    _requests(CertificateRequest, Can.EDIT, _("换证补证备注")),
    _requests(RevocationRequest, Can.DECIDE_REVOCATION, _("撤销注册申请")),
)
ACCOUNTS = (
    Wanted(Staff, Can.VIEW, _("尚未启用的账号"), _staff(lambda: Staff.must_change_password)),
    Wanted(Staff, Can.VIEW, _("锁定中的账号"), _staff(lambda: Staff.locked_until > clock.now())),
    Wanted(
        Mail,
        Can.VIEW,
        _("发送失败的邮件"),
        lambda by: access.query(Mail, by=by).where(Mail.state == MailState.FAILED),
        (("state", MailState.FAILED.value),),
    ),
)
UNFINISHED = (BatchState.PREVIEW, BatchState.WAITING, BatchState.RUNNING)
BATCHES = Wanted(
    Batch,
    Can.VIEW,
    _("未完成的批量办理"),
    lambda by: access.query(Batch, by=by).where(Batch.staff_id == by.id, Batch.state.in_(UNFINISHED)),
)


@dataclass(frozen=True)
class Tile:
    """A number and the list that it counts; none if the list is not to be opened."""

    label: Text
    count: int
    endpoint: str
    arguments: dict[str, str]

    @property
    def shown(self) -> str:
        return f"{rows.MOST_COUNTED:,}+" if self.count > rows.MOST_COUNTED else f"{self.count:,}"


def duties(by: Actor) -> list[Duty]:
    """What waits for somebody with these rights, in the order of the stages."""
    return [one for one in DUTIES if policy.may(Application, by.role, one.right)]


def piles(by: Actor) -> list[Pile]:
    """The piles that the actor can have."""
    return [one for one in PILES if policy.may(Application, by.role, one.right)]


def wanted(by: Actor, *groups: Wanted) -> list[Wanted]:
    return [one for one in groups if policy.may(one.model, by.role, one.right)]


def counted(queries: list[Select[Any]]) -> list[int]:
    """How many rows each of `queries` has, no further than the cap, all with one statement."""
    if not queries:
        return []
    return list(session.execute(select(*(_capped(one) for one in queries))).one())


def _capped(query: Select[Any]) -> Any:  # noqa: ANN401  a scalar subquery
    inner: Select[Any] = query.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None)
    return select(func.count()).select_from(inner.limit(rows.MOST_COUNTED + 1).subquery()).scalar_subquery()
