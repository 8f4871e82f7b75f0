"""The parts of which each door makes its app."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import clock, db
from shared.config import AdminSettings, PortalSettings
from shared.db import session
from shared.rules.states import status_label
from shared.services import access, letters, typesetting
from shared.web import arrival, errors, health, i18n, login, security

SHARED = Path(__file__).parents[1]
LARGEST_REQUEST = 21 * 1024 * 1024  # a photo of 20 MB and the form around it

shared_files = Blueprint("shared", __name__, static_folder=str(SHARED / "static"), static_url_path="/shared-static")


def make_app(door: str, settings: PortalSettings | AdminSettings, loader: login.Loader) -> Flask:
    """A Flask app with what both doors have: settings, database, log-in, protection, texts, errors, health."""
    app = Flask(door)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"{door}_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: people think before they press the button
        SETTINGS=settings,
    )
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(Path(app.root_path) / "templates"), FileSystemLoader(SHARED / "templates")]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clock.use_zone(settings.time_zone)
    typesetting.keep_fonts_in(settings.var_dir / "fonts")
    letters.lead_to(settings.portal_url)
    app.extensions["database"] = db.connect(settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    arrival.init_app(app, behind_proxy=settings.trusted_proxies > 0)
    security.init_app(app, settings)
    i18n.init_app(app)
    errors.init_app(app)
    login.init_app(app, loader)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(shared_files)
    _init_templates(app)
    _end_each_request_clean(app)
    return app


def _init_templates(app: Flask) -> None:
    app.jinja_env.filters["moment"] = lambda value: clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""
    app.jinja_env.filters["day"] = lambda value: value.isoformat() if value else ""
    app.jinja_env.globals["status_label"] = status_label


def _end_each_request_clean(app: Flask) -> None:
    @app.teardown_appcontext
    def end(_error: BaseException | None) -> Any:  # noqa: ANN401  Flask ignores the answer
        access.watch(None)
        session.remove()
