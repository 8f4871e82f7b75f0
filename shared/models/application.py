"""The application (定期注册申请), its photo, the school's yearly rows, and the draft of somebody without an account."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import Encrypted, UTCDateTime
from shared.models.base import CODE, NAME, Row, key_text, one_of
from shared.models.campaign import Campaign
from shared.models.kinds import (
    AssessmentGrade,
    Conclusion,
    EthicsGrade,
    Locality,
    Origin,
    PostKind,
    RegistrationType,
    SchoolNature,
    Sex,
    Stage,
    TeachingStage,
)
from shared.models.people import Person, Staff
from shared.models.places import Bureau, ConfirmationPoint, School
from shared.models.reference import (
    Authority,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    Subject,
    Title,
)

if TYPE_CHECKING:
    from shared.models.work import Hold

LONG_NAME = 200
COUNTED = (
    "form_version", "origin", "conclusion", "campaign_id", "school_id", "point_id", "submitted_at", "stage_at"
)  # fmt: skip
LIVE = text("stage NOT IN ('withdrawn', 'revoked')")


class Application(Row):
    """One per person and campaign. Form fields may be empty in a draft; `rules.fields` says which are required."""

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_live", "person_id", "campaign_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
        Index("ix_applications_campaign_id_stage", "campaign_id", "stage", "id"),
        # Whatever the count of a bureau's list asks for stands in the index: SQLite then reads no row for it.
        Index("ix_applications_bureau_id_stage", "bureau_id", "stage", "id", *COUNTED),
        Index("ix_applications_submissions", "campaign_id", "bureau_id", "submitted_at", "form_version", "origin"),
        # A long list is walked here, newest first: fifty rows on each page instead of seven.
        Index("ix_applications_walk", "id", "bureau_id", "stage", "form_version", "origin"),
        # The chart of progress reads nothing else.
        Index("ix_applications_progress", "campaign_id", "bureau_id", "school_id", "stage", "form_version", "origin"),
        Index("ix_applications_school_id_stage", "school_id", "stage", "id"),
        Index("ix_applications_point_id_stage", "point_id", "stage", "id"),
        Index("ix_applications_reason_code", "reason_code", "id"),
        Index("ix_applications_assigned_to_id_stage", "assigned_to_id", "stage", "id"),
        CheckConstraint("form_version >= 0 AND signed_version <= form_version", name="versions"),
        CheckConstraint("stage <> 'concluded' OR conclusion <> 'none'", name="concluded"),
        CheckConstraint("stage NOT IN ('draft', 'submitted') OR conclusion = 'none'", name="undecided"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    registration_number: Mapped[str] = mapped_column(key_text(CODE), unique=True)
    origin: Mapped[Origin] = mapped_column(one_of(Origin), default=Origin.SELF)
    registration_type: Mapped[RegistrationType] = mapped_column(one_of(RegistrationType))
    stage: Mapped[Stage] = mapped_column(one_of(Stage), default=Stage.DRAFT)
    conclusion: Mapped[Conclusion] = mapped_column(one_of(Conclusion), default=Conclusion.NONE)
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reason_codes.code"))
    reason: Mapped[str] = mapped_column(Text, default="")
    form_version: Mapped[int] = mapped_column(default=0)  # 0 until it is submitted for the first time
    printed_version: Mapped[int] = mapped_column(default=0)
    signed_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    stage_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # since when it stands at its stage
    decided_on: Mapped[date | None]  # the day of the preliminary conclusion; publicity must begin after it
    valid_until: Mapped[date | None]
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who of the colleagues looks at it

    certificate_number: Mapped[str | None] = mapped_column(key_text(CODE), index=True)
    name: Mapped[str | None] = mapped_column(key_text(NAME), index=True)
    sex: Mapped[Sex | None] = mapped_column(one_of(Sex))
    birth_date: Mapped[date | None]
    ethnicity_code: Mapped[str | None] = mapped_column(ForeignKey("ethnicities.code"))
    qualification_type_code: Mapped[str | None] = mapped_column(ForeignKey("qualification_types.code"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    certificate_subject_code: Mapped[str | None] = mapped_column(ForeignKey("subjects.code"))
    certificate_issued_on: Mapped[date | None]
    certificate_reissued_on: Mapped[date | None]
    teaching_stage: Mapped[TeachingStage | None] = mapped_column(one_of(TeachingStage))
    teaching_subject_code: Mapped[str | None] = mapped_column(ForeignKey("subjects.code"))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureaus.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("confirmation_points.id"))
    work_started_on: Mapped[date | None]
    title_code: Mapped[str | None] = mapped_column(ForeignKey("titles.code"))
    locality: Mapped[Locality | None] = mapped_column(one_of(Locality))
    joined_on: Mapped[date | None]
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    school_nature: Mapped[SchoolNature | None] = mapped_column(one_of(SchoolNature))
    post_kind: Mapped[PostKind | None] = mapped_column(one_of(PostKind))
    education_code: Mapped[str | None] = mapped_column(ForeignKey("educations.code"))
    degree_code: Mapped[str | None] = mapped_column(ForeignKey("degrees.code"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    major: Mapped[str | None] = mapped_column(String(NAME))
    putonghua_code: Mapped[str | None] = mapped_column(ForeignKey("putonghua_grades.code"))
    residence_code: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"))
    birthplace_code: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"))
    political_status_code: Mapped[str | None] = mapped_column(ForeignKey("political_statuses.code"))
    mobile: Mapped[str | None] = mapped_column(Encrypted("phone"))
    address: Mapped[str | None] = mapped_column(String(LONG_NAME))
    postcode: Mapped[str | None] = mapped_column(String(6))
    landline: Mapped[str | None] = mapped_column(Encrypted("phone"))
    ethics: Mapped[EthicsGrade | None] = mapped_column(one_of(EthicsGrade))
    probation_passed_on: Mapped[date | None]

    campaign: Mapped[Campaign] = relationship()
    person: Mapped[Person] = relationship()
    assigned_to: Mapped[Staff | None] = relationship()
    ethnicity: Mapped[Ethnicity | None] = relationship()
    qualification_type: Mapped[QualificationType | None] = relationship()
    authority: Mapped[Authority | None] = relationship()
    certificate_subject: Mapped[Subject | None] = relationship(foreign_keys=certificate_subject_code)
    teaching_subject: Mapped[Subject | None] = relationship(foreign_keys=teaching_subject_code)
    bureau: Mapped[Bureau | None] = relationship()
    school: Mapped[School | None] = relationship()
    point: Mapped[ConfirmationPoint | None] = relationship()
    title: Mapped[Title | None] = relationship()
    education: Mapped[Education | None] = relationship()
    degree: Mapped[Degree | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    putonghua: Mapped[PutonghuaGrade | None] = relationship()
    residence: Mapped[Division | None] = relationship(foreign_keys=residence_code)
    birthplace: Mapped[Division | None] = relationship(foreign_keys=birthplace_code)
    political_status: Mapped[PoliticalStatus | None] = relationship()
    photo: Mapped["Photo | None"] = relationship(back_populates="application")
    years: Mapped[list["AssessmentYear"]] = relationship(
        back_populates="application", order_by="AssessmentYear.year", cascade="all, delete-orphan"
    )
    breaks: Mapped[list["TeachingBreak"]] = relationship(
        back_populates="application", order_by="TeachingBreak.begins_on", cascade="all, delete-orphan"
    )

    open_hold: Mapped["Hold | None"] = relationship(
        primaryjoin="and_(Hold.application_id == Application.id, Hold.lifted_at.is_(None))", viewonly=True
    )

    def __str__(self) -> str:
        return f"{self.registration_number} {self.name or ''}".strip()


class Photo(Row):
    """The applicant's photo: a master of 295×404 and the 114×156 that the form prints (S1), re-encoded by us."""

    __tablename__ = "photos"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), unique=True)
    master: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    taken_in_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship(back_populates="photo")


