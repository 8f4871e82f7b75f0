"""The back office: staff at schools, confirmation points and bureaus."""

import sys

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Theme

from admin import commands, door
from admin.forms.typed import Key
from admin.menu import Menu
from admin.views import account, export, history, session, slips, taking, trail
from admin.views.cells import words
from admin.views.dashboard import Dashboard
from admin.views.saved import SavedViews
from shared import cli
from shared.config import AdminSettings, SettingsError
from shared.rules.prose import prose
from shared.rules.states import label_of
from shared.services import accounts, exports, jobs
from shared.services.imports import formats as imports
from shared.services.imports import kinds
from shared.text import _
from shared.web import serve
from shared.web.app import make_app

LARGEST_UPLOAD = 51 * 1024 * 1024  # a workbook of 50 MB and the form around it; nobody gets here without an account


def create_app(settings: AdminSettings | None = None) -> Flask:
    """The WSGI app; without `settings` those of the environment, and one sentence for each of their faults."""
    if settings is None:
        try:
            settings = AdminSettings.read()
        except SettingsError as error:
            sys.exit("\n".join(error.faults))
    app = make_app("admin", settings, loader=accounts.staff_at)
    jobs.connect(settings)
    exports.work_in(settings.var_dir / "exports")
    door.init_app(app)
    app.url_map.converters["int"] = Key
    app.register_blueprint(session.blueprint)
    app.register_blueprint(account.blueprint)
    app.register_blueprint(slips.blueprint)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_UPLOAD
    menu = Menu()
    imports.register([*kinds.FORMATS, *taking.formats(menu.views)])
    # A theme of our own: none of Flask-Admin's templates, with their inline handlers, can be reached.
    theme = Theme(folder="back_office", base_template="base.html")
    admin = Admin(app, name=_("教师资格定期注册管理"), index_view=Dashboard(), theme=theme)
    admin.add_views(*menu.views, SavedViews())
    export.init_app(app, menu.views)
    app.jinja_env.filters["prose"] = prose
    app.jinja_env.globals.update(
        menu=menu, words=words, trail=trail, history_address=history.address, move_label=label_of
    )
    for command in (*cli.COMMANDS, serve.run_all, *commands.over(menu.views)):
        app.cli.add_command(command)
    return app
