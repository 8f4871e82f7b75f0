"""Everything that a district, a city or the province looks at before it decides on one application."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import Application, Certificate, Event, Hold, Material, Message, Publicity, Receipt, ReceivedPaper
from shared.models.kinds import Origin, RegistrationType, Stage
from shared.rules import comparing, conclusion, form
from shared.rules.checks import Problem
from shared.rules.comparing import Difference
from shared.rules.conclusion import Facts, Suggestion
from shared.rules.fields import FIELDS, Input, Section, raw, shown
from shared.rules.four_eyes import TAKE_BACK
from shared.rules.rights import Actor, Can
from shared.rules.states import MOVES, TO_THE_TEACHER, Move
from shared.services import access, answers, outlook, receipts, status, versions, workflow
from shared.services.workflow import Wish
from shared.text import Text, _

DECIDES = (Can.PRELIMINARY, Can.REVIEW, Can.FINAL)
ON_THE_PAGE = (*DECIDES, Can.UNDO_CONFIRM)  # what is accepted goes back to the teacher by undoing that (§2.2, 6)
# What is told of earlier rounds: opinions, returns and requests, not every step.
_TOLD = (*ON_THE_PAGE, Can.RETURN, Can.REQUEST_REVOCATION, Can.DECIDE_REVOCATION)
OPINIONS = {move.name for move in MOVES.values() if move.permission in _TOLD} | {TAKE_BACK}
_PLAIN_REASON = "."  # never seen: stands for the reason that the officer has yet to write
_COMPARED = (Section.IDENTITY, Section.CERTIFICATE, Section.POST)


@dataclass(frozen=True)
class Elsewhere:
    """Another value of the same field, and where it stands."""

    source: Text
    value: str


@dataclass(frozen=True)
class Case:
    """One application with what belongs to it, as far as the reader may see it."""

    application: Application
    materials: list[Material]
    received: set[int]
    receipt: Receipt | None
    problems: list[Problem]
    suggestion: Suggestion | None
    differences: Mapping[str, list[Elsewhere]]
    amended: list[Difference]
    certificate: Certificate | None
    events: Sequence[Event]
    opinions: Sequence[Event]
    messages: Sequence[Message]
    holds: Sequence[Hold]
    publicities: Sequence[Publicity]
    earlier: Sequence[Application]

    @property
    def has_form(self) -> bool:
        """Whether the teacher has applied; the district entered the others (S23)."""
        return self.application.origin is Origin.SELF

    @property
    def hours(self) -> int:
        """Training hours of the whole cycle."""
        return sum(year.training_hours for year in self.application.years)

    @property
    def missing(self) -> list[Material]:
        """The papers that are required and have not been received."""
        return [paper for paper in self.materials if paper.required and paper.id not in self.received]

    @property
    def held(self) -> Hold | None:
        return next((hold for hold in self.holds if hold.lifted_at is None), None)

    @property
    def returns(self) -> int:
        """How often it went back to the teacher."""
        return sum(event.move in TO_THE_TEACHER for event in self.events)


def case(application_id: int, *, by: Actor) -> Case:
    """The application with everything beside it; `NotYours` where the reader does not see it."""
    wanted = access.query(Application, by=by).where(Application.id == application_id)
    application = session.scalar(wanted.options(*answers.whole_form())) or access.one(
        Application, application_id, by=by
    )
    has_form = application.origin is Origin.SELF
    materials = outlook.materials(application.campaign_id, application.registration_type)
    received = set(
        session.scalars(select(ReceivedPaper.material_id).where(ReceivedPaper.application_id == application_id))
    )
    certificate = versions.registered(application)
    earlier = _earlier(application, by)
    events = status.timeline(application_id, by=by)
    return Case(
        application=application,
        materials=materials,
        received=received,
        receipt=receipts.valid(application_id),
        problems=_problems(application) if has_form else [],
        suggestion=suggestion(application, materials, received) if has_form else None,
        differences=_elsewhere(application, certificate, earlier),
        amended=_amended(application, events) if has_form else [],
        certificate=certificate,
        events=events,
        opinions=[event for event in events if event.move in OPINIONS],
        messages=status.messages(application_id, by=by),
        holds=session.scalars(
            access.query(Hold, by=by).where(Hold.application_id == application_id).order_by(Hold.id.desc())
        ).all(),
        publicities=_publicities(application, by),
        earlier=earlier,
    )


def suggestion(application: Application, materials: Sequence[Material], received: set[int]) -> Suggestion:
    """What the facts of the cycle suggest (articles 8 to 10 of the interim measures); the officer decides."""
    required = {paper.id for paper in materials if paper.required}
    return conclusion.suggest(
        Facts(
            first_registration=application.registration_type is RegistrationType.FIRST,
            ethics=application.ethics,
            years=[
                conclusion.Year(year.year, year.assessment, year.training_hours, year.ethics)
                for year in application.years
            ],
            breaks=[conclusion.Break(gap.begins_on, gap.ends_on, gap.approved) for gap in application.breaks],
            probation_passed=application.probation_passed_on is not None,
            papers_complete=required <= received,
        )
    )


def obstacles(application: Application, move: Move, *, by: Actor) -> list[Problem]:
    """Why `move` cannot be made now, whatever the officer enters: told before anything is typed."""
    chosen = move.conclusions[0] if move.conclusions else None
    outcome = workflow.preview([application.id], move.name, by=by, wish=Wish(reason=_PLAIN_REASON, conclusion=chosen))
    return outcome.refused.get(application.id, [])


def deciding_moves(application: Application, *, by: Actor) -> tuple[list[Move], list[Move]]:
    """The moves that the reader may make on it: those that decide or send back, and the others."""
    offered = workflow.possible(application, by=by)
    deciding = [move for move in offered if move.permission in ON_THE_PAGE]
    others = [move for move in offered if move not in deciding]
    return sorted(deciding, key=lambda move: bool(move.needs_reason)), others


def _problems(application: Application) -> list[Problem]:
    given = answers.of_application(application)
    facts = answers.facts_for(given, application)
    return form.problems_with(given, None, today=clock.today(), facts=facts)


def _earlier(application: Application, by: Actor) -> Sequence[Application]:
    """Applications of the same person in earlier campaigns, the last one first."""
    return session.scalars(
        access.query(Application, by=by)
        .where(Application.person_id == application.person_id, Application.id < application.id)
        .order_by(Application.id.desc())
        .limit(5)
    ).all()


def _publicities(application: Application, by: Actor) -> Sequence[Publicity]:
    return session.scalars(
        access.query(Publicity, by=by)
        .where(Publicity.campaign_id == application.campaign_id, Publicity.bureau_id == application.bureau_id)
        .order_by(Publicity.starts_on.desc())
    ).all()


def _elsewhere(
    application: Application, certificate: Certificate | None, earlier: Sequence[Application]
) -> dict[str, list[Elsewhere]]:
    """By field: what the registry and the last registration say otherwise."""
    found: dict[str, list[Elsewhere]] = defaultdict(list)
    for difference in comparing.with_registry(application, certificate) if certificate else ():
        found[difference.field.name].append(Elsewhere(_("证书库"), difference.old))
    last = next((one for one in earlier if one.stage is Stage.CONCLUDED), None)
    for field in FIELDS if last else ():
        if field.input is Input.PHOTO or field.section not in _COMPARED or field.name == "certificate_number":
            continue
        if last is not None and raw(field, last) != raw(field, application):
            found[field.name].append(Elsewhere(_("上次注册"), shown(field, last)))
    return found


def _amended(application: Application, events: Sequence[Event]) -> list[Difference]:
    """What was changed since the form that was sent back last, or since the one that was signed."""
    sent_back = [event.form_version for event in events if event.move in TO_THE_TEACHER]
    signed = application.signed_version
    version = sent_back[-1] if sent_back else signed if 0 < signed < application.form_version else 0
    return versions.changed_since(application, version) if 0 < version < application.form_version else []
