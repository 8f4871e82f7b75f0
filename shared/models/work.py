"""What staff need to work: batches of one decision, holds, saved views of a list."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import UTCDateTime
from shared.models.application import Application
from shared.models.base import CODE, NAME, Row, one_of
from shared.models.kinds import BatchRowState, BatchState
from shared.models.people import Staff
from shared.models.places import Bureau
from shared.models.records import Json

OPEN_HOLD = text("lifted_at IS NULL")


class Batch(Row):
    """One move for many applications: chosen, previewed, run, and perhaps taken back. Its rows are what was seen."""

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_staff_id", "staff_id", "id"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_pair"),
    )

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    move: Mapped[str] = mapped_column(String(CODE))
    wish: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what the move asks for, as typed
    chosen_by: Mapped[str] = mapped_column(Text, default="")  # the list's address, where all that match were chosen
    state: Mapped[BatchState] = mapped_column(one_of(BatchState), default=BatchState.PREVIEW)
    total: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)


class BatchRow(Row):
    """One application of a batch: the version that was seen, what became of it, and why not."""

    __tablename__ = "batch_rows"
    __table_args__ = (
        UniqueConstraint("batch_id", "application_id"),
        Index("ix_batch_rows_batch_id_state", "batch_id", "state", "id"),
        Index("ix_batch_rows_application_id", "application_id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    seen_version: Mapped[int]
    state: Mapped[BatchRowState] = mapped_column(one_of(BatchRowState), default=BatchRowState.CHOSEN)
    reasons: Mapped[list[Any]] = mapped_column(Json, default=list)  # packed texts: why it stayed, or was not taken back
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what the move changed, to take it back
    left_version: Mapped[int | None]  # the application's version after the move

    application: Mapped[Application] = relationship()


class Hold(Row):
    """Something that must be cleared up before anybody decides; while it is open no decision is made."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("uq_holds_open", "application_id", unique=True, sqlite_where=OPEN_HOLD, postgresql_where=OPEN_HOLD),
        Index("ix_holds_application_id", "application_id"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_pair"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    finding: Mapped[str] = mapped_column(Text, default="")  # what came of it

    application: Mapped[Application] = relationship()
    placed_by: Mapped[Staff] = relationship(foreign_keys=placed_by_id)
    lifted_by: Mapped[Staff | None] = relationship(foreign_keys=lifted_by_id)

    def __str__(self) -> str:
        return self.reason


class SavedView(Row):
    """A list as somebody wants to see it again: search, filters, order, columns. A superuser may share one."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("staff_id", "table_name", "name"),
        Index("ix_saved_views_table_name_shared", "table_name", "shared"),
    )

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    table_name: Mapped[str] = mapped_column(String(CODE * 2))
    name: Mapped[str] = mapped_column(String(NAME))
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureaus.id"), index=True)  # shared with whom lies below
    is_default: Mapped[bool] = mapped_column(default=False)  # how the owner's list opens

    staff: Mapped[Staff] = relationship()
    bureau: Mapped[Bureau | None] = relationship()
