"""A teacher's verbs: draft, open an account, save, submit, withdraw. Nobody reaches another's application."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from shared import clock
from shared.db import session, transaction
from shared.models import (
    Agreement,
    Application,
    Campaign,
    Person,
    StaffRequest,
)
from shared.models.kinds import Conclusion, IdKind, Origin, RegistrationType, RequestKind, Stage, WindowStage
from shared.rules import accounts as password_rules
from shared.rules import form, policy
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME, Step, of_step
from shared.rules.rights import Actor, Can
from shared.services import (
    access,
    accounts,
    additions,
    answers,
    campaigns,
    drafts,
    letters,
    passwords,
    recovery,
    throttle,
    windows,
    workflow,
)
from shared.services.accounts import Account
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Wish
from shared.text import _

APPLY = (WindowStage.APPLY,)
HANDED_IN = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED)
HAS_ACCOUNT = Problem("account", "id_number", _("该证件号码已有账号，请先登录再继续填写"))


def save_draft(
    token: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    step: Step | None = None,
    page: str = "",
    version: int | None = None,
) -> list[Problem]:
    """Keep `values` and return warnings; `Refused` with what is wrong in `step`, having kept nothing.

    `page` is what the values were typed on, `version` the number of saves that its form knew of.
    """
    kept = drafts.of(token)
    if kept is None:
        raise NotYours
    if step is Step.IDENTITY:
        throttle.refuse_busy(by=by)
    before = kept.answers
    merged = answers.as_registered(form.normalised({**before, **values}))
    problems = windows.closed(kept.campaign_id, APPLY)
    if not problems:
        problems = answers.settle_places(merged, before) + _problems(merged, step)
    if step is Step.IDENTITY and session.scalar(select(Person.id).where(answers.is_person(merged))):
        throttle.count(throttle.ACCOUNT_MET, by=by)
        problems.append(HAS_ACCOUNT)
    _refuse(problems, merged, by)
    changed = {name: value for name, value in merged.items() if before.get(name) != value}
    drafts.keep(token, changed, by=by, saved=page, version=version)
    return problems


def _problems(values: Mapping[str, Any], step: Step | None, application: Application | None = None) -> list[Problem]:
    facts = answers.facts_for(values, application)
    return form.problems_with(values, step, today=clock.today(), facts=facts)


def _refuse(problems: list[Problem], values: Mapping[str, Any], by: Actor) -> None:
    stopping = form.blocking(problems)
    if any(problem.code == "certificate.anothers" for problem in stopping):
        _report_duplicate(values, by=by)
    if stopping:
        raise Refused.because(stopping)


@transaction
def _report_duplicate(values: Mapping[str, Any], *, by: Actor) -> None:
    """Tell the bureau of the earlier application that a second person uses its certificate number (once)."""
    earlier = answers.anothers_application(values)
    if earlier is None or earlier.bureau_id is None:
        return
    text = f"{earlier.registration_number} {values['certificate_number']}"
    known = select(StaffRequest.id).where(
        StaffRequest.kind == RequestKind.DUPLICATE_CERTIFICATE, StaffRequest.text == text
    )
    if session.scalar(known) is None:
        session.add(
            StaffRequest(
                kind=RequestKind.DUPLICATE_CERTIFICATE,
                bureau_id=earlier.bureau_id,
                text=text,
                raised_at=clock.now(),
                raised_by=by.name,
            )
        )


def open_account(token: str, *, email: str, password: str, by: Actor) -> Account:
    """Make the account and the application from the draft, which ends with it; `Refused` says what is wrong."""
    kept = drafts.of(token)
    if kept is None:
        raise NotYours
    values = kept.answers | {"email": email}
    problems = password_rules.password_problems(password, names=[values.get("id_number") or ""], staff=False)
    problems += [problem for problem in _problems(values, Step.MATERIALS) if problem.field == "email"]
    for step in (Step.IDENTITY, Step.BUREAU, Step.POINT):
        problems += [p for p in _problems(values, step) if p.blocks]
        problems += [
            Problem("missing", field.name, form.asked_for(field))
            for field in of_step(step)
            if field.required and values.get(field.name) in (None, "")
        ]
    problems += additions.gone(values)
    if problems:
        raise Refused.because(problems)
    try:
        person_id = _open_account(token, values, password, by=by)
    except IntegrityError as fault:
        if "unique" not in str(fault.orig).lower():
            raise
        raise Refused(HAS_ACCOUNT) from None
    account = accounts.teacher(person_id, None, by.address)
    if account is None:
        raise NotYours
    return account


@transaction
def _open_account(token: str, values: dict[str, Any], password: str, *, by: Actor) -> int:
    kept = drafts.of(token)
    if kept is None:
        raise NotYours
    if session.scalar(select(Person.id).where(answers.is_person(values))):
        raise Refused(HAS_ACCOUNT)
    person = Person(
        id_kind=values.get("id_kind") or IdKind.RESIDENT,
        id_number=values["id_number"],
        name=values["name"],
        email=values["email"],
        password_hash=passwords.hash_password(password),
        password_changed_at=clock.now(),
    )
    session.add(person)
    session.flush()
    owner = access.actor_of_person(person, by.address)
    session.info["actor"] = owner
    application = _new(person, session.get_one(Campaign, kept.campaign_id), values)
    for notice_id, text in kept.agreed.items():
        moment = datetime.fromisoformat(text)
        session.add(Agreement(application_id=application.id, notice_text_id=int(notice_id), agreed_at=moment))
    additions.ask_staff(application)
    recovery.send_verification(person.id, by=owner, portal_url=letters.portal())
    drafts.end(token)
    return person.id


def start(*, by: Actor) -> int:
    """A new application for a teacher who has an account: in a later campaign, or after having withdrawn."""
    campaign = campaigns.current()
    if campaign is None:
        raise Refused(drafts.NO_CAMPAIGN)
    problems = windows.closed(campaign.id, APPLY)
    if problems:
        raise Refused.because(problems)
    return _start(campaign.id, by=by)


@transaction
def _start(campaign_id: int, *, by: Actor) -> int:
    person = session.get_one(Person, by.id, with_for_update=True)
    live = select(Application.id).where(
        Application.person_id == person.id,
        Application.campaign_id == campaign_id,
        Application.stage.not_in((Stage.WITHDRAWN, Stage.REVOKED)),
    )
    existing = session.scalar(live)
    if existing is not None:
        return existing
    last = session.scalar(
        select(Application).where(Application.person_id == person.id).order_by(Application.id.desc()).limit(1)
    )
    values = _own(answers.of_application(last)) if last else {"name": person.name}
    return _new(person, session.get_one(Campaign, campaign_id), values).id


def _new(person: Person, campaign: Campaign, values: Mapping[str, Any]) -> Application:
    now = clock.now()
    application = Application(
        campaign_id=campaign.id,
        person_id=person.id,
        registration_number=secrets.token_hex(8),  # until its own number is known, a moment later
        registration_type=_registration_type(person, campaign),
        origin=Origin.SELF,
        created_at=now,
        stage_at=now,
    )
    _assign(application, values)
    session.add(application)
    session.flush()
    application.registration_number = f"{campaign.year}{application.id:08d}"
    session.flush()
    return application


def _registration_type(person: Person, campaign: Campaign) -> RegistrationType:
    """From history: registered before → periodic, deferred → again after deferral, otherwise as the campaign says."""
    last = session.scalar(
        select(Application.conclusion)
        .where(Application.person_id == person.id, Application.stage == Stage.CONCLUDED)
        .order_by(Application.id.desc())
        .limit(1)
    )
    known = {Conclusion.REGISTERED: RegistrationType.PERIODIC, Conclusion.DEFERRED: RegistrationType.REAPPLY}
    return known.get(last, campaign.registration_type) if last else campaign.registration_type


def _assign(application: Application, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = BY_NAME.get(name)
        if field is not None and not field.of_person and hasattr(Application, name) and name != "photo":
            setattr(application, name, value)


def mine(*, by: Actor, whole: bool = False) -> Application | None:
    """The teacher's newest application; `whole`: with every row it points to, for a page that shows all fields."""
    newest = access.query(Application, by=by).order_by(Application.id.desc()).limit(1)
    return session.scalar(newest.options(*(answers.whole_form() if whole else [joinedload(Application.person)])))


