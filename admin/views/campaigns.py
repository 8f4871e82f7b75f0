"""Campaigns: opening times, papers to hand in, publicity."""

from admin.views import papers
from admin.views.base import Table
from admin.views.reference import Codes
from shared.models import Campaign, Material, Publicity, Window
from shared.rules.rights import Can
from shared.text import _


class Campaigns(Codes):
    model, label = Campaign, _("注册批次")
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
    hint = _("保存后立即生效；每日结束填00:00表示到当天24时")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE, Can.EXPORT)
    column_list = ("campaign", "stage", "opens_on", "closes_on", "workdays_only", "opens_at", "closes_at")
    column_filters = ("campaign_id", "stage")
    title_columns = ("campaign", "stage")
    is_small = True
    form_columns = ("campaign_id", "stage", "opens_on", "closes_on", "workdays_only", "opens_at", "closes_at")


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
