"""确认点账号表 (S4): confirmation points, the schools that they serve, and one account for each operator."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select, update

from shared import clock
from shared.db import session
from shared.models import Bureau, ConfirmationPoint, ImportRow, School, Staff, StaffSession
from shared.models.kinds import IdKind, ImportAction, Role
from shared.rules import accounts, identity, policy, spellings
from shared.rules.checks import Problem
from shared.rules.form import EMAIL, MOBILE
from shared.rules.importing import MASKED, As, Column
from shared.rules.rights import Actor, Can
from shared.services import passwords, sessions
from shared.services.imports import point_plans
from shared.services.imports.formats import Format, Line, Run
from shared.services.imports.point_plans import PART, Work
from shared.services.imports.tables import Rules, TableTarget, column_of
from shared.text import Text, _

HASHES_A_SECOND = 40
LONG = 5  # seconds: from then on the check says how long the passwords take
_OWN = {"recorded": True, "synchronize_session": False}

USERNAME = column_of(
    Staff, "username", _("用户名"), aliases=spellings.USERNAME, note=_("一人一行，已有的用户名按此更改")
)
ACCOUNT = (
    column_of(Staff, "name", _("操作员姓名"), aliases=spellings.OPERATOR),
    column_of(
        Staff,
        "id_number",
        _("操作员身份证号"),
        aliases=spellings.ID_NUMBER,
        note=_("18位；填写后不能受理本人的申请"),
    ),
    column_of(Staff, "mobile", _("手机"), required=True, aliases=spellings.MOBILE),
    column_of(Staff, "email", _("邮箱"), aliases=spellings.EMAIL),
    USERNAME,
    column_of(Staff, "valid_until", _("有效期止"), aliases=spellings.VALID_UNTIL),
)
PASSWORD = Column(
    "password",
    _("初始密码"),
    secret=True,
    note=_("建议不填：导入后打印激活单，由本人设置密码。填写则至少10位，首次登录必须修改；已有账号不改密码"),
)
COLUMNS = (
    Column("district", _("区县"), As.ENTRY, required=True, aliases=spellings.DISTRICT, entries=Bureau),
    Column("point_code", _("确认点编码"), As.NUMBER_TEXT, aliases=spellings.POINT_CODE, note=_("新确认点不填则自动编")),
    Column("point_name", _("确认点名称"), required=True, aliases=spellings.POINT),
    Column("schools", _("服务学校"), As.LINES, aliases=spellings.SERVED, note=_("学校编码，用分号隔开；不填则不改")),
    Column("address", _("地址"), aliases=spellings.ADDRESS),
    *ACCOUNT[:5],
    PASSWORD,
    ACCOUNT[5],
    Column("note", _("备注"), As.LINES, note=_("不导入")),
)


def account_is_right(line: Line, run: Run) -> None:
    """What the account's own page would refuse, too."""
    values: dict[str, Any] = line.values
    new = line.action is ImportAction.NEW
    if (number := values.get("id_number")) and (new or "id_number" in line.before):
        values["id_number"] = identity.normalise(IdKind.RESIDENT, number)
        for problem in identity.problems_with(IdKind.RESIDENT, number, today=run.today):
            if problem.blocks:
                line.refuse("id_number", problem.text)
    if (values.get("mobile") and (new or "mobile" in line.before)) and not MOBILE.fullmatch(values["mobile"]):
        line.refuse("mobile", _("手机号码应为11位数字，以13至19开头"))
    if values.get("email") and not EMAIL.fullmatch(values["email"]):
        line.refuse("email", _("邮箱格式不正确，应如name@example.com"))
    if (until := values.get("valid_until")) and (new or "valid_until" in line.before) and until < run.today:
        line.refuse("valid_until", _("有效期止不能早于今天"))
    if new and line.work.password:
        for problem in _weaknesses(line, line.work.password):
            line.refuse("password", problem.text)


def _weaknesses(line: Line, password: str) -> Sequence[Problem]:
    values: dict[str, Any] = line.values
    names = [values["username"], values.get("name") or "", values.get("id_number") or ""]
    return accounts.password_problems(password, names=names, staff=True)


