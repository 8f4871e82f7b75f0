"""`flask --app admin import`: a file is received, checked, shown and written by the verbs of the page, here and now."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from admin.commands.ground import AS, PATH, Progress, one_of, private
from shared.cli import command
from shared.db import session
from shared.models import Campaign, Import, ImportRow
from shared.models.kinds import EntryStatus, FileUse, ImportAction, ImportState
from shared.rules.rights import Actor
from shared.services import access, accounts, files, jobs
from shared.services.exports import XLSX
from shared.services.imports import formats, running, verbs
from shared.services.imports.formats import Archive, Format
from shared.text import Text, _

FIRST = 20  # refused rows that are printed; the workbook has all of them
MARKED = _("标出错误").message  # as the file is called that the page gives out


@command(
    "import",
    click.argument("kind"),
    click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True)),
    AS,
    click.option("--campaign", default="", help="Code of the campaign, where the kind belongs to one."),
    click.option("--partial", is_flag=True, help="Write the good rows though others are refused."),
    click.option("--dry-run", is_flag=True, help="Say what would become of the rows, write none."),
    click.option("--errors", type=PATH, help=f"Workbook for the refused rows (by default FILE-{MARKED}.xlsx)."),
)
@with_appcontext
def import_file(
    kind: str, file: Path, username: str, campaign: str, *, partial: bool, dry_run: bool, errors: Path | None
) -> None:
    """Import FILE as KIND, all rows or none; an unknown KIND lists those that there are."""
    if errors is not None and errors.suffix.lower() != f".{XLSX}":
        message = f"{errors} will be a workbook: let its name end in .{XLSX}."
        raise click.ClickException(message)
    by = accounts.at_the_shell(username)
    form = one_of(kind, {one.name: one for one in formats.offered(by)}, f"{username} can import")
    with file.open("rb") as content:
        key = verbs.receive(form.name, content, file.name, by=by, campaign_id=_campaign(form, campaign, by))
    try:
        row = _worked_off(key)
        _say(row, form, file)
        writes = not dry_run and (partial or not row.refused) and bool(row.new or row.changed)
        if writes:
            row = _written(row, by, partial=partial)
        if row.refused:
            _keep_marked(key, errors or _free(file), by)
        _conclude(row, wrote=writes, more=not partial and bool(row.new or row.changed))
    finally:
        _leave(key, by)


def _campaign(form: Format, code: str, by: Actor) -> int | None:
    if not form.per_campaign:
        if code:
            message = f"{form.name} belongs to no campaign: leave --campaign out."
            raise click.ClickException(message)
        return None
    active = access.query(Campaign, by=by).where(Campaign.status == EntryStatus.ACTIVE).order_by(Campaign.code)
    known = {row.code: row for row in session.scalars(active)}
    return one_of(code, known, f"{form.name} needs a campaign; --campaign can be").id


def _worked_off(key: int) -> Import:
    """The import after the step that it waited for; also after a new check, if the data changed before the writing."""
    with jobs.heard_by(Progress()):
        running.work_off(key, accounts.AT_THE_SHELL)
    row = session.get_one(Import, key, populate_existing=True)
    return _worked_off(key) if row.state in verbs.UNDER_WAY else row


def _say(row: Import, form: Format, file: Path) -> None:
    """What the check has found."""
    if row.state is not ImportState.CHECKED:
        raise click.ClickException(" ".join(_texts(row.faults)) or f"{file} was not read.")
    counts = f"{row.new:,} new, {row.changed:,} changed, {row.unchanged:,} unchanged, {row.refused:,} refused"
    click.echo(f"{form.name} ({form.label}), {row.total:,} rows: {counts}.")
    for text in _texts(row.notes):
        click.echo(f"  {text}")
    labels = {column.name: column.label for column in form.columns}
    mine = select(ImportRow).where(ImportRow.import_id == row.id, ImportRow.action == ImportAction.REFUSED)
    for one in session.scalars(mine.order_by(ImportRow.number).limit(FIRST)):
        reasons = [(labels.get(name), Text.unpacked(packed)) for name, packed in one.reasons]
        told = "；".join(f"{label}：{text}" if label else str(text) for label, text in reasons)
        what = f"file {one.number} ({Archive.masked_name_of(one)})" if form.archive else f"row {one.number}"
        click.echo(f"  {what}: {told}")
    if row.refused > FIRST:
        click.echo(f"  and {row.refused - FIRST:,} more rows")


def _texts(packed: Iterable[Any]) -> list[str]:
    return [str(Text.unpacked(one)) for one in packed]


def _written(row: Import, by: Actor, *, partial: bool) -> Import:
    verbs.start(row.id, by=by, digest=row.digest, partial=partial)
    row = _worked_off(row.id)
    if row.state is not ImportState.DONE:
        raise click.ClickException(" ".join(_texts(row.faults)) or "The import was stopped, nothing was written.")
    return row


def _free(file: Path) -> Path:
    """Beside `file`, and never in place of an earlier one, which somebody may be mending."""
    names = (f"{file.stem}-{MARKED}{number}.{XLSX}" for number in ("", *map("-{}".format, range(2, 1000))))
    return next(path for name in names if not (path := file.with_name(name)).exists())


def _keep_marked(key: int, target: Path, by: Actor) -> None:
    verbs.fetched(key, FileUse.FAULTS, by=by)
    with private(target) as path:
        files.copy_to(path, FileUse.FAULTS, key)
    click.echo(f"The refused rows are marked in {target}.")


def _conclude(row: Import, *, wrote: bool, more: bool) -> None:
    """Say how it ended: with exit code 1 wherever rows were refused, so that a script hears of it, too."""
    said = f"Written: {row.new:,} new, {row.changed:,} changed (import {row.id})." if wrote else "Nothing was written."
    if not row.refused:
        click.echo(said)
        return
    hint = " Add --partial to write the others." if more else ""
    message = f"{row.refused:,} of {row.total:,} rows are refused. {said}{hint}"
    raise click.ClickException(message)


def _leave(key: int, by: Actor) -> None:
    """However the command ended: what it has not written, no worker shall write afterwards."""
    session.rollback()
    state = session.get_one(Import, key, populate_existing=True).state
    if state in (ImportState.CHECKING, ImportState.CHECKED, ImportState.WRITING):
        verbs.cancel(key, by=by)
    if state is ImportState.WRITING:  # whoever writes is only asked to stop, and here that is this process
        running.work_off(key, accounts.AT_THE_SHELL)
