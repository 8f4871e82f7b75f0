"""Certificates that the state already knows, people in scope, and what must be settled before registering."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import Encrypted, UTCDateTime
from shared.models.base import CODE, NAME, Row, by_beginning, key_text, one_of
from shared.models.campaign import Campaign
from shared.models.kinds import (
    CertificateService,
    IdKind,
    RequestKind,
    RequestState,
    Sex,
)
from shared.models.people import Person
from shared.models.places import Bureau, School
from shared.models.reference import Authority, QualificationType, Subject


class Certificate(Row):
    """A certificate of the imported registry (2008 and later): its data are locked in the form (S19)."""

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_id_number", "id_number"),)

    number: Mapped[str] = mapped_column(key_text(CODE), unique=True)
    id_number: Mapped[str] = mapped_column(Encrypted("id_number"))
    name: Mapped[str] = mapped_column(String(NAME))
    sex: Mapped[Sex] = mapped_column(one_of(Sex))
    qualification_type_code: Mapped[str] = mapped_column(ForeignKey("qualification_types.code"))
    subject_code: Mapped[str] = mapped_column(ForeignKey("subjects.code"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    issued_on: Mapped[date]

    qualification_type: Mapped[QualificationType] = relationship()
    subject: Mapped[Subject] = relationship()
    authority: Mapped[Authority] = relationship()

    def __str__(self) -> str:
        return self.number


class RosterEntry(Row):
    """Somebody who must register in a campaign (应注册人员底册), whether or not they apply."""

    __tablename__ = "roster_entries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "id_kind", "id_number"),
        Index("ix_roster_entries_school_id_campaign_id", "school_id", "campaign_id"),
        by_beginning("roster_entries", "name"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    id_kind: Mapped[IdKind] = mapped_column(one_of(IdKind))
    id_number: Mapped[str] = mapped_column(Encrypted("id_number"), index=True)
    name: Mapped[str] = mapped_column(String(NAME))

    campaign: Mapped[Campaign] = relationship()
    school: Mapped[School] = relationship()


class CertificateRequest(Row):
    """换证, 补证 or 备注: what a faulty, lost or damaged certificate needs before it is registered (S2, S3)."""

    __tablename__ = "certificate_requests"
    __table_args__ = (Index("ix_certificate_requests_bureau_id_state", "bureau_id", "state", "id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"))
    service: Mapped[CertificateService] = mapped_column(one_of(CertificateService))
    certificate_number: Mapped[str] = mapped_column(String(CODE))
    account: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(one_of(RequestState), default=RequestState.OPEN)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()
    bureau: Mapped[Bureau] = relationship()


class StaffRequest(Row):
    """What applicants ask of staff on-line instead of by telephone (S11, S15, S25)."""

    __tablename__ = "staff_requests"
    __table_args__ = (
        Index("ix_staff_requests_bureau_id_state", "bureau_id", "state", "id"),
        Index("ix_staff_requests_entry_code", "entry_code", "state"),
    )

    kind: Mapped[RequestKind] = mapped_column(one_of(RequestKind))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"))
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    raised_by: Mapped[str] = mapped_column(String(NAME))
    entry_code: Mapped[str | None] = mapped_column(String(CODE))  # the pending row that it asks to be looked at
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    state: Mapped[RequestState] = mapped_column(one_of(RequestState), default=RequestState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    bureau: Mapped[Bureau] = relationship()
