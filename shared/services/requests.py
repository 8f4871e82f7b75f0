"""“添加” answered: what applicants found missing is new, or is a row that is there, or is refused with a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Bureau, School, StaffRequest
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, RequestState, Stage
from shared.rules import likeness
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, aliases, finding, letters, merging, notify, pointers, reference
from shared.services.errors import NotYours, Refused
from shared.services.reference import STALE
from shared.text import Text, _, in_chinese

ENTRIES = {kind: model for model, kind in pointers.ASKED.items()}
AT_WORK = tuple(stage for stage in Stage if stage not in (Stage.WITHDRAWN, Stage.CONCLUDED, Stage.REVOKED))
MOST_TOLD = 200  # who name one refused entry; nobody mails more without meaning to

SENTENCE = Problem("answer", "answer", _("请填写答复，告诉申请人原因和下一步怎么办"))
CHOOSE_ONE = Problem("keep", "keep", _("请选择它就是哪一条"))
NOBODY_ABOVE = Problem("top", "", _("您所在的部门没有上级部门，不能转交"))


def waiting(*, by: Actor) -> Select[StaffRequest]:
    """The open requests that `by` may answer, oldest first."""
    found = access.query(StaffRequest, by=by, to=Can.EDIT).where(StaffRequest.state == RequestState.OPEN)
    return found.order_by(StaffRequest.raised_at, StaffRequest.id)


def count(*, by: Actor) -> int:
    """How many are open."""
    return session.scalar(select(func.count()).select_from(waiting(by=by).order_by(None).subquery())) or 0


def next_one(after: int | None = None, *, by: Actor) -> StaffRequest | None:
    """The oldest open request, or the one that follows `after` in the queue; after the last the first comes again."""
    keys = list(session.scalars(waiting(by=by).with_only_columns(StaffRequest.id)))
    if not keys:
        return None
    place = (keys.index(after) + 1) % len(keys) if after in keys else 0
    return session.get_one(StaffRequest, keys[place])


def entry_of(request: StaffRequest) -> Entry | None:
    """The row that is asked about; None where it is about none, or is there no longer."""
    model = ENTRIES.get(request.kind)
    if model is None or not request.entry_code:
        return None
    row = session.scalar(select(model).where(model.code == request.entry_code))
    return aliases.follow(row) if row else None


def may_settle(entry: Entry | None, *, by: Actor) -> bool:
    """Whether `by` may say what becomes of the row: a table of the whole nation is kept above the districts."""
    return entry is None or access.may(type(entry), entry.id, by=by, to=Can.EDIT)


def look_alikes(entry: Entry, *, by: Actor) -> Sequence[Entry]:
    """Rows that may be the same, the most alike first."""
    model = type(entry)
    offered = access.query(model, by=by, to=Can.REFER).where(
        model.id != entry.id, model.status != EntryStatus.RETIRED, aliases.unmerged(model)
    )
    if isinstance(entry, School):
        offered = offered.where(School.bureau_id == entry.bureau_id)
    return finding.alike(model, entry.name, offered)


@transaction
def accept(request_id: int, values: Mapping[str, Any], *, by: Actor, version: int, answer: str = "") -> None:
    """It is new: the row is offered from now on, as staff put it right; without a row a sentence answers."""
    request = _open(request_id, by, version)
    entry = entry_of(request)
    if entry is None:
        if not answer:
            raise Refused(SENTENCE)
        return _close(request, RequestState.APPROVED, answer, by=by)
    asked = entry.name
    reference.change(type(entry), entry.id, {**values, "status": EntryStatus.ACTIVE}, by=by, version=None)
    if twin := _twin(entry):
        text = _("已有同名的“{name}”（{code}），请选“它就是已有的一条”", name=twin.name, code=twin.code)
        raise Refused(Problem("twin", "name", text))
    aliases.add(entry, asked, _in_chinese(_("教师填写的名称")))
    said = _("已加入列表，名称为“{name}”，申请不需要改动", name=entry.name)
    return _close(request, RequestState.APPROVED, answer or _in_chinese(said), by=by)


def _twin(entry: Entry) -> Entry | None:
    model = type(entry)
    same = select(model).where(model.name == entry.name, model.id != entry.id, model.status == EntryStatus.ACTIVE)
    if isinstance(entry, School):
        same = same.where(School.bureau_id == entry.bureau_id)
    return session.scalar(same.limit(1))


@transaction
def same_as(request_id: int, keep_id: int | None, *, by: Actor, version: int) -> None:
    """It is a row that is there: the added one is merged into it, and the application names that one now."""
    request = _open(request_id, by, version)
    entry = entry_of(request)
    if entry is None or keep_id is None:
        raise Refused(CHOOSE_ONE)
    keep = access.one(type(entry), keep_id, by=by, to=Can.MERGE)
    versions = {entry.id: entry.version, keep.id: keep.version}
    merge(type(entry), [entry.id], keep.id, by=by, versions=versions)


@transaction
def merge(model: type[Entry], keys: Sequence[int], into: int, *, by: Actor, versions: Mapping[int, int]) -> int:
    """Merge duplicates, and answer what was asked about the ones that go."""
    moved = merging.merge(model, keys, into, by=by, versions=versions)
    keep = session.get_one(model, into)
    asked = select(StaffRequest).where(
        StaffRequest.kind == pointers.ASKED[model],
        StaffRequest.entry_code == keep.code,
        StaffRequest.state == RequestState.OPEN,
    )
    if keep.status is EntryStatus.ACTIVE:
        said = _("列表里已有，名称为“{name}”；您的申请已改为这一条，不需要重新填写", name=keep.name)
        for request in session.scalars(asked.order_by(StaffRequest.id)).all():
            _close(request, RequestState.APPROVED, _in_chinese(said), by=by)
    return moved


@transaction
def refuse(request_id: int, answer: str, *, by: Actor, version: int) -> None:
    """It is not added: the row is offered to nobody, and whoever named it is told what to do."""
    request = _open(request_id, by, version)
    if not answer.strip():
        raise Refused(SENTENCE)
    entry = entry_of(request)
    if entry is not None and entry.status is EntryStatus.PENDING:
        reference.change(type(entry), entry.id, {"status": EntryStatus.RETIRED}, by=by, version=None)
    _close(request, RequestState.REFUSED, answer, by=by, others=entry)


@transaction
def pass_up(request_id: int, *, by: Actor, version: int) -> None:
    """Ask the bureau above: a district knows its schools, the nation's tables are kept further up."""
    request = access.one(StaffRequest, request_id, by=by, to=Can.EDIT, lock=True)
    _check(request, version)
    above = session.scalar(select(Bureau.parent_id).where(Bureau.id == request.bureau_id))
    if above is None:
        raise Refused(NOBODY_ABOVE)
    request.bureau_id = above


