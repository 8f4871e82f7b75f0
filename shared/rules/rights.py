"""Who acts, and what may be done: the words in which SCOPE speaks."""

from dataclasses import dataclass
from enum import StrEnum

from shared.models.kinds import Role


class Can(StrEnum):
    """What may be done to a row; the moves of an application name one of these, never a role."""

    REFER = "refer"  # see its name beside another row, or choose it in a form
    VIEW = "view"  # its own list and page
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"
    HISTORY = "history"  # what was done to it, by whom, from where, old and new
    REVEAL = "reveal"  # show a personal value in full, audited
    SHARE = "share"  # a saved view with everybody below one's place
    PRINT = "print"
    SUBMIT = "submit"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    CHECK = "check"  # the school's officer
    RETURN = "return"
    CONFIRM = "confirm"
    UNDO_CONFIRM = "undo_confirm"
    CHANGE_POINT = "change_point"
    CORRECT = "correct"  # change an applicant's data at the desk (S19)
    PHOTOGRAPH = "photograph"  # put the photos that a school has taken in place of the applicants' own
    PRELIMINARY = "preliminary"
    REVIEW = "review"
    FINAL = "final"
    REQUEST_REVOCATION = "request_revocation"
    DECIDE_REVOCATION = "decide_revocation"
    HOLD = "hold"  # stop every decision until something is cleared up, and lift it again
    ASSIGN = "assign"  # say which colleague looks at it
    WRITE = "write"  # a message to the applicant
    MERGE = "merge"  # put a duplicate's place in order: everything points to the other one
    RESET_PASSWORD = "reset_password"  # noqa: S105  let a teacher back in, who has shown the identity card


@dataclass(frozen=True)
class Actor:
    """Who acts, as plain values: permission code never sees a live row. Without a role: a command of the operator's."""

    role: Role | None
    id: int | None
    name: str
    address: str = ""
    school_id: int | None = None
    point_id: int | None = None
    bureau_id: int | None = None
    bureau_path: str = ""
