"""What a table was exported as can be edited and imported again: as it is it changes nothing, and a change is one."""

import io
from collections.abc import Iterable

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from shared.db import session
from shared.models import Import, ImportRow, QualificationType, Subject
from shared.models.kinds import BureauLevel, ImportState, Role
from shared.rules.rights import Can
from shared.services.imports import formats, running
from tests import build
from tests.admin import world
from tests.admin.exporting import EVERYTHING
from tests.admin.world import City
from tests.importing import counts, refusals, the


def sent(client, name: str, content: bytes, campaign: int, suffix: str) -> int:
    data = {"file": (io.BytesIO(content), f"{name}.{suffix}"), "campaign": str(campaign)}
    assert client.post(f"/imports/send/?kind={name}", data=data).status_code == 302
    key = session.scalars(select(Import.id).order_by(Import.id.desc())).first()
    running.work_off(key)
    return key


def exported(client, name: str, suffix: str) -> bytes:
    order = EVERYTHING | {"what": "importable", "file_format": suffix}
    answer = client.post(f"/{name.replace('_', '-')}/export/", data=order)
    assert answer.status_code == 200, answer.text
    return answer.data


def every_type_of(*texts: Iterable[str]) -> None:
    """The types of qualification that these codes name."""
    codes = {code for some in texts for text in some for code in text.split(";") if code}
    for code in sorted(codes - set(session.scalars(select(QualificationType.code)))):
        build.add(QualificationType(code=code, name=f"资格{code}", issuing_level=BureauLevel.CITY, level_rank=1))


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_every_table_comes_back_as_it_went(app: Flask, city: City, suffix: str) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    every_type_of(session.scalars(select(Subject.qualification_types)))
    views = [view for view in app.jinja_env.globals["menu"].views if getattr(view, "takes_files", False)]
    names = [view.endpoint for view in views]
    assert all(Can.EXPORT in view.on for view in views)
    assert len(names) > 16
    for name in names:
        content = exported(client, name, suffix)
        key = sent(client, name, content, city.rows["campaigns"], suffix)
        assert the(key).state is ImportState.CHECKED, (name, the(key).faults)
        new, changed, unchanged, refused = counts(key)
        assert (new, changed, refused) == (0, 0, 0), (name, refusals(key), [
            (row.number, row.changes) for row in session.scalars(select(ImportRow).where(ImportRow.import_id == key))
        ])  # fmt: skip
        table = formats.named(name).target.table
        assert unchanged == session.query(table).count(), name


def test_a_change_in_the_exported_file_is_one_change(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    book = load_workbook(io.BytesIO(exported(client, "schools", "xlsx")))
    sheet = book.active
    head = next(row for row in sheet.iter_rows(values_only=True) if "名称" in row)
    place = head.index("名称") + 1
    sheet.cell(sheet.max_row, place).value = "改了名的小学"
    out = io.BytesIO()
    book.save(out)
    key = sent(client, "schools", out.getvalue(), city.rows["campaigns"], "xlsx")
    assert counts(key)[:2] == (0, 1), refusals(key)
    row = session.scalars(select(ImportRow).where(ImportRow.import_id == key)).one()
    assert row.changes["name"][1] == "改了名的小学"
