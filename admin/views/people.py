"""People: accounts of staff and of teachers, and who must register."""

from typing import Any, ClassVar

from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import Optional

from admin.forms.tables import offered
from admin.views.base import Table
from admin.views.keeping import Keeping, admin_url
from shared.db import Base
from shared.models import Person, RosterEntry, Staff
from shared.rules.policy import STAFF_ROLES
from shared.rules.rights import Can
from shared.services import staffing
from shared.text import _
from shared.web.login import by

ROLES = {role.value: role.label for role in STAFF_ROLES}
KEEP = _("留空则不改；填写后本人下次登录必须修改")
FIRST = _("建议留空：系统生成一次性激活码，由本人自己设置密码。填写则至少10位，本人首次登录必须修改")


class StaffAccounts(Keeping, Table):
    model, label = Staff, _("工作人员")
    hint = _("每个账号对应一个人、一个角色、一个单位：学校审校员选学校，确认点操作员选确认点，其他角色选教育行政部门")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_link = "username"
    column_list = ("username", "name", "role", "bureau", "school", "point", "mobile", "active", "valid_until")
    column_details_list = (
        *column_list,
        "id_number",
        "email",
        "must_change_password",
        "locked_until",
        "totp_confirmed_at",
    )
    column_searchable_list = ("username", "name")
    import_key = ("username",)
    column_sortable_list = ("username",)
    column_filters = ("role", "bureau_id", "school_id", "point_id", "active")
    form_columns = (
        "username", "name", "role", "bureau_id", "school_id", "point_id", "id_number", "mobile", "email",
        "active", "valid_until"
    )  # fmt: skip
    form_create_only = ("username",)
    column_labels: ClassVar = {
        "name": _("姓名"),
        "id_number": _("身份证号码"),
        "totp_confirmed_at": _("动态码绑定时间"),
    }

    def get_create_form(self) -> type[FlaskForm]:
        form = super().get_create_form()
        password = PasswordField(_("初始密码"), [Optional()], description=FIRST)
        return type("StaffCreateForm", (form,), {"password": password})

    def get_edit_form(self) -> type[FlaskForm]:
        form = super().get_edit_form()
        return type(
            "StaffEditForm", (form,), {"password": PasswordField(_("重设密码"), [Optional()], description=KEEP)}
        )

    def prepared(self, form: FlaskForm, row: Base | None) -> FlaskForm:
        form.id_number.flags.required = row is None  # older accounts may still lack it
        offered(form, "role", ROLES)
        form.password.render_kw = {"autocomplete": "new-password"}
        return form

    def create_row(self, values: dict[str, Any], form: FlaskForm) -> Staff:
        form.slip = None
        if form.password.data:
            return staffing.create_staff(values, form.password.data, by=by())
        staff, form.slip = staffing.create_with_code(values, by=by(), admin_url=admin_url())
        return staff

    def created(self, row: Staff, form: FlaskForm) -> ResponseReturnValue:
        """The code stands in the answer itself: it is kept nowhere from which a later page could take it."""
        return self.slip(form.slip, row.id) if form.slip else super().created(row, form)

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> Staff:
        return staffing.change_staff(key, values, form.password.data or "", by=by(), version=version)


class People(Table):
    model, label = Person, _("教师账号")
    on = (Can.VIEW,)
    column_list = ("name", "id_kind", "id_number", "email", "locked_until")
    column_searchable_list = ("name", "id_number")
    column_labels: ClassVar = {"name": _("姓名")}
    newest_first = True


class RosterEntries(Table):
    model, label = RosterEntry, _("应注册人员")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("name", "id_kind", "id_number", "school", "campaign")
    title_columns = ("name",)
    column_searchable_list = ("name", "id_number")
    column_filters = ("campaign_id", "school_id")
    column_labels: ClassVar = {"name": _("姓名")}
