"""The target that most formats need: the rows of one table, each told by its key."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Enum,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy import Text as LongText

from shared.db import Base, Encrypted, session
from shared.models import ImportRow
from shared.models.base import Entry
from shared.models.kinds import ImportAction
from shared.rules import importing, policy
from shared.rules.importing import KEEP, As
from shared.rules.rights import Can
from shared.services import audit
from shared.services.imports import bulk, lookups
from shared.services.imports.formats import Line, Run
from shared.text import Text, _

Check = Callable[[Line, Run], None]
Prepare = Callable[[Sequence[Line], Run], None]
_MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}

MERGED_INTO = "merged_into_id"
MERGED = _("这条记录已并入另一条，不能更改")
FOREIGN = _("这条记录不归您管理，不能更改")
NEEDED = _("新增时必须填写")
SET_ONCE = _("新增后不能通过导入更改")
MASKED_NEW = _("这是隐藏了中间几位的号码，新增时请填写完整号码")
IN_USE = _("已被使用，不能删除；可以在列表中停用")
EDITED = _("导入之后又被修改过，保留修改后的内容")
GONE = _("已经不在了")


def _no_values(_run: Run) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Rules:
    """What a table asks of its rows beside their columns.

    `checks` look at a line whose cells are all in order, `prepare` reads cells that no parser can. `fixed`: values that
    the file does not have and every row gets, like the campaign. `defaults`: what an empty cell means, beside the
    table's own. `create_only`: columns that are set once. `derived`: values of a new row that follow from others, its
    number among them. `needed`: columns that a new row must have, though the table could do without. `anywhere`:
    columns that may name rows beyond the reader's area, because a check says which.
    """

    checks: Sequence[Check] = ()
    prepare: Sequence[Prepare] = ()
    fixed: Callable[[Run], Mapping[str, Any]] = _no_values
    defaults: Mapping[str, Any] = field(default_factory=dict)
    create_only: Sequence[str] = ()
    derived: Mapping[str, Callable[[Line, Run], Any]] = field(default_factory=dict)
    needed: Sequence[str] = ()
    anywhere: Sequence[str] = ()


class TableTarget:
    """Rows of `model`, told apart by `key`."""

    def __init__(
        self, model: type[Base], key: Sequence[str], columns: Sequence[importing.Column], rules: Rules | None = None
    ) -> None:
        self.model, self.key, self.columns = model, tuple(key), tuple(columns)
        self.rules = rules or Rules()
        self.table = table_of(model)
        self.key_of = _key_of(self.key)
        self.entries = [column for column in columns if column.holds is As.ENTRY]
        self.needed = {column.name for column in columns if column.required} - set(self.rules.needed)
        self.defaults = {**defaults_of(self.table), **self.rules.defaults}

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        fixed = self.rules.fixed(run)
        for prepare in self.rules.prepare:
            prepare(lines, run)
        for column in self.entries:
            lookups.resolve(lines, column, run, anywhere=column.name in self.rules.anywhere)
        for line in lines:
            line.values.update(fixed)
        self._refuse_incomplete_keys(lines)
        existing = self._existing([line for line in lines if not line.problems], run, fixed)
        self._tell_keys(lines, run)
        present = [column.name for column in self.columns if run.has(column.name)]
        for line in lines:
            if not line.problems:
                self._compare(line, existing.get(self.key_of(line.values)), present, run)
        retired = [column for column in self.entries if run.found.get(("retired", column.name))]
        for line in lines:
            if not line.problems:
                self._check(line, retired, run)

    def _refuse_incomplete_keys(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for name in self.key:
                value = line.values.get(name)
                if value is None and name in self.defaults:
                    line.values[name] = self.defaults[name]
                elif value is None and not any(column == name for column, _text in line.problems):
                    line.refuse(name, _("必须填写"))
                elif value is KEEP:
                    line.refuse(name, _("这是隐藏了中间几位的号码，请填写完整号码"))

    def _tell_keys(self, lines: Sequence[Line], run: Run) -> None:
        """The second row of the same key is refused: nobody knows which of the two is meant."""
        seen, last = run.seen, self.key[-1]
        for line in lines:
            if line.problems:
                continue
            first = seen.setdefault(self.key_of(line.values), line.number)
            if first != line.number:
                line.refuse(last, _("与第{row}行重复", row=first))

    def _existing(self, lines: Sequence[Line], run: Run, fixed: Mapping[str, Any]) -> dict[tuple[Any, ...], Any]:
        """The rows that are there already, by key; whether the reader may change them stands beside each."""
        if not lines:
            return {}
        table, telling = self.table, self._telling(fixed)
        bound = bulk.bound(table, telling, {line.values[telling] for line in lines})
        run.found["bound"] = {telling: bound}
        names = dict.fromkeys((*self.key, *(column.name for column in self.columns if not column.secret)))
        if MERGED_INTO in table.c:
            names[MERGED_INTO] = None
        mine, seen = (policy.condition(self.model, run.by, can) for can in (Can.EDIT, Can.VIEW))
        statement = select(
            table.c.id, table.c.version, *(table.c[name] for name in names), mine.label("may_edit"), seen.label("seen")
        )
        statement = statement.where(bulk.among(table.c[telling], bound), *(table.c[n] == v for n, v in fixed.items()))
        if run.writing:
            statement = statement.with_for_update(of=table)
        rows = session.execute(statement).mappings()
        return {tuple(row[name] for name in self.key): row for row in rows}

    def _telling(self, fixed: Mapping[str, Any]) -> str:
        """The column of the key that tells most rows apart, and by which they are looked for."""
        held = {column.name: column.holds for column in self.columns}
        return next(name for name in self.key if name not in fixed and held.get(name) is not As.KIND)

    def _compare(self, line: Line, row: Any, present: Sequence[str], run: Run) -> None:  # noqa: ANN401
        if row is None:
            self._complete(line, run)
            return
        if not (row["may_edit"] or row["seen"]):
            line.refuse("", FOREIGN)
            return
        line.row_id, line.version = row["id"], row["version"]
        values = line.values
        for name in present:
            old = row[name]
            if values.get(name) is KEEP:
                values[name] = old
            new = values[name] = self._empty(name, values.get(name))
            if new != old:
                line.before[name] = old
                column = self.table.c[name]
                line.changes[name] = [audit.as_text(old, column), audit.as_text(new, column)]
        if line.before and not row["may_edit"]:
            line.refuse("", FOREIGN)
            return
        if line.before and row.get(MERGED_INTO):
            line.refuse("", MERGED)
            return
        line.action = ImportAction.CHANGED if line.before else ImportAction.UNCHANGED

    def _complete(self, line: Line, run: Run) -> None:
        """A new row needs whatever the table needs."""
        if not run.once(("create", self.table.name), lambda: policy.offers(self.model, run.by, Can.CREATE)):
            line.refuse("", _("没有这条记录，您也不能新增"))
            return
        values: dict[str, Any] = line.values
        for column in self.columns:
            value = values.get(column.name)
            if value is KEEP:
                line.refuse(column.name, MASKED_NEW)
            elif value is None:
                value = values[column.name] = self.defaults.get(column.name, self._empty(column.name, None))
                if column.required and value in (None, ""):
                    line.refuse(column.name, NEEDED)

    def _empty(self, name: str, value: Any) -> Any:  # noqa: ANN401
        """An empty cell as the column holds it."""
        if value is not None:
            return value
        column: Column[Any] = self.table.c[name]
        if column.nullable:
            return None
        if name in self.defaults:
            return self.defaults[name]
        is_text = isinstance(column.type, String) and not isinstance(column.type, Enum) and not column.foreign_keys
        return "" if is_text else None

    def _check(self, line: Line, retired: Sequence[importing.Column], run: Run) -> None:
        lookups.refuse_retired(line, retired, run)
        for name in line.before:
            value = line.values[name]
            if (value is None and not self.table.c[name].nullable) or (value in (None, "") and name in self.needed):
                line.refuse(name, _("必须填写"))
            if name in self.rules.create_only:
                line.refuse(name, SET_ONCE)
        for check in self.rules.checks:
            check(line, run)

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        self._insert([line for line in lines if line.action is ImportAction.NEW], run)
        self._update([line for line in lines if line.action is ImportAction.CHANGED], run)

    def new_values(self, line: Line) -> dict[str, Any]:
        """The values of a new row: the file's, and whatever the column is by itself."""
        return {**self.defaults, **line.values}

    def _insert(self, lines: Sequence[Line], run: Run) -> None:
        if not lines:
            return
        names = [name for name in self.new_values(lines[0]) if name in self.table.c and name not in ("id", "version")]
        bind = bulk.binder(self.table, names, run.found.get("bound"))
        ids = bulk.take_ids(self.table, len(lines))
        defaults = [self.defaults.get(name) for name in names]
        for line, key in zip(lines, ids, strict=True):
            line.row_id, line.version = key, 1
            for name, value_of in self.rules.derived.items():
                line.values[name] = value_of(line, run)
        rows = (
            [line.row_id, 1, *bind([line.values.get(n, d) for n, d in zip(names, defaults, strict=True)])]
            for line in lines
        )
        bulk.insert(self.table, ["id", "version", *names], rows)
        self._refuse_beyond_scope(ids, run)

    def _refuse_beyond_scope(self, ids: Sequence[int], run: Run) -> None:
        """The second net: every row that was made is one that this person may make."""
        mine = policy.condition(self.model, run.by, Can.CREATE)
        made = self.table.c.id.between(ids[0], ids[-1])
        count = session.scalar(select(func.count()).select_from(self.table).where(made, mine)) or 0
        if count < len(ids):
            raise PermissionError(self.table.name)

    def _update(self, lines: Sequence[Line], run: Run) -> None:
        table = self.table
        groups: dict[tuple[str, ...], list[Line]] = {}
        for line in lines:
            groups.setdefault(tuple(line.before), []).append(line)
        for names, some in groups.items():
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            change = update(table).where(table.c.id == bindparam("row"))
            change = change.values({**values, "version": table.c.version + 1})
            session.connection().execute(
                change, [{"row": line.row_id} | {f"new_{n}": line.values[n] for n in names} for line in some]
            )
        for line in lines:
            line.version = (line.version or 0) + 1
        audit.record_many(self.table.name, {int(line.row_id or 0): line.changes for line in lines}, by=run.by)

    # Taking back.

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        there = self._versions([row.row_id for row in rows if row.row_id], run)
        kept: dict[int, Text] = {}
        for row in rows:
            version = there.get(row.row_id or 0)
            if version is None:
                kept[row.id] = GONE
            elif version != row.left_version:
                kept[row.id] = EDITED
        new = [row for row in rows if row.id not in kept and row.action is ImportAction.NEW]
        held = used(self.table, [int(row.row_id or 0) for row in new])
        kept |= {row.id: IN_USE for row in new if row.row_id in held}
        if run.writing:
            self._delete([int(row.row_id or 0) for row in new if row.id not in kept], run)
            self._restore([row for row in rows if row.id not in kept and row.action is ImportAction.CHANGED], run)
        return kept

    def _versions(self, ids: Sequence[int], run: Run) -> dict[int, int]:
        table = self.table
        statement = select(table.c.id, table.c.version).where(table.c.id.in_(ids))
        found = session.execute(statement.with_for_update() if run.writing else statement)
        return {row.id: row.version for row in found}

    def _delete(self, ids: Sequence[int], run: Run) -> None:
        if not ids:
            return
        mine = self.table.c.id.in_(ids)
        audit.record_set("delete", self.table, mine, {"import": [str(run.import_id), None]}, by=run.by)
        session.connection().execute(delete(self.table).where(mine))

    def _former(self, row: ImportRow) -> str:
        return row.before or "{}"

    def _restore(self, rows: Sequence[ImportRow], run: Run) -> None:
        table = self.table
        changes: dict[int, audit.Changes] = {}
        for row in rows:
            before = unpacked(table, self._former(row))
            back = update(table).where(table.c.id == row.row_id).values(**before, version=table.c.version + 1)
            session.connection().execute(back)
            told = {name: pair for name, pair in row.changes.items() if name in table.c}
            changes[int(row.row_id or 0)] = {name: [new, old] for name, (old, new) in told.items()}
        audit.record_many(self.table.name, changes, by=run.by)


