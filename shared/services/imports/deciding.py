"""Imports that decide on applications: 已报名不符合条件 (S24), and what the province has concluded elsewhere.

A row is a move of the workflow's, so windows, holds, four eyes and messages are those of a decision on the page.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import select

from shared.db import Base, session
from shared.models import Application, ImportRow, ReasonCode
from shared.models.kinds import Conclusion, IdKind, ImportAction, Stage
from shared.rules import identity, spellings
from shared.rules.importing import KEEP, As, Column
from shared.rules.rights import Can
from shared.rules.states import MOVES, Move, status_label
from shared.services import audit, undoing, workflow
from shared.services.imports import applicants, lookups
from shared.services.imports.columns import ID_NUMBER, NAME, may
from shared.services.imports.formats import Format, Line, Moved, Run
from shared.services.imports.tables import column_of
from shared.services.workflow import Left, Wish
from shared.text import Text, _

_TABLE = Base.metadata.tables[Application.__tablename__]
_OVER = (Stage.WITHDRAWN, Stage.REVOKED)
_SHOWN = ("stage", "conclusion", "reason_code", "reason")
MOST_DECIDED = 20_000  # each of these rows is a move with its guards and messages, all in one transaction
_ANY_REASON = "."  # never written: stands for the one that each row has
NEEDED = _("必须填写")
NOT_FOUND = _("本批次没有这件申请，或者不在您的办理范围内，请核对报名号和证件号码")
SEVERAL = _("这个证件号码有几件申请，请填写报名号")
TWO = _("报名号和证件号码不是同一件申请，请核对")
NEITHER = _("请填写报名号或证件号码")
MASKED = _("这是隐藏了中间几位的号码，请填写完整号码，或填写报名号")


def conclusion_column(label: Text, aliases: tuple[str, ...], *among: Conclusion) -> Column:
    """The column of a conclusion, with the words that bureaus use for it."""
    words = {
        Conclusion.REGISTERED: spellings.REGISTERED,
        Conclusion.DEFERRED: spellings.DEFERRED,
        Conclusion.REFUSED: spellings.REFUSED,
    }
    known = tuple((word, one) for one in among for word in words[one])
    return Column("conclusion", label, As.KIND, required=True, aliases=aliases, kinds=Conclusion, among=among,
                  words=known)  # fmt: skip


REASON_CODE = column_of(
    Application,
    "reason_code",
    _("原因代码"),
    aliases=spellings.REASON_CODE,
    note=_("暂缓注册、注册不合格时必填，与结论相符"),
)
NEEDED_REASON_CODE = replace(REASON_CODE, required=True, note=_("与结论相符"))
REASON = Column("reason", _("说明"), As.LINES, aliases=spellings.NOTE, note=_("申请人会看到；不填时为原因代码的名称"))
NUMBER = Column(
    "registration_number",
    _("报名号"),
    As.NUMBER_TEXT,
    aliases=spellings.NUMBER,
    note=_("报名号、证件号码填一个即可"),
)
_ID_NUMBER = Column("id_number", ID_NUMBER.label, As.NUMBER_TEXT, aliases=ID_NUMBER.aliases, note=NUMBER.note)


def refuse_without(line: Line, *names: str) -> None:
    """Refuse a line in which one of these columns is empty, unless something else is wrong with it already."""
    for name in names:
        if line.values.get(name) is None and not any(column == name for column, _text in line.problems):
            line.refuse(name, NEEDED)


def settle_reasons(lines: Iterable[Line], move: Move, run: Run) -> None:
    """Give each line its reason, and refuse those whose reason does not fit the conclusion."""
    names = run.once("reason names", lambda: {row.code: row.name for row in session.scalars(select(ReasonCode))})
    for line in lines:
        conclusion, code = line.values.get("conclusion"), line.values.get("reason_code")
        if conclusion is not Conclusion.REGISTERED:
            refuse_without(line, "reason_code")
        if line.problems:
            continue
        wish = Wish(_ANY_REASON, code, conclusion)
        for fault in run.once((move.name, conclusion, code), partial(workflow.faults_of, move, wish)):
            line.refuse(fault.field, fault.text)
        line.values["reason"] = line.values.get("reason") or names.get(code, "")


def make_moves(lines: Sequence[Line], move: Move, run: Run) -> None:
    """Move the application of each line and note how that left it; one order for all of the same conclusion."""
    groups: dict[tuple[Conclusion, str | None], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.values["conclusion"], line.values["reason_code"]].append(line)
    for (conclusion, code), some in groups.items():
        reasons = {int(line.row_id or 0): line.values["reason"] for line in some}
        versions = {int(line.row_id or 0): int(line.version or 0) for line in some}
        said = next(iter(reasons.values()))
        wish = Wish(said, code, conclusion, reasons=reasons)
        outcome = workflow.move_many(list(reasons), move.name, by=run.by, versions=versions, wish=wish)
        if outcome.refused:
            raise Moved
        for line in some:
            left = outcome.left[int(line.row_id or 0)]
            line.version, line.before = left.version, left.before


class DecisionTarget:
    """Rows that each make `move` with one application of the campaign: told by its number or its applicant's."""

    table = _TABLE

    def __init__(self, move: str) -> None:
        self.move = MOVES[move]

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        lookups.resolve(lines, REASON_CODE, run)
        for line in lines:
            for column in (NUMBER, _ID_NUMBER, REASON_CODE, REASON):
                line.values.setdefault(column.name, None)
            if isinstance(number := line.values["id_number"], str):
                line.values["id_number"] = identity.normalise(IdKind.RESIDENT, number)
            refuse_without(line, "name", "conclusion")
            lookups.refuse_retired(line, [REASON_CODE], run)
        settle_reasons(lines, self.move, run)
        self._find([line for line in lines if not line.problems], run)
        self._judge([line for line in lines if not line.problems], run)

    def _find(self, lines: Sequence[Line], run: Run) -> None:
        by_number = self._facts("registration_number", lines, run)
        by_id_number = self._facts("id_number", lines, run)
        for line in lines:
            number, id_number = line.values["registration_number"], line.values["id_number"]
            if number is None and id_number is KEEP:
                line.refuse("id_number", MASKED)
            elif number is None and id_number is None:
                line.refuse("", NEITHER)
            else:
                found = by_id_number.get(id_number, []) if number is None else by_number.get(number, [])
                self._take(line, found, run)

    def _facts(self, name: str, lines: Sequence[Line], run: Run) -> dict[str, list[Any]]:
        """The applications of the campaign that may be decided on."""
        facts = (*(getattr(Application, one) for one in ("id", "version", *_SHOWN)), Application.name)
        return applicants.told_by(name, lines, run, self.move.permission, facts, Application.stage.not_in(_OVER))

    def _take(self, line: Line, found: Sequence[Any], run: Run) -> None:
        """The line's application, if it is one, and its applicant's."""
        told_by = "id_number" if line.values["registration_number"] is None else "registration_number"
        if len(found) != 1:
            line.refuse(told_by, SEVERAL if found else NOT_FOUND)
            return
        fact = found[0]
        id_number = line.values["id_number"]
        if id_number not in (None, KEEP, fact.id_number):
            line.refuse("id_number", TWO)
        elif plain_name(line.values["name"]) not in {plain_name(fact.name or ""), plain_name(fact.person_name)}:
            line.refuse("name", _("与申请上的姓名“{name}”不一致，请核对", name=fact.name or fact.person_name))
        elif (first := run.seen.setdefault(fact.id, line.number)) != line.number:
            line.refuse(told_by, _("与第{row}行重复", row=first))
        else:
            line.row_id, line.version, line.work = fact.id, fact.version, fact

    def _judge(self, lines: Sequence[Line], run: Run) -> None:
        """What the page would say of each; what stands already as the file has it stays as it is."""
        stages = set(self.move.paths.values())
        for line in lines:
            fact = line.work
            same = all(getattr(fact, name) == line.values[name] for name in ("conclusion", "reason_code", "reason"))
            if fact.stage in stages and same:
                line.action = ImportAction.UNCHANGED
            elif fact.stage not in self.move.paths:
                status = status_label(fact.stage, fact.conclusion)
                line.refuse(
                    "", _("当前状态是“{status}”，不能再导入结论；确需更改的，请在申请详情页办理", status=status)
                )
        going = [line for line in lines if line.action is ImportAction.NEW]
        wish = Wish(_ANY_REASON, conclusion=self.move.conclusions[0])
        outcome = workflow.preview([int(line.row_id or 0) for line in going], self.move.name, by=run.by, wish=wish)
        for line in going:
            for problem in outcome.refused.get(int(line.row_id or 0), ()):
                line.refuse("", problem.text)
            if not line.problems:
                self._show(line)

    def _show(self, line: Line) -> None:
        fact, values = line.work, line.values
        after = (self.move.paths[fact.stage], values["conclusion"], values["reason_code"], values["reason"])
        line.action = ImportAction.CHANGED
        line.changes = {
            name: [audit.as_text(getattr(fact, name), _TABLE.c[name]), audit.as_text(value, _TABLE.c[name])]
            for name, value in zip(_SHOWN, after, strict=True)
            if getattr(fact, name) != value
        }

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        make_moves(lines, self.move, run)

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        return take_back(rows, self.move, run)


