"""Who logs in: teachers by their identity document, staff by a user name and one place."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import Base, Encrypted, UTCDateTime
from shared.models.base import NAME, Row, by_beginning, key_text, one_of
from shared.models.kinds import IdKind, LinkKind, Role
from shared.models.places import Bureau, ConfirmationPoint, School

HASH = 200


class Login(Base):
    """What an account needs to be logged in to; five failures lock it for a while."""

    __abstract__ = True

    password_hash: Mapped[str] = mapped_column(String(HASH), default="")
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    session_epoch: Mapped[int] = mapped_column(default=0)  # grows when every open session must end


class Person(Row, Login):
    """A teacher; the identity document is the account and never changes."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("id_kind", "id_number"), by_beginning("people", "name"))

    id_kind: Mapped[IdKind] = mapped_column(one_of(IdKind))
    id_number: Mapped[str] = mapped_column(Encrypted("id_number"), index=True)
    name: Mapped[str] = mapped_column(String(NAME))
    email: Mapped[str] = mapped_column(String(254))
    email_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def __str__(self) -> str:
        return self.name


class AccountLink(Row):
    """A link that was mailed to a teacher: found by its secret, good for a while and for once."""

    __tablename__ = "account_links"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind] = mapped_column(one_of(LinkKind))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))  # where it was sent, and what following it proves
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class Staff(Row, Login):
    """A named person at a school, a confirmation point or a bureau (S4: down to the individual)."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role <> 'teacher'", name="not_a_teacher"),
        CheckConstraint("(role = 'school') = (school_id IS NOT NULL)", name="school"),
        CheckConstraint("(role = 'point') = (point_id IS NOT NULL)", name="point"),
        CheckConstraint("(role IN ('school', 'point')) = (bureau_id IS NULL)", name="bureau"),
        Index("ix_staff_role", "role"),
        by_beginning("staff", "name"),
    )

    username: Mapped[str] = mapped_column(key_text(NAME), unique=True)
    name: Mapped[str] = mapped_column(String(NAME))
    role: Mapped[Role] = mapped_column(one_of(Role))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("confirmation_points.id"), index=True)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureaus.id"), index=True)
    mobile: Mapped[str | None] = mapped_column(Encrypted("phone"))
    email: Mapped[str] = mapped_column(String(254), default="")
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    valid_until: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(Encrypted("id_number"))  # the person: nobody decides on themselves
    activation_hash: Mapped[str | None] = mapped_column(String(64))
    activation_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str | None] = mapped_column(Encrypted("totp"))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_last_step: Mapped[int | None]  # a code is good for once

    school: Mapped[School | None] = relationship()
    point: Mapped[ConfirmationPoint | None] = relationship()
    bureau: Mapped[Bureau | None] = relationship()

    def __str__(self) -> str:
        return self.name


class StaffSession(Row):
    """One log-in of a member of staff on one machine: listed, and ended by its owner or a superuser."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= begun_at", name="times"),
        Index("ix_staff_sessions_staff_id_ended_at", "staff_id", "ended_at"),
    )

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(NAME), default="")
    browser: Mapped[str] = mapped_column(String(HASH), default="")

    staff: Mapped[Staff] = relationship()


class OldPassword(Row):
    """A password that a member of staff had: the last five may not come back."""

    __tablename__ = "old_passwords"
    __table_args__ = (Index("ix_old_passwords_staff_id", "staff_id", "id"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    password_hash: Mapped[str] = mapped_column(String(HASH))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
