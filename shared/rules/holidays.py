"""A year's holidays and make-up days as people paste them: from the State Council's notice, or one day a line."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from shared.rules.checks import Problem
from shared.text import _

SATURDAY = 5
MOST_DAYS = 40  # no holiday is longer: a slip of the pen in a range is noticed
_DAY = r"(?:(\d{4})[-年/.])?(\d{1,2})[-月/.](\d{1,2})日?"
_SPAN = re.compile(_DAY + r"(?:\s*(?:至|到|~|～|—|–|-)\s*(?:(?:(\d{4})[-年/.])?(\d{1,2})[-月/.])?(\d{1,2})日?)?")
_ASIDE = re.compile(r"[(（][^)）]*[)）]")
_NUMBER = re.compile(r"^\s*[一二三四五六七八九十\d]+、")
_SAID = re.compile(r"(?P<work>(?:调休)?(?:上班|补班|班))|(?P<rest>放假|休|假)")


@dataclass(frozen=True)
class Day:
    """A day that is not as its weekday says."""

    day: date
    works: bool
    note: str = ""


def read(text: str, year: int) -> tuple[list[Day], list[Problem]]:
    """The days of `year` that differ from the plain week, and what could not be understood, line by line."""
    found: dict[date, Day] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = _NUMBER.sub("", _ASIDE.sub("", line)).strip()
        if not plain:
            continue
        name = _name(plain)
        days = [day for part in re.split(r"[。；;]", plain) for day in _of_part(part, name, year, number, problems)]
        if not days and not any(problem.code == f"line{number}" for problem in problems):
            problems.append(_problem(number, _("没有找到日期")))
        found |= {day.day: day for day in days}
    differing = [day for day in found.values() if day.works != (day.day.weekday() < SATURDAY)]
    return sorted(differing, key=lambda day: day.day), problems


def write(days: list[Day]) -> str:
    """The same days, one a line, as `read` understands them."""
    return "\n".join(f"{day.day.isoformat()} {WORKS if day.works else RESTS} {day.note}".strip() for day in days)


def _name(line: str) -> str:
    head = re.split(r"[:：]", line)[0]
    if head != line and not re.search(r"\d", head):
        return head.strip()
    rest = _SPAN.sub("", line)
    return re.sub(r"上班|补班|放假|调休|[休班假、，,。；;\s]|共?\d*天", "", rest).strip()


def _of_part(part: str, name: str, year: int, line: int, problems: list[Problem]) -> list[Day]:
    spans = [(found, _span(found, year)) for found in _SPAN.finditer(part)]
    if not spans:
        return []
    days: list[Day] = []
    for found, span in spans:
        works = _said(part, found.end())
        if works is None:
            problems.append(_problem(line, _("没有写明是放假还是上班")))
            continue
        if span is None or not 0 <= (span[1] - span[0]).days < MOST_DAYS:
            problems.append(_problem(line, _("日期“{text}”不正确", text=found.group())))
        elif (span[0].year, span[1].year) != (year, year):
            problems.append(_problem(line, _("“{text}”不在{year}年", text=found.group(), year=year)))
        else:
            days += [Day(span[0] + timedelta(days=n), works, name) for n in range((span[1] - span[0]).days + 1)]
    return days


def _said(part: str, after: int) -> bool | None:
    """Whether people work on a day: what is said next after it, or else before it."""
    found = _SAID.search(part, after) or _SAID.search(part)
    return None if found is None else found["work"] is not None


def _span(found: re.Match[str], year: int) -> tuple[date, date] | None:
    first_year, month, day, last_year, last_month, last_day = found.groups()
    try:
        first = date(int(first_year or year), int(month), int(day))
        if last_day is None:
            return first, first
        return first, date(int(last_year or first.year), int(last_month or month), int(last_day))
    except ValueError:
        return None


def _problem(line: int, text: object) -> Problem:
    return Problem(f"line{line}", "text", _("第{line}行：{text}", line=line, text=text))


WORKS, RESTS = "班", "休"
