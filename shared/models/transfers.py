"""Files that come in and go out: imports with what became of their rows, exports, and the files' contents."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import Encrypted, EncryptedBytes, UTCDateTime
from shared.models.base import CODE, NAME, Row, one_of
from shared.models.campaign import Campaign
from shared.models.kinds import ExportState, FileUse, ImportAction, ImportState, RevealReason
from shared.models.people import Staff
from shared.models.records import Json

FILE_NAME = 200


class FilePiece(Row):
    """A part of a file that was sent in or is fetched: encrypted, for whole lists of people stand in it."""

    __tablename__ = "file_pieces"
    __table_args__ = (UniqueConstraint("use", "owner_id", "position"),)

    use: Mapped[FileUse] = mapped_column(one_of(FileUse))
    owner_id: Mapped[int]  # the import or the export
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(EncryptedBytes("file"), deferred=True)


class Import(Row):
    """One file of one kind: sent in, checked, written all at once, and perhaps taken back.

    `digest` is what the check has shown: which rows become what. The writing comes to the same one, or writes nothing.
    """

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_staff_id", "staff_id", "id"),
        Index("ix_imports_state", "state", "id"),
        Index("ix_imports_sha256", "sha256"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_pair"),
    )

    kind: Mapped[str] = mapped_column(String(CODE * 2))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(FILE_NAME))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[ImportState] = mapped_column(one_of(ImportState), default=ImportState.CHECKING)
    partial: Mapped[bool] = mapped_column(default=False)  # the good rows now, the others later
    total: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    columns: Mapped[list[Any]] = mapped_column(Json, default=list)  # of the file, by name, in its order
    notes: Mapped[list[Any]] = mapped_column(Json, default=list)  # packed texts: what was left out of the file
    faults: Mapped[list[Any]] = mapped_column(Json, default=list)  # packed texts: why it cannot be read or written
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)
    campaign: Mapped[Campaign | None] = relationship()

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Row):
    """A row of the file that becomes something, or that is refused; rows that change nothing leave none."""

    __tablename__ = "import_rows"
    __table_args__ = (Index("ix_import_rows_import_id_action", "import_id", "action", "number"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]  # as the user's program counts
    action: Mapped[ImportAction] = mapped_column(one_of(ImportAction))
    row_id: Mapped[int | None]  # of the table that is written
    left_version: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(Encrypted("import_row"))  # JSON: what it takes to put the row back
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # column: [old, new], as the audit keeps them
    reasons: Mapped[list[Any]] = mapped_column(Json, default=list)  # [column, packed text]: refused, or not taken back
    taken_back: Mapped[bool | None]


class Export(Row):
    """A list as a file: which rows and columns, masked or why not, and whether it is ready to be fetched."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_staff_id", "staff_id", "id"), Index("ix_exports_state", "state", "id"))

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    table_name: Mapped[str] = mapped_column(String(CODE * 2))
    query: Mapped[str] = mapped_column(Encrypted("query"))  # the list's address: it may search for a person
    columns: Mapped[list[Any]] = mapped_column(Json, default=list)
    file_format: Mapped[str] = mapped_column(String(CODE))
    reason: Mapped[RevealReason | None] = mapped_column(one_of(RevealReason))  # why personal values are in full
    note: Mapped[str] = mapped_column(String(NAME), default="")
    state: Mapped[ExportState] = mapped_column(one_of(ExportState), default=ExportState.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str] = mapped_column(String(FILE_NAME))
    size: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[Any]] = mapped_column(Json, default=list)  # packed texts
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[Staff] = relationship()
