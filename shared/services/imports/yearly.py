"""年度考核与培训学时: what a school attests of each year, many teachers at once instead of one page after the other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared.db import Base, session
from shared.models import Application, AssessmentYear, Campaign, ImportRow
from shared.models.kinds import AssessmentGrade, EthicsGrade, IdKind, ImportAction
from shared.rules import attestation, four_eyes, identity, policy, spellings
from shared.rules.attestation import Sheet, YearLine
from shared.rules.guards import NOT_OWN
from shared.rules.importing import KEEP, As, Column
from shared.rules.rights import Can
from shared.services import attesting, audit
from shared.services.imports import applicants
from shared.services.imports.columns import ID_NUMBER, NAME, may
from shared.services.imports.deciding import MASKED, NEITHER, NUMBER, SEVERAL, TWO, plain_name, refuse_without
from shared.services.imports.formats import Format, Line, Moved, Run
from shared.services.imports.tables import EDITED, GONE, unpacked
from shared.text import Text, _

_TABLE = Base.metadata.tables[AssessmentYear.__tablename__]
FACTS = ("assessment", "ethics", "training_hours", "note")
NOT_FOUND = _("本批次没有这件申请，或者不是本校的，请核对报名号和证件号码")
CONFIRMED = _("材料已确认受理，学校填写的内容不能再改；确需更改请联系确认点撤销确认")
ETHICS_WORDS = tuple(zip(spellings.ETHICS_GRADES, EthicsGrade, strict=True))

COLUMNS = (
    NUMBER,
    Column("id_number", ID_NUMBER.label, As.NUMBER_TEXT, aliases=ID_NUMBER.aliases, note=NUMBER.note),
    NAME,
    Column("year", _("年度"), As.WHOLE, required=True, aliases=spellings.YEAR),
    Column("assessment", _("年度考核"), As.KIND, required=True, aliases=spellings.ASSESSMENT, kinds=AssessmentGrade),
    Column("ethics", _("师德考核"), As.KIND, aliases=spellings.ETHICS, kinds=EthicsGrade, words=ETHICS_WORDS),
    Column("training_hours", _("培训学时"), As.WHOLE, required=True, aliases=spellings.HOURS),
    Column("note", _("备注"), aliases=spellings.REMARK, note=_("未定等次、未参加时写明原因")),
)


class YearTarget:
    """Rows that are each one year of one teacher's application; the school's sheet is where they go."""

    table = _TABLE

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        for line in lines:
            for column in COLUMNS:
                line.values.setdefault(column.name, None)
            if isinstance(number := line.values["id_number"], str):
                line.values["id_number"] = identity.normalise(IdKind.RESIDENT, number)
            refuse_without(line, "name", "year", "assessment", "training_hours")
        self._find([line for line in lines if not line.problems], run)
        self._compare([line for line in lines if not line.problems], run)

    def _find(self, lines: Sequence[Line], run: Run) -> None:
        found = {name: self._facts(name, lines, run) for name in ("registration_number", "id_number")}
        for line in lines:
            number, id_number = line.values["registration_number"], line.values["id_number"]
            told_by = "id_number" if number is None else "registration_number"
            if number is None and id_number in (None, KEEP):
                line.refuse("id_number", MASKED if id_number is KEEP else NEITHER)
                continue
            facts = found[told_by].get(line.values[told_by], [])
            if len(facts) != 1:
                line.refuse(told_by, SEVERAL if facts else NOT_FOUND)
                continue
            line.work = fact = facts[0]
            names = {plain_name(fact.name or ""), plain_name(fact.person_name)}
            if id_number not in (None, KEEP, fact.id_number):
                line.refuse("id_number", TWO)
            elif plain_name(line.values["name"]) not in names:
                line.refuse("name", _("与申请上的姓名“{name}”不一致，请核对", name=fact.name or fact.person_name))
            elif not fact.anothers:
                line.refuse("", NOT_OWN.text)
            elif fact.stage not in attesting.OPEN:
                line.refuse("", CONFIRMED)

    def _facts(self, name: str, lines: Sequence[Line], run: Run) -> dict[str, list[Any]]:
        """The school's applications of the campaign."""
        anothers = four_eyes.is_another_persons(run.by.id).label("anothers")
        one = Application
        facts = (one.id, one.stage, one.name, one.registration_type, anothers)
        return applicants.told_by(name, lines, run, Can.EDIT, facts)

    def _compare(self, lines: Sequence[Line], run: Run) -> None:
        campaign_year = run.once("year", lambda: session.get_one(Campaign, run.campaign_id).year)
        cycle = attestation.cycle(campaign_year)
        ids = {line.work.id for line in lines}
        years = session.execute(select(_TABLE).where(_TABLE.c.application_id.in_(ids))).all()
        known = {(row.application_id, row.year): row for row in years}
        for line in lines:
            values, fact = line.values, line.work
            row = known.get((fact.id, values["year"]))
            first = run.seen.setdefault((fact.id, values["year"]), line.number)
            asked = attestation.asks_for_years(fact.registration_type) and values["year"] in cycle
            if first != line.number:
                line.refuse("year", _("与第{row}行重复", row=first))
            elif row is None and not asked:
                line.refuse("year", _not_asked(cycle, attestation.asks_for_years(fact.registration_type)))
            else:
                self._become(line, row, run)

    @staticmethod
    def _become(line: Line, row: Any, run: Run) -> None:  # noqa: ANN401  None, or what is there
        """An empty cell of a year that is there says nothing."""
        values = line.values
        for name in ("ethics", "note"):
            if values[name] is None:
                values[name] = getattr(row, name) if row is not None else ("" if name == "note" else None)
        sheet = Sheet(years=[_year_of(values)])
        for problem in attestation.problems_with(sheet, today=run.today, work_started_on=None, complete=False):
            line.refuse(problem.field.rpartition("-")[2], problem.text)
        if line.problems or row is None:
            return
        line.row_id, line.version = row.id, row.version
        changed = [name for name in FACTS if getattr(row, name) != values[name]]
        line.action = ImportAction.CHANGED if changed else ImportAction.UNCHANGED
        if changed:
            line.before = {name: getattr(row, name) for name in FACTS}
        for name in changed:
            old, new = getattr(row, name), values[name]
            line.changes[name] = [audit.as_text(old, _TABLE.c[name]), audit.as_text(new, _TABLE.c[name])]

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        by_application: dict[int, list[Line]] = defaultdict(list)
        for line in lines:
            by_application[line.work.id].append(line)
        for application in _applications(by_application, run):
            some = by_application.pop(application.id)
            attesting.set_years(application, [_year_of(line.values) for line in some], by=run.by)
            session.flush()
            known = {row.year: row for row in application.years}
            for line in some:
                row = known[line.values["year"]]
                line.row_id, line.version = row.id, row.version
        if by_application:
            raise Moved

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        """Years go back as long as neither they nor the papers have moved on."""
        ids = [int(row.row_id or 0) for row in rows]
        years = select(_TABLE.c.id, _TABLE.c.version, _TABLE.c.year, _TABLE.c.application_id)
        there = {year.id: year for year in session.execute(years.where(_TABLE.c.id.in_(ids)))}
        applications = {one.id: one for one in _applications([year.application_id for year in there.values()], run)}
        kept: dict[int, Text] = {}
        back: dict[int, list[YearLine]] = defaultdict(list)
        for row in rows:
            year = there.get(int(row.row_id or 0))
            application = applications.get(year.application_id) if year else None
            if year is None or application is None:
                kept[row.id] = GONE
            elif year.version != row.left_version:
                kept[row.id] = EDITED
            elif application.stage not in attesting.OPEN:
                kept[row.id] = CONFIRMED
            else:
                back[application.id].append(_former(year.year, row))
        for key, some in back.items() if run.writing else ():
            attesting.set_years(applications[key], some, by=run.by)
        if run.writing:
            session.flush()
        return kept


