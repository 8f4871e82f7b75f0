"""What people type, without what nobody means to type."""

import unicodedata


def one_line(value: str | None) -> str | None:
    """Without blanks around it and without control characters, which no form means and PostgreSQL refuses (NUL)."""
    kept = "".join(sign for sign in value or "" if unicodedata.category(sign) not in ("Cc", "Cf"))
    return kept.strip() or None


def many_lines(value: str | None) -> str | None:
    """The same for a text of several lines, which stay lines."""
    lines = [one_line(line) or "" for line in (value or "").splitlines()]
    return "\n".join(lines).strip() or None
