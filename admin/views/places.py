"""Where people work: bureaus, schools, confirmation points and the schools they serve."""

from admin.views import bureaus, serving
from admin.views.base import Table
from admin.views.merging import Mergeable
from admin.views.reference import Codes
from admin.views.retiring import RETIRE
from shared.models import Bureau, ConfirmationPoint, PointSchool, School
from shared.rules.rights import Can
from shared.text import _


class Bureaus(bureaus.Tree, Codes):
    model, label = Bureau, _("教育行政部门")
    pages_beside = (("tree_view", _("树状查看"), Can.VIEW),)
    hint = _("先新增或导入上级，再新增或导入下级")
    pages_of_row = (("move_view", _("移动"), Can.EDIT), *RETIRE)
    column_list = ("code", "name", "level", "parent", "division_code", "phone", "status")
    column_filters = ("level", "parent_id", "status")
    column_editable_list = ("name", "phone", "status")
    form_columns = ("code", "name", "level", "division_code", "parent_id", "phone", "status")
    form_create_only = ("code", "parent_id")  # afterwards it is moved, on a page that says what goes along


class Schools(Mergeable, Codes):
    model, label = School, _("任教学校")
    hint = _("教师新增的学校为“待核实”，核对后改为“使用中”")
    is_small = False
    column_list = ("code", "name", "bureau", "nature", "status")
    column_filters = ("bureau_id", "nature", "status")
    form_columns = ("code", "name", "bureau_id", "nature", "status")


class ConfirmationPoints(serving.Serving, Codes):
    model, label = ConfirmationPoint, _("确认点")
    pages_of_row = (("schools_view", _("服务的学校"), Can.EDIT), *RETIRE)
    column_list = ("code", "name", "bureau", "address", "phone", "contact", "status")
    column_filters = ("bureau_id", "status")
    column_editable_list = ("address", "phone", "contact", "status")
    form_columns = ("code", "name", "bureau_id", "address", "phone", "contact", "opens_on", "closes_on", "status")


class PointSchools(Table):
    model, label = PointSchool, _("确认点服务学校")
    on = (Can.VIEW, Can.CREATE, Can.DELETE, Can.EXPORT)
    column_list = ("point", "school")
    column_filters = ("point_id", "school_id")
    title_columns = ("point", "school")
    import_key = ("point_id", "school_id")
    takes_files = True
    form_columns = ("point_id", "school_id")
