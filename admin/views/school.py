"""What schools have attested year by year, to look up; it is filled in on the check page of `roster`."""

from admin.views.base import Table
from shared.models import AssessmentYear, TeachingBreak
from shared.rules.rights import Can
from shared.text import _

OF_THE_APPLICATION = ("application.registration_number", "application.name", "application.school")


class AssessmentYears(Table):
    model, label = AssessmentYear, _("年度考核与培训")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("application", "year", "assessment", "ethics", "training_hours", "note")
    column_filters = ("application_id", "year", "assessment")
    title_columns = ("application", "year")
    column_details_list = (*OF_THE_APPLICATION, *column_list[1:])


class TeachingBreaks(Table):
    model, label = TeachingBreak, _("中止教学")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("application", "begins_on", "ends_on", "approved", "reason")
    column_filters = ("application_id",)
    title_columns = ("application", "begins_on")
    column_details_list = (*OF_THE_APPLICATION, *column_list[1:])
