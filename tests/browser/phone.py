"""The phones of the demo's staff: what they show, each code once."""

import time

from shared.rules.accounts import CODE_SECONDS
from shared.services.demo.staffing import key_of
from shared.services.second_factor import code_at

SENDING_SECONDS = 10  # a code is typed and sent within this time: one that ends before it is not given
_used: dict[tuple[str, str], int] = {}


def code(address: str, username: str, key: str = "") -> str:
    """The next code that `username` has not used at `address` yet: one can be ahead of the clock's, then it waits."""
    who = (address, username)
    step = max(_now(SENDING_SECONDS) - 1, _used.get(who, 0) + 1)
    while step > _now() + 1:
        time.sleep(0.5)
    _used[who] = step
    return code_at(key or key_of(username), step).decode()


def _now(later: int = 0) -> int:
    return (int(time.time()) + later) // CODE_SECONDS
