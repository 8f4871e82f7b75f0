"""Every view of the back office in menu order: the one list. Each reader sees what SCOPE opens."""

from typing import Any

from flask_admin import BaseView

from admin.views import (
    applications,
    batches,
    campaigns,
    desk,
    exported,
    imports,
    notices,
    people,
    places,
    records,
    reference,
    requests,
    review,
    roster,
    school,
    statistics,
)
from shared.text import Text, _

Group = tuple[Text, list[BaseView]]

VIEWS: tuple[tuple[Text, tuple[type[Any], ...]], ...] = (
    (
        _("办理"),
        (
            roster.SchoolRoster,
            applications.Applications,
            review.Review,
            statistics.Statistics,
            batches.Batches,
            imports.Imports,
            exported.Exports,
            desk.Desk,
            school.AssessmentYears,
            school.TeachingBreaks,
            requests.StaffRequests,
            requests.CertificateRequests,
            requests.RevocationRequests,
        ),
    ),
    (_("人员"), (people.StaffAccounts, people.People, people.RosterEntries)),
    (_("单位"), (places.Bureaus, places.Schools, places.ConfirmationPoints, places.PointSchools)),
    (
        _("批次"),
        (campaigns.Campaigns, campaigns.Windows, campaigns.Materials, campaigns.Publicities, campaigns.Objections),
    ),
    (
        _("基础数据"),
        (
            reference.QualificationTypes,
            reference.Subjects,
            reference.Authorities,
            reference.Institutions,
            reference.Divisions,
            reference.ReasonCodes,
            reference.CalendarDays,
            notices.NoticeTexts,
            reference.Ethnicities,
            reference.PoliticalStatuses,
            reference.Educations,
            reference.Degrees,
            reference.Titles,
            reference.PutonghuaGrades,
        ),
    ),
    (_("记录"), (records.AuditEntries, records.Events, records.Mails)),
)


class Menu:
    """The views of one app, and which of them the present reader may open."""

    def __init__(self) -> None:
        self.groups: list[Group] = [(label, [view() for view in views]) for label, views in VIEWS]

    @property
    def views(self) -> list[BaseView]:
        return [view for _label, views in self.groups for view in views]

    def open(self) -> list[Group]:
        """The groups with what the reader may see; empty ones are left out."""
        groups = [(label, [view for view in views if view.is_accessible()]) for label, views in self.groups]
        return [(label, views) for label, views in groups if views]
