"""Settings from the environment, checked at start: one sentence for each fault, and no half-set service.

A default stands here only where it is right in production too and may be public. Keys have none: in development they
are made once and kept in `VAR_DIR/keys.env`, and they carry a mark by which production refuses them.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DEVELOPMENT_MARK = "dev-"
SHORTEST_SECRET = 32
FEWEST_SIGNS = 10  # 32 random hexadecimal digits have fewer once in ten million
DATA_KEY_BYTES = 64  # AES-256 in SIV mode takes two keys of 32 bytes
SESSION_KEYS = ("SECRET_KEY_PORTAL", "SECRET_KEY_ADMIN")
KEY_NAMES = (*SESSION_KEYS, "DATA_KEY")
DATABASES = ("sqlite", "postgresql")
MAIL_SCHEMES = ("file", "smtp", "smtps")


class SettingsError(Exception):
    """The environment is not fit to start with; `faults` has one sentence for each thing to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What both services and the worker need."""

    app_env: str
    database_url: str
    data_keys: tuple[bytes, ...]
    mail_url: str
    mail_from: str
    time_zone: str
    portal_url: str
    admin_url: str
    var_dir: Path
    trusted_proxies: int

    @property
    def production(self) -> bool:
        return self.app_env == "production"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check the environment; raise `SettingsError` with every fault at once."""
        reader = _Reader(dict(os.environ if environ is None else environ))
        values = reader.common()
        values.update(cls._own(reader))
        if reader.faults:
            raise SettingsError(reader.faults)
        return cls(**values)

    @classmethod
    def _own(cls, reader: "_Reader") -> dict[str, Any]:  # noqa: ARG003  services read their own key here
        return {}


@dataclass(frozen=True)
class PortalSettings(Settings):
    """The portal's settings: its own session key, so that its cookies mean nothing to the back office."""

    secret_key: str

    @classmethod
    def _own(cls, reader: "_Reader") -> dict[str, Any]:
        return {"secret_key": reader.secret("SECRET_KEY_PORTAL")}


@dataclass(frozen=True)
class AdminSettings(Settings):
    """The back office's settings, with a session key of its own."""

    secret_key: str

    @classmethod
    def _own(cls, reader: "_Reader") -> dict[str, Any]:
        return {"secret_key": reader.secret("SECRET_KEY_ADMIN")}


class _Reader:
    """Collects values and faults, so that the operator mends the environment in one go."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.faults: list[str] = []
        self.environ = environ
        self.app_env = environ.get("APP_ENV") or "development"
        self.var_dir = Path(environ.get("VAR_DIR") or "var").resolve()
        if self.app_env not in ("development", "test", "production"):
            self.faults.append(f"APP_ENV is {self.app_env!r}: set it to development, test or production.")
        if self.app_env == "development":
            self.environ = {**development_keys(self.var_dir), **{k: v for k, v in environ.items() if v}}

    def common(self) -> dict[str, Any]:
        return {
            "app_env": self.app_env,
            "var_dir": self.var_dir,
            "database_url": self._url("DATABASE_URL", f"sqlite:///{self.var_dir / 'registration.db'}", DATABASES),
            "mail_url": self._url("MAIL_URL", f"file://{self.var_dir / 'outbox'}", MAIL_SCHEMES),
            "mail_from": self.environ.get("MAIL_FROM") or "no-reply@localhost",
            "time_zone": self._time_zone(),
            "portal_url": self._url("PORTAL_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/"),
            "admin_url": self._url("ADMIN_URL", "http://127.0.0.1:8001", ("http", "https")).rstrip("/"),
            "data_keys": self._data_keys(),
            "trusted_proxies": self._count("TRUSTED_PROXIES"),
        }

    def _count(self, name: str) -> int:
        value = self.environ.get(name) or "0"
        if not value.isdigit():
            self.faults.append(f"{name} is {value!r}: set it to the number of reverse proxies before the service.")
            return 0
        return int(value)

    def _url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.environ.get(name) or default
        scheme = urlsplit(value).scheme.split("+")[0]
        if scheme not in schemes:
            self.faults.append(f"{name} begins with {scheme!r}: it must begin with one of {', '.join(schemes)}.")
        if self.app_env == "production" and name in ("PORTAL_URL", "ADMIN_URL") and scheme != "https":
            self.faults.append(f"{name} must be the https:// address that people type in production.")
        if self.app_env == "production" and name == "MAIL_URL" and scheme == "file":
            self.faults.append("MAIL_URL must be smtp:// or smtps:// in production: nobody reads mail from a folder.")
        return value

    def _time_zone(self) -> str:
        name = self.environ.get("TIME_ZONE") or "Asia/Shanghai"
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self.faults.append(f"TIME_ZONE is {name!r}, which is no time zone: use a name such as Asia/Shanghai.")
        return name

    def secret(self, name: str) -> str:
        """A session key: long enough, and in production not one that was made for development."""
        value = self.environ.get(name, "")
        if not value:
            self.faults.append(f"{name} is missing: set it to {SHORTEST_SECRET} or more random characters.")
        elif len(value) < SHORTEST_SECRET:
            self.faults.append(f"{name} is too short: it needs {SHORTEST_SECRET} or more random characters.")
        elif len(set(value)) < FEWEST_SIGNS:
            self.faults.append(f"{name} repeats a few characters: make it of {SHORTEST_SECRET} or more random ones.")
        if value and value in (self.environ.get(other) for other in SESSION_KEYS if other != name):
            self.faults.append(f"{name} is the other service's key: give each a key of its own.")
        self._refuse_development_key(name, value)
        return value

    def _data_keys(self) -> tuple[bytes, ...]:
        value = self.environ.get("DATA_KEY", "")
        if not value:
            self.faults.append("DATA_KEY is missing: set it to what `flask --app admin make-data-key` prints.")
            return ()
        self._refuse_development_key("DATA_KEY", value)
        return tuple(key for part in value.split(",") if (key := self._data_key(part.strip())) is not None)

    def _data_key(self, text: str) -> bytes | None:
        try:
            key = base64.urlsafe_b64decode(text.removeprefix(DEVELOPMENT_MARK))
        except (binascii.Error, ValueError):
            key = b""
        if len(key) == DATA_KEY_BYTES:
            return key
        self.faults.append(f"DATA_KEY must be {DATA_KEY_BYTES} random bytes in base64: it has {len(key)}.")
        return None

    def _refuse_development_key(self, name: str, value: str) -> None:
        if self.app_env == "production" and value.startswith(DEVELOPMENT_MARK):
            self.faults.append(f"{name} is a development key: make a new one for production and keep it secret.")


def new_data_key() -> str:
    """A fresh key for `DATA_KEY`, as text."""
    return base64.urlsafe_b64encode(secrets.token_bytes(DATA_KEY_BYTES)).decode()


def development_keys(var_dir: Path) -> dict[str, str]:
    """Keys for this checkout only, made at the first start and kept, so that sessions and data survive a restart."""
    path = var_dir / "keys.env"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={DEVELOPMENT_MARK}{new_data_key()}\n" for name in KEY_NAMES]
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text("".join(lines), encoding="utf-8")
        try:
            os.link(draft, path)  # atomic, and the first of two processes that start together wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {name: value for name, _, value in pairs}
