"""Papers of the applications on a list, as one PDF: at once where they are few, else by the worker like an export."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.forms.printing import print_form
from admin.views import export, filters, reset
from admin.views.ground import Beside
from shared import clock
from shared.rules import policy
from shared.rules.checks import Problem
from shared.services.errors import NotYours, Refused
from shared.services.exports import PDF, Order, Sheet
from shared.services.printing import binding
from shared.services.printing.kinds import BY_NAME, PAPERS, Keys, Paper
from shared.services.typesetting import Job
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

AT_ONCE, MOST = 10, 5_000
NONE = Problem("none", "paper", _("列表中没有适合这种材料的申请，请换一种材料，或者更改列表的条件"))
MANY = Problem("many", "paper", _("一次最多打印{most}件，请先用筛选缩小范围", most=f"{MOST:,}"))


class Printing(Beside):
    """For the table of applications."""

    model: Any
    endpoint: str
    asked: Any
    selection: Any

    @property
    def papers(self) -> Sequence[Paper]:
        return [one for one in PAPERS if policy.may(self.model, by().role, one.right)]

    @expose("/print/", methods=("GET", "POST"))
    def print_view(self) -> ResponseReturnValue:
        """Ask which paper; a POST makes it, for forms count as printed then and the audit is told."""
        if not (papers := self.papers):
            raise NotYours
        query = request.form.get("query", "") if request.method == "POST" else request.query_string.decode()
        asked = self.asked(filters.arguments_of(query))
        counts = {one.name: self._count(asked, one) for one in papers}
        form = print_form(papers, counts)()
        if form.validate_on_submit():
            offsets = [str(form[name].data) if name in form else "0" for name in ("right", "down")]
            columns = (form.paper.data, *offsets)
            order = Order(self.endpoint, asked.query(page="", size="", columns=""), columns, PDF)
            try:
                return export.answer(order, self._some)
            except Refused as refused:
                show(refused.problems, form)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("export/print.html", form=form, asked=asked, at_once=AT_ONCE), status

    def _count(self, asked: Any, paper: Paper) -> int:  # noqa: ANN401
        return binding.count(self.selection(filters.arguments_of(asked.query(page="", size="")), paper.right), paper)

    def sheet(self, order: Order) -> Sheet:
        """The papers of `order`, or its rows."""
        return self._bound(order) if order.file_format == PDF else super().sheet(order)  # type: ignore[misc]

    def _some(self, order: Order) -> Sheet:
        """What is ordered must be something; what was made may be fetched though its applications have moved on."""
        found = self._bound(order)
        if not 0 < found.total <= MOST:
            raise Refused(MANY if found.total else NONE)
        return found

    def _bound(self, order: Order) -> Sheet:
        name, right, down = order.columns
        paper = BY_NAME.get(name)
        if paper is None or not policy.may(self.model, by().role, paper.right):
            raise NotYours
        arguments = filters.arguments_of(order.query)
        keys = binding.pile(self.selection(arguments, paper.right), paper, MOST)
        job = Job(by(), reset.portal_url(), clock.today(), float(right), float(down))
        return Sheet(
            table=self.model.__tablename__,
            name=paper.label,
            headings=[paper.label],
            rows=iter(()),
            total=len(keys),
            selection="；".join(chip.text for chip in self.asked(arguments).chips),
            is_about_people=True,
            is_personal=paper.is_personal,
            bind=partial(_bind, paper, keys, job),
            at_once=AT_ONCE,
        )


def _bind(paper: Paper, keys: Keys, job: Job, path: Path, told: Any) -> None:  # noqa: ANN401  who hears of it
    binding.bind(path, paper, keys, job, told)
