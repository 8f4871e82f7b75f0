"""What both commands stand on: names and what they stand for, progress, files that only their owner may read."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")

TOLD_EVERY = 1.0  # seconds
PATH = click.Path(path_type=Path, dir_okay=False)
AS = click.option("--as", "username", required=True, help="User name of the account whose rights count.")


def one_of(name: str, known: Mapping[str, T], among: str) -> T:
    """What `name` stands for; a fault says what there is, after the words `among`."""
    if name not in known:
        there = ", ".join(f"{one} ({label})" if (label := label_of(found)) else one for one, found in known.items())
        message = f"{among} {there or 'nothing'}{f', not {name}' if name else ''}."
        raise click.ClickException(message)
    return known[name]


def label_of(found: object) -> str:
    """How people call a format, a table, a campaign."""
    return str(getattr(found, "label", None) or getattr(found, "name", None) or "")


class Progress:
    """Says now and then, beside the output, how far the work is."""

    def __init__(self) -> None:
        self._next = time.monotonic() + TOLD_EVERY

    def __call__(self, facts: Mapping[str, Any]) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TOLD_EVERY
        of = f" of {facts['total']:,}" if facts["total"] else ""
        click.echo(f"{facts['phase']}: {facts['read']:,}{of} rows", err=True)


@contextmanager
def private(target: Path) -> Iterator[Path]:
    """A file that only its owner may read, and that takes the place of `target` once it is whole."""
    made = target.with_name(f".{target.name}.part")
    made.unlink(missing_ok=True)
    made.touch(mode=0o600)
    try:
        yield made
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)
