"""The papers that are printed for many applications, each a declaration: for which, by whom, how many at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, not_, select

from shared.models import Application, Receipt, ReceivedPaper
from shared.models.kinds import Conclusion, Stage
from shared.rules.guards import papers_are_complete
from shared.rules.rights import Can
from shared.services.printing import lists, notices, singles, stickers
from shared.services.typesetting import Job
from shared.text import Text, _

_FIFTY = 50
Keys = Sequence[Any]  # rows with id, school_id, bureau_id and registration_number, in the order of the paper pile


@dataclass(frozen=True)
class Paper:
    """A document for many applications. `fits`: those that it is for; `right`: what one must be allowed to do to them.

    `parts`: how the applications are divided, each part set by itself; `make` sets one. `is_pile`: a part is so many
    papers, one for each application, and each could be set alone. `is_personal`: numbers stand on it in full.
    `is_aligned`: it is printed on sheets that lie a little differently in each printer.
    """

    name: str
    label: Text
    hint: Text
    right: Can
    fits: ColumnElement[bool]
    parts: Callable[[Keys], Iterator[Keys]]
    make: Callable[[Sequence[int], Job], bytes]
    is_pile: bool = False
    is_personal: bool = False
    is_aligned: bool = False


def one_by_one(keys: Keys) -> Iterator[Keys]:
    for key in keys:
        yield [key]


def by_fifty(keys: Keys) -> Iterator[Keys]:
    for start in range(0, len(keys), _FIFTY):
        yield keys[start : start + _FIFTY]


def by_school(keys: Keys) -> Iterator[Keys]:
    for _school, some in groupby(keys, lambda key: key.school_id):
        yield list(some)


def by_bureau(keys: Keys) -> Iterator[Keys]:
    for _bureau, some in groupby(sorted(keys, key=lambda key: key.bureau_id or 0), lambda key: key.bureau_id):
        yield list(some)


def by_sheet(keys: Keys) -> Iterator[Keys]:
    for start in range(0, len(keys), stickers.ON_A_SHEET):
        yield keys[start : start + stickers.ON_A_SHEET]


_HAS_BROUGHT_SOME = select(ReceivedPaper.id).where(ReceivedPaper.application_id == Application.id).exists()
_BEFORE_CONFIRMATION = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED)
_LACKS_SOME = not_(papers_are_complete(None))
_CONCLUDED = Application.stage == Stage.CONCLUDED
_WITH_RECEIPT = select(Receipt.id).where(Receipt.application_id == Application.id, Receipt.voided_at.is_(None)).exists()
_NOT_REGISTERED = Application.conclusion.in_((Conclusion.DEFERRED, Conclusion.REFUSED))

PAPERS = (
    Paper(
        "forms", _("申请表"), _("每件一张，双面打印；打印后记为已打印"), Can.PRINT,
        (Application.form_version > 0) & Application.stage.not_in((Stage.WITHDRAWN, Stage.REVOKED)),
        by_fifty, singles.some_forms, is_pile=True, is_personal=True,
    ),
    Paper(
        "receipts", _("受理凭证"), _("已受理的每件一张，单面打印，裁成两联"), Can.PRINT, _WITH_RECEIPT,
        by_fifty, singles.some_receipts, is_pile=True,
    ),
    Paper(
        "roster", _("申请人员汇总表"), _("一校一份，按报名号排列，与材料顺序一致"), Can.PRINT,
        Application.stage.not_in((Stage.DRAFT, Stage.WITHDRAWN, Stage.REVOKED)), by_school, lists.roster,
    ),
    Paper(
        "not_registered", _("暂缓注册、注册不合格名单"), _("一校一份，附原因"), Can.PRINT,
        _NOT_REGISTERED, by_school, lists.not_registered,
    ),
    Paper(
        "publicity", _("公示名单"), _("初审合格的人员；不含证件号码和证书号码"), Can.PRELIMINARY,
        (Application.stage == Stage.PRELIMINARY) & (Application.conclusion == Conclusion.REGISTERED),
        by_bureau, lists.publicity,
    ),
    Paper(
        "notices", _("暂缓注册、注册不合格告知书"), _("已终审的每件一张，单面打印"), Can.PRELIMINARY,
        _CONCLUDED & _NOT_REGISTERED, one_by_one, notices.conclusion,
    ),
    Paper(
        "supplements", _("材料补正通知"), _("交过材料、还没有交齐的每件一张，列出全部缺少的，单面打印"), Can.CONFIRM,
        Application.stage.in_(_BEFORE_CONFIRMATION) & _HAS_BROUGHT_SOME & _LACKS_SOME,
        one_by_one, notices.supplement,
    ),
    Paper(
        "stickers", _("注册结论贴"), _("A4不干胶，每张24枚（70×37毫米）；先用白纸试打，再填偏移量"), Can.PRELIMINARY,
        _CONCLUDED & (Application.conclusion == Conclusion.REGISTERED), by_sheet, stickers.sheet, is_aligned=True,
    ),
)  # fmt: skip
BY_NAME = {paper.name: paper for paper in PAPERS}
