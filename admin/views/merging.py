"""Putting duplicates in order: choose the rows, see what will point elsewhere, run."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from sqlalchemy import inspect

from admin.forms.lookup import Target
from admin.forms.typed import number_of, numbers_of
from admin.views import trail
from admin.views.ground import Beside
from admin.views.retiring import RETIRE
from shared.models import Certificate
from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access, aliases, finding, merging, requests
from shared.services.errors import NotYours
from shared.services.merging import Preview
from shared.text import Text, _
from shared.web.login import by

LOOKED_UP = "merged_into_id"
MERGE = (("merge_view", _("合并重复项"), Can.MERGE),)
# Tables that have no page of their own.
WITHOUT_PAGE: dict[str, Text] = {Certificate.__tablename__: _("证书信息库")}


@dataclass(frozen=True)
class Consequence:
    """How many rows of a table will point elsewhere, and where to look at them."""

    table: Text | str
    column: Text | str
    count: int
    address: str


class Mergeable(Beside):
    """For a table whose duplicates can be merged: a page to choose, preview and run."""

    model: type[Entry]
    label_of: Any
    targets: dict[str, Target]
    value: Any
    column_list: Any
    endpoint: str

    pages_beside = MERGE
    pages_of_row = (*MERGE, *RETIRE)

    def __init__(self) -> None:
        super().__init__()
        self.targets[LOOKED_UP] = Target(self.model, LOOKED_UP)

    @property
    def can_merge(self) -> bool:
        return policy.offers(self.model, by(), Can.MERGE)

    @property
    def merge_columns(self) -> list[str]:
        """What tells two rows of one name apart."""
        return [name for name in self.column_list if name not in ("name", "code")]

    @expose("/merge/", methods=("GET", "POST"))
    def merge_view(self) -> ResponseReturnValue:
        """The rows of the address; with two or more and one to keep also what merging them would do."""
        if not self.can_merge:
            raise NotYours
        if request.method == "POST":
            return self._merge()
        rows = self._chosen()
        into = number_of(request.args.get("into"))
        asked = "preview" in request.args
        keys = [row.id for row in rows]
        preview = merging.preview(self.model, keys, into or 0, by=by()) if asked and into in keys else None
        return str(
            self.render(
                "table/merge.html",
                rows=rows,
                alike=self._alike(rows),
                into=into,
                asked=asked,
                preview=preview,
                consequences=self._consequences(preview) if preview else [],
                names={row.id: [alias.name for alias in aliases.of(row)] for row in rows},
            )
        )

    def _merge(self) -> ResponseReturnValue:
        keys, into = numbers_of(request.form.getlist("id")), number_of(request.form.get("into"))
        if into is None:
            raise NotYours
        versions = {key: number_of(request.form.get(f"version-{key}")) or 0 for key in (*keys, into)}
        moved = requests.merge(self.model, keys, into, by=by(), versions=versions)
        flash(str(_("已合并，{count}条记录改为指向保留的这一条", count=moved)), "success")
        return redirect(str(self.get_url(".details_view", id=into)))

    def _chosen(self) -> list[Entry]:
        """The rows named in the address, and the one that was added by typing."""
        keys = numbers_of(request.args.getlist("id"))
        added = self.targets[LOOKED_UP].read(request.args.get("add"))
        typed = request.args.get("add-text", "").strip()
        if not added and typed:
            named = aliases.resolve(self.model, typed, policy.condition(self.model, by(), Can.MERGE))
            added = named.id if named else None
            if named is None:
                flash(str(_("没有找到“{text}”，请输入名称的一部分后从列表中选择", text=typed[:40])), "danger")
        wanted = dict.fromkeys([*keys, *([added] if added else [])])
        return [access.one(self.model, key, by=by(), to=Can.MERGE) for key in list(wanted)[: merging.MOST]]

    def _alike(self, rows: list[Entry]) -> list[Entry]:
        """What else may be the same as the first row."""
        if not rows:
            return []
        offered = access.query(self.model, by=by(), to=Can.MERGE).where(
            self.model.id.not_in([row.id for row in rows]), self.model.status != EntryStatus.RETIRED
        )
        if "bureau_id" in inspect(self.model).columns:
            offered = offered.where(self.model.bureau_id == rows[0].bureau_id)  # type: ignore[attr-defined]
        return finding.alike(self.model, rows[0].name, offered)

    def _consequences(self, preview: Preview) -> list[Consequence]:
        views = {view.endpoint: view for view in self.admin._views}  # noqa: SLF001  its only list
        return [
            Consequence(
                table=_name(pointer.table.name, views),
                column=trail.label_of(pointer.column.name, pointer.column),
                count=count,
                address=_address(views.get(pointer.table.name), pointer.column.name, preview.away, pointer.by_code),
            )
            for pointer, count in preview.moves
        ]


def _name(table: str, views: dict[str, BaseView]) -> Text | str:
    return views[table].name if table in views else WITHOUT_PAGE.get(table, table)


def _address(view: Any, column: str, rows: list[Entry], by_code: bool) -> str:  # noqa: ANN401  a view or none
    """The list of the rows that will point elsewhere, where the reader may see it and it can be narrowed so far."""
    if view is None or not view.is_accessible() or column not in getattr(view, "column_filters", ()):
        return ""
    return url_for(f"{view.endpoint}.index_view", **{column: [row.code if by_code else row.id for row in rows]})
