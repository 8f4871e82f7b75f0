"""Taking a row of reference data out of use, and back: what is in use is retired, never deleted."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.forms.typed import number_of
from admin.views import trail
from admin.views.ground import Beside
from shared.models.base import Entry
from shared.models.kinds import EntryStatus
from shared.rules.rights import Can
from shared.services import pointers, reference
from shared.text import _
from shared.web.login import by

RETIRE = (("retire_view", _("停用／恢复使用"), Can.EDIT),)


class Retirable(Beside):
    """For a table whose rows have a state: a page that says what uses a row, and a button."""

    model: type[Entry]

    @expose("/retire/", methods=("GET", "POST"))
    def retire_view(self) -> ResponseReturnValue:
        """Ask first: what points to the row stays as it is, new forms no longer offer it."""
        self.require(Can.EDIT)
        row: Entry = self.row(request.values.get("id"), Can.EDIT)
        key, back = row.id, row.status is EntryStatus.RETIRED
        if request.method == "POST":
            values = {"status": EntryStatus.ACTIVE if back else EntryStatus.RETIRED}
            reference.change(self.model, key, values, by=by(), version=number_of(request.form.get("version")) or 0)
            flash(str(_("已恢复使用") if back else _("已停用")), "success")
            return redirect(str(self.get_url(".details_view", id=key)))
        tables = trail.tables(self.admin)
        used = [
            (tables.get(one.table.name, one.table.name), trail.label_of(one.column.name, one.column), number)
            for one, number in pointers.counts(self.model, [row])
        ]
        return str(self.render("table/retire.html", row=row, back=back, used=used))
