"""`flask --app admin run-all`: both doors and the worker on this machine, ready to try, and all stopped together."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import select

from shared import db
from shared.config import Settings, SettingsError
from shared.models import Person
from shared.services import access, schema, seeding
from shared.services.demo import PASSWORD, Login, demo, staff_logins, teacher_logins

HOST = "127.0.0.1"
TEACHERS = 500
SECONDS_TO_START, SECONDS_TO_STOP = 60, 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Door:
    """One of the two services: where it listens, and the settings that say so."""

    name: str
    port_setting: str
    default_port: str
    url_setting: str

    @property
    def port(self) -> int:
        text = os.environ.get(self.port_setting) or self.default_port
        if not text.isdigit() or not 0 < int(text) <= 65_535:  # noqa: PLR2004  the highest port there is
            message = f"{self.port_setting} is {text!r}: set it to a port number such as {self.default_port}."
            raise click.ClickException(message)
        return int(text)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def command(self) -> list[str]:
        # One blocking thread for each worker, as measured: in SQLite more of them only wait for each other.
        options = ["--interface", "wsgi", "--factory", "--no-ws", "--workers", "2", "--blocking-threads", "1"]
        where = ["--host", HOST, "--port", str(self.port), "--log-level", "warning"]
        return [sys.executable, "-m", "granian", *options, *where, f"{self.name}:create_app"]


DOORS = (
    Door("portal", "PORT_PORTAL", "8000", "PORTAL_URL"),
    Door("admin", "PORT_ADMIN", "8001", "ADMIN_URL"),
)


@click.command("run-all")
def run_all() -> None:
    """Prepare the database and run portal, back office and worker until Ctrl-C."""
    _check_ports()
    try:
        logins = _prepare()
    except db.WrongDataKey as error:
        raise click.ClickException(str(error)) from error
    with _until_told_to_stop() as told:
        children = _start()
        try:
            _wait_until_ready(children, told)
            if not told.is_set():
                _say_where(logins)
            _watch(children, told)
        finally:
            _stop(children)


def _check_ports() -> None:
    for door in DOORS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was closed a moment ago is free
            try:
                probe.bind((HOST, door.port))
            except OSError as error:
                message = f"Port {door.port} is taken: stop what uses it, or set {door.port_setting} to another one."
                raise click.ClickException(message) from error
    if DOORS[0].port == DOORS[1].port:
        message = "PORT_PORTAL and PORT_ADMIN are the same: the two services need a port each."
        raise click.ClickException(message)


def _prepare() -> list[tuple[str, Login]]:
    """Tables, reference data, and the demo if there is no teacher yet."""
    try:
        settings = Settings.read()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if settings.production:
        message = "run-all is for trying out: in production start the services one by one, as the README says."
        raise click.ClickException(message)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    engine = db.connect(settings)
    schema.upgrade(engine)
    by = access.system("run-all")
    seeding.seed(by=by)
    if db.session.scalar(select(Person.id).limit(1)) is None:
        click.echo(f"Making a demo city with {TEACHERS} teachers …")
        demo(TEACHERS, by=by)
    logins = [("back office", login) for login in staff_logins()] + [("portal", login) for login in teacher_logins()]
    db.session.remove()
    engine.dispose()
    return logins


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and its like set, instead of tearing down whatever is going on."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda _number, _frame: told.set()) for number in _SIGNALS}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start() -> dict[str, subprocess.Popen[bytes]]:
    """Each in a session of its own, so that Ctrl-C reaches us alone and we stop them in good order."""
    environment = os.environ | {door.url_setting: os.environ.get(door.url_setting) or door.address for door in DOORS}
    commands = {door.name: door.command for door in DOORS}
    commands["worker"] = [sys.executable, "-m", "flask", "--app", "admin", "worker"]  # it knows the lists to export
    return {
        name: subprocess.Popen(command, env=_quiet(environment), start_new_session=True)  # noqa: S603  our own commands
        for name, command in commands.items()
    }


def _quiet(environment: Mapping[str, str]) -> dict[str, str]:
    return {"LOG_LEVEL": "WARNING"} | dict(environment)


def _wait_until_ready(children: Mapping[str, subprocess.Popen[bytes]], told: threading.Event) -> None:
    last = time.monotonic() + SECONDS_TO_START
    for door in DOORS:
        while not _is_ready(door):
            _check_alive(children)
            if time.monotonic() > last:
                message = f"{door.name} did not become ready in {SECONDS_TO_START} seconds: see its messages above."
                raise click.ClickException(message)
            if told.wait(0.1):
                return


def _is_ready(door: Door) -> bool:
    try:
        with urllib.request.urlopen(f"{door.address}/readyz", timeout=2) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)  # noqa: PLR2004  HTTP's OK
    except (urllib.error.URLError, OSError):
        return False


def _check_alive(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            message = f"{name} ended with code {child.returncode}: stopped the others."
            raise click.ClickException(message)


def _watch(children: Mapping[str, subprocess.Popen[bytes]], told: threading.Event) -> None:
    while not told.wait(0.5):
        _check_alive(children)
    click.echo("\nStopping …")


def _stop(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    last = time.monotonic() + SECONDS_TO_STOP
    for child in children.values():
        try:
            child.wait(max(last - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Nothing that the child started may outlive it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.wait()


def _say_where(logins: list[tuple[str, Login]]) -> None:
    portal, admin = DOORS
    click.echo(f"\nPortal       {portal.address}\nBack office  {admin.address}\n")
    if logins:
        click.echo(f"Log-ins of the demo, all with the password {PASSWORD}\n")
        for door, login in logins:
            mark = "*" if login.needs_code else " "
            click.echo(f"  {door:<12} {login.username:<19}{mark}{login.who} {login.name}")
        click.echo("\n* asks for a code as well: make code USER=district (or flask --app admin demo-code district)")
    click.echo("\nCtrl-C stops everything.")
