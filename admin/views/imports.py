"""Excel in: choose what, send the file in, look at what it would do, let it be written, take it back."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from flask import Response, flash, jsonify, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import func, select

from admin.forms.imports import send_form
from admin.forms.typed import number_of
from admin.views import trail
from admin.views.base import Table
from admin.views.import_words import Say, words_of
from shared.db import Base, session
from shared.models import Campaign, Import, ImportRow, Photo
from shared.models.kinds import EntryStatus, FileUse, ImportAction, ImportState
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access, files, jobs
from shared.services.errors import NotYours, Refused
from shared.services.exports import TYPES, XLSX
from shared.services.imports import formats, marking, undoing, verbs
from shared.services.imports.formats import Archive, Format
from shared.text import Text, _
from shared.web.forms import show
from shared.web.login import by

PAGE, FIRST = 50, 20
WAITING = _("正在排队，一般在一分钟内开始")
LEFT = _("大约还需{seconds}秒")
WORKBOOK = TYPES[XLSX]


class Imports(Table):
    model, label = Import, _("Excel导入")
    hint = _("上传文件后先核对，看清楚会新增、更改哪些内容，再决定导入；导入后可以撤回。")
    on = (Can.VIEW,)
    column_list = ("made_at", "kind", "file_name", "state", "total", "new", "changed", "refused", "staff")
    column_filters = ("state",)
    column_labels: ClassVar = {
        "made_at": _("上传时间"),
        "kind": _("导入内容"),
        "file_name": _("文件"),
        "state": _("进度"),
        "total": _("行数"),
        "new": _("新增"),
        "changed": _("更改"),
        "refused": _("不能导入"),
        "staff": _("上传人"),
    }
    pages_beside = (("send_view", _("导入文件"), Can.EDIT),)
    newest_first = True

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        form = formats.named(found) if name == "kind" else None
        return str(form.label) if form else found

    def title_of(self, row: Base) -> str:
        return self.value(row, "kind")

    def is_accessible(self) -> bool:
        """For whoever may send something in, and for the auditor, who sees what others did."""
        reads = not policy.may(Import, self._role(), Can.EDIT)
        return super().is_accessible() and (reads or bool(formats.offered(by())))

    # Sending in.

    @expose("/send/", methods=("GET", "POST"))
    def send_view(self) -> ResponseReturnValue:
        """What can be imported; with `kind` the template and the form for one of them."""
        if not policy.may(Import, by().role, Can.EDIT):
            raise NotYours
        name = request.args.get("kind")
        if not name:
            return self.render("imports/choose.html", offered=formats.offered(by()))
        form = verbs.allowed(name, by())
        accept = {"accept": form.archive.accept} if form.archive else {}
        sent = send_form(campaigns=self._campaigns() if form.per_campaign else None, **accept)
        if sent.validate_on_submit():
            try:
                return self._receive(form, sent)
            except Refused as refused:
                show(refused.problems, sent)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if sent.is_submitted() else HTTPStatus.OK
        return self.render("imports/send.html", form=sent, kind=form, notes=marking.explained(form)), status

    @staticmethod
    def _campaigns() -> dict[int, str]:
        """Those in use, the latest first."""
        seen = access.query(Campaign, by=by()).where(Campaign.status == EntryStatus.ACTIVE)
        return {row.id: row.name for row in session.scalars(seen.order_by(Campaign.year.desc(), Campaign.id.desc()))}

    def _receive(self, form: Format, sent: Any) -> ResponseReturnValue:  # noqa: ANN401
        upload = sent.file.data
        campaign = number_of(sent.campaign.data) if form.per_campaign else None
        key = verbs.receive(form.name, upload.stream, upload.filename or "", by=by(), campaign_id=campaign)
        jobs.enqueue(verbs.JOB, key)
        return redirect(self._page_of(key))

    @expose("/template/<kind>")
    def template(self, kind: str) -> ResponseReturnValue:
        """An empty workbook with headings, explanations and today's choices."""
        form = verbs.allowed(kind, by())
        if form.archive is not None:
            raise NotYours
        with TemporaryDirectory() as folder:
            path = Path(folder) / "template.xlsx"
            marking.template(path, form, by=by())
            content = path.read_bytes()
        return _attached(Response(content, mimetype=WORKBOOK), f"{form.label.message}-{_('模板').message}.xlsx")

    # Looking.

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Where the import stands: its progress, what it would do, or what it did."""
        self.require(Can.VIEW)
        row = self.get_one(request.args.get("id"))
        if row.state in verbs.UNDER_WAY:
            return self.render("imports/progress.html", row=row, say=self._say(row), **_progress(row))
        twin = verbs.same_file(row)
        return self.render(
            "imports/shown.html",
            row=row,
            kind=formats.named(row.kind),
            say=self._say(row),
            notes=_texts(row.notes),
            faults=_texts(row.faults),
            refused=self._lines(row, ImportAction.REFUSED, FIRST),
            changes=self._lines(row, ImportAction.CHANGED, FIRST),
            mine=access.may(Import, row.id, by=by(), to=Can.EDIT) and formats.named(row.kind) in formats.offered(by()),
            marked=files.is_kept(FileUse.FAULTS, row.id),
            twin=twin,
            why_not=verbs.why_not_undo(row),
        )

    @staticmethod
    def _say(row: Import) -> Say:
        return words_of(formats.named(row.kind))

    def _lines(self, row: Import, action: ImportAction, most: int, offset: int = 0) -> list[tuple[int, list[Any]]]:
        """Rows of the file with what is told of each: column, old and new; or column and reason."""
        form = formats.named(row.kind)
        found = session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == row.id, ImportRow.action == action)
            .order_by(ImportRow.number)
            .limit(most)
            .offset(offset)
        )
        return [(one.number, list(_told(one, form, action))) for one in found]

    @expose("/<int:key>/rows")
    def rows(self, key: int) -> ResponseReturnValue:
        """All rows that are refused, or changed, a page at a time."""
        row = self.row(key, Can.VIEW)
        wanted = ImportAction.CHANGED if request.args.get("action") == "changed" else ImportAction.REFUSED
        mine = select(func.count()).where(ImportRow.import_id == key, ImportRow.action == wanted)
        total = session.scalar(mine) or 0
        pages = max(1, -(-total // PAGE))
        number = min(number_of(request.args.get("page")) or 1, pages)
        lines = self._lines(row, wanted, PAGE, (number - 1) * PAGE)
        return self.render(
            "imports/rows.html",
            row=row,
            kind=formats.named(row.kind),
            say=self._say(row),
            wanted=wanted,
            lines=lines,
            total=total,
            number=number,
            pages=pages,
        )

    @expose("/<int:key>/progress")
    def progress(self, key: int) -> ResponseReturnValue:
        row = self.row(key, Can.VIEW)
        return jsonify(**_progress(row), finished=row.state not in verbs.UNDER_WAY)

    @expose("/<int:key>/download/<use>", methods=("POST",))
    def download(self, key: int, use: str) -> ResponseReturnValue:
        """The file that was sent in, or the one with what is wrong marked; noted in the audit, so it is a POST."""
        row = self.row(key, Can.EDIT)
        kept = {"file": FileUse.IMPORT, "marked": FileUse.FAULTS}.get(use)
        if kept is None or not files.is_kept(kept, key):
            raise NotYours
        verbs.fetched(key, kept, by=by())
        suffix = row.file_name.rpartition(".")[2].lower()
        marked = f"{Path(row.file_name).stem}-{self._say(row)('refused_file').message}.xlsx"
        name = row.file_name if kept is FileUse.IMPORT else marked
        kind = TYPES.get(suffix, "application/octet-stream") if kept is FileUse.IMPORT else WORKBOOK
        return _attached(Response(stream_with_context(files.pieces(kept, key)), mimetype=kind), name)

    # Deciding.

    @expose("/<int:key>/start", methods=("POST",))
    def start(self, key: int) -> ResponseReturnValue:
        digest, partial = request.form.get("digest", ""), request.form.get("partial") == "1"
        try:
            verbs.start(key, by=by(), digest=digest, partial=partial)
        except Refused as refused:
            for problem in refused.problems:
                flash(str(problem.text), "warning")
        else:
            jobs.enqueue(verbs.JOB, key)
        return redirect(self._page_of(key))

    @expose("/<int:key>/cancel", methods=("POST",))
    def cancel(self, key: int) -> ResponseReturnValue:
        verbs.cancel(key, by=by())
        flash(str(_("已取消，没有导入任何内容")), "success")
        return redirect(self._page_of(key))

    @expose("/<int:key>/undo", methods=("GET", "POST"))
    def undo(self, key: int) -> ResponseReturnValue:
        """Say first what would stay and why."""
        row = self.row(key, Can.EDIT)
        problem = verbs.why_not_undo(row)
        if problem:
            raise Refused(problem)
        if request.method == "POST":
            verbs.start_undoing(key, by=by())
            jobs.enqueue(verbs.JOB, key)
            return redirect(self._page_of(key))
        kept = undoing.preview(key, by=by())
        going = row.new + row.changed - sum(count for _text, count in kept)
        return self.render("imports/undo.html", row=row, say=self._say(row), kept=kept, going=going)


def _told(one: ImportRow, form: Format | None, action: ImportAction) -> Iterator[tuple[Any, ...]]:
    if form is not None and form.archive is not None:
        yield from _told_of_a_photo(one, action)
        return
    labels = {column.name: column.label for column in form.columns} if form else {}
    if action is ImportAction.REFUSED:
        for name, packed in one.reasons:
            yield labels.get(name, ""), Text.unpacked(packed)
        return
    table = form.target.table if form else None
    for name, (old, new) in one.changes.items():
        column = table.c.get(name) if table is not None else None
        label = labels.get(name) or trail.label_of(name, column)
        yield label, trail.named(column, old), trail.named(column, new)


def _told_of_a_photo(one: ImportRow, action: ImportAction) -> Iterator[tuple[Any, ...]]:
    """What the file is called; and why it is refused, or since when the photo is there that it replaces."""
    name = Archive.masked_name_of(one)
    if action is ImportAction.REFUSED:
        yield from ((name, Text.unpacked(packed)) for _column, packed in one.reasons)
        return
    column = Photo.__table__.c.taken_in_at
    yield name, trail.named(column, one.changes["taken_in_at"][0])


def _texts(packed: list[Any]) -> list[Text]:
    return [Text.unpacked(one) for one in packed]


def _progress(row: Import) -> dict[str, Any]:
    """How far the worker is, in numbers and as the sentence beside the bar."""
    told = jobs.told(verbs.JOB, row.id)
    if not told:
        return {"done": 0, "total": 1, "text": str(WAITING)}
    read, total, seconds = told["read"], told["total"], told["seconds"]
    words = str(words_of(formats.named(row.kind))(told["phase"], read=read, total=total))
    if total and read and row.state is not ImportState.CHECKING:
        left = round(seconds / read * max(0, total - read))
        words += str(_("，")) + str(Text(LEFT.message, {"seconds": left}))
    return {"done": read, "total": max(total, read, 1) if total else read * 2 or 1, "text": words}


def _attached(answer: Response, name: str) -> Response:
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