def _applications(ids: Iterable[int], run: Run) -> Sequence[Application]:
    mine = policy.condition(Application, run.by, Can.EDIT)
    wanted = select(Application).where(Application.id.in_(list(ids)), mine).order_by(Application.id)
    wanted = wanted.options(selectinload(Application.years), selectinload(Application.breaks))
    if run.writing:
        wanted = wanted.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.scalars(wanted).all()


def _year_of(values: dict[str, Any]) -> YearLine:
    return YearLine(values["year"], *(values[name] for name in FACTS))


def _former(year: int, row: ImportRow) -> YearLine:
    """What stood there before; of a new year nothing."""
    if row.action is ImportAction.NEW:
        return YearLine(year)
    was = unpacked(_TABLE, row.before or "{}")
    return YearLine(year, *(was[name] for name in FACTS))


def _not_asked(cycle: Sequence[int], asks: bool) -> Text:
    if not asks:
        return _("首次注册不填年度考核和培训学时")
    return _("本批次填写{first}年至{last}年", first=cycle[0], last=cycle[-1])


YEARS = Format(
    "assessment_years",
    _("年度考核与培训学时"),
    COLUMNS,
    ("name", "year"),
    YearTarget(),
    may(Application, Can.EDIT),
    hint=_("本校教师每年的考核结果和培训学时，一人一年一行；现场确认之前可以导入"),
    per_campaign=True,
)
FORMATS = (YEARS,)