class OperatorTarget(TableTarget):
    """Rows of staff, each with the point at which the person works."""

    def __init__(self) -> None:
        super().__init__(Staff, ("username",), ACCOUNT, Rules(checks=(account_is_right,)))

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        for line in lines:
            _set_apart(line)
        point_plans.look(lines, run)
        super().examine(lines, run)
        self._refuse_other_accounts([line for line in lines if line.row_id and not line.problems])
        for line in lines:
            if not line.problems:
                point_plans.state(line, run)
        going = [line for line in lines if not line.problems]
        self._show(going)
        self._tell_time(going, run)

    def _compare(self, line: Line, row: Any, present: Sequence[str], run: Run) -> None:  # noqa: ANN401
        """An empty cell of an account that is there says nothing."""
        if row is not None:
            for name in present:
                if line.values.get(name) is None or MASKED in str(line.values[name]):
                    line.values[name] = row[name]
        super()._compare(line, row, present, run)
        if row is None:
            for column in COLUMNS:
                needed = column.required and line.values.get(column.name) in (None, "")
                if needed and not any(name == column.name for name, _text in line.problems):
                    line.refuse(column.name, _("必须填写"))
        elif line.work.plan is None or not line.values.get("point_name"):
            line.refuse("point_name", _("请填写区县和确认点名称"))

    def _refuse_other_accounts(self, lines: Sequence[Line]) -> None:
        """A user name of somebody who is no operator is not made one by a file."""
        wanted = select(Staff.id, Staff.role, Staff.point_id, ConfirmationPoint.name).outerjoin(
            ConfirmationPoint, ConfirmationPoint.id == Staff.point_id
        )
        rows = {row.id: row for row in session.execute(wanted.where(Staff.id.in_([line.row_id for line in lines])))}
        for line in lines:
            row = rows[line.row_id or 0]
            if row.role is not Role.POINT:
                line.refuse("username", _("这个用户名是{role}的账号，请换一个", role=row.role.label))
            elif row.point_id != line.work.plan.found:
                line.before["point_id"] = row.point_id
                line.changes["point_code"] = [row.name, line.values["point_name"]]
                line.action = ImportAction.CHANGED

    @staticmethod
    def _show(lines: Sequence[Line]) -> None:
        served: set[int] = set()
        for line in lines:
            served.update(line.work.point.get("schools", ()), line.work.plan.now.get("schools", ()))
        found = session.execute(select(School.id, School.name).where(School.id.in_(served)))
        called = {row.id: row.name for row in found}

        def names(ids: Iterable[int]) -> str:
            return "、".join(sorted(called.get(key, "") for key in ids))[:500]

        for line in lines:
            told = point_plans.shown(line.work, names)
            if line.action is ImportAction.NEW:
                line.values["point"] = (line.work.plan.found, line.work.makes, tuple(told.items()))
            elif told or line.work.makes:
                line.changes |= told
                line.action = ImportAction.CHANGED

    @staticmethod
    def _tell_time(lines: Sequence[Line], run: Run) -> None:
        count = len([line for line in lines if line.action is ImportAction.NEW and line.work.password])
        run.found["passwords"] = count = run.found.get("passwords", 0) + count
        if (seconds := count // HASHES_A_SECOND) >= LONG:
            text = _("有{count}个初始密码，导入时逐个加密，大约需要{seconds}秒", count=count, seconds=seconds)
            run.notes["passwords"] = text

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        point_plans.write(lines, run)
        parts = {line.number: part for line in lines if (part := line.before.pop(PART, None)) is not None}
        for line in lines:
            if line.action is ImportAction.NEW:
                line.values |= _first_values(line, run)
            elif "point_id" in line.before:
                line.values["point_id"] = line.work.plan.id
                line.changes["point_id"] = [str(line.before["point_id"]), str(line.work.plan.id)]
        shown = {line.number: line.changes for line in lines}
        for line in lines:
            line.changes = {name: pair for name, pair in line.changes.items() if name in self.table.c}
        new = [line for line in lines if line.action is ImportAction.NEW]
        super().write([*new, *[line for line in lines if line.before]], run)
        self._end_sessions([int(line.row_id or 0) for line in lines if "point_id" in line.before])
        for line in lines:
            line.changes = {name: pair for name, pair in shown[line.number].items() if name != "point_id"}
            if line.number in parts:
                line.before[PART] = parts[line.number]

    @staticmethod
    def _end_sessions(ids: Sequence[int]) -> None:
        """Whoever works at another point now logs in anew."""
        if ids:
            later = update(Staff).where(Staff.id.in_(ids)).values(session_epoch=Staff.session_epoch + 1)
            session.execute(later, execution_options=_OWN)
            sessions.close(StaffSession.staff_id.in_(ids))

    # Taking back.

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        """An account goes as long as its owner has not made it theirs; its point, when nobody else needs it."""
        if run.writing:
            self._versions([row.row_id for row in rows if row.row_id], run)
        kept = super().take_back(rows, dataclasses.replace(run, writing=False))
        going = [row for row in rows if row.id not in kept]
        gone: set[int] = run.found.setdefault("gone", set())
        gone.update(int(row.row_id or 0) for row in going if row.action is ImportAction.NEW)
        kept |= point_plans.why_not_back(going, run)
        going = [row for row in going if row.id not in kept]
        if run.writing:
            self._delete([int(row.row_id or 0) for row in going if row.action is ImportAction.NEW], run)
            self._restore([row for row in going if row.action is ImportAction.CHANGED], run)
            point_plans.put_back(going, run)
        return kept

    def _former(self, row: ImportRow) -> str:
        values = json.loads(row.before or "{}")
        return json.dumps({name: value for name, value in values.items() if name != PART}, ensure_ascii=False)


def _set_apart(line: Line) -> None:
    """The password leaves the line at once: neither the plan of the import nor a reason may hold it."""
    values: dict[str, Any] = line.values
    for column in COLUMNS:
        values.setdefault(column.name, None)
    line.work = Work(password=values.pop("password"))
    if line.problems:
        unreadable = _("初始密码不是文本，请把这一列设为“文本”格式，重新填写；或者留空")
        line.problems = [(name, unreadable if name == "password" else text) for name, text in line.problems]


def hash_ahead(lines: Sequence[Line], run: Run) -> Iterator[int]:
    """The passwords of new accounts, one after the other: hashing takes its time on purpose."""
    hashed = run.found.setdefault("hashes", {})
    there = set(
        session.scalars(select(Staff.username).where(Staff.username.in_([line.values["username"] for line in lines])))
    )
    for place, line in enumerate(lines, 1):
        username, password = line.values["username"], line.values.get("password")
        if (
            isinstance(password, str)
            and username not in there
            and not line.problems
            and not _weaknesses(line, password)
        ):
            hashed[username, password] = passwords.hash_password(password)
            yield place


def _first_values(line: Line, run: Run) -> dict[str, Any]:
    password = line.work.password
    return {
        "role": Role.POINT,
        "point_id": line.work.plan.id,
        "password_hash": _hashed(line.values["username"], password, run) if password else "",
        "password_changed_at": clock.now() if password else None,
    }


def _hashed(username: str, password: str, run: Run) -> str:
    """What `hash_ahead` made; an account that went away meanwhile was not among its new ones."""
    return run.found["hashes"].get((username, password)) or passwords.hash_password(password)


def _keeps_points(by: Actor) -> bool:
    return all(policy.offers(model, by, Can.CREATE) for model in (Staff, ConfirmationPoint))


OPERATORS = Format(
    "operators",
    _("确认点账号表"),
    COLUMNS,
    ("username", "district", "point_name"),
    OperatorTarget(),
    _keeps_points,
    hint=_("确认点、服务学校和操作员账号一起导入，一名操作员一行；没有填初始密码的，导入后打印激活单"),
    keeps_file=False,
    ahead=hash_ahead,
    afterwards=(("slips.index", _("打印激活单")),),
)
FORMATS = (OPERATORS,)
