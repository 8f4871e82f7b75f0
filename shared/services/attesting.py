"""What the school's officer attests of an applicant, and the check that rests on it, in one transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from shared import clock
from shared.db import session, transaction
from shared.models import Application, AssessmentYear, TeachingBreak
from shared.models.kinds import Stage
from shared.rules import attestation
from shared.rules.attestation import BreakLine, Sheet, YearLine
from shared.rules.checks import Problem
from shared.rules.fields import Step, of_step
from shared.rules.guards import NOT_OWN
from shared.rules.rights import Actor, Can
from shared.services import access, audit, workflow
from shared.services.errors import Refused
from shared.services.workflow import Wish
from shared.text import Text, _, in_chinese

# Once the papers are accepted the data are fixed: only the bureau may send them back.
OPEN = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED)
PASS, RETURN = "school_pass", "return"


@transaction
def attest(application_id: int, values: Mapping[str, Any], *, by: Actor, version: int) -> Application:
    """Set the fields that the school fills in, before the papers are confirmed."""
    application = _opened(application_id, by=by, version=version)
    if values.get("ethics") is None:
        raise Refused(Problem("ethics", "ethics", _("请选择师德结论")))
    for field in of_step(Step.SCHOOL):
        setattr(application, field.name, values.get(field.name))
    return application


@transaction
def save(
    application_id: int, sheet: Sheet, *, by: Actor, version: int, then: str = "", reason: str = ""
) -> Application:
    """Keep the whole sheet; `then` also passes the application on or returns it: all of it happens, or nothing."""
    application = _opened(application_id, by=by, version=version)
    problems = faults_of(application, sheet, then)
    if problems:
        raise Refused.because(problems)
    before = _summary(application)
    application.ethics, application.probation_passed_on = sheet.ethics, sheet.probation_passed_on
    _keep_years(application, sheet.years)
    _keep_breaks(application, sheet.breaks)
    _note(application, before, by)
    if then:
        session.flush()
        workflow.move(application_id, then, by=by, wish=Wish(reason=reason))
    return application


def set_years(application: Application, lines: Iterable[YearLine], *, by: Actor) -> None:
    """Keep some years of an application that the caller has found, locked and judged. Part of a verb."""
    before = _summary(application)
    _keep_years(application, lines)
    _note(application, before, by)


def sheet_of(application: Application) -> Sheet:
    """What the school has filled in: every year of the cycle has its line, and every other year that is there."""
    known = {row.year: row for row in application.years}
    asked = attestation.cycle(application.campaign.year)
    years = asked if attestation.asks_for_years(application.registration_type) else []
    return Sheet(
        ethics=application.ethics,
        probation_passed_on=application.probation_passed_on,
        years=[_year_line(year, known.get(year)) for year in sorted({*years, *known})],
        breaks=[BreakLine(row.id, row.begins_on, row.ends_on, row.approved, row.reason) for row in application.breaks],
    )


def faults_of(application: Application, sheet: Sheet, then: str = "") -> list[Problem]:
    """Everything that is wrong with a sheet of the application; what goes back to its teacher need not be complete."""
    started = application.work_started_on
    return attestation.problems_with(sheet, today=clock.today(), work_started_on=started, complete=then != RETURN)


def may_fill_in(application: Application, *, by: Actor) -> list[Problem]:
    """Why the sheet cannot be filled in now; nothing if it can."""
    if workflow.is_own(application.id, by=by):
        return [Problem(NOT_OWN.code, "", NOT_OWN.text)]
    if application.stage not in OPEN:
        return [Problem("stage", "", _("材料已确认受理，学校填写的内容不能再改；确需更改请联系确认点撤销确认"))]
    return []


def _opened(application_id: int, *, by: Actor, version: int) -> Application:
    """The application, locked, as its officer has seen it."""
    application = access.one(Application, application_id, by=by, to=Can.EDIT, lock=True)
    if application.version != version:
        raise Refused(Problem("stale", "", _("打开页面后申请已被他人更改，请刷新页面后再操作")))
    if problems := may_fill_in(application, by=by):
        raise Refused.because(problems)
    return application


def _year_line(year: int, row: AssessmentYear | None) -> YearLine:
    if row is None:
        return YearLine(year)
    return YearLine(year, row.assessment, row.ethics, row.training_hours, row.note)


def _keep_years(application: Application, lines: Iterable[YearLine]) -> None:
    """A blank line takes its year away; a year that the campaign does not ask about is not made."""
    known = {row.year: row for row in application.years}
    allowed = {line.year for line in sheet_of(application).years}
    for line in lines:
        row = known.get(line.year)
        if line.is_blank:
            if row is not None:
                application.years.remove(row)
        elif line.year in allowed:
            if row is None:
                row = AssessmentYear(year=line.year)
                application.years.append(row)
            row.assessment, row.ethics = line.assessment, line.ethics  # type: ignore[assignment]  # checked above
            row.training_hours, row.note = line.training_hours or 0, line.note


def _keep_breaks(application: Application, lines: Iterable[BreakLine]) -> None:
    known = {row.id: row for row in application.breaks}
    for line in lines:
        row = known.get(line.key) if line.key else None
        if line.is_blank:
            if row is not None:
                application.breaks.remove(row)
            continue
        if row is None:
            row = TeachingBreak()
            application.breaks.append(row)
        row.begins_on, row.ends_on = line.begins_on, line.ends_on  # type: ignore[assignment]  # checked above
        row.approved, row.reason = line.approved, line.reason


def _note(application: Application, before: Mapping[str, str], by: Actor) -> None:
    """A changed year makes a new version of the application: whoever decides on the old one is told.

    Every version has its line in the application's history, so the change is told there too, in words.
    """
    after = _summary(application)
    changes = {name: [before[name] or None, after[name] or None] for name in after if before[name] != after[name]}
    if changes:
        flag_modified(application, "ethics")
        audit.record("update", Application.__tablename__, application.id, changes, by=by)


def _summary(application: Application) -> dict[str, str]:
    with in_chinese():
        years = [
            f"{row.year} {_year_in_words(row)} {row.note}".strip()
            for row in sorted(application.years, key=lambda row: row.year)
        ]
        breaks = [
            f"{row.begins_on}–{row.ends_on} {row.reason} {_('事由经批准') if row.approved else _('事由未经批准')}"
            for row in sorted(application.breaks, key=lambda row: row.begins_on)
        ]
    return {"years": " / ".join(years)[: audit.LONGEST], "breaks": " / ".join(breaks)[: audit.LONGEST]}


def _year_in_words(row: AssessmentYear) -> Text:
    facts = {"assessment": row.assessment.label, "hours": row.training_hours}
    if row.ethics is None:
        return _("{assessment}，{hours}学时", **facts)
    return _("{assessment}，{hours}学时，{ethics}", ethics=row.ethics.label, **facts)
