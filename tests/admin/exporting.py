"""Ordering a list as a file, as the page does it, and reading what comes."""

import csv
import io
from typing import Any

from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

EVERYTHING = {"rows": "all", "what": "chosen", "personal": "masked", "file_format": "csv"}


def ordered(client: FlaskClient, table: str, columns: list[str], **choices: Any) -> TestResponse:
    """The answer to an order of `columns` of a table; all rows, masked, as CSV unless said otherwise."""
    return client.post(f"/{table}/export/", data=EVERYTHING | {"columns": columns} | choices)


def lines(answer: TestResponse) -> list[list[str]]:
    """What stands in a CSV, its headings first."""
    assert answer.mimetype == "text/csv", answer.text
    return lines_of(answer.data)


def lines_of(content: bytes) -> list[list[str]]:
    """The same of a file's bytes."""
    assert content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells(answer: TestResponse) -> list[list[Any]]:
    """What stands in a workbook, its title first."""
    sheet = load_workbook(io.BytesIO(answer.data)).active
    return [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
