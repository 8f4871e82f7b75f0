"""The operator's commands. Each says in one line what it did; a fault is one sentence and exit code 1.

Both doors attach `COMMANDS` to `flask --app …`; `python -m shared.cli` runs the same ones without a door. What needs to
know a door's tables is the door's own: see `admin/commands.py`.
"""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shared import clock, config, db
from shared.config import Settings, SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger(__name__)


class Command(click.Command):
    """A command whose faults are sentences; the traceback goes to the log at level DEBUG."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  as click has it
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            log.debug("%s failed", ctx.command_path, exc_info=True)
            raise click.ClickException(_sentence(error)) from error
        finally:
            db.disconnect()


def _sentence(error: Exception) -> str:
    from sqlalchemy.exc import DBAPIError

    from shared.services.backup import BackupFailed
    from shared.services.errors import Refused

    if isinstance(error, Refused):
        return "; ".join(str(problem.text) for problem in error.problems)
    if isinstance(error, (SettingsError, BackupFailed)):
        return str(error)
    if isinstance(error, DBAPIError):
        reason = " ".join(str(error.orig).split())
        return f"The database refused: {reason}. If it is new, run `flask --app admin db upgrade` first."
    return f"{type(error).__name__}: {error}"


def _connected() -> "tuple[Settings, Engine]":
    settings = Settings.read()
    if settings.database_url.startswith("sqlite"):
        settings.var_dir.mkdir(parents=True, exist_ok=True)
    clock.use_zone(settings.time_zone)
    return settings, db.connect(settings)


def _counts(added: dict[str, int]) -> str:
    return ", ".join(f"{table} {count}" for table, count in added.items() if count) or "nothing new"


def command(name: str, *options: Callable[..., Any]) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function one of our commands; its docstring is the help, its `options` are click's."""

    def make(function: Callable[..., None]) -> click.Command:
        for option in reversed(options):
            function = option(function)
        return click.command(name, cls=Command)(function)

    return make


@command("upgrade")
def upgrade() -> None:
    """Bring the database up to what this version needs."""
    from shared.services import schema

    _settings, engine = _connected()
    before = schema.current(engine)
    schema.upgrade(engine)
    click.echo(f"The database is at {schema.current(engine)} (was at {before or 'nothing'}).")


@command("downgrade", click.argument("revision"))
def downgrade(revision: str) -> None:
    """Take the database back to REVISION ("base": no tables at all)."""
    from shared.services import schema

    _settings, engine = _connected()
    schema.downgrade(engine, revision)
    click.echo(f"The database is at {schema.current(engine) or 'nothing'}.")


@command("current")
def current() -> None:
    """Say where the database is and where it should be."""
    from shared.services import schema

    _settings, engine = _connected()
    click.echo(f"The database is at {schema.current(engine) or 'nothing'}, this version needs {schema.head()}.")


@command("seed")
def seed() -> None:
    """Fill in code tables, texts and working days that are missing; change nothing that is there."""
    from shared.services import access, seeding

    _connected()
    click.echo(f"Added: {_counts(seeding.seed(by=access.system('seed')))}.")


@command("demo", click.option("--teachers", default=500, show_default=True, type=click.IntRange(min=0)))
def demo(teachers: int) -> None:
    """Make a city with invented teachers at every stage; a second run adds only what is missing."""
    from shared.services import access
    from shared.services.demo import demo as make

    settings, _engine = _connected()
    if settings.production:
        message = "APP_ENV is production: demo data, whose password everybody knows, has no place there."
        raise click.ClickException(message)
    made = make(teachers, by=access.system("demo"))
    click.echo(f"Added: {_counts(made.added)}.")
    click.echo(f"Everybody's password is {made.password}")
    for login in [*made.staff, *made.teachers]:
        click.echo(f"  {login.username:<20} {login.name}\t{login.who}{' *' if login.needs_code else ''}")
    click.echo("* asks for a code as well: demo-code USERNAME shows the present one.")


@command("demo-code", click.argument("username"))
def demo_code(username: str) -> None:
    """Show the present code of USERNAME's second factor, instead of a phone; production refuses."""
    from shared.services import second_factor

    settings, _engine = _connected()
    if settings.production:
        message = "APP_ENV is production: the code is on the owner's phone and nowhere else."
        raise click.ClickException(message)
    code, seconds = second_factor.code_now(username)
    click.echo(f"{code} (for {seconds} more seconds; each code works once)")


