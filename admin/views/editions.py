"""Writing the next edition of a text and seeing it as the portal will show it."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Optional

from admin.forms.tables import Moment
from admin.views.ground import Beside
from shared import clock
from shared.rules.rights import Can
from shared.services import notices
from shared.services.errors import NotYours, Refused
from shared.text import _
from shared.web.forms import many_lines, show
from shared.web.login import by

if TYPE_CHECKING:
    from shared.models import NoticeText


class EditionForm(FlaskForm):
    """The text, and from when it is in force."""

    body = TextAreaField(
        _("正文"),
        [DataRequired(_("请填写正文"))],
        filters=[many_lines],
        render_kw={"rows": 18},
        description=_("空一行分段；以“一、”“二、”开头的一行是标题"),
    )
    at_once = BooleanField(_("保存后立即发布"))
    published_at = Moment(_("或者从这个时间起发布"), [Optional()], description=_("都不填则存为草稿"))


class Editions(Beside):
    """For the table of texts: the next edition, and any edition as applicants see it."""

    names: Any

    @expose("/edition/", methods=("GET", "POST"))
    def edition_view(self) -> ResponseReturnValue:
        """Begin from the newest edition; look at it as often as wanted; save."""
        self.require(Can.CREATE)
        key = request.values.get("key", next(iter(self.names)))
        if key not in self.names:
            raise NotYours
        last = notices.newest(key)
        form = EditionForm(body=last.body if last else str(notices.PAPER_TEXTS.get(key) or ""))
        if key in notices.ROOM:
            form.body.description = _("每行一段；最多约{most}字", most=notices.ROOM[key])
        seen = request.form.get("do") == "preview"
        if form.validate_on_submit() and not seen:
            moment = clock.now() if form.at_once.data else form.published_at.data
            try:
                made = notices.new_edition(key, form.body.data, moment, by=by())
            except Refused as refused:
                show(refused.problems, form)
            else:
                flash(str(_("已保存第{edition}版", edition=made.edition)), "success")
                return redirect(str(self.get_url(".preview_view", id=made.id)))
        edition = last.edition + 1 if last else 1
        given = {"names": self.names, "edition": edition, "seen": seen, "last": last, "is_printed": key in notices.ROOM}
        page = self.render("notices/edition.html", form=form, key=key, **given)
        return page, 422 if form.is_submitted() and not (seen and not form.errors) else 200

    @expose("/preview/")
    def preview_view(self) -> ResponseReturnValue:
        """One edition, as the portal shows it."""
        self.require(Can.VIEW)
        row: NoticeText = self.row(request.args.get("id"), Can.VIEW)
        return str(self.render("notices/preview.html", row=row, names=self.names))
