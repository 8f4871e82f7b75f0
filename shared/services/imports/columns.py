"""Columns that several imports have, and who may send a file in."""

from collections.abc import Callable

from shared.db import Base
from shared.models.kinds import IdKind
from shared.rules import identity, policy, spellings
from shared.rules.importing import As, Column
from shared.rules.rights import Actor, Can
from shared.services.imports.formats import Line, Run
from shared.text import _


def id_number_is_right(line: Line, run: Run) -> None:
    """The number of an identity document as its kind has it (GB 11643-1999)."""
    kind, number = line.values.get("id_kind") or IdKind.RESIDENT, line.values.get("id_number")
    if not number or "id_number" not in (line.before or line.values):
        return
    line.values["id_number"] = identity.normalise(kind, number)
    for problem in identity.problems_with(kind, number, today=run.today):
        if problem.blocks:
            line.refuse("id_number", problem.text)


def may(model: type[Base], *needed: Can) -> Callable[[Actor], bool]:
    """For `Format.allowed`: whoever SCOPE gives all that is `needed`."""

    def allowed(by: Actor) -> bool:
        return all(policy.offers(model, by, can) for can in needed)

    return allowed


ID_KIND = Column("id_kind", _("证件类型"), As.KIND, kinds=IdKind, note=_("不填为居民身份证"))
ID_NUMBER = Column(
    "id_number",
    _("证件号码"),
    As.NUMBER_TEXT,
    required=True,
    aliases=spellings.ID_NUMBER,
)
NAME = Column("name", _("姓名"), required=True, aliases=spellings.PERSON)
