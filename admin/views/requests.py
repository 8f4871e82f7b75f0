"""What waits for an answer: additions to reference data, corrections of certificates, revocations."""

from admin.views.base import Table
from shared.models import CertificateRequest, RevocationRequest, StaffRequest
from shared.rules.rights import Can
from shared.text import _


class StaffRequests(Table):
    model, label = StaffRequest, _("新增申请")
    hint = _("教师申请新增学校、机构、学科；处理后填写答复")
    on = (Can.VIEW, Can.EDIT, Can.EXPORT)
    column_list = ("kind", "bureau", "text", "raised_by", "raised_at", "state", "answer")
    column_filters = ("kind", "state", "bureau_id")
    title_columns = ("kind", "raised_by")
    form_columns = ("state", "answer")
    newest_first = True


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
    on = (Can.VIEW,)
    title_columns = ("application",)
    column_list = ("application", "state", "reason", "requested_at", "decided_at")
    column_filters = ("state",)
    newest_first = True