def _key_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What tells a row from others, out of its values."""
    found: Callable[[Mapping[str, Any]], Any] = itemgetter(*names)
    return found if len(names) > 1 else lambda values: (found(values),)


def used(table: Table, ids: Sequence[int], *, apart: Sequence[str] = ()) -> set[int]:
    """Those of the rows that another table names, but for the tables `apart`."""
    found: set[int] = set()
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is not table or key.ondelete == "CASCADE" or other.name in apart:
                continue
            named = select(table.c.id).where(table.c.id.in_(ids), key.column.in_(select(key.parent)))
            found.update(session.scalars(named))
    return found


def defaults_of(table: Table) -> dict[str, Any]:
    """What the columns of a new row are by themselves, apart from its version."""
    known: dict[str, Any] = {column.name: column.default for column in table.c if column.name != "version"}
    return {name: one.arg for name, one in known.items() if one is not None and one.is_scalar}


def packed(values: Mapping[str, Any]) -> str:
    """A row's former values as JSON."""
    return json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.isoformat() if isinstance(value, date | datetime) else value


def unpacked(table: Table, text: str) -> dict[str, Any]:
    """What `packed` was given, as the columns of `table` hold it."""
    return {name: _as(table.c[name].type, value) for name, value in json.loads(text).items()}


