"""The ground of the data: base class, column types, engine, session, and the one way to write."""

import functools
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import DateTime, Dialect, Engine, LargeBinary, MetaData, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, Session, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from shared.config import Settings

P = ParamSpec("P")
R = TypeVar("R")

SQLITE_BUSY_MS = 10_000
SQLITE_RECYCLE = 3600  # seconds
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table; names of constraints follow one convention, so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMES)


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _remember_old_values(_class: type[Base], _name: str, attribute: Any) -> None:  # noqa: ANN401  any attribute
    # Rows expire when a transaction ends: without this a value set on one is written over unread, and the audit
    # would say that there had been none.
    if isinstance(attribute.property, ColumnProperty):
        event.listen(attribute, "set", _as_it_is, active_history=True)


def _as_it_is(_row: Base, _value: object, _old: object, _initiator: object) -> None:
    return None


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database; a naive value is a bug and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment without a time zone cannot be stored"
            raise ValueError(message)
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WrongDataKey(ValueError):
    """Stored personal data cannot be read: DATA_KEY is not the key that they were written with."""


_keys: tuple[AESSIV, ...] = ()


class Encrypted(TypeDecorator[str]):
    """Personal text, encrypted by AES-SIV: equal plain texts of one `kind` give equal bytes.

    So equality search and unique keys still work (RFC 5297, deterministic mode), and nothing else does. The kind
    goes in as associated data: a phone number's bytes mean nothing in a column of ID numbers.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else _keys[0].encrypt(b"." + value.encode(), [self.kind.encode()])

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self._opened(value).decode()

    def _opened(self, value: bytes) -> bytes:
        for key in _keys:  # the first is the present one; the others only while keys are being rotated
            try:
                return key.decrypt(bytes(value), [self.kind.encode()])[1:]
            except InvalidTag:
                continue
        message = f"a stored {self.kind} cannot be decrypted: DATA_KEY is not the key it was written with"
        raise WrongDataKey(message)


class EncryptedBytes(Encrypted):
    """The same for what is no text: a part of a file."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ANN401, ARG002  bytes
        return None if value is None else _keys[0].encrypt(b"." + value, [self.kind.encode()])

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002  bytes
        return None if value is None else self._opened(value)


def seal(text: str, purpose: str) -> str:
    """A word for an address that stands for `text` and tells nobody what it is."""
    return urlsafe_b64encode(_keys[0].encrypt(text.encode(), [purpose.encode()])).decode().rstrip("=")


def unseal(word: str, purpose: str) -> str | None:
    """What `seal` was given; None for a word that was not made here for this purpose."""
    try:
        sealed = urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except ValueError:
        return None
    for key in _keys:
        try:
            return key.decrypt(sealed, [purpose.encode()]).decode()
        except (InvalidTag, ValueError):
            continue
    return None


class Registry(scoped_session[Session]):
    """The session of the present thread; Flask-Admin asks such an object for its `session`."""

    @property
    def session(self) -> "Registry":
        return self


_factory = sessionmaker(autoflush=True)
session = Registry(_factory)
_writing: ContextVar[bool] = ContextVar("writing", default=False)


def connect(settings: "Settings") -> Engine:
    """Open the database that `settings` name and let `session` use it."""
    use_keys(settings.data_keys)
    engine = make_engine(settings.database_url)
    session.remove()
    _factory.configure(bind=engine)
    return engine


def connected() -> Engine | None:
    """The database that `connect` has opened."""
    engine = _factory.kw.get("bind")
    return engine if isinstance(engine, Engine) else None


def disconnect() -> None:
    """End what `connect` began: no connection stays open behind a command that is done."""
    session.remove()
    engine = connected()
    if engine is not None:
        engine.dispose()


def use_keys(keys: tuple[bytes, ...]) -> None:
    """Encrypt with the first of `keys`; decrypt with any."""
    global _keys  # noqa: PLW0603  one set of keys per process, from the settings
    _keys = tuple(AESSIV(key) for key in keys)


class _HintedSQLite(SQLiteCompiler):
    """SQLAlchemy drops `with_hint` for SQLite, which knows INDEXED BY: how a long list is to be walked."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:  # noqa: ANN401, ARG002
        return text


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL, set up as measured: see docs/decisions."""
    if url.startswith("postgresql"):
        # psycopg's prepared statements get generic plans that make prefix searches hundreds of times slower.
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(url, pool_pre_ping=True, connect_args={"prepare_threshold": None})
    # Opened anew each hour: SQLite reads what the worker has learnt about the tables only when it opens them.
    engine = create_engine(url, pool_recycle=SQLITE_RECYCLE)
    engine.dialect.statement_compiler = _HintedSQLite
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401  SQLAlchemy's Connection, as the event gives it
    # A read that turns into a write fails at once when somebody else wrote in between; a writer waits from the start.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def transaction(verb: Callable[P, R]) -> Callable[P, R]:
    """Make a service function one transaction that knows who acts: its keyword `by`.

    A verb called by another joins the caller's transaction. The session must hold no unsaved change when the outermost
    begins: all writing happens inside verbs.
    """

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _writing.get():
            return verb(*args, **kwargs)
        if session.new or session.dirty or session.deleted:
            message = f"{verb.__qualname__} was called with unsaved changes in the session"
            raise RuntimeError(message)
        session.rollback()  # leave the reading transaction: what it saw may be old
        token = _writing.set(True)
        session.info["actor"] = kwargs.get("by")
        try:
            result = verb(*args, **kwargs)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("actor", None)
            _writing.reset(token)
        return result

    return run


def writing() -> bool:
    """Whether a verb is at work in this thread."""
    return _writing.get()
