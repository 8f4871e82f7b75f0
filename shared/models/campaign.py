"""One round of registration: who, when, with which papers and through which stages."""

from datetime import date, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.models.base import NAME, Entry, Row, one_of
from shared.models.kinds import RegistrationType, WindowStage
from shared.models.places import Bureau


class Campaign(Entry):
    """注册批次 of a bureau and everything below it; the chain of stages is its setting."""

    __tablename__ = "campaigns"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    year: Mapped[int]
    registration_type: Mapped[RegistrationType] = mapped_column(one_of(RegistrationType))
    has_school_check: Mapped[bool] = mapped_column(default=True)
    has_city_review: Mapped[bool] = mapped_column(default=True)
    publicity_days: Mapped[int] = mapped_column(default=7)
    acceptance_ends_on: Mapped[date]
    reading_seconds: Mapped[int] = mapped_column(default=3)

    bureau: Mapped[Bureau] = relationship()
    windows: Mapped[list["Window"]] = relationship(back_populates="campaign", order_by="Window.opens_on")
    materials: Mapped[list["Material"]] = relationship(back_populates="campaign", order_by="Material.position")


class Window(Row):
    """开放时间 of one stage: dates, working days or all days, daily hours; `closes_at` 00:00 means the day's end.

    With a bureau it holds for that one and those below, in place of the campaign's own; `is_closure`: not open then.
    """

    __tablename__ = "windows"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="dates"),
        CheckConstraint("closes_at > opens_at OR closes_at = '00:00:00.000000'", name="hours"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    stage: Mapped[WindowStage] = mapped_column(one_of(WindowStage))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    workdays_only: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureaus.id"), index=True)
    is_closure: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(NAME), default="")

    campaign: Mapped[Campaign] = relationship(back_populates="windows")
    bureau: Mapped[Bureau | None] = relationship(lazy="joined")  # its path is asked for with each row


class Material(Row):
    """A paper that must be handed in, by campaign and registration type (none: for every type)."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME))
    registration_type: Mapped[RegistrationType | None] = mapped_column(one_of(RegistrationType))
    copies: Mapped[int] = mapped_column(default=1)
    original: Mapped[bool] = mapped_column(default=True)
    required: Mapped[bool] = mapped_column(default=True)

    campaign: Mapped[Campaign] = relationship(back_populates="materials")

    def __str__(self) -> str:
        return self.name