@command("reset-second-factor", click.argument("username"))
def reset_second_factor(username: str) -> None:
    """For a lost phone where no superuser can help: USERNAME sets up another at the next log-in."""
    from shared.services import access, second_factor

    _connected()
    second_factor.reset_by_name(username, by=access.system("reset-second-factor"))
    click.echo(f"{username} sets up a second factor at the next log-in.")


@command(
    "create-bureau",
    click.argument("code"),
    click.argument("name"),
    click.option("--division", required=True, help="Code of its administrative division, such as 320000."),
)
def create_bureau(code: str, name: str, division: str) -> None:
    """Make the first bureau of an installation; those below it are entered in the back office."""
    from shared.services import access, bureaus

    _connected()
    bureaus.create_root(code, name, division, by=access.system("create-bureau"))
    click.echo(f"The bureau {code} {name} is there.")


@command(
    "create-superuser",
    click.option("--username", prompt=True),
    click.option("--name", prompt=True, help="The person's real name."),
    click.option("--bureau", prompt="Code of the bureau", help="The code of the bureau; everything below it belongs."),
    click.password_option(),
)
def create_superuser(username: str, name: str, bureau: str, password: str) -> None:
    """Make the first account; its password must be changed at the first log-in."""
    from shared.services import access, accounts

    _connected()
    accounts.create_superuser(username, name, password, bureau, by=access.system("create-superuser"))
    click.echo(f"The superuser {username} can log in to the back office now.")


@command("worker")
def worker() -> None:
    """Deliver mail and clear away old drafts until stopped."""
    from shared.services import worker as work

    settings, _engine = _connected()
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), format="%(asctime)s %(name)s %(message)s")
    work.run(settings)
    click.echo("The worker has stopped.")


@command("make-data-key")
def make_data_key() -> None:
    """Print a new key for DATA_KEY."""
    click.echo(config.new_data_key())


@command("rotate-data-key")
def rotate_data_key() -> None:
    """Re-encrypt all personal data: set DATA_KEY="new,old", stop the services, run this, then drop the old key."""
    from shared.services import access, keys

    settings, _engine = _connected()
    if len(settings.data_keys) < 2:  # noqa: PLR2004  the new one and the old
        message = 'Set DATA_KEY="new,old" first: the new key from `make-data-key`, a comma, the present key.'
        raise click.ClickException(message)
    done = keys.rotate(by=access.system("rotate-data-key"), progress=_progress)
    click.echo(f"Re-encrypted {sum(done.values())} rows. Now set DATA_KEY to the new key alone and start the services.")


def _progress(table: str, done: int, total: int) -> None:
    click.echo(f"{table}: {done} of {total}", err=True)


@command("backup", click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False)))
def backup(file: Path | None) -> None:
    """Copy the database into FILE (by default a dated file in VAR_DIR/backups) while it is in use."""
    from shared.services import backup as copies

    settings = Settings.read()
    stamp = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
    target = file or settings.var_dir / "backups" / f"registration-{stamp}{copies.suffix(settings.database_url)}"
    copies.backup(settings.database_url, target)
    click.echo(f"The database was copied to {target}. Keep DATA_KEY with it, in another place.")


@command(
    "restore",
    click.argument("file", type=click.Path(path_type=Path, dir_okay=False)),
    click.option("--yes", is_flag=True, help="Do not ask."),
)
def restore(file: Path, *, yes: bool) -> None:
    """Replace everything in the database by the copy in FILE; stop the services and the worker first."""
    from shared.services import backup as copies

    settings = Settings.read()
    if not yes:
        click.confirm(f"Replace everything in the database by {file}?", abort=True)
    copies.restore(settings.database_url, file)
    click.echo(f"The database is now what {file} was.")


DB = click.Group("db", [upgrade, downgrade, current], help="The database's tables.")
COMMANDS: tuple[click.Command, ...] = (
    DB,
    seed,
    demo,
    demo_code,
    reset_second_factor,
    create_bureau,
    create_superuser,
    worker,
    make_data_key,
    rotate_data_key,
    backup,
    restore,
)
main = click.Group("registration", list(COMMANDS), help=__doc__)

if __name__ == "__main__":
    sys.exit(main())
