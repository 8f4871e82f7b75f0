"""The commands that need to know the back office's tables; every other stands in `shared/cli.py`.

They go by the verbs of the pages, and with the rights of the account that is named by `--as`.
"""

from collections.abc import Iterable
from typing import Any

import click

from admin.commands import exporting, importing


def over(views: Iterable[Any]) -> tuple[click.Command, ...]:
    """The commands of a back office with these `views`."""
    return importing.import_file, exporting.over(views)
