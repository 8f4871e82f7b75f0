"""A campaign in numbers, by place, reason or day; each number leads to the list that it counts."""

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin.forms.typed import number_of
from admin.views import export, filters
from admin.views.ground import Closed
from shared.models import Application, Campaign
from shared.rules import policy
from shared.rules.rights import Can
from shared.services import access, exports, roster, statistics
from shared.services.errors import NotYours
from shared.services.exports import Order, Sheet
from shared.services.statistics import COLUMNS, DIMENSIONS, Dimension, Line
from shared.text import _
from shared.web.login import by

LINES = 100


class Statistics(Closed, BaseView):  # type: ignore[misc]
    """For whoever may see applications of more than one place."""

    label = _("统计")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="statistics", url="/statistics")

    def is_accessible(self) -> bool:
        return policy.may(Application, by().role, Can.VIEW)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        campaigns = roster.campaigns(by=by())
        campaign, dimension = _asked(request.args.get("campaign"), request.args.get("by"))
        given: dict[str, Any] = {"campaigns": campaigns, "campaign": campaign, "dimension": dimension}
        if campaign is None:
            return self.render("statistics.html", lines=None, **given)
        lines, total = statistics.of(campaign.id, dimension, by=by())
        page = max(number_of(request.args.get("page")) or 1, 1)
        pages = max(-(-len(lines) // LINES), 1)
        page = min(page, pages)
        shown = lines[(page - 1) * LINES : page * LINES]
        longest = max((line.total for line in shown), default=1)
        given |= {"page": page, "pages": pages, "count": len(lines), "longest": longest}
        used = [column for column in COLUMNS if total.counts.get(column)]
        return self.render("statistics.html", lines=shown, total=total, columns=used, dimensions=DIMENSIONS, **given)

    @expose("/export", methods=("POST",))
    def export(self) -> ResponseReturnValue:
        """The whole table as a file."""
        query = urlencode({name: request.args.get(name, "") for name in ("campaign", "by")})
        return export.answer(Order(self.endpoint, query, (), exports.format_of(request.form)), self.sheet)

    def sheet(self, order: Order) -> Sheet:
        wanted = filters.arguments_of(order.query)
        campaign, dimension = _asked(wanted.get("campaign"), wanted.get("by"))
        if campaign is None or not policy.may(Application, by().role, Can.EXPORT):
            raise NotYours
        lines, total = statistics.of(campaign.id, dimension, by=by())
        return Sheet(
            table=Application.__tablename__,
            name=self.label,
            headings=[dimension.label, *(column.label for column in COLUMNS), _("合计")],
            rows=(_cells(line) for line in [*lines, total]),
            total=len(lines) + 1,
            selection=campaign.name,
        )


def _asked(campaign: str | None, dimension: str | None) -> tuple[Campaign | None, Dimension]:
    """The campaign asked for or else the newest, and by what its numbers are told apart."""
    key = number_of(campaign)
    offered = roster.campaigns(by=by())
    found = access.one(Campaign, key, by=by()) if key else (offered[0] if offered else None)
    return found, statistics.BY_NAME.get(dimension or "", DIMENSIONS[0])


def _cells(line: Line) -> list[Any]:
    return [str(line.label), *(line.counts.get(column, 0) for column in COLUMNS), line.total]
