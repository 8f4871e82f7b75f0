"""The confirmation desk (S19–S21): find, compare, tick the papers, correct, confirm, and print the receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Material, Receipt, ReceivedPaper
from shared.rules import form
from shared.rules.checks import Problem
from shared.rules.fields import FIELDS, Field, Section
from shared.rules.rights import Actor, Can
from shared.rules.states import MOVES, status_label
from shared.services import access, answers, outlook, receipts, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from shared.text import _


@dataclass(frozen=True)
class Desk:
    """Everything the operator needs on one page."""

    application: Application
    materials: list[Material]
    received: set[int]
    problems: list[Problem]
    receipt: Receipt | None

    @property
    def missing(self) -> list[Material]:
        """The papers that must be handed in and have not been seen."""
        return [paper for paper in self.materials if paper.required and paper.id not in self.received]


def desk(application_id: int, *, by: Actor) -> Desk:
    """The application beside the list of papers that its registration type needs."""
    application = access.one(Application, application_id, by=by)
    received = select(ReceivedPaper.material_id).where(ReceivedPaper.application_id == application_id)
    facts = answers.facts_for(answers.of_application(application), application)
    problems = form.problems_with(answers.of_application(application), None, today=clock.today(), facts=facts)
    return Desk(
        application=application,
        materials=outlook.materials(application.campaign_id, application.registration_type),
        received=set(session.scalars(received)),
        problems=problems,
        receipt=receipts.valid(application_id),
    )


@transaction
def receive(application_id: int, material_ids: Iterable[int], *, by: Actor) -> None:
    """The papers that lie on the desk are these and no others; once they are accepted, the list stays as it was."""
    application = access.one(Application, application_id, by=by, to=Can.CONFIRM, lock=True)
    if application.stage not in MOVES["confirm"].paths:
        status = status_label(application.stage, application.conclusion)
        raise Refused(Problem("stage", "", _("当前状态是“{status}”，收到的材料不能再改", status=status)))
    wanted = set(material_ids) & {
        material.id for material in outlook.materials(application.campaign_id, application.registration_type)
    }
    known = {
        paper.material_id: paper
        for paper in session.scalars(select(ReceivedPaper).where(ReceivedPaper.application_id == application_id))
    }
    for material_id in wanted - known.keys():
        session.add(
            ReceivedPaper(
                application_id=application_id,
                material_id=material_id,
                received_at=clock.now(),
                received_by_id=by.id,
            )
        )
    for material_id in known.keys() - wanted:
        session.delete(known[material_id])


def correctable(application: Application) -> list[Field]:
    """What the desk may change (S19): present post and certificate, the latter not if the registry knows it."""
    known = answers.registered(answers.of_application(application))
    locked = {Section.CERTIFICATE} if known is not None else set()
    return [field for field in FIELDS if field.correctable and field.section not in locked]


def correct(application_id: int, values: Mapping[str, Any], *, by: Actor, version: int) -> list[Problem]:
    """Change what the desk may change and return warnings; the signed paper is void from then on (S20)."""
    application = access.one(Application, application_id, by=by, to=Can.CORRECT)
    before = answers.of_application(application)
    allowed = {field.name: values[field.name] for field in correctable(application) if field.name in values}
    merged = form.normalised({**before, **allowed})
    facts = answers.facts_for(merged, application)
    problems = form.problems_with(merged, None, today=clock.today(), facts=facts)
    stopping = [problem for problem in form.blocking(problems) if problem.field in allowed]
    if stopping:
        raise Refused.because(stopping)
    changed = {name: merged[name] for name in allowed if before.get(name) != merged[name]}
    if changed:
        _correct(application_id, changed, by=by, version=version)
    return problems


def adopt(application_id: int, *, by: Actor, version: int) -> None:
    """Put what the registry says of the certificate into the form: it is not typed a second time (S19)."""
    application = access.one(Application, application_id, by=by, to=Can.CORRECT)
    before = answers.of_application(application)
    known = answers.as_registered(before)
    changed = {name: value for name, value in known.items() if before[name] != value}
    if not changed:
        raise Refused(Problem("registry", "", _("证书库中没有与申请表不同的内容，不需要更正")))
    _correct(application_id, changed, by=by, version=version)


@transaction
def take_over(registration_number: str, *, by: Actor) -> int:
    """Fetch an application to this point that stands at another one, and return its number: no dead end (S19)."""
    wanted = access.query(Application, by=by, to=Can.CHANGE_POINT)
    application = session.scalar(wanted.where(Application.registration_number == registration_number))
    if application is None:
        raise NotYours
    workflow.move(application.id, "change_point", by=by, wish=Wish(point_id=by.point_id))
    return application.id


@transaction
def _correct(application_id: int, changed: Mapping[str, Any], *, by: Actor, version: int) -> None:
    workflow.move(application_id, "correct", by=by, version=version)
    application = access.one(Application, application_id, by=by, lock=True)
    for name, value in changed.items():
        setattr(application, name, value)


@transaction
def confirm(application_id: int, *, by: Actor, version: int, signed_version: int) -> Receipt:
    """Accept the application and issue its receipt, in one transaction; `Refused` tells everything that is missing."""
    wish = Wish(signed_version=signed_version)
    workflow.move(application_id, "confirm", by=by, version=version, wish=wish)
    receipt = receipts.valid(application_id)
    if receipt is None:  # the move has just written it
        message = "a confirmed application has no receipt"
        raise RuntimeError(message)
    return receipt


@transaction
def undo(application_id: int, *, by: Actor, version: int, reason: str) -> None:
    """Take a confirmation back; its receipt is void from now on."""
    workflow.move(application_id, "undo_confirm", by=by, version=version, wish=Wish(reason=reason))
