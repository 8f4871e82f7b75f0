"""What a cell can be once it is read: text, or something that must not be taken for text unseen."""

from datetime import date, datetime, time, timedelta

# Plain text, or (kind, text) where the kind matters to whoever reads it.
Cell = str | tuple[str, str]

NUMBER, DATE, ROUNDED, FORMULA, ERROR = "number", "date", "rounded", "formula", "error"

EXACT = 10**15  # spreadsheets keep 15 digits of a number; what is longer has lost its end
MIDNIGHT = time()
MARK = "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE} \t\r\n"


def plain(text: str) -> str:
    """Text without the blanks around it, also those that nobody sees."""
    return text.strip(MARK)


def as_cell(value: object) -> Cell:
    """The cell for a value that a reader found. Days are ISO 8601, whole numbers have no point."""
    if isinstance(value, str):
        return plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(float(value))
    return (DATE, _moment(value))


def number(value: float) -> Cell:
    """A number as its text; beyond 15 digits it is no longer what was typed."""
    if abs(value) >= EXACT:
        return (ROUNDED, f"{value:.5E}")
    return (NUMBER, str(int(value)) if value.is_integer() else repr(value))


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):  # hours beyond a day
        return str(value)
    return plain(str(value))


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
