"""`flask --app admin export`: a list as a file, as the button 导出 makes it, and noted in the audit before."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from werkzeug.datastructures import MultiDict

from admin.commands.ground import AS, PATH, Progress, one_of, private
from admin.views import filters
from admin.views.exporting import Exporting
from shared import clock
from shared.cli import command
from shared.models.kinds import RevealReason
from shared.rules.rights import Can
from shared.services import accounts, exports
from shared.services import exporting as lists
from shared.services.exports import CSV, XLSX, Order
from shared.text import in_chinese
from shared.web.login import acting

IMPORTABLE = "importable"
OF_A_LIST = {"view", "match", "sort", "desc", "columns", "page", "size"}  # what else its address may say
OPTIONS = (
    click.argument("table"),
    click.argument("file", type=PATH),
    AS,
    click.option(
        "--filter",
        "queries",
        multiple=True,
        metavar="QUERY",
        help="Only these rows, as the list's address says it, such as stage=submitted; can be given several times.",
    ),
    click.option(
        "--columns", default="", help=f"Names with commas between, or {IMPORTABLE}; by default those of the list."
    ),
    click.option(
        "--reason",
        default="",
        help=f"Shows personal values in full, and says why: {', '.join(RevealReason)}, or in your own words.",
    ),
)


def over(views: Iterable[Any]) -> click.Command:
    """The command for those of `views` that give their lists away."""
    tables = {view.endpoint: view for view in views if isinstance(view, Exporting) and Can.EXPORT in view.on}

    @command("export", *OPTIONS)
    @with_appcontext
    def export(table: str, file: Path, username: str, queries: tuple[str, ...], columns: str, reason: str) -> None:
        """Write the rows of TABLE into FILE (.xlsx or .csv); an unknown TABLE lists those that there are."""
        by = accounts.at_the_shell(username)
        with acting(by), in_chinese():
            offered = {name: view for name, view in tables.items() if view.can_export}
            view = one_of(table, offered, f"{username} can export")
            order = _order(view, file, "&".join(queries), columns, reason)
        with lists.MAKERS[table](order, by) as sheet:
            exports.check(order, sheet)
            exports.record(order, sheet, by=by)
            progress = Progress()

            def told(done: int) -> None:
                progress({"phase": "write", "read": done, "total": sheet.total})

            with exports.scratch() as folder, private(file) as path:
                shutil.copyfile(exports.write(folder, sheet, order, by=by, at=clock.now(), told=told), path)
            click.echo(f"{table} ({view.label}): {sheet.total:,} rows are in {file}, {sheet.personal(order)}.")

    return export


def _order(view: Exporting, file: Path, query: str, columns: str, reason: str) -> Order:
    file_format = file.suffix.removeprefix(".").lower()
    if file_format not in (CSV, XLSX):
        message = f"Let the name of {file} end in .{XLSX} or .{CSV}."
        raise click.ClickException(message)
    if reason and not view.may_export_in_full:
        message = f"This account may see nothing of {view.endpoint} in full: leave --reason out."
        raise click.ClickException(message)
    arguments = filters.arguments_of(query)
    _refuse_unknown(view, arguments)
    why, note = _why(reason)
    names = _columns(view, arguments, columns, full=why is not None)
    return Order(view.endpoint, query, tuple(names), file_format, why, note)


def _refuse_unknown(view: Exporting, arguments: MultiDict[str, str]) -> None:
    """A page passes over what its address says besides; here that is a slip, and would give away more rows."""
    known = {name for one in view.filters for name in one.parameters} | OF_A_LIST
    offered = {one.name: one for one in view.filters} | ({"q": None} if view.column_searchable_list else {})
    for name in arguments:
        if name not in known:
            one_of(name, offered, f"{view.endpoint} can be filtered by")


def _columns(view: Exporting, arguments: MultiDict[str, str], wanted: str, *, full: bool) -> list[str]:
    """What is masked cannot be imported again, so it is left out of what is for that."""
    if wanted == IMPORTABLE and view.importable:
        return [name for name in view.importable if full or name not in view.masked_columns]
    if not wanted:
        usual = view.columns_of(view.asked(arguments))
        return [name for name in view.exportable if name in usual]
    known: Mapping[str, Any] = {name: view.label_of(name) for name in (*view.exportable, *view.importable)}
    for name in wanted.split(","):
        one_of(name, known, f"{view.endpoint} has the columns")
    return wanted.split(",")


def _why(reason: str) -> tuple[RevealReason | None, str]:
    """One of the page's reasons, or the other one in words."""
    if not reason:
        return None, ""
    known = next((one for one in RevealReason if reason in (one.value, one.label.message)), None)
    return (known, "") if known else (RevealReason.OTHER, reason)
