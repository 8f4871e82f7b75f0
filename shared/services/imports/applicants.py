"""Whose application a line means: told by the registration number, or by the number of the identity document."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from shared.db import session
from shared.models import Application, Person
from shared.rules import policy
from shared.rules.importing import KEEP
from shared.rules.rights import Can
from shared.services.imports.formats import Line, Run


def told_by(
    name: str, lines: Sequence[Line], run: Run, to: Can, facts: Sequence[Any], *conditions: ColumnElement[bool]
) -> dict[str, list[Any]]:
    """The `facts` of the campaign's applications that `run.by` may do `to` to, by the column `name` of the lines.

    Beside them stand the applicant's number and name. The applications are locked before they are written.
    """
    wanted = {line.values[name] for line in lines} - {None, KEEP}
    if not wanted:
        return {}
    column = Application.registration_number if name == "registration_number" else Person.id_number
    statement = (
        select(column.label("told_by"), Person.id_number, Person.name.label("person_name"), *facts)
        .join(Person, Application.person_id == Person.id)
        .where(column.in_(wanted), Application.campaign_id == run.campaign_id, *conditions)
        .where(policy.condition(Application, run.by, to))
        .order_by(Application.id)
    )
    if run.writing:
        statement = statement.with_for_update(of=Application)
    found: dict[str, list[Any]] = defaultdict(list)
    for fact in session.execute(statement):
        found[fact.told_by].append(fact)
    return found
