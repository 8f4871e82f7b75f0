"""What the school attests year by year: assessments, training hours, times without teaching."""

from admin.views.base import Table
from shared.models import AssessmentYear, TeachingBreak
from shared.rules.rights import Can
from shared.text import _


class AssessmentYears(Table):
    model, label = AssessmentYear, _("年度考核与培训")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE)
    column_list = ("application", "year", "assessment", "ethics", "training_hours", "note")
    column_filters = ("application_id", "year", "assessment")
    title_columns = ("application", "year")
    import_key = ("application_id", "year")
    form_columns = ("application_id", "year", "assessment", "ethics", "training_hours", "note")
    form_create_only = ("application_id",)


class TeachingBreaks(Table):
    model, label = TeachingBreak, _("中止教学")
    on = (Can.VIEW, Can.CREATE, Can.EDIT, Can.DELETE)
    column_list = ("application", "begins_on", "ends_on", "approved", "reason")
    column_filters = ("application_id",)
    title_columns = ("application", "begins_on")
    form_columns = ("application_id", "begins_on", "ends_on", "approved", "reason")
    form_create_only = ("application_id",)
