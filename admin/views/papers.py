"""A campaign's list of papers in its order; and the list of another campaign as a beginning."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.forms.typed import number_of
from admin.views.ground import Beside
from shared.db import session
from shared.models import Campaign, Material
from shared.models.kinds import RegistrationType
from shared.rules.rights import Can
from shared.services import access, papers
from shared.services.errors import NotYours
from shared.text import _
from shared.web.login import by


class Ordered(Beside):
    """For the table of papers: one campaign's list, moved up and down."""

    @expose("/order/", methods=("GET", "POST"))
    def order_view(self) -> ResponseReturnValue:
        """The campaigns to choose from, or the list of one."""
        self.require(Can.EDIT)
        key = number_of(request.values.get("campaign"))
        campaign = access.one(Campaign, key, by=by(), to=Can.EDIT) if key else None
        if request.method == "POST":
            if campaign is None:
                raise NotYours
            return self._do(campaign.id)
        kind = next((one for one in RegistrationType if one.value == request.args.get("type")), None)
        rows = papers.of(campaign.id, by=by()) if campaign else []
        mine = session.scalars(access.query(Campaign, by=by(), to=Can.EDIT).order_by(Campaign.year.desc())).all()
        seen = session.scalars(access.query(Campaign, by=by()).order_by(Campaign.year.desc(), Campaign.id)).all()
        return str(
            self.render(
                "materials/order.html",
                campaign=campaign,
                rows=[row for row in rows if kind is None or row.registration_type in (None, kind)],
                whole=kind is None,
                kind=kind,
                kinds=list(RegistrationType),
                mine=mine,
                sources=[one for one in seen if campaign is not None and one.id != campaign.id],
            )
        )

    def _do(self, campaign_id: int) -> ResponseReturnValue:
        do, key = request.form.get("do", ""), number_of(request.form.get("key"))
        if do in ("up", "down") and key is not None:
            if access.one(Material, key, by=by(), to=Can.EDIT).campaign_id != campaign_id:
                raise NotYours
            papers.shift(key, -1 if do == "up" else 1, by=by())
        elif do == "copy" and key is not None:
            count = papers.copy(key, campaign_id, by=by())
            flash(str(_("已从所选批次复制{count}项材料", count=count)), "success")
        else:
            raise NotYours
        return redirect(str(self.get_url(".order_view", campaign=campaign_id)))
