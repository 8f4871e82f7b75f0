"""Campaigns: opening times, papers to hand in, publicity."""

from typing import Any

from flask_wtf import FlaskForm

from admin.views import papers, rounds
from admin.views.base import Table
from admin.views.reference import Codes
from shared.db import Base
from shared.models import Campaign, Material, Objection, Publicity, Window
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.services import objections
from shared.services.errors import Refused
from shared.text import _
from shared.web.login import by

WITHOUT_REASON = Problem("reason", "reason", _("请写明为什么设置或更改，会记入审计"))


class Campaigns(rounds.Rounds, Codes):
    model, label = Campaign, _("注册批次")
    pages_of_row = (("next_view", _("照此新建下一批次"), Can.CREATE), ("seen_view", _("教师某日看到什么"), Can.VIEW))
    takes_files = False
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_list = ("code", "name", "year", "registration_type", "bureau", "acceptance_ends_on", "status")
    column_details_list = (
        *column_list, "has_school_check", "has_city_review", "publicity_days", "reading_seconds"
    )  # fmt: skip
    column_filters = ("status",)
    column_editable_list = ("name", "status")
    form_columns = (
        "code", "name", "bureau_id", "year", "registration_type", "has_school_check", "has_city_review",
        "publicity_days", "acceptance_ends_on", "reading_seconds", "status",
    )  # fmt: skip


class Windows(Table):
    model, label = Window, _("开放时间")
    hint = _(
        "保存后立即生效；每日结束填00:00表示到当天24时。填了单位的，对该单位及下属代替批次的时间；“关闭”的时间要扣除"
    )
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE, Can.EXPORT)
    column_list = (
        "campaign", "stage", "bureau", "is_closure", "opens_on", "closes_on", "workdays_only", "opens_at", "closes_at",
    )  # fmt: skip
    column_details_list = (*column_list, "reason")
    column_filters = ("campaign_id", "stage", "bureau_id", "is_closure")
    title_columns = ("campaign", "stage")
    is_small = True
    form_columns = (
        "campaign_id", "stage", "bureau_id", "is_closure", "opens_on", "closes_on", "workdays_only", "opens_at",
        "closes_at", "reason",
    )  # fmt: skip

    def prepared(self, form: FlaskForm, row: Base | None) -> FlaskForm:  # noqa: ARG002
        """Each change is owed a reason of its own, so none stands there already."""
        form.reason.flags.required = True
        if not form.is_submitted():
            form.reason.data = ""
        return form

    def create_row(self, values: dict[str, Any], form: FlaskForm) -> Window:
        return super().create_row(_with_a_reason(values), form)

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> Window:
        return super().change_row(key, _with_a_reason(values), version, form)


def _with_a_reason(values: dict[str, Any]) -> dict[str, Any]:
    if not values["reason"]:
        raise Refused(WITHOUT_REASON)
    return values


class Materials(papers.Ordered, Table):
    model, label = Material, _("材料清单")
    pages_beside = (("order_view", _("按批次排列"), Can.EDIT),)
    hint = _("注册类型留空表示各类注册都要交")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE, Can.EXPORT)
    column_list = ("campaign", "position", "name", "registration_type", "copies", "original", "required")
    column_filters = ("campaign_id", "registration_type")
    import_key = ("campaign_id", "position")
    takes_files = True
    is_small = True
    form_columns = (
        "campaign_id", "position", "name", "registration_type", "copies", "original", "required"
    )  # fmt: skip


class Publicities(Table):
    model, label = Publicity, _("公示")
    hint = _("公示期满后才能复核和终审")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_list = ("campaign", "bureau", "starts_on", "ends_on")
    column_filters = ("campaign_id", "bureau_id")
    title_columns = ("bureau", "starts_on")
    import_key = ("campaign_id", "bureau_id", "starts_on")
    is_small = True
    form_columns = ("campaign_id", "bureau_id", "starts_on", "ends_on")


class Objections(Table):
    model, label = Objection, _("公示异议")
    hint = _("异议待查时，名单中的申请（填了报名号的只是这一件）不能复核和终审；成立的，可以更改初审结论并重新公示")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.EXPORT)
    column_list = ("campaign", "bureau", "registration_number", "raised_by", "received_on", "state", "settled_at")
    column_details_list = (*column_list, "body", "finding")
    column_filters = ("campaign_id", "bureau_id", "state")
    title_columns = ("bureau", "received_on")
    newest_first = is_small = True
    form_columns = (
        "campaign_id",
        "bureau_id",
        "registration_number",
        "raised_by",
        "received_on",
        "body",
        "state",
        "finding",
    )
    form_create_only = ("campaign_id", "bureau_id", "registration_number", "raised_by", "received_on", "body")

    def create_row(self, values: dict[str, Any], form: FlaskForm) -> Objection:  # noqa: ARG002
        return objections.receive(values, by=by())

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> Objection:  # noqa: ARG002
        return objections.settle(key, values, by=by(), version=version)
