"""Files made by the worker: one's own, how far each is, and the way to fetch it."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import Response, flash, jsonify, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.views import cells, export
from admin.views.base import Table
from shared import clock
from shared.db import Base
from shared.models import Export
from shared.models.kinds import ExportState, FileUse
from shared.rules.rights import Can
from shared.services import access, exporting, files
from shared.services.errors import NotYours
from shared.services.exports import PDF
from shared.services.printing.kinds import BY_NAME
from shared.text import Text, _
from shared.web.login import by

GONE = _("文件已删除")
MINUTE, KILOBYTE = 60, 1024


class Exports(Table):
    model, label = Export, _("导出的文件")
    hint = _("行数多的导出和件数多的打印在后台生成，完成后在这里下载。文件保留7天，之后自动删除；要再用请重新生成。")
    on = (Can.VIEW,)
    column_list = ("made_at", "table_name", "total", "state", "size", "ended_at", "staff")
    column_details_list = ("file_name", *column_list, "reason", "note")
    column_filters = ("state", "made_at")
    column_labels: ClassVar = {
        "made_at": _("导出时间"),
        "table_name": _("列表"),
        "total": _("行数或件数"),
        "size": _("文件大小"),
        "ended_at": _("完成时间"),
        "staff": _("导出人"),
        "state": _("状态"),
        "reason": _("完整显示的理由"),
        "file_name": _("文件名"),
    }
    title_columns = ("file_name",)
    newest_first = True

    def value(self, row: Base, name: str) -> str:
        if not isinstance(row, Export):
            return super().value(row, name)
        if name == "state" and row.state is ExportState.DONE and _is_over(row):
            return str(GONE)
        if name == "table_name":
            view, paper = self._view_of(row), BY_NAME.get(str(row.columns[0])) if row.columns else None
            if paper and row.file_format == PDF:
                return str(paper.label)
            return row.table_name if view is None else str(view.name)
        if name == "size":
            return f"{-(-row.size // KILOBYTE):,} KB" if row.size else cells.NOTHING
        return f"{row.total:,}" if name == "total" else super().value(row, name)

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """How far it is, or what became of it."""
        self.require(Can.VIEW)
        row: Export = self.get_one(request.args.get("id"))
        mine = access.may(Export, row.id, by=by(), to=Can.EDIT)
        if row.state is ExportState.WAITING:
            return self.render("export/progress.html", row=row, mine=mine, **_progress(row))
        ended = row.ended_at or row.made_at
        return self.render(
            "export/details.html",
            row=row,
            mine=mine,
            columns=self.column_details_list,
            faults=[Text.unpacked(fault) for fault in row.faults],
            there=exporting.is_there(row),
            until=clock.local(ended + timedelta(days=exporting.KEPT_DAYS)).date(),
            again=self._list_of(row),
        )

    def _view_of(self, row: Export) -> Any:  # noqa: ANN401  a view with `sheet`
        """Where the rows came from."""
        return next((view for view in self.admin._views if view.endpoint == row.table_name), None)  # noqa: SLF001

    def _list_of(self, row: Export) -> str:
        """The list that it was made of, if it is one that the reader may still open."""
        view = self._view_of(row)
        listed = view is not None and hasattr(view, "list_url") and view.may(Can.EXPORT)
        return str(view.list_url(row.query)) if listed else ""

    @expose("/<int:key>/progress")
    def progress(self, key: int) -> ResponseReturnValue:
        row: Export = self.row(key, Can.VIEW)
        return jsonify(**_progress(row), finished=row.state is not ExportState.WAITING)

    @expose("/<int:key>/cancel", methods=("POST",))
    def cancel(self, key: int) -> ResponseReturnValue:
        exporting.cancel(key, by=by())
        flash(str(_("已取消导出")), "success")
        return redirect(self._page_of(key))

    @expose("/<int:key>/download", methods=("POST",))
    def download(self, key: int) -> ResponseReturnValue:
        """The file; a POST, for the audit is told that it leaves. Who may no longer make it may not fetch it either."""
        mine: Export = self.row(key, Can.EDIT)
        if (view := self._view_of(mine)) is None:
            raise NotYours
        view.sheet(exporting.order_of(mine))
        row = exporting.fetch(key, by=by())
        answer = Response(stream_with_context(files.pieces(FileUse.EXPORT, key)))
        answer.content_length = row.size
        return export.as_download(answer, row.file_name)


def _is_over(row: Export) -> bool:
    """Whether the file's time is over; it is removed in the night after."""
    return row.ended_at is not None and row.ended_at + timedelta(days=exporting.KEPT_DAYS) < clock.now()


def _progress(row: Export) -> dict[str, Any]:
    """How far it is, in numbers and as the sentence beside the bar."""
    told = exporting.told(row)
    if told["left"] < 0:
        said = _("正在排队，一般在一分钟内开始。共{total}行", total=f"{told['total']:,}")
    else:
        facts = {"done": f"{told['done']:,}", "total": f"{told['total']:,}", "left": _duration(told["left"])}
        said = _("已写{done}行，共{total}行，大约还需{left}", **facts)
    return {"done": told["done"], "total": told["total"], "text": str(said)}


def _duration(seconds: int) -> Text:
    if seconds < MINUTE:
        return _("{count}秒", count=seconds)
    return _("{count}分钟", count=-(-seconds // MINUTE))
