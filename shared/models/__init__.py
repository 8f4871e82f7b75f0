"""The nouns: tables and nothing else. Importing the package makes every table known."""

from shared.models.application import (
    Agreement,
    Application,
    AssessmentYear,
    Draft,
    Photo,
    TeachingBreak,
)
from shared.models.campaign import Campaign, Material, Window
from shared.models.certificate import (
    Certificate,
    CertificateRequest,
    RosterEntry,
    StaffRequest,
)
from shared.models.people import AccountLink, Person, Staff
from shared.models.places import Bureau, ConfirmationPoint, PointSchool, School
from shared.models.records import AuditEntry, Event, Mail
from shared.models.reference import (
    Authority,
    CalendarDay,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    NoticeText,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Subject,
    Title,
)
from shared.models.review import (
    Message,
    Publicity,
    Receipt,
    ReceivedPaper,
    RevocationRequest,
)

__all__ = [
    "AccountLink",
    "Agreement",
    "Application",
    "AssessmentYear",
    "AuditEntry",
    "Authority",
    "Bureau",
    "CalendarDay",
    "Campaign",
    "Certificate",
    "CertificateRequest",
    "ConfirmationPoint",
    "Degree",
    "Division",
    "Draft",
    "Education",
    "Ethnicity",
    "Event",
    "Institution",
    "Mail",
    "Material",
    "Message",
    "NoticeText",
    "Person",
    "Photo",
    "PointSchool",
    "PoliticalStatus",
    "Publicity",
    "PutonghuaGrade",
    "QualificationType",
    "ReasonCode",
    "Receipt",
    "ReceivedPaper",
    "RevocationRequest",
    "RosterEntry",
    "School",
    "Staff",
    "StaffRequest",
    "Subject",
    "TeachingBreak",
    "Title",
    "Window",
]
