"""The two exceptions that speak to people; everything else is a bug."""

from collections.abc import Iterable

from shared.rules.checks import Problem
from shared.text import Text


class Refused(Exception):
    """A verb will not do it: `problems` says why, all of it at once."""

    def __init__(self, *problems: Problem | Text) -> None:
        self.problems = [p if isinstance(p, Problem) else Problem("refused", "", p) for p in problems]
        super().__init__("; ".join(str(problem.text) for problem in self.problems))

    @property
    def stale(self) -> bool:
        """Whether somebody else was faster: what the caller saw is not what is there."""
        return any(problem.code == "stale" for problem in self.problems)

    @classmethod
    def because(cls, problems: Iterable[Problem]) -> "Refused":
        return cls(*problems)


class NotYours(Exception):
    """The row does not exist for the one who asks: a 404, whether it exists or not."""
