"""What happened, for ever: events of applications and the audit trail; and the mail that is on its way."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import UTCDateTime
from shared.models.base import CODE, NAME, Record, Row, one_of
from shared.models.kinds import Conclusion, MailState, Role, Stage

if TYPE_CHECKING:
    from shared.models.application import Application

Json = JSON().with_variant(JSONB(), "postgresql")
SENT_BACK = text("move IN ('send_back_review', 'send_back_final')")  # few among many, and asked for on a start page
PROTECTED = ("events", "audit_entries")  # triggers refuse to change or delete their rows


class Event(Record):
    """One move of one application: who, when, from where to where, and why."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_application_id", "application_id", "id"),
        Index("ix_events_at", "at"),
        Index("ix_events_sent_back", "id", sqlite_where=SENT_BACK, postgresql_where=SENT_BACK),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    move: Mapped[str] = mapped_column(String(CODE))
    actor_role: Mapped[Role | None] = mapped_column(one_of(Role, "actor_role"))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(NAME))
    from_stage: Mapped[Stage] = mapped_column(one_of(Stage, "from_stage"))
    to_stage: Mapped[Stage] = mapped_column(one_of(Stage, "to_stage"))
    from_conclusion: Mapped[Conclusion] = mapped_column(one_of(Conclusion, "from_conclusion"))
    to_conclusion: Mapped[Conclusion] = mapped_column(one_of(Conclusion, "to_conclusion"))
    reason_code: Mapped[str | None] = mapped_column(String(CODE))
    reason: Mapped[str] = mapped_column(Text)
    form_version: Mapped[int]

    application: Mapped["Application"] = relationship(viewonly=True)


class AuditEntry(Record):
    """Who did what to which row, from where, old → new; personal values are masked."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_table_name_row_id", "table_name", "row_id", "id"),
        Index("ix_audit_entries_actor_name", "actor_name", "id"),
        Index("ix_audit_entries_action", "action", "id"),
    )

    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_role: Mapped[Role | None] = mapped_column(one_of(Role))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(NAME))
    address: Mapped[str] = mapped_column(String(NAME))
    action: Mapped[str] = mapped_column(String(CODE))
    table_name: Mapped[str] = mapped_column(String(CODE * 2))
    row_id: Mapped[int | None]
    changes: Mapped[dict[str, list[str | None]]] = mapped_column(Json)


class Mail(Row):
    """A message in the outbox; the worker delivers it after the transaction that wrote it."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_state_due_at", "state", "due_at"),)

    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(NAME * 2))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MailState] = mapped_column(one_of(MailState), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(Text, default="")


class Reminder(Row):
    """That somebody was reminded of something, once: an applicant or a member of staff, and of what."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("application_id", "kind"),
        UniqueConstraint("staff_id", "kind"),
        CheckConstraint("(application_id IS NULL) <> (staff_id IS NULL)", name="somebody"),
    )

    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(CODE))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
