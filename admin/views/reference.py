"""Reference data: code tables and calendar. Superusers keep them; rows in use are retired, not deleted."""

from collections.abc import Sequence
from typing import ClassVar

from flask import g
from sqlalchemy import select

from admin.views import authorities, year
from admin.views.base import Table
from admin.views.cells import NOTHING
from admin.views.merging import MERGE, Mergeable
from admin.views.retiring import RETIRE, Retirable
from shared.db import Base, session
from shared.models import (
    Authority,
    CalendarDay,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Subject,
    Title,
)
from shared.rules.rights import Can
from shared.text import _


class Codes(Retirable, Table):
    """What every code table offers: code, name and state; the code is given once."""

    on: ClassVar[tuple[Can, ...]] = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_list: ClassVar[Sequence[str]] = ("code", "name", "status")
    column_searchable_list: ClassVar[Sequence[str]] = ("code", "name")
    column_sortable_list: ClassVar[Sequence[str]] = ("code", "name")
    column_filters: ClassVar[Sequence[str]] = ("status",)
    column_editable_list: ClassVar[Sequence[str]] = ("name", "status")
    form_columns: ClassVar[Sequence[str]] = ("code", "name", "status")
    form_create_only: ClassVar[Sequence[str]] = ("code",)
    pages_of_row = RETIRE
    import_key = ("code",)
    takes_files = True
    is_small = True


class QualificationTypes(Codes):
    model, label = QualificationType, _("资格种类")
    hint = _("代码是新版证书号码的第10位")
    column_list = ("code", "name", "issuing_level", "level_rank", "registrable", "status")
    form_columns = ("code", "name", "issuing_level", "level_rank", "registrable", "status")


class Subjects(Mergeable, Codes):
    model, label = Subject, _("任教学科")
    hint = _("“无”用于证书上没有学科的情况；旧学科名称停用后，证书学科仍可选")
    column_list = ("code", "name", "qualification_types", "teachable", "status")
    column_filters = ("status", "teachable")
    form_columns = ("code", "name", "qualification_types", "teachable", "status")

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        if name != "qualification_types" or found == NOTHING:
            return found
        return str(_("、")).join(_types().get(code, code) for code in found.split(";"))


def _types() -> dict[str, str]:
    """What the qualification types are called, read once for a page."""
    if "qualification_types" not in g:
        g.qualification_types = {one.code: one.name for one in session.scalars(select(QualificationType))}
    return dict(g.qualification_types)


class Ethnicities(Codes):
    model, label = Ethnicity, _("民族")


class PoliticalStatuses(Codes):
    model, label = PoliticalStatus, _("政治面貌")


class Educations(Codes):
    model, label = Education, _("学历")


class Degrees(Codes):
    model, label = Degree, _("学位")


class Titles(Codes):
    model, label = Title, _("教师职务（职称）")


class PutonghuaGrades(Codes):
    model, label = PutonghuaGrade, _("普通话水平")


class Institutions(Mergeable, Codes):
    model, label = Institution, _("毕业学校")
    hint = _("教师新增的毕业学校为“待核实”，核对后改为“使用中”")


class ReasonCodes(Codes):
    model, label = ReasonCode, _("原因代码")
    column_list = ("code", "name", "conclusion", "status")
    column_filters = ("conclusion", "status")
    form_columns = ("code", "name", "conclusion", "status")


class Divisions(Codes):
    model, label = Division, _("行政区划")
    hint = _("已撤销的区划保留，供户籍和旧证件使用")
    column_list = ("code", "name", "level", "parent_code", "successor_code", "status")
    column_filters = ("level", "parent_code", "status")
    form_columns = ("code", "name", "level", "parent_code", "successor_code", "status")
    column_labels: ClassVar = {"successor_code": _("现属区划")}


class Authorities(authorities.Tree, Mergeable, Codes):
    model, label = Authority, _("认定机构")
    hint = _("名称与证书公章一致；更名或撤并的机构保留，注明停用日期和承接机构")
    pages_beside = (("tree_view", _("按地区查看"), Can.VIEW), *MERGE)
    pages_of_row = (("rename_view", _("更名"), Can.EDIT), *MERGE, *RETIRE)
    column_list = ("code", "name", "level", "division_code", "valid_from", "valid_to", "status")
    column_details_list = (*column_list, "number_code", "successor_code")
    column_filters = ("level", "division_code", "status")
    form_columns = (
        "code", "name", "level", "division_code", "number_code", "valid_from", "valid_to", "successor_code", "status"
    )  # fmt: skip


class CalendarDays(year.Year, Table):
    model, label = CalendarDay, _("工作日历")
    hint = _("只记与平常不同的日子：放假的工作日和调休上班的周末")
    pages_beside = (("year_view", _("按年录入"), Can.VIEW),)
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_list = ("day", "is_workday", "note")
    column_sortable_list = ("day",)
    column_filters = ("day", "is_workday")
    column_editable_list = ("is_workday", "note")
    title_columns = import_key = ("day",)
    takes_files = True
    is_small = True
    form_columns = ("day", "is_workday", "note")