def _open(request_id: int, by: Actor, version: int) -> StaffRequest:
    request = access.one(StaffRequest, request_id, by=by, to=Can.EDIT, lock=True)
    _check(request, version)
    if not may_settle(entry_of(request), by=by):
        raise NotYours
    return request


def _check(request: StaffRequest, version: int) -> None:
    if request.state is not RequestState.OPEN or request.version != version:
        raise Refused(STALE)


def _close(request: StaffRequest, state: RequestState, answer: str, *, by: Actor, others: Entry | None = None) -> None:
    request.state, request.answer = state, answer
    request.decided_at, request.decided_by_id = clock.now(), by.id
    session.flush()
    for application in _told(request, others):
        if application.person.email:
            notify.queue(application.person.email, *_letter(request, application), by=by)


def _told(request: StaffRequest, entry: Entry | None) -> Sequence[Application]:
    """Whoever asked; of a refused row also everybody else who is still at work with it."""
    named = [Application.id == request.application_id]
    if entry is not None:
        named += [pointer.at([entry]) for pointer in pointers.of(type(entry)) if pointer.table is Application.__table__]
    found: dict[int, Application] = {}
    for condition in named:
        asked = select(Application).where(condition, Application.stage.in_(AT_WORK)).order_by(Application.id)
        found |= {row.id: row for row in session.scalars(asked.limit(MOST_TOLD))}
    return list(found.values())


def _letter(request: StaffRequest, application: Application) -> tuple[str, str]:
    with in_chinese():
        return letters.write(
            "request_answered",
            applicant=application.name or application.person.name,
            number=application.registration_number,
            kind=request.kind.label,
            text=request.text,
            state=request.state.label,
            refused=request.state is RequestState.REFUSED,
            answer=request.answer,
            office=f"{request.bureau.name} {request.bureau.phone}".strip(),
        )


def _in_chinese(text: Text) -> str:
    """What is stored is in the language of the papers, whatever language its writer reads."""
    with in_chinese():
        return str(text)


def is_exact(entry: Entry, other: Entry) -> bool:
    """Whether two names differ only in how they were typed: then it is chosen beforehand."""
    return likeness.plain(entry.name) == likeness.plain(other.name)
