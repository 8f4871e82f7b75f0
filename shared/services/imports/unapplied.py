"""应注册未报名 (S23): people who should have applied and did not, entered by the district with a conclusion.

Each becomes an application of that origin at the preliminary level, and goes on through review and final decision.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from shared import clock
from shared.db import Base, session
from shared.models import Application, Bureau, Campaign, Certificate, ImportRow, Person, School, Staff
from shared.models.kinds import Conclusion, IdKind, ImportAction, Origin, RegistrationType, Stage
from shared.rules import certificate, identity, policy, spellings
from shared.rules.form import NAME as FIT_NAME
from shared.rules.guards import NOT_OWN
from shared.rules.importing import KEEP, As, Column
from shared.rules.rights import Can
from shared.rules.states import MOVES
from shared.services import audit, windows, workflow
from shared.services.imports import bulk, lookups
from shared.services.imports.columns import ID_KIND, ID_NUMBER, NAME, id_number_is_right, may
from shared.services.imports.deciding import (
    MOST_DECIDED,
    NEEDED_REASON_CODE,
    REASON,
    conclusion_column,
    make_moves,
    plain_name,
    read_again,
    refuse_without,
    settle_reasons,
)
from shared.services.imports.formats import Format, Line, Run
from shared.services.imports.tables import EDITED, GONE, MASKED_NEW, column_of, defaults_of
from shared.services.workflow import Wish
from shared.text import Text, _, in_chinese

_APPLICATIONS = Base.metadata.tables[Application.__tablename__]
_PEOPLE = Base.metadata.tables[Person.__tablename__]
_OVER = (Stage.WITHDRAWN, Stage.REVOKED)
ENTER, STRIKE = MOVES["enter"], MOVES["strike"]

OTHER_NAME = _("这个证件号码已登记的姓名不是“{name}”，请核对证件号码和姓名")
HAS_DRAFT = _("本人在本批次有未提交的申报，请通知本人提交或放弃后再导入")
HAS_APPLIED = _("本人在本批次已经报名，不属于应注册未报名")
ANOTHERS = _("这个证书号码属于另一证件号码，请对照证书核对")
NOT_YOUR_SCHOOL = _("这所学校的教师不由您初审")

SCHOOL = column_of(
    Application,
    "school_id",
    _("现任教学校编码"),
    required=True,
    aliases=spellings.SCHOOL,
    note=_("编码或名称"),
)
_AS_IN_A_FORM = (
    column_of(Application, "sex", _("性别"), note=_("不填时按居民身份证号码")),
    column_of(Application, "certificate_number", _("证书号码"), holds=As.NUMBER_TEXT, aliases=spellings.CERTIFICATE),
    column_of(Application, "qualification_type_code", _("资格种类")),
    column_of(Application, "certificate_subject_code", _("任教学科"), aliases=spellings.SUBJECT),
    column_of(Application, "authority_id", _("认定机构"), aliases=spellings.AUTHORITY),
    column_of(Application, "certificate_issued_on", _("签发日期"), aliases=spellings.ISSUED_ON),
    SCHOOL,
    column_of(Application, "teaching_stage", _("任教学段"), aliases=spellings.TEACHING_STAGE),
    column_of(Application, "teaching_subject_code", _("现任教学科")),
)
BASIS = Column("basis", _("依据文号"), aliases=spellings.BASIS, note=_("有文件依据的填写，写入说明"))
COLUMNS = (
    ID_KIND,
    ID_NUMBER,
    NAME,
    *_AS_IN_A_FORM,
    conclusion_column(_("初审结论"), spellings.OPINION, Conclusion.DEFERRED, Conclusion.REFUSED),
    NEEDED_REASON_CODE,
    REASON,
    BASIS,
)
_ENTRIES = [column for column in COLUMNS if column.holds is As.ENTRY]
_WRITTEN = [column.name for column in _AS_IN_A_FORM]


class UnappliedTarget:
    """One person and one application for each row."""

    table = _APPLICATIONS

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        for column in _ENTRIES:
            lookups.resolve(lines, column, run)
        for line in lines:
            self._look(line, run)
        settle_reasons(lines, ENTER, run)
        for line in _good(lines):
            _add_basis(line)
        self._place(_good(lines), run)
        self._refuse_doubled(_good(lines), run)
        people = self._people(_good(lines), run)
        live = self._live([key for key, _name in people.values()], run)
        taken = self._taken(_good(lines))
        me = run.once("me", lambda: session.scalar(select(Staff.id_number).where(Staff.id == run.by.id)))
        for line in _good(lines):
            self._know(line, people.get(_whose(line)), live)
            number = line.values["certificate_number"]
            if taken.get(number, set()) - {line.values["id_number"]}:
                line.refuse("certificate_number", ANOTHERS)
            if me and line.values["id_number"] == me:
                line.refuse("", NOT_OWN.text)

    def _look(self, line: Line, run: Run) -> None:
        """The line by itself."""
        values = line.values
        for column in COLUMNS:
            values.setdefault(column.name, None)
            if values[column.name] is KEEP:
                line.refuse(column.name, MASKED_NEW)
                values[column.name] = None
        values["id_kind"] = values["id_kind"] or IdKind.RESIDENT
        refuse_without(line, "id_number", "name", "school_id", "conclusion", "reason_code")
        id_number_is_right(line, run)
        if values["name"] and not FIT_NAME.fullmatch(values["name"]):
            line.refuse("name", _("姓名只能用文字和间隔号“·”，请与身份证一致"))
        if values["certificate_number"]:
            values["certificate_number"] = certificate.normalise(values["certificate_number"])
            for problem in certificate.problems_with(values["certificate_number"]):
                line.refuse("certificate_number", problem.text)
        values["sex"] = values["sex"] or identity.sex(values["id_kind"], values["id_number"] or "")
        lookups.refuse_retired(line, _ENTRIES, run)
        for problem in run.once("closed", lambda: windows.closed(run.campaign_id or 0, ENTER.windows)):
            line.refuse("", problem.text)

    def _place(self, lines: Sequence[Line], run: Run) -> None:
        """Which bureau each belongs to; it must be one where this person decides first, within the campaign."""
        known: dict[int, int | None] = run.found.setdefault("places", {})
        new = {line.values["school_id"] for line in lines} - known.keys()
        if new:
            found = select(School.id, Bureau.id, Bureau.path).join(Bureau, School.bureau_id == Bureau.id)
            for school, bureau, path in session.execute(found.where(School.id.in_(new))):
                known[school] = bureau if self._is_mine(bureau, path, run) else None
        for line in lines:
            line.work = known.get(line.values["school_id"])
            if line.work is None:
                line.refuse("school_id", NOT_YOUR_SCHOOL)

    def _is_mine(self, bureau: int, path: str, run: Run) -> bool:
        """As SCOPE has it of applications; of those that are made here it is asked once more when they move."""
        round_path = run.once("path", lambda: session.get_one(Campaign, run.campaign_id).bureau.path)
        if policy.only_own_bureau(Application, run.by, ENTER.permission):
            return bureau == run.by.bureau_id and path.startswith(round_path)
        return path.startswith(run.by.bureau_path) and path.startswith(round_path)

    def _refuse_doubled(self, lines: Sequence[Line], run: Run) -> None:
        for line in lines:
            first = run.seen.setdefault(_whose(line), line.number)
            if first != line.number:
                line.refuse("id_number", _("与第{row}行重复", row=first))

    def _people(self, lines: Sequence[Line], run: Run) -> dict[tuple[IdKind, str], tuple[int, str]]:
        """Those who have an account already; locked before anything is written, as the portal does."""
        wanted = select(Person.id_kind, Person.id_number, Person.id, Person.name)
        wanted = wanted.where(Person.id_number.in_([line.values["id_number"] for line in lines])).order_by(Person.id)
        found = session.execute(wanted.with_for_update(of=Person) if run.writing else wanted)
        return {(kind, number): (key, name) for kind, number, key, name in found}

    def _live(self, people: Sequence[int], run: Run) -> dict[int, Any]:
        names = ("person_id", "id", "origin", "stage", "conclusion", "reason_code", "reason", "school_id")
        wanted = select(*(getattr(Application, name) for name in names))
        mine = Application.person_id.in_(people), Application.campaign_id == run.campaign_id
        return {fact.person_id: fact for fact in session.execute(wanted.where(*mine, Application.stage.not_in(_OVER)))}

    def _taken(self, lines: Sequence[Line]) -> dict[str, set[str]]:
        """By certificate number whose it is: in the registry, and in applications that count."""
        numbers = {line.values["certificate_number"] for line in lines} - {None}
        live = or_(Application.form_version > 0, Application.origin == Origin.IMPORT_UNAPPLIED)
        applied = (
            select(Application.certificate_number, Person.id_number)
            .join(Person, Application.person_id == Person.id)
            .where(Application.certificate_number.in_(numbers), live, Application.stage.not_in(_OVER))
        )
        registered = select(Certificate.number, Certificate.id_number).where(Certificate.number.in_(numbers))
        found: dict[str, set[str]] = {}
        for number, holder in [*session.execute(applied), *session.execute(registered)] if numbers else ():
            found.setdefault(number, set()).add(holder)
        return found

    def _know(self, line: Line, person: tuple[int, str] | None, live: dict[int, Any]) -> None:
        """Whoever is known must be the same, and have no application in the campaign."""
        if person is None:
            line.work = (line.work, None)
            return
        key, name = person
        line.work = (line.work, key)
        there = live.get(key)
        if plain_name(name) != plain_name(line.values["name"]):
            line.refuse("name", Text(OTHER_NAME.message, {"name": line.values["name"]}))
        elif there is None:
            return
        elif there.origin is Origin.IMPORT_UNAPPLIED and _is_as_entered(there, line):
            line.action, line.row_id = ImportAction.UNCHANGED, there.id
        else:
            line.refuse("id_number", HAS_DRAFT if there.stage is Stage.DRAFT else HAS_APPLIED)

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        self._add_people([line for line in lines if line.work[1] is None], run)
        self._add_applications(lines, run)
        make_moves(lines, ENTER, run)

    def _add_people(self, lines: Sequence[Line], run: Run) -> None:
        """An account without a password or address: the school or the district lets its owner in (see recovery)."""
        if not lines:
            return
        own = {"email": ""} | defaults_of(_PEOPLE)
        names = ["id_kind", "id_number", "name", *own]
        bind, ids = bulk.binder(_PEOPLE, names), bulk.take_ids(_PEOPLE, len(lines))
        rows = []
        for line, key in zip(lines, ids, strict=True):
            line.work = (line.work[0], key)
            rows.append([key, 1, *bind([*(line.values[name] for name in names[:3]), *own.values()])])
        bulk.insert(_PEOPLE, ["id", "version", *names], rows)
        audit.record_set("import", _PEOPLE, _PEOPLE.c.id.in_(ids), {"import": [None, str(run.import_id)]}, by=run.by)

    def _add_applications(self, lines: Sequence[Line], run: Run) -> None:
        campaign, now = session.get_one(Campaign, run.campaign_id), clock.now()
        types = self._registration_types([line.work[1] for line in lines])
        ids = bulk.take_ids(_APPLICATIONS, len(lines))
        rows = [
            self._new(line, f"{campaign.year}{key:08d}", types.get(line.work[1], campaign.registration_type), now)
            | {"campaign_id": campaign.id}
            for line, key in zip(lines, ids, strict=True)
        ]
        names = list(rows[0])
        bind = bulk.binder(_APPLICATIONS, names)
        bulk.insert(
            _APPLICATIONS,
            ["id", "version", *names],
            ([key, 1, *bind([row[name] for name in names])] for key, row in zip(ids, rows, strict=True)),
        )
        for line, key in zip(lines, ids, strict=True):
            line.row_id, line.version = key, 1

    def _new(self, line: Line, number: str, kind: RegistrationType, now: datetime) -> dict[str, Any]:
        """A new application as the move finds it."""
        values = line.values
        return defaults_of(_APPLICATIONS) | {
            **{name: values[name] for name in ("name", *_WRITTEN)},
            "birth_date": identity.born(values["id_kind"], values["id_number"]),
            "bureau_id": line.work[0],
            "person_id": line.work[1],
            "registration_number": number,
            "registration_type": kind,
            "origin": Origin.IMPORT_UNAPPLIED,
            "created_at": now,
            "stage_at": now,
        }

    def _registration_types(self, people: Sequence[int]) -> dict[int, RegistrationType]:
        """From history, as with whoever applies."""
        known = {Conclusion.REGISTERED: RegistrationType.PERIODIC, Conclusion.DEFERRED: RegistrationType.REAPPLY}
        concluded = Application.person_id.in_(people), Application.stage == Stage.CONCLUDED
        found = session.execute(
            select(Application.person_id, Application.conclusion).where(*concluded).order_by(Application.id)
        )
        last = {key: conclusion for key, conclusion in found}  # noqa: C416  the last one of each stays
        return {key: known[conclusion] for key, conclusion in last.items() if conclusion in known}

    # Taking back.

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        keys = {int(row.row_id or 0): row.id for row in rows}
        left = {int(row.row_id or 0): row.left_version for row in rows}
        there = dict(session.execute(select(Application.id, Application.version).where(Application.id.in_(left))).all())
        kept = {
            keys[key]: EDITED if key in there else GONE for key, version in left.items() if there.get(key) != version
        }
        ids = [key for key in left if keys[key] not in kept]
        if run.writing:
            with in_chinese():
                wish = Wish(reason=str(_("导入已撤回")))
            outcome = workflow.move_many(ids, STRIKE.name, by=run.by, versions=there, wish=wish)
            read_again(keys.values())
        else:
            outcome = workflow.preview(ids, STRIKE.name, by=run.by)
        return kept | {keys[key]: problems[0].text for key, problems in outcome.refused.items()}


def _good(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if not line.problems]


def _whose(line: Line) -> tuple[IdKind, str]:
    return line.values["id_kind"], line.values["id_number"]


def _add_basis(line: Line) -> None:
    """A document that the conclusion rests on stands with its reason: the applicant reads both."""
    if line.values["basis"]:
        with in_chinese():
            said = _("{reason}（依据：{basis}）", reason=line.values["reason"], basis=line.values["basis"])
            line.values["reason"] = str(said)


def _is_as_entered(there: Any, line: Line) -> bool:  # noqa: ANN401  a row
    names = ("conclusion", "reason_code", "reason", "school_id")
    return there.stage is Stage.PRELIMINARY and all(getattr(there, name) == line.values[name] for name in names)


UNAPPLIED = Format(
    "unapplied",
    _("应注册未报名人员"),
    COLUMNS,
    ("id_number", "name", "school_id", "conclusion", "reason_code"),
    UnappliedTarget(),
    may(Application, Can.PRELIMINARY),
    hint=_("应当注册而没有报名的教师；导入后即为初审结论，仍须复核和终审。证书信息不清楚的可以不填"),
    per_campaign=True,
    max_rows=MOST_DECIDED,
)
