"""Every declared table: what names its rows to an import; what it is searched, sorted and filtered by has an index."""

import pytest
from sqlalchemy import UniqueConstraint, inspect

from admin.menu import Menu
from admin.views import queues
from admin.views.base import Table
from shared.rules.rights import Can
from tests.every.test_models import _leads

TABLES = [view for view in Menu().views if isinstance(view, Table)]
# Rows that nothing but their number tells apart: they are typed, or come with the row that they belong to.
WITHOUT_KEY = {"windows", "teaching_breaks", "objections"}
# Filters of tables that grow, each with the reason why it needs no index of its own.
WITHOUT_INDEX = {
    "applications.stage": "counted by ix_applications_bureau_id_stage alone; the page is walked to in order",
    "applications.conclusion": "as the stage",
    "assessment_years.year": "of one's own school or area, or with an application; five values",
    "assessment_years.assessment": "as the year",
    "audit_entries.row_id": "asked together with table_name, whose index goes on with it",
    "audit_entries.actor_role": "eight values: the walk finds its page at once, and counts end at the cap",
    "events.actor_role": "as those of the audit",
    "events.to_stage": "as the role",
    "batches.state": "of one's own batches, which ix_batches_staff_id finds",
    "staff_requests.kind": "of one's own area, which ix_staff_requests_bureau_id finds",
    "staff_requests.state": "as the kind",
    "certificate_requests.service": "of one's own area, which its bureau's index finds",
    "certificate_requests.state": "as the service",
    "staff.active": "two values of which nearly all rows have one",
    "schools.nature": "four values, of one's own area, which ix_schools_bureau_id finds",
    "schools.status": "as the nature",
}  # fmt: skip


def ids(view: Table) -> str:
    return str(view.endpoint)


def test_the_walk_sees_every_table() -> None:
    assert {"applications", "schools", "audit_entries", "calendar_days"} <= {view.endpoint for view in TABLES}


@pytest.mark.parametrize("view", [view for view in TABLES if Can.CREATE in view.on], ids=ids)
def test_a_table_that_is_filled_by_hand_says_what_names_its_rows(view: Table) -> None:
    """The import of issue 5 finds rows by these columns: unique in the database, and part of the form."""
    if view.endpoint in WITHOUT_KEY:
        assert view.import_key == ()
        return
    table = view.model.__table__
    unique = {frozenset(key.columns.keys()) for key in table.constraints if isinstance(key, UniqueConstraint)}
    unique |= {frozenset(index.columns.keys()) for index in table.indexes if index.unique}
    assert frozenset(view.import_key) in unique
    assert set(view.import_key) <= set(view.form_columns)


@pytest.mark.parametrize("view", TABLES, ids=ids)
def test_every_name_of_a_declaration_is_a_column(view: Table) -> None:
    mapper = inspect(view.model)
    columns = {*mapper.columns.keys()}
    for part in ("column_filters", "column_searchable_list", "column_sortable_list", "column_editable_list"):
        assert set(getattr(view, part)) <= columns, part
    assert set(view.form_columns) <= columns
    assert set(view.column_editable_list) <= set(view.form_columns)
    assert set(view.form_create_only) <= set(view.form_columns)
    shown = {name.split(".")[0] for name in (*view.all_columns, *(view.column_details_list or ()))}
    assert shown <= columns | {*mapper.relationships.keys()}
    assert {view.column_link} - {""} <= set(view.column_list)


def test_whatever_a_list_is_searched_sorted_or_filtered_by_has_an_index() -> None:
    bare, walked = {}, 0
    for view in TABLES:
        table, columns = view.model.__table__, inspect(view.model).columns
        always = {*view.column_searchable_list, *view.column_sortable_list}
        for name in sorted(always | set(view.column_filters)):
            walked += 1
            if not _leads(table, columns[name]) and (name in always or not view.is_small):
                bare[f"{view.endpoint}.{name}"] = name in always
    assert walked > 80
    assert [name for name, always in bare.items() if always] == []
    assert set(bare) == set(WITHOUT_INDEX)


def test_the_filters_without_a_column_are_those_that_are_known() -> None:
    """What such a filter asks is SQL of its own, measured in tests/bench."""
    more = [one.name for view in TABLES for one in view.filters if one.name not in view.column_filters]
    assert more == [one.name for one in queues.FILTERS]
