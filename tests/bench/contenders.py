"""The same list by two generated admins as their documentation shows them: stock Flask-Admin and Django's admin."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.apps import AppConfig
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.orm import sessionmaker

from shared.db import Registry
from shared.models import Application
from shared.models.kinds import Stage

Ask = Callable[[str], str]  # what an address of the list asks for → its page
COLUMNS = ("registration_number", "name", "school", "bureau", "point", "stage", "submitted_at")
SEARCHED = ("registration_number", "name")
ROWS = 20

urlpatterns: list[Any] = []  # Django's, filled once it is set up


def flask_admin(engine: Engine) -> tuple[Ask, Mapping[str, str]]:
    """Flask-Admin with columns, search and a filter named; and how its addresses ask."""
    from flask_admin import Admin
    from flask_admin.contrib.sqla import ModelView
    from flask_babel import Babel

    app = Flask("stock")
    app.config.update(SECRET_KEY="stock", TESTING=True)
    Babel(app)
    session = Registry(sessionmaker(engine))
    named = {"column_list": COLUMNS, "column_searchable_list": SEARCHED, "column_filters": ("stage",)}
    view = type("Stock", (ModelView,), named | {"named_filter_urls": True})
    Admin(app).add_view(view(Application, session, endpoint="list"))
    client = app.test_client()

    def ask(query: str) -> str:
        answer = client.get(f"/admin/list/?{query}")
        session.remove()
        assert answer.status_code == 200, answer.status
        return answer.text

    return ask, {
        "first page": "",
        "page 1,000": "page=999",
        "a filter": "flt0_stage_equals=REVIEWED",
        "exact number": "search={number}",
        "beginning of a name": "search=^{name}",
    }


def django(engine: Engine) -> tuple[Ask, Mapping[str, str]]:
    """Django's admin over the same tables; its user is let in without a log-in."""
    site = _django_site(engine.url)
    from django.test import RequestFactory

    keeper = SimpleNamespace(
        pk=1, is_active=True, is_staff=True, is_superuser=True, is_authenticated=True, get_username=lambda: "keeper",
        get_short_name=lambda: "keeper", has_usable_password=lambda: True, has_perm=lambda _perm, _row=None: True,
        has_module_perms=lambda _label: True,
    )  # fmt: skip

    def ask(query: str) -> str:
        request = RequestFactory().get(f"/admin/bench/application/?{query}")
        request.user = keeper  # type: ignore[assignment]
        answer = site.changelist_view(request)
        assert answer.status_code == 200, answer.status_code
        return str(answer.render().text)

    return ask, {
        "first page": "",
        "page 1,000": "p=1000",
        "a filter": "stage__exact=reviewed",
        "exact number": "q={number}",
        "beginning of a name": "q={name}",
    }


def _django_site(url: URL) -> Any:
    """The list of applications over the database at `url`; Django is set up once for all databases."""
    import django as package
    from django.conf import settings
    from django.db import connections

    alias = url.get_backend_name()
    if not settings.configured:
        settings.configure(
            SECRET_KEY="stock",
            ALLOWED_HOSTS=["*"],
            USE_TZ=True,
            DATABASES={"default": _database(url), alias: _database(url)},
            INSTALLED_APPS=[
                f"{__name__}.Bench",
                *(f"django.contrib.{name}" for name in _PARTS),
            ],
            TEMPLATES=[_TEMPLATES],
            ROOT_URLCONF=__name__,
            STATIC_URL="/static/",
        )
        package.setup()
        _register()
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: _database(url)})[alias]
    if hasattr(connections._connections, alias):
        delattr(connections._connections, alias)
    from django.contrib import admin

    site = next(view for model, view in admin.site._registry.items() if model.__name__ == "Application")
    site.alias = alias
    return site


class Bench(AppConfig):
    """Where Django finds the tables that it reads here."""

    name, label = "tests.bench", "bench"
    path = str(Path(__file__).parent)


_PARTS = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
_TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]
    },
}


def _database(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.query.get("host", url.host),
    }


def _register() -> None:
    from django.contrib import admin
    from django.db import models
    from django.urls import path

    def table(name: str, columns: dict[str, Any]) -> type[Any]:
        meta = type("Meta", (), {"managed": False, "db_table": name, "app_label": "bench"})
        shown = {"__str__": lambda row: row.name, "__module__": __name__, "Meta": meta}
        title = "".join(word.capitalize() for word in name.removesuffix("s").split("_"))
        return type(title, (models.Model,), shown | {"name": models.CharField(max_length=100)} | columns)

    places = {
        name: models.ForeignKey(table(plural, {}), models.CASCADE, null=True)
        for name, plural in {"school": "schools", "bureau": "bureaus", "point": "confirmation_points"}.items()
    }
    own = {
        "registration_number": models.CharField(max_length=32),
        "stage": models.CharField(max_length=32, choices=[(one.value, str(one.label)) for one in Stage]),
        "submitted_at": models.DateTimeField(null=True),
    }
    application = table("applications", own | places)

    class Applications(admin.ModelAdmin):  # type: ignore[type-arg]
        list_display = COLUMNS
        search_fields = SEARCHED
        list_filter = ("stage",)
        list_per_page = ROWS
        alias = "default"

        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).using(self.alias)

    admin.site.register(application, Applications)
    urlpatterns.append(path("admin/", admin.site.urls))
