"""What a superuser does for somebody's account: an activation code, a lost phone, log-ins that must end."""

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from wtforms import HiddenField

from admin.forms.typed import number_of
from admin.views.ground import Beside
from admin.views.session import status_of
from shared.models import Staff
from shared.rules.browsers import device
from shared.rules.rights import Can
from shared.services import access, activation, second_factor, sessions
from shared.services.activation import Slip
from shared.services.errors import Refused
from shared.text import Text, _
from shared.web.forms import show
from shared.web.login import by


class Once(FlaskForm):  # type: ignore[misc]
    """A question that is answered once: the version says what the page was made from."""

    version = HiddenField()


class Keeping(Beside):
    """Pages beside an account's own, for those who may edit it."""

    def beside(self, row: Staff | None = None) -> list[tuple[str, Text]]:
        """What the account's page leads to."""
        if row is None or not access.may(Staff, row.id, by=by(), to=Can.EDIT):
            return []
        pages = [(".activation_view", _("发放激活码")), (".sessions_view", _("登录情况"))]
        if row.totp_confirmed_at:
            pages.append((".second_factor_view", _("重置动态码")))
        return [(self.get_url(name, staff=row.id), label) for name, label in pages]

    @expose("/<int:staff>/code", methods=("GET", "POST"))
    def activation_view(self, staff: int) -> ResponseReturnValue:
        """Ask, then show a new activation code, once."""
        member: Staff = self.row(staff, Can.EDIT)
        form = Once(version=str(member.version))
        if form.validate_on_submit():
            version = number_of(form.version.data) or 0
            try:
                return self.slip(activation.give_code(staff, by=by(), version=version, admin_url=admin_url()), staff)
            except Refused as refused:
                show(refused.problems, form)
                member = self.row(staff, Can.EDIT)
        return self.render("account/give_code.html", form=form, row=member), status_of(form)

    def slip(self, slip: Slip, staff_id: int) -> ResponseReturnValue:
        """The code on paper; no page shows it a second time."""
        return str(self.render("account/slip.html", slip=slip, staff_id=staff_id))

    @expose("/<int:staff>/second-factor", methods=("GET", "POST"))
    def second_factor_view(self, staff: int) -> ResponseReturnValue:
        """Ask, then take a lost phone off the account."""
        member: Staff = self.row(staff, Can.EDIT)
        form = Once()
        if form.validate_on_submit():
            try:
                second_factor.reset(staff, by=by())
            except Refused as refused:
                show(refused.problems, form)
                member = self.row(staff, Can.EDIT)
            else:
                flash(str(_("已重置，本人下次登录时须重新绑定手机")), "success")
                return redirect(self.get_url(".details_view", id=staff))
        return self.render("account/reset_phone.html", form=form, row=member), status_of(form)

    @expose("/<int:staff>/sessions", methods=("GET", "POST"))
    def sessions_view(self, staff: int) -> ResponseReturnValue:
        """Where somebody is logged in; a POST ends one session (`session`) or all."""
        member: Staff = self.row(staff, Can.EDIT)
        form = EndForm()
        if form.validate_on_submit():
            _end(staff, form.session.data)
            flash(str(_("已结束登录")), "success")
            return redirect(self.get_url(".sessions_view", staff=staff))
        rows = sessions.of(staff, by=by())
        return self.render("account/sessions.html", form=form, row=member, rows=rows, device=device)


class EndForm(FlaskForm):  # type: ignore[misc]
    """Which session to end; empty for all."""

    session = HiddenField()


def _end(staff_id: int, chosen: str | None) -> None:
    if chosen:
        sessions.end(number_of(chosen) or 0, staff_id, by=by())
    else:
        sessions.end_all(staff_id, by=by())


def admin_url() -> str:
    return str(current_app.config["SETTINGS"].admin_url)
