"""How an application got where it stands: the moves of the demo, one list for each status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from shared import clock
from shared.models.kinds import Conclusion, Role, Stage
from shared.services.demo.rounds import DAYS_BEFORE

_S, _C = Stage, Conclusion


@dataclass(frozen=True)
class Step:
    """One move, and where the application stands after it."""

    move: str
    role: Role
    stage: Stage
    conclusion: Conclusion = Conclusion.NONE
    reason: str = ""


@dataclass(frozen=True)
class History:
    """The steps to a status; `reason_code`: why it is not 合格; `weight`: its part of a hundred."""

    weight: int
    steps: Sequence[Step] = ()
    reason_code: str | None = None
    amended: bool = field(default=False)

    @property
    def stage(self) -> Stage:
        return self.steps[-1].stage if self.steps else Stage.DRAFT

    @property
    def conclusion(self) -> Conclusion:
        return self.steps[-1].conclusion if self.steps else Conclusion.NONE


_SUBMITTED = (Step("submit", Role.TEACHER, _S.SUBMITTED),)
_AMENDED = (*_SUBMITTED, Step("amend", Role.TEACHER, _S.SUBMITTED))
_CHECKED = (*_SUBMITTED, Step("school_pass", Role.SCHOOL, _S.SCHOOL_CHECKED))
_CONFIRMED = (*_CHECKED, Step("confirm", Role.POINT, _S.CONFIRMED))
_RETURN = Step("return", Role.POINT, _S.RETURNED, reason="聘用合同缺少学校公章，请补盖后重新提交。")


def _decided(conclusion: Conclusion, reason: str = "") -> tuple[Step, ...]:
    return (*_CONFIRMED, Step("preliminary", Role.DISTRICT, _S.PRELIMINARY, conclusion, reason))


def _agreed(conclusion: Conclusion, reason: str = "") -> tuple[Step, ...]:
    return (*_decided(conclusion, reason), Step("agree", Role.CITY, _S.REVIEWED, conclusion))


def _concluded(conclusion: Conclusion, reason: str = "") -> tuple[Step, ...]:
    return (*_agreed(conclusion, reason), Step("final", Role.PROVINCE, _S.CONCLUDED, conclusion, reason))


_ASK = Step("request_revocation", Role.DISTRICT, _S.CONCLUDED, _C.REGISTERED, "聘用合同经核实系伪造。")
_GRANT = Step("approve_revocation", Role.CITY, _S.REVOKED, _C.REGISTERED, "情况属实，同意撤销。")
_SHORT = "有效期内培训学时不足360学时。"
_FAILED_YEAR = "有一个年度考核不合格。"
_FAILED_TWICE = "连续两个年度考核不合格。"
_ETHICS = "师德考核不合格。"

HISTORIES: tuple[History, ...] = (
    History(6),
    History(14, _SUBMITTED),
    History(4, _AMENDED, amended=True),
    History(14, _CHECKED),
    History(15, _CONFIRMED),
    History(3, (*_SUBMITTED, _RETURN)),
    History(2, (*_SUBMITTED, Step("withdraw", Role.TEACHER, _S.WITHDRAWN, reason="本年度已办理退休。"))),
    History(10, _decided(_C.REGISTERED)),
    History(3, _decided(_C.DEFERRED, _SHORT), "D1"),
    History(1, _decided(_C.REFUSED, _FAILED_TWICE), "F2"),
    History(7, _agreed(_C.REGISTERED)),
    History(2, _agreed(_C.DEFERRED, _FAILED_YEAR), "D3"),
    History(1, _agreed(_C.REFUSED, _ETHICS), "F1"),
    History(12, _concluded(_C.REGISTERED)),
    History(2, _concluded(_C.DEFERRED, _SHORT), "D1"),
    History(1, _concluded(_C.REFUSED, _FAILED_TWICE), "F2"),
    History(1, (*_concluded(_C.REGISTERED), _ASK)),
    History(2, (*_concluded(_C.REGISTERED), _ASK, _GRANT)),
)


def _places() -> tuple[History, ...]:
    """A hundred places: first each history once, so that twenty teachers show them all, then the rest, mixed."""
    rest = [history for history in HISTORIES for _ in range(history.weight - 1)]
    Random("places").shuffle(rest)  # noqa: S311  has to be repeatable, not secret
    return (*HISTORIES, *rest)


_HUNDRED = _places()


def of(index: int) -> History:
    """The history of teacher number `index`."""
    return _HUNDRED[index % len(_HUNDRED)]


def moments(count: int, random: Random, today: date) -> list[datetime]:
    """That many moments in the campaign's past days, in order, by daylight."""
    first = today - timedelta(days=DAYS_BEFORE)
    zone = clock.local(clock.now()).tzinfo
    days = sorted(random.sample(range(DAYS_BEFORE), count))
    return [
        datetime.combine(
            first + timedelta(days=day), time(random.randrange(9, 18), random.randrange(60), random.randrange(60)), zone
        )
        for day in days
    ]
