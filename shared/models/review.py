"""What staff add to an application: papers received, receipts, publicity, requests one level up, messages."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import UTCDateTime
from shared.models.application import Application
from shared.models.base import CODE, NAME, Row, one_of
from shared.models.campaign import Campaign, Material
from shared.models.kinds import ObjectionState, RequestState
from shared.models.people import Staff
from shared.models.places import Bureau, ConfirmationPoint


class ReceivedPaper(Row):
    """A paper of the campaign's list that the operator has seen at the desk (S22)."""

    __tablename__ = "received_papers"
    __table_args__ = (UniqueConstraint("application_id", "material_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    material: Mapped[Material] = relationship()


class Receipt(Row):
    """受理凭证 (S21; 行政许可法 article 32): dated and numbered; an undone confirmation voids it."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("point_id", "year", "serial"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided_pair"),
        Index("ix_receipts_application_id", "application_id"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    number: Mapped[str] = mapped_column(String(CODE), unique=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("confirmation_points.id"))
    year: Mapped[int]
    serial: Mapped[int]
    form_version: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    application: Mapped[Application] = relationship()
    point: Mapped[ConfirmationPoint] = relationship()
    issued_by: Mapped[Staff] = relationship(foreign_keys=issued_by_id)

    def __str__(self) -> str:
        return self.number


class Print(Row):
    """One time that a form was printed: the version it shows, and the code on it by which anybody can ask (S20)."""

    __tablename__ = "prints"
    __table_args__ = (Index("ix_prints_application_id", "application_id", "form_version"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    form_version: Mapped[int]
    code: Mapped[str] = mapped_column(String(CODE))
    printed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    printed_by: Mapped[str] = mapped_column(String(NAME))

    application: Mapped[Application] = relationship()


class Publicity(Row):
    """公示 of a district's preliminary conclusions: of all that were made before its first day, and of no later one."""

    __tablename__ = "publicities"
    __table_args__ = (
        UniqueConstraint("campaign_id", "bureau_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    campaign: Mapped[Campaign] = relationship()
    bureau: Mapped[Bureau] = relationship()


class Objection(Row):
    """异议 to a district's publicised list, or to one person on it; while it is open nothing of that is concluded."""

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
        Index("ix_objections_campaign_id", "campaign_id", "bureau_id", "state"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    registration_number: Mapped[str] = mapped_column(String(CODE), default="")  # empty: the whole list
    raised_by: Mapped[str] = mapped_column(String(NAME))
    received_on: Mapped[date]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[ObjectionState] = mapped_column(one_of(ObjectionState), default=ObjectionState.OPEN)
    finding: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign] = relationship()
    bureau: Mapped[Bureau] = relationship()


class RevocationRequest(Row):
    """申请撤销: after 终审 nothing changes without a request and its approval one level up."""

    __tablename__ = "revocation_requests"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", name="decided"),
        Index("ix_revocation_requests_application_id", "application_id"),
        Index("ix_revocation_requests_state", "state", "id"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(one_of(RequestState), default=RequestState.OPEN)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()


class Message(Row):
    """留言 from staff to an applicant, apart from the status."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_application_id_sent_at", "application_id", "sent_at"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(String(NAME))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
