"""Lists as somebody wants to see them again: kept by their owner; a superuser may share one with all below."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select

from shared.db import session, transaction
from shared.models import SavedView
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access
from shared.services.errors import NotYours, Refused
from shared.text import _

MOST = 50  # of one person over one table
SEARCH = "q"  # the part of a query that may name a person
UNNAMED = Problem("unnamed", "name", _("请填写视图名称"))
TOO_LONG = Problem("too_long", "name", _("视图名称不能超过100个字"))
TAKEN = Problem("taken", "name", _("已有同名的视图，请换一个名称，或先删除原来的"))
TOO_MANY = Problem("too_many", "name", _("保存的视图已达50个，请先删除不用的"))
LONGEST_NAME = 100


def seen(table: str, *, by: Actor) -> Sequence[SavedView]:
    """The views of a table that `by` may open: the own ones first, then what is shared."""
    own = SavedView.staff_id == by.id
    found = access.query(SavedView, by=by).where(SavedView.table_name == table)
    return session.scalars(found.order_by(own.desc(), SavedView.name, SavedView.id)).all()


def usual(table: str, *, by: Actor) -> SavedView | None:
    """The view in which the table opens for `by`."""
    found = access.query(SavedView, by=by, to=Can.EDIT).where(SavedView.table_name == table, SavedView.is_default)
    return session.scalar(found.order_by(SavedView.id).limit(1))


@transaction
def save(table: str, name: str, query: str, *, by: Actor, usual: bool = False) -> SavedView:
    """Keep a list under a name; `usual` makes the table open in it."""
    _check(table, name, by)
    view = SavedView(staff_id=by.id, table_name=table, name=name, query=query)
    session.add(view)
    session.flush()
    if not access.may(SavedView, view.id, by=by, to=Can.CREATE):
        raise NotYours
    if usual:
        _make_usual(view)
    return view


def _check(table: str, name: str, by: Actor, *, besides: int = 0) -> None:
    """The name can be used, and there is room; `Refused` if not."""
    if not name:
        raise Refused(UNNAMED)
    if len(name) > LONGEST_NAME:
        raise Refused(TOO_LONG)
    mine = select(func.count()).where(
        SavedView.staff_id == by.id, SavedView.table_name == table, SavedView.id != besides
    )
    if session.scalar(mine.where(SavedView.name == name)):
        raise Refused(TAKEN)
    if not besides and (session.scalar(mine) or 0) >= MOST:
        raise Refused(TOO_MANY)


@transaction
def rename(key: int, name: str, *, by: Actor) -> SavedView:
    """Call a view of one's own something else."""
    view = access.one(SavedView, key, by=by, to=Can.EDIT, lock=True)
    _check(view.table_name, name, by, besides=view.id)
    view.name = name
    return view


@transaction
def open_with(key: int, *, by: Actor) -> SavedView:
    """From now on the table opens in this view of one's own."""
    view = access.one(SavedView, key, by=by, to=Can.EDIT, lock=True)
    _make_usual(view)
    return view


@transaction
def open_plain(key: int, *, by: Actor) -> SavedView:
    """The table opens with all rows again."""
    view = access.one(SavedView, key, by=by, to=Can.EDIT, lock=True)
    view.is_default = False
    return view


def _make_usual(view: SavedView) -> None:
    others = select(SavedView).where(
        SavedView.staff_id == view.staff_id, SavedView.table_name == view.table_name, SavedView.is_default
    )
    for other in session.scalars(others):
        other.is_default = False
    view.is_default = True


@transaction
def share(key: int, *, by: Actor) -> SavedView:
    """Offer a view to everybody at and below one's bureau, without what was searched for: that may be somebody."""
    view = access.one(SavedView, key, by=by, to=Can.SHARE, lock=True)
    view.query, view.shared, view.bureau_id = impersonal(view.query), True, by.bureau_id
    return view


@transaction
def keep_to_oneself(key: int, *, by: Actor) -> SavedView:
    """End what `share` began."""
    view = access.one(SavedView, key, by=by, to=Can.SHARE, lock=True)
    view.shared, view.bureau_id = False, None
    return view


@transaction
def remove(key: int, *, by: Actor) -> SavedView:
    """Forget a view of one's own."""
    view = access.one(SavedView, key, by=by, to=Can.DELETE, lock=True)
    session.delete(view)
    return view


def impersonal(query: str) -> str:
    """A query without its search."""
    return urlencode([pair for pair in parse_qsl(query) if pair[0] != SEARCH], safe=",:")
