"""Copies of the whole database, made while it is in use, and back again."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

SUFFIXES = {"sqlite": ".db", "postgresql": ".dump"}


class BackupFailed(Exception):
    """The copy was not made or not read back; the message says why and what to do."""


def suffix(database_url: str) -> str:
    """How the name of a copy ends: a SQLite file, or PostgreSQL's own archive."""
    return SUFFIXES[make_url(database_url).get_backend_name()]


def backup(database_url: str, file: Path) -> None:
    """Write a copy into `file`, which must not exist: an older copy is never overwritten."""
    if file.exists():
        message = f"{file} exists already: name another file."
        raise BackupFailed(message)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    try:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            _copy(_existing(url), file)
        else:
            _postgresql("pg_dump", url, ["--format=custom", f"--file={file}", f"--dbname={_address(url)}"])
    except BackupFailed:
        file.unlink()
        raise


def restore(database_url: str, file: Path) -> None:
    """Replace the database's contents by those of `file`; the services and the worker must be stopped."""
    if not file.is_file():
        message = f"There is no file {file}."
        raise BackupFailed(message)
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        _check(file)
        _copy(file, Path(url.database or ""))
    else:
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={_address(url)}"]
        _postgresql("pg_restore", url, [*options, str(file)])


def _existing(url: URL) -> Path:
    path = Path(url.database or "")
    if not path.is_file():
        message = f"There is no database {path} yet: run `flask --app admin db upgrade` first."
        raise BackupFailed(message)
    return path


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        message = f"{source} could not be copied to {target}: {error}."
        raise BackupFailed(message) from error


def _check(file: Path) -> None:
    """A damaged or foreign file must not replace a good database."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        message = f"{file} is no backup of this system: {error}."
        raise BackupFailed(message) from error
    if not sound:
        message = f"{file} is damaged: use an older backup."
        raise BackupFailed(message)


def _address(url: URL) -> str:
    """The address without its password, which other users could read in the list of processes."""
    return url._replace(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _postgresql(program: str, url: URL, options: list[str]) -> None:
    path = shutil.which(program)
    if path is None:
        message = (
            f"{program} is not installed: install PostgreSQL's client programs (apt-get install postgresql-client)."
        )
        raise BackupFailed(message)
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run([path, *options], env=environment, capture_output=True, text=True, check=False)  # noqa: S603  our own list
    if done.returncode != 0:
        message = f"{program} failed: {' '.join(done.stderr.split())}"
        raise BackupFailed(message)
