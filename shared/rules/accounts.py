"""What a password must be (GB/T 22239-2019 asks for complexity; the numbers are those the field uses)."""

from collections.abc import Sequence

from shared.rules.checks import Problem
from shared.text import _

SHORTEST_TEACHER, SHORTEST_STAFF, LONGEST = 8, 10, 128
CLASSES_NEEDED = 3
FAILURES_TO_LOCK, LOCK_MINUTES = 5, 30
SHORTEST_NAME = 4  # shorter parts of a name are in many words by chance


def password_problems(password: str, *, names: Sequence[str], staff: bool) -> list[Problem]:
    """What is wrong with a new password; `names` are the user name and numbers that it must not contain."""
    found = []
    shortest = SHORTEST_STAFF if staff else SHORTEST_TEACHER
    if not shortest <= len(password) <= LONGEST:
        text = _("密码须为{shortest}至{longest}个字符", shortest=shortest, longest=LONGEST)
        found.append(Problem("password.length", "password", text))
    if _classes(password) < CLASSES_NEEDED:
        text = _("密码须包含大写字母、小写字母、数字、符号中的至少三种")
        found.append(Problem("password.classes", "password", text))
    lowered = password.lower()
    if any(len(name) >= SHORTEST_NAME and name.lower() in lowered for name in names):
        found.append(Problem("password.name", "password", _("密码中不能包含用户名或证件号码")))
    return found


def _classes(password: str) -> int:
    return sum(
        (
            any(letter.isupper() for letter in password),
            any(letter.islower() for letter in password),
            any(letter.isdigit() for letter in password),
            any(not letter.isalnum() for letter in password),
        )
    )
