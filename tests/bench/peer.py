"""django-import-export as its documentation shows it, and at its best tuning, into a table equal to ours."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from tests.bench.contenders import Bench, _database

TABLE = "bench_entries"
HEADINGS = {"school": "学校编码", "name": "姓名", "id_kind": "证件类型", "id_number": "身份证号"}


def make_table(engine: Engine) -> None:
    """A table with the columns and indexes of ours; its ID numbers are plain text, for the peer encrypts nothing."""
    key = "INTEGER PRIMARY KEY" if engine.dialect.name == "sqlite" else "SERIAL PRIMARY KEY"
    beginning = "" if engine.dialect.name == "sqlite" else " text_pattern_ops"
    with engine.begin() as connection:
        for statement in (
            (
                f"CREATE TABLE {TABLE} (id {key}, version INTEGER NOT NULL, campaign_id INTEGER NOT NULL"
                " REFERENCES campaigns, school_id INTEGER NOT NULL REFERENCES schools, id_kind VARCHAR(32) NOT NULL,"
                " id_number VARCHAR(64) NOT NULL, name VARCHAR(100) NOT NULL, UNIQUE (campaign_id, id_kind, id_number))"
            ),
            f"CREATE INDEX bench_number ON {TABLE} (id_number)",
            f"CREATE INDEX bench_school ON {TABLE} (school_id, campaign_id)",
            f"CREATE INDEX bench_name ON {TABLE} (name{beginning})",
        ):
            connection.exec_driver_sql(statement)


def set_up(url: str) -> None:
    """Django with nothing but what the import needs."""
    import django
    from django.conf import settings

    known: URL = make_url(url)
    settings.configure(
        DATABASES={"default": _database(known)},
        INSTALLED_APPS=[f"{Bench.__module__}.Bench", "django.contrib.contenttypes", "import_export"],
        IMPORT_EXPORT_SKIP_ADMIN_LOG=True,
    )
    django.setup()


def run(path: Path, campaign_id: int, *, tuned: bool) -> int:
    """Read, check and write the file; how many rows are new. Like its admin it reads all of the file first."""
    from tablib import Dataset

    found = Dataset()
    found.load(path.read_bytes(), format="xlsx")
    result = _resource(campaign_id, tuned=tuned).import_data(found, dry_run=False, raise_errors=True)
    return int(result.totals["new"])


def _resource(campaign_id: int, *, tuned: bool) -> Any:
    from django.db import models
    from import_export import fields, resources, widgets

    from shared.models.kinds import IdKind

    class School(models.Model):  # noqa: DJ008
        code = models.CharField(max_length=32)

        class Meta:
            managed, db_table, app_label = False, "schools", "bench"

    class Entry(models.Model):  # noqa: DJ008
        version = models.IntegerField(default=1)
        campaign_id = models.IntegerField()
        school = models.ForeignKey(School, models.CASCADE)
        id_kind = models.CharField(max_length=32, choices=[(kind.value, kind.label.message) for kind in IdKind])
        id_number = models.CharField(max_length=64)
        name = models.CharField(max_length=100)

        class Meta:
            managed, db_table, app_label = False, TABLE, "bench"

    known = {kind.label.message: kind.value for kind in IdKind}

    class KindWidget(widgets.CharWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
            return known[value]

    places = widgets.CachedForeignKeyWidget if tuned else widgets.ForeignKeyWidget
    widget = {"school": places(School, "code"), "id_kind": KindWidget()}
    # Its best: nothing is looked up, so that it can only insert.
    tuning = {"use_bulk": True, "batch_size": 1_000, "skip_diff": True, "force_init_instance": True} if tuned else {}
    options = {"model": Entry, "fields": tuple(HEADINGS), "import_id_fields": ("id_number",)}

    class Entries(resources.ModelResource):
        Meta = type("Meta", (), options | tuning)

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.campaign_id = campaign_id

    for name, heading in HEADINGS.items():
        Entries.fields[name] = fields.Field(name, column_name=heading, widget=widget.get(name))
    return Entries()
