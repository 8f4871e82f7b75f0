"""The teacher's door: the wizard, the status of one's own application, and nothing of anybody else's."""

from flask import Flask
from flask_bootstrap import Bootstrap5

from portal import door, texts
from portal.views import account, check, files, pages, paper, point, recovery, status, wizard
from shared import cli
from shared.config import PortalSettings, SettingsError
from shared.services import accounts
from shared.web.app import make_app


def create_app(settings: PortalSettings | None = None) -> Flask:
    """The portal as a WSGI app; with unfit settings it does not start and says what to mend."""
    try:
        settings = settings or PortalSettings.read()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    app = make_app("portal", settings, loader=accounts.teacher_at)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    texts.init_app(app)
    door.init_app(app)
    for view in (pages, check, paper, account, recovery, wizard, status, point, files):
        app.register_blueprint(view.blueprint)
    wizard.init_app(app)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    return app
