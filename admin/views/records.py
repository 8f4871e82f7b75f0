"""Records: audit, events, mail. They are read, never changed."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from admin.views import trail
from admin.views.base import Table
from shared.db import Base
from shared.models import AuditEntry, Event, Mail
from shared.rules.rights import Can
from shared.rules.states import label_of as move_label
from shared.text import Text, _

IN_WORDS: Mapping[str, Callable[[AuditEntry], str]] = {
    "action": trail.action,
    "actor_name": trail.actor,
    "changes": trail.changes,
}


class AuditEntries(Table):
    model, label = AuditEntry, _("审计记录")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("at", "actor_name", "actor_role", "address", "action", "table_name", "row_id", "changes")
    column_searchable_list = ("actor_name",)
    column_filters = ("at", "actor_role", "action", "table_name", "row_id")
    column_labels: ClassVar = {"address": _("来源地址"), "actor_role": _("角色")}
    title_columns = ("at", "action")
    newest_first = True

    def filter_choices(self) -> Mapping[str, Callable[[], Mapping[str, Text | str]]]:
        return {"action": lambda: trail.ACTIONS, "table_name": self._tables}

    def _tables(self) -> dict[str, Text | str]:
        """Every table, by what the menu calls it where it stands there."""
        return trail.tables(self.admin)

    def value(self, row: Base, name: str) -> str:
        if isinstance(row, AuditEntry) and name in IN_WORDS:
            return IN_WORDS[name](row)
        found = super().value(row, name)
        return str(self._tables().get(found, found)) if name == "table_name" else found

    def searched(self, text: str) -> Any:  # noqa: ANN401  a SQL condition
        return super().searched(trail.NOBODY if text == str(trail.NOT_LOGGED_IN) else text)


class Events(Table):
    model, label = Event, _("办理记录")
    on = (Can.VIEW,)
    column_list = (
        "at", "application", "move", "actor_name", "actor_role", "from_stage", "to_stage", "to_conclusion", "reason"
    )  # fmt: skip
    column_filters = ("at", "application_id", "actor_role", "to_stage")
    column_labels: ClassVar = {"actor_role": _("角色")}
    title_columns = ("at", "move")
    newest_first = True

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        return str(move_label(found)) if name == "move" else found


class Mails(Table):
    model, label = Mail, _("邮件")
    on = (Can.VIEW,)
    column_list = ("to", "subject", "state", "attempts", "due_at", "sent_at", "fault")
    column_filters = ("state",)
    title_columns = ("subject",)
    newest_first = True
