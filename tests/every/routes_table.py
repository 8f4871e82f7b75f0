"""Who may do what with which address of the back office: a new one stands here before it works anywhere."""

from typing import NamedTuple

from shared.models.kinds import Role

S, P, D, C, V, U, A = (
    Role.SCHOOL,
    Role.POINT,
    Role.DISTRICT,
    Role.CITY,
    Role.PROVINCE,
    Role.SUPERUSER,
    Role.AUDITOR,
)
ALL = (S, P, D, C, V, U, A)
MOVERS = (S, P, D, C, V)
BUREAUS = (D, C, V, U, A)  # officers of bureaus, the superuser, the auditor
KEEPERS = (U, A)
Roles = tuple[Role, ...]


class Table(NamedTuple):
    """Who may do what with a table. `inline`: a column changed in the list; `lookup`: one chosen by typing."""

    view: Roles
    create: Roles = ()
    edit: Roles = ()
    delete: Roles = ()
    export: Roles = ()
    act: Roles = ()
    inline: str = ""
    lookup: str = ""
    look_up: Roles | None = None  # whoever may view, unless said otherwise
    history: Roles = KEEPERS
    reveal: Roles = ()
    pages: Roles | None = None  # who may open a row's own page, if not whoever sees the list
    shared_rows: bool = False  # the same rows for everybody: none is foreign


CODES = Table(KEEPERS, (U,), (U,), (), KEEPERS, inline="name", shared_rows=True)
OWN_YEARS = Table(ALL, export=ALL, lookup="application_id")  # filled in on the school's check page
SETTINGS = Table(KEEPERS, (U,), (U,), (U,), KEEPERS, lookup="campaign_id")
TABLES = {
    "applications": Table(
        ALL, edit=(S,), export=ALL, act=(S, P, D, C, V), lookup="school_id", history=BUREAUS, reveal=(P, D, C, V)
    ),
    "batches": Table((*MOVERS, A), history=(), pages=(S, A)),  # one's own: that of the walk is the school's
    "imports": Table((S, P, D, C, V, U, A), history=(), pages=(U, A)),
    "exports": Table(ALL, history=(), pages=(S, A)),
    "assessment_years": OWN_YEARS,
    "teaching_breaks": OWN_YEARS,
    "staff_requests": Table(BUREAUS, export=BUREAUS, lookup="bureau_id"),
    "certificate_requests": Table(BUREAUS, export=BUREAUS, lookup="bureau_id"),
    "revocation_requests": Table(ALL, export=ALL),
    "staff": Table(KEEPERS, (U,), (U,), export=(U,), reveal=(U,), lookup="school_id"),
    "people": Table(KEEPERS),
    "roster_entries": Table((S, *BUREAUS), export=(S, *BUREAUS), reveal=(S, D), lookup="school_id"),
    "bureaus": Table(BUREAUS, (U,), (U,), export=BUREAUS, inline="name", lookup="parent_id"),
    "schools": Table((S, *BUREAUS), (U,), (U,), export=BUREAUS, inline="name", lookup="bureau_id"),
    "confirmation_points": Table(BUREAUS, (U,), (U,), export=BUREAUS, inline="address", lookup="bureau_id"),
    "point_schools": Table(BUREAUS, (U,), (), (U,), BUREAUS, lookup="point_id"),
    "campaigns": Table(ALL, (U,), (U,), export=BUREAUS, inline="name", lookup="bureau_id", look_up=(U,)),
    "windows": SETTINGS,
    "materials": SETTINGS,
    "publicities": Table(BUREAUS, (D,), (D,), export=BUREAUS, lookup="campaign_id"),
    "objections": Table(BUREAUS, (D,), (D,), export=BUREAUS, lookup="campaign_id"),
    "qualification_types": CODES,
    "subjects": CODES,
    "authorities": CODES._replace(lookup="division_code"),
    "institutions": CODES,
    "divisions": CODES._replace(lookup="parent_code"),
    "reason_codes": CODES,
    "calendar_days": CODES._replace(inline="is_workday"),
    "notice_texts": CODES._replace(export=(), inline=""),
    "ethnicities": CODES,
    "political_statuses": CODES,
    "educations": CODES,
    "degrees": CODES,
    "titles": CODES,
    "putonghua_grades": CODES,
    "audit_entries": Table((A,), export=(A,), history=(), shared_rows=True),
    "events": Table(ALL, lookup="application_id", history=()),
    "mails": Table((A,), history=(), shared_rows=True),
}
ACTIONS = (
    "index_view",
    "find_view",
    "reveal",
    "details_view",
    "history_view",
    "create_view",
    "edit_view",
    "delete_view",
    "retire_view",
    "ajax_update",
    "ajax_lookup",
    "action_view",
    "export",
)
MOVE_OF = {S: "school_pass", P: "return", D: "disqualify", C: "agree", V: "final", U: "final", A: "agree"}


