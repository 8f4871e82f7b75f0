"""The schools that a confirmation point serves, many at a time."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.forms.typed import numbers_of
from admin.views.ground import Beside
from shared.models import ConfirmationPoint
from shared.rules.rights import Can
from shared.services import serving
from shared.text import _
from shared.web.login import by

MOST_NAMED = 10  # lines that are repeated in a message


class Serving(Beside):
    """For the table of points: their schools, ticked or pasted."""

    @expose("/schools/", methods=("GET", "POST"))
    def schools_view(self) -> ResponseReturnValue:
        """Served schools to tick off, others to tick or paste."""
        self.require(Can.EDIT)
        point: ConfirmationPoint = self.row(request.values.get("id"), Can.EDIT)
        if request.method == "POST":
            return self._change(point)
        text = request.args.get("q", "").strip()
        return str(self._page(point, text, "", []))

    def _change(self, point: ConfirmationPoint) -> ResponseReturnValue:
        key, lines = point.id, request.form.get("names", "").splitlines()
        if request.form.get("do") == "stop":
            count = serving.stop(key, numbers_of(request.form.getlist("school")), by=by())
            flash(str(_("已移除{count}所学校", count=count)), "success")
            return redirect(str(self.get_url(".schools_view", id=key)))
        named, unknown = serving.named(point, lines)
        count = serving.serve(key, [*numbers_of(request.form.getlist("school")), *named], by=by())
        flash(str(_("已添加{count}所学校", count=count)), "success")
        if unknown:
            point = self.row(key, Can.EDIT)
            return self._page(point, "", "\n".join(unknown), unknown[:MOST_NAMED]), 422
        return redirect(str(self.get_url(".schools_view", id=key)))

    def _page(self, point: ConfirmationPoint, text: str, names: str, unknown: list[str]) -> Any:  # noqa: ANN401
        return self.render(
            "points/schools.html",
            point=point,
            served=serving.served(point),
            others=serving.candidates(point, text),
            most=serving.MOST_SHOWN,
            text=text,
            names=names,
            unknown=unknown,
        )
