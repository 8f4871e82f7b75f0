"""What people type, before anything is made of it: numbers that fit a column, wrong texts short enough to repeat."""

from typing import Any

from werkzeug.routing import IntegerConverter, ValidationError

from shared.web.forms import one_line

LARGEST_NUMBER = 2**31 - 1  # what an integer column of PostgreSQL holds
LONGEST_NUMBER = len(str(LARGEST_NUMBER))
LONGEST_ECHO = 40


def number_of(text: object) -> int | None:
    """The whole number that `text` writes; None where it is none or no column could hold it."""
    digits = str("" if text is None else text).strip()
    if not digits.isdecimal() or len(digits) > LONGEST_NUMBER:
        return None
    number = int(digits)
    return number if number <= LARGEST_NUMBER else None


def numbers_of(texts: list[str]) -> list[int]:
    """Those of `texts` that are numbers."""
    return [number for text in texts if (number := number_of(text)) is not None]


def shortened(text: Any) -> str:  # noqa: ANN401  whatever was sent
    """As much of a wrong input as a sentence can bear to repeat."""
    plain = one_line(str(text or "")) or ""
    return plain if len(plain) <= LONGEST_ECHO else f"{plain[:LONGEST_ECHO]}…"


class Key(IntegerConverter):
    """The number of a row in an address; of one that no column could hold there is no page."""

    def to_python(self, value: str) -> int:
        number = number_of(value)
        if number is None:
            raise ValidationError
        return number
