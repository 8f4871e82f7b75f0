"""What the long lists of the form answer while somebody types."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from wtforms import SelectChoice

from shared.rules.fields import Field
from shared.services import finding, reference
from shared.services.finding import Key


class Names:
    """The rows that one field may be chosen from, by name."""

    def __init__(self, field: Field, answers: Mapping[str, Any]) -> None:
        self.field, self.answers = field, answers

    def resolve(self, text: str) -> tuple[Key | None, list[tuple[Key, str]]]:
        match = finding.resolve(self.field, text, self.answers)
        return match.key, match.alike

    def name_of(self, key: Key | None) -> str:
        return finding.name_of(self.field, key)

    def url(self) -> str:
        return url_for("wizard.find", name=self.field.name)


def choices(field: Field, answers: Mapping[str, Any]) -> list[tuple[str, str] | SelectChoice]:
    """The options of a list; bureaus stand under the city that they lie in."""
    if field.name == "bureau_id":
        found = reference.grouped(field, answers)
        return [SelectChoice(value, label, optgroup=group) for value, label, group in found]
    return list(reference.choices(field, answers))
