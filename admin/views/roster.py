"""The school officer's list of people: who must register, how far each is, and what waits (S22, S23).

A bureau reads the same page of any of its schools; only whoever checks can do something on it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin.forms.typed import number_of
from admin.views import checking, export, filters, searching
from admin.views.cells import NO, NOTHING, YES, words
from admin.views.ground import Closed
from shared import clock
from shared.db import session
from shared.models import Campaign, RosterEntry, School
from shared.rules import policy
from shared.rules.rights import Can
from shared.rules.states import status_label
from shared.services import access, exports, roster
from shared.services.errors import NotYours
from shared.services.exports import Order, Sheet
from shared.services.printing import lists
from shared.services.roster import Line
from shared.text import Text, _
from shared.web.login import by

MOST_SCHOOLS = 20


class SchoolRoster(Closed, BaseView):  # type: ignore[misc]
    """The people of one school in one campaign."""

    label = _("教师花名册")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="roster", url="/roster")

    def is_accessible(self) -> bool:
        return policy.may(RosterEntry, by().role, Can.VIEW)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The people of a school; whoever has many schools chooses one first."""
        school = _school(request.args.get("school"))
        if school is None:
            return self._choose()
        campaigns = roster.campaigns(by=by())
        campaign = _campaign(request.args.get("campaign"), campaigns)
        word = searching.meant(request.args.get("q", ""))
        given: dict[str, Any] = {"school": school, "campaigns": campaigns, "campaign": campaign, "word": word}
        given |= {
            "checks": checking.checks(),
            "exports": policy.may(RosterEntry, by().role, Can.EXPORT),
            "asked": asked,
        }
        if campaign is None:
            return self.render("school/roster.html", found=None, **given)
        found = roster.read(
            school.id,
            campaign.id,
            by=by(),
            group=request.args.get("group", ""),
            word=word or "",
            page=number_of(request.args.get("page")) or 1,
        )
        return self.render(
            "school/roster.html",
            found=found,
            tiles=[(one, found.counts[one.name]) for one in roster.GROUPS],
            helped=roster.people_to_help(found.lines, by=by()),
            status_of=status_of,
            shown_word=searching.shown(word or ""),
            **given,
        )

    @expose("/find", methods=("POST",))
    def find(self) -> ResponseReturnValue:
        """The search leads to an address in which no personal number stands."""
        typed = request.form.get("q", "").strip()
        return redirect(self.get_url(".index", **asked(q=searching.written(typed) if typed else None, page=None)))

    @expose("/export", methods=("POST",))
    def export(self) -> ResponseReturnValue:
        """What the page is narrowed to, as a file."""
        order = Order(self.endpoint, urlencode(asked(page=None)), (), exports.format_of(request.form, exports.PDF))
        return export.answer(order, self.sheet)

    def sheet(self, order: Order) -> Sheet:
        """The people of the page, numbers masked."""
        wanted = filters.arguments_of(order.query)
        school = _school(wanted.get("school"))
        campaign = _campaign(wanted.get("campaign"), roster.campaigns(by=by()))
        if school is None or campaign is None or not policy.may(RosterEntry, by().role, Can.EXPORT):
            raise NotYours
        word = searching.meant(wanted.get("q", "")) or ""
        lines = roster.everyone(school.id, campaign.id, by=by(), group=wanted.get("group", ""), word=word)
        said = _said(school, campaign, wanted.get("group", ""), word)
        headings = [label for label, _value in COLUMNS]
        title = _title(school, wanted.get("group", ""), word)
        return Sheet(
            bind=_on_paper(lines, title, campaign) if order.file_format == exports.PDF else None,
            table=RosterEntry.__tablename__,
            name=self.label,
            headings=headings,
            rows=(_cells(line) for line in lines),
            total=len(lines),
            selection=said,
            is_personal=True,
        )

    @expose("/next")
    def next(self) -> ResponseReturnValue:
        """Begin with the one that has waited longest."""
        checking.require()
        campaign = number_of(request.args.get("campaign"))
        first = roster.following(0, by=by(), campaign_id=campaign)
        if first is None:
            return self.render("school/empty.html", campaign=campaign)
        return redirect(self.get_url(".case", key=first, campaign=campaign))

    @expose("/returned")
    def returned(self) -> ResponseReturnValue:
        """What came back from later levels, and why."""
        checking.require()
        campaigns = roster.campaigns(by=by())
        campaign = _campaign(request.args.get("campaign"), campaigns)
        page = number_of(request.args.get("page")) or 1
        found, total = roster.sent_back(campaign.id, by=by(), page=page) if campaign else ([], 0)
        pages = max(1, -(-total // roster.PAGE))
        given = {"campaigns": campaigns, "campaign": campaign, "total": total, "page": min(page, pages), "pages": pages}
        return self.render("school/returned.html", found=found, **given)

    @expose("/<int:key>/")
    def case(self, key: int) -> ResponseReturnValue:
        """One teacher on one page: what was entered, what the school fills in, the decision."""
        return checking.page(self, key)

    @expose("/<int:key>/save", methods=("POST",))
    def save(self, key: int) -> ResponseReturnValue:
        """Keep the sheet; with the other buttons also pass the application on, or return it."""
        return checking.save(self, key)

    def _choose(self) -> ResponseReturnValue:
        word = request.args.get("name", "").strip()
        wanted = access.query(School, by=by())
        if word:
            wanted = wanted.where(School.name.contains(word, autoescape=True))
        found = session.scalars(wanted.order_by(School.code).limit(MOST_SCHOOLS + 1)).all()
        return self.render(
            "school/choose.html", schools=found[:MOST_SCHOOLS], more=len(found) > MOST_SCHOOLS, word=word
        )


def _on_paper(lines: Sequence[Line], title: Text, campaign: Campaign) -> Any:  # noqa: ANN401
    """The list to print and to seal, like that of people who must register and have not applied (S23)."""
    rows = [_cells(line) for line in lines]
    columns = [(str(label), width) for (label, _value), width in zip(COLUMNS, WIDTHS, strict=True)]

    def bind(path: Path, _told: Any) -> None:  # noqa: ANN401  few people are done at once
        lists.people(path, columns, rows, str(title), campaign.name, clock.today())

    return bind


def _title(school: School, group: str, word: str) -> Text:
    """What stands above the printed list."""
    kind = next((one.label for one in roster.GROUPS if one.name == group), None)
    found = _("（查找：{word}）", word=searching.shown(word)) if word else ""
    if group == "missing":
        return _("{school}应注册未报名人员名单{found}", school=school.name, found=found)
    label = _("（{kind}）", kind=kind) if kind and group else ""
    return _("{school}教师花名册{label}{found}", school=school.name, label=label, found=found)


def asked(**changes: object) -> dict[str, Any]:
    """The arguments of the same page with `changes`; what is empty is left out."""
    kept = {name: request.args.get(name) for name in ("school", "campaign", "group", "q", "page")}
    return {name: value for name, value in (kept | changes).items() if value}


def status_of(line: Line) -> Text | str:
    """The application's status in words, of those who have one that the reader may see."""
    if line.stage is None or line.conclusion is None:
        return ""
    return status_label(line.stage, line.conclusion)


COLUMNS: tuple[tuple[Text, Callable[[Line], object]], ...] = (
    (_("姓名"), lambda line: line.name),
    (_("证件号码"), lambda line: line.id_number),
    (_("进度"), lambda line: line.standing),
    (_("在底册中"), lambda line: YES if line.listed else NO),
    (_("报名号"), lambda line: line.number),
    (_("状态"), status_of),
    (_("申请表版本"), lambda line: line.form_version or None),
    (_("已打印"), lambda line: line.printed if line.form_version else None),
    (_("进入本环节"), lambda line: line.since),
)

WIDTHS = (24, 44, 34, 20, 28, 34, 22, 20, 31)  # on paper, in millimetres


def _school(number: str | None) -> School | None:
    key = number_of(number) or by().school_id
    return access.one(School, key, by=by()) if key else None


def _campaign(number: str | None, offered: Sequence[Campaign]) -> Campaign | None:
    """The one asked for, or else the newest."""
    key = number_of(number)
    if key:
        return next((one for one in offered if one.id == key), None) or access.one(Campaign, key, by=by())
    return offered[0] if offered else None


def _cells(line: Line) -> list[str]:
    cells = [value(line) for _label, value in COLUMNS]
    texts = [str(cell) if isinstance(cell, Text) else words(cell) for cell in cells]
    return ["" if text == NOTHING else text for text in texts]


def _said(school: School, campaign: Campaign, group: str, word: str) -> str:
    """Which of the school's people, in words."""
    named = [str(one.label) for one in roster.GROUPS if one.name == group]
    return "；".join([school.name, campaign.name, *named, *([searching.shown(word)] if word else [])])
