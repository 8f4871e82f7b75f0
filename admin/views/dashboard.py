"""The start page of each role: what waits, what is due, how far the campaign is. `start` says what there can be."""

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from sqlalchemy.orm import joinedload

from admin.views import charts, rows, start, trail
from admin.views.ground import Closed
from admin.views.start import Duty, Pile, Tile, Wanted
from shared.db import session
from shared.models import Application, AuditEntry
from shared.models.kinds import Stage, WindowStage
from shared.rules import policy
from shared.rules.rights import Actor, Can
from shared.services import access, agenda, progress
from shared.services.agenda import Term
from shared.services.errors import NotYours
from shared.text import _
from shared.web.login import by

LAST_EXPORTS = 10
LIST = "applications.index_view"
WORDS = {Can.CHECK: WindowStage.SCHOOL_CHECK, Can.CONFIRM: WindowStage.CONFIRM}  # whose work ends with a window


class Dashboard(Closed, AdminIndexView):  # type: ignore[misc]
    """What is to do today."""

    def __init__(self) -> None:
        super().__init__(name=_("首页"), url="/")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        works, me = agenda.working_days(), by()
        sees = policy.may(Application, me.role, Can.VIEW)
        terms = agenda.terms(works, by=me)
        duties = start.duties(me)
        oldest = [(duty, agenda.oldest(duty.stage, works, by=me, to=duty.right)) for duty in duties[-1:]]
        campaign = _present(terms)
        return self.render(
            "dashboard.html",
            **_numbers(me, sees=sees),
            terms=terms,
            present=campaign,
            concludes=any(duty.right not in WORDS for duty in duties),
            oldest=[(duty, cases) for duty, cases in oldest if cases],
            publicities=agenda.publicities(by=me),
            progress=charts.stacked(progress.of_campaign(campaign.campaign.id, by=me)) if campaign and sees else None,
            days=charts.days(progress.by_day(campaign.campaign.id, by=me)) if campaign and sees else None,
            exports=_exports(me),
            tables=trail.tables(self.admin),
            may_open=_may_open,
        )

    @expose("/waiting/<which>/")
    def pile(self, which: str) -> ResponseReturnValue:
        """The applications of one pile, the longest waiting first."""
        found = next((one for one in start.piles(by()) if one.name == which), None)
        if found is None:
            raise NotYours
        asked = rows.Asked.read(request.args, [], ["stage_at"])
        asked = asked if asked.sort else rows.Asked(sort="stage_at", page=asked.page, size=asked.size)
        query = found.query(by()).options(joinedload(Application.school))
        page = rows.page(query, Application, asked, newest_first=False)
        return self.render("pile.html", pile=found, page=page)


def _present(terms: list[Term]) -> Term | None:
    """The campaign whose progress is shown: the one that is open, else the newest."""
    is_open = (term for term in terms if any(stage.is_open for stage in term.stages))
    return next(is_open, terms[0] if terms else None)


def _numbers(me: Actor, *, sees: bool) -> dict[str, list[Any]]:
    """Every number of the page, counted with one statement."""
    duties, piles = start.duties(me), start.piles(me)
    stages = list(Stage) if sees else []
    requests = start.wanted(me, *start.REQUESTS)
    others = [one for one in start.wanted(me, *start.ACCOUNTS, start.BATCHES) if _has_list(one)]
    queries = [
        *(one.waiting(me) for one in duties),
        *(one.query(me) for one in piles),
        *(access.query(Application, by=me).where(Application.stage == stage) for stage in stages),
        *(one.query(me) for one in (*requests, *others)),
    ]
    counts = iter(start.counted(queries))
    return {
        "duties": [(one, Tile(one.stage.label, next(counts), LIST, one.listed(me))) for one in duties],
        "piles": [_of_pile(one, next(counts)) for one in piles],
        "stages": [_of_stage(stage, next(counts)) for stage in stages],
        "requests": [_of_table(one, next(counts)) for one in requests],
        "others": [_of_table(one, next(counts)) for one in others],
    }


def _of_stage(stage: Stage, count: int) -> Tile:
    return Tile(stage.label, count, LIST, {"stage": stage.value})


def _of_pile(pile: Pile, count: int) -> Tile:
    if pile.page:
        return Tile(pile.label, count, pile.page, {})
    return Tile(pile.label, count, "admin.pile", {"which": pile.name})


def _of_table(one: Wanted, count: int) -> Tile:
    return Tile(one.label, count, f"{one.model.__tablename__}.index_view", dict(one.arguments))


def _has_list(one: Wanted) -> bool:
    return f"{one.model.__tablename__}.index_view" in current_app.view_functions


def _exports(me: Actor) -> list[AuditEntry]:
    """What was taken out of the system last, for whoever watches over it."""
    if not policy.may(AuditEntry, me.role, Can.VIEW):
        return []
    wanted = access.query(AuditEntry, by=me).where(AuditEntry.action == "export")
    return list(session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(LAST_EXPORTS)))


def _may_open(duty: Duty) -> bool:
    return duty.work[0] in current_app.view_functions