def _as(kind: Any, value: Any) -> Any:  # noqa: ANN401  a column's type
    if value is None:
        return None
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def table_of(model: type[Base]) -> Table:
    """The table of a model, whatever metadata it stands in."""
    table: Table = inspect(model).local_table  # type: ignore[assignment]
    return table


def column_of(model: type[Base], name: str, label: Text, **more: Any) -> importing.Column:  # noqa: ANN401
    """The import's column for a column of a table: what it holds follows from its type."""
    column: Column[Any] = table_of(model).c[name]
    needed = not column.nullable and column.default is None
    known: dict[str, Any] = {"required": needed, **_held(column), **more}
    return importing.Column(name, label, **known)


def _held(column: Column[Any]) -> dict[str, Any]:
    kind = column.type
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        model = _MODELS[target.table.name]
        if issubclass(model, Entry):
            return {"holds": As.ENTRY, "entries": model, "by_code": target.name == "code"}
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {"holds": As.KIND, "kinds": kind.enum_class}
    if isinstance(kind, Encrypted):
        return {"holds": As.NUMBER_TEXT}
    simple = ((Boolean, As.YES_NO), (Date, As.DATE), (Integer, As.WHOLE), (LongText, As.LINES))
    for type_, holds in simple:
        if isinstance(kind, type_):
            return {"holds": holds}
    return {"longest": getattr(kind, "length", None) or 100}