class Page(NamedTuple):
    """An address with answers of its own: the status for those who may, for all others, and for somebody else's row."""

    roles: Roles
    status: int
    others: int = 404
    foreign: int = 404
    nobody: int = 302
    address: str = ""
    row: str = "applications"  # the table whose row the address names
    data: dict[str, str] = {}  # noqa: RUF012  read only


PRINTERS = (S, P, D, C, V)
PAGES = {
    ("static", "GET"): Page(ALL, 200, nobody=200, address="/static/css/admin.css"),
    ("shared.static", "GET"): Page(ALL, 200, nobody=200, address="/shared-static/css/tokens.css"),
    ("admin.static", "GET"): Page(ALL, 200, nobody=200, address="/static/admin/vendor/jquery.min.js"),
    ("health.healthz", "GET"): Page(ALL, 200, nobody=200),
    ("health.readyz", "GET"): Page(ALL, 200, nobody=200),
    ("session.log_in", "GET"): Page(ALL, 302, nobody=200),
    ("session.log_in", "POST"): Page(ALL, 302, nobody=422),
    ("session.code", "GET"): Page(ALL, 302, nobody=302),
    ("session.code", "POST"): Page(ALL, 302, nobody=302),
    ("session.log_out", "POST"): Page(ALL, 302, nobody=401),
    ("session.change_password", "GET"): Page(ALL, 200),
    ("session.change_password", "POST"): Page(ALL, 422, nobody=401),
    ("account.activate", "GET"): Page(ALL, 302, nobody=200),
    ("account.activate", "POST"): Page(ALL, 302, nobody=422),
    ("account.index", "GET"): Page(ALL, 200),
    ("account.end_session", "POST"): Page((C,), 303, nobody=401),
    ("account.end_other_sessions", "POST"): Page(ALL, 303, nobody=401),
    ("account.second_factor", "GET"): Page(ALL, 200),
    ("account.second_factor", "POST"): Page(ALL, 422, nobody=401),
    ("account.begin_second_factor", "POST"): Page((S, P, A), 302, 409, nobody=401),
    ("admin.index", "GET"): Page(ALL, 200),
    ("admin.pile", "GET"): Page((D, C, V), 200, address="/waiting/held/"),
    ("applications.photo", "GET"): Page(ALL, 200),
    ("applications.receipt_paper", "GET"): Page(PRINTERS, 200),
    ("applications.form_paper", "POST"): Page(PRINTERS, 200, nobody=401),
    ("applications.move", "GET"): Page((S, P), 200),
    ("applications.move", "POST"): Page((S, P), 422, nobody=401, data={"version": "0"}),
    ("applications.reset", "GET"): Page((S, D), 200),
    ("applications.reset", "POST"): Page((S, D), 422, nobody=401),
    ("saved_views.index", "GET"): Page(ALL, 200, address="/saved-views/?table=applications"),
    ("saved_views.save", "POST"): Page(ALL, 302, nobody=401, data={"table": "applications"}),
    ("saved_views.change", "POST"): Page((D,), 302, nobody=401, row="saved_views", data={"table": "applications"}),
    ("batches.preview", "POST"): Page((S,), 302, nobody=401, row="batches"),
    ("batches.run", "POST"): Page((S,), 404, nobody=401, row="batches"),  # it was never previewed
    ("batches.cancel", "POST"): Page((S,), 302, nobody=401, row="batches"),
    ("batches.undo", "GET"): Page((S,), 409, row="batches"),
    ("batches.undo", "POST"): Page((S,), 409, nobody=401, row="batches"),
    ("batches.progress", "GET"): Page((S, A), 200, row="batches"),
    ("batches.rows", "GET"): Page((S, A), 200, row="batches"),
    ("batches.download", "POST"): Page((S, A), 200, nobody=401, row="batches"),
    ("imports.send_view", "GET"): Page((S, P, D, C, V, U), 200),
    ("imports.send_view", "POST"): Page((S, P, D, C, V, U), 200, nobody=401),  # the page of what can be sent in
    ("imports.template", "GET"): Page((U,), 200, address="/imports/template/schools"),
    ("imports.progress", "GET"): Page((U, A), 200, row="imports"),
    ("imports.rows", "GET"): Page((U, A), 200, row="imports"),
    ("imports.start", "POST"): Page((U,), 302, nobody=401, row="imports"),
    ("imports.cancel", "POST"): Page((U,), 302, nobody=401, row="imports"),
    ("imports.undo", "GET"): Page((U,), 409, row="imports"),
    ("imports.undo", "POST"): Page((U,), 409, nobody=401, row="imports"),
    ("imports.download", "POST"): Page((U,), 404, nobody=401, row="imports"),  # the file is kept no more
    ("exports.progress", "GET"): Page((S, A), 200, row="exports"),
    ("exports.cancel", "POST"): Page((S,), 302, nobody=401, row="exports"),
    ("exports.download", "POST"): Page((S,), 409, nobody=401, row="exports"),  # it is not there yet
    ("staff.activation_view", "GET"): Page((U,), 200),
    ("staff.activation_view", "POST"): Page((U,), 422, nobody=401, data={"version": "0"}),
    ("staff.second_factor_view", "GET"): Page((U,), 200),
    ("staff.second_factor_view", "POST"): Page((U,), 302, nobody=401),
    ("staff.sessions_view", "GET"): Page((U,), 200),
    ("staff.sessions_view", "POST"): Page((U,), 302, nobody=401),
    ("slips.index", "GET"): Page((), 200),  # an import of accounts is named in tests/admin/test_slips.py
    ("slips.give", "POST"): Page((), 200, nobody=401),
    ("desk.index", "GET"): Page((P,), 200),
    ("applications.print_view", "GET"): Page((S, P, D, C, V), 200),
    ("applications.print_view", "POST"): Page((S, P, D, C, V), 422, nobody=401),
    ("desk.index", "POST"): Page((P,), 422, nobody=401),
    ("desk.case", "GET"): Page((P,), 200),
    ("desk.confirm", "POST"): Page((P,), 422, nobody=401),
    ("desk.correct", "GET"): Page((P,), 200),
    ("desk.correct", "POST"): Page((P,), 422, nobody=401),
    ("desk.point", "GET"): Page((P,), 200),
    ("desk.point", "POST"): Page((P,), 422, nobody=401),
    ("desk.receipt", "GET"): Page((P,), 200),
    ("desk.reveal", "POST"): Page((P,), 200, nobody=401),
    ("desk.take", "POST"): Page((P,), 404, nobody=401),
    ("desk.today", "GET"): Page((P,), 200),
    ("desk.send_back", "GET"): Page((P,), 200),
    ("desk.send_back", "POST"): Page((P,), 422, nobody=401),
    ("desk.adopt", "POST"): Page((P,), 422, nobody=401),
    ("desk.undo", "POST"): Page((P,), 422, nobody=401),
    ("roster.index", "GET"): Page((S, *BUREAUS), 200),
    ("roster.find", "POST"): Page((S, *BUREAUS), 302, others=404, nobody=401),
    ("roster.export", "POST"): Page((S,), 200, nobody=401),  # a bureau names the school
    ("roster.next", "GET"): Page((S,), 302),
    ("roster.returned", "GET"): Page((S,), 200),
    ("roster.case", "GET"): Page((S,), 200),
    ("roster.save", "POST"): Page((S,), 422, nobody=401),
    ("statistics.index", "GET"): Page(ALL, 200),
    ("statistics.export", "POST"): Page(ALL, 200, nobody=401),
    ("review.index", "GET"): Page((D, C, V), 200),
    ("review.case", "GET"): Page((D, C, V), 200),
    ("review.reveal", "POST"): Page((D, C, V), 200, nobody=401),
    ("review.decide", "POST"): Page((D, C, V), 404, nobody=401),  # "return" is no decision of theirs
    ("review.hold", "POST"): Page((D, C, V), 422, nobody=401),
    ("review.lift", "POST"): Page((D, C, V), 404, nobody=401),  # there is no hold to lift
    ("review.assign", "POST"): Page((D, C, V), 302, nobody=401),
    ("review.write", "POST"): Page((D, C, V), 422, nobody=401),
}
for _table in ("authorities", "institutions", "schools", "subjects"):
    PAGES[f"{_table}.merge_view", "GET"] = Page((U,), 200)
    PAGES[f"{_table}.merge_view", "POST"] = Page((U,), 404, nobody=401)  # no row is named
