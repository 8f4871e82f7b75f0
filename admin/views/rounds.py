"""A campaign made from the last one in one step, and a look at it with a teacher's eyes."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, StringField, TimeField
from wtforms.validators import InputRequired

from admin.views.ground import Beside
from admin.views.session import status_of
from shared import clock
from shared.models import Campaign, School
from shared.rules.rights import Can
from shared.services import rounds
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import AtMost, one_line, show
from shared.web.login import by

_NEEDED = InputRequired(_("必须填写"))
_CODE, _NAME = _("代码"), _("名称")


class NextForm(FlaskForm):
    """What the next campaign is called, and when it begins."""

    code = StringField(_CODE, [_NEEDED, AtMost(32, _CODE)], filters=[one_line])
    name = StringField(_NAME, [_NEEDED, AtMost(100, _NAME)], filters=[one_line])
    year = IntegerField(_("年度"), [_NEEDED])
    first_day = DateField(
        _("教师网上申报第一天"), [_NEEDED], description=_("其他日期都按这一天推移同样的天数，新建后请逐项核对")
    )


class SeenForm(FlaskForm):
    """Whose eyes, and when."""

    class Meta:
        csrf = False

    school = StringField(_("学校代码，或者名称的开头"), [_NEEDED], filters=[one_line])
    day = DateField(_("日期"), [_NEEDED])
    hour = TimeField(_("时刻"), [_NEEDED])


class Rounds(Beside):
    """For the table of campaigns."""

    @expose("/next/", methods=("GET", "POST"))
    def next_view(self) -> ResponseReturnValue:
        """Ask for the few things that differ, then make it."""
        self.require(Can.CREATE)
        last: Campaign = self.row(request.values.get("id"), Can.EDIT)
        form = NextForm(obj=rounds.proposal(last))
        if form.validate_on_submit():
            data = form.data
            plan = rounds.Plan(data["code"], data["name"], data["year"], data["first_day"])
            try:
                made = rounds.follow(last.id, plan, by=by())
            except Refused as refused:
                show(refused.problems, form)
                last = self.row(request.values.get("id"), Can.EDIT)
            else:
                text = _("已新建，尚未启用。请核对开放时间和材料清单，再把状态改为“使用中”")
                flash(str(text), "success")
                return redirect(self.get_url(".details_view", id=made.id))
        return self.render("campaigns/next.html", form=form, row=last), status_of(form)

    @expose("/seen/")
    def seen_view(self) -> ResponseReturnValue:
        """What a teacher of a school sees at a moment: which stages are open, and the sentence where one is not."""
        self.require(Can.VIEW)
        campaign: Campaign = self.row(request.args.get("id"), Can.VIEW)
        proposed = rounds.tomorrow()
        form = SeenForm(request.args if "day" in request.args else None, day=proposed.date(), hour=proposed.time())
        given: dict[str, Any] = {"found": None, "stages": [], "problems": []}
        if "day" in request.args and form.validate():
            given |= _looked_up(campaign, form)
        return self.render("campaigns/seen.html", form=form, row=campaign, **given)


def _looked_up(campaign: Campaign, form: SeenForm) -> dict[str, Any]:
    found: list[School] = rounds.schools(campaign, form.school.data)
    if len(found) != 1:
        return {"found": found}
    moment = datetime.combine(form.day.data, form.hour.data, clock.local(clock.now()).tzinfo)
    try:
        return {"found": found, "stages": rounds.seen(campaign, found[0], moment), "moment": moment}
    except Refused as refused:
        return {"found": found, "problems": refused.problems}