def of_application(application: Application) -> dict[str, Any]:
    """The answers that an application holds."""
    return answers.of_application(application)


def is_registered(values: Mapping[str, Any]) -> bool:
    """Whether the registry knows the certificate that `values` name, and so says what is on it."""
    return answers.registered(values) is not None


def save(
    application_id: int,
    values: Mapping[str, Any],
    *,
    by: Actor,
    version: int,
    step: Step | None = None,
    page: str = "",
) -> list[Problem]:
    """Save answers of a step and return warnings; after submission the form's version grows and the paper is void.

    `page` is what they were typed on: nothing of it is held as unsaved any longer.
    """
    application = access.one(Application, application_id, by=by)
    before = answers.of_application(application)
    merged = answers.as_registered(form.normalised({**before, **_own(values)}))
    problems = _moved_away(application, merged) + answers.settle_places(merged, before)
    # What stays handed in must stay right as a whole, whichever page is changed.
    problems += _problems(merged, None if application.stage in HANDED_IN else step, application)
    _refuse(problems, merged, by)
    changed = {name: value for name, value in merged.items() if before.get(name) != value}
    if changed:
        _save(application_id, changed, by=by, version=version, page=page)
    else:
        drafts.keep(application_id, {}, by=by, saved=page)
    return problems


def _moved_away(application: Application, values: Mapping[str, Any]) -> list[Problem]:
    """While it is with a bureau's schools and points, an application does not wander to another bureau."""
    if application.stage not in HANDED_IN or values.get("bureau_id") == application.bureau_id:
        return []
    text = _("已提交的申请不能更换注册机构；请先放弃申报再重新申报，或请学校退回后修改")
    return [Problem("bureau.fixed", "bureau_id", text)]


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a teacher may set: not what the school attests, nor what is the account's, which has ways of its own."""
    forbidden = {"id_kind", "id_number", "email", *(field.name for field in of_step(Step.SCHOOL))}
    return {name: value for name, value in values.items() if name in BY_NAME and name not in forbidden}


