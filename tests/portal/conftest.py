"""The portal over a test's database, and a teacher who uses it."""

import base64

import pytest
from flask import Flask

from portal import create_app
from shared.config import PortalSettings
from tests import build
from tests.conftest import KEY, Database
from tests.portal.teacher import Teacher, a_place, publish_notices


@pytest.fixture(scope="session")
def _portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("portal")
    environ = {
        "APP_ENV": "test",
        "VAR_DIR": str(folder),
        "SECRET_KEY_PORTAL": "a key for tests that is long enough",
        "DATA_KEY": base64.urlsafe_b64encode(KEY).decode(),
    }
    return create_app(PortalSettings.read(environ))


@pytest.fixture
def portal(_portal: Flask, database: Database) -> Flask:
    """The app, working in the test's own database."""
    database.bind()
    return _portal


@pytest.fixture
def teacher(portal: Flask) -> Teacher:
    """A teacher of the district of Gulou, while the campaign is open."""
    place = a_place()
    build.a_campaign()
    publish_notices()
    return Teacher(portal, place)
