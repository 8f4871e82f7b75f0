"""Every table: who may see it, what in it is personal, how it is found, what its columns may hold."""

import re

import pytest
from sqlalchemy import CheckConstraint, Column, Enum, Table

from shared.db import Base, Encrypted
from shared.models import Application, Person
from shared.rules.fields import FIELDS, Input, Mask
from shared.rules.policy import SCOPE

MODELS = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
COLUMNS = [column for table in Base.metadata.sorted_tables for column in table.columns]

# Tables without a line in SCOPE: nobody reaches them as rows of their own.
WITHOUT_SCOPE = {
    "reminders": "notes of the worker, so that nobody is reminded twice; what was said stands among mails and messages",
    "account_links": "found by their secret, by whoever was sent it",
    "photos": "shown with their application, by its rule",
    "drafts": "belong to nobody yet; found by a secret token",
    "agreements": "written by the portal, read beside the application",
    "batch_rows": "seen with their batch",
    "file_pieces": "fetched by whoever may see the import or the export",
    "import_rows": "seen with their import",
    "old_passwords": "only compared with, never shown",
    "received_papers": "the desk's check list, reached through the application",
}

PERSONAL = re.compile(r"(^|_)(id_number|mobile|landline|phone)$")
# Numbers of offices, announced to the public.
PUBLIC_NUMBERS = {"bureaus.phone", "confirmation_points.phone"}

# Foreign keys that no list joins on from their far side, so that an index would only cost.
WITHOUT_INDEX = {
    "applications.ethnicity_code",
    "applications.qualification_type_code",
    "applications.authority_id",
    "applications.certificate_subject_code",
    "applications.teaching_subject_code",
    "applications.title_code",
    "applications.education_code",
    "applications.degree_code",
    "applications.institution_id",
    "applications.putonghua_code",
    "applications.residence_code",
    "applications.birthplace_code",
    "applications.political_status_code",
    "authorities.merged_into_id",
    "authorities.successor_code",
    "batches.undone_by_id",
    "bureaus.division_code",
    "certificates.qualification_type_code",
    "certificates.subject_code",
    "certificates.authority_id",
    "divisions.successor_code",
    "drafts.campaign_id",
    "holds.placed_by_id",
    "holds.lifted_by_id",
    "imports.undone_by_id",
    "institutions.merged_into_id",
    "received_papers.received_by_id",
    "receipts.issued_by_id",
    "receipts.voided_by_id",
    "revocation_requests.requested_by_id",
    "revocation_requests.decided_by_id",
    "schools.merged_into_id",
    "staff_requests.decided_by_id",
    "subjects.merged_into_id",
}


def name_of(column: Column[object]) -> str:
    return f"{column.table.name}.{column.name}"


def test_the_walk_sees_every_table() -> None:
    assert set(MODELS) == set(Base.metadata.tables)
    assert {"applications", "people", "audit_entries"} <= set(MODELS)


def test_every_model_has_a_line_in_scope_or_a_reason_why_not() -> None:
    scoped = {model.__tablename__ for model, _role, _action in SCOPE}
    assert set(MODELS) - scoped == set(WITHOUT_SCOPE)


def test_every_personal_number_is_encrypted_in_its_column() -> None:
    personal = [column for column in COLUMNS if PERSONAL.search(column.name) and name_of(column) not in PUBLIC_NUMBERS]
    assert {name_of(column) for column in personal} >= {"people.id_number", "applications.mobile", "staff.mobile"}
    assert [name_of(column) for column in personal if not isinstance(column.type, Encrypted)] == []


def test_what_the_form_masks_is_encrypted_in_its_column_save_the_address_that_mail_goes_to() -> None:
    for field in FIELDS:
        if field.mask in (Mask.ID_NUMBER, Mask.PHONE):
            column = (Person if field.of_person else Application).__table__.c[field.name]
            assert isinstance(column.type, Encrypted), field.name


def test_one_kind_of_personal_value_is_encrypted_alike_wherever_it_stands() -> None:
    kinds = {name_of(column): column.type.kind for column in COLUMNS if isinstance(column.type, Encrypted)}
    assert kinds == {
        "people.id_number": "id_number",
        "certificates.id_number": "id_number",
        "roster_entries.id_number": "id_number",
        "staff.id_number": "id_number",
        "staff.mobile": "phone",
        "staff.totp_secret": "totp",
        "applications.mobile": "phone",
        "applications.landline": "phone",
        "drafts.answers": "draft",
        "exports.query": "query",
        "file_pieces.content": "file",
        "import_rows.before": "import_row",
    }


def _leads(table: Table, column: Column[object]) -> bool:
    """Whether some index or unique constraint of `table` begins with `column`."""
    firsts = [next(iter(index.columns)) for index in table.indexes]
    firsts += [next(iter(key.columns)) for key in table.constraints if type(key).__name__ == "UniqueConstraint"]
    return any(first is column for first in firsts) or bool(column.unique or column.primary_key)


def test_every_foreign_key_has_an_index_or_stands_in_the_list() -> None:
    bare = {name_of(column) for column in COLUMNS if column.foreign_keys and not _leads(column.table, column)}
    assert bare == WITHOUT_INDEX


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_its_column_and_its_relation(field: object) -> None:
    owner = Person if field.of_person else Application
    if field.input is Input.PHOTO:
        assert "photo" in Application.__mapper__.relationships
        return
    column = owner.__table__.c[field.name]
    if field.input is Input.KIND:
        assert column.type.enum_class is field.kinds
    if field.input is Input.ENTRY:
        relation = owner.__mapper__.relationships[field.relation]
        assert relation.mapper.class_ is field.entries
        assert set(relation.local_columns) == {column}
    if field.input is Input.DATE:
        assert column.type.python_type.__name__ == "date"
    length = getattr(column.type, "length", None)
    if field.input is Input.TEXT and length and not isinstance(column.type, Encrypted):
        assert field.longest <= length


@pytest.mark.parametrize("column", [column for column in COLUMNS if isinstance(column.type, Enum)], ids=name_of)
def test_every_enumeration_is_checked_by_the_database(column: Column[object]) -> None:
    checks = [key for key in column.table.constraints if isinstance(key, CheckConstraint)]
    assert any(f"ck_{column.table.name}_{column.type.name}" == str(key.name) for key in checks), name_of(column)
    assert not column.type.native_enum


def test_every_row_that_people_edit_counts_its_versions() -> None:
    records = {"events", "audit_entries"}
    without = {name for name, model in MODELS.items() if model.__mapper__.version_id_col is None}
    assert without == records
