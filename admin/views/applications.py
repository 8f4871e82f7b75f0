"""Applications: the list, one page with everything about one of them, and the moves that its reader may make."""

from http import HTTPStatus
from typing import Any, ClassVar

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_wtf import FlaskForm
from sqlalchemy import select

from admin.forms import moves
from admin.forms.typed import number_of
from admin.views import batches, cells, conflict, history, queues, reset, rows, searching
from admin.views.base import Table
from admin.views.printing import Printing
from shared.db import Base, session
from shared.models import Application, Event, Hold, Message, Person
from shared.models.kinds import Role
from shared.rules import fields, policy
from shared.rules.fields import Input, Section, Step
from shared.rules.rights import Can
from shared.rules.states import MOVES, Move, status_label
from shared.services import access, attesting, confirming, documents, forms, photos, prints, workflow
from shared.services.deeds import offered
from shared.services.errors import NotYours, Refused
from shared.services.reviewing import DECIDES
from shared.text import _
from shared.web.forms import show
from shared.web.login import by

AT_THE_DESK = ("confirm", "correct", "undo_confirm")  # these have a page of their own


class Applications(Printing, Table):
    model, label = Application, _("定期注册申请")
    on = (Can.VIEW, Can.EDIT, Can.EXPORT)
    column_list = (
        "registration_number", "name", "person.id_number", "school", "bureau", "point", "stage", "submitted_at"
    )  # fmt: skip
    column_more = (
        "certificate_number", "registration_type", "campaign", "teaching_stage", "conclusion", "stage_at",
        "valid_until", "assigned_to", "open_hold",
    )  # fmt: skip
    column_link = "registration_number"
    column_searchable_list = ("registration_number", "certificate_number", "name")
    column_filters = (
        "stage", "conclusion", "reason_code", "campaign_id", "bureau_id", "school_id", "point_id", "submitted_at",
        "stage_at",
    )  # fmt: skip
    column_sortable_list = ("registration_number", "name", "submitted_at", "stage_at")
    column_labels: ClassVar = {
        "stage": _("状态"),
        "name": _("姓名"),
        "bureau": _("注册机构"),
        "bureau_id": _("注册机构"),
    }
    form_columns = tuple(field.name for field in fields.of_step(Step.SCHOOL))
    newest_first = True
    list_template = "application/list.html"
    details_template = "application/details.html"

    def __init__(self) -> None:
        super().__init__()
        self.filters += queues.FILTERS

    @property
    def usual_columns(self) -> list[str]:
        """Without what is the same in every row of the reader's; above a district the bureau says enough."""
        same = {Role.SCHOOL: ("school", "bureau"), Role.POINT: ("point", "bureau"), Role.DISTRICT: ("bureau",)}
        role = by().role or Role.AUDITOR
        return [name for name in self.column_list if name not in same.get(role, ("point",))]

    def label_of(self, name: str) -> Any:  # noqa: ANN401  a text
        known = fields.BY_NAME.get(name)
        return known.label if known and name not in self.column_labels else super().label_of(name)

    get_column_name = label_of

    def searched(self, text: str) -> Any:  # noqa: ANN401  a SQL condition
        # Asked first, not as a subquery: beside an OR the planner would read the whole table.
        owners = session.scalars(select(Person.id).where(Person.id_number == text.upper())).all()
        return searching.search(
            Application,
            self.column_searchable_list,
            text,
            more=lambda table: [table.c.person_id.in_(owners)] if owners else [],
        )

    def value(self, row: Base, name: str) -> str:
        if name == "stage" and isinstance(row, Application):
            return str(status_label(row.stage, row.conclusion))
        if name == "open_hold" and not policy.may(Hold, by().role, Can.VIEW):
            return cells.NOTHING  # neither schools nor points are told of holds
        return super().value(row, name)

    def badge(self, row: Base, name: str) -> str:
        if name != "stage" or not isinstance(row, Application):
            return ""
        return f"{row.stage.value} {row.conclusion.value}"

    def page_of(self, row: Application, asked: rows.Asked) -> str:
        """Whoever decides opens the review page, which knows the list that it was opened from."""
        if any(policy.may(Application, by().role, right) for right in DECIDES):
            return url_for("review.case", key=row.id, **asked.address())
        return str(self.get_url(".details_view", id=row.id))

    def list_extras(self) -> dict[str, Any]:
        return {"inline": None, "actions": offered(by().role)}

    def prepared(self, form: FlaskForm, row: Base | None) -> FlaskForm:  # noqa: ARG002
        form.ethics.flags.required = True  # the column is empty until the school has spoken
        return form

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> Application:  # noqa: ARG002
        return attesting.attest(key, values, by=by(), version=version)

    def row_page(self, row: Application, *, masked: bool = True) -> ResponseReturnValue:
        application = row
        desk = confirming.desk(application.id, by=by())
        rights = {
            right: access.may(Application, application.id, by=by(), to=right) for right in (Can.REVEAL, Can.PRINT)
        }
        offered = [move for move in workflow.possible(application, by=by()) if move.name not in AT_THE_DESK]
        editable = self.can_edit and access.may(Application, application.id, by=by(), to=Can.EDIT)
        return self.render(
            self.details_template,
            application=application,
            sections=sections(application, masked=masked),
            masked=masked,
            desk=desk,
            history=history.latest(application),
            events=self._related(Event, application.id),
            messages=self._related(Message, application.id),
            prints=prints.latest(application, by=by()),
            moves=offered,
            editable=editable,
            may_reveal=rights[Can.REVEAL],
            may_print=rights[Can.PRINT],
            at_desk=policy.may(Application, by().role, Can.CONFIRM),
            may_reset=access.may(Person, application.person_id, by=by(), to=Can.RESET_PASSWORD),
        )

    @staticmethod
    def _related(model: type[Event] | type[Message], key: int) -> Any:  # noqa: ANN401  rows, or none for the reader
        return session.scalars(access.query(model, by=by()).where(model.application_id == key).order_by(model.id)).all()

    @expose("/<int:key>/photo.jpg")
    def photo(self, key: int) -> ResponseReturnValue:
        picture = photos.get(key, by=by(), size="master")
        if picture is None:
            raise NotYours
        return Response(picture, mimetype="image/jpeg")

    @expose("/<int:key>/form.pdf", methods=("POST",))
    def form_paper(self, key: int) -> ResponseReturnValue:
        """The application form; a POST, because it counts as printed from now on."""
        return _paper(forms.printed([key], by=by(), portal_url=reset.portal_url()), f"form-{key}.pdf")

    @expose("/<int:key>/receipt.pdf")
    def receipt_paper(self, key: int) -> ResponseReturnValue:
        return _paper(documents.receipts_of([key], by=by()), f"receipt-{key}.pdf")

    @expose("/<int:key>/move/<wanted>", methods=("GET", "POST"))
    def move(self, key: int, wanted: str) -> ResponseReturnValue:
        """Ask for what the move needs, then make it; the version is the one that the reader has seen."""
        application = self.get_one(key)
        row = self._possible(application, wanted)
        form = moves.form_for(row, application)()
        if form.validate_on_submit():
            try:
                workflow.move(key, row.name, by=by(), version=self._version(form), wish=moves.wish_of(form))
            except Refused as refused:
                show(conflict.told(form, key, refused, to=row.permission), form)
            else:
                flash(str(_("{move}：已办理", move=row.label)), "success")
                return redirect(self.get_url(".details_view", id=key))
        elif not form.is_submitted():
            form.version.data = number_of(request.args.get("version")) or application.version
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return self.render("application/move.html", application=self.get_one(key), move=row, form=form), status

    @expose("/<int:key>/reset", methods=("GET", "POST"))
    def reset(self, key: int) -> ResponseReturnValue:
        """Let the applicant back into the own account: see `reset`."""
        return reset.step(self, self.get_one(key))

    @staticmethod
    def _possible(application: Application, name: str) -> Move:
        """The move, if its reader may make it at all; whether it is possible now is said in a sentence."""
        row = MOVES.get(name)
        if row is None or name in AT_THE_DESK:
            raise NotYours
        if not access.may(Application, application.id, by=by(), to=row.permission):
            raise NotYours
        return row

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Choose → preview → run: see `batches`."""
        return batches.choose(self)


def sections(application: Application, *, masked: bool) -> list[tuple[Section, list[tuple[Any, str]]]]:
    """Every field of FIELDS, by section, as the pages show it."""
    return [
        (
            section,
            [
                (field.label, fields.shown(field, application, masked=masked) or cells.NOTHING)
                for field in fields.in_section(section)
                if field.input is not Input.PHOTO
            ],
        )
        for section in Section
    ]


def _paper(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"inline; filename={name}"}
    return Response(content, headers=headers, mimetype="application/pdf")
