"""What went out of use: offered to nobody any more, and still right where it was named before."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import QualificationType, StaffRequest
from shared.models.base import Entry
from shared.models.kinds import EntryStatus, RequestKind, RequestState
from shared.rules.fields import BY_NAME
from shared.services import finding, reference
from tests import build
from tests.conftest import Database

TOLD_OF_ONCE = ("authority_id", "certificate_subject_code", "institution_id")
OF_TODAY = ("teaching_subject_code", "school_id", "title_code", "ethnicity_code", "qualification_type_code")


@pytest.fixture
def answers(database: Database) -> dict[str, Any]:
    school = build.a_school("宁海中学")
    return {"bureau_id": school.bureau_id, "qualification_type_code": "3"}


def the_row(name: str, answers: dict[str, Any]) -> Entry:
    """The first that the field may be chosen from."""
    return session.scalars(reference.offered(BY_NAME[name], answers)).first()


def is_offered(name: str, row: Entry, answers: dict[str, Any]) -> bool:
    """Whether it is found by its name, suggested, or stands in the drop-down: all of them or none."""
    field = BY_NAME[name]
    key = reference.key(field, row)
    ways = {
        finding.resolve(field, str(row), answers).key == key,
        str(row) in finding.suggest(field, str(row), answers),
        (str(key), str(row)) in reference.choices(field, answers),
    }
    assert len(ways) == 1, ways
    return ways.pop()


@pytest.mark.parametrize("name", [*TOLD_OF_ONCE, *OF_TODAY])
def test_what_is_retired_is_offered_no_more(answers: dict[str, Any], name: str) -> None:
    row = the_row(name, answers)
    assert is_offered(name, row, answers)
    build.change(row, status=EntryStatus.RETIRED)
    assert not is_offered(name, row, answers)
    assert finding.name_of(BY_NAME[name], reference.key(BY_NAME[name], row)) == str(row), "old rows keep showing it"


@pytest.mark.parametrize("name", TOLD_OF_ONCE)
def test_a_certificate_or_diploma_goes_on_saying_what_it_said(answers: dict[str, Any], name: str) -> None:
    row = build.change(the_row(name, answers), status=EntryStatus.RETIRED)
    assert is_offered(name, row, answers | {name: reference.key(BY_NAME[name], row)})


@pytest.mark.parametrize("name", ["school_id", "teaching_subject_code"])
def test_where_one_teaches_and_what_must_be_there_today(answers: dict[str, Any], name: str) -> None:
    row = build.change(the_row(name, answers), status=EntryStatus.RETIRED)
    assert not is_offered(name, row, answers | {name: reference.key(BY_NAME[name], row)})


def test_a_name_that_staff_refused_is_offered_to_nobody_not_even_to_who_added_it(answers: dict[str, Any]) -> None:
    field = BY_NAME["institution_id"]
    application = build.an_application()
    row = build.change(the_row("institution_id", answers), status=EntryStatus.PENDING)
    request = build.add(
        StaffRequest(
            kind=RequestKind.ADD_INSTITUTION,
            entry_code=row.code,
            text=row.name,
            raised_by="张三",
            raised_at=application.stage_at,
            bureau_id=application.bureau_id,
        )
    )
    mine = answers | {"institution_id": row.id}
    assert finding.resolve(field, row.name, mine).key == row.id
    build.change(request, state=RequestState.REFUSED)
    build.change(row, status=EntryStatus.RETIRED)
    assert finding.resolve(field, row.name, mine).key is None


def test_names_of_former_days_are_for_certificates_alone(answers: dict[str, Any]) -> None:
    row = build.change(the_row("teaching_subject_code", answers), teachable=False)
    assert not is_offered("teaching_subject_code", row, answers)
    assert is_offered("certificate_subject_code", row, answers)


def test_a_type_that_is_not_registered_here_is_no_choice(answers: dict[str, Any]) -> None:
    row = session.scalars(select(QualificationType).where(QualificationType.code == "4")).one()
    assert is_offered("qualification_type_code", row, answers)
    build.change(row, registrable=False)
    assert not is_offered("qualification_type_code", row, answers)
