"""The search box: exact and from the beginning, on indexed columns; personal numbers stay out of addresses and logs."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, or_, select, union_all

from shared.db import Base, Encrypted, seal, session, unseal
from shared.rules import masking
from shared.web.login import by

LAST_LETTER = chr(0x10FFFF)
LONGEST = 100
SEALED = "~"  # how a search begins that stands in the address as a word of ours
# Numbers of identity cards (18 and 15 signs), other documents, mobile phones; addresses of mail.
PERSONAL = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}|[A-Za-z]{1,2}[0-9]{6,9}|1[3-9][0-9]{9}|\S+@\S+")
More = Callable[[FromClause], list[ColumnElement[bool]]]


def is_sqlite() -> bool:
    return session.get_bind().dialect.name == "sqlite"


def starts_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """A prefix search that a B-tree index can answer: SQLite's LIKE uses none, so it gets a range."""
    return column.between(text, text + LAST_LETTER) if is_sqlite() else column.startswith(text, autoescape=True)


def search(model: type[Base], names: Sequence[str], text: str, more: More = lambda _table: []) -> ColumnElement[bool]:
    """Rows of `model` with a column that is `text` or begins with it; an encrypted one can only be equal."""
    table = model.__table__
    if not is_sqlite():
        return or_(*_matches(table, names, text), *more(table))
    # Beside the condition of an area SQLite would not look into several indexes; each SELECT uses one.
    found = table.alias("found")
    keys = [select(found.c.id).where(one) for one in (*_matches(found, names, text), *more(found))]
    return table.c.id.in_(union_all(*keys))


def _matches(table: FromClause, names: Sequence[str], text: str) -> list[ColumnElement[bool]]:
    columns = [table.c[name] for name in names]
    return [
        column == text.upper() if isinstance(column.type, Encrypted) else starts_with(column, text)
        for column in columns
    ]


def is_personal(text: str) -> bool:
    """Whether `text` must not stand in an address as it is."""
    return PERSONAL.fullmatch(text) is not None


def written(text: str) -> str:
    """How a search stands in the address: a personal number as a word that only its reader's session understands."""
    text = text.strip()[:LONGEST]
    return SEALED + seal(text, _purpose()) if is_personal(text) else text


def meant(word: str) -> str | None:
    """The text that an address searches for; None for a word that was not made for this reader."""
    if word.startswith(SEALED):
        return unseal(word.removeprefix(SEALED), _purpose())
    return word.strip()[:LONGEST]


def shown(text: str) -> str:
    """The text in words: a personal number masked."""
    if not is_personal(text):
        return text
    return masking.email(text) if "@" in text else masking.id_number(text)


def _purpose() -> str:
    return f"search by {by().id}"
