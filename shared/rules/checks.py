"""What a rule answers: problems, all of them at once, none meaning go."""

from dataclasses import dataclass
from enum import StrEnum

from shared.text import Text


class Severity(StrEnum):
    """A block stops the step; a warning is shown and the application goes on."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a code for machines, the field it belongs to ("" for none), a sentence for people."""

    code: str
    field: str
    text: Text
    severity: Severity = Severity.BLOCK

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK
