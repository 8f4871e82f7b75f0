"""What waits for an answer: additions to reference data, corrections of certificates, revocations."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.views import queue
from admin.views.base import Table
from shared.models import CertificateRequest, RevocationRequest, StaffRequest
from shared.rules import policy
from shared.rules.rights import Can
from shared.services.errors import NotYours
from shared.text import _
from shared.web.login import by


def _answering() -> None:
    """Only for those who may answer at all; for everybody else there is no queue."""
    if not policy.may(StaffRequest, by().role, Can.EDIT):
        raise NotYours


class StaffRequests(Table):
    model, label = StaffRequest, _("新增申请")
    hint = _("教师申请新增学校、机构、学科，按提出的先后在“逐件办理”里答复")
    on = (Can.VIEW, Can.EXPORT)  # answered one by one in the queue, never as bare columns
    pages_beside = (("queue", _("逐件办理"), Can.EDIT),)
    pages_of_row = (("queue", _("办理"), Can.EDIT),)
    column_list = ("kind", "bureau", "text", "raised_by", "raised_at", "state", "answer")
    column_details_list = (*column_list, "decided_at")
    column_filters = ("kind", "state", "bureau_id")
    title_columns = ("kind", "raised_by")
    newest_first = True

    @expose("/queue/", methods=("GET", "POST"))
    def queue(self) -> ResponseReturnValue:
        """Answer what was asked, the oldest first."""
        _answering()
        return queue.answer(self) if request.method == "POST" else queue.page(self)

    @expose("/queue/entries/<table>")
    def ajax_entries(self, table: str) -> ResponseReturnValue:
        """Rows to choose from while a name is typed."""
        _answering()
        return jsonify(queue.entries(table, request.args.get("query", "").strip()))


class CertificateRequests(Table):
    model, label = CertificateRequest, _("换证补证备注")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("service", "certificate_number", "bureau", "state", "raised_at")
    title_columns = ("service", "certificate_number")
    column_details_list = (*column_list, "person", "account", "answer")
    column_filters = ("service", "state", "bureau_id")
    newest_first = True


class RevocationRequests(Table):
    model, label = RevocationRequest, _("撤销注册申请")
    hint = _("在申请详情页办理")
    on = (Can.VIEW, Can.EXPORT)
    title_columns = ("application",)
    column_list = ("application", "state", "reason", "requested_at", "decided_at")
    column_filters = ("state",)
    newest_first = True
