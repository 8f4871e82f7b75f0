"""All rows of one synthetic teacher: from the account to the receipt, as the history says."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from shared.db import Base
from shared.models import (
    Agreement,
    Application,
    AssessmentYear,
    Certificate,
    Event,
    Message,
    Person,
    Photo,
    Receipt,
    ReceivedPaper,
    RevocationRequest,
    RosterEntry,
)
from shared.models.kinds import (
    AssessmentGrade,
    Conclusion,
    EthicsGrade,
    Origin,
    RegistrationType,
    RequestState,
    Role,
    Stage,
)
from shared.rules.states import five_years_after
from shared.services.demo import histories
from shared.services.demo.answers import fill_in
from shared.services.demo.histories import HISTORIES, History, Step
from shared.services.demo.places import CITY, PROVINCE
from shared.services.demo.synthetic import Someone, someone
from shared.services.demo.world import Officer, Place, World
from shared.services.receipts import SERIAL_DIGITS

FIRST_REGISTRY_YEAR = 2008  # earlier certificates are in no national list
_AT_THE_FIRST_SCHOOL = 0.1
_NOT_APPLIED_EVERY, _NOT_APPLIED_AT_THE_FIRST_SCHOOL, _NOT_APPLIED_FROM = 10, 4, 3_000_000
_UNLISTED_EVERY = 12  # applied, though nobody put them on the list
_UNPRINTED_EVERY = 3  # of those whom the school has not checked

Rows = dict[type[Base], list[dict[str, Any]]]


class Case:
    """One teacher on the way into `rows`."""

    def __init__(self, who: Someone, key: int, person_id: int, world: World, rows: Rows) -> None:
        self.random = Random(f"case {who.index}")  # noqa: S311  has to be repeatable, not secret
        self.who, self.key, self.person_id, self.world, self.rows = who, key, person_id, world, rows
        self.history = histories.of(who.index)
        self.school = self._school()
        self.point_id = self.random.choice(
            self.school.point_ids[:1] if who.index < len(HISTORIES) else self.school.point_ids
        )
        self.answers = fill_in(who, self.school, self.history, world)
        self.moments = histories.moments(max(len(self.history.steps), 1), self.random, world.today)

    def write(self, password_hash: str) -> None:
        self._add(Person, id=self.person_id, email=f"teacher{self.who.index}@example.com", password_hash=password_hash,
                  id_kind=self.who.id_kind, id_number=self.who.id_number, name=self.who.name)  # fmt: skip
        self._application()
        self._photo()
        self._agreements()
        self._in_scope()
        self._registry()
        version = 0
        for step, at in zip(self.history.steps, self.moments, strict=False):
            version += step.move in ("submit", "amend")
            self._event(step, at, version)
        if self.attested:
            self._years()

    @property
    def passed(self) -> set[str]:
        return {step.move for step in self.history.steps}

    @property
    def attested(self) -> bool:
        """Whether the school has filled in its part."""
        return "school_pass" in self.passed

    @property
    def version(self) -> int:
        return (1 + self.history.amended) if self.history.steps else 0

    def _add(self, model: type[Base], **values: Any) -> None:  # noqa: ANN401  columns of any type
        self.rows[model].append(values)

    def _school(self) -> Place:
        first = self.who.index < len(HISTORIES) or self.random.random() < _AT_THE_FIRST_SCHOOL
        return self.world.first_school if first else self.random.choice(self.world.schools)

    def _application(self) -> None:
        history, submitted = self.history, bool(self.history.steps)
        reason = next((step.reason for step in reversed(history.steps) if step.reason), "")
        registered = history.conclusion is Conclusion.REGISTERED
        moments = dict(zip((step.move for step in history.steps), self.moments, strict=False))
        decided, concluded = moments.get("preliminary"), moments.get("final")
        self._add(
            Application,
            id=self.key,
            campaign_id=self.world.campaign_id,
            person_id=self.person_id,
            registration_number=f"{self.world.year}{self.key:08d}",
            origin=Origin.SELF,
            stage=history.stage,
            conclusion=history.conclusion,
            reason_code=history.reason_code,
            reason=reason if history.reason_code else "",
            form_version=self.version,
            printed_version=self._printed(),
            signed_version=self.version if "confirm" in self.passed else 0,
            created_at=self.moments[0] - timedelta(minutes=40),
            submitted_at=self.moments[0] if submitted else None,
            stage_at=self.moments[-1],
            decided_on=decided.date() if decided else None,
            valid_until=five_years_after(concluded.date()) if concluded and registered else None,
            bureau_id=self.school.bureau_id,
            school_id=self.school.id,
            point_id=self.point_id,
            ethics=self._ethics(),
            probation_passed_on=self._probation(),
            **self.answers,
        )

    def _printed(self) -> int:
        """Whoever was checked has printed; of the others some have not, or not since they changed something."""
        if self.attested or not self.version or self.who.index % _UNPRINTED_EVERY:
            return self.version
        return self.version - 1

    def _ethics(self) -> EthicsGrade | None:
        if not self.attested:
            return None
        if self.history.reason_code == "F1":
            return EthicsGrade.UNQUALIFIED
        return self.random.choice((EthicsGrade.QUALIFIED, EthicsGrade.QUALIFIED, EthicsGrade.EXCELLENT))

    def _probation(self) -> date | None:
        if not self.attested or self.answers["registration_type"] is not RegistrationType.FIRST:
            return None
        started: date = self.answers["work_started_on"]
        return started.replace(year=started.year + 1)

    def _photo(self) -> None:
        photo = self.world.photos[self.who.index % len(self.world.photos)]
        self._add(Photo, application_id=self.key, master=photo.master, small=photo.small, taken_in_at=self.moments[0])

    def _agreements(self) -> None:
        for notice in self.world.notice_ids:
            self._add(
                Agreement,
                application_id=self.key,
                notice_text_id=notice,
                agreed_at=self.moments[0] - timedelta(hours=1),
            )

    def _in_scope(self) -> None:
        """The school's list of people in scope has also some who have not applied."""
        people = [] if self.who.index % _UNLISTED_EVERY == 1 else [self.who]
        at_the_first = self.school.id == self.world.first_school.id
        if self.who.index % (_NOT_APPLIED_AT_THE_FIRST_SCHOOL if at_the_first else _NOT_APPLIED_EVERY) == 0:
            people.append(someone(self.who.index + _NOT_APPLIED_FROM))
        for who in people:
            self._add(RosterEntry, campaign_id=self.world.campaign_id, school_id=self.school.id, name=who.name,
                      id_kind=who.id_kind, id_number=who.id_number)  # fmt: skip

    def _registry(self) -> None:
        """Every other certificate that the registry can know is in it."""
        answers = self.answers
        if answers["certificate_issued_on"].year < FIRST_REGISTRY_YEAR or self.who.index % 2:
            return
        self._add(
            Certificate,
            number=answers["certificate_number"],
            id_number=self.who.id_number,
            name=self.who.name,
            sex=self.who.sex,
            qualification_type_code=answers["qualification_type_code"],
            subject_code=answers["certificate_subject_code"],
            authority_id=answers["authority_id"],
            issued_on=answers["certificate_issued_on"],
        )

    def _event(self, step: Step, at: datetime, version: int) -> None:
        before = self._before(step)
        actor = self._actor(step)
        self._add(
            Event,
            application_id=self.key,
            at=at,
            move=step.move,
            actor_role=actor.role,
            actor_id=actor.id,
            actor_name=actor.name,
            from_stage=before.stage,
            to_stage=step.stage,
            from_conclusion=before.conclusion,
            to_conclusion=step.conclusion,
            reason_code=self.history.reason_code if step.move in ("preliminary", "final") else None,
            reason=step.reason,
            form_version=version,
        )
        if step.move == "confirm":
            self._receipt(at, actor)
        elif step.move == "return":
            self._add(Message, application_id=self.key, body=step.reason, sender=actor.name, sent_at=at)
        elif step.move == "request_revocation":
            self._revocation(step, at, actor)

    def _before(self, step: Step) -> Step | History:
        place = self.history.steps.index(step)
        return self.history.steps[place - 1] if place else HISTORIES[0]

    def _actor(self, step: Step) -> Officer:
        """The city decides first on schools of its own, and is then itself the one that asks for a revocation."""
        if step.role is Role.TEACHER:
            return Officer(self.person_id, self.who.name, Role.TEACHER)
        role = step.role
        if self.school.bureau_code == CITY:
            role = Role.CITY if role is Role.DISTRICT else role
            role = Role.PROVINCE if step.move == "approve_revocation" else role
        places = {
            Role.SCHOOL: self.school.id,
            Role.POINT: self.point_id,
            Role.DISTRICT: self.school.bureau_id,
            Role.CITY: self.world.bureau_ids[CITY],
            Role.PROVINCE: self.world.bureau_ids[PROVINCE],
        }
        return self.world.officers[(role, places[role])]

    def _receipt(self, at: datetime, operator: Officer) -> None:
        year, serial = self.world.year, self.world.serial(self.point_id)
        number = f"{year}-{self.world.point_codes[self.point_id]}-{serial:0{SERIAL_DIGITS}d}"
        self._add(Receipt, application_id=self.key, number=number, point_id=self.point_id, year=year, serial=serial,
                  form_version=self.version, issued_at=at, issued_by_id=operator.id)  # fmt: skip
        for material in self.world.material_ids:
            self._add(ReceivedPaper, application_id=self.key, material_id=material, received_at=at,
                      received_by_id=operator.id)  # fmt: skip

    def _revocation(self, step: Step, at: datetime, asker: Officer) -> None:
        decided = self.history.stage is Stage.REVOKED
        decider = self._actor(self.history.steps[-1])
        self._add(
            RevocationRequest,
            application_id=self.key,
            reason=step.reason,
            requested_by_id=asker.id,
            requested_at=at,
            state=RequestState.APPROVED if decided else RequestState.OPEN,
            decided_by_id=decider.id if decided else None,
            decided_at=self.moments[-1] if decided else None,
        )

    def _years(self) -> None:
        """Five years of the cycle, in agreement with the reason of the conclusion."""
        if self.answers["registration_type"] is RegistrationType.FIRST:
            return
        reason = self.history.reason_code
        failed = {"D3": 1, "F2": 2}.get(reason or "", 0)
        for place in range(5):
            passed = self.random.choice((AssessmentGrade.QUALIFIED,) * 4 + (AssessmentGrade.EXCELLENT,))
            self._add(
                AssessmentYear,
                application_id=self.key,
                year=self.world.year - 5 + place,
                assessment=AssessmentGrade.UNQUALIFIED if 2 <= place < 2 + failed else passed,  # noqa: PLR2004
                ethics=EthicsGrade.QUALIFIED,
                training_hours=self.random.randrange(30, 60) if reason == "D1" else self.random.randrange(72, 110),
            )


def rows_of(people: list[Someone], keys: list[tuple[int, int]], world: World, password_hash: str) -> Rows:
    """The rows of these people; `keys` are the numbers of their applications and accounts."""
    rows: Rows = defaultdict(list)
    for who, (key, person_id) in zip(people, keys, strict=True):
        Case(who, key, person_id, world, rows).write(password_hash)
    return rows
