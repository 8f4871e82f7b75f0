"""Where people work: bureaus in a tree, confirmation points, schools."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.models.base import NAME, Entry, Row, one_of
from shared.models.kinds import BureauLevel, EntryStatus, SchoolNature

PATH = 100


class Bureau(Entry):
    """教育行政部门 (注册机构): province, city or district; `path` lists the numbers down to its own: /1/4/."""

    __tablename__ = "bureaus"

    level: Mapped[BureauLevel] = mapped_column(one_of(BureauLevel))
    division_code: Mapped[str] = mapped_column(ForeignKey("divisions.code"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("bureaus.id"), index=True)
    path: Mapped[str] = mapped_column(String(PATH), default="", index=True)
    phone: Mapped[str] = mapped_column(String(NAME), default="")

    parent: Mapped["Bureau | None"] = relationship(remote_side="Bureau.id")


class School(Entry):
    """任教学校; one added by a teacher waits as pending for staff, and the application does not wait for it."""

    __tablename__ = "schools"
    __table_args__ = (Index("ix_schools_bureau_id_status_name", "bureau_id", "status", "name"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"))
    nature: Mapped[SchoolNature | None] = mapped_column(one_of(SchoolNature))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))

    bureau: Mapped[Bureau] = relationship()


class ConfirmationPoint(Entry):
    """现场确认点; belongs to a bureau and serves schools."""

    __tablename__ = "confirmation_points"
    __table_args__ = (
        Index("ix_confirmation_points_bureau_id_status", "bureau_id", "status"),
        CheckConstraint("closes_on IS NULL OR opens_on IS NULL OR closes_on >= opens_on", name="days"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"))
    address: Mapped[str] = mapped_column(String(NAME), default="")
    phone: Mapped[str] = mapped_column(String(NAME), default="")
    contact: Mapped[str] = mapped_column(String(NAME), default="")
    opens_on: Mapped[date | None]  # the days on which it takes papers, where they are not the campaign's
    closes_on: Mapped[date | None]

    bureau: Mapped[Bureau] = relationship()
    schools: Mapped[list[School]] = relationship(secondary="point_schools", viewonly=True)

    @property
    def active(self) -> bool:
        return self.status is EntryStatus.ACTIVE


class PointSchool(Row):
    """Which schools a confirmation point serves."""

    __tablename__ = "point_schools"
    __table_args__ = (Index("uq_point_schools_point_id_school_id", "point_id", "school_id", unique=True),)

    point_id: Mapped[int] = mapped_column(ForeignKey("confirmation_points.id", ondelete="CASCADE"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)

    point: Mapped[ConfirmationPoint] = relationship()
    school: Mapped[School] = relationship()