class AssessmentYear(Row):
    """One year of the cycle as the school attests it: assessment and training hours."""

    __tablename__ = "assessment_years"
    __table_args__ = (
        UniqueConstraint("application_id", "year"),
        CheckConstraint("training_hours >= 0", name="hours"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    year: Mapped[int]
    assessment: Mapped[AssessmentGrade] = mapped_column(one_of(AssessmentGrade))
    ethics: Mapped[EthicsGrade | None] = mapped_column(one_of(EthicsGrade))
    training_hours: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(NAME), default="")

    application: Mapped[Application] = relationship(back_populates="years")


class TeachingBreak(Row):
    """A time without teaching (中止教学); an approved reason keeps it from counting (article 9)."""

    __tablename__ = "teaching_breaks"
    __table_args__ = (CheckConstraint("ends_on >= begins_on", name="dates"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    approved: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(NAME))

    application: Mapped[Application] = relationship(back_populates="breaks")


class Draft(Row):
    """What is typed and not yet saved in its place.

    Without an account (steps 1 to 6), or when a log-in ran out, it is found by a token; beside an application it holds
    what was typed on pages that were not saved, so that another device can go on with it.
    """

    __tablename__ = "drafts"
    __table_args__ = (CheckConstraint("(token_hash IS NULL) <> (application_id IS NULL)", name="owner"),)

    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    answers: Mapped[str] = mapped_column(Encrypted("draft"))  # JSON
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Agreement(Row):
    """Which edition of which text an applicant agreed to, and when (PIPL article 17: notice must be provable)."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("application_id", "notice_text_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    notice_text_id: Mapped[int] = mapped_column(ForeignKey("notice_texts.id"), index=True)
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)
