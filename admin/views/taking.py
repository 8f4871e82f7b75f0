"""Imports that follow from the declarations of tables: what a view lets people fill in, a file may bring."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from admin.views.declared import Declared
from shared.db import Base
from shared.rules import policy
from shared.rules.rights import Actor, Can
from shared.services.imports.formats import Format, Run
from shared.services.imports.references import RULES
from shared.services.imports.tables import Rules, TableTarget, column_of

CAMPAIGN = "campaign_id"  # chosen once for the whole file


def formats(views: Iterable[Any]) -> Iterator[Format]:
    """A format for each table that can be imported."""
    for view in views:
        if isinstance(view, Declared) and view.takes_files:
            yield format_of(view)


def format_of(view: Declared) -> Format:
    """The format of one table: its key, and the columns of its form."""
    names = [name for name in dict.fromkeys((*view.import_key, *view.form_columns)) if name != CAMPAIGN]
    name = view.model.__tablename__
    rules = RULES.get(name, Rules())
    columns = [
        column_of(view.model, one, view.label_of(one), **({"required": True} if one in rules.needed else {}))
        for one in names
    ]
    of_campaign = CAMPAIGN in view.import_key
    known = (*view.import_key, *rules.needed)
    rules = replace(rules, create_only=[one for one in view.form_create_only if one not in known])
    if of_campaign:
        rules = replace(rules, fixed=_campaign)
    target = TableTarget(view.model, view.import_key, columns, rules)
    key = tuple(name for name in view.import_key if name != CAMPAIGN)
    label, hint = view.label, view.hint
    return Format(name, label, tuple(columns), key, target, _keepers(view.model), hint=hint, per_campaign=of_campaign)


def _campaign(run: Run) -> dict[str, Any]:
    return {CAMPAIGN: run.campaign_id}


def _keepers(model: type[Base]) -> Any:  # noqa: ANN401  a function
    def allowed(by: Actor) -> bool:
        return policy.offers(model, by, Can.CREATE)

    return allowed