@transaction
def _save(application_id: int, changed: Mapping[str, Any], *, by: Actor, version: int, page: str) -> None:
    application = access.one(Application, application_id, by=by, to=Can.AMEND, lock=True)
    if application.version != version:
        raise Refused(drafts.STALE)
    if application.stage is Stage.DRAFT:
        problems = windows.closed(application.campaign_id, APPLY, application.bureau_id)
        if problems:
            raise Refused.because(problems)
    else:
        workflow.move(application_id, "amend", by=by, version=version)
    _assign(application, changed)
    if "name" in changed:
        session.get_one(Person, application.person_id).name = changed["name"]
    if changed.keys() & {field.name for field in additions.ADDABLE}:
        session.flush()
        session.refresh(application)
        additions.ask_staff(application)
    drafts.keep(application_id, {}, by=by, saved=page)


def agree(notice_id: int, *, by: Actor, token: str | None = None) -> None:
    """Record that a text was agreed to, and when (S8, S9, S13)."""
    if token is not None:
        drafts.agree(token, notice_id, by=by)
        return
    application = mine(by=by)
    if application is not None:
        _agree(application.id, notice_id, by=by)


@transaction
def _agree(application_id: int, notice_id: int, *, by: Actor) -> None:
    access.one(Application, application_id, by=by, lock=True)
    known = select(Agreement.id).where(
        Agreement.application_id == application_id, Agreement.notice_text_id == notice_id
    )
    if session.scalar(known) is None:
        session.add(Agreement(application_id=application_id, notice_text_id=notice_id, agreed_at=clock.now()))


def agreed(application_id: int, *, by: Actor) -> set[int]:
    """The numbers of the texts that were agreed to with an application."""
    seen = select(Application.id).where(policy.condition(Application, by, Can.VIEW))
    own = Agreement.application_id == application_id, Agreement.application_id.in_(seen)
    return set(session.scalars(select(Agreement.notice_text_id).where(*own)))


def problems_of(values: Mapping[str, Any], step: Step | None, application: Application | None) -> list[Problem]:
    """What the rules say of answers that cannot be saved yet."""
    return _problems(form.normalised(values), step, application)


def problems(application: Application) -> list[Problem]:
    """Everything that is wrong or doubtful with the whole form."""
    return _problems(answers.of_application(application), None, application)


def submit(application_id: int, *, by: Actor, version: int) -> None:
    """Hand the application in; `Refused` with every problem of the whole form. A second call is refused."""
    application = access.one(Application, application_id, by=by)
    name = "resubmit" if application.stage is Stage.RETURNED else "submit"
    if application.stage in (Stage.DRAFT, Stage.RETURNED):
        _refuse(problems(application), answers.of_application(application), by)
    workflow.move(application_id, name, by=by, version=version)


def withdraw(application_id: int, *, by: Actor, version: int, reason: str = "") -> None:
    """Give the application up, before confirmation."""
    workflow.move(application_id, "withdraw", by=by, version=version, wish=Wish(reason=reason))
