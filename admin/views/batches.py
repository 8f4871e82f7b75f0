"""Bulk decisions: choose in the list → preview → run → perhaps take back. A batch's page shows where it stands."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from admin.forms import moves
from admin.forms.typed import number_of, numbers_of
from admin.views import export, filters
from admin.views.base import Table
from admin.views.cells import words
from shared.db import Base, session
from shared.models import Application, Batch, Staff
from shared.models.kinds import BatchRowState, BatchState
from shared.rules import policy
from shared.rules.rights import Can
from shared.rules.states import status_label
from shared.services import access, batches, exports, jobs, tallying, undoing
from shared.services.deeds import DEEDS
from shared.services.errors import NotYours, Refused
from shared.services.exports import Order, Sheet
from shared.services.tallying import Line
from shared.services.workflow import Outcome, Wish
from shared.text import Text, _
from shared.web.forms import show
from shared.web.login import by

if TYPE_CHECKING:
    from admin.views.applications import Applications

MOST_TICKED = 1_000
PAGE = 50
NAMED = 50  # shown of each group on the page that asks before taking back; all are in the file
REASONS = {"hold": _("暂停原因"), "lift": _("查实情况")}
HEADINGS = (_("报名号"), _("姓名"), _("任教学校"), _("现在的状态"), _("办理情况"), _("原因"))


def choose(applications: "Applications") -> ResponseReturnValue:
    """The first step: the ticked rows of the list, or all that match its address."""
    move = request.form.get("move", "")
    query = parse_qsl(request.form.get("query", ""))
    by_list = request.form.get("all") == "1"
    if by_list:
        among = applications.selection(MultiDict(query))
    else:
        among = applications.get_query().where(
            Application.id.in_(numbers_of(request.form.getlist("rowid")[:MOST_TICKED]))
        )
    # What was searched for may be an ID number, and is not written once more.
    said = urlencode([(name, value) for name, value in query if by_list and name != "q"])
    try:
        key = batches.choose(move, among, by=by(), chosen_by=said)
    except Refused as refused:
        for problem in refused.problems:
            flash(str(problem.text), "warning")
        return redirect(applications.get_url(".index_view", **MultiDict(query).to_dict(flat=False)))
    if not moves.asks(move):
        batches.preview(key, Wish(), by=by())
    return redirect(url_for("batches.details_view", id=key))


class Batches(Table):
    model, label = Batch, _("批量办理")
    hint = _("在“定期注册申请”列表中勾选，选择要办理的事项，核对预览后办理。办完的最后一批可以撤回。")
    on = (Can.VIEW,)
    column_list = ("made_at", "move", "state", "total", "moved", "skipped", "ended_at", "staff")
    column_filters = ("state",)
    column_labels: ClassVar = {
        "made_at": _("选择时间"),
        "total": _("选择件数"),
        "moved": _("已办理"),
        "skipped": _("跳过"),
        "ended_at": _("办完时间"),
        "staff": _("办理人"),
        "state": _("办理情况"),
    }
    newest_first = True

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        return str(DEEDS[found].label) if name == "move" and found in DEEDS else found

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Where the batch stands: what it asks for, its preview, its progress, or its result."""
        self.require(Can.VIEW)
        batch = self.get_one(request.args.get("id"))
        if batch.state is BatchState.PREVIEW and self._is_mine(batch) and (not batch.wish or "ask" in request.args):
            return self._ask(batch, moves.form_for_many(batch.move)(data=moves.filled_with(batches.wish_of(batch))))
        if batch.state in batches.UNDER_WAY:
            return self.render("batch/progress.html", batch=batch, move=DEEDS[batch.move], **_progress(batch))
        if batch.state is BatchState.PREVIEW:
            return self.render("batch/preview.html", **self._shown(batch), becoming=self._becoming(batch))
        return self.render("batch/result.html", **self._shown(batch), why_not=undoing.why_not(batch))

    def _ask(self, batch: Batch, form: FlaskForm) -> ResponseReturnValue:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("batch/ask.html", batch=batch, move=DEEDS[batch.move], form=form), status

    def _shown(self, batch: Batch) -> dict[str, Any]:
        return {
            "batch": batch,
            "move": DEEDS[batch.move],
            "wish": _in_words(batch),
            "groups": _by_state(batch.id),
            "mine": self._is_mine(batch),
            "may_download": policy.may(Application, by().role, Can.EXPORT),
            "at_once": batches.AT_ONCE,
        }

    @staticmethod
    def _is_mine(batch: Batch) -> bool:
        return access.may(Batch, batch.id, by=by(), to=Can.EDIT)

    @staticmethod
    def _becoming(batch: Batch) -> list[tuple[Text, int]]:
        return tallying.becoming(batch, batches.wish_of(batch), by=by())

    @expose("/<int:key>/preview", methods=("POST",))
    def preview(self, key: int) -> ResponseReturnValue:
        """Judge with what was entered; a fault is told at its field, and the choice is kept."""
        batch = self.row(key, Can.EDIT)
        form = moves.form_for_many(batch.move)()
        if not form.validate():
            return self._ask(batch, form)
        try:
            batches.preview(key, moves.wish_of(form), by=by())
        except Refused as refused:
            show(refused.problems, form)
            return self._ask(self.row(key, Can.EDIT), form)
        return redirect(self._page_of(key))

    @expose("/<int:key>/run", methods=("POST",))
    def run(self, key: int) -> ResponseReturnValue:
        count = batches.start(key, by=by())
        return self._worked_on(key, count)

    @expose("/<int:key>/cancel", methods=("POST",))
    def cancel(self, key: int) -> ResponseReturnValue:
        batches.cancel(key, by=by())
        flash(str(_("没有办理，申请没有变动")), "success")
        return redirect(url_for("applications.index_view"))

    @expose("/<int:key>/undo", methods=("GET", "POST"))
    def undo(self, key: int) -> ResponseReturnValue:
        """Say first what would be taken back and what would not, and why."""
        if request.method == "POST":
            return self._worked_on(key, batches.start_undoing(key, by=by()))
        outcome = undoing.preview(key, by=by())
        batch = self.row(key, Can.EDIT)
        return self.render(
            "batch/undo.html",
            batch=batch,
            move=DEEDS[batch.move],
            going=_named(outcome.moved),
            kept=_kept(outcome),
        )

    def _worked_on(self, key: int, count: int) -> ResponseReturnValue:
        """A few at once, many by the worker; the page says how far it is."""
        if count > batches.AT_ONCE:
            jobs.enqueue("batch", key)
        else:
            batches.work_off(key, by().address)
        return redirect(self._page_of(key))

    @expose("/<int:key>/progress")
    def progress(self, key: int) -> ResponseReturnValue:
        batch = self.row(key, Can.VIEW)
        return jsonify(**_progress(batch), finished=batch.state not in batches.UNDER_WAY)

    @expose("/<int:key>/rows")
    def rows(self, key: int) -> ResponseReturnValue:
        """The applications that have fared like the row `like`, a page at a time; without it all."""
        batch, like = self.row(key, Can.VIEW), number_of(request.args.get("like"))
        wanted = tallying.of_group(key, like)
        total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
        pages = max(1, -(-total // PAGE))
        number = min(number_of(request.args.get("page")) or 1, pages)
        found = session.scalars(wanted.limit(PAGE).offset((number - 1) * PAGE)).all()
        lines = tallying.lines(found, by=by())
        return self.render(
            "batch/rows.html", batch=batch, move=DEEDS[batch.move], like=like, lines=lines, total=total,
            number=number, pages=pages, headings=HEADINGS, may_download=policy.may(Application, by().role, Can.EXPORT),
        )  # fmt: skip

    @expose("/<int:key>/download", methods=("POST",))
    def download(self, key: int) -> ResponseReturnValue:
        """The same as a file; noted in the audit, so it is a POST."""
        self.row(key, Can.VIEW)
        query = urlencode({"batch": key, "like": request.form.get("like", "")})
        return export.answer(Order(self.endpoint, query, (), exports.format_of(request.form)), self.sheet)

    def sheet(self, order: Order) -> Sheet:
        """The applications of a batch, or of one group of it."""
        wanted = filters.arguments_of(order.query)
        batch = self.row(wanted.get("batch"), Can.VIEW)
        if not policy.may(Application, by().role, Can.EXPORT):
            raise NotYours
        found = tallying.of_group(batch.id, number_of(wanted.get("like")))
        return Sheet(
            table=Batch.__tablename__,
            name=self.label,
            headings=HEADINGS,
            rows=(_cells(line) for line in tallying.all_lines(found, by=by())),
            total=session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0,
            selection="；".join([str(DEEDS[batch.move].label), words(batch.made_at)]),
        )


def _progress(batch: Batch) -> dict[str, Any]:
    """How far it is, in numbers and as the sentence beside the bar."""
    done, total = tallying.done(batch), batch.total if batch.undone_at is None else batch.moved
    facts = {"done": f"{done:,}", "total": f"{total:,}"}
    said = (
        _("已处理{done}件，共{total}件", **facts)
        if batch.undone_at is None
        else _("已撤回{done}件，共{total}件", **facts)
    )
    return {"done": done, "total": total, "text": str(said)}


def _by_state(batch_id: int) -> dict[BatchRowState, list[tallying.Group]]:
    found = tallying.groups(batch_id)
    return {state: [group for group in found if group.state is state] for state in BatchRowState}


def _in_words(batch: Batch) -> list[tuple[Text, str]]:
    """What was entered for the move, as the pages repeat it."""
    wish = batches.wish_of(batch)
    colleague = session.get(Staff, wish.colleague_id) if wish.colleague_id else None
    entered = (
        (_("注册结论"), wish.conclusion),
        (_("原因代码"), wish.reason_code),
        (REASONS.get(batch.move, _("理由（申请人会看到）")), wish.reason),
        (_("分派给"), colleague),
    )
    return [(label, words(value)) for label, value in entered if value]


def _named(ids: list[int]) -> tuple[int, list[Application]]:
    """How many, and the first of them."""
    seen = access.query(Application, by=by()).where(Application.id.in_(ids[:NAMED])).order_by(Application.id)
    return len(ids), list(session.scalars(seen))


def _kept(outcome: Outcome) -> list[tuple[tuple[Text, ...], tuple[int, list[Application]]]]:
    """What cannot be taken back, under each set of reasons, the largest first."""
    found = sorted(batches.by_reasons(outcome.refused).items(), key=lambda pair: -len(pair[1]))
    return [(reasons, _named(ids)) for reasons, ids in found]


def _cells(line: Line) -> list[str]:
    row = line.application
    facts = (
        [row.registration_number, row.name or "", words(row.school), str(status_label(row.stage, row.conclusion))]
        if row
        else ["", "", "", ""]
    )
    return [*facts, words(line.row.state), "；".join(str(reason) for reason in line.reasons)]