PAGES |= {
    ("staff_requests.queue", "GET"): Page((U,), 200),
    ("staff_requests.queue", "POST"): Page((U,), 404, nobody=401),  # no request is named
    ("staff_requests.ajax_entries", "GET"): Page((U,), 200, address="/staff-requests/queue/entries/schools"),
}
PAGES |= {
    ("authorities.tree_view", "GET"): Page(KEEPERS, 200),
    ("authorities.rename_view", "GET"): Page((), 200),  # no row is named; tests/admin/test_reference.py names one
    ("authorities.rename_view", "POST"): Page((), 200, nobody=401),
    ("bureaus.tree_view", "GET"): Page(BUREAUS, 200),
    ("bureaus.move_view", "GET"): Page((), 200),
    ("bureaus.move_view", "POST"): Page((), 200, nobody=401),
    ("confirmation_points.schools_view", "GET"): Page((), 200),
    ("confirmation_points.schools_view", "POST"): Page((), 200, nobody=401),
    ("materials.order_view", "GET"): Page((U,), 200),
    ("materials.order_view", "POST"): Page((), 200, nobody=401),
    ("campaigns.next_view", "GET"): Page((), 200),
    ("campaigns.next_view", "POST"): Page((), 200, nobody=401),
    ("campaigns.seen_view", "GET"): Page((), 200),
    ("calendar_days.year_view", "GET"): Page(KEEPERS, 200),
    ("calendar_days.year_view", "POST"): Page((U,), 200, nobody=401),  # nothing to read yet: a preview
    ("notice_texts.edition_view", "GET"): Page((U,), 200),
    ("notice_texts.edition_view", "POST"): Page((U,), 422, nobody=401),
    ("notice_texts.preview_view", "GET"): Page((), 200),
}
