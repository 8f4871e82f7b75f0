"""A year of the calendar on one page: paste the notice, look at the months, save."""

import calendar as months
from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.forms.typed import number_of
from admin.views.ground import Beside
from shared import clock
from shared.rules import holidays
from shared.rules.holidays import Day
from shared.rules.rights import Can
from shared.services import calendar
from shared.services.errors import Refused
from shared.text import Text, _
from shared.web.login import by

FIRST, LAST = 2000, 2099
WEEK: tuple[Text, ...] = (_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日"))


class Year(Beside):
    """For the table of days: a whole year at a time."""

    can_edit: Any

    @expose("/year/", methods=("GET", "POST"))
    def year_view(self) -> ResponseReturnValue:
        """What is known of a year; with a post what was pasted is looked at, or saved."""
        self.require(Can.VIEW)
        year = number_of(request.values.get("year")) or clock.today().year
        year = min(max(year, FIRST), LAST)
        if request.method == "POST":
            self.require(Can.EDIT)
            return self._change(year)
        days = calendar.of_year(year)
        return str(self._page(year, days, holidays.write(days), []))

    def _change(self, year: int) -> ResponseReturnValue:
        text, do = request.form.get("text", ""), request.form.get("do")
        if do == "fill":
            days, problems = calendar.announced(year), []
            text = holidays.write(days)
        else:
            days, problems = holidays.read(text, year)
        if do == "save" and not problems:
            try:
                calendar.enter(year, days, by=by())
            except Refused as refused:
                problems = refused.problems
            else:
                flash(str(_("已保存{year}年的{count}天", year=year, count=len(days))), "success")
                return redirect(str(self.get_url(".year_view", year=year)))
        return self._page(year, days, text, problems), 422 if problems else 200

    def _page(self, year: int, days: list[Day], text: str, problems: list[Any]) -> Any:  # noqa: ANN401
        return self.render(
            "calendar/year.html",
            year=year,
            known=calendar.knows(year),
            announced=bool(calendar.announced(year)),
            days=days,
            marked={day.day: day for day in days},
            months=[(month, _weeks(year, month)) for month in range(1, 13)],
            week=WEEK,
            text=text,
            problems=problems,
            unsaved=request.method == "POST",
        )


def _weeks(year: int, month: int) -> list[list[date | None]]:
    weeks = months.Calendar().monthdatescalendar(year, month)
    return [[day if day.month == month else None for day in week] for week in weeks]