def take_back(rows: Sequence[ImportRow], move: Move, run: Run) -> dict[int, Text]:
    """Take the move back where nothing has happened since; by the import's row why not."""
    keys = {int(row.row_id or 0): row.id for row in rows}
    made = {
        int(row.row_id or 0): Left(int(row.left_version or 0), undoing.unpacked(json.loads(row.before or "{}")))
        for row in rows
    }
    verb = workflow.take_back if run.writing else workflow.preview_taking_back
    outcome = verb(made, move.name, by=run.by)
    read_again(keys.values())
    return {keys[key]: problems[0].text for key, problems in outcome.refused.items()}


def read_again(keys: Iterable[int]) -> None:
    """The workflow has expired whatever was read: read these rows of the import at once, not one by one."""
    session.scalars(
        select(ImportRow).where(ImportRow.id.in_(list(keys))), execution_options={"populate_existing": True}
    ).all()


def plain_name(text: str) -> str:
    """A name without what keyboards make of it: blanks, full-width letters, other dots than the one in between."""
    plain = unicodedata.normalize("NFKC", text).translate(spellings.NAME_DOTS)
    return "".join(plain.split()).casefold()


UNQUALIFIED = Format(
    "unqualified",
    _("已报名不符合条件人员"),
    (
        NUMBER,
        _ID_NUMBER,
        NAME,
        conclusion_column(_("初审意见"), spellings.OPINION, Conclusion.DEFERRED, Conclusion.REFUSED),
        NEEDED_REASON_CODE,
        REASON,
    ),
    ("name", "conclusion", "reason_code"),
    DecisionTarget("disqualify"),
    may(Application, Can.PRELIMINARY),
    hint=_("已经报名但不符合注册条件的人员，包括尚未现场确认的；导入后即为初审结论，仍须复核和终审"),
    per_campaign=True,
    max_rows=MOST_DECIDED,
)
FINAL_RESULTS = Format(
    "final_results",
    _("省级终审结果"),
    (
        NUMBER,
        _ID_NUMBER,
        NAME,
        conclusion_column(
            _("终审结论"), spellings.FINAL, Conclusion.REGISTERED, Conclusion.DEFERRED, Conclusion.REFUSED
        ),
        REASON_CODE,
        REASON,
    ),
    ("name", "conclusion"),
    DecisionTarget("final"),
    may(Application, Can.FINAL),
    hint=_("在其他系统作出的终审结论；导入后即为最终结论，不能撤回"),
    per_campaign=True,
    is_final=True,
    max_rows=MOST_DECIDED,
)

FORMATS = (UNQUALIFIED, FINAL_RESULTS)
