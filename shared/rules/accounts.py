"""What a password must be (GB/T 22239-2019 asks for complexity; the numbers are those the field uses), and a code."""

import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from shared.models.kinds import Role
from shared.rules.checks import Problem
from shared.text import _

SHORTEST_TEACHER, SHORTEST_STAFF, LONGEST = 8, 10, 128
CLASSES_NEEDED = 3
FAILURES_TO_LOCK, LOCK_MINUTES = 5, 30
PASSWORD_LASTS, REMEMBERED = timedelta(days=90), 5  # staff; a teacher logs in once in five years
# Whoever decides about others, and whoever makes accounts, shows a second factor; everybody else may.
SECOND_FACTOR_ROLES = frozenset({Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER})
CODE_SECONDS = 30
LOGGED_IN, LOG_IN_FAILED, SECOND_FAILED = "login", "login_failed", "second_factor_failed"  # as the audit calls them
LOG_INS = (LOGGED_IN, LOG_IN_FAILED, SECOND_FAILED)
ACTIVATION_LASTS = timedelta(days=7)  # slips are printed for a whole district and travel to its schools
TIME_FOR_CODE = timedelta(minutes=5)  # between the password and the code
IDLE, SESSION_LASTS, SEEN_EVERY = timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=2)
SHORTEST_NAME = 4  # shorter parts of a name are in many words by chance

MAILED_LINK_LASTS, CODE_LASTS, ADDRESS_LINK_LASTS = timedelta(minutes=60), timedelta(hours=24), timedelta(hours=24)
MOST_MAILS_AN_HOUR = 3
# Nothing that is taken for another sign when read from paper (0 O, 1 I L), and no U, so that it spells few words.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH, CODE_GROUP = 12, 4  # 30 ** 12: 58 bits


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


def spelled(code: str) -> str:
    """The code as people read it out: ABCD-EFGH-JKMN."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def read_code(text: str, length: int = CODE_LENGTH) -> str:
    """The code that somebody typed, however they typed it; "" if it cannot be one."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Pd"))
    return kept if len(kept) == length and set(kept) <= set(CODE_SIGNS) else ""
