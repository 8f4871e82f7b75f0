"""Saved views of a list: one reader's own, and those that a superuser shares with whoever lies below."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin.views.filters import arguments_of
from admin.views.ground import Closed
from admin.views.listing import Listing
from shared.models import SavedView
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import saved_views
from shared.services.errors import NotYours, Refused
from shared.text import Text, _
from shared.web.login import by
from shared.web.typed import one_line

# What may be done to a view: the verb, and what is said afterwards.
DEEDS: Mapping[str, tuple[Callable[..., SavedView], Text]] = {
    "rename": (saved_views.rename, _("名称已修改")),
    "usual": (saved_views.open_with, _("以后打开这个列表时先显示此视图")),
    "plain": (saved_views.open_plain, _("以后打开这个列表时显示全部记录")),
    "share": (saved_views.share, _("已共享给本机构和下级机构；视图中的查找内容不共享")),
    "unshare": (saved_views.keep_to_oneself, _("已不再共享")),
    "delete": (saved_views.remove, _("视图已删除")),
}


class SavedViews(Closed, BaseView):  # type: ignore[misc]
    """Keeping views; they are opened from the list itself, whose address they are."""

    def __init__(self) -> None:
        super().__init__(name=_("我的视图"), endpoint="saved_views", url="/saved-views")

    def is_accessible(self) -> bool:
        return policy.may(SavedView, by().role, Can.VIEW)

    def _table(self, name: str) -> Listing:
        """The list of a table that the reader may open."""
        views = [view for view in self.admin._views if isinstance(view, Listing) and view.endpoint == name]  # noqa: SLF001
        if not views or not views[0].is_accessible():
            raise NotYours
        return views[0]

    @expose("/")
    def index(self) -> ResponseReturnValue:
        view = self._table(request.args.get("table", ""))
        found = saved_views.seen(view.endpoint, by=by())
        described = [(one, view.asked(arguments_of(one.query))) for one in found]
        return self.render(
            "table/views.html",
            table=view,
            views=described,
            me=by().id,
            may_share=policy.may(SavedView, by().role, Can.SHARE),
        )

    @expose("/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """Keep the list that the form stands in."""
        view = self._table(request.form.get("table", ""))
        query = view.asked(arguments_of(request.form.get("query", ""))).query(page="")
        name = one_line(request.form.get("name")) or ""
        try:
            saved_views.save(view.endpoint, name, query, by=by(), usual="usual" in request.form)
        except Refused as refused:
            _tell(refused)
        else:
            flash(str(_("已保存视图“{name}”", name=name)), "success")
        return redirect(view.list_url(query))

    @expose("/<int:key>/<what>", methods=("POST",))
    def change(self, key: int, what: str) -> ResponseReturnValue:
        """One deed to one view."""
        if what not in DEEDS:
            raise NotYours
        verb, done = DEEDS[what]
        more = {"name": one_line(request.form.get("name")) or ""} if what == "rename" else {}
        table = request.form.get("table", "")
        try:
            verb(key, **more, by=by())
        except Refused as refused:
            _tell(refused)
        else:
            flash(str(done), "success")
        return redirect(self.get_url(".index", table=self._table(table).endpoint))


def _tell(refused: Refused) -> None:
    for problem in refused.problems:
        flash(str(problem.text), "warning")
