"""Code tables of the forms (domain words: GB/T 3304, 4762, 4658, 6864, 2260) and texts that staff edit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import UTCDateTime
from shared.models.base import CODE, NAME, Entry, Row, key_text, one_of
from shared.models.kinds import BureauLevel, Conclusion


class QualificationType(Entry):
    """资格种类; the code is digit 10 of a modern certificate number."""

    __tablename__ = "qualification_types"

    issuing_level: Mapped[BureauLevel] = mapped_column(one_of(BureauLevel))
    level_rank: Mapped[int]
    registrable: Mapped[bool] = mapped_column(default=True)


class Subject(Entry):
    """任教学科, with “无” for certificates that name none, and retired names that old certificates carry."""

    __tablename__ = "subjects"

    qualification_types: Mapped[str] = mapped_column(String(CODE), default="")
    teachable: Mapped[bool] = mapped_column(default=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))


class Ethnicity(Entry):
    """民族, GB/T 3304."""

    __tablename__ = "ethnicities"


class PoliticalStatus(Entry):
    """政治面貌, GB/T 4762."""

    __tablename__ = "political_statuses"


class Education(Entry):
    """学历, GB/T 4658."""

    __tablename__ = "educations"


class Degree(Entry):
    """学位, GB/T 6864."""

    __tablename__ = "degrees"


class Title(Entry):
    """教师职务(职称)."""

    __tablename__ = "titles"


class PutonghuaGrade(Entry):
    """普通话水平等级; recorded, never a condition."""

    __tablename__ = "putonghua_grades"


class Institution(Entry):
    """毕业学校; teachers may add a missing one, which waits as pending for staff."""

    __tablename__ = "institutions"

    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))


class ReasonCode(Entry):
    """Reasons of a conclusion that is not 合格."""

    __tablename__ = "reason_codes"

    conclusion: Mapped[Conclusion] = mapped_column(one_of(Conclusion))


class Division(Entry):
    """行政区划, GB/T 2260; abolished ones stay for household registers and old ID numbers."""

    __tablename__ = "divisions"

    level: Mapped[BureauLevel] = mapped_column(one_of(BureauLevel))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"), index=True)
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"))

    parent: Mapped["Division | None"] = relationship(
        remote_side="Division.code", foreign_keys=parent_code, lazy="joined", join_depth=2
    )

    def __str__(self) -> str:
        """The full name, as the household register has it: 江苏省南京市鼓楼区."""
        return f"{self.parent or ''}{self.name}"


class Authority(Entry):
    """认定机构: who issued a certificate, named as on its seal; nation-wide and historical."""

    __tablename__ = "authorities"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),)

    level: Mapped[BureauLevel] = mapped_column(one_of(BureauLevel))
    division_code: Mapped[str] = mapped_column(ForeignKey("divisions.code"), index=True)
    number_code: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("authorities.code"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))


class Alias(Row):
    """Another name of a row of reference data: an old spelling, a former name. Imports and searches understand it."""

    __tablename__ = "aliases"
    __table_args__ = (
        UniqueConstraint("table_name", "name", "row_id"),
        Index("ix_aliases_table_name_row_id", "table_name", "row_id"),
    )

    table_name: Mapped[str] = mapped_column(String(CODE * 2))
    row_id: Mapped[int]
    name: Mapped[str] = mapped_column(key_text(NAME))
    note: Mapped[str] = mapped_column(String(NAME), default="")

    def __str__(self) -> str:
        return self.name


class CalendarDay(Row):
    """A day and whether people work on it, from the State Council's yearly notice; staff may edit it."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(unique=True)
    is_workday: Mapped[bool]
    note: Mapped[str] = mapped_column(String(NAME), default="")


class NoticeText(Row):
    """A text of the wizard (steps 1, 2 and 6), by version; agreeing to it records the version."""

    __tablename__ = "notice_texts"
    __table_args__ = (UniqueConstraint("key", "edition"),)

    key: Mapped[str] = mapped_column(String(CODE))
    edition: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
